#!/usr/bin/env python3
"""Says what ptxas made of a kernel: resources and the main loop's instructions.

  sass_mix.py FILE... [--arch sm_89] [--opcodes] [--listing]

FILE is a kernel file (tt-run --emit=kernel) or PTX. The order of the main loop
is printed in runs of letters:

  H mma        M ldmatrix   s S L shared loads of 32, 64, 128 bits
  C cp.async   K commit     W wait   B barrier   g t ld.global, st.shared
"""

import argparse
import collections
import json
import pathlib
import sys
import textwrap

import cuda_tools
import sass


def read_kernel(path):
    """(PTX, dynamic shared bytes) of a kernel file or of PTX."""
    text = pathlib.Path(path).read_text(encoding="utf-8")
    if not text.lstrip().startswith("{"):
        return text, 0
    kernel = json.loads(text)["kernel"]
    return kernel["ptx"], kernel["shared_bytes"]


def print_loop(loop, arguments):
    if loop is None:
        print("  no mma")
        return
    mmas = sass.count_mma(loop)
    print(f"  main loop: {len(loop)} instructions, "
          f"{len(loop) / mmas:.2f} for each mma")
    for kind, count in sorted(sass.mix(loop).items(), key=lambda x: -x[1]):
        print(f"    {count:5} {kind}")
    if arguments.opcodes:
        counts = collections.Counter(x.opcode for x in loop)
        for opcode, count in counts.most_common():
            print(f"    {count:5} {opcode}")
    print(textwrap.fill(sass.order(loop), 78, initial_indent="    ",
                        subsequent_indent="    "))
    if arguments.listing:
        for x in loop:
            print(f"    {x.address:05x} {x.predicate:>5} {x.opcode} {x.operands}")


def print_kernel(path, arguments):
    ptx, shared = read_kernel(path)
    log, disassembly = cuda_tools.assemble(ptx, arguments.arch)
    functions = sass.parse_functions(disassembly)
    for name, found in sass.parse_resources(log).items():
        print(f"{path}: {name} for {arguments.arch}: "
              f"{found['registers']} registers, spills "
              f"{found['spill stores']} + {found['spill loads']} bytes, shared "
              f"{found['static shared']} + {shared} bytes")
        print_loop(functions[name].main_loop(), arguments)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--arch", default="sm_89")
    parser.add_argument("--opcodes", action="store_true",
                        help="count full opcodes too")
    parser.add_argument("--listing", action="store_true",
                        help="print the main loop")
    arguments = parser.parse_args()
    try:
        for path in arguments.files:
            print_kernel(path, arguments)
    except (OSError, KeyError, ValueError, cuda_tools.ToolError) as error:
        print(f"sass_mix.py: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
