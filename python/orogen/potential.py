"""Potentials: whatever gives energies and forces."""
from __future__ import annotations

import json
import os
from typing import Any, Iterable, List, NamedTuple, Optional, Sequence, Union

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _core
from ._core import Evaluation, InputError

_WANTS = ("energy", "forces", "virial", "stress", "site_energies", "uncertainty", "charges", "member_energies",
          "member_forces")
_NO_CELL = np.zeros((3, 3))


class Structure(NamedTuple):
    """N atoms.

    numbers: N atomic numbers. positions: N × 3, Å. cell: None, three edges, or rows a b c in Å. pbc: None (periodic when there
    is a cell), one bool, or one for each of a, b, c."""

    numbers: ArrayLike
    positions: ArrayLike
    cell: Optional[ArrayLike] = None
    pbc: Union[None, bool, Sequence[bool]] = None


class Potential:
    """A learned model or a quantum code.

    model: a model file (`model.safetensors`, from `orogen.train` or `orogen train`), or "xtb:gfn2", "xtb:gfn1", "xtb:gfnff".
    precision: arithmetic of a learned model, "float32" or "float64"; None takes the one that it was trained for.
    threads: of one call; None takes OROGEN_THREADS, OMP_NUM_THREADS or the cores that this process may use.
    skin: Å; neighbour lists reach this far beyond the cut-off and are kept until atoms have moved that far.
    options: further options of the command line's potential, e.g. **{"xtb.charge": -1}.

    Calls release the interpreter lock. Several Python threads may call one Potential: they take turns; use one Potential per
    thread to compute side by side."""

    def __init__(self, model: Union[str, os.PathLike], *, precision: Optional[str] = None,
                 threads: Optional[int] = None, skin: Optional[float] = None, **options: Any) -> None:
        if precision is not None:
            options["precision"] = precision
        if skin is not None:
            options["skin"] = float(skin)
        self._made_of = (os.fspath(model), dict(options), threads)
        self._core = _core.Potential(os.fspath(model), options, _thread_count(threads))

    # ---- evaluation

    def evaluate(self, numbers: Any, positions: Optional[ArrayLike] = None, cell: Optional[ArrayLike] = None,
                 pbc: Union[None, bool, Sequence[bool]] = None, *,
                 want: Iterable[str] = ("energy", "forces", "stress")) -> Evaluation:
        """Energy [eV] and what else is wanted of one structure of N atoms.

        numbers: N atomic numbers; or a Structure; or anything with numbers, positions, cell and pbc, such as ASE's Atoms.
        positions: N × 3, Å. cell, pbc: see Structure.
        want: of "energy", "forces" [N × 3, eV/Å], "virial" [3 × 3, eV], "stress" [3 × 3, eV/Å³], "site_energies" [N, eV],
              "uncertainty" [N, eV/Å], "charges" [N, e]; and of committees "member_energies", "member_forces"."""
        structure = numbers if positions is None else Structure(numbers, positions, cell, pbc)
        return self.evaluate_batch([structure], want=want)[0]

    def evaluate_batch(self, structures: Iterable[Any], *,
                       want: Iterable[str] = ("energy", "forces", "stress")) -> List[Evaluation]:
        """The same for many structures at once, shared out among the threads. Slot k keeps its neighbour list between calls: give
        replica k of a simulation (bead, image, walker) the same place at every call."""
        want = _checked(want)
        return self._core.evaluate([_arrays(s) for s in structures],
                                   not want.isdisjoint(("forces", "member_forces")),
                                   not want.isdisjoint(("virial", "stress")),
                                   "site_energies" in want, "uncertainty" in want)

    def _evaluate_atoms(self, atoms: Any, virial: bool, site_energies: bool, uncertainty: bool) -> Evaluation:
        """For calculators: ASE's Atoms as they are, without a detour."""
        p = atoms.pbc.tolist()
        structure = (np.ascontiguousarray(atoms.numbers, dtype=np.int64), np.ascontiguousarray(atoms.positions),
                     np.ascontiguousarray(atoms.cell.array), p)
        return self._core.evaluate([structure], True, virial, site_energies, uncertainty)[0]

    def hessian_vector(self, structure: Any, direction: ArrayLike) -> NDArray[np.float64]:
        """H·v [N × 3, eV/Å] with the Hessian H = ∂²E/∂r² and v = direction [N × 3, Å]; the matrix is never formed.
        structure: a Structure, or anything with numbers, positions, cell and pbc. Learned models only."""
        return self._core.hessian_vector(_arrays(structure), np.ascontiguousarray(direction, dtype=np.float64))

    def forget(self) -> None:
        """Drops neighbour lists and guesses, so that the next answers depend on their structures alone, to the last bit."""
        self._core.forget()

    # ---- what it is

    @property
    def name(self) -> str:
        """The model file, or "xtb:…"."""
        return self._made_of[0]

    @property
    def header(self) -> dict:
        """A model's header: units, elements, reference energies, sizes, lineage; {} for a quantum code."""
        return json.loads(self._core.header) if self._core.learned else {}

    @property
    def elements(self) -> List[int]:
        """Atomic numbers that a model knows; [] for a quantum code."""
        return self._core.elements

    @property
    def reach(self) -> float:
        """Å; the energy of an atom depends on atoms up to this distance."""
        return self._core.reach

    @property
    def members(self) -> int:
        """Committee members; 1 = no committee."""
        return self._core.members

    @property
    def precision(self) -> str:
        """"float32" or "float64"; "" for a quantum code."""
        return self._core.precision

    @property
    def threads(self) -> int:
        return self._core.threads

    @property
    def has_uncertainty(self) -> bool:
        return self._core.has_uncertainty

    def __repr__(self) -> str:
        return f"orogen.Potential({self.name!r})"

    def __reduce__(self):
        return _again, self._made_of


def _again(model: str, options: dict, threads: Optional[int]) -> Potential:
    return Potential(model, threads=threads, **options)


def _thread_count(threads: Optional[int]) -> int:
    """0 stands for the default inside; a user who says 0 made a mistake."""
    if threads is None:
        return 0
    if threads < 1:
        raise InputError(f"threads = {threads}: expected 1 or more, or None for the default")
    return int(threads)


def _checked(want: Iterable[str]) -> set:
    names = {want} if isinstance(want, str) else set(want)
    for name in sorted(names):
        if name not in _WANTS:
            raise InputError(f'want: "{name}" is unknown; expected some of {", ".join(_WANTS)}')
    return names


def _arrays(structure: Any) -> tuple:
    """numbers, positions, cell, pbc as the extension module takes them."""
    if isinstance(structure, tuple):
        numbers, positions, cell, pbc = Structure(*structure)
    else:
        numbers, positions, cell, pbc = structure.numbers, structure.positions, structure.cell, structure.pbc
        cell = getattr(cell, "array", cell)  # ASE's Cell
    try:
        numbers = np.ascontiguousarray(numbers, dtype=np.int64)
        positions = np.ascontiguousarray(positions, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(f"numbers must be whole numbers and positions N × 3 numbers: {error}") from None
    if numbers.ndim != 1 or positions.ndim != 2 or positions.shape[1] != 3:
        raise InputError(f"numbers have shape {numbers.shape}, positions {positions.shape}: expected (N,) and (N, 3)")
    return numbers, positions, *_cell(cell, pbc)


def _cell(cell: Optional[ArrayLike], pbc: Union[None, bool, Sequence[bool]]) -> tuple:
    if cell is None:
        if pbc is not None and np.any(pbc):
            raise InputError("pbc is set but there is no cell")
        return _NO_CELL, (False, False, False)
    rows = np.ascontiguousarray(cell, dtype=np.float64)
    if rows.shape == (3,):
        rows = np.diag(rows)
    if rows.shape != (3, 3):
        raise InputError(f"cell has shape {rows.shape}: expected (3, 3), rows a b c in Å, or (3,)")
    flags = np.broadcast_to(True if pbc is None else pbc, 3)
    return rows, (bool(flags[0]), bool(flags[1]), bool(flags[2]))
