"""Two nucleons: agreement with numbers of an independent implementation, speed, a learned force on experiments it has not seen, and the bands of
chiral forces."""
import json
import math

import program


def folder():
    return program.shared("nuclear/pwa93_np_phases.csv").parent


def phase_error(name):
    program.shared("nuclear/checkpoints/ck_av18_np_phases.csv")
    lines = program.Run([program.binary("orogen_nuclear_checkpoints"), folder()], program.OUT / name / "log.txt").answers
    program.table(["what", "numbers", "worst", "unit", "bar", "", "at"],
                  [[l["what"], l["numbers"], f"{l['worst']:.2g}", l["unit"], f"{l['bar']:g}",
                    "" if l["worst"] <= l["bar"] else "missed", l["at"]] for l in lines])
    return max(l["worst"] for l in lines if l["what"].startswith("phases")), "degrees"


def phase_time(name):
    lines = program.Run([program.binary("orogen_nuclear_speed")], program.OUT / name / "log.txt").answers
    program.table(["np, J ≤ 4, EMN N2LO(500), 40 momenta, one core", "ms"],
                  [[key.replace("_", " "), f"{value:.4g}"] for key, value in lines[0].items() if key not in ("what", "points", "check")])
    return lines[0]["phases_of_one_energy_potential_given"], "ms"


def fit(name, kind, data, *words):
    """`orogen nuclear fit` from the phases of PWA93, with the mean phases of seven analyses as weak data; the last answer. A run that was interrupted goes
    on, unless its inputs were others."""
    out = program.OUT / name / kind
    words = [f"data={json.dumps([str(d) for d in data])}", f"phases={folder() / 'pwa93_np_phases.csv'}",
             f"spread={folder() / 'phases_spread_np.csv'}", *words, f"out={out}"]
    stamp = program.OUT / name / f"{kind}.json"
    inputs = {"words": words, "data": [program.sha256(d) for d in data], "program": program.sha256(program.binary("orogen"))}
    same = stamp.is_file() and json.loads(stamp.read_text()) == inputs and not program.fresh
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(json.dumps(inputs))
    return program.orogen(program.OUT / name / f"{kind}.txt", "nuclear", "fit", *words, *([] if same else ["restart=true"])).answers[-1]


def per_datum(name, data, *words):
    """χ² per datum of what `orogen nuclear observables` is asked for."""
    log = program.OUT / name / "beside.txt"
    return program.orogen(log, "nuclear", "observables", f"data={data}", "least_energy=0.1", *words,
                          f"out={program.OUT / name / 'beside'}").find("chi2_per_datum")


def tenth_rows(answer):
    """Rows of the fit without a tenth of the experiments."""
    rows = []
    for which in ("fitted", "kept apart"):
        for pair in ("np", "pp", "np+pp"):
            learned, v18 = (answer[which][force] for force in ("learned force", "Argonne v18"))
            if pair != "np":
                learned, v18 = learned.get(pair), v18.get(pair)
            if learned:
                rows.append([f"{which}, one tenth apart", pair, learned["data"], f"{learned['chi2_per_datum']:.4f}", f"{v18['chi2_per_datum']:.4f}"])
    return rows


def fold_rows(answer):
    return [["all, each unseen, ten folds", pair, forces["learned force"]["data"], f"{forces['learned force']['chi2_per_datum']:.4f}",
             f"{forces['Argonne v18']['chi2_per_datum']:.4f}"] for pair, forces in answer["unseen"].items()]


FOLD_HEADER = ["experiments", "pair", "N", "χ²/N learned force", "χ²/N Argonne v18, which has seen most of them"]


def chi2_unseen(name):
    """Ten fits, each without a tenth of the experiments: the value is χ² per datum of all data, each predicted by the fit that has not seen its experiment.
    One tenth alone scatters too much to judge by: the same tenth of PWA93 is anywhere between 1 and 1.5. A fit without one tenth is shown beside it."""
    data = [folder() / "granada_scattering_np.csv"]
    tenth = fit(name, "tenth", data)
    folds = fit(name, "folds", data, "folds=10")
    program.table(FOLD_HEADER, tenth_rows(tenth) + fold_rows(folds))
    analysis = per_datum(name, data[0], f"phases={folder() / 'pwa93_np_phases.csv'}")
    print(f"  the analysis PWA93, which has seen most of the data: {analysis:.4f}")
    return folds["unseen"]["np"]["learned force"]["chi2_per_datum"], "per datum"


def chi2_pp(name):
    """np and pp together, with the Coulomb force and the neutron's moment: the same ten fits and the same tenth as for np alone. The value is χ² per datum
    of all np and pp data, each predicted by the fit that has not seen its experiment."""
    data = [folder() / "granada_scattering_np.csv", folder() / "granada_scattering_pp.csv"]
    tenth = fit(name, "tenth", data, "neutron_moment=true")
    folds = fit(name, "folds", data, "neutron_moment=true", "folds=10")
    program.table(FOLD_HEADER, tenth_rows(tenth) + fold_rows(folds))
    return folds["unseen"]["np+pp"]["learned force"]["chi2_per_datum"], "per datum"


def grey_box(name, part):
    program.shared("nuclear/granada2013_np_phases.csv")
    return program.Run([program.binary("orogen_nuclear_grey_box"), folder(), part], program.OUT / name / "log.txt").answers


def share(lines, key):
    return sum(l[key] for l in lines) / len(lines)


def root_mean_square(numbers):
    numbers = list(numbers)
    return math.sqrt(sum(x * x for x in numbers) / len(numbers))


def coverage_rows(lines, beyond):
    """One row per order and reference: fits of all parts, and what they say of the phases kept apart."""
    rows, reference_name = [], {"threshold": "1 rad × threshold", "phase": "the phase"}
    for reference in ("threshold", "phase"):
        for order in ("LO", "NLO", "N2LO"):
            some = [l for l in lines if l.get("reference") == reference and l["order"] == order and (l["part"] == 3) == beyond]
            fits = [l for l in some if l["what"] == "fit"]
            plain = [l for l in some if l["what"] == "apart" and not l["given_residuals"]]
            given = [l for l in some if l["what"] == "apart" and l["given_residuals"]]
            off = [l["foretold"] - l["phase"] for l in plain]
            half = sorted(l["half68"] for l in plain)[len(plain) // 2]
            rows.append([f"{order}, {reference_name[reference]}", len(plain), f"{sum(l['log_evidence'] for l in fits):.0f}",
                         f"{sum(l['chi2'] for l in fits) / sum(l['data'] for l in fits):.3g}",
                         f"{root_mean_square(x / l['data_error'] for x, l in zip(off, plain)) ** 2:.3g}",
                         f"{root_mean_square(off):.2f}", f"{half:.2f}", f"{share(plain, 'within68'):.1%}",
                         f"{share(plain, 'within95'):.1%}", f"{share(given, 'within68'):.1%}", f"{share(given, 'within95'):.1%}"])
    return rows


SIZES = {"own": "of each block, log-uniform", "of each block": "of each block, inverse χ²", "of kin": "of each block, blocks alike",
         "one of all blocks": "one of all, inverse χ²"}


def with_size(lines, reference, order, size, beyond=False):
    """The phases kept apart with one prior of c̄, and the evidence of all fitted ones with it."""
    some = [l for l in lines if l.get("reference") == reference and l["order"] == order and (l["part"] == 3) == beyond]
    if size == "own":
        chosen = [l for l in some if l["what"] == "apart" and not l["given_residuals"]]
        return chosen, sum(l["log_evidence"] for l in some if l["what"] == "fit")
    some = [l for l in some if l.get("size") == size]
    return [l for l in some if l["what"] == "apart, sized"], sum(l["log_evidence"] for l in some if l["what"] == "sizes")


def best_size(lines, order):
    """The reference and prior of c̄ that the fitted phases of one order prefer."""
    return max(((r, s) for r in ("threshold", "phase") for s in SIZES), key=lambda rs: with_size(lines, rs[0], order, rs[1])[1])


def size_rows(lines):
    """Bands of the parts kept apart with c̄ of each block's own, alike, or one of all blocks."""
    rows = []
    for order in ("LO", "NLO", "N2LO"):
        best = best_size(lines, order)
        for reference in ("threshold", "phase"):
            for size, title in SIZES.items():
                chosen, evidence = with_size(lines, reference, order, size)
                half = sorted(l["half68"] for l in chosen)[len(chosen) // 2]
                rows.append([f"{order}, {reference}, {title}", len(chosen), f"{evidence:.1f}", f"{half:.2f}", f"{share(chosen, 'within68'):.1%}",
                             f"{share(chosen, 'within95'):.1%}", "←" if (reference, size) == best else ""])
    return rows


def simulated_coverage(lines):
    """Mean and standard deviation over worlds for which the assumptions hold."""
    worlds = {}
    for l in lines:
        if l["what"] == "simulated" and not l["given_residuals"]:
            worlds.setdefault(l["world"], []).append(l)
    shares = [sum(l["data"] * l["within68"] for l in w) / sum(l["data"] for l in w) for w in worlds.values()]
    mean = sum(shares) / len(shares)
    return mean, math.sqrt(sum((x - mean) ** 2 for x in shares) / (len(shares) - 1)), len(shares)


def coverage(name):
    """What the size of omitted orders is measured by, and its prior, are those of greatest evidence of the fitted phases, order by order; the others are
    shown beside them."""
    lines = grey_box(name, "coverage")
    head = ["np phases of J ≤ 2, EMN(500), size of orders", "N", "ln Z", "χ²/N fitted", "χ²/N apart", "rms °", "half 68 % °",
            "in 68 %", "in 95 %", "in 68 %, given residuals", "in 95 %, given"]
    print("  three parts, each kept apart once; c̄ of each block, log-uniform")
    program.table(head, coverage_rows(lines, False))
    print("  150 to 300 MeV, from those up to 100 MeV")
    program.table(head, coverage_rows(lines, True))
    print("  the size c̄ of omitted orders; ← greatest evidence of the order")
    program.table(["order, reference, prior of c̄", "N", "ln Z", "half 68 % °", "in 68 %", "in 95 %", ""], size_rows(lines))
    reference, size = best_size(lines, "N2LO")
    best, _ = with_size(lines, reference, "N2LO", size)
    program.table(["N2LO", "N", "in 68 %", "in 95 %", "rms °"],
                  [[title, len(some), f"{share(some, 'within68'):.1%}", f"{share(some, 'within95'):.1%}",
                    f"{root_mean_square(l['foretold'] - l['phase'] for l in some):.2f}"] for title, some in
                   [(w, [l for l in best if l["wave"] == w]) for w in dict.fromkeys(l["wave"] for l in best)]
                   + [(f"part {p + 1}", [l for l in best if l["part"] == p]) for p in range(3)]
                   + [("up to 100 MeV", [l for l in best if l["T_lab"] <= 100]), ("150 to 300 MeV", [l for l in best if l["T_lab"] > 100])]])
    program.table(["block, N2LO, first part, own log-uniform c̄", "constants", "fitted", "c̄", "length, MeV of T"],
                  [[l["block"], l["constants"], l["data"], f"{l['c_bar']:.2f}", f"{l['length']:g}"] for l in lines
                   if l["what"] == "fit" and l["part"] == 0 and l["order"] == "N2LO" and l["reference"] == reference])
    chosen = {order: with_size(lines, best_size(lines, order)[0], order, best_size(lines, order)[1])[0] for order in ("LO", "NLO", "N2LO")}
    program.table(["order, size of greatest evidence", "N", "rms °", "in 68 %", "in 95 %", "bar"],
                  [[order, len(some), f"{root_mean_square(l['foretold'] - l['phase'] for l in some):.2f}", f"{share(some, 'within68'):.1%}",
                    f"{share(some, 'within95'):.1%}", "60 to 76 % in 68 %"] for order, some in chosen.items()])
    mean, sd, worlds = simulated_coverage(lines)
    print(f"  independent phases would scatter by ± {100 * math.sqrt(0.68 * 0.32 / len(best)):.1f} %, and in"
          f" {worlds} simulated worlds that obey the assumptions the same procedure covers {100 * mean:.1f} ± {100 * sd:.1f} %")
    return 100 * share(best, "within68"), "% of phases kept apart inside 68 % bands of N2LO"


def holds(line, scale=600):
    return "68 %" if line["low68"] <= scale <= line["high68"] else "95 %" if line["low95"] <= scale <= line["high95"] else "neither"


def breakdown(name):
    """The value is the mean of the curve up to N4LO, every 20 MeV, correlated, with the form of Q that has the greatest evidence, m = 138 MeV."""
    lines = grey_box(name, "breakdown")
    program.table(["Λb from total cross sections, Q = max(p, 138 MeV)/Λb", "points", "correlation length in T", "mean", "sd", "68 %", "95 %", "600 MeV in"],
                  [[l["of"], l["points"], f"{l['length']:.0f}" if l["length"] else "independent", f"{l['mean']:.0f}", f"{l['sd']:.0f}",
                    f"{l['low68']:.0f}…{l['high68']:.0f}", f"{l['low95']:.0f}…{l['high95']:.0f}", holds(l)]
                   for l in lines if l["what"] == "breakdown"])
    both = [l for l in lines if l["what"] == "joint"]
    program.table(["one curve in p; Q; y_ref", "points", "ln Z", "length in p", "soft scale m", "Λb", "68 %", "95 %", "600 MeV in"],
                  [[f"{l['of']}; {l['Q']}; {l['reference']}", l["points"], f"{l['log_evidence']:.1f}", f"{l['length']:.0f}",
                    f"{l['soft']:.0f} ± {l['soft_sd']:.0f}" if l["soft_sd"] else f"{l['soft']:.0f}", f"{l['mean']:.0f} ± {l['sd']:.0f}",
                    f"{l['low68']:.0f}…{l['high68']:.0f}", f"{l['low95']:.0f}…{l['high95']:.0f}", holds(l)] for l in both])
    print("  published with y_ref of the last order and other points: Λb 900 ± 100, m 300 ± 60 MeV to N4LO; 900 ± 200, 350 ± 90 to N3LO")
    fixed = [l for l in both if l["of"] == "EKM 0.9 fm to N4LO, every 20 MeV" and l["reference"] == "LO" and not l["soft_sd"]]
    return max(fixed, key=lambda l: l["log_evidence"])["mean"], "MeV"


def prior(name):
    lines = grey_box(name, "prior")
    program.table(["fitted at MeV, contacts", "constants", "data", "theory errors", "prior ā", "fitted rms °", "between rms °", "worst",
                   "beyond rms °", "worst", "rms constant", "largest"],
                  [[f"{', '.join(f'{T:g}' for T in l['energies'])}; {l['contacts']}", l["constants"], l["data"],
                    "yes" if l["theory_errors"] else "no", f"{l['prior']:g}" if l["prior"] else "none", f"{l['fitted']:.3f}",
                    f"{l['between']:.3f}", f"{l['between_worst']:.2f}", f"{l['beyond']:.2f}", f"{l['beyond_worst']:.1f}",
                    f"{l['rms_constant']:.2f}", f"{l['largest_constant']:.1f}" + ("" if l["end"] == "converged" else " (" + l["end"] + ")")]
                   for l in lines])
    many = [l for l in lines if l["contacts"] == "N3LO" and l["theory_errors"]]
    ratios = [off["beyond"] / on["beyond"] for on, off in zip(many[::2], many[1::2])]
    return math.prod(ratios) ** (1 / len(ratios)), "times the error of phases beyond the data without the prior (N3LO contacts)"


def posterior(name):
    one, nine = grey_box(name, "posterior")
    known = {"Ct_1S0np": (-1.00914, 0.00612), "C_1S0": (3.47068, 0.07939)}  # a grid, by an independent implementation
    program.table(["1S0, NLO(500)", "maximum", "mean", "on a grid", "standard errors off", "sd", "on a grid"],
                  [[c["name"], f"{c['maximum']:.5f}", f"{c['mean']:.5f}", f"{known[c['name']][0]:.5f}",
                    f"{(c['mean'] - known[c['name']][0]) / (c['sd'] / math.sqrt(c['effective'])):.1f}", f"{c['sd']:.5f}",
                    f"{known[c['name']][1]:.5f}"] for c in one["constants"]])
    print(f"  correlation {one['correlation']:.4f}, on a grid -0.9504")
    program.table(["nine constants, N2LO(500)", "maximum", "mean", "sd", "effective draws"],
                  [[c["name"], f"{c['maximum']:.4f}", f"{c['mean']:.4f}", f"{c['sd']:.4f}", f"{c['effective']:.0f}"] for c in nine["constants"]])
    print(f"  {nine['draws']} draws, {nine['data']} phases, {nine['gradients']} gradients, {nine['divergences']} divergences, R̂ {nine['r_hat']:.5f}:"
          f" {nine['wall_s']:.1f} s wall, {nine['cpu_s']:.1f} s CPU on {nine['threads']} threads, warm-up included")
    return nine["cpu_s"], "CPU s for 100000 draws of nine constants"


def network_contacts(name):
    lines = grey_box(name, "network")
    head = ["fitted, np phases of J ≤ 2", "order", "force", "prior ā", "parameters", "χ²/N", "ln Z", "fitted rms °", "between °", "beyond °",
            "J = 3 °", "deuteron MeV"]
    shown = lambda l, key, digits=3: f"{l[key]:.{digits}f}" if l.get(key) is not None else ""
    program.table(head, [[f"{l['set']} ({l['data']})", l["order"], l["force"], f"{l['prior']:g}" if l["prior"] else "none", l["parameters"],
                          shown(l, "chi2"), shown(l, "log_evidence", 1), shown(l, "fitted"), shown(l, "between"), shown(l, "beyond"), shown(l, "high_waves"),
                          shown(l, "deuteron", 4)] for l in lines])
    print("  errors: data and omitted orders; beyond: above the fitted energies up to 300 MeV; J = 3 up to 200 MeV: no fit has seen them")
    kinds = ("between", "beyond", "high_waves")
    ratios = {}
    for case in dict.fromkeys((l["set"], l["order"]) for l in lines):  # each force with the prior width of greatest evidence
        best = {force: max((l for l in lines if (l["set"], l["order"]) == case and l["force"] == force and l["prior"]),
                           key=lambda l: l["log_evidence"]) for force in ("contacts", "network")}
        unseen = {force: math.sqrt(sum(l["n_" + k] * l[k] ** 2 for k in kinds if k in l) / sum(l.get("n_" + k, 0) for k in kinds))
                  for force, l in best.items()}
        ratios[case] = unseen["network"] / unseen["contacts"]
        print(f"  {case[0]}, {case[1]}: " + ", ".join(f"{force} (ā {l['prior']:g}, ln Z {l['log_evidence']:.1f}) {unseen[force]:.3f}°"
                                                     for force, l in best.items()) + " of all phases that were not fitted")
    to_200 = [ratio for (fitted, _), ratio in ratios.items() if fitted == "1 to 200 MeV"]
    return math.prod(to_200) ** (1 / len(to_200)), "times the error of phases that were not fitted, network over contacts, fitted up to 200 MeV"


NAMES = {"nuclear_phase_error": ("worst deviation of np phases of nine forces and more from an independent implementation", phase_error),
         "nuclear_phase_time_ms": ("np phases with J ≤ 4 at one energy from a given potential, 40 momenta, one core", phase_time),
         "nuclear_chi2_unseen": ("χ² per datum of the neural force on np experiments its fit has not seen, ten folds", chi2_unseen),
         "nuclear_chi2_pp": ("χ² per datum of the neural force on np and pp experiments its fit has not seen, ten folds", chi2_pp),
         "nuclear_coverage": ("phases kept apart inside the 68 % bands of chiral forces, order by order", coverage),
         "nuclear_breakdown": ("breakdown scale of chiral EFT from total cross sections, order by order", breakdown),
         "nuclear_prior": ("what phases beyond few data lose without the prior of natural constants", prior),
         "nuclear_network_contacts": ("a network in place of the contacts of chiral forces, order by order", network_contacts),
         "nuclear_posterior": ("draws of contact constants against a grid, and their price", posterior)}
