"""The calculators inside ASE's own machinery."""
import numpy as np
import pytest
from ase import Atoms, units
from ase.build import add_adsorbate, fcc111, molecule
from ase.calculators.calculator import PropertyNotImplementedError
from ase.calculators.fd import calculate_numerical_forces, calculate_numerical_stress
from ase.constraints import FixAtoms
from ase.filters import FrechetCellFilter
from ase.md.langevin import Langevin
from ase.md.velocitydistribution import MaxwellBoltzmannDistribution
from ase.md.verlet import VelocityVerlet
from ase.mep import NEB
from ase.optimize import BFGS, FIRE, LBFGS
from ase.phonons import Phonons

import orogen
from conftest import needs_xtb
from orogen.ase import XTB, Calculator


@pytest.fixture
def calculator(copper_model):
    return Calculator(copper_model, threads=1)


@pytest.fixture
def crystal(copper, calculator):
    copper.calc = calculator
    return copper


@pytest.fixture
def cluster(calculator):
    """Thirteen atoms in the open."""
    from ase.cluster import Octahedron
    atoms = Octahedron("Cu", 3, cutoff=1)
    atoms.rattle(0.05, seed=2)
    atoms.calc = calculator
    return atoms


# ---- the properties


def test_properties_are_those_of_the_library(crystal, copper_model):
    answer = orogen.Potential(copper_model).evaluate(crystal, want=("forces", "stress", "site_energies"))
    assert crystal.get_potential_energy() == pytest.approx(answer.energy, rel=1e-12)
    assert crystal.get_potential_energy(force_consistent=True) == crystal.get_potential_energy()
    assert np.allclose(crystal.get_forces(), answer.forces, atol=1e-11)
    assert np.allclose(crystal.get_potential_energies(), answer.site_energies, atol=1e-10)
    s = answer.stress
    assert np.allclose(crystal.get_stress(), [s[0, 0], s[1, 1], s[2, 2], s[1, 2], s[0, 2], s[0, 1]], atol=1e-12)


def test_forces_and_stress_are_ase_s_numerical_derivatives(crystal):
    some = [0, 13, 31]
    assert np.allclose(crystal.get_forces()[some], calculate_numerical_forces(crystal, eps=1e-4, iatoms=some), atol=1e-6)
    assert np.allclose(crystal.get_stress(), calculate_numerical_stress(crystal, eps=1e-5), atol=1e-7)


def test_open_systems_have_forces_but_no_stress(cluster):
    assert np.allclose(cluster.get_forces()[:2], calculate_numerical_forces(cluster, eps=1e-4, iatoms=[0, 1]), atol=1e-6)
    assert np.abs(cluster.get_forces().sum(axis=0)).max() < 1e-8
    with pytest.raises(PropertyNotImplementedError):
        cluster.get_stress()


def test_a_slab_has_forces_but_no_stress(calculator):
    slab = fcc111("Cu", (2, 2, 4), vacuum=6)
    slab.rattle(0.03, seed=1)
    slab.calc = calculator
    assert not slab.pbc[2]
    assert np.allclose(slab.get_forces()[:2], calculate_numerical_forces(slab, eps=1e-4, iatoms=[0, 1]), atol=1e-6)
    with pytest.raises(PropertyNotImplementedError):
        slab.get_stress()


def test_every_kind_of_change_is_noticed(crystal, copper_model):
    fresh = lambda: orogen.Potential(copper_model, threads=1).evaluate(crystal).energy  # noqa: E731
    seen = [crystal.get_potential_energy()]
    for change in (lambda: crystal.positions.__setitem__((0, 0), crystal.positions[0, 0] + 0.1),
                   lambda: crystal.set_cell(crystal.cell.array * 1.02, scale_atoms=True),
                   lambda: crystal.set_pbc((True, True, False)),
                   lambda: crystal.pop(5)):
        change()
        seen.append(crystal.get_potential_energy())
        assert seen[-1] == pytest.approx(fresh(), rel=1e-12)
    assert len(set(seen)) == len(seen)
    crystal.numbers[0] = 30
    with pytest.raises(orogen.InputError, match="30"):
        crystal.get_potential_energy()


def test_nothing_is_computed_twice_for_the_same_atoms(crystal, monkeypatch):
    calls = []
    evaluate = crystal.calc.potential._evaluate_atoms
    monkeypatch.setattr(crystal.calc.potential, "_evaluate_atoms", lambda *a, **k: calls.append(1) or evaluate(*a, **k))
    crystal.get_potential_energy(), crystal.get_forces(), crystal.get_stress(), crystal.get_potential_energies()
    assert len(calls) == 1


def test_uncertainty_is_an_extra_result(copper, committee):
    copper.calc = Calculator(committee)
    copper.get_forces()
    assert "uncertainty" not in copper.calc.results
    asked = copper.calc.get_property("uncertainty", copper)
    copper.calc = Calculator(committee, uncertainty=True)
    copper.get_forces()
    assert asked.shape == (32,) and np.allclose(copper.calc.results["uncertainty"], asked)


def test_bad_structures_raise_and_the_calculator_goes_on(crystal):
    energy = crystal.get_potential_energy()
    kept = crystal.positions.copy()
    crystal.positions[3] = crystal.positions[4]
    with pytest.raises(orogen.NumericalError, match="coincident"):
        crystal.get_forces()
    crystal.positions[:] = kept
    assert crystal.get_potential_energy() == pytest.approx(energy, rel=1e-12)


def test_options_of_a_finished_potential_are_refused(potential):
    with pytest.raises(TypeError, match="precision"):
        Calculator(potential, precision="float32")


# ---- what moves atoms


@pytest.mark.parametrize("optimiser", [BFGS, LBFGS, FIRE])
def test_optimisers_find_the_crystal(optimiser, crystal):
    assert optimiser(crystal, logfile=None).run(fmax=0.01, steps=200)
    assert np.abs(crystal.get_forces()).max() < 0.01


def test_cell_and_atoms_relax_to_zero_stress(crystal):
    assert BFGS(FrechetCellFilter(crystal), logfile=None).run(fmax=0.005, steps=200)
    assert np.abs(crystal.get_stress()).max() < 1e-3


def test_neb_finds_a_barrier_that_is_the_same_from_both_sides(calculator):
    slab = fcc111("Cu", (2, 2, 3), vacuum=6)
    add_adsorbate(slab, "Cu", 2.1, "fcc")
    slab.set_constraint(FixAtoms(indices=range(8)))
    other = slab.copy()
    other.positions[-1] += np.array(slab.cell[0] + slab.cell[1]) / 6 * np.array([1, 1, 0])
    for end in (slab, other):
        end.calc = calculator
        BFGS(end, logfile=None).run(fmax=0.03, steps=100)
    images = [slab] + [slab.copy() for _ in range(3)] + [other]
    band = NEB(images, allow_shared_calculator=True)
    band.interpolate()
    for image in images[1:-1]:
        image.calc = calculator
    BFGS(band, logfile=None).run(fmax=0.08, steps=60)
    energies = [image.get_potential_energy() for image in images]
    assert np.isfinite(energies).all() and max(energies) > max(energies[0], energies[-1]) - 1e-3


def test_phonons_have_three_acoustic_branches_and_real_frequencies(calculator, tmp_path):
    from ase.build import bulk
    atoms = bulk("Cu")
    atoms.calc = calculator
    BFGS(FrechetCellFilter(atoms), logfile=None).run(fmax=1e-3, steps=100)
    phonons = Phonons(atoms, calculator, supercell=(3, 3, 3), delta=0.01, name=str(tmp_path / "phonons"))
    phonons.run()
    phonons.read(acoustic=True)
    gamma, edge = phonons.band_structure([[0, 0, 0], [0.5, 0.5, 0]])
    assert np.abs(gamma).max() < 1e-3
    assert edge.min() > 1e-3


def test_verlet_conserves_the_energy(crystal):
    MaxwellBoltzmannDistribution(crystal, temperature_K=300, rng=np.random.default_rng(1))
    energies = []
    dynamics = VelocityVerlet(crystal, timestep=2 * units.fs)
    dynamics.attach(lambda: energies.append(crystal.get_total_energy()))
    dynamics.run(100)
    assert np.ptp(energies) / len(crystal) < 1e-3


def test_langevin_reaches_its_temperature(crystal):
    rng = np.random.default_rng(2)
    MaxwellBoltzmannDistribution(crystal, temperature_K=600, rng=rng)
    temperatures = []
    dynamics = Langevin(crystal, 2 * units.fs, temperature_K=300, friction=0.05 / units.fs, rng=rng)
    dynamics.attach(lambda: temperatures.append(crystal.get_temperature()))
    dynamics.run(400)
    assert np.mean(temperatures[100:]) == pytest.approx(300, abs=60)  # 96 degrees of freedom: ±43 K at an instant


def test_dynamics_of_an_open_cluster_keeps_its_momentum(cluster):
    VelocityVerlet(cluster, timestep=2 * units.fs).run(50)
    assert np.abs(cluster.get_momenta().sum(axis=0)).max() < 1e-8


# ---- xtb


@needs_xtb
def test_xtb_gives_energy_forces_and_charges():
    water = molecule("H2O")
    water.calc = XTB(accuracy=0.01)
    assert water.get_potential_energy() == pytest.approx(-137.967, abs=0.01)
    assert np.allclose(water.get_forces(), calculate_numerical_forces(water, eps=1e-3), atol=1e-3)
    charges = water.get_charges()
    assert charges.sum() == pytest.approx(0, abs=1e-6) and charges[0] < -0.3


@needs_xtb
def test_xtb_s_charge_counts_and_its_problems_are_told():
    hydroxide = Atoms("OH", positions=[[0, 0, 0], [0, 0, 0.97]])
    hydroxide.calc = XTB(charge=-1)
    assert hydroxide.get_charges().sum() == pytest.approx(-1, abs=1e-6)
    hydroxide.calc = XTB()
    with pytest.raises(orogen.InputError, match="electrons"):
        hydroxide.get_potential_energy()
    hydroxide.set_cell([8, 8, 8]), hydroxide.set_pbc(True)
    with pytest.raises(orogen.InputError, match="periodic"):
        hydroxide.get_potential_energy()
    with pytest.raises(orogen.InputError):
        XTB("gfn7")


def test_without_libxtb_the_way_to_it_is_told():
    from conftest import has_xtb
    if has_xtb():
        pytest.skip("libxtb is there")
    with pytest.raises(orogen.InputError, match="libxtb-dev"):
        XTB()
