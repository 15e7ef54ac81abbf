"""The same frames and the same model through every front: do they agree with the library?

A front is a function (model, frames, precision) → {name: {"energy": …, "forces": …, "virial": …}}, the largest deviations from
`orogen label` relative to the largest number of the kind in the frame; see labels.py. To add one, write it beside
its other measurements and name it in FRONTS.
"""
import tempfile
from pathlib import Path

import fronts_ipi
import fronts_kim
import fronts_lammps
import fronts_python
import program

FRONTS = [fronts_python.deviations, fronts_ipi.deviations, fronts_lammps.deviations, fronts_kim.deviations]
QUANTITIES = ("energy", "forces", "virial")


def waters(path, frames=3, edge=2):
    """edge³ water molecules in a tilted cell that changes from frame to frame, every molecule a little different."""
    text = ""
    for k in range(frames):
        a = 3.4 * edge
        text += f'{3 * edge**3}\nLattice="{a + 0.1 * k} 0 0 0.5 {a + 0.2 - 0.1 * k} 0 0.2 -0.3 {a - 0.1}" pbc="T T T" Properties=species:S:1:pos:R:3\n'
        for m in range(edge**3):
            x, y, z = 3.4 * (m % edge) + 0.05 * m, 3.4 * (m // edge % edge) + 0.1 * k, 3.4 * (m // edge**2) - 0.04 * m
            text += f"O {x} {y} {z}\nH {x + 0.97 - 0.02 * k} {y + 0.03} {z - 0.01 * m}\nH {x - 0.23} {y + 0.92} {z - 0.05 + 0.03 * k}\n"
    Path(path).write_text(text, encoding="utf-8")


def agreement(_name):
    rows, worst = [], 0
    with tempfile.TemporaryDirectory() as folder:
        frames = Path(folder) / "waters.xyz"
        waters(frames)
        for front in FRONTS:
            for precision in ("float64", "float32"):
                answers = front(program.ROOT / "tests" / "common" / "reference" / "model-v1.safetensors", frames, precision)
                for name, deviation in answers.items():
                    rows.append([name, precision, *(f"{deviation[q]:.1e}" if q in deviation else "–" for q in QUANTITIES)])
                    if precision == "float64":
                        worst = max(worst, *deviation.values())
    program.table(["front", "precision", *QUANTITIES], rows)
    print("  aim ≤ 1e-9 in double")
    return worst, "worst relative deviation"


NAMES = {"front_agreement": ("worst relative deviation of any front from the library, float64", agreement)} | fronts_python.NAMES
