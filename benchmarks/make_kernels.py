#!/usr/bin/env python3
"""Compiles the kernels that compare.py times.

  make_kernels.py TT_RUN FOLDER LIST

LIST is a text file, one kernel a line: its name, M, N, K, type, then more
options of tt-run, if any. Lines that begin with # are comments.
"""

import concurrent.futures
import pathlib
import shlex
import subprocess
import sys


def compile_kernel(tt_run, folder, line):
    name, m, n, k, element_type, *options = shlex.split(line)
    command = [tt_run, "--m", m, "--n", n, "--k", k, "--type", element_type,
               "--emit=kernel", "-o", str(folder / f"{name}.ttk"), *options]
    done = subprocess.run(command, capture_output=True, text=True)
    return None if done.returncode == 0 else f"{name}: {done.stderr}"


def main():
    tt_run, folder, listing = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
    folder.mkdir(parents=True, exist_ok=True)
    lines = [line for line in pathlib.Path(listing).read_text().splitlines()
             if line.strip() and not line.startswith("#")]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        failures = list(filter(None, pool.map(
            lambda line: compile_kernel(tt_run, folder, line), lines)))
    for failure in failures:
        print(failure, file=sys.stderr)
    print(f"{len(lines) - len(failures)} kernels in {folder}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
