# %% [markdown]
# # From a quantum code to a learned potential: the umbrella of ammonia
#
# Ammonia turns inside out: its nitrogen passes through the plane of the hydrogens. We label distorted geometries with GFN2-xTB, which
# is built into orogen, learn a potential from them, and see whether it knows the minimum, the barrier and the vibrations.
# Runs in less than a minute; needs `pip install orogen ase` and an orogen that was built with libxtb.
# Cells are marked with # %%: editors show this file as a notebook. Files go to the folder `ammonia`.

# %%
from pathlib import Path

import numpy as np
from ase import units
from ase.build import molecule
from ase.io import write
from ase.mep import NEB
from ase.md.velocitydistribution import Stationary, ZeroRotation
from ase.md.verlet import VelocityVerlet
from ase.optimize import BFGS

import orogen
from orogen.ase import XTB, Calculator

folder = Path("ammonia")
folder.mkdir(exist_ok=True)
rng = np.random.default_rng(7)

# %% [markdown]
# ## Data
# The minimum according to xTB, its mirror image, and points on the way between them, all shaken.

# %%
quantum = XTB()
up = molecule("NH3")
up.calc = quantum
BFGS(up, logfile=None).run(fmax=0.005)
up.positions -= up.positions[1:].mean(axis=0)  # the hydrogens around the origin, in the plane z = 0
down = up.copy()
down.positions[0, 2] *= -1


def between(fraction):
    """up (0) … down (1) along a straight line; the hydrogens move outwards on the way."""
    atoms = up.copy()
    atoms.positions[0, 2] *= 1 - 2 * fraction
    atoms.positions[1:, :2] *= 1 + 0.06 * (1 - (1 - 2 * fraction) ** 2)
    return atoms


frames = []
for _ in range(240):
    atoms = between(rng.uniform(-0.15, 1.15))
    atoms.positions += rng.normal(scale=rng.uniform(0.02, 0.1), size=atoms.positions.shape)
    atoms.calc = XTB()
    atoms.get_forces()
    frames.append(atoms)
write(folder / "train.xyz", frames[:200], format="extxyz")
write(folder / "test.xyz", frames[200:], format="extxyz")
print(orogen.check(folder / "train.xyz")["text"].splitlines()[0])

# %% [markdown]
# ## Training
# The keyword arguments are the options of `orogen train`; `print(orogen.options("train"))` lists them. This is a small model and a
# short training: a molecule of four atoms deserves no more.

# %%
answer = orogen.train(data=folder / "train.xyz", out=folder / "run", model="fast", cutoff=4, epochs=300, warmup=50,
                      precision="float64", level_of_theory="GFN2-xTB", seed=1)
potential = orogen.Potential(answer["model"])

# %% [markdown]
# ## Errors on frames that it has not seen
# One batched call; arrays in, arrays out.

# %%
predicted = potential.evaluate_batch(frames[200:])
difference = np.concatenate([p.forces - f.get_forces() for p, f in zip(predicted, frames[200:])])
force_error = 1000 * np.sqrt((difference**2).mean())
print(f"force error      {force_error:8.1f} meV/Å")

# %% [markdown]
# ## Minimum and barrier
# `Calculator` puts a potential into ASE. The barrier is found twice: with the learned potential, and with xTB at the learned path's
# highest image.

# %%
images = [up.copy(), *(between(f) for f in (0.25, 0.5, 0.75)), down.copy()]
for image in images:
    image.calc = Calculator(potential)
for end in (images[0], images[-1]):
    BFGS(end, logfile=None).run(fmax=0.01)
BFGS(NEB(images, climb=True, method="improvedtangent", allow_shared_calculator=True), logfile=None).run(fmax=0.03, steps=100)
energies = [image.get_potential_energy() for image in images]
top = images[int(np.argmax(energies))]
learned_barrier = max(energies) - energies[0]
checked = []
for image in (top, images[0]):
    image = image.copy()
    image.calc = XTB()
    checked.append(image.get_potential_energy())
quantum_barrier = checked[0] - checked[1]
print(f"barrier, learned {1000 * learned_barrier:8.1f} meV\nbarrier, xTB     {1000 * quantum_barrier:8.1f} meV")

# %% [markdown]
# ## Vibrations from Hessian–vector products
# H·v costs a few evaluations. Twelve of them are the whole Hessian here; of a large system one takes as many as one needs.

# %%
minimum = images[0]
hessian = np.array([potential.hessian_vector(minimum, v.reshape(4, 3)).ravel() for v in np.eye(12)])
weights = np.repeat(minimum.get_masses(), 3) ** -0.5
squares = np.linalg.eigvalsh(weights[:, None] * hessian * weights)
wavenumbers = np.sign(squares) * np.sqrt(np.abs(squares)) * units._hbar * 1e10 / np.sqrt(units._e * units._amu) / units.invcm
print("vibrations, cm⁻¹ " + " ".join(f"{w:.0f}" for w in wavenumbers[6:]))

# %% [markdown]
# ## Dynamics
# A picosecond at constant energy. For long runs `orogen md` does the same without Python; see docs/options.md.

# %%
minimum.set_momenta(rng.normal(size=(4, 3)) * np.sqrt(minimum.get_masses()[:, None] * units.kB * 300))  # Maxwell–Boltzmann
Stationary(minimum), ZeroRotation(minimum)
total = []
dynamics = VelocityVerlet(minimum, timestep=0.5 * units.fs)
dynamics.attach(lambda: total.append(minimum.get_total_energy()))
dynamics.run(2000)
spread = 1000 * np.std(total)
print(f"energy over 1 ps {spread:8.2f} meV standard deviation")
