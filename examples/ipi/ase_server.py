#!/usr/bin/env python3
"""ASE drives, orogen gives the forces:

    python3 ase_server.py water start.xyz &
    orogen serve run/model.safetensors start.xyz address=unix:water
"""
import sys

import ase.io
from ase.calculators.socketio import SocketIOCalculator
from ase.optimize import BFGS


def main():
    name, start = sys.argv[1:]
    atoms = ase.io.read(start, index=0)
    with SocketIOCalculator(unixsocket=name, timeout=600) as atoms.calc:
        BFGS(atoms).run(fmax=0.01, steps=100)
        print(f"energy {atoms.get_potential_energy():.6f} eV")


if __name__ == "__main__":
    main()
