"""One problem: checks, trials and rounds."""

import budget as budgets
import cases

SAMPLE_MS, TRIAL_MS = 4, 1
TRIAL_SHARE = 0.5  # of a problem's time
LEAST_ROUNDS = 5
MOST_VARIANTS = 6  # of ours that are all timed; of more, the best


class ContextLost(RuntimeError):
    """A kernel broke CUDA for this process; the message is its name."""


class Measurement:
    """One problem: checks, trials and rounds."""

    def __init__(self, problem, journal, clock, rankings, sustained=0):
        """`sustained`: seconds of a sample; 0: SAMPLE_MS."""
        import gpu
        self._gpu, self._sustained = gpu, sustained
        self._problem, self._journal, self._clock = problem, journal, clock
        self._rankings = rankings
        self._operands = gpu.Operands(*problem)
        self._samplers, self._checks = {}, {}
        self._labels = {}  # name -> labels
        self._chosen = {}  # name -> candidate
        self._families = []  # of which only the best is timed

    def _fail(self, candidate, error):
        broke = not self._gpu.is_healthy()
        self._journal.write("failed", name=candidate.name, problem=self._problem,
                            why=str(error).strip()[:500], broke_cuda=broke)
        if broke:
            raise ContextLost(candidate.name)

    def _time_by(self, run, is_trial):
        if is_trial:
            return self._clock.sampler(run, TRIAL_MS)
        if self._sustained:
            return self._clock.sustained_sampler(run, self._sustained)
        return self._clock.sampler(run, SAMPLE_MS)

    def _make_sampler(self, candidate, is_trial=True):
        """Checks the candidate; None if it fails."""
        key = candidate.name, is_trial
        if (self._problem, candidate.name) in self._journal.broken:
            return None
        if key not in self._samplers:
            self._samplers[key] = None
            try:
                if candidate.contract and candidate.name not in self._checks:
                    self._checks[candidate.name] = self._operands.check(
                        candidate.run, cases.CONTRACTS[candidate.contract])
                self._samplers[key] = self._time_by(candidate.run, is_trial)
            except (RuntimeError, ValueError) as error:
                self._fail(candidate, error)
        return self._samplers[key]

    def _add(self, candidate, label):
        self._chosen[candidate.name] = candidate
        self._labels.setdefault(candidate.name, []).append(label)

    def add_ours(self, ours, entries):
        """Our default kernels, and those of given configs; of many such, the best."""
        variants = {}
        for candidate in ours.candidates(self._operands, entries):
            if candidate.detail["options"]:
                variants.setdefault(candidate.contract, []).append(candidate)
            else:
                self._add(candidate, "tt")
        for contract, candidates in variants.items():
            if len(candidates) > MOST_VARIANTS:
                self._families.append(ours.family(contract, candidates))
                continue
            for candidate in candidates:
                self._add(candidate, "tt")

    def add_peers(self, peers):
        for peer in peers:
            self._families += peer.families(self._operands, self._problem[0])

    def _choose(self, budget):
        """Adds the best candidate of each family."""
        best_of_kin, left = {}, sum(len(f.candidates) for f in self._families)
        for family in self._families:
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
            self._add(best[0], family.label)

    def run(self, budget, most_rounds):
        """Chooses, times what was chosen in rounds, and writes it down."""
        self._choose(budget.fraction(TRIAL_SHARE))
        for family in self._families:
            for candidate in family.candidates:
                if candidate.name not in self._chosen:
                    candidate.close()
        samplers = {}
        for name, candidate in self._chosen.items():
            if sampler := self._make_sampler(candidate, is_trial=False):
                samplers[name] = sampler
        samples = budgets.take_rounds(samplers, budget, LEAST_ROUNDS, most_rounds)
        for name, taken in samples.items():
            self._write(self._chosen[name], budgets.summarise(taken))
        self._journal.write("done", problem=self._problem)
        for candidate in self._chosen.values():
            candidate.close()

    def _write(self, candidate, summary):
        element_type, m, n, k = self._problem
        flops = candidate.flops or self._operands.flops()
        error, bias = self._checks.get(candidate.name, (None, None))
        self._journal.write(
            "measured", element_type=element_type, m=m, n=n, k=k,
            name=candidate.name, labels=self._labels[candidate.name],
            contract=candidate.contract,
            tflops=round(flops / summary["us"] / 1e6, 2), error=error, bias=bias,
            bytes=self._operands.compulsory_bytes(), **candidate.detail, **summary)
