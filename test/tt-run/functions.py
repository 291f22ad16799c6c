"""Runs Inputs/functions.mlir and compares the results with exact integers.

  functions.py TT_RUN MODULE FOLDER [DEVICE]
"""

import os
import random
import subprocess
import sys

import npy

generator = random.Random(0)


def integers(count):
    return [float(generator.randint(-3, 3)) for _ in range(count)]


def rows(flat, columns):
    return [flat[i:i + columns] for i in range(0, len(flat), columns)]


def product(a, b):
    """A is (K, M), B is (N, K)."""
    return [[sum(a[k][m] * row[k] for k in range(len(a))) for row in b]
            for m in range(len(a[0]))]


def flatten(matrix):
    return [x for row in matrix for x in row]


class Runner:
    def __init__(self, tt_run, module, folder, device="emulator"):
        self.command = [tt_run, module, "--device", device]
        self.folder = folder
        os.makedirs(folder, exist_ok=True)
        self.failed = 0

    def run(self, entry, inputs, outputs):
        """`inputs`: (descr, shape, values), or text as it is. The outputs."""
        sources = []
        for i, value in enumerate(inputs):
            if isinstance(value, tuple):
                path = os.path.join(self.folder, f"{entry}-in{i}.npy")
                npy.write_array(path, *value)
                value = path
            sources.append(value)
        paths = [os.path.join(self.folder, f"{entry}-out{i}.npy")
                 for i in range(outputs)]
        done = subprocess.run(
            self.command + ["--entry", entry, "--inputs", ",".join(sources),
                            "--outputs", ",".join(paths)],
            capture_output=True, text=True)
        if done.returncode:
            print(done.stdout, done.stderr)
            sys.exit(1)
        return [npy.read_array(path) for path in paths]

    def check(self, entry, found, want):
        right = list(found) == list(want)
        print(f"{entry}: {'exact' if right else 'WRONG'}")
        self.failed += not right


def check_batch(runner):
    a, b = integers(2 * 24 * 20), integers(18 * 24)
    bias = integers(18)
    (_, shape, found), = runner.run(
        "batch", [("<f4", (2, 24, 20), a), ("<f4", (18, 24), b),
                  ("<f4", (18,), bias), "-2"], 1)
    want = []
    for i in range(2):
        c = product(rows(a[i * 480:(i + 1) * 480], 20), rows(b, 24))
        want += [-2 * x + y for row in c for x, y in zip(row, bias)]
    assert shape == (2, 20, 18), shape
    runner.check("batch", found, want)


def check_insert(runner):
    a, b, d = integers(24 * 20), integers(18 * 24), integers(30 * 40)
    (_, _, found), = runner.run(
        "insert", [("<f4", (24, 20), a), ("<f4", (18, 24), b),
                   ("<f8", (30, 40), d)], 1)
    want = rows(d, 40)
    for m, row in enumerate(product(rows(a, 20), rows(b, 24))):
        want[3 + m][5:23] = row
    runner.check("insert", found, flatten(want))


def check_pad(runner):
    a, b = integers(22 * 19), integers(18 * 24)
    (_, _, found), = runner.run(
        "pad", [("<f4", (22, 19), a), ("<f4", (18, 24), b)], 1)
    padded = [[0] * 20] + [row + [0] for row in rows(a, 19)] + [[0] * 20]
    runner.check("pad", found, flatten(product(padded, rows(b, 24))))


def check_control_flow(runner):
    a, b = integers(256), [float(i == 3 * j % 16) for i in range(16)
                           for j in range(16)]
    inputs = [("<f4", (16, 16), a), ("<f4", (16, 16), b)]
    once = product(rows(a, 16), rows(b, 16))
    for flag, want in (("1", flatten(once)), ("0", a)):
        (_, _, found), = runner.run("branch", inputs + [flag], 1)
        runner.check(f"branch {flag}", found, want)
    for count in (0, 1, 3):
        want = rows(a, 16)
        for _ in range(count):
            want = product(want, rows(b, 16))
        (_, _, found), = runner.run("repeat", inputs + [str(count)], 1)
        runner.check(f"repeat {count}", found, flatten(want))


def check_constant(runner):
    a = integers(4 * 6)
    (_, _, found), = runner.run("constant", [("<f4", (4, 6), a)], 1)
    b = [[1, 2, 3, 4], [-1, 0, 5, 2]]
    runner.check("constant", found, flatten(product(rows(a, 6), b)))


def check_views(runner):
    a, b = integers(24 * 20), integers(18 * 24)
    for m in (7, 20):
        found = runner.run("views", [("<f2", (24, 20), a), ("<f2", (18, 24), b),
                                     f"{m}x18"], 3)
        want = product(rows(a, 20), rows(b, 24))[:m]
        runner.check(f"views {m}", found[2][2], flatten(want))
        runner.check(f"views {m}, operand", found[0][2], a)


def check_odd_slices(runner):
    a, b = integers(75 * 21), integers(23 * 75)
    (_, _, found), = runner.run(
        "odd_slices", [("<f2", (75, 21), a), ("<f2", (23, 75), b)], 1)
    x = [row[5:18] for row in rows(a, 21)[3:73]]
    y = [row[1:71] for row in rows(b, 75)[2:20]]
    runner.check("odd slices", found, flatten(product(x, y)))


def check_device_memory(runner):
    a, b = integers(24 * 20), integers(18 * 24)
    found = runner.run("device_memory", [("<f4", (24, 20), a),
                                         ("<f4", (18, 24), b)], 3)
    runner.check("device memory", found[2][2],
                 flatten(product(rows(a, 20), rows(b, 24))))


def check_types(runner):
    found = runner.run(
        "types", ["0.1", "-0.5", "3", "-9007199254740993", "-32768", "255", "1",
                  "42", ("<i8", (3,), [1, -2, 2**31 - 1]),
                  ("<f8", (2, 2), [0.1, 0.2, 0.3, 0.4]), ("|u1", (), [200])], 11)
    runner.check("types", [(descr, shape, *values)
                           for descr, shape, values in found],
                 [("|b1", (), True), ("<f8", (), 0.1),
                  ("<i4", (3,), 1, -2, 2**31 - 1), ("<u2", (), 0x4040),
                  ("|i1", (), -1), ("<f8", (2, 2), 0.1, 0.2, 0.3, 0.4),
                  ("<f2", (), -0.5), ("<i2", (), -32768), ("|i1", (), -56),
                  ("<i8", (), 42), ("<i8", (), -9007199254740993)])


def main():
    runner = Runner(*sys.argv[1:])
    check_batch(runner)
    check_insert(runner)
    check_pad(runner)
    check_control_flow(runner)
    check_constant(runner)
    check_views(runner)
    check_odd_slices(runner)
    check_device_memory(runner)
    check_types(runner)
    print("all exact" if not runner.failed else f"{runner.failed} wrong")
    return 1 if runner.failed else 0


if __name__ == "__main__":
    sys.exit(main())
