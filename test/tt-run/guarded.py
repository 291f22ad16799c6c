"""Guarded rounding keeps every NaN, and nothing else.

A and B are random but for NaN of the patterns that one addition loses, infinity,
and the largest finite number, each in a row of its own. A NaN makes its row or
column of C NaN; an infinity stays one; all other elements are as without them.

  guarded.py TT_RUN FOLDER
"""

import math
import os
import random
import struct
import subprocess
import sys

import npy

M, N, K = 150, 140, 100
CONFIG = ("#tt.config<block = [64, 64, 16], warp = [32, 32], stages = 3, {}"
          "rounding_form = guarded>")
# How blocks share tiles: then each looks at the k-tiles that it has.
SHARED = ("", "split_k = 3, ", "stream_k = [7, 11], ")
# Lost in a wrap-around to zero, lost to infinity, and one that is not lost.
NANS = (0x7FFFFFFF, 0xFFFFF000, 0x7F800001, 0xFF800FFF, 0x7FC00000)
INFINITY, LARGEST_TF32 = 0x7F800000, 0x7F7FE000


def bits(value):
    return struct.unpack("<I", struct.pack("<f", value))[0]


def run(tt_run, folder, config, a, b):
    paths = [os.path.join(folder, f"{x}.npy") for x in "abc"]
    npy.write(paths[0], K, M, struct.pack(f"<{K * M}I", *a))
    npy.write(paths[1], N, K, struct.pack(f"<{N * K}I", *b))
    subprocess.run([tt_run, "--m", str(M), "--n", str(N), "--k", str(K),
                    "--config", config, "--a", paths[0], "--b", paths[1], "--c",
                    paths[2], "--no-verify", "--device", "emulator"],
                   check=True, stdout=subprocess.DEVNULL)
    return list(npy.read(paths[2], "f"))


def count_wrong(tt_run, folder, config):
    generator = random.Random(0)
    a = [bits(generator.random() + 0.5) for _ in range(K * M)]
    b = [bits(generator.random() + 0.5) for _ in range(N * K)]
    clean = run(tt_run, folder, config, a, b)
    rows = generator.sample(range(M), len(NANS) + 2)
    columns = generator.sample(range(N), len(NANS))
    for row, pattern in zip(rows, (*NANS, INFINITY, LARGEST_TF32)):
        a[generator.randrange(K) * M + row] = pattern
    for column, pattern in zip(columns, NANS):
        b[column * K + generator.randrange(K)] = pattern
    found = run(tt_run, folder, config, a, b)
    wrong = 0
    for m in range(M):
        for n in range(N):
            got = found[m * N + n]
            if m in rows[:len(NANS)] or n in columns:
                right = math.isnan(got)
            elif m == rows[-2]:
                right = got == math.inf
            elif m == rows[-1]:
                right = got > 1e38
            else:
                right = got == clean[m * N + n]
            wrong += not right
    return wrong


def main():
    tt_run, folder = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    wrong = [count_wrong(tt_run, folder, CONFIG.format(shared)) for shared in SHARED]
    print(f"{M * N} elements, {wrong} wrong")
    return 1 if any(wrong) else 0


if __name__ == "__main__":
    sys.exit(main())
