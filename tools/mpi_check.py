#!/usr/bin/env python3
"""Trains the same model on one and on two MPI ranks and compares the error tables.

    tools/mpi_check.py OROGEN_BUILT_WITH_MPI

The sums over ranks are the same sums in another order, so the tables agree to the rounding that a hundred steps let grow.
"""
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MPIRUN = ["mpirun", "--allow-run-as-root", "--oversubscribe", "--bind-to", "none", "--mca", "mpi_yield_when_idle", "1"]


def run(*command):
    done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, timeout=300,
                          env={**os.environ, "OROGEN_THREADS": "1"})
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))} ended with status {done.returncode}\n{done.stdout[-2000:]}")
    return done.stdout


def errors(orogen, ranks, data, out):
    lines = run(*MPIRUN, "-np", ranks, orogen, "train", data, f"out={out}", "model=fast", "steps=100", "batch=4", "seed=3", "--json").splitlines()
    results = [json.loads(line) for line in lines if '"errors"' in line]
    if len(results) != 1:
        sys.exit(f"{ranks} rank(s): expected one result, got {len(results)}; only rank 0 may speak")
    return {s["name"]: s["all"] for s in results[0]["errors"]["sets"]}


def main():
    orogen = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "labels" / "labelled.xyz"
        run(orogen, "md", ROOT / "examples/malonaldehyde.xyz", "potential=xtb:gfn2", "ensemble=csvr", "temperature=500", "timestep=0.5",
            "steps=200", "every=5", f"out={folder}/md")
        run(orogen, "label", f"{folder}/md/trajectory.xyz", f"out={folder}/labels", "potential=xtb:gfn2")
        one, two = errors(orogen, 1, data, f"{folder}/one"), errors(orogen, 2, data, f"{folder}/two")
    worst = 0.0
    for name in one:
        for key in ("energy_meV_per_atom", "forces_meV_per_A"):
            a, b = one[name][key]["rmse"], two[name][key]["rmse"]
            worst = max(worst, abs(a - b) / abs(a))
            print(f"{name:12} {key:22} one rank {a:.4f}  two ranks {b:.4f}")
    print(f"worst relative difference {worst:.2g} (limit 0.001)")
    sys.exit(worst > 0.001)


if __name__ == "__main__":
    main()
