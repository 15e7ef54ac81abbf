"""Conservation of energy: NVE dynamics of malonaldehyde on a learned potential."""
import shutil

import program

STEPS = 200_000  # of 0.5 fs: 100 ps
AIM = 0.1        # meV per atom per 100 ps


def nve(folder, model, geometry, timestep, steps, every):
    """Time [ps], total energy [eV] and the number of atoms of a run from the same start."""
    from compare_md import column, read_thermo
    shutil.rmtree(folder, ignore_errors=True)
    program.orogen(folder.with_suffix(".log"), "md", f"structure={geometry}", f"potential={model}", "ensemble=nve", "temperature=600",
                   "seed=1", f"timestep={timestep}", f"steps={steps}", f"every={every}", f"out={folder}")
    thermo = folder / "thermo.csv"
    rows = read_thermo(thermo)
    return [t * 1e-3 for t in column(rows, r"time", thermo)], column(rows, r"conserved", thermo)


def spread(energy):
    mean = sum(energy) / len(energy)
    return (sum((e - mean) ** 2 for e in energy) / len(energy)) ** 0.5 * 1e3


def nve_drift(name):
    from compare_md import slope
    folder = program.OUT / name
    geometry = program.ROOT / "examples" / "malonaldehyde.xyz"
    atoms = int(geometry.read_text().split()[0])
    train, _ = program.split(program.shared("xtb_malonaldehyde/train.xyz"), folder)
    model, _ = program.model(name, train, "model=balanced", "seed=1")
    time, energy = nve(folder / "long", model, geometry, 0.5, STEPS, 20)
    drift = abs(slope(time, energy)) * 1e3 / atoms * 100
    rows = [["0.5", f"{time[-1]:.0f}", f"{drift:.4f}", f"{spread(energy):.4f}"]]
    spreads = {}
    for timestep in (0.25, 0.5, 1.0):
        _, e = nve(folder / f"dt-{timestep}", model, geometry, timestep, int(5000 / timestep), max(1, int(5 / timestep)))
        spreads[timestep] = spread(e)
        rows.append([timestep, "5", "", f"{spreads[timestep]:.4f}"])
    program.table(["time step [fs]", "length [ps]", "drift [meV/atom/100 ps]", "energy spread [meV]"], rows)
    print(f"  spread(1 fs)/spread(0.5 fs) = {spreads[1.0] / spreads[0.5]:.2f} (4 for an error ∝ dt²); drift aim ≤ {AIM}")
    return drift, "meV/atom/100ps"


NAMES = {"nve_drift": ("energy drift of 100 ps NVE, malonaldehyde, 0.5 fs (meV per atom per 100 ps)", nve_drift)}
