"""Reads the JSON lines of bench.py: problems, our kernels, and their peers."""

import dataclasses
import json
import math
import pathlib

import cases


@dataclasses.dataclass
class Problem:
    """Rows of one problem that were timed together."""
    element_type: str
    m: int
    n: int
    k: int
    rows: list

    @property
    def key(self):
        return self.element_type, self.m, self.n, self.k

    @property
    def size(self):
        return f"{self.m}×{self.n}×{self.k}"

    def ours(self, contract):
        """Our default kernel of a contract, if it was timed."""
        return next((row for row in self.rows if "tt" in row["labels"]
                     and row["contract"] == contract and not row["options"]), None)

    def variants(self, contract):
        """Our kernels of a contract whose config was given."""
        return [row for row in self.rows if "tt" in row["labels"]
                and row["contract"] == contract and row["options"]]

    def labelled(self, label):
        return next((row for row in self.rows if label in row["labels"]), None)

    def cutlass(self, contract):
        return next((row for row in self.rows
                     if row["labels"][0].startswith("cutlass")
                     and cases.is_like_for_like(contract, row["contract"])), None)

    def best_peer(self, contract):
        """The fastest peer that does the same by the same instructions."""
        peers = [row for row in self.rows
                 if not row.get("ours") and row["contract"]
                 and not row.get("other_instructions")
                 and cases.is_like_for_like(contract, row["contract"])]
        return max(peers, key=lambda row: row["tflops"], default=None)

    def ratio(self, contract):
        """Of our throughput to the best like-for-like peer's, or None."""
        ours, peer = self.ours(contract), self.best_peer(contract)
        return ours["tflops"] / peer["tflops"] if ours and peer else None

    def suites(self, contract):
        ours = self.ours(contract)
        return ours["suites"] if ours else []


@dataclasses.dataclass
class Results:
    machines: list
    problems: list
    others: list  # rows that tell of what is missing, failed or skipped

    def contracts(self):
        return [c for c in cases.CONTRACTS if any(p.ours(c) for p in self.problems)]

    def suites(self):
        return list(dict.fromkeys(s for p in self.problems for c in cases.CONTRACTS
                                  for s in p.suites(c)))

    def of_suite(self, suite, contract):
        return [p for p in self.problems if suite in p.suites(contract)]


def read(paths):
    """The results of one or more runs; raises ValueError for what is none."""
    results = Results([], [], [])
    for path in paths:
        problems = {}
        lines = pathlib.Path(path).read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines, 1):
            try:
                row = json.loads(line)
                kind = row["kind"]
            except (json.JSONDecodeError, KeyError, TypeError):
                raise ValueError(f"{path}, line {number}: no result of bench.py"
                                 ) from None
            if kind == "machine":
                results.machines.append(row)
            elif kind == "measured":
                key = row["element_type"], row["m"], row["n"], row["k"]
                problems.setdefault(key, Problem(*key, [])).rows.append(row)
            elif kind in ("missing", "failed", "skipped"):
                results.others.append(row)
        results.problems += problems.values()
    return results


def add_peers(results, others):
    """Peers' rows of the same problems in other runs count as well."""
    peers = {}
    for problem in others.problems:
        peers.setdefault(problem.key, []).extend(
            row for row in problem.rows if not row.get("ours"))
    for problem in results.problems:
        problem.rows += peers.get(problem.key, [])


def geometric_mean(values):
    return math.exp(sum(map(math.log, values)) / len(values))
