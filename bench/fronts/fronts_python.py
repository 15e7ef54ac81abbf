"""The Python package, ASE's calculator and the C interface against the library: numbers and time."""
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import labels
import program


def interpreter():
    """A Python that can import orogen and ASE: OROGEN_PYTHON, the one of .ci/run, this one, or one in bench/out that is made for it."""
    folder = program.OUT / "python"
    for candidate in (os.environ.get("OROGEN_PYTHON"), program.BUILD / "venv/bin/python", sys.executable, folder / "bin/python"):
        if candidate and _runs([candidate, "-c", "import orogen, ase"]):
            return str(candidate)
    print(f"  installing orogen and ASE into {folder} …", flush=True)
    for step in ([sys.executable, "-m", "venv", folder], [folder / "bin/python", "-m", "pip", "install", "-q", f"{program.ROOT}[ase]"]):
        done = subprocess.run([str(word) for word in step], capture_output=True, text=True)
        if done.returncode:
            raise program.Missing(f"no Python with orogen and ASE, and none could be made:\n{done.stderr[-800:]}")
    return str(folder / "bin/python")


def _runs(command):
    try:
        return subprocess.run([str(word) for word in command], capture_output=True, cwd="/").returncode == 0
    except OSError:
        return False


def inside(*words):
    """Runs a part of this file in a Python that has the package; its answer is the JSON file that it wrote."""
    program.binary("orogen_c")
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "answer.json"
        program.Run([interpreter(), Path(__file__).resolve(), *words, program.BUILD / "liborogen.so", target],
                    program.OUT / "fronts_python" / f"{words[0]}.log", environment={"PYTHONDONTWRITEBYTECODE": "1"})
        return json.loads(target.read_text())


def deviations(model, frames, precision="float64"):
    """{"C": {"energy": …, …}, "Python": …, "ASE": …} against `orogen label`."""
    with tempfile.TemporaryDirectory() as folder:
        program.orogen(program.OUT / "fronts_python" / "label.log", "label", frames, f"potential={model}", f"precision={precision}",
                       f"out={folder}/library")
        library = labels.read(Path(folder) / "library" / "labelled.xyz")
    return {name: labels.worst_relative(library, answers) for name, answers in inside("answers", model, frames, precision).items()}


def stretched_waters(path, frames=12, edge=4):
    """edge³ waters on a grid; energies and forces of harmonic bonds, so that a model of the usual size can be made."""
    import random
    draw, text = random.Random(1), ""
    for _ in range(frames):
        a = 3.1 * edge
        rows, energy = [], 0.0
        for m in range(edge**3):
            oxygen = [3.1 * (m % edge), 3.1 * (m // edge % edge), 3.1 * (m // edge**2)]
            oxygen = [x + draw.gauss(0, 0.05) for x in oxygen]
            pull = [0.0, 0.0, 0.0]
            for bond in ((0.96, 0.0, 0.0), (-0.24, 0.93, 0.0)):
                bond = [x + draw.gauss(0, 0.03) for x in bond]
                length = sum(x * x for x in bond) ** 0.5
                force = [-40 * (length - 0.96) * x / length for x in bond]
                energy += 20 * (length - 0.96) ** 2
                pull = [p - f for p, f in zip(pull, force)]
                rows.append(("H", [o + b for o, b in zip(oxygen, bond)], force))
            rows.append(("O", oxygen, pull))
        text += f'{len(rows)}\nLattice="{a} 0 0 0 {a} 0 0 0 {a}" pbc="T T T" energy={energy - 10.0 * len(rows)} Properties=species:S:1:pos:R:3:forces:R:3\n'
        text += "".join(f"{s} {' '.join(f'{x:.10f}' for x in (*r, *f))}\n" for s, r, f in rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def ase_overhead(name):
    """Time of a call through ASE's calculator over that of the C interface, by turns on the same moving atoms."""
    data = program.OUT / name / "waters.xyz"
    if not data.is_file():
        stretched_waters(data)
    model, _ = program.model(name, data, "model=balanced", "epochs=1", "seed=1")
    times = inside("times", model, data)
    program.table(["64 waters, balanced, float32, one thread", "ms per call"], [[k, f"{1000 * v:.3f}"] for k, v in times.items()])
    print("  aim ≤ 1.2")
    return times["ASE"] / times["C interface"], "times the library"


NAMES = {"ase_overhead": ("64 waters: time of a call through ASE over that of the library", ase_overhead)}


# ---- what runs inside the Python that has the package


def c_interface(library, model, bits):
    """evaluate(atoms) → energy, forces, virial through liborogen; the structures of orogen.h."""
    import ctypes as c

    import numpy as np

    class Options(c.Structure):
        _fields_ = [("threads", c.c_int), ("precision", c.c_int), ("skin", c.c_double)]

    class Atoms(c.Structure):
        _fields_ = [("atoms", c.c_int64), ("species", c.c_void_p), ("positions", c.c_void_p), ("cell", c.c_double * 9),
                    ("periodic", c.c_int * 3)]

    class Result(c.Structure):
        _fields_ = [("energy", c.c_double)] + [(name, c.c_void_p) for name in (
            "forces", "virial", "stress", "site_energies", "uncertainty", "member_energies", "member_forces")]

    orogen = c.CDLL(str(library))
    orogen.orogen_last_error.restype = c.c_char_p
    handle, options = c.c_void_p(), Options(1, bits, 0)

    def check(status):
        if status:
            raise RuntimeError(orogen.orogen_last_error().decode())

    check(orogen.orogen_load(str(model).encode(), c.byref(options), c.byref(handle)))

    def prepare(atoms):
        """The arguments of one call, so that only the call need be timed."""
        species = atoms.numbers.astype(np.int32)
        forces, virial = np.empty((len(atoms), 3)), np.empty((3, 3))
        structure = Atoms(len(atoms), species.ctypes.data, atoms.positions.ctypes.data, (c.c_double * 9)(*atoms.cell.array.ravel()),
                          (c.c_int * 3)(*map(int, atoms.pbc)))
        result = Result(forces=forces.ctypes.data, virial=virial.ctypes.data)
        pointers = (c.byref(structure), c.byref(result))

        def call():
            check(orogen.orogen_evaluate(handle, *pointers))
            return result.energy, forces, virial

        call.kept = species, structure
        return call

    return prepare


def _entry(energy, forces, virial):
    return {"energy": [float(energy)], "forces": forces.ravel().tolist(), "virial": virial.ravel().tolist()}


def answers(model, frames, precision, library, target):
    import ase.io

    import orogen
    from orogen.ase import Calculator
    potential, calculator = (orogen.Potential(model, precision=precision, threads=1) for _ in range(2))
    through_c = c_interface(library, model, int(precision[-2:]))
    result = {"C": [], "Python": [], "ASE": []}
    for atoms in ase.io.iread(frames, index=":"):
        result["C"].append(_entry(*through_c(atoms)()))
        answer = potential.evaluate(atoms, want=("forces", "virial"))
        result["Python"].append(_entry(answer.energy, answer.forces, answer.virial))
        atoms.calc = Calculator(calculator)
        result["ASE"].append(_entry(atoms.get_potential_energy(), atoms.get_forces(),
                                    -atoms.get_stress(voigt=False) * atoms.get_volume()))
    Path(target).write_text(json.dumps(result))


def times(model, frames, library, target, calls=400):
    from statistics import median
    from time import perf_counter

    import ase.io
    import numpy as np

    import orogen
    from orogen.ase import Calculator
    atoms = ase.io.read(frames, index=0)
    atoms.calc = Calculator(model, threads=1, precision="float32")
    potential, through_c = orogen.Potential(model, threads=1, precision="float32"), c_interface(library, model, 32)
    kinds = {"C interface": [], "Python": [], "ASE": []}
    step = np.random.default_rng(1).normal(scale=2e-3, size=atoms.positions.shape)
    for k in range(calls):
        atoms.positions += step if k % 20 < 10 else -step
        call = through_c(atoms)
        for name, work in (("C interface", call), ("Python", lambda: potential.evaluate(atoms)), ("ASE", atoms.get_forces)):
            start = perf_counter()
            work()
            kinds[name].append(perf_counter() - start)
    Path(target).write_text(json.dumps({name: median(values[20:]) for name, values in kinds.items()}))


if __name__ == "__main__":
    {"answers": answers, "times": times}[sys.argv[1]](*sys.argv[2:])
