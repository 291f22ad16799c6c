"""The Triton kernel of C = A^T B^T that people would write, as a peer.

The kernel and its first four configurations are those of the tuning request
that this project started from; SEED_SPACE is the space it may be tuned in, and
WIDER and THIN add the tiles that do best elsewhere. Forced to sm_89, so that on a
newer GPU too it uses mma.sync, as ours does.
"""

import concurrent.futures
import multiprocessing
import os
import shutil
import subprocess
import tempfile

os.environ.setdefault("TRITON_CACHE_DIR", "/tmp/triton-cache")

import triton
import triton.language as tl

SHARED_MEMORY_LIMIT = 99 * 1024  # bytes a block, sm_89

# (BLOCK_M, BLOCK_N, BLOCK_K, num_stages, num_warps)
SEED = [(64, 128, 64, 3, 4), (128, 64, 64, 3, 4), (128, 128, 32, 3, 8),
        (64, 64, 128, 3, 8)]
SEED_SPACE = [(m, n, k, s, w) for m, n, k, _, _ in SEED
              for s in (2, 3, 4) for w in (2, 4, 8, 16)]
WIDER = [(128, 256, 32, 3, 8), (256, 128, 32, 3, 8), (128, 128, 64, 3, 8),
         (128, 128, 64, 2, 8), (128, 256, 32, 4, 8), (128, 64, 32, 4, 4),
         (64, 128, 32, 4, 4), (128, 128, 32, 3, 4)]
THIN = [(16, 64, 128, 4, 4), (16, 128, 64, 4, 4), (16, 64, 64, 5, 4),
        (64, 16, 128, 4, 4), (128, 16, 64, 4, 4), (32, 64, 64, 4, 4),
        (32, 128, 64, 3, 4), (64, 32, 64, 4, 4), (64, 64, 64, 4, 4)]
SPACES = {"seed": SEED, "space": SEED + SEED_SPACE,
          "any": list(dict.fromkeys(SEED + SEED_SPACE + WIDER + THIN))}
# For sizes that are no multiples of 16, which need kernels of their own.
RAGGED = SEED + WIDER[:4] + THIN[:4] + THIN[-1:]


@triton.jit
def matmul_kernel(a, b, c, M, N, K, stride_am, stride_ak, stride_bk, stride_bn,
                  stride_cm, stride_cn, BLOCK_M: tl.constexpr,
                  BLOCK_N: tl.constexpr, BLOCK_K: tl.constexpr,
                  GROUP_M: tl.constexpr = 8):
    pid = tl.program_id(0)
    tiles_m = tl.cdiv(M, BLOCK_M)
    per_group = GROUP_M * tl.cdiv(N, BLOCK_N)
    first_m = (pid // per_group) * GROUP_M
    group_m = min(tiles_m - first_m, GROUP_M)
    pid_m = first_m + (pid % group_m)
    pid_n = (pid % per_group) // group_m
    m = pid_m * BLOCK_M + tl.arange(0, BLOCK_M)
    n = pid_n * BLOCK_N + tl.arange(0, BLOCK_N)
    k = tl.arange(0, BLOCK_K)
    a_tile = a + (m[:, None] * stride_am + k[None, :] * stride_ak)
    b_tile = b + (k[:, None] * stride_bk + n[None, :] * stride_bn)
    sums = tl.zeros((BLOCK_M, BLOCK_N), dtype=tl.float32)
    for step in range(0, tl.cdiv(K, BLOCK_K)):
        left = min(BLOCK_K, K - step * BLOCK_K)
        x = tl.load(a_tile, mask=(m < M)[:, None] & (k[None, :] < left),
                    other=0.0)
        y = tl.load(b_tile, mask=(k[:, None] < left) & (n < N)[None, :],
                    other=0.0)
        sums += tl.dot(x, y)
        a_tile += BLOCK_K * stride_ak
        b_tile += BLOCK_K * stride_bk
    out = c + (m[:, None] * stride_cm + n[None, :] * stride_cn)
    tl.store(out, sums.to(c.dtype.element_ty),
             mask=(m < M)[:, None] & (n < N)[None, :])


def get_divisibility(m, n, k):
    """What Triton specialises a kernel to: which sizes are multiples of 16, and
    which are 1."""
    return tuple(1 if x == 1 else 16 if x % 16 == 0 else 0 for x in (m, n, k))


def _assemble(ptx, architecture):
    """A cubin, or the PTX itself where there is no ptxas or no known
    architecture: then the driver compiles it, one kernel after the other."""
    if not architecture:
        return ptx.encode()
    with tempfile.TemporaryDirectory() as folder:
        source, cubin = f"{folder}/kernel.ptx", f"{folder}/kernel.cubin"
        with open(source, "w", encoding="utf-8") as file:
            file.write(ptx)
        ptxas = shutil.which("ptxas") or "/usr/local/cuda/bin/ptxas"
        try:
            subprocess.run([ptxas, "-arch", architecture, source, "-o", cubin],
                           check=True, capture_output=True)
            with open(cubin, "rb") as file:
                return file.read()
        except (OSError, subprocess.CalledProcessError):
            return ptx.encode()


def _compile_for_sm89(job):
    """(element type, divisibility, configuration, architecture) -> (image, shared
    bytes, parameters), or why not. Needs no GPU."""
    element_type, divisibility, config, architecture = job
    block_m, block_n, block_k, stages, warps = config
    pointer = {"f32": "*fp32", "f16": "*fp16", "bf16": "*bf16"}[element_type]
    m, n, k = divisibility
    # 0: any size, 16: a multiple of 16, 1: just 1.
    kinds = {"a": 16, "b": 16, "c": 16, "M": m, "N": n, "K": k, "stride_am": 1,
             "stride_ak": m, "stride_bk": 1, "stride_bn": k, "stride_cm": n,
             "stride_cn": 1}
    tile = {"BLOCK_M": block_m, "BLOCK_N": block_n, "BLOCK_K": block_k, "GROUP_M": 8}
    ones = {name: 1 for name, kind in kinds.items() if kind == 1}
    signature = {name: "constexpr" if kind == 1 else
                 pointer if name in "abc" else "i32" for name, kind in kinds.items()}
    signature.update(dict.fromkeys(tile, "constexpr"))
    divisible = {(i,): [["tt.divisibility", 16]]
                 for i, kind in enumerate(kinds.values()) if kind == 16}
    try:
        kernel = triton.compile(
            triton.compiler.ASTSource(matmul_kernel, signature, {**ones, **tile},
                                      divisible),
            target=triton.backends.compiler.GPUTarget("cuda", 89, 32),
            options={"num_stages": stages, "num_warps": warps})
    except Exception as error:  # a configuration that Triton cannot compile
        return repr(error)[:200]
    shared = kernel.metadata.shared
    if shared > SHARED_MEMORY_LIMIT:
        return f"{shared} bytes of shared memory"
    ptx = kernel.asm["ptx"]
    parameters = ptx.split(".entry")[1].split(")")[0].count(".param")
    return _assemble(ptx, architecture), shared, parameters


def compile_all(problems, architecture):
    """Kernels for the problems, as {(element type, divisibility): {configuration:
    (image, shared bytes, parameters)}}. Forks: call it before CUDA is used."""
    keys = dict.fromkeys((t, get_divisibility(m, n, k)) for t, m, n, k in problems)
    jobs = [(key, config) for key in keys
            for config in (SPACES["any"] if key[1] == (16, 16, 16) else RAGGED)]
    with concurrent.futures.ProcessPoolExecutor(
            mp_context=multiprocessing.get_context("fork")) as pool:
        results = pool.map(_compile_for_sm89, [
            (element_type, divisibility, config, architecture)
            for (element_type, divisibility), config in jobs])
        kernels = {key: {} for key in keys}
        for (key, config), result in zip(jobs, results):
            if not isinstance(result, str):
                kernels[key][config] = result
    return kernels


def get_arguments(operands, parameters):
    """The kernel's parameters: those that Triton specialised to 1 are not among
    them, and what it adds is null. 32-bit sizes stand in the low half of 64 bits."""
    sizes = [operands.m, operands.n, operands.k, operands.m, operands.k, operands.n]
    values = [x.data_ptr() for x in (operands.a, operands.b, operands.c)]
    values += [x for x in sizes if x != 1]
    return values + [0] * (parameters - len(values))
