"""Plausible mistakes end as an InputError that says what was expected, never as another number."""
import numpy as np
import pytest

import orogen
from conftest import needs_xtb
from orogen import InputError
from orogen.ase import Calculator

Z, R, CELL = [29] * 4, np.array([[0, 0, 0], [1.8, 1.8, 0], [1.8, 0, 1.8], [0, 1.8, 1.8]]), [3.615] * 3

NUMBERS = {"fractions": [29.7] * 4, "truth values": [True] * 4, "complex": np.array(Z) + 2j, "too large": [2**70] * 4, "texts": ["29"] * 4,
           "not a number": [np.nan] * 4, "in two dimensions": [Z]}
POSITIONS = {"complex": R + 1j, "texts": R.astype(str), "flat": R.ravel(), "transposed": R.T, "ragged": [[0, 0], [1, 2, 3]], "a number": 1.0}
CELLS = {"a word": "cubic", "complex": np.array(CELL) + 1j, "lengths and angles": CELL + [90] * 3, "a number": 3.615}
FLAGS = {"a text": "FFF", "some true letters": "TTF", "letters": ["F", "F", "F"], "not a number": np.nan, "two": [1, 1], "a two": [1, 2, 0],
         "texts": ["False"] * 3}
STRUCTURES = {"a list": [Z, R, CELL], "a symbol": "Cu", "a dictionary": {"numbers": Z}, "five fields": (Z, R, CELL, None, 1)}
THREADS = {"a half": 2.5, "a text": "2", "very many": 2**70, "negative": -1}


@pytest.mark.parametrize("numbers", NUMBERS.values(), ids=NUMBERS)
def test_numbers_that_are_no_atomic_numbers_are_refused(potential, numbers):
    with pytest.raises(InputError, match="numbers"):
        potential.evaluate(numbers, R, CELL)


@pytest.mark.parametrize("positions", POSITIONS.values(), ids=POSITIONS)
def test_positions_that_are_no_vectors_of_real_numbers_are_refused(potential, positions):
    with pytest.raises(InputError, match="positions"):
        potential.evaluate(Z, positions, CELL)


@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
def test_cells_that_are_none_are_refused(potential, cell):
    with pytest.raises(InputError, match="cell"):
        potential.evaluate(Z, R, cell)


@pytest.mark.parametrize("pbc", FLAGS.values(), ids=FLAGS)
def test_what_is_neither_true_nor_false_is_not_taken_as_periodic(potential, pbc):
    with pytest.raises(InputError, match="expected True or False"):
        potential.evaluate(Z, R, CELL, pbc)


@pytest.mark.parametrize("structure", STRUCTURES.values(), ids=STRUCTURES)
def test_what_is_no_structure_is_refused(potential, structure):
    with pytest.raises(InputError, match="no structure"):
        potential.evaluate(structure)


@pytest.mark.parametrize("threads", THREADS.values(), ids=THREADS)
def test_threads_are_counted_in_whole_numbers(copper_model, copper_file, threads):
    with pytest.raises(InputError, match="threads"):
        orogen.Potential(copper_model, threads=threads)
    with pytest.raises(InputError, match="threads"):
        orogen.check(copper_file, threads=threads)


def test_whole_numbers_in_other_types_are_taken(potential):
    expected = potential.evaluate(Z, R, CELL).energy
    for numbers in ([29.0] * 4, np.array(Z, dtype=np.uint8), tuple(Z)):
        for pbc in (True, 1, [1, 1, 1], np.array([True] * 3), [1.0, 1.0, 1.0], None):
            assert potential.evaluate(numbers, R, CELL, pbc).energy == expected


def test_a_structure_s_own_cell_is_not_overruled_in_silence(potential, copper):
    for arguments in ({"pbc": False}, {"cell": [4, 4, 4]}):
        with pytest.raises(InputError, match="brings its own"):
            potential.evaluate(copper, **arguments)


def test_directions_of_another_shape_or_not_finite_are_refused(potential, copper):
    for direction in (np.ones(96), np.full((32, 3), np.nan), "x", np.ones((32, 3)) * 1j):
        with pytest.raises(InputError, match="direction"):
            potential.hessian_vector(copper, direction)


def test_options_that_do_nothing_are_refused(copper_model):
    for options in ({"xtb.charge": 1}, {"command": "x {in} {out}"}, {"ipi.wait": 3}):
        with pytest.raises(InputError, match=f"{next(iter(options))} = .* does nothing"):
            orogen.Potential(copper_model, **options)
    orogen.Potential(copper_model, **{"xtb.charge": 0})  # the default asks for nothing


@needs_xtb
def test_options_of_learned_models_are_refused_for_xtb():
    for options in ({"precision": "float64"}, {"skin": 1.0}):
        with pytest.raises(InputError, match="does nothing"):
            orogen.Potential("xtb:gfn2", **options)


def test_a_calculator_does_not_take_options_later(copper_model):
    with pytest.raises(InputError, match="make a new Calculator"):
        Calculator(copper_model).set(threads=2)
