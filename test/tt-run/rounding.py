"""Compares the rounding of operands with the definition, bit for bit.

K = 1 and B = 1 make C the rounded A. A holds, for every sign and exponent,
mantissas around ties and ends of the TF32 grid, and random ones.

  rounding.py TT_RUN FOLDER
"""

import os
import random
import struct
import subprocess
import sys

import npy

INFINITY = 0x7F800000
SIGN = 0x80000000


def patterns():
    generator = random.Random(0)
    mantissas = {0x7FFFFF, 0x7FF000, 0x7FEFFF, 0x400000, 1, 0}
    for high in (0, 1, 2, 0x155, 0x200, 0x3FE, 0x3FF):
        for low in (0, 1, 0xFFF, 0x1000, 0x1001, 0x1FFF):
            mantissas.add(high << 13 | low)
    mantissas.update(generator.getrandbits(23) for _ in range(80))
    for upper in range(512):
        for mantissa in sorted(mantissas):
            yield upper << 23 | mantissa


def is_nan(bits):
    return bits & ~SIGN > INFINITY


def expected(bits, rounding):
    """The value that the tensor core multiplies, or None for any NaN."""
    if rounding == "nearest":
        if is_nan(bits):
            return None
        return (bits + 0x1000) & 0xFFFFE000
    if rounding == "nearest_finite":
        bits = bits + 0x1000 & 0xFFFFFFFF
    bits &= 0xFFFFE000
    return None if is_nan(bits) else bits


def main():
    tt_run, folder = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    a, b, c = (os.path.join(folder, name) for name in ("a.npy", "b.npy", "c.npy"))
    inputs = list(patterns())
    npy.write(a, 1, len(inputs), struct.pack(f"<{len(inputs)}I", *inputs))
    npy.write(b, 1, 1, struct.pack("<f", 1.0))
    failed = False
    for rounding in ("nearest", "nearest_finite", "truncate"):
        done = subprocess.run(
            [tt_run, "--m", str(len(inputs)), "--n", "1", "--k", "1",
             "--precision", f"tf32, rounding = {rounding}", "--a", a, "--b", b,
             "--c", c, "--no-verify", "--device", "emulator"],
            capture_output=True, text=True)
        if done.returncode != 0:
            print(done.stdout, done.stderr)
            return 1
        wrong = 0
        for bits, got in zip(inputs, npy.read(c, "I"), strict=True):
            want = expected(bits, rounding)
            # 0 + (-0) is +0 in the accumulator.
            right = is_nan(got) if want is None else (
                got == want or (want == SIGN and got == 0))
            if not right:
                wrong += 1
                if wrong < 5:
                    shown = "NaN" if want is None else f"{want:08x}"
                    print(f"{bits:08x}: expected {shown}, found {got:08x}")
        failed |= wrong > 0
        print(f"{rounding}: {len(inputs)} patterns, {wrong} wrong")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
