"""space.py over fake kernels, and the choice of make_space.py."""

import contextlib
import io
import json
import pathlib
import sys
import tempfile
import types
import unittest

import fakes
from fakes import FakeKernel


def candidate(name, microseconds, options=("--config", "x"), contract="f16", **detail):
    return types.SimpleNamespace(
        name=name, contract=contract, run=FakeKernel(microseconds), flops=None,
        close=lambda: None, detail={
            "ours": True, "config": f"#tt.config<{name}>", "options": list(options),
            "suites": ["squares"], "estimated_us": 10.0, **detail})


class SpaceTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.clock, self.checked = fakes.FakeClock(), []
        self.ours = [candidate("default", 110, ()), candidate("best", 100),
                     candidate("near", 105), candidate("far", 150)]
        self.sizes = [1024]

    def run_space(self, *options, code=0):
        entries = [{"contract": "f16", "m": s, "n": s, "k": s, "options": [],
                    "suites": ["squares"], "file": "x.ttk"} for s in self.sizes]
        entries.append({**entries[0], "refused": "too many registers"})
        del entries[-1]["file"]
        (self.folder / "index.json").write_text(json.dumps(entries))
        bench = fakes.install(self.clock, None, lambda operands, entries: self.ours,
                              self.checked)
        sys.modules["peers"].Cutlass = staticmethod(
            lambda path: types.SimpleNamespace(families=self.make_families))
        bench.os = types.SimpleNamespace(
            execv=lambda program, command: self.restarts.append(command))
        import space
        output, self.restarts = self.folder / "out.jsonl", []
        sys.argv = ["space.py", str(self.folder), "--output", str(output), *options]
        self.printed = io.StringIO()
        with contextlib.redirect_stdout(self.printed):
            self.assertEqual(space.main(), code)
        return [json.loads(line) for line in output.read_text().splitlines()]

    def make_families(self, operands, element_type):
        return [types.SimpleNamespace(label=f"cutlass {contract}", kin=contract,
                                      candidates=[candidate(f"peer {contract}", 95, (),
                                                            contract, ours=False)])
                for contract in ("f16", "bf16")]

    def rows(self, rows, kind="measured"):
        return {row["name"]: row for row in rows if row["kind"] == kind}

    def test_all_are_timed_and_the_slow_only_on_trial(self):
        rows = self.rows(self.run_space())
        self.assertEqual({name: "trial" in row for name, row in rows.items()},
                         {"default": False, "best": False, "near": False, "far": True})
        self.assertEqual((rows["far"]["us"], len(rows["far"]["us_samples"])), (150, 3))
        self.assertEqual(len(rows["best"]["us_samples"]), 25)
        for key in ("contract", "m", "n", "k", "config", "estimated_us"):
            self.assertIn(key, rows["far"])

    def test_a_slow_default_stays(self):
        self.ours[0].run.microseconds = 200
        rows = self.rows(self.run_space())
        self.assertNotIn("trial", rows["default"])
        self.assertIn("| 200.0 | 100.0 | 2.000 |", self.printed.getvalue())

    def test_tables(self):
        self.sizes = [512, 1024]
        self.run_space("--cutlass", "x.so")
        text = self.printed.getvalue()
        self.assertIn("| 1024×1024×1024 | `<default>` | `<best>` | 110.0 | 100.0 | 1.100 "
                      "| 0.950 |", text)
        self.assertIn("| f16 | **all** | 2 | 1.100 | 1.10 at 512×512×512 | 2 |", text)
        self.assertIn("too many registers", text)

    def test_only_peers_of_our_contract_are_timed(self):
        rows = self.rows(self.run_space("--cutlass", "x.so"))
        self.assertIn("peer f16", rows)
        self.assertNotIn("peer bf16", rows)

    def test_a_default_that_is_best(self):
        self.ours[0].run.microseconds = 99
        self.run_space()
        self.assertIn("| the same | 99.0 | 99.0 | 1.000 |", self.printed.getvalue())

    def test_a_wrong_kernel_is_named_once_and_not_timed(self):
        self.ours[1].run.why = "error 1e-1"
        rows = self.run_space()
        self.assertNotIn("best", self.rows(rows))
        self.assertEqual(self.checked.count(self.ours[1].run), 1)
        self.assertIn("failed best", self.printed.getvalue())
        self.assertIn("| 110.0 | 105.0 | 1.048 |", self.printed.getvalue())

    def test_without_the_default_there_is_no_ratio(self):
        self.ours[0].run.why = "error 1e-1"
        rows = self.run_space()
        self.assertIn("best", self.rows(rows))
        self.assertIn("- failed: default, ['f16', 1024, 1024, 1024], error 1e-1", self.printed.getvalue())

    def test_budget_is_kept_and_shared(self):
        self.sizes = [256, 512, 1024, 2048]
        rows = self.run_space("--budget", "4", "--rounds", "1000000")
        self.assertEqual(len([r for r in rows if r["kind"] == "done"]), 4)
        self.assertLess(self.clock.now, 4.2)

    def test_a_spent_budget_still_times_the_default(self):
        rows = self.run_space("--budget", "1", "--rounds", "5")
        self.assertIn("default", self.rows(rows))
        self.clock.now = 0
        self.ours = [candidate("default", 110, ())] + [
            candidate(f"c{i}", 100) for i in range(200)]
        rows = self.run_space("--budget", "1", "--rounds", "5")
        self.assertIn("default", self.rows(rows))
        self.assertIn("c199", self.rows(rows, "skipped"))

    def test_broken_context_restarts_without_the_culprit(self):
        self.ours[1].run.why, self.ours[1].run.breaks = "illegal address", True
        self.run_space("--budget", "7")
        self.assertEqual(self.restarts[0].count("--resume"), 1)
        self.clock.healthy = True
        rows = self.run_space("--resume")
        self.assertNotIn("best", self.rows(rows))
        self.assertIn("near", self.rows(rows))

    def test_kernels_are_compiled_ahead_if_there_is_a_driver(self):
        self.run_space()
        self.assertIn("0 of 1 kernels compiled by the driver", self.printed.getvalue())
        self.assertIn("no CUDA driver", self.printed.getvalue())

    def test_what_is_not_there_is_reported(self):
        (self.folder / "out.jsonl").write_text("")
        self.run_space()
        sys.argv = ["space.py", str(self.folder / "nothing")]
        import space
        with contextlib.redirect_stderr(io.StringIO()) as errors:
            self.assertEqual(space.main(), 2)
        self.assertIn("space.py: ", errors.getvalue())


class ChoiceTest(unittest.TestCase):
    def setUp(self):
        import make_space
        self.make_space = make_space

    def config(self, m, n, microseconds, k=32, warp="[64, 64]", **keys):
        rest = "".join(f", {key} = {value}" for key, value in keys.items())
        return self.make_space.Candidate(
            f"#tt.config<block = [{m}, {n}, {k}], warp = {warp}{rest}>", microseconds)

    def test_keys(self):
        keys = self.config(64, 128, 1, stages=4, a_layout="xor").keys
        self.assertEqual(keys, {"block": "64, 128", "block_k": "32", "warp": "[64, 64]",
                                "stages": "4", "a_layout": "xor"})

    def test_best_of_each_tile_once(self):
        default = self.config(64, 64, 10, stages=4)
        others = [self.config(64, 128, 9), self.config(64, 64, 10, stages=3),
                  self.config(64, 128, 11), self.config(32, 64, 12)]
        self.assertEqual(self.make_space.choose([default, *others], 6, 0),
                         [default, others[0], others[3]])
        self.assertEqual(self.make_space.choose([default, *others], 1, 0),
                         [default, others[0]])

    def test_better_config_of_the_defaults_tile(self):
        default = self.config(64, 64, 10, stages=4)
        other = self.config(64, 64, 9, stages=3)
        self.assertEqual(self.make_space.choose([default, other], 1, 0),
                         [default, other])

    def test_one_neighbour_a_key_in_the_order_of_keys(self):
        default = self.config(64, 64, 10)
        raster = self.config(64, 64, 10, raster_group=4)
        stages = [self.config(64, 64, 10.1, stages=3), self.config(64, 64, 10.2, stages=5)]
        split = self.config(64, 64, 13, split_k=2)
        slow = self.config(64, 64, 15, k_slices=2)
        everything = [default, raster, *stages, split, slow]
        self.assertEqual(self.make_space.choose(everything, 6, 4),
                         [default, split, stages[0]])
        self.assertEqual(self.make_space.choose(everything, 6, 1), [default, split])


if __name__ == "__main__":
    unittest.main()
