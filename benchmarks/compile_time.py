#!/usr/bin/env python3
"""Where compile time goes, from the problem to a cubin, for growing tiles.

  compile_time.py TT_RUN [--runs 5] [--limit SECONDS]

Times come from --mlir-timing, start-up from the process's own, ptxas alone from a
run on the PTX; each figure is the least of the runs. The order of growth of a pass
is the exponent e in time ~ (mma of the main loop)^e from the smallest tile to the
largest. Exit code 1 if a default config takes longer than the limit.
"""

import argparse
import json
import math
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "test" / "Golden"))

import cuda_tools

PERSISTENT = ("#tt.config<block = [256, 128, 32], warp = [64, 64], stages = 4, "
              "a_layout = xor, mma_order = b_pairs, persistent_blocks = 128>")
DEFAULTS = {"f16": [], "tf32 nearest": ["--type", "f32"],
            "f16, persistent": ["--config", PERSISTENT]}
# Of f16, from 4 to 256 mma in the main loop.
TILES = ["block = [32, 32, 32], warp = [16, 16], stages = 4",
         "block = [64, 64, 32], warp = [32, 32], stages = 4",
         "block = [128, 128, 32], warp = [64, 32], stages = 4",
         "block = [128, 256, 32], warp = [64, 64], stages = 4",
         "block = [128, 256, 64], warp = [64, 64], stages = 2",
         "block = [128, 128, 128], warp = [64, 64], stages = 1"]
LLVM = "SerializeKernel"
NESTED = "Pipeline"  # sums of what is listed too


# ptxas is timed apart: tt-run is not to find one and make a cubin as well.
NO_CUDA = {**os.environ, **dict.fromkeys(("PATH", "CUDA_ROOT", "CUDA_HOME", "CUDA_PATH"),
                                         "/nonexistent")}


def _seconds(command, environment=None):
    begin = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}: {done.stderr}")
    return time.perf_counter() - begin, done.stderr


def compile_once(tt_run, options, folder):
    """{part: seconds} of one compilation."""
    kernel, ptx = folder / "kernel.ttk", folder / "kernel.ptx"
    command = [shutil.which(tt_run) or tt_run, "--m", "4096", "--n", "4096",
               "--k", "4096", "--type", "f16", *options, "--emit=kernel", "-o", kernel]
    wall, timing = _seconds([*command, "--mlir-timing", "--mlir-timing-display=list",
                             "--mlir-output-format=json"], NO_CUDA)
    timing = timing[timing.index("["):timing.rindex("]") + 1]
    parts = {row["name"]: row["wall"]["duration"] for row in json.loads(timing)
             if NESTED not in row.get("name", NESTED)}
    del parts["Total"]
    parts["start-up"] = wall - parts.pop("root")
    ptx.write_text(json.loads(kernel.read_text())["kernel"]["ptx"])
    parts["ptxas"], _ = _seconds([cuda_tools.find("ptxas"), "-arch", "sm_89", ptx,
                                  "-o", folder / "kernel.cubin"])
    parts["mma"] = ptx.read_text().count("mma.sync")
    return parts


def compile_often(tt_run, options, runs):
    """The least of every part."""
    with tempfile.TemporaryDirectory() as folder:
        found = [compile_once(tt_run, options, pathlib.Path(folder))
                 for _ in range(runs)]
    return {name: min(parts.get(name, 0) for parts in found) for name in found[0]}


def total(parts):
    return sum(value for name, value in parts.items() if name != "mma")


def _milliseconds(seconds):
    return f"{1000 * seconds:.1f}"


def print_table(rows):
    """One row a config."""
    print("| config | mma | start-up | MLIR | LLVM | ptxas | all, ms |")
    print("|---|---|---|---|---|---|---|")
    for name, parts in rows.items():
        rest = total(parts) - parts["start-up"] - parts[LLVM] - parts["ptxas"]
        cells = [parts["start-up"], rest, parts[LLVM], parts["ptxas"], total(parts)]
        print(f"| {name} | {parts['mma']} | " +
              " | ".join(map(_milliseconds, cells)) + " |")


def print_growth(small, large):
    """The passes that take a millisecond or more of the largest tile."""
    print("\n| part | smallest tile, ms | largest, ms | order of growth |")
    print("|---|---|---|---|")
    factor = math.log(large["mma"] / small["mma"])
    for name in sorted(large, key=large.get, reverse=True):
        if name == "mma" or large[name] < 1e-3:
            continue
        order = math.log(large[name] / max(small[name], 1e-4)) / factor
        print(f"| {name} | {_milliseconds(small[name])} | "
              f"{_milliseconds(large[name])} | {order:.2f} |")


def get_processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(": ")[1]
    return platform.processor()


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tt_run")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--limit", type=float)
    arguments = parser.parse_args()
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    try:
        defaults = {f"default, {name}": compile_often(arguments.tt_run, options,
                                                      arguments.runs)
                    for name, options in DEFAULTS.items()}
        tiles = {tile: compile_often(arguments.tt_run,
                                     ["--config", f"#tt.config<{tile}>"],
                                     arguments.runs) for tile in TILES}
    except (OSError, RuntimeError) as error:
        print(f"compile_time.py: {error}", file=sys.stderr)
        return 2
    print(f"One core of {get_processor()}, the least of {arguments.runs} runs, "
          "4096³.\n")
    print_table({**defaults, **tiles})
    print_growth(tiles[TILES[0]], tiles[TILES[-1]])
    slowest = max(map(total, defaults.values()))
    if arguments.limit and slowest > arguments.limit:
        print(f"\na default config takes {slowest:.2f} s, the limit is "
              f"{arguments.limit} s")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
