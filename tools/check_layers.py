#!/usr/bin/env python3
"""The layering lint: includes point down only (see ARCHITECTURE.md), and a few rules that text can check.

    tools/check_layers.py [ROOT]      exit status 1 when a rule is broken; long files are listed but allowed

Lines have at most 120 characters, functions outside kernels at most 60 lines; the median length of a function is printed.
"""
import re
import statistics
import sys
from pathlib import Path

# layer -> what it may include besides itself: a whole layer ("base") or one header ("potential/potential.hpp").
MAY_INCLUDE = {
    "base": [],
    "system": ["base"],
    "kernel": ["base"],
    "fit": ["kernel", "base"],
    "potential": ["system", "kernel", "base"],
    "dynamics": ["potential/potential.hpp", "system", "kernel", "base"],
    "train": ["potential", "fit", "system", "kernel", "base"],
    "report": ["train", "potential", "fit", "system", "kernel", "base"],
    "nuclear": ["fit", "kernel/mlp.hpp", "base"],
    "oracle": ["potential", "system", "kernel", "base"],
    "active": ["report", "dynamics", "train", "nuclear", "oracle", "potential", "fit", "system", "kernel", "base"],
    "app": ["active", "report", "dynamics", "train", "nuclear", "oracle", "potential", "fit", "system", "kernel", "base"],
    "link": ["active", "report", "dynamics", "train", "nuclear", "oracle", "potential", "fit", "system", "kernel", "base"],
}
MAY_PRINT = {"app", "link"}
SOURCES = {".cpp", ".hpp", ".cu", ".cuh", ".inc", ".h"}
FORBIDDEN_WORDS = {"manager", "handler", "util", "utils", "helper", "helpers", "impl"}
FILE_LINES, KERNEL_LINES = 400, 600
FOLDER_ENTRIES = 12
NETWORK_FILES = {"kernel/mlp.hpp", "kernel/simd/lanes.hpp"}  # the second defines the sigmoid for vectors
LINE_WIDTH = 120  # characters, not bytes
FUNCTION_LINES = 60

INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]', re.MULTILINE)
COMMENT = re.compile(r'//[^\n]*|/\*.*?\*/', re.DOTALL)
ACTIVATION = re.compile(r"\b(silu|sigmoid|relu|gelu|softplus)\s*\(")
STRING = re.compile(r'"(?:\\.|[^"\\\n])*"')
PRINTS = re.compile(
    r"std::(cout|cerr|clog)\b|(?<![\w.>])(?:std::)?(?:printf|puts|putchar|exit|_Exit|quick_exit)\s*\("
    r"|fmt::print\s*\(\s*(?:\"\"|stdout|stderr|fg\b|fmt::)")


def blank(match):
    """Keeps the line breaks, so that line numbers stay true."""
    return re.sub(r"[^\n]", " ", match.group())


def sources(root):
    base = root / "src" / "orogen"
    return sorted(p for p in base.rglob("*") if p.suffix in SOURCES and p.is_file())


def layer_of(path, root):
    parts = path.relative_to(root / "src" / "orogen").parts
    return parts[0] if len(parts) > 1 else None


def allowed(layer, target):
    """May a file of `layer` include orogen/`target` ("system/structure.hpp")?"""
    return target.split("/")[0] == layer or target in MAY_INCLUDE[layer] or target.split("/")[0] in MAY_INCLUDE[layer]


def check_includes(path, root, graph):
    problems = []
    name = path.relative_to(root)
    layer = layer_of(path, root)
    if layer not in MAY_INCLUDE:
        return [f"{name}: not in a known layer ({', '.join(MAY_INCLUDE)})"]
    text = COMMENT.sub(blank, path.read_text(encoding="utf-8"))
    edges = graph.setdefault(path, [])
    for match in INCLUDE.finditer(text):
        where = f"{name}:{text.count(chr(10), 0, match.start(2)) + 1}"
        quote, target = match.groups()
        if not target.startswith("orogen/"):
            if quote == '"':
                problems.append(f'{where}: "{target}" — write own headers in full ("orogen/LAYER/…"), foreign ones in <>')
            continue
        inner = target[len("orogen/"):]
        if not (root / "src" / target).is_file():
            problems.append(f'{where}: "{target}" does not exist')
            continue
        edges.append((root / "src" / target).resolve())
        if not allowed(layer, inner):
            may = ", ".join(MAY_INCLUDE[layer]) or "nothing of orogen"
            problems.append(f'{where}: {layer} may not include "{target}" (it may include {may})')
    return problems


def check_prints(path, root):
    if layer_of(path, root) in MAY_PRINT:
        return []
    text = STRING.sub('""', COMMENT.sub(blank, path.read_text(encoding="utf-8")))
    return [f"{path.relative_to(root)}:{text.count(chr(10), 0, m.start()) + 1}: "
            f"'{m.group().strip()}' — nothing below app prints or exits; throw, or report through a callback"
            for m in PRINTS.finditer(text)]


def check_names(root):
    problems = []
    for top in ("src", "tests", "bench", "tools", "python", "examples"):
        for path in sorted((root / top).rglob("*")):
            words = set(re.split(r"[^a-z]+", path.stem.lower()))
            if path.is_file() and "out" not in path.relative_to(root).parts and words & FORBIDDEN_WORDS:
                problems.append(f"{path.relative_to(root)}: a file's name says what is in it, "
                                f"not '{(words & FORBIDDEN_WORDS).pop()}'")
    return problems


def check_folders(root):
    """A folder of more than a dozen entries is one that nobody surveys."""
    problems = []
    for top in ("src", "tests", "bench"):
        folders = [f for f in (root / top).rglob("*") if f.is_dir() and not {"out", "__pycache__"} & set(f.parts)]
        for folder in [root / top] * (root / top).is_dir() + sorted(folders):
            entries = [e for e in folder.iterdir() if e.name not in {"out", "__pycache__"}]
            if len(entries) > FOLDER_ENTRIES:
                problems.append(f"{folder.relative_to(root)}: {len(entries)} entries, at most {FOLDER_ENTRIES}: "
                                "group them in folders")
    return problems


def code_files(root):
    tops = [root / "src" / "orogen", root / "tests", root / "bench", root / "python"]
    return sorted(p for top in tops if top.is_dir() for p in top.rglob("*")
                  if p.suffix in SOURCES and p.is_file() and "out" not in p.relative_to(root).parts)


SCOPE = re.compile(r"\s*(?:extern\b|(?:inline\s+)?namespace\b|(?:typedef\s+)?(?:template\s*<.*>\s*)?(?:class|struct|union|enum)\b)",
                   re.DOTALL)
RAW_STRING = re.compile(r'R"(\w*)\(.*?\)\1"', re.DOTALL)
DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.MULTILINE)
CHARACTER = re.compile(r"(?<![0-9a-zA-Z])'(?:\\.|[^'\\\n])'")


def check_width(root):
    problems = []
    for path in code_files(root):
        text = RAW_STRING.sub(lambda m: "\n" * m.group().count("\n"), path.read_text(encoding="utf-8"))  # style sheets and inputs keep their lines
        for number, line in enumerate(text.splitlines(), 1):
            if len(line) > LINE_WIDTH:
                problems.append(f"{path.relative_to(root)}:{number}: {len(line)} characters, at most {LINE_WIDTH}")
    return problems


def functions(text):
    """(first line, lines) of every function body, by the depth of braces: what stands before a brace outside of any function
    distinguishes a function (it has parameters) from a namespace, a type or an initial value."""
    for pattern in (RAW_STRING, COMMENT, STRING, CHARACTER, DIRECTIVE):
        text = pattern.sub(blank, text)
    found, inside, line, head, head_line = [], [], 1, "", 1
    for letter in text:
        if letter == "\n":
            line += 1
        if inside and inside[-1][0] != "scope":  # in a function or an initial value: only count the braces
            if letter == "{":
                inside[-1][2] += 1
            elif letter == "}":
                inside[-1][2] -= 1
                if inside[-1][2] == 0:
                    kind, first, _ = inside.pop()
                    if kind == "function":
                        found.append((first, line - first + 1))
                    head = ""
            continue
        if letter == "{":
            is_scope = SCOPE.match(head) and not head.rstrip().endswith(")")
            kind = "scope" if is_scope else "function" if "(" in head else "value"
            inside.append([kind, head_line, 1])
            head = ""
        elif letter == "}":
            if inside:
                inside.pop()
            head = ""
        elif letter == ";":
            head = ""
        else:
            if not head.strip() and letter.strip():
                head_line = line
            head += letter
    return found


def function_lengths(root):
    """(place, lines) of every function outside kernels."""
    return [(f"{path.relative_to(root)}:{first}", lines) for path in sources(root)
            if layer_of(path, root) != "kernel" for first, lines in functions(path.read_text(encoding="utf-8"))]


def check_functions(root):
    return [f"{place}: a function of {lines} lines, at most {FUNCTION_LINES}"
            for place, lines in function_lengths(root) if lines > FUNCTION_LINES]


def check_networks(root):
    """The tree has one network block: no other file calls or defines an activation function."""
    problems = []
    for path in sources(root):
        if path.relative_to(root / "src" / "orogen").as_posix() in NETWORK_FILES:
            continue
        text = STRING.sub('""', COMMENT.sub(blank, path.read_text(encoding="utf-8")))
        problems += [f"{path.relative_to(root)}:{text.count(chr(10), 0, m.start()) + 1}: '{m.group(1)}' — the one network "
                     "block is kernel/mlp.hpp" for m in ACTIVATION.finditer(text)]
    return problems


def find_cycles(graph, root):
    """Depth-first search; a grey node met again closes a cycle."""
    colour, problems = {}, []

    def visit(node, stack):
        colour[node] = "grey"
        for target in graph.get(node, []):
            if colour.get(target) == "grey":
                ring = stack[stack.index(target):] + [target]
                problems.append("include cycle: " + " → ".join(str(p.relative_to(root / "src")) for p in ring))
            elif target not in colour:
                visit(target, stack + [target])
        colour[node] = "black"

    for node in sorted(graph):
        if node not in colour:
            visit(node, [node])
    return problems


def long_files(root):
    rows = []
    for path in sources(root) + sorted((root / "tests").rglob("*.?pp")):
        lines = len(path.read_text(encoding="utf-8").splitlines())
        limit = KERNEL_LINES if "kernel" in path.relative_to(root).parts else FILE_LINES
        if lines > limit:
            rows.append(f"{path.relative_to(root)}: {lines} lines, over {limit}")
    return rows


def check(root):
    root = Path(root).resolve()
    graph, problems = {}, []
    for path in sources(root):
        problems += check_includes(path, root, graph)
        problems += check_prints(path, root)
    return problems + find_cycles(graph, root) + check_names(root) + check_folders(root) + check_width(root) + check_functions(root) + check_networks(root)


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent).resolve()
    problems = check(root)
    for problem in problems:
        print(problem)
    for row in long_files(root):
        print(f"note: {row} (wants a reason or a split)")
    lengths = [lines for _, lines in function_lengths(root)]
    if lengths:
        print(f"functions: {len(lengths)}, median {statistics.median(lengths):g} lines")
    print(f"layers: {len(sources(root))} files, {len(problems)} problem{'s' * (len(problems) != 1)}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
