"""Trials and rounds on a clock that only the samplers move."""

import random
import types
import unittest

import fakes
import budget


class BudgetTest(unittest.TestCase):
    def setUp(self):
        self.clock = fakes.FakeClock()
        self.taken = []

    def budget(self, seconds):
        return budget.Budget(seconds, self.clock)

    def candidates(self, *times):
        return [types.SimpleNamespace(name=str(i), time=t)
                for i, t in enumerate(times)]

    def make_sampler(self, candidate):
        """None for a candidate without a time."""
        def sample():
            self.clock.now += 1
            self.taken.append(candidate.name)
            return candidate.time, 1500
        return sample if candidate.time else None

    def test_parts_share_what_is_left(self):
        whole = self.budget(12)
        self.clock.now = 3
        self.assertEqual(whole.part(1, 3).left(), 3)
        self.assertEqual(whole.part(2, 3).left(), 6)
        self.assertEqual(whole.fraction(0.5).left(), 4.5)
        self.clock.now = 20
        self.assertEqual(whole.part(1, 3).left(), 0)

    def test_choose_finds_the_fastest(self):
        best, _ = budget.choose(self.candidates(5, 3, 2, 4, 6), self.make_sampler,
                                self.budget(100))
        self.assertEqual(best.name, "2")
        # Two samples each, one of the hopeless, and four of the three finalists.
        self.assertEqual(len(self.taken), 3 * 2 + 2 + 3 * 4)

    def test_choose_stops_in_time_and_tries_the_first(self):
        best, _ = budget.choose(self.candidates(5, 3, 2), self.make_sampler,
                                self.budget(0))
        self.assertEqual(best.name, "0")
        self.assertEqual(set(self.taken), {"0"})

    def test_choose_passes_over_failures(self):
        best, _ = budget.choose(self.candidates(None, 3), self.make_sampler,
                                self.budget(100))
        self.assertEqual(best.name, "1")
        self.assertIsNone(budget.choose(self.candidates(None), self.make_sampler,
                                        self.budget(100)))

    def test_rounds_sample_each_once_in_changing_order(self):
        samplers = {c.name: self.make_sampler(c) for c in self.candidates(1, 2, 3)}
        samples = budget.take_rounds(samplers, self.budget(1e9), 5, 20,
                                     random.Random(1))
        self.assertEqual([len(s) for s in samples.values()], [20] * 3)
        rounds = [self.taken[i:i + 3] for i in range(0, 60, 3)]
        self.assertTrue(all(sorted(r) == ["0", "1", "2"] for r in rounds))
        self.assertGreater(len(set(map(tuple, rounds))), 3)

    def test_rounds_end_with_the_budget_but_not_before_the_least(self):
        samplers = {c.name: self.make_sampler(c) for c in self.candidates(1, 2)}
        samples = budget.take_rounds(samplers, self.budget(13), 3, 100)
        self.assertEqual(len(samples["0"]), 7)
        samples = budget.take_rounds(samplers, self.budget(0), 3, 100)
        self.assertEqual(len(samples["0"]), 3)

    def test_ranking_puts_winners_first(self):
        ranking, candidates = budget.Ranking(), self.candidates(1, 2, 3)
        ranking.add_win(candidates[2])
        self.assertEqual([c.name for c in ranking.sort(candidates)], ["2", "0", "1"])

    def test_summary_is_of_medians(self):
        summary = budget.summarise([(1, 1500), (9, None), (2, 1700)])
        self.assertEqual((summary["us"], summary["mhz"]), (2, 1600))
        self.assertNotIn("joules", summary)

    def test_energy_is_a_median_where_it_was_read(self):
        summary = budget.summarise([(1, 1500, 0.3), (9, 1500, None), (2, 1500, 0.1)])
        self.assertAlmostEqual(summary["joules"], 0.2)


if __name__ == "__main__":
    unittest.main()
