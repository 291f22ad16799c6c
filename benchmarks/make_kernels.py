#!/usr/bin/env python3
"""Compiles the kernels that bench.py times, so that it needs no compiler.

  make_kernels.py TT_RUN FOLDER SUITE... [--contracts f16,...] [-- OPTION...]

SUITE is a file, or the name of one in suites/. FOLDER may be named *.tar.gz: then
it is packed. Options after -- go to every run of tt-run, such as --chip.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import cases


def compile_case(tt_run, folder, case, options):
    """An entry of the index: what was compiled, or why not."""
    file = f"{case.name}.ttk"
    done = subprocess.run([tt_run, *case.command(), *options, "--emit=kernel", "-o",
                           str(folder / file)], capture_output=True, text=True)
    entry = {"contract": case.contract, "m": case.m, "n": case.n, "k": case.k,
             "options": list(case.options)}
    if done.returncode == 0:
        return {**entry, "file": file}
    return {**entry, "refused": done.stderr.strip()[:2000]}


def read_suites(suites, contracts):
    """{case: names of the suites that hold it}."""
    where = {}
    for suite in suites:
        for case in cases.read_suite(suite):
            if case.contract in contracts:
                where.setdefault(case, []).append(pathlib.Path(suite).stem)
    return where


def make(tt_run, folder, suites, contracts, options, jobs):
    """Fills the folder; returns the index."""
    where = read_suites(suites, contracts)
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(
            lambda case: {**compile_case(tt_run, folder, case, options),
                          "suites": where[case]}, where))


def write(target, make_index):
    """`make_index` fills a folder and returns the index, which is written there; a
    target named *.tar.gz is packed. Reports refusals; returns their number."""
    packed = target.name.endswith(".tar.gz")
    folder = pathlib.Path(tempfile.mkdtemp()) if packed else target
    folder.mkdir(parents=True, exist_ok=True)
    index = make_index(folder)
    (folder / "index.json").write_text(json.dumps(index, indent=1))
    refused = [entry for entry in index if "refused" in entry]
    for entry in refused:
        print(f"{entry['contract']} {entry['m']}x{entry['n']}x{entry['k']}: "
              f"{entry['refused']}", file=sys.stderr)
    if packed:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.make_archive(str(target)[:-len(".tar.gz")], "gztar", folder)
        shutil.rmtree(folder)
    print(f"{len(index) - len(refused)} kernels in {target}")
    return len(refused)


def make_parser(description):
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tt_run")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("suites", nargs="+")
    parser.add_argument("--contracts", default=",".join(cases.CONTRACTS))
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    return parser


def main():
    parser = make_parser(__doc__)
    own, _, options = (sys.argv[1:], None, []) if "--" not in sys.argv else (
        sys.argv[1:sys.argv.index("--")], None, sys.argv[sys.argv.index("--") + 1:])
    arguments = parser.parse_args(own)
    try:
        refused = write(arguments.folder, lambda folder: make(
            arguments.tt_run, folder, arguments.suites,
            arguments.contracts.split(","), options, arguments.jobs))
    except (ValueError, OSError) as error:
        print(f"make_kernels.py: {error}", file=sys.stderr)
        return 2
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
