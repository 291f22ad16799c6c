"""Stands for the GPU in tests of bench.py: kernels that take the time they are told
to, on a clock that only they move."""

import dataclasses
import pathlib
import sys
import types

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "benchmarks"))


class FakeClock:
    def __init__(self):
        self.now = 0.0
        self.healthy = True

    def __call__(self):
        return self.now

    def sampler(self, run, milliseconds):
        def sample():
            self.now += milliseconds / 1000
            return run.microseconds, 1500
        return sample


@dataclasses.dataclass
class FakeKernel:
    microseconds: float
    why: str = ""  # why it fails, if it does
    breaks: bool = False


class WrongResult(RuntimeError):
    pass


def install(clock, families, ours, checked):
    """Puts fakes in the place of the modules that need a GPU. `families` are of
    one peer, 'cublas'; the others are missing. Returns bench."""
    class Operands:
        def __init__(self, element_type, m, n, k):
            self.size = m * n * k
            if self.size > 1e12:
                raise RuntimeError("out of memory")

        def flops(self):
            return 2 * self.size

        def compulsory_bytes(self):
            return 1000

        def check(self, run, contract):
            checked.append(run)
            clock.now += 0.01
            if run.breaks:
                clock.healthy = False
            if run.why:
                raise WrongResult(run.why)
            return 1e-4, 1e-6

    def missing(*arguments):
        raise ImportError("not here")

    class Peers(types.ModuleType):
        Cublas = staticmethod(lambda: types.SimpleNamespace(families=families))
        Triton = Cutlass = Peak = Read = staticmethod(missing)
        Ours = staticmethod(lambda folder: types.SimpleNamespace(
            candidates=ours, family=lambda contract, candidates:
            types.SimpleNamespace(label="tt", candidates=candidates, kin="tt")))

    sys.modules["gpu"] = types.SimpleNamespace(
        Operands=Operands, Clock=lambda monitor: clock,
        is_healthy=lambda: clock.healthy, memory_bandwidth=lambda clock: 3000.0)
    sys.modules["peers"] = Peers("peers")
    sys.modules["torch"] = types.SimpleNamespace(
        __version__="0", version=types.SimpleNamespace(cuda="0"),
        cuda=types.SimpleNamespace(get_device_properties=lambda i: types.SimpleNamespace(
            name="fake", multi_processor_count=132)))
    import bench
    bench.budgets.time = types.SimpleNamespace(monotonic=clock)
    return bench
