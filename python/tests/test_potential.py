"""orogen.Potential: shapes, derivatives, batches, threads, bad input."""
import pickle
import sys
import threading
import time

import numpy as np
import pytest

import orogen
from orogen import InputError, NumericalError, Structure


def test_forces_are_minus_the_gradient_of_the_energy(potential, copper):
    forces = potential.evaluate(copper).forces
    h = 1e-4
    for atom, axis in [(0, 0), (7, 1), (31, 2)]:
        energies = []
        for sign in (1, -1):
            moved = copper.copy()
            moved.positions[atom, axis] += sign * h
            energies.append(potential.evaluate(moved, want="energy").energy)
        assert forces[atom, axis] == pytest.approx(-(energies[0] - energies[1]) / (2 * h), abs=1e-6)


def test_stress_is_the_strain_derivative_of_the_energy_over_the_volume(potential, copper):
    answer = potential.evaluate(copper, want=("stress", "virial"))
    volume, h = copper.get_volume(), 1e-5
    for i, j in [(0, 0), (1, 2), (0, 2)]:
        energies = []
        for sign in (1, -1):
            strain = np.eye(3)
            strain[i, j] += sign * h / 2
            strain[j, i] += sign * h / 2
            strained = copper.copy()
            strained.set_cell(copper.cell.array @ strain, scale_atoms=True)
            energies.append(potential.evaluate(strained).energy)
        slope = (energies[0] - energies[1]) / (2 * h)
        assert answer.stress[i, j] == pytest.approx(slope / volume, abs=1e-7)
        assert answer.virial[i, j] == pytest.approx(-slope, abs=1e-4)


def test_site_energies_add_up_to_the_energy(potential, copper):
    answer = potential.evaluate(copper, want=("site_energies",))
    assert answer.site_energies.shape == (32,)
    assert answer.site_energies.sum() == pytest.approx(answer.energy, rel=1e-12)


def test_what_was_not_wanted_is_none(potential, copper):
    answer = potential.evaluate(copper, want="energy")
    assert np.isfinite(answer.energy)
    for name in ("forces", "virial", "stress", "site_energies", "uncertainty", "charges", "member_energies", "member_forces"):
        assert getattr(answer, name) is None


def test_an_open_system_has_a_virial_but_no_stress(potential, copper):
    answer = potential.evaluate(copper.numbers, copper.positions, want=("virial", "stress"))
    assert answer.virial.shape == (3, 3) and answer.stress is None


def test_arrays_outlive_their_evaluation(potential, copper):
    expected = potential.evaluate(copper).forces.copy()
    forces = potential.evaluate(copper).forces
    for _ in range(20):
        potential.evaluate(copper)
    assert np.array_equal(forces, expected)


def test_a_batch_gives_what_single_calls_give(copper_model, copper):
    wide = copper.copy()
    wide.rattle(0.02, seed=5)
    structures = [copper, Structure(wide.numbers, wide.positions, wide.cell.array, True),
                  (wide.numbers, wide.positions), (wide.numbers.tolist(), wide.positions.tolist(), None, False)]
    answers = orogen.Potential(copper_model, threads=2).evaluate_batch(structures)
    for structure, answer in zip(structures, answers):
        alone = orogen.Potential(copper_model, threads=1).evaluate(structure)
        assert answer.energy == pytest.approx(alone.energy, rel=1e-12)
        assert np.allclose(answer.forces, alone.forces, atol=1e-11)
    assert orogen.Potential(copper_model).evaluate_batch([]) == []


def test_inputs_of_other_kinds_and_layouts_give_the_same(potential, copper):
    expected = potential.evaluate(copper).energy
    fortran = np.asfortranarray(copper.positions)
    assert potential.evaluate(copper.numbers.astype(np.int32), fortran, copper.cell.array, [1, 1, 1]).energy == expected
    assert potential.evaluate(copper.numbers.tolist(), copper.positions.tolist(), copper.cell.tolist()).energy == expected


def test_hessian_times_vector_is_the_difference_of_forces(potential, copper):
    direction = np.random.default_rng(1).normal(size=(32, 3))
    product = potential.hessian_vector(copper, direction)
    h, forces = 1e-5, []
    for sign in (1, -1):
        moved = copper.copy()
        moved.positions += sign * h * direction
        forces.append(potential.evaluate(moved).forces)
    assert np.allclose(product, -(forces[0] - forces[1]) / (2 * h), atol=1e-5)


def test_float32_and_float64_agree(copper_model, copper):
    single = orogen.Potential(copper_model, precision="float32")
    double = orogen.Potential(copper_model, precision="float64")
    assert (single.precision, double.precision) == ("float32", "float64")
    difference = single.evaluate(copper).forces - double.evaluate(copper).forces
    assert 0 < np.abs(difference).max() < 1e-3


def test_a_model_tells_what_it_is(potential, copper_model):
    assert potential.elements == [29]
    assert potential.reach == pytest.approx(4.5)
    assert potential.members == 1
    assert potential.header["lineage"]["level_of_theory"] == "Lennard-Jones"
    assert potential.name == copper_model and copper_model in repr(potential)


def test_a_committee_gives_its_members_and_their_spread(committee, copper):
    potential = orogen.Potential(committee)
    assert potential.members == 3 and potential.has_uncertainty
    answer = potential.evaluate(copper, want=("forces", "uncertainty", "member_forces", "member_energies"))
    assert answer.member_energies.mean() == pytest.approx(answer.energy, rel=1e-10)
    assert np.allclose(answer.member_forces.mean(axis=0), answer.forces, atol=1e-10)
    spread = np.sqrt(((answer.member_forces - answer.forces) ** 2).sum(axis=(0, 2)) / 2)
    assert np.allclose(answer.uncertainty, spread, rtol=1e-9)


def test_a_potential_survives_pickling(potential, copper):
    assert pickle.loads(pickle.dumps(potential)).evaluate(copper).energy == pytest.approx(potential.evaluate(copper).energy)


def test_several_threads_share_a_potential(potential, copper):
    expected, wrong = potential.evaluate(copper).energy, []

    def work(seed):
        mine = copper.copy()
        mine.rattle(0.05, seed=seed)
        alone = potential.evaluate(mine).energy
        for _ in range(20):
            if abs(potential.evaluate(copper).energy - expected) > 1e-9 or abs(potential.evaluate(mine).energy - alone) > 1e-9:
                wrong.append(seed)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(10, 14)]
    [t.start() for t in threads]
    [t.join(60) for t in threads]
    assert not wrong and not any(t.is_alive() for t in threads)


def test_the_interpreter_runs_while_a_potential_computes(copper_model):
    """This thread counts while another is inside one long call: it could not if the call held the interpreter's lock."""
    from ase.build import bulk
    large = bulk("Cu", cubic=True).repeat((16, 16, 16))
    potential, begun, done = orogen.Potential(copper_model, threads=1), threading.Event(), threading.Event()
    direction, counts, interval = np.ones((len(large), 3)), 0, sys.getswitchinterval()

    def work():
        begun.set()
        potential.hessian_vector(large, direction)
        done.set()

    sys.setswitchinterval(1e-6)  # before the call begins, little is counted
    try:
        worker = threading.Thread(target=work)
        worker.start()
        begun.wait(60)
        while not done.is_set() and counts < 10_000_000:
            counts += 1
            time.sleep(0)
        worker.join(120)
    finally:
        sys.setswitchinterval(interval)
    assert done.is_set() and counts > 1000


BAD = {
    "an element that the model does not know": (lambda a: a.numbers.__setitem__(3, 30), InputError, "30"),
    "an atomic number that is none": (lambda a: a.numbers.__setitem__(3, 0), InputError, "atom 3 has atomic number 0"),
    "positions that are not numbers": (lambda a: a.positions.__setitem__((4, 1), np.nan), NumericalError, "atom 4"),
    "positions that are infinite": (lambda a: a.positions.__setitem__((4, 1), np.inf), NumericalError, "atom 4"),
    "coincident atoms": (lambda a: a.positions.__setitem__(1, a.positions[0]), NumericalError, "coincident"),
    "a cell without volume": (lambda a: a.set_cell([[5, 0, 0], [5, 0, 0], [0, 0, 5]]), InputError, "cell"),
    "a cell that is not finite": (lambda a: a.set_cell([np.nan, 5, 5]), NumericalError, "cell"),
}


@pytest.mark.parametrize("what", BAD)
def test_bad_structures_are_refused_and_the_potential_goes_on(what, potential, copper):
    expected = potential.evaluate(copper).energy
    spoil, error, text = BAD[what]
    broken = copper.copy()
    spoil(broken)
    with pytest.raises(error, match=text):
        potential.evaluate(broken)
    assert potential.evaluate(copper).energy == pytest.approx(expected, rel=1e-12)


def test_bad_arguments_are_refused(potential, copper, committee):
    for arguments in [([29, 29], np.zeros((3, 3))), ([29], np.zeros(3)), ([], np.zeros((0, 3))), (["Cu"], np.zeros((1, 3))),
                      ([29], [[0, 0, 0]], np.zeros((2, 2))), ([29], [[0, 0, 0]], None, True)]:
        with pytest.raises(InputError):
            potential.evaluate(*arguments)
    with pytest.raises(InputError, match="charge"):
        potential.evaluate(copper, want="charge")
    with pytest.raises(InputError, match="vectors"):
        potential.hessian_vector(copper, np.zeros((3, 3)))
    with pytest.raises(InputError, match="precision"):
        orogen.Potential(committee, precision="float16")
    with pytest.raises(InputError, match="skin"):
        orogen.Potential(committee, skin=-1)
    with pytest.raises(InputError, match="threads"):
        orogen.Potential(committee, threads=0)
    with pytest.raises(InputError, match="nowhere.safetensors"):
        orogen.Potential("/nowhere.safetensors")
    with pytest.raises(InputError, match="no such potential"):
        orogen.Potential("xtb:gfn3")


def test_the_errors_are_of_python_s_kinds():
    assert issubclass(InputError, ValueError) and issubclass(NumericalError, ArithmeticError)
