#!/usr/bin/env python3
"""Times kernel files of tt beside their peers: same work, same process.

  bench.py KERNELS --output results.jsonl [--cutlass cutlass-peers.so]
           [--budget SECONDS] [--peers triton,cutlass,cublas,peak,read]
           [--contracts f16,...] [--suites seed,...] [--only 4096x4096]
           [--sustained SECONDS]

KERNELS is what make_kernels.py made: a folder or a .tar.gz. Every kernel is
checked against float64 on fresh uniform [0, 1) inputs, C poisoned with NaN, before
it is timed. The best kernel of each peer is picked by a short trial; then ours and
the best peers are timed in rounds of random order, as CUDA graphs of about 4 ms.
A peer that is missing, fails or is wrong is reported, and the rest goes on. The
budget holds for all problems after Triton's kernels are compiled.

With --sustained, a sample takes so many seconds, after half as long to settle: each
kernel at the clock that its own power allows under the card's limit, and its energy.

Writes JSON lines, and beside them tables (.md). report.py makes the tables again
from JSON lines, of several runs too; pictures.py draws them.
"""

import argparse
import functools
import json
import os
import pathlib
import random
import shutil
import sys
import tempfile
import time

import budget as budgets
import cases
import journal as journals
import measurement as measurements
import nvml


def read_kernels(path):
    """(Folder, index) of kernel files."""
    folder = pathlib.Path(path)
    if folder.is_file():
        folder = pathlib.Path(tempfile.mkdtemp(prefix="tt-kernels"))
        shutil.unpack_archive(path, folder)
    return folder, json.loads((folder / "index.json").read_text())


def get_size(entry):
    return f"{entry['m']}x{entry['n']}x{entry['k']}"


def is_wanted(entry, arguments):
    """By --contracts, --only and --suites."""
    suites = arguments.suites
    return (entry["contract"] in arguments.contracts
            and arguments.only in get_size(entry)
            and (not suites or any(s in suites for s in entry["suites"])))


def group(index, arguments, journal):
    """{problem: entries}, in the order of the index."""
    groups = {}
    for entry in index:
        if not is_wanted(entry, arguments):
            continue
        if "refused" in entry:
            if not arguments.resume:
                name = f"tt {entry['contract']} {get_size(entry)}"
                journal.write("failed", name=name, why=entry["refused"])
            continue
        element_type = cases.CONTRACTS[entry["contract"]].element_type
        problem = element_type, entry["m"], entry["n"], entry["k"]
        groups.setdefault(problem, []).append(entry)
    return {p: g for p, g in groups.items() if p not in journal.done}


def open_peers(arguments, problems, journal):
    """What there is of peers. Triton comes first: it forks."""
    import peers
    monitor = nvml.Monitor()
    makers = {
        "triton": lambda: peers.Triton(problems, monitor.architecture()),
        "cutlass": lambda: peers.Cutlass(arguments.cutlass),
        "cublas": lambda: peers.Cublas(), "peak": lambda: peers.Peak(),
        "read": lambda: peers.Read()}
    found = {}
    for name, make in makers.items():
        if name not in arguments.peers:
            continue
        begin = time.monotonic()
        try:
            found[name] = make()
            journal.write("opened", peer=name,
                          seconds=round(time.monotonic() - begin, 1))
        except (ImportError, OSError, RuntimeError, TypeError) as error:
            journal.write("missing", peer=name, why=str(error) or repr(error))
    return found


def describe_machine(journal, clock, monitor):
    import gpu
    import torch
    properties = torch.cuda.get_device_properties(0)
    journal.write(
        "machine", device=properties.name,
        multiprocessors=properties.multi_processor_count, architecture=monitor.architecture(), driver=monitor.driver(),
        watts=monitor.power_limit(), torch=torch.__version__, cuda=torch.version.cuda,
        bandwidth_gbs=round(gpu.memory_bandwidth(clock)),
        python=sys.version.split()[0])


def weigh(element_type, m, n, k):
    """About how many seconds a problem needs, whatever the card: a fixed part, and
    launches of all peers' kernels, so that the trial of a large one tries them all."""
    rate = 2e14 if element_type == "f32" else 4e14
    return 0.5 + 300 * 2 * m * n * k / rate


def run_all(arguments, journal, make_measurement):
    import gpu
    import peers
    folder, index = read_kernels(arguments.kernels)
    groups = group(index, arguments, journal)
    found = open_peers(arguments, list(groups), journal)
    monitor = nvml.Monitor()
    clock = gpu.Clock(monitor)
    if not arguments.resume:
        describe_machine(journal, clock, monitor)
    total, rankings = budgets.Budget(arguments.budget), {}
    arguments.total = total
    weights = [weigh(*problem) for problem in groups]
    for i, (problem, entries) in enumerate(groups.items()):
        if total.left() <= 0:
            journal.write("skipped", problem=problem, why="no time left")
            continue
        try:
            part = total.part(weights[i], sum(weights[i:]))
            measurement = make_measurement(problem, journal, clock, rankings)
            measurement.add_ours(peers.Ours(folder), entries)
            measurement.add_peers(found.values())
            measurement.run(part, arguments.rounds)
        # Such as too little memory, or a kernel file that cannot be read.
        except (RuntimeError, ValueError, KeyError, OSError) as error:
            if isinstance(error, measurements.ContextLost) or not gpu.is_healthy():
                raise
            journal.write("failed", name="problem", problem=problem,
                          why=repr(error)[:500])
        print(f"{i + 1}/{len(groups)}", *problem, f"{total.left():.0f} s left",
              flush=True)


def restart(arguments):
    """CUDA is lost to this process: another goes on with what is left."""
    total = getattr(arguments, "total", None)
    left = total.left() if total else arguments.budget
    command = [a for a in sys.argv if a != "--resume"]
    os.execv(sys.executable, [sys.executable, *command, "--resume", "--budget",
                              str(max(1, left))])


def words(text):
    return text.split(",")


def add_extent(parser):
    """Options that say what is measured, and for how long."""
    parser.add_argument("--budget", type=float, default=300)
    parser.add_argument("--contracts", type=words, default=list(cases.CONTRACTS))
    parser.add_argument("--suites", type=words, help="of those in KERNELS (all)")
    parser.add_argument("--only", default="", help="a part of M x N x K")
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--resume", action="store_true",
                        help="go on where an earlier run stopped")


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kernels")
    parser.add_argument("--output", type=pathlib.Path, required=True)
    parser.add_argument("--cutlass", default="cutlass-peers.so")
    parser.add_argument("--peers", type=words,
                        default=words("triton,cutlass,cublas,peak,read"))
    parser.add_argument("--sustained", type=float, default=0, metavar="SECONDS")
    add_extent(parser)
    return parser.parse_args()


def measure(arguments, make_measurement=measurements.Measurement):
    """Measures all and writes the JSON lines; 0 if that was possible."""
    random.seed(arguments.seed)
    journal = journals.Journal(arguments.output, arguments.resume)
    try:
        run_all(arguments, journal, make_measurement)
    except measurements.ContextLost:
        journal.close()
        restart(arguments)
    except (OSError, ValueError, ImportError, RuntimeError) as error:
        reason = (str(error) or repr(error)).splitlines()[0]
        print(f"{pathlib.Path(sys.argv[0]).name}: {reason}", file=sys.stderr)
        return 2
    journal.close()
    return 0


def main():
    arguments = parse_arguments()
    make = functools.partial(measurements.Measurement, sustained=arguments.sustained)
    if code := measure(arguments, make):
        return code
    import report
    report.write_files(arguments.output)
    return 0


if __name__ == "__main__":
    sys.exit(main())
