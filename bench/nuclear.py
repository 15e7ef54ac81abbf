"""Two nucleons: agreement with numbers of an independent implementation, speed, and a learned force on experiments it has not seen."""
import re

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


def chi2_unseen(name):
    """A tenth of the experiments was kept apart from fit and choices."""
    log = program.OUT / name / "log.txt"
    for old in (program.OUT / name).glob("force*"):  # of other settings, perhaps
        old.unlink()
    program.Run([program.binary("orogen_nuclear_fit"), f"data={folder()}", f"out={program.OUT / name / 'force'}"], log)
    text = log.read_text(encoding="utf-8")
    found = dict(re.findall(r"^(\S+)\s+unseen\s+chi2/N ([0-9.]+)", text, re.MULTILINE))
    for line in text.splitlines():
        if re.match(r"(neural|mean|AV18|PWA93) ", line):
            print("  " + line)
    if "neural" not in found:
        raise program.Failed(f"no line 'neural unseen' in {log}")
    return float(found["neural"]), "per datum"


NAMES = {"nuclear_phase_error": ("worst deviation of np phases of nine forces and more from an independent implementation", phase_error),
         "nuclear_phase_time_ms": ("np phases with J ≤ 4 at one energy from a given potential, 40 momenta, one core", phase_time),
         "nuclear_chi2_unseen": ("χ² per datum of the neural force on np experiments kept apart", chi2_unseen)}
