"""Operands on the GPU, checks against float64, and samples by CUDA graphs."""

import math
import statistics
import time

import torch

DTYPES = {"f32": torch.float32, "f16": torch.float16, "bf16": torch.bfloat16}
SUSTAINED_GRAPH_MS = 20
SETTLING = 0.5  # of a sustained sample's time, before it
CHECKED_ELEMENTS = 1 << 27  # of C; of a larger C, evenly spaced rows


class WrongResult(RuntimeError):
    """A kernel's result is not within its contract."""


class Operands:
    """A, B and C of one problem, with the right result in float64."""

    def __init__(self, element_type, m, n, k):
        self.m, self.n, self.k = m, n, k
        dtype = DTYPES[element_type]
        self.a = torch.rand(k, m, device="cuda").to(dtype)
        self.b = torch.rand(n, k, device="cuda").to(dtype)
        self.c = torch.empty(m, n, device="cuda", dtype=dtype)
        count = min(m, max(1, CHECKED_ELEMENTS // n))
        self._rows = torch.linspace(0, m - 1, count, device="cuda").round().long()
        self._want = self._multiply(self.a.T[self._rows])

    def _multiply(self, rows):
        """In pieces of K, which bound the float64 copies to about 1 GB."""
        piece = max(1, (1 << 27) // (len(rows) + self.n))
        want = torch.zeros(len(rows), self.n, device="cuda", dtype=torch.float64)
        for begin in range(0, self.k, piece):
            end = begin + piece
            want.addmm_(rows[:, begin:end].double(), self.b[:, begin:end].double().T)
        return want

    def flops(self):
        return 2 * self.m * self.n * self.k

    def compulsory_bytes(self):
        return sum(x.numel() * x.element_size() for x in (self.a, self.b, self.c))

    def check(self, run, contract):
        """Runs once over a poisoned C; (largest error, bias), both relative. Raises
        WrongResult unless they keep the contract."""
        self.c.fill_(math.nan)
        run()
        if self.c.isnan().any():
            raise WrongResult("some elements of C were not written, or are NaN")
        difference = self.c[self._rows].double() - self._want
        mean = self._want.mean()
        bias = (difference.mean() / mean).item()
        # Small elements, which f16 cannot hold as well, are measured by the mean.
        error = (difference.abs() / self._want.clamp_min(mean / 8)).max().item()
        max_error = contract.max_error(self.k)
        max_bias = contract.max_bias(self.m, self.n, self.k)
        if not (error <= max_error and abs(bias) <= max_bias):
            raise WrongResult(f"error {error:.2e}, bias {bias:.2e}; at most "
                              f"{max_error:.2e} and {max_bias:.2e}")
        return error, bias


def _capture(run, launches):
    """A CUDA graph of some launches. (torch.cuda.graph would collect garbage
    each time.)"""
    graph = torch.cuda.CUDAGraph()
    torch.cuda.synchronize()
    graph.capture_begin(capture_error_mode="relaxed")
    try:
        for _ in range(launches):
            run()
    finally:
        graph.capture_end()
    return graph


class Clock:
    """Makes samplers. All work from here on goes to one stream, which can be
    captured: what a kernel keeps for a stream then exists before the capture."""

    def __init__(self, monitor):
        self._monitor = monitor
        torch.cuda.set_stream(torch.cuda.Stream())
        self._begin = torch.cuda.Event(enable_timing=True)
        self._end = torch.cuda.Event(enable_timing=True)

    def _time(self, run):
        """(Microseconds, SM clock in MHz while it ran.)"""
        self._begin.record()
        run()
        self._end.record()
        clock = self._monitor.sm_clock()
        self._end.synchronize()
        return 1000 * self._begin.elapsed_time(self._end), clock

    def _make_graph(self, run, milliseconds):
        """(A graph about this long, how many launches of `run` it is.)"""
        def launches_for(microseconds):
            return max(1, min(400, round(1000 * milliseconds / microseconds)))

        once, _ = self._time(run)
        launches = min(8, launches_for(once))
        graph = _capture(run, launches)
        graph.replay()
        if launches > 1:  # alone, a short kernel's launch took most of the time
            launches = launches_for(self._time(graph.replay)[0] / launches)
            graph = _capture(run, launches)
            graph.replay()
        return graph, launches

    def sampler(self, run, milliseconds):
        """A function that samples a graph about this long, per launch of `run`."""
        graph, launches = self._make_graph(run, milliseconds)

        def sample():
            microseconds, clock = self._time(graph.replay)
            return microseconds / launches, clock
        return sample

    def sustained_sampler(self, run, seconds):
        """A function that samples `run` for so long that the clock settles at what
        the power of this kernel allows, not of those before it. Its samples have a
        third part, joules of a launch; None without NVML."""
        graph, launches = self._make_graph(run, SUSTAINED_GRAPH_MS)
        replays = max(1, round(1e6 * seconds / self._time(graph.replay)[0]))

        def replay(count):
            for _ in range(count):
                graph.replay()

        def sample():
            replay(max(1, round(SETTLING * replays)))
            self._begin.record()
            replay(replays)
            self._end.record()
            clock, watts = self._watch(self._end)
            microseconds = 1000 * self._begin.elapsed_time(self._end) / (
                replays * launches)
            return microseconds, clock, watts and 1e-6 * watts * microseconds
        return sample

    def _watch(self, event):
        """(Median SM clock, mean power until the event; None if unknown.) The energy
        counter moves in steps, so power is from one step to another."""
        clocks, steps, last = [], [], self._monitor.energy()
        while not event.query():
            if (energy := self._monitor.energy()) != last:
                last = energy
                steps.append((time.monotonic(), energy))
                clocks.append(self._monitor.sm_clock())
            time.sleep(0.001)
        if len(steps) < 2:
            return self._monitor.sm_clock(), None
        (begin, before), (end, after) = steps[0], steps[-1]
        return statistics.median(clocks), (after - before) / (end - begin)


def is_healthy():
    """Whether CUDA still works: after some errors of a kernel nothing does."""
    try:
        torch.ones(1, device="cuda").item()
        return True
    except RuntimeError:
        return False


def memory_bandwidth(clock):
    """GB/s of a copy, reads and writes counted."""
    source = torch.empty(1 << 29, dtype=torch.uint8, device="cuda")
    target = torch.empty_like(source)
    sample = clock.sampler(lambda: target.copy_(source), 2)
    return 2 * source.numel() / min(sample()[0] for _ in range(5)) / 1000
