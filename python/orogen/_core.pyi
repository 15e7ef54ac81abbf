from typing import Any, Callable, Optional, Sequence

import numpy as np
from numpy.typing import NDArray

__version__: str

class InputError(ValueError): ...
class NumericalError(ArithmeticError): ...

class Evaluation:
    """The answer for one structure of N atoms. Arrays are views that keep it alive; what was not asked for, or what the potential
    does not have, is None."""
    @property
    def energy(self) -> float:
        """eV"""
    @property
    def forces(self) -> Optional[NDArray[np.float64]]:
        """N × 3, −∂E/∂r, eV/Å"""
    @property
    def virial(self) -> Optional[NDArray[np.float64]]:
        """3 × 3, −∂E/∂strain, eV"""
    @property
    def stress(self) -> Optional[NDArray[np.float64]]:
        """3 × 3, −virial/volume, eV/Å³; None unless periodic along a, b and c"""
    @property
    def site_energies(self) -> Optional[NDArray[np.float64]]:
        """N, eV; they add up to the energy"""
    @property
    def uncertainty(self) -> Optional[NDArray[np.float64]]:
        """N, eV/Å"""
    @property
    def charges(self) -> Optional[NDArray[np.float64]]:
        """N, e; of potentials that have charges (xtb)"""
    @property
    def member_energies(self) -> Optional[NDArray[np.float64]]:
        """M, eV; of committees"""
    @property
    def member_forces(self) -> Optional[NDArray[np.float64]]:
        """M × N × 3, eV/Å; of committees"""

class Potential:
    def __init__(self, name: str, options: dict[str, Any], threads: int) -> None: ...
    def evaluate(self, structures: Sequence[tuple[Any, ...]], forces: bool, virial: bool, site_energies: bool,
                 uncertainty: bool, members: bool) -> list[Evaluation]: ...
    def hessian_vector(self, structure: tuple[Any, ...], direction: NDArray[np.float64]) -> NDArray[np.float64]: ...
    def forget(self) -> None: ...
    @property
    def threads(self) -> int: ...
    @property
    def reach(self) -> float: ...
    @property
    def learned(self) -> bool: ...
    @property
    def precision(self) -> str: ...
    @property
    def has_uncertainty(self) -> bool: ...
    @property
    def header(self) -> str: ...
    @property
    def elements(self) -> list[int]: ...
    @property
    def members(self) -> int: ...

def run_verb(verb: str, options: dict[str, Any], threads: int,
             progress: Optional[Callable[[str, float, float, str], None]],
             message: Callable[[bool, str], None]) -> str: ...
def verb_options(verb: str) -> str: ...
