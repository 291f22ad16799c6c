#!/usr/bin/env python3
"""Times kernel files of tt beside their peers: same work, same run, same device.

  compare.py FOLDER [--rounds R] [--only TEXT] [--fast] > results.jsonl

FOLDER holds kernel files (benchmarks/make_kernels.py makes them). They are
grouped by problem; each group is timed together with

  triton   the best of CONFIGS in triton_peer.py, forced to sm_89 (mma.sync,
           like ours; f32 operands are truncated to TF32)
  cublas   torch.matmul; on Hopper it uses wgmma, an instruction that sm_89
           lacks: no like-for-like peer, named for scale
  cutlass  the best of the kernels that benchmarks/cutlass/build.sh put in
           FOLDER/../cutlass, if any: truncating and rounding ones for f32

Samples are CUDA graphs of about 4 ms, taken in rounds; each round times every
kernel once, in random order. Figures are medians over the rounds. Every kernel
is checked against float64 (its first 128 rows) before it is timed. With --fast,
Triton tries its wider tiles only.
"""

import argparse
import concurrent.futures
import ctypes
import json
import os
import pathlib
import random
import statistics
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "python"))
os.environ.setdefault("TRITON_CACHE_DIR", "/tmp/triton-cache")

import torch

import tt_kernel
from tt_kernel import driver

DTYPES = {"f32": torch.float32, "f16": torch.float16, "bf16": torch.bfloat16}
SAMPLE_MS = 4
CHECKED_ROWS = 128


def capture(run, launches):
    """A function that runs `launches` calls of `run` and returns ms a call."""
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        for _ in range(launches):
            run()
    begin = torch.cuda.Event(enable_timing=True)
    end = torch.cuda.Event(enable_timing=True)

    def sample():
        begin.record()
        graph.replay()
        end.record()
        end.synchronize()
        return begin.elapsed_time(end) / launches

    sample()
    return sample


def make_sampler(run):
    run()
    torch.cuda.synchronize()
    once = capture(run, 4)()
    return capture(run, max(1, min(400, round(SAMPLE_MS / once))))


class Problem:
    """Operands of one product and the right rows of its result."""

    def __init__(self, element_type, m, n, k):
        self.m, self.n, self.k = m, n, k
        dtype = DTYPES[element_type]
        self.a = torch.rand(k, m, device="cuda").to(dtype)
        self.b = torch.rand(n, k, device="cuda").to(dtype)
        self.c = torch.empty(m, n, device="cuda", dtype=dtype)
        self.want = self.a.double().T[:CHECKED_ROWS] @ self.b.double().T

    def error(self, run):
        """Largest error relative to the mean of C."""
        self.c.fill_(float("nan"))
        run()
        got = self.c[:CHECKED_ROWS].double()
        error = (got - self.want).abs().max() / self.want.abs().mean()
        return error.item() if not self.c.isnan().any() else float("nan")

    def flops(self):
        return 2 * self.m * self.n * self.k


def triton_runs(problem, element_type, kernels):
    """Triton's best configuration for the problem, as {name: function}."""
    if any(size % 16 for size in (problem.m, problem.n, problem.k)):
        return {}
    candidates = []
    for config, function, shared, extra in kernels[element_type]:
        block_m, block_n, _, _, warps = config
        tiles = -(-problem.m // block_m) * -(-problem.n // block_n)

        def run(function=function, tiles=tiles, warps=warps, shared=shared,
                extra=extra):
            # 32-bit sizes stand in the low half of their 64-bit slots.
            driver.launch(function, tiles, 32 * warps, shared,
                          torch.cuda.current_stream().cuda_stream,
                          [problem.a.data_ptr(), problem.b.data_ptr(),
                           problem.c.data_ptr(), problem.m, problem.n, problem.k,
                           problem.m, problem.k, problem.n] + [0] * extra)

        candidates.append((f"triton {config}", run))
    return best_of(problem, candidates, 1e-2)


def best_of(problem, candidates, limit):
    """(name, function) of the fastest right candidate; none if there is none."""
    best = None
    for name, run in candidates:
        try:
            if not problem.error(run) < limit:
                continue
            run()
            launches = max(1, min(100, round(2e11 / problem.flops())))
            sample = capture(run, launches)
            time = min(sample() for _ in range(3))
        except RuntimeError:
            continue
        if best is None or time < best[0]:
            best = (time, name, run)
    return {best[1]: best[2]} if best else {}


def cutlass_runs(problem, element_type, folder):
    """The best CUTLASS kernel of each kind, as {name: function}."""
    if any(size % 8 for size in (problem.m, problem.n, problem.k)):
        return {}
    kinds = {"f32": ("truncate", "round"), "f16": ("f16",)}
    runs = {}
    for kind in kinds.get(element_type, ()):
        candidates = []
        for path in sorted(folder.glob(f"cutlass-{kind}-*.so")):
            function = ctypes.CDLL(str(path.resolve())).run
            function.argtypes = [ctypes.c_void_p] * 3 + [ctypes.c_int] * 3 + [
                ctypes.c_void_p]

            def run(function=function):
                status = function(problem.a.data_ptr(), problem.b.data_ptr(),
                                  problem.c.data_ptr(), problem.m, problem.n,
                                  problem.k,
                                  torch.cuda.current_stream().cuda_stream)
                if status != 0:
                    raise RuntimeError(f"CUTLASS status {status}")

            candidates.append((path.stem, run))
        runs.update(best_of(problem, candidates, 1e-2))
    return runs


def compile_triton(types, configs):
    """PTX of each configuration. Forks: call it before CUDA is initialised."""
    import triton_peer
    jobs = [(DTYPES[t], c) for t in types for c in configs]
    with concurrent.futures.ProcessPoolExecutor() as pool:
        compiled = list(pool.map(triton_peer.compile_for_sm89, jobs))
    return [(dtype, config, ptx, shared)
            for (dtype, config), ptx, shared in compiled
            if ptx is not None and shared <= triton_peer.SHARED_MEMORY_LIMIT]


def load_triton(types, compiled):
    kernels = {t: [] for t in types}
    for dtype, config, ptx, shared in compiled:
        function = driver.load_function(ptx.encode(), "matmul_kernel", shared)
        extra = ptx.split(".entry")[1].split(")")[0].count(".param") - 9
        name = next(t for t in types if DTYPES[t] == dtype)
        kernels[name].append((config, function, shared, extra))
    return kernels


def read_group_key(path):
    kernel = tt_kernel.load(path, check=False)
    (k, m), (n, _) = (kernel.arguments[x]["sizes"] for x in "AB")
    return (kernel.element_type, m, n, k), kernel


def time_group(key, files, triton_kernels, cutlass_folder, rounds, generator):
    element_type, m, n, k = key
    problem = Problem(*key)
    runs = {}
    for path, kernel in files:
        runs[f"tt {path.stem}"] = (
            lambda kernel=kernel: kernel(problem.a, problem.b, problem.c))
    if triton_kernels:
        runs.update(triton_runs(problem, element_type, triton_kernels))
    runs.update(cutlass_runs(problem, element_type, cutlass_folder))
    runs["cublas"] = lambda: torch.matmul(problem.a.T, problem.b.T, out=problem.c)
    rows, samplers = {}, {}
    for name, run in runs.items():
        try:
            rows[name] = {"error": problem.error(run)}
            samplers[name] = make_sampler(run)
        except (driver.DriverError, RuntimeError) as error:
            print(json.dumps({"failed": name, "why": str(error)}), flush=True)
            return
    times = {name: [] for name in samplers}
    for _ in range(rounds):
        order = list(samplers)
        generator.shuffle(order)
        for name in order:
            times[name].append(samplers[name]())
    medians = {name: statistics.median(t) for name, t in times.items()}
    peers = [t for name, t in medians.items() if name.startswith("triton")]
    for name, time in medians.items():
        row = {"type": element_type, "m": m, "n": n, "k": k, "kernel": name,
               "tflops": round(problem.flops() / time / 1e9, 1),
               "error": rows[name]["error"]}
        if peers:
            row["of_triton"] = round(peers[0] / time, 3)
        for kind in ("truncate", "round", "f16"):
            peer = next((t for other, t in medians.items()
                         if other.startswith(f"cutlass-{kind}")), None)
            if peer:
                row[f"of_cutlass_{kind}"] = round(peer / time, 3)
        print(json.dumps(row), flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--only", default="")
    parser.add_argument("--fast", action="store_true")
    parser.add_argument("--no-triton", action="store_true")
    arguments = parser.parse_args()
    groups = {}
    for path in sorted(arguments.folder.glob("*.ttk")):
        if arguments.only in path.stem:
            key, kernel = read_group_key(path)
            groups.setdefault(key, []).append((path, kernel))
    if not groups:
        parser.error(f"{arguments.folder} holds no kernel files")
    torch.backends.cuda.matmul.allow_tf32 = True
    triton_kernels = None
    if not arguments.no_triton:
        import triton_peer
        types = sorted({key[0] for key in groups})
        compiled = compile_triton(types, triton_peer.FAST if arguments.fast
                                  else triton_peer.CONFIGS)
        torch.zeros(1, device="cuda")
        triton_kernels = load_triton(types, compiled)
        print(json.dumps({"triton kernels": len(compiled)}))
    print(json.dumps({"device": torch.cuda.get_device_name(),
                      "torch": torch.__version__, "rounds": arguments.rounds}))
    generator = random.Random(0)
    for key, files in groups.items():
        time_group(key, files, triton_kernels, arguments.folder.parent / "cutlass",
                   arguments.rounds, generator)


if __name__ == "__main__":
    main()
