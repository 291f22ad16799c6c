#!/usr/bin/env python3
"""Says which default kernels of the benchmark's suites spill in their main loop.

  spills.py TT_RUN [--target rtx4090] [--contracts f16,tf32-nearest] [--suites llm,...]

Each problem's default kernel for the target is compiled by ptxas for sm_89 and
disassembled. Exit code 1 if a main loop has loads from or stores to local memory.
What is spilled outside of it, around a ragged epilogue for instance, is counted.
"""

import argparse
import concurrent.futures
import os
import sys

import golden  # which puts benchmarks/ into the path

import cuda_tools
import make_kernels
import sass

BENCHMARKS = golden.HERE.parents[1] / "benchmarks"
SPILLS = ("LDL", "STL")


def count_spills(tt_run, target, case):
    """(spilling instructions of the main loop, bytes spilled anywhere)."""
    kernel = golden.compile_kernel(tt_run, case, ("--chip", target, "--no-tuned"))
    log, disassembly = cuda_tools.assemble(kernel["ptx"], golden.ARCHITECTURE)
    functions = sass.parse_functions(disassembly)
    in_loops = in_all = 0
    for name, found in sass.parse_resources(log).items():
        loop = functions[name].main_loop() or []
        in_loops += sum(x.opcode.startswith(SPILLS) for x in loop)
        in_all += found["spill stores"] + found["spill loads"]
    return in_loops, in_all


def main():
    suites = sorted(path.stem for path in (BENCHMARKS / "suites").glob("*.txt"))
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tt_run")
    parser.add_argument("--target", default="rtx4090", help="of the target table")
    parser.add_argument("--contracts", default="f16,tf32-nearest")
    parser.add_argument("--suites", default=",".join(suites))
    arguments = parser.parse_args()
    try:
        cases = [case for case in make_kernels.read_suites(
            arguments.suites.split(","), arguments.contracts.split(","))
                 if not case.options]
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            counts = list(pool.map(
                lambda case: count_spills(arguments.tt_run, arguments.target, case),
                cases))
    except (OSError, ValueError, cuda_tools.ToolError) as error:
        print(f"spills.py: {error}", file=sys.stderr)
        return 2
    for case, (in_loop, in_all) in zip(cases, counts):
        if in_all:
            print(f"{case.name}: {in_all} bytes, {in_loop} instructions in the main loop")
    loops = sum(in_loop > 0 for in_loop, _ in counts)
    print(f"{len(cases)} kernels, {loops} main loops spill")
    return 1 if loops else 0


if __name__ == "__main__":
    sys.exit(main())
