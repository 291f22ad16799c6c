#!/usr/bin/env python3
"""Times kernel files of tt beside their peers: same work, same process.

  bench.py KERNELS --output results.jsonl [--cutlass cutlass-peers.so]
           [--budget SECONDS] [--peers triton,cutlass,cublas,peak]
           [--contracts f16,...] [--suites seed,...] [--only 4096x4096]

KERNELS is what make_kernels.py made: a folder or a .tar.gz. Every kernel is
checked against float64 on fresh uniform [0, 1) inputs, C poisoned with NaN, before
it is timed. The best kernel of each peer is picked by a short trial; then ours and
the best peers are timed in rounds of random order, as CUDA graphs of about 4 ms.
A peer that is missing, fails or is wrong is reported, and the rest goes on. The
budget holds for all problems after Triton's kernels are compiled.

Writes JSON lines, and beside them tables (.md). report.py makes the tables again
from JSON lines, of several runs too; pictures.py draws them.
"""

import argparse
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
import nvml

SAMPLE_MS, TRIAL_MS = 4, 1
TRIAL_SHARE = 0.5  # of a problem's time
LEAST_ROUNDS = 5


class ContextLost(RuntimeError):
    """A kernel broke CUDA for this process; the message is its name."""


class Journal:
    """The JSON lines, and what an earlier process already wrote."""

    def __init__(self, path, resume):
        self.done, self.broken = set(), set()
        if resume:
            for line in path.read_text().splitlines():
                row = json.loads(line)
                if row["kind"] == "done":
                    self.done.add(tuple(row["problem"]))
                if row["kind"] == "failed" and row.get("broke_cuda"):
                    self.broken.add((tuple(row["problem"]), row["name"]))
        self._file = path.open("a" if resume else "w")

    def close(self):
        self._file.close()

    def write(self, kind, **row):
        self._file.write(json.dumps({"kind": kind, **row}) + "\n")
        self._file.flush()
        if kind in ("missing", "failed"):
            print(kind, *row.values(), flush=True)


def read_kernels(path):
    """(Folder, index) of kernel files."""
    folder = pathlib.Path(path)
    if folder.is_file():
        folder = pathlib.Path(tempfile.mkdtemp(prefix="tt-kernels"))
        shutil.unpack_archive(path, folder)
    return folder, json.loads((folder / "index.json").read_text())


def group(index, arguments, journal):
    """{problem: entries}, in the order of the index."""
    groups = {}
    wanted = set(arguments.suites or (s for e in index for s in e["suites"]))
    for entry in index:
        size = f"{entry['m']}x{entry['n']}x{entry['k']}"
        if entry["contract"] not in arguments.contracts or \
                arguments.only not in size or \
                not wanted.intersection(entry["suites"]):
            continue
        if "refused" in entry:
            if not arguments.resume:
                journal.write("failed", name=f"tt {entry['contract']} {size}",
                              why=entry["refused"])
            continue
        element_type = cases.CONTRACTS[entry["contract"]].element_type
        problem = element_type, entry["m"], entry["n"], entry["k"]
        groups.setdefault(problem, []).append(entry)
    return {p: g for p, g in groups.items() if p not in journal.done}


class Measurement:
    """One problem: checks, trials and rounds."""

    def __init__(self, problem, journal, clock, rankings):
        import gpu
        self._gpu = gpu
        self._problem, self._journal, self._clock = problem, journal, clock
        self._rankings = rankings
        self._operands = gpu.Operands(*problem)
        self._samplers, self._checks = {}, {}
        self._labels = {}  # name -> labels
        self._chosen = {}  # name -> candidate

    def operands(self):
        return self._operands

    def _fail(self, candidate, error):
        broke = not self._gpu.is_healthy()
        self._journal.write("failed", name=candidate.name, problem=self._problem,
                            why=str(error).strip()[:500], broke_cuda=broke)
        if broke:
            raise ContextLost(candidate.name)

    def _make_sampler(self, candidate, milliseconds=TRIAL_MS):
        """Checks the candidate; None if it fails."""
        key = candidate.name, milliseconds
        if (self._problem, candidate.name) in self._journal.broken:
            return None
        if key not in self._samplers:
            self._samplers[key] = None
            try:
                if candidate.contract and candidate.name not in self._checks:
                    self._checks[candidate.name] = self._operands.check(
                        candidate.run, cases.CONTRACTS[candidate.contract])
                self._samplers[key] = self._clock.sampler(candidate.run, milliseconds)
            except (RuntimeError, ValueError) as error:
                self._fail(candidate, error)
        return self._samplers[key]

    def add(self, candidate, label):
        self._chosen[candidate.name] = candidate
        self._labels.setdefault(candidate.name, []).append(label)

    def add_best(self, families, budget):
        """Adds the best candidate of each family."""
        best_of_kin, left = {}, sum(len(f.candidates) for f in families)
        for family in families:
            ranking = self._rankings.setdefault(family.kin, budgets.Ranking())
            share = len(family.candidates) / max(1, left)
            left -= len(family.candidates)
            candidates = ranking.sort(family.candidates)
            if family.kin in best_of_kin:
                candidates.insert(0, best_of_kin[family.kin])
            best = budgets.choose(candidates, self._make_sampler,
                                  budget.fraction(share))
            if best is None:
                continue
            ranking.add_win(best[0])
            best_of_kin[family.kin] = best[0]
            self.add(best[0], family.label)
        for family in families:
            for candidate in family.candidates:
                if candidate.name not in self._chosen:
                    candidate.close()

    def run(self, budget, most_rounds):
        """Times what was added, in rounds, and writes it down."""
        samplers = {}
        for name, candidate in self._chosen.items():
            if sampler := self._make_sampler(candidate, SAMPLE_MS):
                samplers[name] = sampler
        samples = budgets.take_rounds(samplers, budget, LEAST_ROUNDS, most_rounds)
        element_type, m, n, k = self._problem
        for name, taken in samples.items():
            candidate = self._chosen[name]
            summary = budgets.summarise(taken)
            flops = candidate.flops or self._operands.flops()
            error, bias = self._checks.get(name, (None, None))
            self._journal.write(
                "measured", element_type=element_type, m=m, n=n, k=k, name=name,
                labels=self._labels[name], contract=candidate.contract,
                tflops=round(flops / summary["us"] / 1e6, 2), error=error, bias=bias,
                bytes=self._operands.compulsory_bytes(), **candidate.detail,
                **summary)
        self._journal.write("done", problem=self._problem)

    def close(self):
        for candidate in self._chosen.values():
            candidate.close()


def open_peers(arguments, problems, journal):
    """What there is of peers. Triton comes first: it forks."""
    import peers
    monitor = nvml.Monitor()
    makers = {
        "triton": lambda: peers.Triton(problems, monitor.architecture()),
        "cutlass": lambda: peers.Cutlass(arguments.cutlass),
        "cublas": lambda: peers.Cublas(), "peak": lambda: peers.Peak()}
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
        "machine", device=properties.name, multiprocessors=properties.multi_processor_count,
        architecture=monitor.architecture(), driver=monitor.driver(),
        watts=monitor.power_limit(), torch=torch.__version__, cuda=torch.version.cuda,
        bandwidth_gbs=round(gpu.memory_bandwidth(clock)),
        python=sys.version.split()[0])


def measure(problem, entries, ours, found, measurement, budget, rounds):
    """Everything about one problem."""
    operands = measurement.operands()
    for candidate in ours.candidates(operands, entries):
        measurement.add(candidate, "tt")
    families = [family for peer in found.values()
                for family in peer.families(operands, problem[0])]
    measurement.add_best(families, budget.fraction(TRIAL_SHARE))
    measurement.run(budget, rounds)
    measurement.close()


def run_all(arguments, journal):
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
    for i, (problem, entries) in enumerate(groups.items()):
        if total.left() <= 0:
            journal.write("skipped", problem=problem, why="no time left")
            continue
        try:
            part = total.part(len(groups) - i)
            measurement = Measurement(problem, journal, clock, rankings)
            measure(problem, entries, peers.Ours(folder), found, measurement, part,
                    arguments.rounds)
        # Such as too little memory, or a kernel file that cannot be read.
        except (RuntimeError, ValueError, KeyError, OSError) as error:
            if isinstance(error, ContextLost) or not gpu.is_healthy():
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


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    def words(text):
        return text.split(",")
    parser.add_argument("kernels")
    parser.add_argument("--output", type=pathlib.Path, required=True)
    parser.add_argument("--cutlass", default="cutlass-peers.so")
    parser.add_argument("--budget", type=float, default=300)
    parser.add_argument("--peers", type=words, default=words("triton,cutlass,cublas,peak"))
    parser.add_argument("--contracts", type=words, default=list(cases.CONTRACTS))
    parser.add_argument("--suites", type=words, help="of those in KERNELS (all)")
    parser.add_argument("--only", default="", help="a part of M x N x K")
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--resume", action="store_true",
                        help="go on where an earlier run stopped")
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    random.seed(arguments.seed)
    journal = Journal(arguments.output, arguments.resume)
    try:
        run_all(arguments, journal)
    except ContextLost:
        journal.close()
        restart(arguments)
    except (OSError, ValueError, ImportError, RuntimeError) as error:
        print(f"bench.py: {(str(error) or repr(error)).splitlines()[0]}", file=sys.stderr)
        return 2
    journal.close()
    import report
    report.write_files(arguments.output)
    return 0


if __name__ == "__main__":
    sys.exit(main())
