#!/usr/bin/env python3
"""Tunes the problem of the tuning request that this project started from, and four
more, under `final` and under the full space.

  tuning.py prepare BIN FOLDER [TARGET]   compile all candidates (no GPU needed)
  tuning.py measure FOLDER TT_MEASURE     measure them and check occupancies, on the
                                          GPU machine: CUDA driver and Python only
  tuning.py report FOLDER                 the table of docs/tuning.md

BIN is the folder of tt-tune and tt-run. A part that fails is reported, and the
rest goes on. `tt-tune merge FOLDER/*` then puts the winners into the cache.
"""

import json
import pathlib
import subprocess
import sys
import time

PROBLEMS = [  # name, M, N, K, type, precision
    ("seed-f32", 2048, 4096, 8192, "f32", None),
    ("f16-4096", 4096, 4096, 4096, "f16", None),
    ("f16-512", 512, 4096, 4096, "f16", None),
    ("f16-64", 64, 4096, 4096, "f16", None),
    ("f32-truncate-1024", 1024, 1024, 1024, "f32",
     "tf32, rounding = truncate"),
]
POLICIES = ("final", "full")


def prepare(binaries, folder, target="h100"):
    failures = 0
    for name, m, n, k, element_type, precision in PROBLEMS:
        for policy in POLICIES:
            path = pathlib.Path(folder, f"{name}-{policy}")
            command = [str(pathlib.Path(binaries, "tt-tune")), "compile",
                       "--m", str(m), "--n", str(n), "--k", str(k),
                       "--type", element_type, "--policy", policy,
                       "--target", target, "--folder", str(path), "--quiet",
                       "--no-bitcode"]
            if precision:
                command += ["--precision", precision]
            start = time.time()
            done = subprocess.run(command, text=True)
            failures += done.returncode != 0
            print(f"{path.name}: {time.time() - start:.1f} s", flush=True)
    return failures


def measure(folder, tt_measure):
    """Each folder by its own process; then what CUDA says about occupancy."""
    failures = 0
    for path in sorted(pathlib.Path(folder).iterdir()):
        if not (path / "candidates.json").exists():
            continue
        start = time.time()
        done = subprocess.run([tt_measure, str(path), "--quiet"])
        failures += done.returncode != 0
        print(f"{path.name}: {time.time() - start:.1f} s, exit code "
              f"{done.returncode}\n", flush=True)
    script = pathlib.Path(__file__).parent / "../test/gpu/occupancy.py"
    kernels = sorted(map(str, pathlib.Path(folder).glob("*/[0-9]*.ttk")))
    done = subprocess.run([sys.executable, str(script),
                           str(pathlib.Path(folder, "occupancy.json")),
                           *kernels])
    report(folder)
    return failures + (done.returncode != 0)


def read(path):
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError):
        return None


def median(values):
    ordered = sorted(values)
    return ordered[len(ordered) // 2] if ordered else 0


def get_row(path):
    candidates, results = read(path / "candidates.json"), read(path / "results.json")
    if not candidates or not results:
        return f"| {path.name} | not measured |" + " |" * 8
    winner = results["winner"]
    found = results["candidates"]
    states = [c["state"] for c in found]
    cpu = [c["compile_cpu_seconds"] for c in candidates["candidates"]]
    size = "×".join(str(candidates[s]) for s in "mnk")
    precision = candidates["precision"].replace("#tt.precision", "")
    original = median(found[0]["milliseconds"]) * 1e3
    best = original / median(found[winner]["ratios"])
    correlation = results.get("rank_correlation")
    return (f"| {size} {candidates['type']} {precision} | "
            f"{candidates['policy']} | {original:.1f} | {best:.1f} | "
            f"{original / best:.3f} | {len(states)} | "
            f"{states.count('failed')} / {states.count('wrong')} | "
            f"{results['seconds']:.1f} | {sum(cpu) / len(cpu):.2f} | "
            f"{'' if correlation is None else f'{correlation:.2f}'} | "
            f"`{candidates['candidates'][winner]['config'][10:]}` |")


def report(folder):
    print("| problem | policy | original, µs | winner, µs | ratio | tried | "
          "failed / wrong | seconds | CPU s a config | rank correlation | "
          "winner |")
    print("|" + "---|" * 11)
    for path in sorted(pathlib.Path(folder).iterdir()):
        if (path / "candidates.json").exists():
            print(get_row(path))
    return 0


def main():
    commands = {"prepare": prepare, "measure": measure, "report": report}
    if len(sys.argv) < 3 or sys.argv[1] not in commands:
        print(__doc__)
        return 2
    return commands[sys.argv[1]](*sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
