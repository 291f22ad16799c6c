#!/usr/bin/env python3
"""Takes the LLVM bitcode out of a kernel file: strip_bitcode.py FROM TO."""

import json
import sys


def checksum(text):
    """FNV-1a, 64 bits, as KernelFile.cpp computes it."""
    value = 0xCBF29CE484222325
    for byte in text.encode():
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return f"{value:016x}"


def main():
    with open(sys.argv[1]) as stream:
        file = json.load(stream)
    file["kernel"]["bitcode"] = ""
    compact = json.dumps(file["kernel"], sort_keys=True, ensure_ascii=False,
                         separators=(",", ":"))
    file["checksum"] = checksum(compact)
    with open(sys.argv[2], "w") as stream:
        json.dump(file, stream)


if __name__ == "__main__":
    main()
