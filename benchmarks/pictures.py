#!/usr/bin/env python3
"""Pictures of what bench.py measured: bars for each suite, and a roofline.

  pictures.py FOLDER results.jsonl... [--format svg]

Needs matplotlib.
"""

import argparse
import pathlib
import sys

import results as results_module

# (label in the legend, colour, how to find the row)
SERIES = [
    ("tt", "#1b6ca8", lambda p, c: p.ours(c)),
    ("CUTLASS", "#e07b39", lambda p, c: p.cutlass(c)),
    ("Triton", "#7a9e3a", lambda p, c: p.labelled("triton any")),
    ("cuBLAS", "#b9b9b9", lambda p, c: p.labelled("cublas")),
]
WIDEST = 60  # sizes in one picture


def _legend(label, rows, contract):
    """Says of a peer that it does something else."""
    if any(row and row.get("other_instructions") for row in rows):
        return f"{label} (wgmma)"
    if label == "Triton" and contract in ("tf32-nearest", "tf32-nearest_finite"):
        return "Triton (truncates)"
    return label


def _draw_bars(axes, problems, contract):
    width = 0.8 / len(SERIES)
    for i, (label, colour, find) in enumerate(SERIES):
        rows = [find(p, contract) for p in problems]
        if any(rows):
            axes.bar([x + (i - 1.5) * width for x in range(len(problems))],
                     [row["tflops"] if row else 0 for row in rows], width,
                     color=colour, label=_legend(label, rows, contract))
    peaks = [p.labelled("mma.sync peak") for p in problems]
    for x, peak in enumerate(peaks):
        if peak:
            axes.hlines(peak["tflops"], x - 0.4, x + 0.4, color="#444444",
                        linewidth=1, label="mma.sync alone" if x == 0 else None)
    axes.set_xticks(range(len(problems)), [p.size for p in problems], rotation=40,
                    ha="right", fontsize=7)
    axes.set_title(contract, fontsize=10, loc="left")
    axes.set_ylabel("TFLOP/s")
    axes.legend(fontsize=7, ncol=5, frameon=False, loc="upper left")
    axes.set_ylim(0, axes.get_ylim()[1] * 1.15)
    axes.spines[["top", "right"]].set_visible(False)


def draw_bars(plt, results, suite):
    """Bars of a suite: one row for each contract."""
    parts = {c: results.of_suite(suite, c)[:WIDEST] for c in results.contracts()}
    parts = {c: problems for c, problems in parts.items() if problems}
    longest = max(map(len, parts.values()))
    figure, axes = plt.subplots(len(parts), 1, squeeze=False, figsize=(
        max(6, 1.5 + 0.55 * longest), 3.1 * len(parts)), layout="constrained")
    for row, (contract, problems) in zip(axes, parts.items()):
        _draw_bars(row[0], problems, contract)
    devices = ", ".join(dict.fromkeys(m["device"] for m in results.machines))
    figure.suptitle(f"{suite}, {devices}", fontsize=11)
    return figure


def _draw_roof(axes, results, contract, problems):
    def intensity(row):
        return 2 * row["m"] * row["n"] * row["k"] / row["bytes"]

    peaks = [row["tflops"] for p in problems if (row := p.labelled("mma.sync peak"))]
    drawn = [(p, p.ours(contract), p.best_peer(contract)) for p in problems]
    points = [intensity(ours) for _, ours, _ in drawn]
    low, high = min(points) / 2, max(points) * 2
    if peaks and results.machines:
        bandwidth = results.machines[0]["bandwidth_gbs"] / 1000
        knee, top = max(peaks) / bandwidth, max(peaks)
        axes.plot([min(low, knee / 2), knee, high * 2], [
            min(low, knee / 2) * bandwidth, top, top], color="#444444",
            linewidth=1, label="copy bandwidth, mma.sync alone")
    peers = [(intensity(ours), peer["tflops"]) for _, ours, peer in drawn if peer]
    if peers:
        axes.scatter(*zip(*peers), s=14, color="#e07b39",
                     label="best like-for-like peer")
    axes.scatter(points, [ours["tflops"] for _, ours, _ in drawn], s=14,
                 color="#1b6ca8", label="tt")
    axes.set(xscale="log", yscale="log", xlabel="FLOP / compulsory byte",
             ylabel="TFLOP/s")
    axes.set_title(contract, fontsize=10, loc="left")
    axes.legend(fontsize=7, frameon=False, loc="lower right")
    axes.spines[["top", "right"]].set_visible(False)


def draw_roofline(plt, results):
    contracts = results.contracts()
    figure, axes = plt.subplots(1, len(contracts), squeeze=False, layout="constrained",
                                figsize=(4.2 * len(contracts), 3.8))
    for one, contract in zip(axes[0], contracts):
        _draw_roof(one, results, contract,
                   [p for p in results.problems if p.ours(contract)])
    return figure


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("files", nargs="+")
    parser.add_argument("--format", default="svg", choices=["svg", "png"])
    arguments = parser.parse_args()
    try:
        import matplotlib
        matplotlib.use("Agg")
        import matplotlib.pyplot as plt
        results = results_module.read(arguments.files)
    except (ImportError, OSError, ValueError) as error:
        print(f"pictures.py: {error}", file=sys.stderr)
        return 2
    if not results.contracts():
        print("pictures.py: no kernel of ours was measured", file=sys.stderr)
        return 2
    arguments.folder.mkdir(parents=True, exist_ok=True)
    figures = {f"bars-{s}": draw_bars(plt, results, s) for s in results.suites()}
    figures["roofline"] = draw_roofline(plt, results)
    for name, figure in figures.items():
        path = arguments.folder / f"{name}.{arguments.format}"
        figure.savefig(path, dpi=150)
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
