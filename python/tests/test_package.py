"""The package as a whole: what it needs, what it says about its types."""
import ast
import pathlib
import subprocess
import sys

import orogen
from orogen import _core


def test_importing_needs_numpy_and_nothing_else():
    code = "import sys, orogen; print(sorted({m.split('.')[0] for m in sys.modules} & {'ase', 'scipy', 'torch', 'jax', 'tensorflow'}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


def test_the_stub_names_what_the_extension_module_has():
    stub = ast.parse(pathlib.Path(orogen.__file__).with_name("_core.pyi").read_text(encoding="utf-8"))
    public = {name for name in vars(_core) if not name.startswith("_")}
    described = {node.name for node in stub.body if isinstance(node, (ast.ClassDef, ast.FunctionDef))}
    assert described == public
    for node in stub.body:
        if isinstance(node, ast.ClassDef) and node.name in ("Evaluation", "Potential"):
            members = {item.name for item in node.body if isinstance(item, ast.FunctionDef)} - {"__init__"}
            assert members == {name for name in vars(getattr(_core, node.name)) if not name.startswith("_")}


def test_types_are_shipped_and_everything_public_is_documented():
    assert pathlib.Path(orogen.__file__).with_name("py.typed").exists()
    for name in orogen.__all__:
        if name != "__version__":
            assert getattr(orogen, name).__doc__, name
