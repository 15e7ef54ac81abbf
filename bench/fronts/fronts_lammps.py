"""pair_style orogen of lmp-orogen, on one rank and on two, against the library's own energy, forces and virial."""
import re
import tempfile
from pathlib import Path

import labels
import program

BAR_PER_EV_PER_A3 = 1.6021765e6  # LAMMPS' own constant in units metal; pressures are turned back with what turned them

DECK = """units metal
atom_style atomic
atom_modify map yes
box tilt large
read_data frame.data
mass * 1.0
pair_style orogen precision {precision}
pair_coeff * * {model} {elements}
compute virial all pressure NULL virial
thermo_style custom step pe vol c_virial[1] c_virial[2] c_virial[3] c_virial[4] c_virial[5] c_virial[6]
thermo_modify format float %.17g
dump forces all custom 1 forces.txt id fx fy fz
dump_modify forces sort id format float %.17g
run 0
"""


def read(path):
    """Cell rows, symbols and positions of every frame, as texts; cells must be lower triangular, as LAMMPS has them."""
    lines, at = Path(path).read_text(encoding="utf-8").splitlines(), 0
    while at < len(lines):
        count = int(lines[at])
        cell = [float(x) for x in re.search(r'Lattice="([^"]*)"', lines[at + 1]).group(1).split()]
        rows = [line.split() for line in lines[at + 2:at + 2 + count]]
        yield cell, [r[0] for r in rows], [[float(x) for x in r[1:4]] for r in rows]
        at += 2 + count


def write_data(path, cell, types, positions):
    (ax, _, _, bx, by, _, cx, cy, cz) = cell
    text = f"frame\n\n{len(types)} atoms\n{max(types)} atom types\n\n0 {ax!r} xlo xhi\n0 {by!r} ylo yhi\n0 {cz!r} zlo zhi\n{bx!r} {cx!r} {cy!r} xy xz yz\n\nAtoms\n\n"
    text += "".join(f"{i + 1} {t} {' '.join(map(repr, r))}\n" for i, (t, r) in enumerate(zip(types, positions)))
    path.write_text(text, encoding="utf-8")


def answer(folder, ranks):
    """Energy [eV], forces [eV/Å] and virial [eV] of one run."""
    command = [program.binary("lmp-orogen"), "-in", "in.lmp", "-log", "none"]
    if ranks > 1:
        command = ["mpirun", "--allow-run-as-root", "--oversubscribe", "--bind-to", "none", "-np", str(ranks), *command]
    log = folder / "log.txt"
    program.Run(["env", "-C", folder, *command], log, quiet=True)
    step = re.search(r"^ +0 +(\S+) (.*)$", log.read_text(encoding="utf-8"), re.M)
    volume, *pressure = map(float, step.group(2).split())
    xx, yy, zz, xy, xz, yz = (p * volume / BAR_PER_EV_PER_A3 for p in pressure)
    rows = (folder / "forces.txt").read_text(encoding="utf-8").split("id fx fy fz\n")[1].splitlines()
    return {"energy": [float(step.group(1))], "forces": [float(x) for row in rows for x in row.split()[1:]],
            "virial": [xx, xy, xz, xy, yy, yz, xz, yz, zz]}


def deviations(model, frames, precision="float64"):
    """{"LAMMPS": {"energy": …, …}, "LAMMPS, 2 ranks": …} against `orogen label`."""
    answers = {"LAMMPS": [], "LAMMPS, 2 ranks": []}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        program.orogen(program.OUT / "fronts_lammps" / "label.log", "label", frames, f"potential={model}", f"precision={precision}",
                       f"out={folder}/library")
        library = labels.read(folder / "library" / "labelled.xyz")
        for cell, symbols, positions in read(frames):
            elements = sorted(set(symbols))
            write_data(folder / "frame.data", cell, [1 + elements.index(s) for s in symbols], positions)
            (folder / "in.lmp").write_text(DECK.format(precision=precision, model=model, elements=" ".join(elements)), encoding="utf-8")
            for ranks, front in enumerate(answers, start=1):
                answers[front].append(answer(folder, ranks))
    return {front: labels.worst_relative(library, a) for front, a in answers.items()}
