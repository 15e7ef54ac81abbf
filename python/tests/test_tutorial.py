"""The tutorial runs, and what it prints is right."""
import os
import pathlib
import re
import subprocess
import sys

from conftest import needs_xtb

TUTORIAL = pathlib.Path(__file__).resolve().parents[2] / "examples" / "python" / "tutorial.py"


@needs_xtb
def test_the_tutorial_learns_the_umbrella_of_ammonia(tmp_path):
    done = subprocess.run([sys.executable, "-W", "ignore", str(TUTORIAL)], cwd=tmp_path, capture_output=True, text=True,
                          timeout=300, env={**os.environ, "OROGEN_THREADS": "2"})
    assert done.returncode == 0, done.stderr
    value = {key.strip(): float(number) for key, number in re.findall(r"^(.+?) +([\d.]+) meV", done.stdout, re.MULTILINE)}
    assert value["force error"] < 150
    assert abs(value["barrier, learned"] - value["barrier, xTB"]) < 30
    assert value["energy over 1 ps"] < 5
    vibrations = [float(w) for w in re.search(r"cm⁻¹ (.*)", done.stdout)[1].split()]
    assert len(vibrations) == 6 and 700 < vibrations[0] < 1300 and 3000 < vibrations[-1] < 3900
