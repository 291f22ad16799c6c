#!/usr/bin/env python3
"""What each part of a main loop costs: times kernels with that part cut out.

  ablation.py KERNELS [--budget SECONDS] [--rounds 15] [--only 4096x4096]
              [--contracts f16,...]

KERNELS is what make_kernels.py made. Of each kernel's PTX the loop with the most
mma.sync is edited (CUTS), and all are timed beside the whole kernel, in rounds of
random order. What they compute is wrong, so nothing is checked. Prints a table:
the whole kernel's time over that of the one without the part.

A kernel whose copies read nothing computes with what is in shared memory. If that
is zeros, the card draws less power and clocks higher: by how much, "copies of
zeros" shows.
"""

import argparse
import re
import statistics
import sys

import bench
import budget as budgets
import cases
import measurement
import nvml

_COPY = re.compile(r"\s*cp\.async\.c[ag]\.shared\.global\s+(\[[^]]+\]),\s*\[[^]]+\],"
                   r"\s*(\d+)(?:,\s*%r\d+)?;")


def _without(*instructions):
    pattern = re.compile(r"\s*(@!?%p\d+\s+)?(" + "|".join(instructions) + r")\b")
    return lambda line: "" if pattern.match(line) else line


def _at_copies(replace):
    def edit(line):
        match = _COPY.match(line)
        return replace(line, match) if match else line
    return edit


_COPIES, _FRAGMENTS = (r"cp\.async\.c[ag]",), ("ldmatrix", r"ld\.shared")
_BARRIER = (r"bar\.sync", r"cp\.async\.wait_group")
# Predicate and zero are defined before the loop.
CUTS = {
    "without copies": _without(*_COPIES),
    "copies that a predicate turns off": _at_copies(
        lambda line, match: f"\t@%never {line.strip()}"),
    "copies of zeros": _at_copies(
        lambda line, match: f"{line[:match.end(2)]}, 0;"),
    "shared stores for copies": _at_copies(
        lambda line, match: f"\tst.shared.v4.b32 {match[1]}, "
                            "{%zero, %zero, %zero, %zero};"),
    "without fragment loads": _without(*_FRAGMENTS),
    "without barrier": _without(*_BARRIER),
    "without copies and fragment loads": _without(*_COPIES, *_FRAGMENTS),
    "without copies and barrier": _without(*_COPIES, *_BARRIER),
}


def find_loop(lines):
    """(First line, line of the branch back) of the loop with the most mma.sync."""
    labels, loops = {}, []
    for i, line in enumerate(lines):
        if match := re.match(r"(\$\w+):", line):
            labels[match[1]] = i
        elif (match := re.search(r"\bbra(?:\.uni)?\s+(\$\w+);", line)) and \
                match[1] in labels:
            first = labels[match[1]]
            loops.append((sum("mma.sync" in x for x in lines[first:i]), first, i))
    if not loops or max(loops)[0] == 0:
        raise ValueError("no loop with mma.sync")
    return max(loops)[1:]


def cut(ptx, name):
    """The PTX with its main loop edited as CUTS has it. Raises ValueError if that
    changes nothing."""
    lines = ptx.splitlines()
    first, last = find_loop(lines)
    body = [CUTS[name](line) for line in lines[first:last]]
    if body == lines[first:last]:
        raise ValueError(f"{name}: the main loop has no such instruction")
    # ptxas must not know that it is never true.
    before = ["\t.reg .pred %never;", "\t.reg .b32 %zero;",
              "\tmov.u32 %zero, %ctaid.z;", "\tsetp.ne.u32 %never, %zero, 0;"]
    return "\n".join([*lines[:first], *before, *body, *lines[last:]]) + "\n"


def make_samplers(path, operands, clock):
    """{name of the cut, or None for the whole kernel: sampler}."""
    import tt_kernel
    samplers = {}
    for name in [None, *CUTS]:
        kernel = tt_kernel.load(path, check=False)
        try:
            if name:
                kernel.ptx = cut(kernel.ptx, name)
        except ValueError as error:
            print(f"{path.name}: {error}", file=sys.stderr)
            continue
        samplers[name] = clock.sampler(
            lambda kernel=kernel: kernel(operands.a, operands.b, operands.c),
            measurement.SAMPLE_MS)
    return samplers


def measure(entry, folder, clock, budget, rounds):
    """The row of the table of one kernel."""
    import gpu
    operands = gpu.Operands(cases.CONTRACTS[entry["contract"]].element_type,
                            entry["m"], entry["n"], entry["k"])
    samplers = make_samplers(folder / entry["file"], operands, clock)
    samples = budgets.take_rounds(samplers, budget, measurement.LEAST_ROUNDS, rounds)
    times = {name: statistics.median(s[0] for s in taken)
             for name, taken in samples.items()}
    ratios = [f"{times[None] / times[name]:.3f}" if name in times else ""
              for name in CUTS]
    return [entry["contract"], bench.get_size(entry), f"{times[None]:.1f}", *ratios]


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kernels")
    bench.add_extent(parser)
    return parser.parse_args()


def measure_all(arguments):
    """Prints the table."""
    import gpu
    import peers  # finds tt_kernel
    import report
    folder, index = bench.read_kernels(arguments.kernels)
    clock = gpu.Clock(nvml.Monitor())
    total = budgets.Budget(arguments.budget)
    entries = [entry for entry in index
               if "file" in entry and bench.is_wanted(entry, arguments)]
    rows = [measure(entry, folder, clock, total.part(1, len(entries) - i),
                    arguments.rounds) for i, entry in enumerate(entries)]
    print(report.table(["contract", "M×N×K", "µs", *CUTS], rows))
    return 0


def main():
    arguments = parse_arguments()
    try:
        return measure_all(arguments)
    except (OSError, ValueError, ImportError, RuntimeError) as error:
        print(f"ablation.py: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
