"""Divides the time that is left, and times kernels fairly within it.

Nothing here knows a GPU: a sampler is a function that takes one sample and
returns (microseconds, MHz), and perhaps joules; the clock is a parameter, for the
tests.
"""

import random
import statistics
import time


class Budget:
    """A span of seconds, divided over parts as they come."""

    def __init__(self, seconds, clock=None):
        self._clock = clock or time.monotonic
        self._end = self._clock() + seconds

    def left(self):
        return self._end - self._clock()

    def part(self, weight, weights_left):
        """A budget of the share of what is left that `weight` is of all weights
        that are left, its own among them."""
        return Budget(max(0, self.left()) * weight / weights_left, self._clock)

    def fraction(self, fraction):
        return Budget(max(0, self.left()) * fraction, self._clock)


HOPELESS = 1.3  # times the best so far, at the first sample


def choose(candidates, make_sampler, budget, keep=3):
    """The fastest of some candidates by a short trial, as (candidate, sampler);
    None if none works. Two samples each, one if that is hopeless, then four more
    of the best few.

    `make_sampler` returns None for a candidate that fails. Candidates are tried
    in order until the budget is spent; the first is always tried."""
    trials = []
    for candidate in candidates:
        if trials and budget.left() <= 0:
            break
        sampler = make_sampler(candidate)
        if not sampler:
            continue
        time = sampler()[0]
        if not trials or time < HOPELESS * min(trials)[0]:
            time = min(time, sampler()[0])
        trials.append([time, len(trials), candidate, sampler])
    finalists = sorted(trials)[:keep]
    if len(finalists) > 1:
        for trial in finalists:
            trial[0] = min(trial[3]()[0] for _ in range(4))
    best = min(finalists, default=None)
    return best and (best[2], best[3])


def take_rounds(samplers, budget, least, most, generator=random):
    """{name: [(microseconds, MHz)]}: every round samples each once, in random
    order, since a fixed order favours some on a power-limited card."""
    samples = {name: [] for name in samplers}
    for done in range(most):
        if done >= least and budget.left() <= 0:
            break
        names = list(samplers)
        generator.shuffle(names)
        for name in names:
            samples[name].append(samplers[name]())
    return samples


class Ranking:
    """Orders candidates by how often they were best, so that a trial that runs
    out of time has tried the likely ones."""

    def __init__(self):
        self._wins = {}

    def sort(self, candidates):
        return sorted(candidates, key=lambda x: -self._wins.get(x.name, 0))

    def add_win(self, candidate):
        self._wins[candidate.name] = self._wins.get(candidate.name, 0) + 1


def summarise(samples):
    """Medians and extremes of the samples of one kernel."""
    times = [sample[0] for sample in samples]
    clocks = [sample[1] for sample in samples if sample[1]]
    energies = [joules for _, _, *rest in samples for joules in rest if joules]
    summary = {"us": round(statistics.median(times), 3),
               "us_samples": [round(t, 2) for t in times],
               "mhz": round(statistics.median(clocks)) if clocks else None,
               "mhz_samples": [sample[1] for sample in samples]}
    if energies:
        summary["joules"] = statistics.median(energies)
    return summary
