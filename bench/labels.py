"""Energies, forces and virials that orogen wrote, and how far two sets of them lie apart."""
import re
import shlex
from pathlib import Path


def read(path):
    """Energy [eV], forces [eV/Å] and virial [eV] (None when absent) of every frame."""
    lines, frames, at = Path(path).read_text(encoding="utf-8").splitlines(), [], 0
    while at < len(lines):
        count = int(lines[at])
        pairs = dict(word.split("=", 1) for word in shlex.split(lines[at + 1]) if "=" in word)
        first = 0
        for name, _, width in re.findall(r"(\w+):(\w):(\d+)", pairs["Properties"]):
            if name == "forces":
                break
            first += int(width)
        rows = [line.split() for line in lines[at + 2:at + 2 + count]]
        frames.append({"energy": float(pairs["energy"]), "forces": [float(x) for r in rows for x in r[first:first + 3]],
                       "virial": [float(x) for x in pairs["virial"].split()] if "virial" in pairs else None})
        at += 2 + count
    return frames


def worst_relative(reference, other):
    """The largest deviation of each quantity, relative to the largest number of its kind in the same frame."""
    worst = {}
    for a, b in zip(reference, other, strict=True):
        for key in a:
            if a[key] is None or b[key] is None:
                continue
            x, y = (v if isinstance(v, list) else [v] for v in (a[key], b[key]))
            scale = max(map(abs, x)) or 1.0
            worst[key] = max(worst.get(key, 0.0), max(abs(p - q) for p, q in zip(x, y, strict=True)) / scale)
    return worst
