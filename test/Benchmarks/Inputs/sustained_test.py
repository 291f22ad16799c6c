"""Sustained samples of gpu.py, with time, PyTorch's CUDA and NVML played by hand."""

import sys
import types
import unittest

import fakes  # finds the benchmarks


class Machine:
    """Draws 700 W; its energy counter moves every 0.1 s."""

    def __init__(self):
        self.now, self.replays, self.broken = 0.0, 0, False

    def monotonic(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds

    def energy(self):
        return None if self.broken else 70.0 * int(self.now / 0.1 + 1e-6)

    def sm_clock(self):
        return None if self.broken else 1500


class Event:
    """Is done when what was launched before it is, all asynchronous."""
    busy_until = 0.0

    def __init__(self, enable_timing=False):
        self.at = 0.0

    def record(self):
        self.at = max(machine.now, Event.busy_until)

    def query(self):
        return machine.now >= self.at

    def synchronize(self):
        machine.now = max(machine.now, self.at)

    def elapsed_time(self, other):
        return 1000 * (other.at - self.at)


class Graph:
    def __init__(self, run, launches):
        self.run, self.launches = run, launches

    def replay(self):
        machine.replays += 1
        for _ in range(self.launches):
            self.run()


def work():
    """One launch: 1 ms."""
    Event.busy_until = max(machine.now, Event.busy_until) + 0.001


machine = Machine()
sys.modules["torch"] = types.SimpleNamespace(
    float32=None, float16=None, bfloat16=None,
    cuda=types.SimpleNamespace(Event=Event, Stream=lambda: None,
                               set_stream=lambda stream: None))
import gpu

gpu.time = machine


class SustainedTest(unittest.TestCase):
    def make_sampler(self, seconds):
        captured = []

        def capture(run, launches):
            captured.append(launches)
            return Graph(run, launches)

        gpu._capture = capture
        clock = gpu.Clock(machine)
        sampler = clock.sustained_sampler(work, seconds)
        self.assertEqual(captured[-1], 20)
        return sampler

    def test_power_is_from_step_to_step(self):
        machine.broken = False
        sample = self.make_sampler(1.0)
        replays = machine.replays
        microseconds, clock, joules = sample()
        # Half a second to settle, then one that counts.
        self.assertEqual(machine.replays - replays, 75)
        self.assertAlmostEqual(microseconds, 1000, delta=1)
        self.assertEqual(clock, 1500)
        self.assertAlmostEqual(joules, 0.7, delta=0.02)

    def test_too_short_for_two_steps(self):
        machine.broken = False
        self.assertIsNone(self.make_sampler(0.04)()[2])

    def test_without_nvml(self):
        machine.broken = True
        microseconds, clock, joules = self.make_sampler(1.0)()
        self.assertAlmostEqual(microseconds, 1000, delta=1)
        self.assertEqual((clock, joules), (None, None))


if __name__ == "__main__":
    unittest.main()
