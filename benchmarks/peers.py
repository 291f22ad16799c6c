"""Everything that can compute a problem, as candidates for bench.py."""

import dataclasses
import pathlib
import sys
import typing

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "python"))

import torch

import mma_peak
import read_peak
import tt_kernel
from tt_kernel import driver


@dataclasses.dataclass
class Candidate:
    name: str  # unique for a problem
    contract: typing.Optional[str]  # what it computes; None: no product
    run: typing.Callable  # launches once on the current stream
    close: typing.Callable = lambda: None
    flops: typing.Optional[int] = None  # of a run, if not the problem's
    detail: dict = dataclasses.field(default_factory=dict)


@dataclasses.dataclass
class Family:
    """Candidates of which only the best counts, under a label. What a family
    before it with the same `kin` found best competes again."""
    label: str
    candidates: list
    kin: str


def count_multiprocessors():
    return torch.cuda.get_device_properties(0).multi_processor_count


def get_stream():
    return torch.cuda.current_stream().cuda_stream


def _contract(element_type, rounding):
    return f"tf32-{rounding}" if element_type == "f32" else element_type


class Ours:
    """Kernel files of a folder that make_kernels.py filled."""

    def __init__(self, folder):
        self._folder = folder

    def candidates(self, operands, entries):
        for entry in entries:
            kernel = tt_kernel.load(self._folder / entry["file"], check=False)
            estimate = {key: entry[key] for key in ("estimated_us",) if key in entry}
            yield Candidate(
                f"tt {pathlib.Path(entry['file']).stem}", entry["contract"],
                lambda kernel=kernel: kernel(operands.a, operands.b, operands.c),
                detail={"config": kernel.config, "options": entry["options"],
                        "suites": entry["suites"], "ours": True, **estimate})

    def family(self, contract, candidates):
        """Given configs of one contract, of which the best is to be found."""
        return Family("tt", candidates, f"tt {contract}")


class Triton:
    """Compiles in other processes when made: make it before CUDA is used."""

    def __init__(self, problems, architecture):
        import triton_peer
        self._peer = triton_peer
        self._images = triton_peer.compile_all(problems, architecture)
        self._functions = {}

    def count(self):
        return sum(len(images) for images in self._images.values())

    def _get_function(self, key, config):
        if (key, config) not in self._functions:
            image, shared, _ = self._images[key][config]
            self._functions[key, config] = driver.load_function(
                image, "matmul_kernel", shared)
        return self._functions[key, config]

    def _candidate(self, operands, key, config):
        block_m, block_n, _, _, warps = config
        tiles = -(-operands.m // block_m) * -(-operands.n // block_n)
        _, shared, parameters = self._images[key][config]
        arguments = self._peer.get_arguments(operands, parameters)

        def run():
            driver.launch(self._get_function(key, config), tiles, 32 * warps, shared,
                          get_stream(), arguments)
        return Candidate("triton " + "x".join(map(str, config[:3])) +
                         f"-s{config[3]}-w{config[4]}",
                         _contract(key[0], "truncate"), run)

    def families(self, operands, element_type):
        key = element_type, self._peer.get_divisibility(operands.m, operands.n,
                                                        operands.k)
        images, seen = self._images.get(key, {}), set()
        for name, space in self._peer.SPACES.items():
            new = [c for c in space if c in images and c not in seen]
            seen.update(new)
            yield Family(f"triton {name}",
                         [self._candidate(operands, key, c) for c in new], "triton")


class Cutlass:
    KINDS = {"f32": {"truncate": "tf32-truncate", "round": "tf32-nearest"},
             "f16": {"f16": "f16"}, "bf16": {"bf16": "bf16"}}

    def __init__(self, path):
        import cutlass_peer
        self._peer = cutlass_peer
        self._library = cutlass_peer.Library(pathlib.Path(path).resolve())

    def families(self, operands, element_type):
        for kind, contract in self.KINDS[element_type].items():
            candidates = []
            for name, peer, slices in self._library.find(kind, operands.m, operands.n,
                                                         operands.k):
                kernel = self._peer.Kernel(peer, operands, slices, get_stream)
                candidates.append(Candidate(f"cutlass {name}", contract, kernel,
                                            kernel.close))
            yield Family(f"cutlass {kind}", candidates, f"cutlass {kind}")


class Cublas:
    """What torch.matmul calls. On Hopper and newer it uses wgmma or tcgen05,
    instructions that sm_89 lacks: then it is there for scale."""

    def __init__(self):
        torch.backends.cuda.matmul.allow_tf32 = True
        torch.backends.cuda.matmul.allow_fp16_reduced_precision_reduction = False
        torch.backends.cuda.matmul.allow_bf16_reduced_precision_reduction = False
        self._alike = torch.cuda.get_device_capability() < (9, 0)

    def families(self, operands, element_type):
        detail = {} if self._alike else {"other_instructions": True}
        yield Family("cublas", [Candidate(
            "cublas", _contract(element_type, "nearest"),
            lambda: torch.matmul(operands.a.T, operands.b.T, out=operands.c),
            detail=detail)], "cublas")


class Peak:
    """mma.sync alone: the bound of everything else here but cuBLAS."""

    ITERATIONS = 2000

    def __init__(self):
        self._functions = {}
        self._out = torch.zeros(64, device="cuda")
        self._multiprocessors = count_multiprocessors()

    def families(self, operands, element_type):
        if element_type not in self._functions:
            self._functions[element_type] = driver.load_function(
                mma_peak.peak_ptx(element_type).encode(), "peak", 0)
        function = self._functions[element_type]
        blocks = mma_peak.BLOCKS_PER_SM * self._multiprocessors
        arguments = [self._out.data_ptr(), self.ITERATIONS]
        yield Family("mma.sync peak", [Candidate(
            "mma.sync peak", None,
            lambda: driver.launch(function, blocks, mma_peak.THREADS, 0,
                                  get_stream(), arguments),
            flops=mma_peak.flops(element_type, self._multiprocessors,
                                 self.ITERATIONS))], "peak")


class Read:
    """A and B read once: no product of theirs is faster, unless they are in caches."""

    def __init__(self):
        self._function = driver.load_function(read_peak.read_ptx().encode(), "read", 0)
        self._out = torch.zeros(1, dtype=torch.int32, device="cuda")
        self._blocks = read_peak.BLOCKS_PER_SM * count_multiprocessors()

    def families(self, operands, element_type):
        arguments = [value for matrix in (operands.a, operands.b)
                     for value in (matrix.data_ptr(), read_peak.count_chunks(matrix))]
        arguments.append(self._out.data_ptr())
        yield Family("A and B read", [Candidate(
            "A and B read", None,
            lambda: driver.launch(self._function, self._blocks, read_peak.THREADS, 0,
                                  get_stream(), arguments))], "read")
