"""Models for the tests, made once by orogen itself: a small one trained on xtb's answers where xtb is there, else on a pair potential."""
import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # numpy's own threads slow these small matrices down

import numpy as np
import pytest

import orogen


def write_frames(path, frames):
    """Extended XYZ from (symbols, positions, cell or None, energy, forces, stress or None)."""
    lines = []
    for symbols, positions, cell, energy, forces, stress in frames:
        comment = f"Properties=species:S:1:pos:R:3:forces:R:3 energy={float(energy)!r}"
        if cell is not None:
            comment += ' Lattice="' + " ".join(map(repr, np.ravel(cell).tolist())) + '" pbc="T T T"'
            comment += ' stress="' + " ".join(map(repr, np.ravel(stress).tolist())) + '"'
        else:
            comment += ' pbc="F F F"'
        lines += [str(len(symbols)), comment]
        lines += [f"{s} " + " ".join(map(repr, [*r.tolist(), *f.tolist()])) for s, r, f in zip(symbols, positions, forces)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def lj_copper(seed, amplitude):
    """Rattled, strained copper with ASE's Lennard-Jones potential as teacher: smooth, and no quantum code needed."""
    from ase.build import bulk
    from ase.calculators.lj import LennardJones
    atoms = bulk("Cu", cubic=True).repeat((2, 2, 2))
    rng = np.random.default_rng(seed)
    atoms.set_cell(atoms.cell.array @ (np.eye(3) + 0.02 * rng.normal(size=(3, 3))), scale_atoms=True)
    atoms.positions += amplitude * rng.normal(size=atoms.positions.shape)
    atoms.calc = LennardJones(sigma=2.3, epsilon=0.4, rc=4.5, smooth=True)
    return (atoms.get_chemical_symbols(), atoms.positions, atoms.cell.array, atoms.get_potential_energy(),
            atoms.get_forces(), atoms.get_stress(voigt=False))


@pytest.fixture(scope="session")
def copper_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("copper") / "copper.xyz"
    write_frames(path, [lj_copper(k, 0.03 + 0.03 * (k % 3)) for k in range(24)])
    return path


@pytest.fixture(scope="session")
def copper_training(copper_file, tmp_path_factory):
    """What orogen.train answered for a small model of copper in float64."""
    return orogen.train(data=copper_file, out=tmp_path_factory.mktemp("model"), model="fast", features=8, hidden=16,
                        cutoff=4.5, epochs=60, warmup=20, precision="float64", level_of_theory="Lennard-Jones", threads=2)


@pytest.fixture(scope="session")
def copper_model(copper_training):
    return copper_training["model"]


@pytest.fixture(scope="session")
def committee(copper_file, tmp_path_factory):
    return orogen.train(data=copper_file, out=tmp_path_factory.mktemp("committee"), model="fast", features=8, hidden=16,
                        cutoff=4.5, epochs=2, members=3, precision="float64", threads=2)["model"]


@pytest.fixture
def potential(copper_model):
    return orogen.Potential(copper_model, threads=1)


@pytest.fixture
def copper():
    """32 atoms, rattled, in a sheared cell."""
    from ase.build import bulk
    atoms = bulk("Cu", cubic=True).repeat((2, 2, 2))
    atoms.set_cell(atoms.cell.array @ (np.eye(3) + [[0.01, 0.02, 0], [0, -0.01, 0.01], [0, 0, 0.005]]), scale_atoms=True)
    atoms.rattle(0.06, seed=3)
    return atoms


def has_xtb():
    try:
        orogen.Potential("xtb:gfn2")
    except orogen.InputError:
        return False
    return True


needs_xtb = pytest.mark.skipif(not has_xtb(), reason="this orogen was built without libxtb")
