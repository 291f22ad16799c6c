"""Suites, contracts, and what counts as like for like."""

import unittest

import fakes  # finds benchmarks/
import cases


class CasesTest(unittest.TestCase):
    def sizes(self, text):
        return [(c.contract, c.m, c.n, c.k) for c in cases.parse_suite(text)]

    def test_lists_and_ranges(self):
        self.assertEqual(self.sizes("1,2 4..8/2 3 f16"), [
            ("f16", 1, 4, 3), ("f16", 1, 6, 3), ("f16", 1, 8, 3), ("f16", 2, 4, 3),
            ("f16", 2, 6, 3), ("f16", 2, 8, 3)])

    def test_all_contracts_without_a_name(self):
        self.assertEqual([c for c, *_ in self.sizes("1 2 3")], list(cases.CONTRACTS))

    def test_comments_and_repetitions(self):
        self.assertEqual(self.sizes("# a: b's\n1 2 3 f16 # x\n\n1 2 3 f16"),
                         [("f16", 1, 2, 3)])

    def test_options(self):
        case, = cases.parse_suite('1 2 3 f16 : --config "#tt.config<x, y>"')
        self.assertEqual(case.options, ("--config", "#tt.config<x, y>"))
        self.assertEqual(case.command()[-2:], ["--config", "#tt.config<x, y>"])
        self.assertNotEqual(case.name, cases.Case("f16", 1, 2, 3).name)

    def test_names(self):
        case, = cases.parse_suite("odd 1 2 3 f16")
        self.assertEqual((case.name, case.m), ("odd", 1))
        for text in ("odd 1,2 2 3 f16", "odd 1 2 3", "odd 1 2 3 f16\nodd 1 2 4 f16"):
            with self.assertRaisesRegex(ValueError, "more than one kernel"):
                cases.parse_suite(text)

    def test_bad_lines_are_named(self):
        for text, message in (("1 2", "line 1: expected M N K"),
                              ("\n1 2 3 f64", "line 2: expected M N K"),
                              ("1 2 x", "expected sizes")):
            with self.assertRaisesRegex(ValueError, message):
                cases.parse_suite(text)

    def test_every_suite_can_be_read(self):
        for path in cases.SUITES.glob("*.txt"):
            self.assertTrue(cases.read_suite(path.stem), path)

    def test_bounds_tell_contracts_apart(self):
        # Truncation's bias is 7e-4; a lost k-step of 16 terms is 2e-3 of 8192.
        nearest, truncate = (cases.CONTRACTS[f"tf32-{r}"]
                             for r in ("nearest", "truncate"))
        self.assertLess(nearest.max_bias(4096, 4096, 8192), 6e-4)
        self.assertGreater(truncate.max_bias(4096, 4096, 8192), 8e-4)
        self.assertLess(cases.CONTRACTS["f16"].max_error(8192), 1e-3)
        # One product may be off by both operands' rounding.
        self.assertGreaterEqual(nearest.max_error(1), 2**-10)
        self.assertGreaterEqual(truncate.max_error(1), 2**-9)

    def test_like_for_like(self):
        self.assertTrue(cases.is_like_for_like("f16", "f16"))
        self.assertTrue(cases.is_like_for_like("tf32-nearest_finite", "tf32-nearest"))
        self.assertFalse(cases.is_like_for_like("tf32-nearest", "tf32-truncate"))
        self.assertFalse(cases.is_like_for_like("tf32-truncate", "tf32-nearest"))
        self.assertFalse(cases.is_like_for_like("f16", "bf16"))


if __name__ == "__main__":
    unittest.main()
