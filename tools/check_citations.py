#!/usr/bin/env python3
"""Every formula that the code cites, as [T2.4] or [T2.1, T2.2] or [T3], must stand in docs/theory.md, there once.

    tools/check_citations.py [ROOT]
"""
import re
import sys
from pathlib import Path

CITATION = re.compile(r"\[(T\d+(?:\.\d+)?(?:,\s*T\d+(?:\.\d+)?)*)\]")


def defined(theory):
    """Numbers of the formulas (at the end of a line or after a term in bold) and of the sections."""
    formulas = re.findall(r"^(?: {4}.*|\*\*.*)\[T(\d+\.\d+)\](?:$|:)", theory, re.MULTILINE)
    sections = re.findall(r"^## (\d+)\. ", theory, re.MULTILINE)
    return formulas, sections


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent)
    formulas, sections = defined((root / "docs" / "theory.md").read_text(encoding="utf-8"))
    problems = [f"docs/theory.md: [T{f}] is there twice" for f in sorted(set(formulas)) if formulas.count(f) > 1]
    known, cited = set(formulas) | set(sections), 0
    for top in ("src", "tests", "bench", "python", "tools"):
        for path in sorted((root / top).rglob("*")):
            if path.suffix not in {".cpp", ".hpp", ".cu", ".py"} or path.name == Path(__file__).name or root / "bench" / "out" in path.parents:
                continue
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                for group in CITATION.findall(line):
                    for name in re.findall(r"[\d.]+", group):
                        cited += 1
                        if name not in known:
                            problems.append(f"{path.relative_to(root)}:{number}: [T{name}] is not in docs/theory.md")
    print(*problems, sep="\n", end="\n" if problems else "")
    print(f"theory: {len(formulas)} formulas, {cited} citations, {len(problems)} problem{'s' * (len(problems) != 1)}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
