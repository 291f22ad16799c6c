#!/usr/bin/env python3
"""What limits a kernel, by Nsight Compute's counters, as a Markdown table.

  ncu_profile.py TT_LAUNCH KERNEL.ttk... [--ncu ncu] [--all]

Clocks are left alone. Counters have other names on other GPUs: PATTERNS picks those
that matter; --all prints every one.
"""

import argparse
import csv
import io
import pathlib
import re
import subprocess
import sys

SECTIONS = ["SpeedOfLight", "ComputeWorkloadAnalysis", "MemoryWorkloadAnalysis",
            "MemoryWorkloadAnalysis_Tables", "SchedulerStats", "WarpStateStats",
            "LaunchStats", "Occupancy"]
PATTERNS = [
    r"gpu__time_duration", r"sm__throughput.*pct", r"pipe_tensor.*pct",
    r"^smsp__issue_active.avg", r"bank_conflicts.*mem_shared",
    r"^smsp__average_warps_issue_stalled_.*_per_issue_active",
    r"lts__t_sector_hit_rate", r"dram__throughput.*pct", r"l1tex__throughput.*pct",
    r"lts__throughput.*pct", r"sm__warps_active.*pct", r"launch__registers_per_thread",
    r"launch__grid_size", r"launch__waves_per_multiprocessor"]


def run_ncu(ncu, tt_launch, kernel):
    """CSV of one kernel's counters; raises RuntimeError with what ncu said."""
    sections = [word for section in SECTIONS for word in ("--section", section)]
    done = subprocess.run(
        [ncu, "--csv", "--page", "raw", "--clock-control", "none", *sections,
         tt_launch, kernel, "--device", "cuda", "--no-verify"],
        capture_output=True, text=True)
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise RuntimeError(f"{kernel}: {' '.join(said[-3:])}")
    return done.stdout


def read_counters(text):
    """[(kernel, {counter: value and unit})] of ncu's raw page: a row of names, one
    of units, one for each launch; what the program prints goes before."""
    lines = text.splitlines()
    begin = next((i for i, line in enumerate(lines) if line.startswith('"ID"')), None)
    if begin is None:
        raise RuntimeError("ncu printed no counters: " + " ".join(lines[-3:]))
    names, units, *launches = csv.reader(io.StringIO("\n".join(lines[begin:])))
    at = names.index("Kernel Name")
    return [(row[at], {name: f"{value} {unit}".strip() for name, unit, value
                       in zip(names, units, row) if "__" in name})
            for row in launches if len(row) == len(names)]


def pick(counters, everything):
    """Names in the order of PATTERNS; those of stalls with the longest first."""
    if everything:
        return sorted(counters)
    def size(name):
        number = re.match(r"[\d.,]+", counters[name])
        return float(number.group().replace(",", "")) if number else 0
    return list(dict.fromkeys(
        name for pattern in PATTERNS for name in
        sorted((n for n in counters if re.search(pattern, n)), key=size, reverse=True)))


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tt_launch")
    parser.add_argument("kernels", nargs="+")
    parser.add_argument("--ncu", default="ncu")
    parser.add_argument("--all", action="store_true")
    arguments = parser.parse_args()
    failed = False
    for kernel in arguments.kernels:
        try:
            found = read_counters(run_ncu(arguments.ncu, arguments.tt_launch, kernel))
        except (OSError, RuntimeError, ValueError) as error:
            print(f"ncu_profile.py: {error}", file=sys.stderr)
            failed = True
            continue
        for name, counters in found:
            print(f"\n{pathlib.Path(kernel).stem}, {name}\n")
            print("| counter | value |\n|---|---|")
            for counter in pick(counters, arguments.all):
                print(f"| {counter} | {counters[counter]} |")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
