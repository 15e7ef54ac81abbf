"""Energy, forces and virial through the i-PI protocol against the library's own: orogen as client of ASE's server, and orogen
as server of orogen as client.

ASE uses the CODATA 2014 values of bohr and hartree, which alone shift an energy by 1e-8; the ASE process is given the 2018
values, so that only what the protocol and the program add is left.
"""
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import labels
import program

SECONDS = 300  # longest wait for any process here


def python_with_ase():
    """A Python that can import ASE: OROGEN_ASE_PYTHON, this one, or one in bench/out that is made for it."""
    for candidate in (os.environ.get("OROGEN_ASE_PYTHON"), sys.executable):
        if candidate and subprocess.run([candidate, "-c", "import ase"], capture_output=True).returncode == 0:
            return candidate
    folder = program.OUT / "ase-python"
    python = folder / "bin" / "python"
    if not python.is_file() or subprocess.run([python, "-c", "import ase"], capture_output=True).returncode:
        print(f"  installing ASE into {folder}", flush=True)
        for step in ([sys.executable, "-m", "venv", folder], [python, "-m", "pip", "install", "-q", "ase"]):
            done = subprocess.run(step, capture_output=True, text=True)
            if done.returncode:
                raise program.Missing(f"no Python with ASE, and none could be made:\n{done.stderr[-500:]}\n"
                                      "set OROGEN_ASE_PYTHON to one")
    return str(python)


def beside(commands):
    """Runs processes side by side to their ends; each is ended when it takes too long."""
    running = [subprocess.Popen([str(w) for w in c], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) for c in commands]
    failure = None
    for command, process in zip(commands, running):
        try:
            output, _ = process.communicate(timeout=5 if failure else SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            output = process.communicate()[0] + f"\nended after {SECONDS} s"
        if process.returncode and not failure:
            failure = f"{' '.join(map(str, command))} ended with status {process.returncode}:\n{output[-2000:]}"
    if failure:
        raise program.Failed(failure)


def deviations(model, frames, precision="float64"):
    """{"ASE server": {"energy": …, "forces": …, "virial": …}, "orogen server": …}: the largest relative deviations between
    the library and clients of the i-PI protocol. `frames` is an extended XYZ file of structures with the same atoms."""
    binary = program.binary("orogen")
    python = python_with_ase()
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        beside([[binary, "label", frames, f"potential={model}", f"precision={precision}", f"out={folder / 'library'}"]])
        library = labels.read(folder / "library" / "labelled.xyz")
        address, result = f"unix:{folder / 'socket'}", {}
        serve = [binary, "serve", model, frames, f"precision={precision}", f"address={address}"]
        beside([serve, [binary, "label", frames, "potential=ipi", f"ipi.address={address}", f"out={folder / 'orogen'}"]])
        result["orogen server"] = labels.worst_relative(library, labels.read(folder / "orogen" / "labelled.xyz"))
        name = f"orogen-bench-{os.getpid()}"
        serve[-1] = f"address=unix:{name}"
        beside([[python, Path(__file__).resolve(), frames, name, folder / "ase.json"], serve])
        result["ASE server"] = labels.worst_relative(library, json.loads((folder / "ase.json").read_text()))
    return result


def ase_server(frames, name, target):
    """Runs in the Python with ASE: every frame through SocketIOCalculator, the answers as JSON."""
    import ase.io
    import ase.units
    from ase.calculators.socketio import SocketIOCalculator
    ase.units.Bohr, ase.units.Ha = 0.529177210903, 27.211386245988
    answers = []
    with SocketIOCalculator(unixsocket=name, timeout=SECONDS) as calculator:
        atoms = None
        for frame in ase.io.iread(frames, index=":"):
            atoms = frame.copy() if atoms is None else atoms
            atoms.calc = calculator
            atoms.cell, atoms.positions, atoms.pbc = frame.cell, frame.positions, frame.pbc
            periodic = all(atoms.pbc)
            answers.append({"energy": atoms.get_potential_energy(), "forces": atoms.get_forces().ravel().tolist(),
                            "virial": (-atoms.get_stress(voigt=False) * atoms.get_volume()).ravel().tolist() if periodic else None})
    Path(target).write_text(json.dumps(answers))


def tilted_waters(path, frames=3):
    """Water molecules in a tilted cell that changes from frame to frame."""
    text = ""
    for k in range(frames):
        lattice = f"{7 + 0.1 * k} 0 0 0.5 {7.2 - 0.1 * k} 0 0.2 -0.3 6.9"
        text += f'3\nLattice="{lattice}" pbc="T T T" Properties=species:S:1:pos:R:3\n'
        text += f"O 0.01 {0.1 * k} 0.02\nH {0.97 - 0.02 * k} 0.03 0\nH -0.23 0.92 {-0.05 + 0.03 * k}\n"
    Path(path).write_text(text)


def measure(_name):
    """The reference model of the tests on tilted waters in double precision."""
    with tempfile.TemporaryDirectory() as folder:
        frames = Path(folder) / "waters.xyz"
        tilted_waters(frames)
        result = deviations(program.ROOT / "tests" / "common" / "reference" / "model-v1.safetensors", frames)
    program.table(["server", "energy", "forces", "virial"],
                  [[server, *(f"{worst.get(key, 0):.1e}" for key in ("energy", "forces", "virial"))]
                   for server, worst in result.items()])
    return max(max(worst.values()) for worst in result.values()), "relative"


NAMES = {"ipi_agreement": ("worst relative deviation between the library and clients of the i-PI protocol", measure)}

if __name__ == "__main__":
    ase_server(*sys.argv[1:])
