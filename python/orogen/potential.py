"""Potentials: whatever gives energies and forces."""
from __future__ import annotations

import json
import os
from typing import Any, Dict, Iterable, List, Optional, Sequence, Set, Tuple, Union

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _core
from ._core import Evaluation, InputError
from .arguments import Structure, arrays, plain, thread_count, vectors

_WANTS = ("energy", "forces", "virial", "stress", "site_energies", "uncertainty", "charges", "member_energies",
          "member_forces")


class Potential:
    """A learned model or a quantum code.

    model: a model file (`model.safetensors`, from `orogen.train` or `orogen train`), or "xtb:gfn2", "xtb:gfn1", "xtb:gfnff"; or a sum
    of such, "xtb:gfn2+delta.safetensors".
    precision: arithmetic of a learned model, "float32" or "float64"; None takes the one that it was trained for.
    threads: of one call; None takes OROGEN_THREADS, OMP_NUM_THREADS or the cores that this process may use.
    skin: Å; neighbour lists reach this far beyond the cut-off and are kept until atoms have moved that far.
    options: further options of the command line's potential, e.g. **{"xtb.charge": -1}. One that does nothing with this potential is
    refused.

    Calls release the interpreter lock. Several Python threads may call one Potential: they take turns; use one Potential per
    thread to compute side by side. A forked child may use its copy. Pickled, it is made anew from the same file."""

    def __init__(self, model: Union[str, "os.PathLike[str]"], *, precision: Optional[str] = None,
                 threads: Optional[int] = None, skin: Optional[float] = None, **options: Any) -> None:
        if precision is not None:
            options["precision"] = precision
        if skin is not None:
            options["skin"] = skin
        name = os.fsdecode(model)
        terms = [name] if os.path.exists(name) else name.split("+")
        # Pickled, or after a change of folder, it is still these files.
        name = "+".join(os.path.abspath(term) if term.endswith(".safetensors") else term for term in terms)
        options = {key: plain(value) for key, value in options.items()}
        self._made_of = (name, options, threads)
        self._core = _core.Potential(name, options, thread_count(threads))

    # ---- evaluation

    def evaluate(self, numbers: Any, positions: Optional[ArrayLike] = None, cell: Optional[ArrayLike] = None,
                 pbc: Union[None, bool, Sequence[bool]] = None, *,
                 want: Iterable[str] = ("energy", "forces", "stress")) -> Evaluation:
        """Energy [eV] and what else is wanted of one structure of N atoms.

        numbers: N atomic numbers; or a Structure; or anything with numbers, positions, cell and pbc, such as ASE's Atoms.
        positions: N × 3, Å. cell, pbc: see Structure. A structure brings its own: none of the three is given beside one.
        want: of "energy", "forces" [N × 3, eV/Å], "virial" [3 × 3, eV], "stress" [3 × 3, eV/Å³], "site_energies" [N, eV],
              "uncertainty" [N, eV/Å], "charges" [N, e]; and of committees "member_energies", "member_forces"."""
        if positions is None and not (cell is None and pbc is None):
            raise InputError("evaluate: cell or pbc is given without positions; a structure, such as ASE's Atoms, brings its own: "
                             "change it there, or give evaluate(numbers, positions, cell, pbc)")
        structure = numbers if positions is None else Structure(numbers, positions, cell, pbc)
        return self.evaluate_batch([structure], want=want)[0]

    def evaluate_batch(self, structures: Iterable[Any], *,
                       want: Iterable[str] = ("energy", "forces", "stress")) -> List[Evaluation]:
        """The same for many structures at once, shared out among the threads. Slot k keeps its neighbour list between calls: give
        replica k of a simulation (bead, image, walker) the same place at every call."""
        want = _checked(want)
        return self._core.evaluate([arrays(s) for s in structures],
                                   not want.isdisjoint(("forces", "member_forces")),
                                   not want.isdisjoint(("virial", "stress")),
                                   "site_energies" in want, "uncertainty" in want,
                                   not want.isdisjoint(("member_energies", "member_forces")))

    def _evaluate_atoms(self, atoms: Any, virial: bool, site_energies: bool, uncertainty: bool) -> Evaluation:
        """For calculators: ASE's Atoms as they are, without a detour."""
        p = atoms.pbc.tolist()
        structure = (np.ascontiguousarray(atoms.numbers, dtype=np.int64), np.ascontiguousarray(atoms.positions),
                     np.ascontiguousarray(atoms.cell.array), p)
        return self._core.evaluate([structure], True, virial, site_energies, uncertainty, False)[0]

    def hessian_vector(self, structure: Any, direction: ArrayLike) -> NDArray[np.float64]:
        """H·v [N × 3, eV/Å] with the Hessian H = ∂²E/∂r² and v = direction [N × 3, Å]; the matrix is never formed.
        structure: a Structure, or anything with numbers, positions, cell and pbc. Learned models differentiate; others take
        differences of forces along v, by 0.01 Å for the atom that moves most."""
        return self._core.hessian_vector(arrays(structure), vectors("direction", direction))

    def forget(self) -> None:
        """Drops neighbour lists and guesses, so that the next answers depend on their structures alone, to the last bit."""
        self._core.forget()

    # ---- what it is

    @property
    def name(self) -> str:
        """The model file's absolute path, or "xtb:…"."""
        return self._made_of[0]

    @property
    def header(self) -> Dict[str, Any]:
        """A model's header: units, elements, reference energies, sizes, lineage; {} for a quantum code."""
        header: Dict[str, Any] = json.loads(self._core.header) if self._core.learned else {}
        return header

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

    def __reduce__(self) -> Tuple[Any, ...]:
        return _again, self._made_of


def _again(model: str, options: Dict[str, Any], threads: Optional[int]) -> Potential:
    return Potential(model, threads=threads, **options)


def _checked(want: Iterable[str]) -> Set[str]:
    names = {want} if isinstance(want, str) else set(want)
    for name in sorted(map(str, names)):
        if name not in _WANTS:
            raise InputError(f'want: "{name}" is unknown; expected some of {", ".join(_WANTS)}')
    return names
