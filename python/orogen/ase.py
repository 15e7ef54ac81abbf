"""Calculators for ASE, the Atomic Simulation Environment.

    from orogen.ase import Calculator, XTB
    atoms.calc = Calculator("model.safetensors")
"""
from __future__ import annotations

import os
from typing import Any, Optional, Union

from ase.calculators.calculator import Calculator as _Base
from ase.calculators.calculator import PropertyNotImplementedError, all_changes
from ase.stress import full_3x3_to_voigt_6_stress

from .potential import Potential

__all__ = ["Calculator", "XTB"]


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
    default_parameters: dict = {}

    def __init__(self, potential: Union[str, os.PathLike, Potential], *, uncertainty: bool = False,
                 **options: Any) -> None:
        super().__init__()
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

    def calculate(self, atoms=None, properties=("energy",), system_changes=all_changes) -> None:
        super().calculate(atoms, properties, system_changes)
        periodic = bool(self.atoms.pbc.all())
        if "stress" in properties and not periodic:
            raise PropertyNotImplementedError("stress: the structure is not periodic along a, b and c, so it has no volume")
        want = ["energy", "forces"]
        if periodic:
            want.append("stress")
        if self.potential.elements:
            want.append("site_energies")
        if self.always_uncertainty or "uncertainty" in properties:
            want.append("uncertainty")
        self.results = _results(self.potential.evaluate(self.atoms, want=want))


class XTB(Calculator):
    """GFN2-xTB, GFN1-xTB or GFN-FF through the libxtb that is built into orogen; isolated molecules only.

    method: "gfn2", "gfn1" or "gfnff". charge: e. unpaired: electrons. accuracy: factor on xtb's thresholds, smaller is tighter.
    electronic_temperature: K."""

    name = "orogen-xtb"

    def __init__(self, method: str = "gfn2", *, charge: float = 0, unpaired: int = 0, accuracy: Optional[float] = None,
                 electronic_temperature: Optional[float] = None) -> None:
        options: dict = {"xtb.charge": float(charge), "xtb.unpaired": int(unpaired)}
        if accuracy is not None:
            options["xtb.accuracy"] = float(accuracy)
        if electronic_temperature is not None:
            options["xtb.electronic_temperature"] = float(electronic_temperature)
        super().__init__(Potential(f"xtb:{method}", threads=1, **options))


def _results(answer) -> dict:
    results = {"energy": answer.energy, "free_energy": answer.energy, "forces": answer.forces}
    stress = answer.stress
    if stress is not None:
        results["stress"] = full_3x3_to_voigt_6_stress(stress)
    for name, value in (("energies", answer.site_energies), ("uncertainty", answer.uncertainty),
                        ("charges", answer.charges)):
        if value is not None:
            results[name] = value
    return results
