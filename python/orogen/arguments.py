"""What users give, checked, as the extension module takes it. Nothing is guessed: what is no number is refused, not converted."""
from __future__ import annotations

import operator
import os
from typing import Any, NamedTuple, Optional, Sequence, Tuple, Union

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._core import InputError

_NO_CELL = np.zeros((3, 3))
_MOST_THREADS = 4096

Arrays = Tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64], Tuple[bool, bool, bool]]


class Structure(NamedTuple):
    """N atoms.

    numbers: N atomic numbers. positions: N × 3, Å. cell: None, three edges, or rows a b c in Å. pbc: None (periodic when there
    is a cell), one bool, or one for each of a, b, c."""

    numbers: ArrayLike
    positions: ArrayLike
    cell: Optional[ArrayLike] = None
    pbc: Union[None, bool, Sequence[bool]] = None


def arrays(structure: Any) -> Arrays:
    """numbers, positions, cell and pbc of a Structure, a tuple like it, or anything that has these attributes."""
    numbers, positions, cell, pbc = _fields(structure)
    numbers = _whole_numbers(numbers)
    positions = vectors("positions", positions)
    if len(numbers) != len(positions):
        raise InputError(f"{len(numbers)} atomic numbers but {len(positions)} positions")
    return (numbers, positions, *_cell(cell, pbc))


def vectors(name: str, value: Any) -> NDArray[np.float64]:
    """N × 3 real numbers."""
    rows = _real(name, value)
    if rows.size == 0:
        rows = rows.reshape(0, 3)
    if rows.ndim != 2 or rows.shape[1] != 3:
        raise InputError(f"{name}: shape {rows.shape}, expected (N, 3), N vectors")
    return rows


def thread_count(threads: Any) -> int:
    """0 stands for the default inside; a user who says 0 made a mistake."""
    if threads is None:
        return 0
    try:
        count = operator.index(threads)
    except TypeError:
        count = 0
    if not 1 <= count <= _MOST_THREADS:
        raise InputError(f"threads = {threads!r}: expected a whole number 1 … {_MOST_THREADS}, or None for the default")
    return count


def plain(value: Any) -> Any:
    """Paths as texts, numpy's numbers and arrays as Python's."""
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, (np.generic, np.ndarray)):
        return value.tolist()
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def _fields(structure: Any) -> Structure:
    if isinstance(structure, tuple) and 2 <= len(structure) <= 4:
        return Structure(*structure)
    try:
        cell = structure.cell
        return Structure(structure.numbers, structure.positions, getattr(cell, "array", cell), structure.pbc)
    except AttributeError:
        raise InputError(f"{_short(structure)} is no structure: expected a Structure or a tuple (numbers, positions, cell, pbc), "
                         "or something with these attributes, such as ASE's Atoms") from None


def _whole_numbers(value: Any) -> NDArray[np.int64]:
    numbers = _array("numbers", value)
    if numbers.size and (numbers.dtype.kind not in "iuf" or not (np.abs(numbers) < 2**31).all() or (numbers % 1 != 0).any()):
        raise InputError(f"numbers = {_short(value)}: expected atomic numbers, whole numbers 1 … 118")
    if numbers.ndim != 1:
        raise InputError(f"numbers have shape {numbers.shape}: expected (N,)")
    return np.ascontiguousarray(numbers, dtype=np.int64)


def _real(name: str, value: Any) -> NDArray[np.float64]:
    array = _array(name, value)
    if array.dtype.kind not in "iuf":
        raise InputError(f"{name} = {_short(value)}: expected real numbers, not {array.dtype.name}")
    return np.asarray(array, dtype=np.float64, order="C")


def _array(name: str, value: Any) -> NDArray[Any]:
    try:
        return np.asarray(value)
    except (TypeError, ValueError) as error:
        raise InputError(f"{name} = {_short(value)}: expected an array of numbers: {error}") from None


def _cell(cell: Any, pbc: Any) -> Tuple[NDArray[np.float64], Tuple[bool, bool, bool]]:
    flags = _flags(cell is not None if pbc is None else pbc)
    if cell is None:
        if any(flags):
            raise InputError("pbc is set but there is no cell")
        return _NO_CELL, flags
    rows = _real("cell", cell)
    if rows.shape == (3,):
        rows = np.diag(rows)
    if rows.shape != (3, 3):
        raise InputError(f"cell has shape {rows.shape}: expected (3, 3), rows a b c in Å, or (3,)")
    return rows, flags


def _flags(pbc: Any) -> Tuple[bool, bool, bool]:
    flags = _array("pbc", pbc)
    if flags.shape not in ((), (3,)) or flags.dtype.kind not in "biuf" or not ((flags == 0) | (flags == 1)).all():
        raise InputError(f"pbc = {_short(pbc)}: expected True or False, or three of them, such as [True, True, False]")
    a, b, c = np.broadcast_to(flags, 3).astype(bool).tolist()
    return a, b, c


def _short(value: Any) -> str:
    text = " ".join(repr(value).split())
    return text if len(text) <= 60 else text[:57] + "…"
