#!/usr/bin/env python3
"""How far is the default config from the best of the space, on every size?

  space.py KERNELS [--cutlass cutlass-peers.so] [--budget SECONDS]
           [--output space.jsonl] [--contracts f16,...] [--suites squares,...]

KERNELS is what make_space.py made. Every kernel is checked as bench.py does, and all
of a problem are timed in a few rounds of random order; then those within 15 % of the
best, the default and CUTLASS's best kernel of the contract, if its library is there,
in more of them. The budget is that of the whole run. JSON lines are written as
problems are done, each with config, `us` and `estimated_us`, the cost model's; those
that fell out early, so with few samples, say "trial". space_tables.py makes the
tables again.
"""

import argparse
import pathlib
import sys
import time

import bench
import budget as budgets
import cases
import measurement as measurements
import ptx_cache
import space_tables

TRIAL_ROUNDS = 3
TRIAL_SHARE = 0.5  # of a problem's time
NEAR = 1.15  # times the best of the trial: the others fall out


class SpaceMeasurement(measurements.Measurement):
    """Times all of our kernels, beside peers of their contracts."""

    def add_ours(self, ours, entries):
        for candidate in ours.candidates(self._operands, entries):
            self._add(candidate, "tt")

    def add_peers(self, peers):
        super().add_peers(peers)
        contracts = {c.contract for c in self._chosen.values()}
        self._families = [
            family for family in self._families
            if any(cases.is_like_for_like(contract, candidate.contract)
                   for contract in contracts for candidate in family.candidates)]

    def run(self, budget, most_rounds):
        self._drop_slow(budget.fraction(TRIAL_SHARE))
        super().run(budget, most_rounds)

    def _drop(self, name):
        self._chosen.pop(name).close()

    def _make_trials(self, budget):
        """{name: sampler}; at least one, then as many as there is time for."""
        samplers = {}
        for name, candidate in list(self._chosen.items()):
            if samplers and budget.left() <= 0:
                self._journal.write("skipped", name=name, problem=self._problem,
                                    why="no time left")
                self._drop(name)
            elif sampler := self._make_sampler(candidate):
                samplers[name] = sampler
            else:  # it failed, which was reported
                self._drop(name)
        return samplers

    def _drop_slow(self, budget):
        """Writes down what is clearly not the best, and goes on without it."""
        samples = budgets.take_rounds(self._make_trials(budget), budget,
                                      TRIAL_ROUNDS, TRIAL_ROUNDS)
        trials = {name: budgets.summarise(taken) for name, taken in samples.items()}
        best = {}
        for name, trial in trials.items():
            contract = self._chosen[name].contract
            best[contract] = min(trial["us"], best.get(contract, trial["us"]))
        for name, trial in trials.items():
            candidate = self._chosen[name]
            is_default = not candidate.detail["options"]
            if not is_default and trial["us"] > NEAR * best[candidate.contract]:
                self._write(candidate, {**trial, "trial": True})
                self._drop(name)


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kernels")
    parser.add_argument("--output", type=pathlib.Path,
                        default=pathlib.Path("space.jsonl"))
    parser.add_argument("--cutlass", default="")
    bench.add_extent(parser)
    return parser.parse_args()


def compile_ahead(arguments):
    """Unpacks the kernels and lets the driver compile them on all cores."""
    begin = time.monotonic()
    folder, index = bench.read_kernels(arguments.kernels)
    files = [folder / entry["file"] for entry in index
             if "file" in entry and bench.is_wanted(entry, arguments)]
    loaded, why = ptx_cache.fill(files)
    seconds = time.monotonic() - begin
    print(f"{loaded} of {len(files)} kernels compiled by the driver in {seconds:.1f} s",
          f"({why})" if why else "", flush=True)
    arguments.kernels = folder
    arguments.budget = max(1, arguments.budget - seconds)


def main():
    arguments = parse_arguments()
    arguments.peers = ["cutlass"] if arguments.cutlass else []
    try:
        compile_ahead(arguments)
        if code := bench.measure(arguments, SpaceMeasurement):
            return code
        space_tables.print_report([arguments.output])
    except (OSError, ValueError) as error:
        print(f"space.py: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
