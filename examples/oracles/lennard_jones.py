#!/usr/bin/env python3
"""The smallest oracle for potential=command: argon (Lennard-Jones), from one extended XYZ file to another.

    orogen label frames.xyz potential=command command="lennard_jones.py {in} {out}" out=labels

Copy it and put your own code in place of `compute`. What orogen expects in {out}: one frame with the same atoms at the same
places, energy [eV], forces [eV/Å] and, for a periodic structure, stress [eV/Å³, +dE/dstrain/volume] or virial [eV]. An exit
status other than 0 says that there is no answer. Standard library only.
"""
import itertools
import math
import re
import sys

EPSILON, SIGMA, CUTOFF = 0.0103, 3.4, 8.0  # eV, Å, Å


def read_frame(path):
    """Species, positions [Å] and cell rows [Å] or None, as orogen writes them."""
    with open(path, encoding="utf-8") as file:
        lines = file.read().splitlines()
    count = int(lines[0])
    lattice = re.search(r'Lattice="([^"]*)"', lines[1])
    periodic = re.search(r'pbc="([^"]*)"', lines[1])
    cell = None
    if lattice and periodic and periodic[1].split() != ["F", "F", "F"]:
        if periodic[1].split() != ["T", "T", "T"]:
            raise SystemExit("this example takes molecules and cells that are periodic in three directions")
        numbers = [float(word) for word in lattice[1].split()]
        cell = [numbers[0:3], numbers[3:6], numbers[6:9]]
    atoms = [line.split() for line in lines[2:2 + count]]
    return [a[0] for a in atoms], [[float(x) for x in a[1:4]] for a in atoms], cell


def write_frame(path, species, positions, cell, energy, forces, virial):
    """One frame with labels; the virial is -dE/dstrain [eV]."""
    comment = f"energy={energy!r} Properties=species:S:1:pos:R:3:forces:R:3"
    if cell:
        comment += ' pbc="T T T" Lattice="{}"'.format(" ".join(repr(x) for row in cell for x in row))
        comment += ' virial="{}"'.format(" ".join(repr(x) for row in virial for x in row))
    rows = [" ".join([s, *(repr(x) for x in r + f)]) for s, r, f in zip(species, positions, forces)]
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join([str(len(species)), comment, *rows]) + "\n")


def cross(a, b):
    return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]


def image_shifts(positions, cell):
    """All translations that can bring two atoms within the cut-off."""
    if cell is None:
        return [[0.0, 0.0, 0.0]]
    spread = max(math.dist(a, b) for a in positions for b in positions)
    ranges = []
    for k in range(3):
        normal = cross(cell[(k + 1) % 3], cell[(k + 2) % 3])
        height = abs(sum(x * y for x, y in zip(normal, cell[k]))) / math.hypot(*normal)
        reach = math.ceil((CUTOFF + spread) / height)
        ranges.append(range(-reach, reach + 1))
    return [[sum(n[k] * cell[k][c] for k in range(3)) for c in range(3)] for n in itertools.product(*ranges)]


def compute(positions, cell):
    """Energy [eV], forces [eV/Å], virial [eV]: every ordered pair counts one half."""
    energy, forces = 0.0, [[0.0] * 3 for _ in positions]
    virial = [[0.0] * 3 for _ in range(3)]
    end = 4 * EPSILON * ((SIGMA / CUTOFF) ** 12 - (SIGMA / CUTOFF) ** 6)
    for shift in image_shifts(positions, cell):
        for i, a in enumerate(positions):
            for b in positions:
                d = [b[c] + shift[c] - a[c] for c in range(3)]
                r2 = sum(x * x for x in d)
                if not 1e-12 < r2 < CUTOFF * CUTOFF:
                    continue
                s6 = (SIGMA * SIGMA / r2) ** 3
                energy += 0.5 * (4 * EPSILON * (s6 * s6 - s6) - end)
                push = -4 * EPSILON * (12 * s6 * s6 - 6 * s6) / r2  # force on i is push · d
                for c in range(3):
                    forces[i][c] += push * d[c]
                    for e in range(3):
                        virial[c][e] -= 0.5 * push * d[c] * d[e]
    return energy, forces, virial


def main():
    source, target = sys.argv[1:]
    species, positions, cell = read_frame(source)
    if set(species) - {"Ar"}:
        raise SystemExit(f"this example knows argon only, not {' '.join(sorted(set(species) - {'Ar'}))}")
    write_frame(target, species, positions, cell, *compute(positions, cell))


if __name__ == "__main__":
    main()
