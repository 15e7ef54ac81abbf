"""Accuracy: acetylacetone (300 K, 600 K) and the six elements of Zuo et al., J. Phys. Chem. A 124, 731 (2020)."""
import program

# Aims: mean absolute errors of the best potential of the original study, meV/atom and eV/Å.
MLEARN = {"Ni": (0.48, 0.01), "Cu": (0.41, 0.01), "Li": (0.49, 0.01), "Mo": (2.83, 0.09), "Si": (2.21, 0.06), "Ge": (1.79, 0.05)}
ACAC = {"300K": (1.5, 8.5), "600K": (8, 32)}  # meV per molecule, meV/Å

# Small batches and a high rate suit one molecule; crystals want a lower rate. Their published stresses are not consistent with
# their energies to the accuracy asked for (the elastic sets), so the stress has little weight.
ACAC_TRAINING = ["model=accurate", "batch=2", "learning_rate=0.02", "energy_weight=1", "final_energy_weight=100", "epochs=1000",
                 "valid_fraction=0.02", "seed=1"]
MLEARN_TRAINING = ["model=balanced", "batch=4", "learning_rate=0.003", "steps=40000", "stress_weight=0.1", "final_stress_weight=0.1",
                   "valid_fraction=0.05", "seed=1"]
# Chosen on validation frames: the close-packed metals have enough data and want a short cut-off; the others over-fit without a prior. For Mo the mean of
# four members is worth 4 % of the force error in cross-validation, and 64 instead of 32 features 3 % of it and 17 % of the energy's.
MLEARN_ELEMENT = {"Ni": ["cutoff=4"], "Cu": ["cutoff=4"], "Li": [], "Mo": ["weight_decay=1e-5", "members=4", "features=64"], "Si": ["weight_decay=1e-5"], "Ge": ["weight_decay=1e-5"]}


def error_rows(errors):
    rows = []
    for row in [errors["all"], *errors["by_config_type"]]:
        line = [row["group"] or "all", row["frames"]]
        for key in ("energy_meV_per_atom", "energy_meV", "forces_meV_per_A", "stress_meV_per_A3"):
            e = row[key]
            line += [f"{e['rmse']:.3f}", f"{e['mae']:.3f}"] if e["labels"] else ["–", "–"]
        rows.append(line)
    return rows


def print_errors(errors):
    program.table(["set", "frames", "E/atom rmse", "mae [meV]", "E rmse", "mae [meV]", "F rmse", "mae [meV/Å]", "stress rmse", "mae [meV/Å³]"],
                  error_rows(errors))


def acac(name):
    """`accurate`, trained on 450 of the 500 frames at 300 K."""
    temperature = name.removeprefix("acac_force_")
    train, held_out = program.split(program.shared("acac/train_300K.xyz"), program.OUT / "acac")
    test = program.test_file(held_out if temperature == "300K" else program.shared("acac/train_600K.xyz"))
    model, state = program.model("acac", train, *ACAC_TRAINING)
    errors = program.errors(name, model, test)
    print_errors(errors)
    energy, force = errors["all"]["energy_meV"]["rmse"], errors["all"]["forces_meV_per_A"]["rmse"]
    program.table(["rmse", "measured", "aim"], [["energy, meV per molecule", f"{energy:.2f}", f"≤ {ACAC[temperature][0]}"],
                                                ["force, meV/Å", f"{force:.2f}", f"≤ {ACAC[temperature][1]}"],
                                                ["training, CPU minutes", f"{state['cpu_seconds'] / 60:.1f}", "≤ 90"]])
    return force, "meV/Å"


def mlearn(name):
    """`balanced`, one potential per element, trained on the frames not held out, or on all where OROGEN_TEST_FILE is given; the value is the mean
    absolute error of the energy."""
    element = name.removeprefix("mlearn_")
    source = program.shared(f"mlearn/{element}_train.xyz")
    train, held_out = program.split(source, program.OUT / name)
    test = program.test_file(held_out)
    if test != held_out:  # other test frames: all of these may be learned from
        train = source
    model, state = program.model(name, train, *MLEARN_TRAINING, *MLEARN_ELEMENT[element])
    errors = program.errors(name, model, test)
    print_errors(errors)
    energy, force = errors["all"]["energy_meV_per_atom"]["mae"], errors["all"]["forces_meV_per_A"]["mae"] * 1e-3
    program.table(["mean absolute error", "measured", "aim"], [["energy, meV/atom", f"{energy:.3f}", f"≤ {MLEARN[element][0]}"],
                                                               ["force, eV/Å", f"{force:.4f}", f"≤ {MLEARN[element][1]}"],
                                                               ["training, CPU minutes", f"{state['cpu_seconds'] / 60:.1f}", ""]])
    return energy, "meV/atom"


def mlearn_folds(name):
    """Ten potentials as in `mlearn`, each without another tenth of the frames, so that every frame is judged by one that has not seen it: the twenty
    frames that `mlearn` holds out of Mo scatter too much to judge by. The value is the mean absolute error of the energy."""
    element = name.removeprefix("mlearn_folds_")
    source, folds = program.shared(f"mlearn/{element}_train.xyz"), 10
    measures, sums, cpu = ("energy_meV_per_atom", "forces_meV_per_A"), {}, 0
    for fold in range(folds):
        part = f"{name}/{fold}"
        train, held_out = program.split(source, program.OUT / part, folds, fold)
        model, state = program.model(part, train, *MLEARN_TRAINING, *MLEARN_ELEMENT[element])
        errors, cpu = program.errors(part, model, held_out), cpu + state["cpu_seconds"]
        groups = [(row["group"], row) for row in errors["by_config_type"]] + [(f"fold {fold + 1}", errors["all"]), ("all", errors["all"])]
        for group, row in groups:
            for measure in measures:
                labels, total = sums.get((group, measure), (0, 0))
                count = row[measure]["labels"]
                sums[group, measure] = labels + count, total + count * (row[measure]["mae"] or 0)
    mean = {key: total / labels for key, (labels, total) in sums.items() if labels}
    groups = list(dict.fromkeys(group for group, _ in sums))
    program.table(["set", "frames", "E/atom mae [meV]", "F mae [meV/Å]"],
                  [[group, sums[group, measures[0]][0], *(f"{mean[group, m]:.3f}" if (group, m) in mean else "–" for m in measures)]
                   for group in [*(g for g in groups if g != "all"), "all"]])
    energy, force = mean["all", measures[0]], mean["all", measures[1]] * 1e-3
    program.table(["mean absolute error, ten folds", "measured", "aim"], [["energy, meV/atom", f"{energy:.3f}", f"≤ {MLEARN[element][0]}"],
                                                                          ["force, eV/Å", f"{force:.4f}", f"≤ {MLEARN[element][1]}"],
                                                                          ["training, CPU minutes", f"{cpu / 60:.1f}", ""]])
    return energy, "meV/atom"


NAMES = {f"acac_force_{t}": (f"acetylacetone trained at 300 K, force RMSE at {t[:-1]} K (meV/Å)", acac) for t in ACAC}
NAMES |= {f"mlearn_{e}": (f"{e} (Zuo et al.): energy MAE (meV/atom), force MAE in the table", mlearn) for e in MLEARN}
NAMES |= {f"mlearn_folds_{e}": (f"the same of {e} in ten folds, every frame judged by a potential that has not seen it", mlearn_folds) for e in MLEARN}
