"""LAMMPS: what a step of lmp-orogen costs beside the library's own evaluation; 32,000 atoms of copper, `balanced`.

The library: orogen_speed (its own lists, skin 0.5 Å). LAMMPS: 100 steps of NVE at 300 K with its default lists (skin 2 Å, rebuilt as atoms
move), whole loop time, thermo output at the ends only. Runs of the two alternate, and the smallest of each counts.
"""
import os
import re
import shutil

import program

ATOMS, STEPS, REPEATS = 32_000, 100, 3

DECK = f"""units metal
atom_style atomic
lattice fcc 3.615
region box block 0 20 0 20 0 20
create_box 1 box
create_atoms 1 box
mass 1 63.546
pair_style orogen
pair_coeff * * {{model}} Cu
velocity all create 600 4928459 loop geom
fix move all nve
timestep 0.002
thermo {STEPS}
run {STEPS}
"""


def launch(folder, ranks):
    """Runs folder/in.lmp; its output goes to folder/lammps-RANKS.txt."""
    command = [program.binary("lmp-orogen"), "-in", folder / "in.lmp", "-log", "none"]
    if ranks > 1:
        if not shutil.which("mpirun"):
            raise program.Missing("mpirun is not installed: tools/install_packages.sh build lammps")
        command = ["mpirun", "--allow-run-as-root", "--oversubscribe", "--bind-to", "none", "-np", str(ranks), *command]
    return program.Run(command, folder / f"lammps-{ranks}.txt")


def lammps_us(folder, ranks):
    launch(folder, ranks)
    log = folder / f"lammps-{ranks}.txt"
    found = re.search(r"Loop time of ([0-9.e+-]+) on", log.read_text(encoding="utf-8"))
    if not found:
        raise program.Failed(f"no loop time in {log}")
    return float(found.group(1)) / STEPS / ATOMS * 1e6


def lammps_overhead(name):
    folder = program.OUT / name
    folder.mkdir(parents=True, exist_ok=True)
    speed = [program.binary("orogen_speed"), "balanced", f"atoms={ATOMS}", "threads=1", f"write={folder / 'model.safetensors'}"]
    (folder / "in.lmp").write_text(DECK.format(model=folder / "model.safetensors"), encoding="utf-8")
    library, one, two = [], [], []
    for _ in range(REPEATS):
        library.append(min(line["us_per_atom"] for line in program.Run(speed, folder / "library.txt").answers))
        one.append(lammps_us(folder, 1))
        if (os.cpu_count() or 1) > 1:
            two.append(lammps_us(folder, 2))
    ratio = min(one) / min(library)
    rows = [["library, evaluation", f"{min(library):.3f}", ""], ["LAMMPS step, one rank", f"{min(one):.3f}", f"{ratio:.3f} × the library (aim ≤ 1.15)"]]
    if two:
        rows.append(["LAMMPS step, two ranks", f"{min(two):.3f}", f"{min(one) / min(two):.2f} × one rank (aim ≥ 1.8)"])
    program.table([f"Cu, {ATOMS} atoms", "µs per atom", ""], rows)
    return ratio, "× the library"


NAMES = {"lammps_overhead": ("a LAMMPS step on 32,000 Cu atoms over the library's own evaluation, one core", lammps_overhead)}
