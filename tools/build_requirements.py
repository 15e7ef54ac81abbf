#!/usr/bin/env python3
"""Prints what pyproject.toml needs to build the Python package, one requirement per line (for pip install --no-build-isolation)."""
import re
from pathlib import Path

text = (Path(__file__).resolve().parent.parent / "pyproject.toml").read_text(encoding="utf-8")
print("\n".join(re.findall(r'"([^"]+)"', re.search(r"^requires = \[(.*?)\]", text, re.MULTILINE | re.DOTALL)[1])))
