"""The KIM portable model through ASE's KIM calculator against the library's own energy, forces and virial."""
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import labels
import program

NAME = "Frames_orogen__MO_000000000001_000"


def interpreter():
    """A Python with ASE and kimpy (OROGEN_KIM_PYTHON, or this one), or None."""
    for python in filter(None, (os.environ.get("OROGEN_KIM_PYTHON"), sys.executable)):
        if subprocess.run([python, "-c", "import ase, kimpy"], capture_output=True, cwd="/").returncode == 0:
            return python
    return None


def of_precision(model, precision):
    """The model file with another arithmetic, which is all that a KIM simulator can choose it by."""
    content = Path(model).read_bytes()
    size = int.from_bytes(content[:8], "little")
    header = content[8:8 + size].replace(b"float32", precision.encode()).replace(b"float64", precision.encode())
    header = header.replace(b'"sha256":', b'"before":')  # a digest of what the file was
    return content[:8] + header + content[8 + size:]


def deviations(model, frames, precision="float64"):
    """{"KIM in ASE": {"energy": …, …}} against `orogen label`; nothing where there is no kimpy."""
    python = interpreter()
    if not python:
        print("  KIM in ASE left out: no Python with ase and kimpy (OROGEN_KIM_PYTHON names one)")
        return {}
    library = program.binary("libkim-api-portable-model.so")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "model.safetensors").write_bytes(of_precision(model, precision))
        subprocess.run([program.ROOT / "tools" / "install_kim_model.sh", library, folder / "model.safetensors", NAME, folder / "kim"],
                       check=True, capture_output=True)
        program.orogen(program.OUT / "fronts_kim" / "label.log", "label", frames, f"potential={model}", f"precision={precision}",
                       f"out={folder}/library")
        expected = labels.read(folder / "library" / "labelled.xyz")
        # KIM writes its log into the working folder.
        program.Run(["env", "-C", folder, python, Path(__file__).resolve(), Path(frames).resolve(), folder / "answer.json"],
                    program.OUT / "fronts_kim" / "answers.log",
                    environment={"KIM_API_PORTABLE_MODELS_DIR": str(folder / "kim"), "PYTHONDONTWRITEBYTECODE": "1"})
        return {"KIM in ASE": labels.worst_relative(expected, json.loads((folder / "answer.json").read_text()))}


def answers(frames, target):
    """What runs in the Python that has kimpy."""
    import ase.io
    from ase.calculators.kim import KIM
    result = []
    for atoms in ase.io.iread(frames, index=":"):
        atoms.calc = KIM(NAME)
        virial = -atoms.get_stress(voigt=False) * atoms.get_volume()
        result.append({"energy": [float(atoms.get_potential_energy())], "forces": atoms.get_forces().ravel().tolist(),
                       "virial": virial.ravel().tolist()})
    Path(target).write_text(json.dumps(result), encoding="utf-8")


if __name__ == "__main__":
    answers(*sys.argv[1:])
