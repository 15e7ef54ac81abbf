#!/usr/bin/env python3
"""Writes some frames of an extended XYZ file to standard output, with a config_type if asked.

    tools/pick_frames.py FILE [--skip N] [--every N] [--config-type NAME]
"""
import argparse
import re

from extended_xyz import read_frames


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file")
    parser.add_argument("--skip", type=int, default=0, help="frames to leave out at the start")
    parser.add_argument("--every", type=int, default=1, help="keep one of so many of the rest")
    parser.add_argument("--config-type", help="replaces the frames' config_type")
    arguments = parser.parse_args()
    for number, (comment, atoms) in enumerate(read_frames(arguments.file)):
        if number < arguments.skip or (number - arguments.skip) % arguments.every:
            continue
        if arguments.config_type:
            comment = re.sub(r'\s*\bconfig_type=("[^"]*"|\S+)', "", comment) + f" config_type={arguments.config_type}"
        print(len(atoms), comment, *atoms, sep="\n")


if __name__ == "__main__":
    main()
