#!/usr/bin/env python3
"""Says whether two PTX files have the same instructions: same_instructions.py A B.

Line directives, comments and debug sections are no instructions.
"""

import sys


def instructions(name):
    with open(name) as stream:
        lines = [line.strip() for line in stream]
    result = []
    for line in lines:
        if line.startswith(".section"):
            break
        if line and not line.startswith((".loc", ".file", "//", "$L__", ".target")):
            result.append(line)
    return result


def main():
    a, b = map(instructions, sys.argv[1:])
    different = [pair for pair in zip(a, b) if pair[0] != pair[1]]
    if different or len(a) != len(b):
        print(f"different: {different[:3]}, {len(a)} and {len(b)} lines")
    else:
        print(f"the same {len(a)} lines")


if __name__ == "__main__":
    main()
