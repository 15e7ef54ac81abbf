#!/usr/bin/env python3
"""Psi4 as an oracle for potential=command: any of its methods, from one extended XYZ file to another.

    orogen label frames.xyz potential=command out=labels \\
        command="psi4_extxyz.py {in} {out} --method wb97x --basis '6-31g*'"

Methods with analytic gradients are quick: scf, b3lyp, wb97x, mp2, ccsd, ccsd(t) (RHF). --charge, --multiplicity, --memory (GB),
--threads and --option KEY=VALUE (any Psi4 option, repeatable) complete the calculation. An SCF that does not converge ends
with a status other than 0, so that orogen never sees its numbers. Run it with a Python that can import psi4; Debian's
package puts the module into /usr/lib/x86_64-linux-gnu for /usr/bin/python3, which is looked for here, too.
"""
import argparse
import re
import sys

HARTREE, BOHR = 27.211386245988, 0.529177210903  # eV, Å (CODATA 2018)


def load_psi4():
    try:
        import psi4
    except ImportError:
        sys.path.append("/usr/lib/x86_64-linux-gnu")
        import psi4
    return psi4


def read_molecule(path):
    with open(path, encoding="utf-8") as file:
        lines = file.read().splitlines()
    periodic = re.search(r'pbc="([^"]*)"', lines[1])
    if "Lattice=" in lines[1] and (periodic is None or "T" in periodic[1]):
        raise SystemExit("Psi4 computes molecules; this structure is periodic")
    atoms = [line.split()[:4] for line in lines[2:2 + int(lines[0])]]
    return [a[0] for a in atoms], [[float(x) for x in a[1:]] for a in atoms]


def write_molecule(path, species, positions, energy, forces, method):
    rows = [" ".join([s, *(f"{x:.10f}" for x in r), *(f"{x:.12g}" for x in f)]) for s, r, f in zip(species, positions, forces)]
    comment = f'energy={energy:.12g} level_of_theory="{method}" Properties=species:S:1:pos:R:3:forces:R:3 pbc="F F F"'
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join([str(len(species)), comment, *rows]) + "\n")


def value_of(text):
    """Psi4 takes numbers and truth values as such; as texts it drops them without a word."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            pass
    return {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}.get(text.lower(), text)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("source")
    parser.add_argument("target")
    parser.add_argument("--method", default="b3lyp")
    parser.add_argument("--basis", default="6-31g*")
    parser.add_argument("--charge", type=int, default=0)
    parser.add_argument("--multiplicity", type=int, default=1)
    parser.add_argument("--memory", type=float, default=2, help="GB")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--option", action="append", default=[], metavar="KEY=VALUE")
    o = parser.parse_args()
    species, positions = read_molecule(o.source)
    psi4 = load_psi4()
    psi4.core.set_output_file("psi4.out", False)
    psi4.core.IOManager.shared_object().set_default_path("./")
    psi4.set_memory(f"{o.memory} GB")
    psi4.set_num_threads(o.threads)
    psi4.set_options({"e_convergence": 1e-8, "d_convergence": 1e-7})
    if o.multiplicity != 1:
        psi4.set_options({"reference": "uks" if o.method.lower() not in ("scf", "hf", "mp2", "ccsd", "ccsd(t)") else "uhf"})
    for text in o.option:
        key, equals, value = text.partition("=")
        if not equals:
            raise SystemExit(f"--option {text}: expected KEY=VALUE")
        psi4.set_options({key: value_of(value)})
    # Without these three lines Psi4 turns and moves the molecule, and its forces would belong to another orientation.
    text = "\n".join([f"{o.charge} {o.multiplicity}"] + [f"{s} {x:.12f} {y:.12f} {z:.12f}" for s, (x, y, z) in zip(species, positions)])
    molecule = psi4.geometry(text + "\nunits angstrom\nsymmetry c1\nno_reorient\nno_com\n")
    method = f"{o.method}/{o.basis}"
    gradient = psi4.gradient(method, molecule=molecule)
    energy = psi4.core.variable("CURRENT ENERGY") * HARTREE
    forces = [[-x * HARTREE / BOHR for x in row] for row in gradient.np.tolist()]
    write_molecule(o.target, species, positions, energy, forces, method)
    print(f"{method}: {energy:.8f} eV")


if __name__ == "__main__":
    main()
