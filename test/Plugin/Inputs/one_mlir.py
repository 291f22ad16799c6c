"""Fails if a binary that needs libMLIR.so defines MLIR's own symbols as well."""

import subprocess
import sys

MARKER = "mlir::MLIRContext::MLIRContext("


def defines_mlir(path):
    for flags in (["-C"], ["-C", "-D"]):
        listing = subprocess.run(["nm", *flags, "--defined-only", path],
                                 capture_output=True, text=True).stdout
        if any(MARKER in line for line in listing.splitlines()):
            return True
    return False


def needs_library(path):
    listing = subprocess.run(["objdump", "-p", path], capture_output=True,
                             text=True, check=True).stdout
    return "libMLIR.so" in listing


bad = [path for path in sys.argv[1:]
       if needs_library(path) == defines_mlir(path)]
for path in bad:
    print(f"{path}: holds " + ("two MLIRs" if needs_library(path) else "none"))
sys.exit(1 if bad else 0)
