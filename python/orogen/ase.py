"""Calculators for ASE, the Atomic Simulation Environment.

    from orogen.ase import Calculator, XTB
    atoms.calc = Calculator("model.safetensors")
"""
from __future__ import annotations

import os
from typing import Any, Dict, List, Optional, Sequence, Union

import numpy as np
from ase.calculators.calculator import Calculator as _Base
from ase.calculators.calculator import PropertyNotImplementedError, all_changes

from ._core import Evaluation, InputError
from .potential import Potential

__all__ = ["Calculator", "XTB"]

_VOIGT = ([0, 1, 2, 1, 0, 0], [0, 1, 2, 2, 2, 1])  # xx yy zz yz xz xy


class Calculator(_Base):
    """A learned potential (or any other orogen.Potential) for ASE.

    potential: a Potential, or what Potential() takes: a model file, "xtb:gfn2", …; then options (precision, threads, skin, …) go
    to Potential().
    uncertainty: True computes the uncertainty per atom at every call, into results["uncertainty"] [N, eV/Å]; otherwise it is computed
    when it is asked for: atoms.calc.get_property("uncertainty", atoms).

    Properties: energy, free_energy (the same number), forces; energies of the atoms for learned models; charges for xtb; stress (Voigt
    order xx yy zz yz xz xy, eV/Å³, positive when stretched) for structures periodic along all three vectors — others have no
    volume, and asking for their stress raises PropertyNotImplementedError. Energies are those of the model: the isolated atoms'
    reference energies are in them."""

    name = "orogen"
    default_parameters: Dict[str, Any] = {}

    def __init__(self, potential: Union[str, "os.PathLike[str]", Potential], *, uncertainty: bool = False,
                 **options: Any) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        if isinstance(potential, Potential) and options:
            raise TypeError(f"options {sorted(options)} belong to the Potential, which is made already")
        self.potential = potential if isinstance(potential, Potential) else Potential(potential, **options)
        self.always_uncertainty = uncertainty
        self.implemented_properties = ["energy", "free_energy", "forces", "stress"]
        if self.potential.elements:
            self.implemented_properties.append("energies")
        else:
            self.implemented_properties.append("charges")
        if self.potential.has_uncertainty:
            self.implemented_properties.append("uncertainty")

    def set(self, **parameters: Any) -> Dict[str, Any]:
        """ASE's way to change parameters; there are none here."""
        if parameters:
            raise InputError(f"set({', '.join(parameters)}): a potential does not change; make a new Calculator with these options")
        return {}

    def reset(self) -> None:
        """Forgets the results; the atoms stay, to be compared with."""
        self.results = {}

    def check_state(self, atoms: Any, tol: float = 0) -> List[str]:
        """What changed since the last calculation; like ASE's, but for charges and magnetic moments, which nothing here reads."""
        if self.atoms is None:
            return list(all_changes)
        old = self.atoms
        pairs = (("positions", old.positions, atoms.positions), ("numbers", old.numbers, atoms.numbers),
                 ("cell", old.cell.array, atoms.cell.array), ("pbc", old.pbc, atoms.pbc))
        return [name for name, before, now in pairs if not _same(before, now, tol)]

    def calculate(self, atoms: Any = None, properties: Sequence[str] = ("energy",),
                  system_changes: Sequence[str] = all_changes) -> None:
        self._keep(atoms, system_changes)
        assert self.atoms is not None
        periodic = bool(self.atoms.pbc.all())
        if "stress" in properties and not periodic:
            raise PropertyNotImplementedError("stress: the structure is not periodic along a, b and c, so it has no volume")
        spread = self.always_uncertainty or "uncertainty" in properties
        self.results = _results(self.potential._evaluate_atoms(self.atoms, periodic, bool(self.potential.elements), spread))

    def _keep(self, atoms: Any, system_changes: Sequence[str]) -> None:
        """A copy of the atoms, by which the next change is noticed; making it anew at every step of a simulation would cost more than
        it need."""
        if atoms is None:
            return
        if list(system_changes) == ["positions"] and self.atoms is not None:
            self.atoms.positions[:] = atoms.positions
        else:
            self.atoms = atoms.copy()


class XTB(Calculator):
    """GFN2-xTB, GFN1-xTB or GFN-FF through the libxtb that is built into orogen; isolated molecules only.

    method: "gfn2", "gfn1" or "gfnff". charge: e. unpaired: electrons. accuracy: factor on xtb's thresholds, smaller is tighter.
    electronic_temperature: K.

    The total charge and the unpaired electrons are these two arguments; initial charges and magnetic moments of the Atoms are not
    read."""

    name = "orogen-xtb"

    def __init__(self, method: str = "gfn2", *, charge: float = 0, unpaired: int = 0, accuracy: Optional[float] = None,
                 electronic_temperature: Optional[float] = None) -> None:
        options: Dict[str, Any] = {"xtb.charge": charge, "xtb.unpaired": unpaired}
        if accuracy is not None:
            options["xtb.accuracy"] = accuracy
        if electronic_temperature is not None:
            options["xtb.electronic_temperature"] = electronic_temperature
        super().__init__(Potential(f"xtb:{method}", threads=1, **options))


def _same(before: Any, now: Any, tol: float) -> bool:
    if before.shape != now.shape:
        return False
    return bool((before == now).all()) or (tol > 0 and np.allclose(before, now, rtol=0, atol=tol))


def _results(answer: Evaluation) -> Dict[str, Any]:
    results: Dict[str, Any] = {"energy": answer.energy, "free_energy": answer.energy, "forces": answer.forces}
    stress = answer.stress
    if stress is not None:
        results["stress"] = stress[_VOIGT]
    for name, value in (("energies", answer.site_energies), ("uncertainty", answer.uncertainty),
                        ("charges", answer.charges)):
        if value is not None:
            results[name] = value
    return results
