#!/usr/bin/env python3
"""Fits the cost model's constants to kernels that space.py measured.

  fit_model.py TT_EXPLAIN TARGET space.jsonl... [--constants dramLatency,alone]
               [--rounds 4] [--halves] [--pairs] [--wide-rows]

A pattern search from the constants as they are: each in turn is made larger or
smaller by a step, with --pairs each two of them as well, and stays so if the loss
falls; then the steps are halved. --wide-rows leaves out problems with rows that are no
multiple of 16 bytes: the default leaves out tiles that are slow with them, which the
model does not know. The loss of a problem is how much longer than the fastest of its
kernels those take that the model would choose, each by a weight that falls with its
estimate, plus a part of what estimates differ by from times. Large changes count as
loss, too.

Prints the constants (CostConstants.h) and, before and after, the mean of model's
choice / fastest. --halves first fits to each half of the problems and judges by the
other: what does not help there is not worth having.
"""

import argparse
import itertools
import math
import pathlib
import subprocess
import sys

import model
import results as results_module
import space_tables

WIDEST_COPY = 16  # bytes
CHOICE_WIDTH = 0.012  # in log(estimate): what is this much longer has 1/e the weight
ERROR_SHARE = 0.15  # of the root mean square error near the best, in the loss
NEAR = 0.15  # in log(time): kernels this much slower count 1/e in that error
STEP = 0.16  # first change of a constant, as a logarithm
CHANGE_LOSS = 0.005  # of the square of a constant's logarithmic change


class Fit:
    """Kernels that the compiler does not refuse, by problem, and what the model says
    of them."""

    def __init__(self, tt_explain, target, runs):
        self._tool = (tt_explain, target)
        rows = [row for run in runs for row in run]
        refused = {id(row) for row, us in zip(rows, model.estimate(*self._tool, rows))
                   if us is None}
        known = [[row for row in run if id(row) not in refused] for run in runs]
        self._runs = [run for run in known if len(run) >= model.FEWEST]
        self._rows = [row for run in self._runs for row in run]
        if not self._rows:
            raise ValueError("no problem with enough kernels")

    def count_kernels(self):
        return len(self._rows)

    def _estimate(self, constants):
        """[(estimate, time)] of each run."""
        found = iter(model.estimate(*self._tool, self._rows, constants))
        return [[(next(found), row["us"]) for row in run] for run in self._runs]

    def loss(self, constants, first):
        runs = self._estimate(constants)
        slow, square = 0, 0
        for run in runs:
            slow += _choose_softly(run)
            square += _mean_square_error(run)
        change = sum(math.log(constants[name] / first[name])**2 for name in constants)
        return (slow / len(runs) + ERROR_SHARE * math.sqrt(square / len(runs))
                + CHANGE_LOSS * change)

    def ratios(self, constants):
        """Time of the model's choice / least time, of each run."""
        return [model.get_ratio(run) for run in self._estimate(constants)]


def _choose_softly(run):
    """log(time / least time), averaged by how likely the model is to choose it."""
    least = min(e for e, _ in run)
    weights = [(e / least)**(-1 / CHOICE_WIDTH) for e, _ in run]
    fastest = min(us for _, us in run)
    return sum(w * math.log(us / fastest)
               for w, (_, us) in zip(weights, run)) / sum(weights)


def _mean_square_error(run):
    """Of log(estimate / time), beside its mean: a problem's kernels are compared with
    each other alone."""
    fastest = min(us for _, us in run)
    weights = [(us / fastest)**(-1 / NEAR) for _, us in run]
    errors = [math.log(e / us) for e, us in run]
    total = sum(weights)
    mean = sum(w * x for w, x in zip(weights, errors)) / total
    return sum(w * (x - mean)**2 for w, x in zip(weights, errors)) / total


def list_moves(names, pairs):
    """Lists of constants, and for each list its possible {constant: direction}."""
    groups = [*((name,) for name in names),
              *(itertools.combinations(names, 2) if pairs else ())]
    return [[dict(zip(group, signs))
             for signs in itertools.product((1, -1), repeat=len(group))]
            for group in groups]


def search(fit, first, rounds, pairs):
    """The constants with the least loss found."""
    best, least, step = dict(first), fit.loss(first, first), STEP
    for _ in range(rounds):
        for moves in list_moves(list(first), pairs):
            for move in moves:
                changed = {name: best[name] * math.exp(sign * step)
                           for name, sign in move.items()}
                tried = {**best, **changed}
                if (loss := fit.loss(tried, first)) < least:
                    best, least = tried, loss
                    break
        step /= 2
    return best


def has_wide_rows(row):
    """Whether rows of A and of B are multiples of the widest copy."""
    elements = WIDEST_COPY // (4 if row["element_type"] == "f32" else 2)
    return row["m"] % elements == 0 and row["k"] % elements == 0


def describe(ratios):
    return (f"{results_module.geometric_mean(ratios):.4f}, "
            f"{sum(x > space_tables.FAR for x in ratios)} of {len(ratios)} "
            f"above {space_tables.FAR}")


def judge_halves(tool, runs, first, rounds, pairs):
    """Fits to one half of the sizes, prints what it does for the other."""
    first_half = set(sorted({size for _, size, _ in runs})[::2])
    one, two = (Fit(*tool, [rows for (_, size, _), rows in runs.items()
                            if (size in first_half) == is_first])
                for is_first in (True, False))
    for half, (fit, other) in enumerate(((one, two), (two, one)), 1):
        found = search(fit, first, rounds, pairs)
        print(f"fitted to half {half}, the other: "
              f"{describe(other.ratios(first))} -> {describe(other.ratios(found))}",
              flush=True)


def get_constants(tt_explain):
    """{name: value} of all that can be fitted, as the model has them."""
    done = subprocess.run([tt_explain, "--list-constants"], capture_output=True,
                          text=True, check=True)
    return {name: float(value) for name, value in
            (line.split("=") for line in done.stdout.split())}


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tt_explain")
    parser.add_argument("target")
    parser.add_argument("results", nargs="+", type=pathlib.Path)
    parser.add_argument("--constants", default="", help="those to fit (all)")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--halves", action="store_true")
    parser.add_argument("--pairs", action="store_true")
    parser.add_argument("--wide-rows", action="store_true")
    return parser.parse_args()


def run(arguments):
    tool = (arguments.tt_explain, arguments.target)
    known = get_constants(arguments.tt_explain)
    names = arguments.constants.split(",") if arguments.constants else list(known)
    if unknown := [name for name in names if name not in known]:
        raise ValueError(f"unknown constants {', '.join(unknown)}, expected some of "
                         + ", ".join(known))
    first = {name: known[name] for name in names}
    runs = model.read_runs(arguments.results)
    if arguments.wide_rows:
        runs = {run: rows for run, rows in runs.items() if has_wide_rows(rows[0])}
    if arguments.halves:
        judge_halves(tool, runs, first, arguments.rounds, arguments.pairs)
    fit = Fit(*tool, runs.values())
    found = search(fit, first, arguments.rounds, arguments.pairs)
    for name, value in found.items():
        print(f"{name} = {first[name]:.4g} -> {value:.4g}")
    print(f"{fit.count_kernels()} kernels, model's choice / fastest: "
          f"{describe(fit.ratios(first))} -> {describe(fit.ratios(found))}")


def main():
    try:
        run(parse_arguments())
    except (OSError, ValueError, RuntimeError, subprocess.CalledProcessError) as error:
        print(f"fit_model.py: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
