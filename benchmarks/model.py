#!/usr/bin/env python3
"""How well does the cost model rank the kernels that space.py measured?

  model.py TT_EXPLAIN TARGET space.jsonl...

Every measured config is estimated anew by TT_EXPLAIN, so by the model as it is now.
For each problem of a run: what the kernel with the least estimate took, over the
fastest; and what is the default now, where that was measured, which is not the
model's choice of all: ChooseConfig.cpp leaves some out. Then the root mean square of
log(estimated / measured). Configs that the compiler refuses by now are left out, as are
problems with fewer than four others.
"""

import argparse
import collections
import json
import math
import pathlib
import subprocess
import sys
import tempfile

import cases
import report
import results as results_module
import space_tables

FEWEST = 4


def ask(tt_explain, target, rows, constants=()):
    """(microseconds by the model, config) of each row; None for a config that is
    refused; the default, if the row has none. {name: value} is in place of some of the
    model's constants. Raises RuntimeError."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as stream:
        for row in rows:
            contract = cases.CONTRACTS[row["contract"]]
            stream.write(json.dumps({
                "m": row["m"], "n": row["n"], "k": row["k"],
                "type": contract.element_type, "precision": contract.precision,
                "config": row.get("config", "")}) + "\n")
        stream.flush()
        pairs = ",".join(f"{name}={value!r}" for name, value in dict(constants).items())
        done = subprocess.run([tt_explain, "--estimate", stream.name, "--target", target,
                               "--constants", pairs], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip())
    answers = [line.split(" ", 1) for line in done.stdout.splitlines()]
    return [None if answer == ["refused"] else (float(answer[0]), answer[1])
            for answer in answers]


def estimate(tt_explain, target, rows, constants=()):
    """Microseconds of each row, or None."""
    return [answer and answer[0] for answer in ask(tt_explain, target, rows, constants)]


def read_runs(paths):
    """{(contract, size, file): our rows}: kernels that were timed together."""
    runs = collections.defaultdict(list)
    for path in paths:
        for problem in results_module.read([path]).problems:
            for row in problem.rows:
                if row.get("ours"):
                    runs[row["contract"], problem.size, path].append(row)
    return runs


def get_defaults(tt_explain, target, runs):
    """{run: time of what is the default config now / least time}, where that is among
    what was measured."""
    problems = [{"contract": contract, **{x: rows[0][x] for x in "mnk"}}
                for (contract, _, _), rows in runs.items()]
    ratios = {}
    for (run, rows), answer in zip(runs.items(), ask(tt_explain, target, problems)):
        times = {row["config"]: row["us"] for row in rows}
        if len(rows) >= FEWEST and answer and answer[1] in times:
            ratios[run] = times[answer[1]] / min(times.values())
    return ratios


def get_ratio(known):
    """Of (estimate, time) pairs: time of the least estimate / least time."""
    return min(known)[1] / min(us for _, us in known)


def judge(runs, estimates):
    """(ratios, errors): {run: time of the model's choice / least time}, and the
    logarithms of estimated / measured."""
    ratios, errors = {}, []
    for run, rows in runs.items():
        known = [(estimates[id(row)], row["us"]) for row in rows
                 if estimates[id(row)] is not None]
        if len(known) < FEWEST:
            continue
        ratios[run] = get_ratio(known)
        errors += [math.log(guess / us) for guess, us in known]
    return ratios, errors


def make_table(what, ratios):
    rows = []
    for contract in dict.fromkeys(run[0] for run in ratios):
        of = [(size, x) for (other, size, _), x in ratios.items()
              if other == contract]
        rows.append([contract, *space_tables.summarise(of)])
    return report.table(["contract", "problems", f"{what} / fastest, geometric mean",
                         "worst", f"above {space_tables.FAR}"], rows)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tt_explain")
    parser.add_argument("target")
    parser.add_argument("results", nargs="+", type=pathlib.Path)
    arguments = parser.parse_args()
    try:
        runs = read_runs(arguments.results)
        rows = [row for of_run in runs.values() for row in of_run]
        found = estimate(arguments.tt_explain, arguments.target, rows)
        estimates = {id(row): us for row, us in zip(rows, found)}
        defaults = get_defaults(arguments.tt_explain, arguments.target, runs)
    except (OSError, ValueError, RuntimeError) as error:
        print(f"model.py: {error}", file=sys.stderr)
        return 2
    ratios, errors = judge(runs, estimates)
    if not ratios:
        print("model.py: no problem with enough kernels", file=sys.stderr)
        return 1
    print(make_table("model's choice", ratios))
    if defaults:
        print("\n" + make_table("default", defaults))
    error = math.sqrt(sum(x * x for x in errors) / len(errors))
    print(f"\n{len(errors)} kernels, root mean square of log(estimated / measured): "
          f"{error:.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
