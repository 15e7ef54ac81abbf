"""Two nucleons: phase shifts, the deuteron, observables, posteriors and learned forces.

    import orogen.nuclear as nn
    nn.phases(force="emn-n2lo", cutoff=500, energies=[1, 50, 100])["1S0_deg"]     # numpy array, degrees
    nn.deuteron(force="av18em")["energy"]                                         # MeV
    nn.observables(force="av18", energy=50, angles=[30, 60, 90])["angular"]["dsg_mb_per_sr"]
    nn.fit(data="scattering.csv", phases="analysis.csv", members=4, out="force")
    nn.phases(force="force/committee.json")["1S0_spread_deg"]                     # what the members disagree about

The verbs of `orogen nuclear` with key=value as keyword arguments; orogen.options("nuclear phases") lists them. Each answer is a dict whose columns of numbers
are numpy arrays, with the units in their names; its "text" is for people. Files go to `out`, a temporary folder unless it is given.
"""
from __future__ import annotations

import tempfile
from typing import Any, Dict, Optional

import numpy as np

from .verbs import Progress, _run

__all__ = ["deuteron", "fit", "observables", "phases", "sample"]


def phases(*, threads: Optional[int] = None, **options: Any) -> Dict[str, Any]:
    """Nuclear-bar phases: "T_lab_MeV", "1S0_deg", "3S1_deg", "E1_deg", …, and of 1S0 of the pair "scattering_length_fm" and "effective_range_fm";
    of a committee also "1S0_spread_deg", …; with reference=TABLE.csv
    also "deviations"."""
    return _answer("phases", threads, None, options)


def deuteron(*, threads: Optional[int] = None, **options: Any) -> Dict[str, Any]:
    """"energy" [MeV], "d_state" [%], "radius" [fm], "quadrupole" [fm²], "asymptotic_s" [fm^-1/2], "eta", "moment" [nuclear magnetons],
    "scattering_length_1S0" [fm], …; of a committee also "energy_spread", …. With `out` the wave functions are in out/wave.csv."""
    return _answer("deuteron", threads, None, options)


def observables(*, threads: Optional[int] = None, **options: Any) -> Dict[str, Any]:
    """With energy=…: "total" and "angular", columns by name, of a committee with "dsg_spread_mb_per_sr", …. With data=FILE.csv (or several): "data",
    "chi2", "chi2_per_datum", "by_observable", "by_energy", of a committee "members_chi2_per_datum"; with pair="np+pp" these are under "np" and "pp", and
    their sums beside them."""
    return _answer("observables", threads, None, options)


def sample(*, threads: Optional[int] = None, progress: Optional[Progress] = None, **options: Any) -> Dict[str, Any]:
    """Posterior of contact constants from data=PHASES.csv: "constants" by name with maximum, mean, sd, r_hat, effective_size; "coverage", "log_evidence";
    "c_bar", with marginalise=True a dict of mean, sd, median and quantiles. Chains that have not mixed are a Python warning. With `out` the draws are in
    out/samples.csv, and the same call goes on after an interruption; restart=True begins anew."""
    return _answer("sample", threads, progress, options)


def fit(*, threads: Optional[int] = None, progress: Optional[Progress] = None, **options: Any) -> Dict[str, Any]:
    """Learns a force, or members=N of them; needs `out`. "force" is its file (or the list of the committee's), which the other functions take as force=.
    The same call goes on after an interruption; restart=True begins anew. With form="momentum" from phases alone: chiral pions and a network in place of
    the contacts; "fitted" and "kept apart" hold "rms_deg" of "network" and "contacts"."""
    return _run("nuclear fit", options, threads, progress)


def _answer(verb: str, threads: Optional[int], progress: Optional[Progress], options: Dict[str, Any]) -> Dict[str, Any]:
    if "out" in options:
        return _columns(_run("nuclear " + verb, options, threads, progress))
    with tempfile.TemporaryDirectory() as folder:
        answer = _run("nuclear " + verb, {**options, "out": folder}, threads, progress)
    return _columns({key: value for key, value in answer.items() if key not in ("csv", "report", "wave", "samples")})


def _columns(answer: Dict[str, Any]) -> Dict[str, Any]:
    return {key: _arrays(value) for key, value in answer.items()}


def _arrays(node: Any) -> Any:
    """Lists of numbers as numpy arrays, however deep."""
    if isinstance(node, dict):
        return {key: _arrays(value) for key, value in node.items()}
    return np.array(node) if isinstance(node, list) else node
