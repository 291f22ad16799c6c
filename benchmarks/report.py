#!/usr/bin/env python3
"""Tables of what bench.py measured, in Markdown.

  report.py results.jsonl... [--peers other.jsonl...] > results.md

With --peers, the best like-for-like peer of a problem may come from these runs as
well: a short trial may miss the best of a peer's kernels, and it is another one's
in each run. Ratios are then of different runs, and against us if anything.
"""

import argparse
import pathlib
import sys

import cases
import results as results_module

TOO_SLOW = 0.95  # of the best like-for-like peer

HOW = """Medians in TFLOP/s over rounds of random order in one process, samples of CUDA
graphs, operands uniform in [0, 1), every kernel checked against float64. A kernel's
launches follow each other on the same operands. *Like for like*: a peer of the same
contract that uses instructions of sm_89."""


def table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def _tflops(row):
    return f"{row['tflops']:.1f}" if row else ""


def _ratio(ours, peer):
    return f"{ours['tflops'] / peer['tflops']:.2f}" if ours and peer else ""


def _contract_columns(contract, hopper):
    truncates = contract in ("tf32-nearest", "tf32-nearest_finite")
    triton = "Triton, truncating" if truncates else "Triton"
    cutlass = "CUTLASS, rounding" if truncates else "CUTLASS"
    cublas = "cuBLAS (wgmma)" if hopper else "cuBLAS"
    return ["M×N×K", "tt", "of mma.sync peak", "of A and B read", f"{triton}: seed",
            "space", "any", cutlass, cublas, "tt / Triton any", "tt / CUTLASS",
            "tt / best like for like", "SM MHz"]


def contract_table(problems, contract):
    """One row a problem."""
    rows, hopper = [], False
    for problem in problems:
        ours, cublas = problem.ours(contract), problem.labelled("cublas")
        hopper |= bool(cublas and cublas.get("other_instructions"))
        triton = [problem.labelled(f"triton {s}") for s in ("seed", "space", "any")]
        cutlass, ratio = problem.cutlass(contract), problem.ratio(contract)
        rows.append([
            problem.size, _tflops(ours),
            _ratio(ours, problem.labelled("mma.sync peak")),
            _ratio(ours, problem.labelled("A and B read")),
            *map(_tflops, triton), _tflops(cutlass), _tflops(cublas),
            _ratio(ours, triton[-1]), _ratio(ours, cutlass),
            f"{ratio:.2f}" if ratio else "", str(ours["mhz"] or "")])
    return table(_contract_columns(contract, hopper), rows)


def summary_table(results):
    """Geometric mean and worst ratio to the best like-for-like peer."""
    rows = []
    for contract in results.contracts():
        for suite in results.suites() + [None]:
            ratios = {p.size: p.ratio(contract) for p in results.problems
                      if (suite is None or suite in p.suites(contract))
                      and p.ratio(contract)}
            if not ratios:
                continue
            worst = min(ratios, key=ratios.get)
            slow = sum(r < TOO_SLOW for r in ratios.values())
            rows.append([contract, suite or "**all**", str(len(ratios)),
                         f"{results_module.geometric_mean(ratios.values()):.3f}",
                         f"{ratios[worst]:.2f} at {worst}", str(slow)])
    return table(["contract", "suite", "sizes", "geometric mean", "least",
                   f"under {TOO_SLOW}"], rows)


def slow_table(results):
    """Every size where a like-for-like peer is clearly faster."""
    rows = []
    for contract in results.contracts():
        for p in results.problems:
            if (p.ratio(contract) or 1) < TOO_SLOW:
                peer = p.best_peer(contract)
                rows.append([contract, p.size, f"{p.ratio(contract):.2f}",
                             peer["name"], p.ours(contract)["config"]])
    rows.sort(key=lambda row: row[2])
    return table(["contract", "M×N×K", "ratio", "best peer", "our config"], rows)


def variant_table(results):
    """How near the default config comes to the best of those that were tried."""
    rows = []
    for contract in results.contracts():
        for p in results.problems:
            variants = p.variants(contract)
            if not variants:
                continue
            best = max(variants, key=lambda row: row["tflops"])
            rows.append([contract, p.size, _tflops(p.ours(contract)), _tflops(best),
                         _ratio(p.ours(contract), best), best["config"]])
    return table(["contract", "M×N×K", "default", "best given", "ratio",
                   "best config"], rows) if rows else ""


def cliff_table(results, suite="cliffs"):
    """How throughput changes while one size steps over multiples of 64."""
    rows = []
    for contract in results.contracts():
        problems = results.of_suite(suite, contract)
        for axis in "mnk":
            flops = {getattr(p, axis): p.ours(contract)["tflops"] for p in problems
                     if all(getattr(p, other) == 2048 for other in "mnk".replace(
                         axis, ""))}
            even = [t for size, t in flops.items() if size % 64 == 0]
            if len(flops) < 2 or not even:
                continue
            worst = min(flops, key=flops.get)
            rows.append([contract, axis.upper(), f"{min(flops)} to {max(flops)}",
                         f"{max(even):.1f}", f"{flops[worst]:.1f} at {worst}",
                         f"{flops[worst] / max(even):.2f}"])
    return table(["contract", "size", "range", "at a multiple of 64", "least",
                   "ratio"], rows) if rows else ""


def _energy_columns(row, flops):
    picojoules = 1e12 * row["joules"] / flops
    watts = 1e6 * row["joules"] / row["us"]
    return [_tflops(row), str(row["mhz"] or ""), f"{watts:.0f}", f"{picojoules:.3f}"]


def energy_table(results):
    """Of sustained samples: what each kernel's own power allows."""
    rows = []
    for contract in results.contracts():
        for p in results.problems:
            ours, peer = p.ours(contract), p.best_peer(contract)
            if not (ours and peer and "joules" in ours and "joules" in peer):
                continue
            flops = 2 * p.m * p.n * p.k
            rows.append([contract, p.size, *_energy_columns(ours, flops), peer["name"],
                         *_energy_columns(peer, flops), _ratio(ours, peer),
                         f"{ours['joules'] / peer['joules']:.3f}"])
    columns = ["TFLOP/s", "MHz", "W", "pJ/flop"]
    return table(["contract", "M×N×K", *(f"tt: {columns[0]}", *columns[1:]),
                  "best like for like", *columns, "tt / peer: throughput",
                  "energy"], rows) if rows else ""


def machine_text(machine):
    return (f"{machine['device']} ({machine['architecture']}, "
            f"{machine['multiprocessors']} SMs, {machine['watts']} W, copy "
            f"{machine['bandwidth_gbs']} GB/s), driver {machine['driver']}, PyTorch "
            f"{machine['torch']}, CUDA {machine['cuda']}.")


def list_others(results):
    """What is missing, failed or was skipped."""
    return "\n".join(
        f"- {row['kind']}: " + ", ".join(
            str(v) for k, v in row.items() if v and k not in ("kind", "broke_cuda"))
        for row in results.others)


def make_report(results):
    parts = [machine_text(m) for m in results.machines] + [HOW]
    parts += ["## Summary", summary_table(results)]
    slow = slow_table(results)
    parts += [f"## Under {TOO_SLOW}", slow if slow.count("\n") > 1 else "None."]
    for contract in results.contracts():
        parts.append(f"## {contract}: {cases.CONTRACTS[contract].title}")
        for suite in results.suites():
            problems = results.of_suite(suite, contract)
            if problems:
                parts += [f"### {suite}", contract_table(problems, contract)]
    if cliffs := cliff_table(results):
        parts += ["## Cliffs: one size varies, the others are 2048", cliffs]
    if energies := energy_table(results):
        parts += ["## Sustained", energies]
    if variants := variant_table(results):
        parts += ["## Given configs", variants]
    if results.others:
        parts += ["## Missing, failed, skipped", list_others(results)]
    return "\n\n".join(parts) + "\n"


def write_files(path):
    """Tables beside a file of JSON lines."""
    text = make_report(results_module.read([path]))
    path.with_suffix(".md").write_text(text, encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", nargs="+", type=pathlib.Path)
    parser.add_argument("--peers", nargs="+", type=pathlib.Path, default=[])
    arguments = parser.parse_args()
    try:
        results = results_module.read(arguments.results)
        results_module.add_peers(results, results_module.read(arguments.peers))
        print(make_report(results), end="")
    except (OSError, ValueError) as error:
        print(f"report.py: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
