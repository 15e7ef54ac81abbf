"""Verbs of the command line as functions; keyword arguments are the options of the command line."""
from __future__ import annotations

import json
import logging
import warnings
from typing import Any, Callable, Dict, Optional

from . import _core
from .arguments import plain, thread_count

_log = logging.getLogger("orogen")

Progress = Callable[[str, float, float, str], None]


def train(*, threads: Optional[int] = None, progress: Optional[Progress] = None, **options: Any) -> Dict[str, Any]:
    """Learns a potential from quantum energies, forces and stresses: `orogen train` with key=value as keyword arguments.

        answer = orogen.train(data="train.xyz", model="balanced", out="run", seed=1)
        potential = orogen.Potential(answer["model"])

    data and valid are one file or a list of files; orogen.options("train") lists every option with default, unit and range.
    progress(stage, done, total, line) is called a few times a second. Ctrl-C, or an exception raised by `progress`, writes a checkpoint
    and ends; the same call goes on from there. Returns the answer of `orogen train --json`: "model" (path), "report" (path),
    "errors" (table), "text" (the table for people), …. Warnings of the census come as Python warnings."""
    return _run("train", options, threads, progress)


def check(*data: Any, threads: Optional[int] = None, progress: Optional[Progress] = None, **options: Any) -> Dict[str, Any]:
    """Census of a data set: labels, ranges, duplicates, outliers, suspicious units. data: extended XYZ files; further options as
    of `orogen check` (orogen.options("check")). Returns the census; its "text" is for people."""
    if data:
        options["data"] = list(data)
    return _run("check", options, threads, progress)


def selftest(*, threads: Optional[int] = None, progress: Optional[Progress] = None, **options: Any) -> Dict[str, Any]:
    """Derivatives, invariances, smoothness and precision of a model; options as of `orogen selftest`."""
    return _run("selftest", options, threads, progress)


def options(verb: str) -> str:
    """What a verb does and all its options with defaults, units and ranges."""
    return _core.verb_options(verb)


def _run(verb: str, options: Dict[str, Any], threads: Optional[int], progress: Optional[Progress]) -> Dict[str, Any]:
    values = {key: plain(value) for key, value in options.items()}
    answer: Dict[str, Any] = json.loads(_core.run_verb(verb, values, thread_count(threads), progress, _tell))
    return answer


def _tell(is_warning: bool, text: str) -> None:
    if is_warning:
        warnings.warn(text, stacklevel=4)
    else:
        _log.info(text)
