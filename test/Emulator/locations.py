#!/usr/bin/env python3
"""Prints the op that stands at the location of each kind of instruction in a table
of counters: locations.py TABLE STAGE.mlir."""

import re
import sys


def main():
    table, stage = (open(name).read().splitlines() for name in sys.argv[1:])
    seen = set()
    for line in table:
        found = re.search(r" (ldmatrix|cp\.async|st\.global)\S* "
                          r"\(mlir-nvgpu:(\d+):(\d+)\)", line)
        if not found or found[1] in seen:
            continue
        seen.add(found[1])
        text = stage[int(found[2]) - 1]
        op = re.search(r"(nvgpu|vector)\.\w+", text)
        print(f"{found[1]}: {op[0] if op else text}")


if __name__ == "__main__":
    main()
