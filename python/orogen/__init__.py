"""orogen: neural-network potentials, learned from quantum data, evaluated on plain CPUs.

    import orogen
    potential = orogen.Potential("model.safetensors")
    answer = potential.evaluate(numbers, positions)        # Å in, eV and eV/Å out, numpy arrays
    answer.energy, answer.forces

    orogen.train(data="train.xyz", model="balanced", out="run")   # the options of `orogen train`

    from orogen.ase import Calculator                      # for ASE's optimisers, NEB, Phonons, MD

Units are eV, Å, amu, e and K; times are fs. forces = −∂E/∂r; virial = −∂E/∂strain; stress = −virial/volume.
Bad input raises InputError (a ValueError), a computation that cannot go on NumericalError (an ArithmeticError).
"""
from ._core import Evaluation, InputError, NumericalError, __version__
from .arguments import Structure
from .potential import Potential
from .verbs import check, options, selftest, train

__all__ = ["Evaluation", "InputError", "NumericalError", "Potential", "Structure", "check", "options", "selftest",
           "train", "__version__"]
