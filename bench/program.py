"""Driving the orogen binary: build, run, JSON answers, CPU time and memory of a run, results kept on disk."""
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "bench" / "out"
BUILD = ROOT / "build"
fresh = False  # set by --fresh
_made_now = set()

sys.path.insert(0, str(ROOT / "tools"))


class Missing(Exception):
    """Something that the measurement needs is not there."""


class Failed(Exception):
    """The measurement itself went wrong."""


def shared(relative):
    """A file of the public data sets, below $OROGEN_SHARED/data."""
    base = Path(os.environ.get("OROGEN_SHARED") or ROOT.parent / "shared")
    path = base / "data" / relative
    if not path.is_file():
        raise Missing(f"the data file {path} is missing; point OROGEN_SHARED to the folder that holds data/{relative}")
    return path


_built = {}


def binary(target):
    """Path of an executable of the Release build, brought up to date once per measurement."""
    if target not in _built:
        steps = [["cmake", "--build", str(BUILD), "--target", target]]
        if not (BUILD / "CMakeCache.txt").is_file():
            steps.insert(0, ["cmake", "-S", str(ROOT), "-B", str(BUILD), "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release"])
        print(f"  building {target} …", flush=True)
        for step in steps:
            done = subprocess.run(step, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            if done.returncode:
                raise Missing(f"cannot build '{target}': {' '.join(step)} ended with status {done.returncode}\n"
                              + "\n".join(done.stdout.splitlines()[-15:]))
        _built[target] = BUILD / target
    return _built[target]


class Run:
    """A finished process: its JSON lines, CPU and wall seconds, and largest memory."""

    def __init__(self, command, log, environment=None, quiet=False):
        log.parent.mkdir(parents=True, exist_ok=True)
        command = [str(word) for word in command]
        if not quiet:
            print("  $ " + " ".join(command).replace(f"{ROOT}/", ""), flush=True)
        start = time.monotonic()
        self.answers = []
        with open(log, "w", encoding="utf-8") as file:
            process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=file,
                                       text=True, env={**os.environ, **(environment or {})})
            self._read(process.stdout, file, start)
            _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.wall = time.monotonic() - start
        self.cpu = usage.ru_utime + usage.ru_stime
        self.gigabytes = usage.ru_maxrss / 1024**2
        if process.returncode:
            tail = log.read_text(encoding="utf-8", errors="replace").splitlines()[-10:]
            raise Failed(f"{' '.join(command)} ended with status {process.returncode}\n" + "\n".join(tail) + f"\nlog: {log}")

    def _read(self, stream, file, start):
        shown = start
        for line in stream:
            file.write(line)
            try:
                answer = json.loads(line)
            except ValueError:
                continue
            if not isinstance(answer, dict):
                continue
            if answer.get("event") != "progress":
                self.answers.append(answer)
            elif sys.stdout.isatty() or time.monotonic() - shown > 60:
                shown = time.monotonic()
                text = f"    {shown - start:6.0f} s  {answer.get('stage', '')} {answer.get('done', '')}/{answer.get('total', '')} {answer.get('line', '')}"
                print(("\r\033[K" + text[:110]) if sys.stdout.isatty() else text, end="" if sys.stdout.isatty() else "\n", flush=True)
        if sys.stdout.isatty():
            print("\r\033[K", end="", flush=True)

    def find(self, key):
        """The value of `key` in the last answer that has it, however deep."""
        for answer in reversed(self.answers):
            found = _search(answer, key)
            if found is not None:
                return found
        raise Failed(f"no '{key}' in the program's JSON answer")


def _search(node, key):
    if isinstance(node, dict):
        if key in node:
            return node[key]
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            found = _search(child, key)
            if found is not None:
                return found
    return None


def orogen(log, *words, **options):
    """Runs `orogen WORDS --json`."""
    return Run([binary("orogen"), *words, "--json"], log, **options)


def sha256(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def model(name, data, *options):
    """Path of a model trained on `data`, of which training splits off its own validation frames. An earlier model is used when
    data and options are the same; an interrupted training goes on."""
    folder = OUT / name
    inputs = {"data": sha256(data), "options": list(options)}
    trained_by = sha256(binary("orogen"))
    stamp, path = folder / "inputs.json", folder / "model" / "model.safetensors"
    state = json.loads(stamp.read_text()) if stamp.is_file() else {}
    if (fresh and name not in _made_now) or state.get("inputs") != inputs:
        shutil.rmtree(folder / "model", ignore_errors=True)
        state = {}
    _made_now.add(name)
    if state.get("cpu_seconds") is not None and path.is_file():
        note = "" if state.get("trained_by") == trained_by else " (trained by an earlier build; --fresh trains again)"
        print(f"  model of an earlier run: {path.relative_to(ROOT)}, {state['cpu_seconds'] / 60:.1f} CPU minutes{note}")
        return path, state
    state = {"inputs": inputs, "trained_by": trained_by}
    folder.mkdir(parents=True, exist_ok=True)
    stamp.write_text(json.dumps(state))
    run = orogen(folder / "train.log", "train", f"data={data}", f"out={folder / 'model'}", *options)
    if not path.is_file():
        raise Failed(f"training ended without {path}")
    state.update(cpu_seconds=run.cpu, wall_seconds=run.wall)
    stamp.write_text(json.dumps(state))
    print(f"  trained in {run.wall / 60:.1f} min ({run.cpu / 60:.1f} CPU minutes)")
    return path, state


def errors(name, model_path, data):
    """The error table's row of the whole set, from `orogen eval`."""
    folder = OUT / name
    shutil.rmtree(folder / "eval", ignore_errors=True)
    run = orogen(folder / "eval.log", "eval", model_path, data, f"out={folder / 'eval'}")
    return run.find("sets")[0]


def split(source, folder, every=10, offset=5):
    """Frames offset, offset + every, … of each config_type go to held_out.xyz, the others to train.xyz."""
    from extended_xyz import info, read_frames
    counts, parts = {}, ([], [])
    for comment, atoms in read_frames(source):
        kind = info(comment).get("config_type", "")
        number = counts[kind] = counts.get(kind, -1) + 1
        parts[number % every == offset % every].append("\n".join([str(len(atoms)), comment, *atoms]) + "\n")
    folder.mkdir(parents=True, exist_ok=True)
    paths = folder / "train.xyz", folder / "held_out.xyz"
    for path, frames in zip(paths, parts):
        path.write_text("".join(frames), encoding="utf-8")
    print(f"  {source.name}: {len(parts[0])} frames to train, {len(parts[1])} held out")
    return paths


def test_file(otherwise):
    """OROGEN_TEST_FILE, or the frames given."""
    chosen = os.environ.get("OROGEN_TEST_FILE")
    if not chosen:
        return otherwise
    path = Path(chosen).resolve()
    if not path.is_file():
        raise Missing(f"OROGEN_TEST_FILE={chosen} is not a file")
    print(f"  test frames: {path}")
    return path


def table(header, rows):
    cells = [[str(c) for c in row] for row in [header, *rows]]
    widths = [max(len(row[k]) for row in cells) for k in range(len(header))]
    for row in cells:
        print("  " + "  ".join(c.ljust(w) if k == 0 else c.rjust(w) for k, (c, w) in enumerate(zip(row, widths))))
