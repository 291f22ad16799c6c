#!/usr/bin/env python3
"""Compares what ptxas makes of the default kernels with golden figures.

  golden.py TT_RUN             exit code 1 if a figure differs
  golden.py TT_RUN --update    writes the figures of now to golden.json

Golden are, for each kernel of suite.txt: its config, shared bytes, registers, and
how many instructions of each kind its main loop has, by ptxas and disassembly for
sm_89. SLACK says by how much a figure may differ; all others must be equal. Spills
and stack must be 0, also with --update.
"""

import argparse
import concurrent.futures
import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "benchmarks"))

import cases
import cuda_tools
import sass

ARCHITECTURE = "sm_89"
GOLDEN = HERE / "golden.json"
# ptxas is free to trade a few registers for a few moves; neither is a slowdown.
SLACK = {"registers": 4, "integer": 8, "uniform": 8, "float": 4, "padding": 3}


def compile_kernel(tt_run, case, options=()):
    """The content of a kernel file."""
    with tempfile.NamedTemporaryFile(suffix=".ttk") as file:
        done = subprocess.run(
            [tt_run, *case.command(), *options, "--emit=kernel", "-o", file.name],
            capture_output=True, text=True)
        if done.returncode != 0:
            raise cuda_tools.ToolError(f"{case.name}: {done.stderr}")
        return json.loads(pathlib.Path(file.name).read_text())["kernel"]


def measure(tt_run, case):
    """The figures of one kernel, as a flat {name: number or text}."""
    kernel = compile_kernel(tt_run, case)
    log, disassembly = cuda_tools.assemble(kernel["ptx"], ARCHITECTURE)
    functions = sass.parse_functions(disassembly)
    figures = {"config": kernel["config"], "shared bytes": kernel["shared_bytes"]}
    for name, resources in sass.parse_resources(log).items():
        loop = functions[name].main_loop()
        found = {**resources, **(sass.mix(loop) if loop else {"main loop": "none"})}
        prefix = "" if name == kernel["entry"] else f"{name}: "
        figures.update((prefix + key, value) for key, value in found.items())
    return dict(sorted(figures.items()))


def compare(name, golden, found):
    """What differs, as lines."""
    for key in dict.fromkeys([*golden, *found]):
        old, new = golden.get(key, 0), found.get(key, 0)
        slack = SLACK.get(key.split(": ")[-1], 0)
        if old == new or (slack and abs(old - new) <= slack):
            continue
        yield f"{name}: {key}: golden {old}, found {new}"


def find_spills(name, figures):
    """Lines about registers that went to memory."""
    for key, value in figures.items():
        if key.split(": ")[-1] in ("spill stores", "spill loads", "stack") and value:
            yield f"{name}: {key}: {value} bytes, expected 0"


def get_versions():
    return {tool: cuda_tools.version(tool) for tool in ("ptxas", "nvdisasm")}


def to_text(versions, kernels):
    """One line for each kernel, so that a change is one line in a diff."""
    lines = [f"  {json.dumps(name)}: {json.dumps(figures)}"
             for name, figures in kernels.items()]
    return (f'{{"versions": {json.dumps(versions)},\n "kernels": {{\n'
            + ",\n".join(lines) + "\n}}\n")


def check(golden, versions, found):
    if golden["versions"] != versions:
        yield f"golden figures are of {golden['versions']}, found {versions}"
        return
    for name in dict.fromkeys([*golden["kernels"], *found]):
        yield from compare(name, golden["kernels"].get(name, {}), found.get(name, {}))


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tt_run")
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--golden", type=pathlib.Path, default=GOLDEN)
    parser.add_argument("--suite", default=str(HERE / "suite.txt"))
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    suite = cases.read_suite(arguments.suite)
    try:
        with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
            figures = list(pool.map(lambda c: measure(arguments.tt_run, c), suite))
        versions = get_versions()
    except cuda_tools.ToolError as error:
        print(f"golden.py: {error}", file=sys.stderr)
        return 2
    found = {case.name: f for case, f in zip(suite, figures)}
    wrong = [line for name, f in found.items() for line in find_spills(name, f)]
    if arguments.update and not wrong:
        arguments.golden.write_text(to_text(versions, found))
    elif not arguments.update:
        wrong += check(json.loads(arguments.golden.read_text()), versions, found)
    print("\n".join(wrong + [f"{len(found)} kernels, {len(wrong)} differences"]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
