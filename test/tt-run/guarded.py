"""Guarded rounding keeps every NaN, and nothing else.

A and B are random but for NaN of the patterns that one addition loses, one in each
k-tile of either, infinity, and the largest finite number, each in a row of its own.
A NaN makes its row or column of C NaN; an infinity stays one; all other elements are
as without them.

  guarded.py TT_RUN FOLDER
"""

import math
import os
import random
import struct
import subprocess
import sys

import npy

# As many block rows as columns, more than twice as many, less than a third.
SHAPES = ((150, 140), (310, 70), (70, 410))
K, K_TILE = 200, 16
CONFIG = ("#tt.config<block = [64, 64, 16], warp = [32, 32], stages = 3, {}"
          "rounding_form = guarded>")
# How blocks share tiles: then each looks at the k-tiles that it has.
SHARED = ("", "split_k = 3, ", "stream_k = [7, 11], ")
# Lost in a wrap-around to zero, lost to infinity, and one that is not lost.
NANS = (0x7FFFFFFF, 0xFFFFF000, 0x7F800001, 0xFF800FFF, 0x7FC00000)
INFINITY, LARGEST_TF32 = 0x7F800000, 0x7F7FE000


def bits(value):
    return struct.unpack("<I", struct.pack("<f", value))[0]


def run(tt_run, folder, config, m, n, a, b):
    paths = [os.path.join(folder, f"{x}.npy") for x in "abc"]
    npy.write(paths[0], K, m, struct.pack(f"<{K * m}I", *a))
    npy.write(paths[1], n, K, struct.pack(f"<{n * K}I", *b))
    subprocess.run([tt_run, "--m", str(m), "--n", str(n), "--k", str(K),
                    "--config", config, "--a", paths[0], "--b", paths[1], "--c",
                    paths[2], "--no-verify", "--device", "emulator"],
                   check=True, stdout=subprocess.DEVNULL)
    return list(npy.read(paths[2], "f"))


def count_wrong(tt_run, folder, config, shape):
    height, width = shape
    generator = random.Random(0)
    a = [bits(generator.random() + 0.5) for _ in range(K * height)]
    b = [bits(generator.random() + 0.5) for _ in range(width * K)]
    clean = run(tt_run, folder, config, height, width, a, b)
    tiles = range(0, K, K_TILE)
    *rows, infinite, large = generator.sample(range(height), len(tiles) + 2)
    columns = generator.sample(range(width), len(tiles))
    for i, first in enumerate(tiles):
        k = generator.randrange(first, min(first + K_TILE, K))
        a[k * height + rows[i]] = NANS[i % len(NANS)]
        b[columns[i] * K + k] = NANS[-i % len(NANS)]
    a[generator.randrange(K) * height + infinite] = INFINITY
    a[generator.randrange(K) * height + large] = LARGEST_TF32
    found = run(tt_run, folder, config, height, width, a, b)
    wrong = 0
    for m in range(height):
        for n in range(width):
            got = found[m * width + n]
            if m in rows or n in columns:
                right = math.isnan(got)
            elif m == infinite:
                right = got == math.inf
            elif m == large:
                right = got > 1e38
            else:
                right = got == clean[m * width + n]
            wrong += not right
    return wrong


def main():
    tt_run, folder = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    wrong = [count_wrong(tt_run, folder, CONFIG.format(shared), shape)
             for shape in SHAPES for shared in SHARED]
    print(f"{sum(m * n for m, n in SHAPES)} elements, {wrong} wrong")
    return 1 if any(wrong) else 0


if __name__ == "__main__":
    sys.exit(main())
