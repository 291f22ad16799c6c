#!/usr/bin/env python3
"""Tables of what space.py measured, in Markdown: default / best is of times, best /
CUTLASS of throughputs.

  space_tables.py space.jsonl...
"""

import sys

import report
import results as results_module

FAR = 1.05  # default / best: counted in the summary


def get_best(problem, contract):
    """The fastest of what was timed together, the default among it."""
    timed = [problem.ours(contract), *problem.variants(contract)]
    return min((row for row in timed if "trial" not in row), key=lambda row: row["us"])


def get_distance(problem, contract):
    """Time of the default / that of the best."""
    return problem.ours(contract)["us"] / get_best(problem, contract)["us"]


def _shorten(config):
    return f"`{config.removeprefix('#tt.config')}`"


def make_table(problems, contract):
    rows = []
    for problem in problems:
        default, best = problem.ours(contract), get_best(problem, contract)
        peer = problem.cutlass(contract)
        rows.append([
            problem.size, _shorten(default["config"]),
            "the same" if best is default else _shorten(best["config"]),
            f"{default['us']:.1f}", f"{best['us']:.1f}",
            f"{get_distance(problem, contract):.3f}",
            f"{peer['us'] / best['us']:.3f}" if peer else ""])
    return report.table(["M×N×K", "default", "best", "default, µs", "best, µs",
                         "default / best", "best / CUTLASS"], rows)


def summarise(distances):
    """Cells of how many (size, distance) there are, their geometric mean, the worst,
    and how many are far."""
    size, worst = max(distances, key=lambda x: x[1])
    values = [distance for _, distance in distances]
    return [str(len(values)), f"{results_module.geometric_mean(values):.3f}",
            f"{worst:.2f} at {size}", str(sum(x > FAR for x in values))]


def make_summary(results):
    rows = []
    for contract in results.contracts():
        for suite in results.suites() + [None]:
            distances = {p.size: get_distance(p, contract) for p in results.problems
                         if p.ours(contract)
                         and suite in [None, *p.suites(contract)]}
            if not distances:
                continue
            rows.append([contract, suite or "**all**",
                         *summarise(list(distances.items()))])
    return report.table(["contract", "suite", "sizes", "default / best, geometric mean",
                         "worst", f"above {FAR}"], rows)


def make_report(results):
    parts = [report.machine_text(machine) for machine in results.machines]
    for contract in results.contracts():
        for suite in results.suites():
            if problems := results.of_suite(suite, contract):
                parts += [f"## {contract}, {suite}", make_table(problems, contract)]
    parts += ["## Summary", make_summary(results)]
    if results.others:
        parts += ["## Missing, failed, skipped", report.list_others(results)]
    return "\n\n".join(parts) + "\n"


def print_report(paths):
    print(make_report(results_module.read(paths)), end="")


def main():
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        print(__doc__)
        return 2
    try:
        print_report(sys.argv[1:])
    except (OSError, ValueError) as error:
        print(f"space_tables.py: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
