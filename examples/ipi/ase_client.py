#!/usr/bin/env python3
"""Any ASE calculator as a quantum code for orogen, over a UNIX socket. Start as many as there are cores:

    orogen label frames.xyz potential=ipi ipi.address=unix:label out=labels &
    python3 ase_client.py label frames.xyz

`frames.xyz` gives the species and their order; cell and positions come from orogen. Put your calculator in place of EMT.
"""
import os
import sys
import time

import ase.io
from ase.calculators.emt import EMT
from ase.calculators.socketio import SocketClient


def main():
    name, frames = sys.argv[1:]
    for _ in range(600):  # ASE's client does not wait for its server
        if os.path.exists(f"/tmp/ipi_{name}"):
            break
        time.sleep(0.1)
    atoms = ase.io.read(frames, index=0)
    atoms.calc = EMT()
    SocketClient(unixsocket=name).run(atoms, use_stress=all(atoms.pbc))


if __name__ == "__main__":
    main()
