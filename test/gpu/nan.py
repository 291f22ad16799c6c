#!/usr/bin/env python3
"""Every NaN in every place comes through, on the GPU.

  nan.py KERNEL.ttk...

Kernels of f32 and static sizes with the contract `tf32`, rounding to nearest (such as
those with rounding_form = guarded). For each k, one launch has a NaN that rounding by
an addition alone would lose in half of the columns of A and a third of the rows of B,
each at another k, and one in all the others. C must be NaN in those rows and columns,
and exact elsewhere. Needs PyTorch and the CUDA driver; `python/` must be in PYTHONPATH.
Exits with 1 if any element is wrong.
"""

import pathlib
import sys

import torch

import tt_kernel

LOST = -1  # 0xFFFFFFFF: half a unit added wraps around to a zero


def count_wrong(path):
    kernel = tt_kernel.load(path, check=False)
    (k, m), (n, _) = (kernel.arguments[name]["sizes"] for name in "AB")
    device = {"device": "cuda"}
    a, b = torch.ones(k, m, **device), torch.ones(n, k, **device)
    columns, rows = torch.arange(m, **device), torch.arange(n, **device)
    wrong = 0
    for first in range(k):
        in_a, in_b = columns % 2 == first % 2, rows % 3 == first % 3
        for chosen_a, chosen_b in ((in_a, in_b), (~in_a, ~in_b)):
            a_k, b_k = (first + columns) % k, (first + rows) % k
            a.view(torch.int32)[a_k[chosen_a], columns[chosen_a]] = LOST
            b.view(torch.int32)[rows[chosen_b], b_k[chosen_b]] = LOST
            c = kernel(a, b)
            want = chosen_a[:, None] | chosen_b[None, :]
            wrong += (c.isnan() != want).sum() + (c[~want] != k).sum()
            a.fill_(1)
            b.fill_(1)
    return int(wrong)


def main():
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        print(__doc__)
        return 2
    failed = False
    for path in map(pathlib.Path, sys.argv[1:]):
        wrong = count_wrong(path)
        failed |= wrong != 0
        print(f"{path.name}: {wrong} elements wrong", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
