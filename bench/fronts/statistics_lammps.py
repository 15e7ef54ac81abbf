"""LAMMPS against orogen's own dynamics, statistically: NPT of liquid water, melting of copper, and a million atoms of copper.

The two engines integrate, thermostat and change the cell by different methods (Nosé–Hoover and Parrinello–Rahman-type equations in LAMMPS, CSVR and
stochastic cell rescaling in orogen), so means are compared, with standard errors from blocks: the value is the largest difference in
units of its combined standard error.
"""
import math
import re
import shutil

import accuracy
import lammps
import program

BLOCKS = 10
BAR_PER_GPA = 1e4

DECK = """units metal
atom_style atomic
read_data {data}
{masses}
pair_style orogen
pair_coeff * * {model} {elements}
velocity all create {start} 4928459 loop geom
timestep {timestep}
fix print all print {every} "$(step) $(temp) $(press) $(density) $(pe/atoms)" file {table} screen no
thermo 5000
{stages}
"""
WATCH = "compute way all msd com yes\nthermo_style custom step temp press density pe c_way[4]\n"  # displacements from here on
MASS = {"H": 1.008, "O": 15.999, "Cu": 63.546}


def lammps_data(path, lattice, atoms):
    """Writes an orthorhombic cell; returns the elements in the order of their types."""
    elements = sorted({a.split()[0] for a in atoms})
    lines = ["orogen bench", "", f"{len(atoms)} atoms", f"{len(elements)} atom types", ""]
    lines += [f"0 {lattice[4 * k]:.10f} {axis}lo {axis}hi" for k, axis in enumerate("xyz")] + ["", "Atoms", ""]
    for k, atom in enumerate(atoms):
        element, *r = atom.split()[:4]
        lines.append(f"{k + 1} {elements.index(element) + 1} " + " ".join(r))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return elements


def mean(values):
    """Mean and its standard error from blocks."""
    size = len(values) // BLOCKS
    blocks = [sum(values[k * size:(k + 1) * size]) / size for k in range(BLOCKS)]
    average = sum(blocks) / BLOCKS
    return average, (sum((b - average) ** 2 for b in blocks) / (BLOCKS - 1) / BLOCKS) ** 0.5


def lammps_run(folder, model, lattice, atoms, timestep, start, stages, every):
    """Rows [step, T/K, p/bar, density, potential energy per atom/eV] of a run of lmp-orogen, and the root mean square displacement [Å] since
    the compute `way` was made."""
    elements = lammps_data(folder / "start.data", lattice, atoms)
    table = folder / "lammps.txt"
    (folder / "in.lmp").write_text(DECK.format(
        data=folder / "start.data", masses="\n".join(f"mass {k + 1} {MASS[e]}" for k, e in enumerate(elements)), model=model, start=start,
        elements=" ".join(elements), timestep=timestep * 1e-3, every=every, table=table, stages=stages), encoding="utf-8")
    program.Run([program.binary("lmp-orogen"), "-in", folder / "in.lmp", "-log", "none"], folder / "lammps.log", environment={"OMP_NUM_THREADS": "1"})
    last = [line for line in (folder / "lammps.log").read_text().splitlines() if re.fullmatch(r"\s*\d+(\s+[-0-9.e+]+){5}\s*", line)][-1]
    rows = [[float(w) for w in line.split()] for line in table.read_text().splitlines() if not line.startswith("#")]
    return rows, float(last.split()[5]) ** 0.5


def cell(comment):
    from extended_xyz import info
    return [float(x) for x in info(comment)["Lattice"].split()]


def orogen_run(folder, model, structure, timestep, stages, every):
    """The same columns from orogen md, and the root mean square displacement [Å] of the last stage; each of `stages` (options) starts from the
    last frame of the one before."""
    from compare_md import column, read_thermo
    from extended_xyz import read_frames
    rows, words = [], [f"structure={structure}"]
    for k, options in enumerate(stages):
        out = folder / f"orogen-{k}"
        shutil.rmtree(out, ignore_errors=True)
        program.orogen(out.with_suffix(".log"), "md", *words, f"potential={model}", f"timestep={timestep}", f"thermo_every={every}", "every=1000",
                       "write_velocities=true", "ensemble=npt", f"seed={7 + k}", f"out={out}", *options, environment={"OROGEN_THREADS": "1"})
        words = [f"structure={out / 'trajectory.xyz'}", "frame=-1"]
        thermo = out / "thermo.csv"
        t = read_thermo(thermo)
        part = list(zip(*(column(t, n, thermo) for n in ("step", "temperature", "pressure", "density", "potential"))))
        offset = rows[-1][0] if rows else 0
        rows += [[offset + r[0], *r[1:]] for r in part]
    frames = [[[float(x) for x in a.split()[1:4]] for a in atoms] for _, atoms in read_frames(out / "trajectory.xyz")]
    moved = sum((p - q) ** 2 for a, b in zip(frames[0], frames[-1]) for p, q in zip(a, b)) / len(frames[0])
    return rows, moved ** 0.5


def compare(ours, lammps, atoms, first, aim=3.0):
    """Prints the means after step `first`; returns the largest difference in units of its standard error."""
    ours, lammps = ([r for r in rows if r[0] > first] for rows in (ours, lammps))
    table, worst = [], 0.0
    for label, k, a, b in [("temperature, K", 1, 1, 1), ("pressure, GPa", 2, 1, 1 / BAR_PER_GPA), ("density, g/cm³", 3, 1, 1),
                           ("potential energy, meV/atom", 4, 1e3 / atoms, 1e3)]:
        (x, dx), (y, dy) = mean([a * r[k] for r in ours]), mean([b * r[k] for r in lammps])
        if k == 4:
            table.append([label, f"{x:.3f} ± {dx:.3f}", f"{y - x:+.3f} ± {dy:.3f} beside", f"{abs(x - y) / math.hypot(dx, dy):.2f}"])
        else:
            table.append([label, f"{x:.4f} ± {dx:.4f}", f"{y:.4f} ± {dy:.4f}", f"{abs(x - y) / math.hypot(dx, dy):.2f}"])
        worst = max(worst, abs(x - y) / math.hypot(dx, dy))
    program.table(["mean ± standard error", "orogen md", "LAMMPS", f"difference/error (aim ≤ {aim})"], table)
    return worst


def water(name):
    """128 molecules at 300 K and 0 GPa, 0.5 fs: 10 ps to settle, 40 ps measured."""
    from extended_xyz import read_frames
    folder = program.OUT / name
    folder.mkdir(parents=True, exist_ok=True)
    source = program.shared("water/n2p2_RPBE-D3_322.xyz")
    model, _ = program.model(name, source, "model=balanced", "steps=20000", "valid_fraction=0.1", "seed=1", "level_of_theory=RPBE-D3")
    comment, atoms = list(read_frames(source))[299]  # 384 atoms of the liquid at 1.0 g/cm³
    start = folder / "start.xyz"
    start.write_text("\n".join([str(len(atoms)), comment, *atoms]) + "\n", encoding="utf-8")
    ours, moved = orogen_run(folder, model, start, 0.5, [["temperature=300", "time=50", "compressibility=0.45"]], 20)
    stage = WATCH + "fix move all npt temp 300 300 0.1 iso 0 0 1.0\nrun 100000"
    rows, theirs = lammps_run(folder, model, cell(comment), atoms, 0.5, 300, stage, 20)
    print(f"  root mean square displacement over 50 ps: orogen {moved:.1f} Å, LAMMPS {theirs:.1f} Å")
    return compare(ours, rows, len(atoms), 20_000), "standard errors"


def melt(name):
    """480 atoms on the 500 sites of a crystal (vacancies help it to melt), 2 fs: from 300 K to 1850 K in 10 ps, then 1500 K for 25 ps of which 20 are
    measured. Much hotter it boils too early: the training frames hold no gas, which the model takes for 0.6 eV per atom above the liquid."""
    folder = program.OUT / name
    train, _ = program.split(program.shared("mlearn/Cu_train.xyz"), program.OUT / "mlearn_Cu")
    model, _ = program.model("mlearn_Cu", train, *accuracy.MLEARN_TRAINING, *accuracy.MLEARN_ELEMENT["Cu"])
    folder.mkdir(parents=True, exist_ok=True)
    lattice, n = 3.63, 5
    sites = [(i + x, j + y, k + z) for i in range(n) for j in range(n) for k in range(n) for x, y, z in ((0, 0, 0), (0, .5, .5), (.5, 0, .5), (.5, .5, 0))]
    atoms = ["Cu " + " ".join(f"{lattice * c:.6f}" for c in site) for k, site in enumerate(sites) if k % 25 != 3]
    comment = f'Lattice="{lattice * n} 0 0 0 {lattice * n} 0 0 0 {lattice * n}" Properties=species:S:1:pos:R:3 pbc="T T T"'
    start = folder / "start.xyz"
    start.write_text("\n".join([str(len(atoms)), comment, *atoms]) + "\n", encoding="utf-8")
    ours, moved = orogen_run(folder, model, start, 2, [["temperature=300", "ramp_to=1850", "time=10", "compressibility=0.01"],
                                                       ["temperature=1500", "time=25", "compressibility=0.01"]], 10)
    stages = ("fix move all npt temp 300 1850 0.1 iso 0 0 1.0\nrun 5000\nunfix move\n" + WATCH +
              "fix move all npt temp 1500 1500 0.1 iso 0 0 1.0\nrun 12500")
    rows, theirs = lammps_run(folder, model, cell(comment), atoms, 2, 300, stages, 10)
    print(f"  root mean square displacement over 25 ps at 1500 K: orogen {moved:.1f} Å, LAMMPS {theirs:.1f} Å")
    if min(moved, theirs) < lattice:
        raise program.Failed("copper did not melt")
    return compare(ours, rows, len(atoms), 7500), "standard errors"


def million(name):
    """1,000,188 atoms on two ranks, 50 steps of NVE at 300 K from the perfect crystal; the value is the time per atom and step."""
    folder = program.OUT / name
    folder.mkdir(parents=True, exist_ok=True)
    model = folder / "model.safetensors"
    program.Run([program.binary("orogen_speed"), "balanced", "atoms=4000", "threads=1", f"write={model}"], folder / "library.txt")
    deck = re.sub(r"block .*", "block 0 63 0 63 0 63", lammps.DECK.format(model=model)).replace(f"thermo {lammps.STEPS}", "thermo 10")
    (folder / "in.lmp").write_text(deck.replace(f"run {lammps.STEPS}", "run 50"), encoding="utf-8")
    run = lammps.launch(folder, 2)
    text = (folder / "lammps-2.txt").read_text(encoding="utf-8")
    atoms = int(re.search(r"with (\d+) atoms", text).group(1))
    seconds = float(re.search(r"Loop time of ([0-9.e+-]+) on", text).group(1))
    energy = [float(line.split()[4]) for line in text.splitlines() if re.fullmatch(r"\s*\d+(\s+[-0-9.e+]+){5}\s*", line)]
    program.table(["Cu in LAMMPS, two ranks", ""], [
        ["atoms", f"{atoms:,}"], ["steps", 50], ["loop, s", f"{seconds:.1f}"], ["in all, s", f"{run.wall:.1f}"],
        ["total energy, last − first, meV/atom", f"{(energy[-1] - energy[0]) / atoms * 1e3:.5f}"]])
    return seconds / 50 / atoms * 1e6, "µs/atom/step"


NAMES = {"lammps_water": ("NPT of liquid water, LAMMPS against orogen md: largest difference of means in standard errors", water),
         "lammps_melt": ("melting copper and its liquid at 1500 K, the same", melt),
         "lammps_million": ("a million Cu atoms in LAMMPS on two ranks, 50 steps: µs per atom and step", million)}
