"""Reading extended XYZ frames with nothing but the standard library (what orogen writes, not every dialect)."""
import gzip
import shlex


def open_text(path):
    return gzip.open(path, "rt", encoding="utf-8") if str(path).endswith(".gz") else open(path, encoding="utf-8")


def read_frames(path):
    """Yields (comment line, atom lines) of every whole frame; a frame cut off at the end of a file is left out."""
    with open_text(path) as file:
        while True:
            first = file.readline()
            if not first.strip():
                return
            count = int(first)
            comment = file.readline().rstrip("\n")
            atoms = [file.readline().rstrip("\n") for _ in range(count)]
            if not atoms or not atoms[-1]:
                return
            yield comment, atoms


def info(comment):
    """The key=value pairs of a comment line; a bare word is its own value."""
    return dict(word.split("=", 1) if "=" in word else (word, "T") for word in shlex.split(comment))


def columns(comment):
    """name -> (first column, width), from Properties=…"""
    fields, where, place = info(comment)["Properties"].split(":"), {}, 0
    for name, width in zip(fields[0::3], fields[2::3]):
        where[name] = (place, int(width))
        place += int(width)
    return where


def species_and_positions(comment, atoms):
    """Symbols and positions [Å] as lists."""
    where = columns(comment)
    s, p = where["species"][0], where["pos"][0]
    rows = [line.split() for line in atoms]
    return [row[s] for row in rows], [tuple(map(float, row[p:p + 3])) for row in rows]
