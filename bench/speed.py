"""Speed: training, bulk copper on one core, and how time per atom stays flat with size.

`orogen_speed` (bench/speed.cpp) times energy + forces + virial of bulk Cu at 300 K, cut-off 5 Å, 44 neighbours, float32, and
prints JSON lines with at least "atoms", "threads" and "us_per_atom" (the median); other keys become columns of the table.
"""
import os
import shutil
import statistics

import program

CU = {"fast": 6, "balanced": 10, "accurate": 40}          # aims, µs per atom on one core
TRAIN = {"fast": None, "balanced": 65, "accurate": 270}   # aims, µs of CPU time per atom and step
EPOCHS = {"fast": (4, 24), "balanced": (4, 24), "accurate": (2, 8)}
SIZES = [1000, 10_000, 100_000, 1_000_000, 4_000_000]


def measure(log, model, atoms, threads):
    return program.Run([program.binary("orogen_speed"), model, f"atoms={atoms}", f"threads={threads}"], program.OUT / log)


def print_lines(lines):
    keys = [k for k in lines[0] if k != "event"]
    program.table(keys, [[f"{v:.4g}" if isinstance(v, float) else v for v in (line.get(k, "–") for k in keys)] for line in lines])


def cu_speed(name):
    model = name.removeprefix("cu_speed_")
    run = measure(f"{name}/log.txt", model, 4000, 1)
    lines = run.answers
    one = min(line["us_per_atom"] for line in lines)
    if (os.cpu_count() or 1) > 1:
        two = measure(f"{name}/log2.txt", model, 4000, 2).answers
        lines = lines + two
        print_lines(lines)
        print(f"  two threads: {one / min(line['us_per_atom'] for line in two):.2f} times one (aim ≥ 1.8)")
    else:
        print_lines(lines)
    print(f"  aim ≤ {CU[model]} µs per atom")
    return one, "µs/atom"


def elements_cost(name):
    """The two models take turns, so that whatever else the machine does meets both."""
    times = {3: [], 89: []}
    for turn in range(5):
        for known, series in times.items():
            run = program.Run([program.binary("orogen_speed"), "balanced", "atoms=4000", "threads=1", "seconds=2", "embedding=8",
                               "present=3", f"known={known}"], program.OUT / f"{name}/{known}-{turn}.txt")
            series.append(run.answers[0]["us_per_atom"])
    medians = {known: statistics.median(series) for known, series in times.items()}
    program.table(["known elements, 3 present", "µs/atom"], [[known, f"{value:.3f}"] for known, value in medians.items()])
    print("  aim ≤ 1.1")
    return medians[89] / medians[3], "89 known/3 known"


def scale_flatness(name):
    threads, lines, memory = len(os.sched_getaffinity(0)), [], 0
    for atoms in SIZES:
        run = measure(f"{name}/{atoms}.txt", "fast", atoms, threads)
        best = min(run.answers, key=lambda line: line["us_per_atom"])
        lines.append({**best, "memory_GiB": run.gigabytes})
    print_lines(lines)
    memory = lines[-1]["memory_GiB"]
    print(f"  {lines[-1]['atoms']} atoms in {memory:.1f} GiB (aim ≤ 16); flatness aim ≤ 1.15")
    times = [line["us_per_atom"] for line in lines]
    return max(times) / min(times), "slowest/fastest"


def train_speed(name):
    """CPU time of a long minus that of a short training, so that start, checks and reports do not count."""
    from extended_xyz import read_frames
    model = name.removeprefix("train_speed_")
    folder = program.OUT / name
    frames = [(comment, atoms) for comment, atoms in read_frames(program.shared("acac/train_300K.xyz"))]
    folder.mkdir(parents=True, exist_ok=True)
    for path, part in (("train.xyz", frames), ("valid.xyz", frames[:5])):
        (folder / path).write_text("".join("\n".join([str(len(a)), c, *a]) + "\n" for c, a in part), encoding="utf-8")
    atoms = sum(len(a) for _, a in frames)
    seconds, walls = [], []
    for epochs in EPOCHS[model]:
        out = folder / f"{epochs}-epochs"
        shutil.rmtree(out, ignore_errors=True)
        run = program.orogen(folder / f"{epochs}.log", "train", f"data={folder / 'train.xyz'}", f"valid={folder / 'valid.xyz'}",
                             f"model={model}", f"epochs={epochs}", "seed=1", f"out={out}")
        seconds.append(run.cpu)
        walls.append(run.wall)
    more = EPOCHS[model][1] - EPOCHS[model][0]
    per_pass = (seconds[1] - seconds[0]) / more
    value = per_pass / atoms * 1e6
    aim = f"≤ {TRAIN[model]}" if TRAIN[model] else "–"
    program.table(["training on 500 frames", "measured", "aim"],
                  [["one pass, CPU s", f"{per_pass:.3f}", ""], ["one pass, wall s", f"{(walls[1] - walls[0]) / more:.3f}", ""],
                   ["µs CPU per atom and step", f"{value:.1f}", aim]])
    return value, "µs/atom"


NAMES = {f"train_speed_{m}": (f"training {m} on acetylacetone: µs of CPU time per atom and step", train_speed) for m in TRAIN}
NAMES |= {f"cu_speed_{m}": (f"bulk Cu, 4000 atoms, {m}: µs per atom on one core", cu_speed) for m in CU}
NAMES["elements_cost"] = ("cost of 89 known elements with 3 present, over that of 3 known ones", elements_cost)
NAMES["scale_flatness"] = ("slowest/fastest µs per atom, 10³ to 4·10⁶ atoms of Cu", scale_flatness)
