"""Runs Inputs/model.mlir and compares both results of @f with exact integers.

  file_mode.py TT_RUN MODEL FOLDER
"""

import os
import random
import struct
import subprocess
import sys

import npy


def make(path, generator, rows, columns):
    values = [[generator.randint(-3, 3) for _ in range(columns)]
              for _ in range(rows)]
    flat = [float(x) for row in values for x in row]
    npy.write(path, rows, columns, struct.pack(f"<{len(flat)}f", *flat))
    return values


def product(a, b):
    """A is (K, M), B is (N, K)."""
    return [[sum(a[k][m] * row[k] for k in range(len(a))) for row in b]
            for m in range(len(a[0]))]


def main():
    tt_run, model, folder = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    generator = random.Random(0)
    paths = [os.path.join(folder, f"{x}.npy") for x in "abedc"]
    a = make(paths[0], generator, 64, 48)
    b = make(paths[1], generator, 80, 64)
    e = make(paths[2], generator, 40, 48)
    done = subprocess.run(
        [tt_run, model, "--entry", "f", "--device", "emulator",
         "--inputs", ",".join(paths[:3]), "--outputs", ",".join(paths[3:])],
        capture_output=True, text=True)
    print(done.stdout, done.stderr)
    c = [[x + 1 for x in row] for row in product(a, b)]
    # |C| < 2^10: exact in TF32.
    assert max(abs(x) for row in c for x in row) < 1024
    d = product(c, e)
    for path, want in ((paths[3], d), (paths[4], c)):
        flat = [float(x) for row in want for x in row]
        if list(npy.read(path)) != flat:
            print(f"{path} is wrong")
            return 1
    print("both results are exact")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
