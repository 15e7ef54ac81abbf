"""The i-PI protocol against its other implementations: ASE in both roles, and i-PI itself. Run by `.ci/run fronts`.

    OROGEN_BINARY=build/orogen python -m unittest discover -s tests/link/python -v

with a Python that has ase and ipi; without them the tests are skipped, with a message.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
BINARY = Path(os.environ.get("OROGEN_BINARY", ROOT / "build" / "orogen")).resolve()
MODEL = ROOT / "tests" / "common" / "reference" / "model-v1.safetensors"
SECONDS = 120  # longest wait for any process

sys.path.insert(0, str(ROOT / "bench"))

try:
    import ase
    import ase.io
    import numpy as np
    from ase.calculators.socketio import SocketIOCalculator
except ImportError:
    ase = None
try:
    import ipi
except ImportError:
    ipi = None


def python_with_psi4():
    """Debian's Python when it can import Psi4. Only looked for: an import leaves files behind."""
    look = ("import importlib.util, sys; sys.path.append('/usr/lib/x86_64-linux-gnu'); "
            "sys.exit(importlib.util.find_spec('psi4') is None)")
    try:
        found = subprocess.run(["/usr/bin/python3", "-c", look], capture_output=True, timeout=SECONDS).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return None
    return "/usr/bin/python3" if found else None


PSI4_PYTHON = python_with_psi4()
TILTED = ('3\nLattice="7 0 0 0.5 7.2 0 0.2 -0.3 6.9" pbc="T T T" Properties=species:S:1:pos:R:3\n'
          "O 0.01 0 0.02\nH 0.97 0.03 0\nH -0.23 0.92 -0.05\n")
MOLECULE = '3\nProperties=species:S:1:pos:R:3 pbc="F F F"\nO 0 0 0.1173\nH 0 0.7572 -0.4692\nH 0 -0.80 -0.45\n'


class Fronts(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)
        self.name = f"orogen-test-{os.getpid()}-{self._testMethodName[-20:]}"

    def write(self, name, text):
        (self.folder / name).write_text(text, encoding="utf-8")
        return name

    def start(self, *command):
        process = subprocess.Popen([str(word) for word in command], cwd=self.folder, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"})
        self.addCleanup(lambda: (process.kill(), process.communicate()) if process.poll() is None else None)
        return process

    def finish(self, process, code=0):
        try:
            out, err = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            self.fail(f"{process.args} did not end within {SECONDS} s\n{out}\n{err}")
        self.assertEqual(process.returncode, code, f"{process.args}\n{out}\n{err}")
        return out, err

    def orogen(self, *words, code=0):
        return self.finish(self.start(BINARY, *words), code)

    def serve(self, *words):
        return self.start(BINARY, "serve", *words, "--json")

    def result(self, process):
        out, _ = self.finish(process)
        return json.loads(out.splitlines()[-1])

    def labels(self, frames, *options):
        self.orogen("label", frames, *options)
        import labels
        return labels.read(self.folder / "labels" / "labelled.xyz")


class BothSides(Fronts):
    """orogen's own client and server as processes, one of them killed."""

    def many_waters(self, count):
        self.write("water.xyz", "".join(MOLECULE.replace("0.7572", f"{0.7 + 1e-4 * k:.4f}") for k in range(count)))

    def label(self):
        return self.start(BINARY, "label", "water.xyz", "potential=ipi", f"ipi.address=unix:{self.name}")

    def wait_for_labels(self):
        partial = self.folder / "labels" / "labelled.partial.xyz"
        for _ in range(10 * SECONDS):
            if partial.exists() and partial.stat().st_size > 0 or (self.folder / "labels" / "labelled.xyz").exists():
                return
            time.sleep(0.1)
        self.fail("no label was written")

    def test_a_killed_server_goes_on_where_it_ended_with_the_same_client(self):
        self.many_waters(3000)
        client = self.serve("xtb:gfn2", "water.xyz", f"address=unix:{self.name}", "reconnects=1")
        first = self.label()
        self.wait_for_labels()
        first.kill()
        self.finish(first, code=-9)
        self.assertTrue(os.path.exists(f"/tmp/ipi_{self.name}"), "a killed server leaves its socket behind")
        out, err = self.finish(self.label())
        self.assertIn("3000 of 3000 frames labelled", out)
        self.assertIn("going on after", err)
        self.assertEqual(self.result(client)["connections"], 2)
        import labels
        energies = [label["energy"] for label in labels.read(self.folder / "labels" / "labelled.xyz")]
        self.assertEqual(len(set(energies)), 3000, "every frame has a label of its own")

    def test_the_client_of_a_killed_server_ends_and_says_so(self):
        self.many_waters(3000)
        client = self.serve("xtb:gfn2", "water.xyz", f"address=unix:{self.name}", "reconnects=5", "wait=1")
        server = self.label()
        self.wait_for_labels()
        server.kill()
        out, _ = self.finish(client, code=1)
        self.assertIn("no server at unix:", out)
        os.unlink(f"/tmp/ipi_{self.name}")


@unittest.skipUnless(ase, "skipped: ASE is not installed here")
class AseServer(Fronts):
    """orogen serve as a client of ASE's SocketIOCalculator."""

    def check(self, calculator, address):
        self.write("water.xyz", TILTED)
        reference = self.labels("water.xyz", f"potential={MODEL}", "precision=float64")[0]
        atoms = ase.io.read(self.folder / "water.xyz")
        constants = ase.units.Bohr, ase.units.Ha
        ase.units.Bohr, ase.units.Ha = 0.529177210903, 27.211386245988  # CODATA 2018, as orogen
        client = self.serve(MODEL, "water.xyz", "precision=float64", f"address={address}")
        try:
            with calculator:
                atoms.calc = calculator
                energy, forces = atoms.get_potential_energy(), atoms.get_forces()
                virial = -atoms.get_stress(voigt=False) * atoms.get_volume()
                self.assertLess(abs(energy / reference["energy"] - 1), 1e-12)
                scale = np.abs(reference["forces"]).max()
                self.assertLess(np.abs(forces.ravel() - reference["forces"]).max() / scale, 1e-9)
                scale = np.abs(reference["virial"]).max()
                self.assertLess(np.abs(virial.ravel() - reference["virial"]).max() / scale, 1e-9)
                self.check_strain(atoms)
        finally:
            ase.units.Bohr, ase.units.Ha = constants
        answer = self.result(client)
        self.assertEqual(answer["structures"], 3)
        self.assertEqual(answer["connections"], 1)

    def check_strain(self, atoms):
        """A cell that changes: the stress is the derivative of the energy by strain."""
        stress, volume, h = atoms.get_stress(voigt=False), atoms.get_volume(), 1e-4
        start, energies = atoms.copy(), []
        for sign in (1, -1):
            strain = np.eye(3)
            strain[0, 1] = strain[1, 0] = 0.5 * sign * h
            atoms.set_cell(start.cell[:] @ strain, scale_atoms=True)
            energies.append(atoms.get_potential_energy())
        self.assertAlmostEqual(stress[0, 1], (energies[0] - energies[1]) / (2 * h) / volume, delta=1e-6)

    def test_over_a_unix_socket_gives_the_numbers_of_the_library(self):
        self.check(SocketIOCalculator(unixsocket=self.name, timeout=SECONDS), f"unix:{self.name}")

    def test_over_tcp_gives_the_numbers_of_the_library(self):
        import socket
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.check(SocketIOCalculator(port=port, timeout=SECONDS), f"127.0.0.1:{port}")

    def test_relaxes_a_molecule_with_an_optimiser(self):
        from ase.optimize import BFGS
        self.write("water.xyz", MOLECULE)
        atoms = ase.io.read(self.folder / "water.xyz")
        client = self.serve("xtb:gfn2", "water.xyz", f"address=unix:{self.name}")
        with SocketIOCalculator(unixsocket=self.name, timeout=SECONDS) as calculator:
            atoms.calc = calculator
            self.assertTrue(BFGS(atoms, logfile=None).run(fmax=0.01, steps=50))
        self.assertAlmostEqual(atoms.get_distance(0, 1), 0.96, delta=0.01)
        self.assertEqual(self.result(client)["end"], "the server closed the connection")

    def test_a_server_that_sends_other_atoms_is_told_by_a_closed_connection(self):
        self.write("water.xyz", MOLECULE)
        client = self.serve("xtb:gfn2", "water.xyz", f"address=unix:{self.name}")
        with SocketIOCalculator(unixsocket=self.name, timeout=SECONDS) as calculator:
            atoms = ase.Atoms("H2", positions=[[0, 0, 0], [0, 0, 0.74]], calculator=calculator)
            with self.assertRaises(Exception):
                atoms.get_potential_energy()
        _, err = self.finish(client, code=1)
        self.assertEqual(err, "")  # with --json everything is on standard output


@unittest.skipUnless(ase, "skipped: ASE is not installed here")
class AseClient(Fronts):
    """ASE's SocketClient as a quantum code for orogen."""

    EXAMPLE = ROOT / "examples" / "ipi" / "ase_client.py"

    def client(self, change=("", "")):
        """The example's client, changed in one place."""
        text = self.EXAMPLE.read_text(encoding="utf-8")
        self.assertIn(change[0], text)
        self.write("client.py", text.replace(*change))
        return self.start(sys.executable, "client.py", self.name, "copper.xyz")

    def copper(self):
        from ase.build import bulk
        frames = []
        for seed in range(4):
            atoms = bulk("Cu", "fcc", a=3.6, cubic=True)
            atoms.rattle(0.05, seed=seed)
            atoms.set_cell(atoms.cell[:] + [[0, 0, 0], [0.02 * seed, 0, 0], [0, 0.01, 0]], scale_atoms=True)
            frames.append(atoms)
        ase.io.write(self.folder / "copper.xyz", frames, format="extxyz", columns=["symbols", "positions"])
        return frames

    def test_labels_are_those_of_its_calculator(self):
        from ase.calculators.emt import EMT
        frames = self.copper()
        client = self.client()
        labels = self.labels("copper.xyz", "potential=ipi", f"ipi.address=unix:{self.name}")
        for frame, label in zip(frames, labels, strict=True):
            frame.calc = EMT()
            self.assertAlmostEqual(label["energy"], frame.get_potential_energy(), delta=1e-6)
            self.assertLess(np.abs(np.reshape(label["forces"], (-1, 3)) - frame.get_forces()).max(), 1e-6)
            virial = -frame.get_stress(voigt=False) * frame.get_volume()
            self.assertLess(np.abs(np.reshape(label["virial"], (3, 3)) - virial).max(), 1e-5)
        self.finish(client)

    def test_a_killed_client_is_replaced_by_a_late_one(self):
        self.copper()
        first = self.client(("atoms.calc = EMT()", """atoms.calc = EMT()
    atoms.calc.calculate = lambda *words, **options: (print('computing', flush=True), time.sleep(600))"""))
        label = self.start(BINARY, "label", "copper.xyz", "potential=ipi", f"ipi.address=unix:{self.name}")
        while "computing" not in first.stdout.readline():
            self.assertIsNone(first.poll(), "the slow client ended")
        first.kill()
        second = self.client()
        _, err = self.finish(label)
        self.assertIn("i-PI client 1 is lost at structure 1", err)
        self.finish(second)


@unittest.skipUnless(shutil.which("lmp"), "skipped: LAMMPS (lmp) is not installed here")
class Lammps(Fronts):
    """LAMMPS' fix ipi as a client; its Lennard-Jones argon against the same potential as a command."""

    INPUT = """units metal
atom_style atomic
atom_modify map array sort 0 0.0
pair_style lj/cut 8.0
pair_modify shift yes
read_data argon.data
pair_coeff 1 1 0.0103 3.40
mass 1 39.948
neighbor 2.0 bin
fix 1 all ipi {name} 31415 unix
run 100000
"""

    def argon(self):
        """27 atoms in a tilted cell and the same stretched by 2 %; the first also as LAMMPS reads it."""
        side, frames = 11.1, ""
        atoms = [[3.7 * n + 0.1 * (7 * k * (c + 1) % 5 - 2) for c, n in enumerate((k % 3, k // 3 % 3, k // 9))] for k in range(27)]
        for f in (1.0, 1.02):
            lattice = f"{f * side} 0 0 {f * 0.8} {side} 0 {f * 0.3} -0.4 {side}"
            frames += f'27\nLattice="{lattice}" pbc="T T T" Properties=species:S:1:pos:R:3\n'
            frames += "".join(f"Ar {f * x} {y} {z}\n" for x, y, z in atoms)
        self.write("argon.xyz", frames)
        box = "".join(f"0 {side} {c}lo {c}hi\n" for c in "xyz") + "0.8 0.3 -0.4 xy xz yz\n"
        rows = "".join(f"{k + 1} 1 {x} {y} {z}\n" for k, (x, y, z) in enumerate(atoms))
        self.write("argon.data", f"argon\n\n27 atoms\n1 atom types\n{box}\nAtoms\n\n{rows}")

    def test_labels_are_those_of_its_pair_style(self):
        self.argon()
        self.write("in.ipi", self.INPUT.format(name=self.name))
        script = ROOT / "examples" / "oracles" / "lennard_jones.py"
        expected = self.labels("argon.xyz", "potential=command", f"command={sys.executable} {script} {{in}} {{out}}")
        label = self.start(BINARY, "label", "argon.xyz", "potential=ipi", f"ipi.address=unix:{self.name}", "out=labels", "resume=false")
        for _ in range(600):
            if os.path.exists(f"/tmp/ipi_{self.name}"):
                break
            time.sleep(0.1)
        lammps = self.start("lmp", "-in", "in.ipi", "-log", "none")
        self.finish(label)
        lammps.communicate(timeout=SECONDS)  # it ends with MPI_ABORT
        import labels
        worst = labels.worst_relative(expected, labels.read(self.folder / "labels" / "labelled.xyz"))
        for key in ("energy", "forces", "virial"):
            self.assertLess(worst[key], 1e-6, worst)


@unittest.skipUnless(ipi, "skipped: i-PI is not installed here")
class Ipi(Fronts):
    """i-PI drives path-integral dynamics of water on orogen's forces."""

    def run_pimd(self, change, clients):
        self.write("water.xyz", MOLECULE)
        text = (ROOT / "examples" / "ipi" / "water_pimd.xml").read_text(encoding="utf-8")
        text = text.replace("<address> water </address>", f"<address> {self.name} </address>")
        for old, new in change:
            self.assertIn(old, text)
            text = text.replace(old, new)
        self.write("pimd.xml", text)
        server = self.start(Path(sys.executable).parent / "i-pi", "pimd.xml")
        served = [self.serve(*client, f"address=unix:{self.name}") for client in clients]
        self.finish(server)
        answers = [self.result(process) for process in served]
        self.assertTrue(all(answer["end"] == "the server sent EXIT" for answer in answers), answers)
        rows = np.loadtxt(self.folder / "pimd.properties")
        return rows, answers

    def test_conserves_its_energy_with_two_clients_of_xtb(self):
        rows, answers = self.run_pimd([("<total_steps> 100", "<total_steps> 40")], [("xtb:gfn2", "water.xyz")] * 2)
        self.assertEqual(len(rows), 41)
        self.assertEqual(sum(answer["structures"] for answer in answers), 41 * 8)
        self.assertLess(np.ptp(rows[:, 2]), 0.01, rows[:, 2])  # eV, of the conserved quantity
        self.assertGreater(np.ptp(rows[:, 4]), 0.01)  # the potential energy does move

    def test_takes_beads_in_batches_and_records_uncertainties(self):
        major, minor = (int(word) for word in ipi.__version__.split(".")[:2]) if hasattr(ipi, "__version__") else (3, 0)
        from ipi.inputs.forcefields import InputFFSocket
        if "batch_size" not in InputFFSocket.fields:
            self.skipTest(f"skipped: i-PI {major}.{minor} sends no batches")
        rows, answers = self.run_pimd(
            [("<total_steps> 100", "<total_steps> 2"), ("</address>", "</address> <batch_size> 4 </batch_size>"),
             ("</output>", "<trajectory stride='1' filename='spread' extra_type='uncertainty'> extras </trajectory></output>")],
            [(MODEL, "water.xyz", "precision=float64")])
        self.assertEqual(answers[0]["structures"], 3 * 8)
        spread = (self.folder / "pimd.spread_0").read_text().splitlines()[1].split()
        reference = self.labels("water.xyz", f"potential={MODEL}", "precision=float64")[0]
        self.assertAlmostEqual(rows[0, 4] / reference["energy"], 1, delta=1e-6)
        self.assertEqual(len(spread), 3)
        self.assertGreater(float(spread[0]), 0)


@unittest.skipUnless(PSI4_PYTHON, "skipped: Psi4 is not installed here (Debian package psi4)")
class Psi4(Fronts):
    """The ready script for Psi4 as a command oracle."""

    def label(self, method):
        command = f"{PSI4_PYTHON} {ROOT}/examples/oracles/psi4_extxyz.py {{in}} {{out}} --method {method} --basis 6-31g"
        return self.labels("water.xyz", "potential=command", f"command={command}", f"oracle.timeout={SECONDS}",
                           "oracle.attempts=1", "resume=false")

    def test_forces_are_minus_the_derivative_of_the_energy(self):
        h, text = 0.005, MOLECULE
        for sign in (1, -1):
            text += MOLECULE.replace("H 0 0.7572", f"H 0 {0.7572 + sign * h}")
        self.write("water.xyz", text)
        here, plus, minus = self.label("mp2")
        self.assertAlmostEqual(here["forces"][4], -(plus["energy"] - minus["energy"]) / (2 * h), delta=2e-3)
        self.assertLess(abs(sum(here["forces"][1::3])), 1e-5)

    def test_methods_differ(self):
        self.write("water.xyz", MOLECULE)
        energies = [self.label(method)[0]["energy"] for method in ("scf", "b3lyp", "'ccsd(t)'")]
        self.assertEqual(len(set(round(energy, 3) for energy in energies)), 3, energies)


if __name__ == "__main__":
    unittest.main()
