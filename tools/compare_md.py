#!/usr/bin/env python3
"""Compares two NVE runs of one molecule: energy drift, temperature, distances between atoms and the hydrogen bond.

    tools/compare_md.py --reference DIR --learned DIR --donor H --acceptors O O [--reports TRAIN EVAL --write FILE]

Each DIR holds trajectory.xyz and thermo.csv of `orogen md`. Prints a table; overlap is the shared area of the two
normalised histograms (1: the same, 0: disjoint). With --reports the comparison and the errors of the evaluation join
the report of the training (report.json), for `orogen report`.
"""
import argparse
import json
import math
import os
import re
from pathlib import Path

from extended_xyz import read_frames, species_and_positions

BOND = {("C", "C"): 1.9, ("C", "O"): 1.8, ("C", "H"): 1.35}  # Å: longer in the first frame is no bond
BIN = 0.02  # Å


def read_thermo(path):
    """Columns by name from the log of a run: a header, then rows of numbers."""
    header, rows = None, []
    for line in path.read_text(encoding="utf-8").splitlines():
        words = [w for w in re.split(r"[,\s]+", line.strip("# \t")) if w]
        try:
            rows.append([float(w) for w in words])
        except ValueError:
            header = words if not rows else header
    if not header or not rows:
        raise SystemExit(f"{path}: no table of numbers with a header")
    return {name: [row[k] for row in rows] for k, name in enumerate(header)}


def column(table, pattern, path):
    for name in table:
        if re.match(pattern, name, re.IGNORECASE):
            return table[name]
    raise SystemExit(f"{path}: no column like '{pattern}'; there are {', '.join(table)}")


def slope(x, y):
    mx, my = sum(x) / len(x), sum(y) / len(y)
    return sum((a - mx) * (b - my) for a, b in zip(x, y)) / sum((a - mx) ** 2 for a in x)


class Run:
    def __init__(self, folder, donor, acceptors):
        thermo = folder / "thermo.csv"
        table = read_thermo(thermo)
        self.time = [t * 1e-3 for t in column(table, r"time", thermo)]  # fs → ps
        self.potential = column(table, r"potential", thermo)
        self.energy = column(table, r"conserved", thermo)
        self.temperatures = column(table, r"temperature", thermo)
        self.length = self.time[-1] - self.time[0]
        self.temperature = sum(self.temperatures) / len(self.temperatures)
        self.distances = {}
        self.transfers = 0
        side, pairs = None, None
        for comment, atoms in read_frames(folder / "trajectory.xyz"):
            species, x = species_and_positions(comment, atoms)
            pairs = pairs or bonds(species, x)
            for name, i, j in pairs:
                self.distances.setdefault(name, []).append(math.dist(x[i], x[j]))
            near = [math.dist(x[donor], x[a]) for a in acceptors]
            self.distances.setdefault("O-H", []).append(min(near))
            self.distances.setdefault("H···O", []).append(max(near))
            self.distances.setdefault("O···O", []).append(math.dist(x[acceptors[0]], x[acceptors[1]]))
            now = near[0] < near[1]
            self.transfers += side is not None and now != side
            side = now
        self.atoms = len(species)
        self.drift = slope(self.time, self.energy) * 1e3 / self.atoms * 100  # meV per atom and 100 ps
        self.fluctuation = mean_and_spread(self.energy)[1] * 1e3


def bonds(species, x):
    found = []
    for i in range(len(species)):
        for j in range(i + 1, len(species)):
            name = tuple(sorted((species[i], species[j])))
            if name in BOND and math.dist(x[i], x[j]) < BOND[name]:
                found.append(("-".join(name), i, j))
    return found


def histogram(values):
    counts = {}
    for value in values:
        k = math.floor(value / BIN)
        counts[k] = counts.get(k, 0) + 1
    return {k: n / len(values) for k, n in counts.items()}


def mean_and_spread(values):
    mean = sum(values) / len(values)
    return mean, math.sqrt(sum((v - mean) ** 2 for v in values) / len(values))


def print_table(reference, learned):
    print(f"{'':24}{'xTB':>18}{'learned':>18}{'overlap':>10}")
    print(f"{'length [ps]':24}{reference.length:18.1f}{learned.length:18.1f}")
    print(f"{'mean temperature [K]':24}{reference.temperature:18.0f}{learned.temperature:18.0f}")
    print(f"{'drift [meV/atom/100 ps]':24}{reference.drift:18.4f}{learned.drift:18.4f}")
    print(f"{'energy spread [meV]':24}{reference.fluctuation:18.3f}{learned.fluctuation:18.3f}")
    print(f"{'proton transfers [1/ps]':24}{reference.transfers / reference.length:18.2f}{learned.transfers / learned.length:18.2f}")
    for name in reference.distances:
        row = [mean_and_spread(run.distances[name]) for run in (reference, learned)]
        p, q = histogram(reference.distances[name]), histogram(learned.distances[name])
        overlap = sum(min(p.get(k, 0), q.get(k, 0)) for k in p)
        print(f"{name + ' [Å]':24}" + "".join(f"{m:11.3f} ± {s:.3f}" for m, s in row) + f"{overlap:10.2f}")


def print_errors(evaluation):
    """RMSE of the evaluation, all frames and by config_type (in the order of the numbers in their names)."""
    print(f"{'errors on unseen runs':24}{'frames':>10}{'energy RMSE':>18}{'force RMSE':>14}")
    print(f"{'':24}{'':10}{'[meV/atom]':>18}{'[meV/Å]':>14}")
    for s in evaluation["errors"]["sets"]:
        groups = sorted(s["by_config_type"], key=lambda g: [int(t) if t.isdigit() else t for t in re.split(r"(\d+)", g["group"])])
        for name, group in [("all", s["all"])] + [(g["group"], g) for g in groups]:
            print(f"  {name:22}{group['frames']:10}{group['energy_meV_per_atom']['rmse']:18.2f}{group['forces_meV_per_A']['rmse']:14.1f}")
    print()


def run_section(name, run, rows=1000):
    """One run as the report shows it; a long run is thinned."""
    every = max(1, len(run.time) // rows)
    return {"name": name, "atoms": run.atoms, "time_ps": run.time[::every], "potential_energy_eV": run.potential[::every],
            "total_energy_eV": run.energy[::every], "temperature_K": run.temperatures[::every], "drift_meV_per_atom_100ps": run.drift}


def distribution(title, reference, learned):
    p, q = histogram(reference), histogram(learned)
    bins = range(min(min(p), min(q)), max(max(p), max(q)) + 1)
    return {"title": title + " distance", "quantity": "r", "unit": "Å", "density": "density", "density_unit": "1/Å",
            "x": [(k + 0.5) * BIN for k in bins],
            "curves": [{"name": name, "values": [h.get(k, 0) / BIN for k in bins]} for name, h in (("xTB", p), ("learned", q))]}


def write_report(reports, reference, learned, path):
    """The training's report with the evaluation's errors and this comparison added."""
    training, evaluation = (json.loads(Path(file).read_text(encoding="utf-8")) for file in reports)
    known = {s["name"] for s in training["errors"]["sets"]}
    training["errors"]["sets"] += [s for s in evaluation["errors"]["sets"] if s["name"] not in known]
    training["md"] = {"text": "Two NVE runs from the same atoms and velocities: GFN2-xTB and the learned potential.",
                      "runs": [run_section("xTB", reference), run_section("learned potential", learned)],
                      "distributions": [distribution(n, reference.distances[n], learned.distances[n]) for n in reference.distances]}
    temporary = path.with_suffix(".tmp")
    temporary.write_text(json.dumps(training, ensure_ascii=False), encoding="utf-8")
    os.replace(temporary, path)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reference", type=Path, required=True)
    parser.add_argument("--learned", type=Path, required=True)
    parser.add_argument("--donor", type=int, required=True, help="index of the hydrogen of the hydrogen bond")
    parser.add_argument("--acceptors", type=int, nargs=2, required=True, help="indices of its two oxygens")
    parser.add_argument("--reports", nargs=2, metavar=("TRAIN", "EVAL"), help="report.json of training and evaluation")
    parser.add_argument("--write", type=Path, help="the report.json to write")
    arguments = parser.parse_args()
    reference = Run(arguments.reference, arguments.donor, arguments.acceptors)
    learned = Run(arguments.learned, arguments.donor, arguments.acceptors)
    if arguments.reports:
        print_errors(json.loads(Path(arguments.reports[1]).read_text(encoding="utf-8")))
    print_table(reference, learned)
    if arguments.reports:
        write_report(arguments.reports, reference, learned, arguments.write)


if __name__ == "__main__":
    main()
