"""bench.py over fake kernels: what it checks, chooses, times and writes."""

import json
import pathlib
import sys
import tempfile
import types
import unittest

import fakes
from fakes import FakeKernel


def candidate(name, kernel, contract="f16", **detail):
    return types.SimpleNamespace(name=name, contract=contract, run=kernel,
                                 close=lambda: None, flops=None, detail=detail)


def family(label, *candidates):
    return types.SimpleNamespace(label=label, candidates=list(candidates), kin="triton")


class BenchTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.clock, self.checked = fakes.FakeClock(), []
        self.peers = [candidate(f"triton {i}", FakeKernel(100 - i)) for i in range(20)]
        self.sizes = [1024]
        self.our_kernel = FakeKernel(60)
        self.variants = []

    def run_bench(self, *options):
        entries = [{"contract": "f16", "m": s, "n": s, "k": s, "options": [],
                    "suites": ["squares"], "file": "x.ttk"} for s in self.sizes]
        entries.append({"contract": "f16", "m": 1, "n": 1, "k": 1, "options": [],
                        "suites": ["squares"], "refused": "too small"})
        (self.folder / "index.json").write_text(json.dumps(entries))
        bench = fakes.install(
            self.clock, lambda operands, t: [
                family("triton seed", *self.peers[:4]),
                family("triton any", *self.peers[4:])],
            lambda operands, entries: [self.our_candidate(
                "tt", self.our_kernel)] + self.variants, self.checked)
        self.restarts = []
        bench.os = types.SimpleNamespace(
            execv=lambda program, command: self.restarts.append(command))
        output = self.folder / "out.jsonl"
        sys.argv = ["bench.py", str(self.folder), "--output", str(output), *options]
        self.assertEqual(bench.main(), 0)
        return [json.loads(line) for line in output.read_text().splitlines()]

    def our_candidate(self, name, kernel, options=()):
        return candidate(name, kernel, ours=True, config="c", options=list(options),
                         suites=["squares"])

    def rows(self, rows, kind):
        return [row for row in rows if row["kind"] == kind]

    def test_best_of_each_space_is_timed_with_ours(self):
        rows = self.rows(self.run_bench(), "measured")
        self.assertEqual({row["name"]: row["labels"] for row in rows},
                         {"tt": ["tt"], "triton 3": ["triton seed"],
                          "triton 19": ["triton any"]})
        self.assertAlmostEqual(rows[0]["tflops"], 2 * 1024**3 / 60e6, 1)
        self.assertEqual(rows[0]["mhz"], 1500)

    def test_a_space_may_add_nothing(self):
        self.peers[2].run.microseconds = 10
        rows = self.rows(self.run_bench(), "measured")
        self.assertIn(["triton seed", "triton any"], [row["labels"] for row in rows])

    def test_everything_timed_was_checked_once(self):
        self.run_bench()
        self.assertEqual(len(self.checked), 21)

    def test_wrong_peer_is_reported_and_the_rest_goes_on(self):
        self.peers[19].run.why = "error 1e-1"
        rows = self.run_bench()
        self.assertEqual([(r["name"], r["why"]) for r in self.rows(rows, "failed")],
                         [("tt f16 1x1x1", "too small"), ("triton 19", "error 1e-1")])
        self.assertIn("triton 18", [r["name"] for r in self.rows(rows, "measured")])

    def test_our_wrong_kernel_is_not_timed(self):
        self.our_kernel.why = "error 1e-1"
        rows = self.run_bench()
        self.assertNotIn("tt", [r["name"] for r in self.rows(rows, "measured")])

    def test_few_variants_are_all_timed_and_of_many_the_best(self):
        for count, timed in ((3, 4), (7, 2)):
            self.variants = [self.our_candidate(f"tt {i}", FakeKernel(70 - i), ["x"])
                             for i in range(count)]
            names = [r["name"] for r in self.rows(self.run_bench(), "measured")
                     if r.get("ours")]
            self.assertEqual(len(names), timed)
            self.assertIn(f"tt {count - 1}", names)

    def test_missing_peers_are_named(self):
        rows = self.run_bench()
        self.assertEqual([r["peer"] for r in self.rows(rows, "missing")],
                         ["triton", "cutlass", "peak", "read"])

    def test_too_large_a_problem_is_reported(self):
        self.sizes = [100000, 1024]
        rows = self.run_bench()
        self.assertIn("RuntimeError('out of memory')",
                      [r["why"] for r in self.rows(rows, "failed")])
        self.assertEqual(len(self.rows(rows, "done")), 1)

    def test_budget_is_kept_and_shared(self):
        self.sizes = [256, 512, 1024, 2048]
        rows = self.run_bench("--budget", "4", "--rounds", "1000000")
        self.assertEqual(len(self.rows(rows, "done")), 4)
        self.assertLess(self.clock.now, 4.2)
        self.assertGreater(self.clock.now, 3.9)

    def test_suites_can_be_picked(self):
        rows = self.run_bench("--suites", "seed")
        self.assertEqual(self.rows(rows, "measured"), [])

    def test_spent_budget_skips(self):
        self.sizes = [256, 512, 1024]
        rows = self.run_bench("--budget", "0.05")
        self.assertEqual(len(self.rows(rows, "skipped")), 2)

    def test_broken_context_restarts_without_the_culprit(self):
        self.peers[19].run.why = "illegal address"
        self.peers[19].run.breaks = True
        rows = self.run_bench("--budget", "7")
        self.assertEqual(self.rows(rows, "measured"), [])
        self.assertIn("--resume", self.restarts[0])
        self.clock.healthy = True
        rows = self.run_bench("--resume")
        self.assertEqual(len(self.rows(rows, "done")), 1)
        self.assertNotIn("triton 19", [r["name"] for r in self.rows(rows, "measured")])


if __name__ == "__main__":
    unittest.main()
