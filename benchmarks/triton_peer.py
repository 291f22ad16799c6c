"""The Triton kernel of C = A^T B^T that people would write, as a peer.

The kernel and its first four configurations are those of the tuning request
that this project started from; SEED_SPACE is the space it may be tuned in, and
WIDER adds the tiles that do best. Forced to sm_89, so that on a newer GPU too it
uses mma.sync, as ours does.
"""

import os

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
        (32, 64, 64, 4, 4), (32, 128, 64, 3, 4), (64, 64, 64, 4, 4)]
FAST = WIDER + THIN + [(64, 64, 64, 3, 4), (128, 64, 64, 3, 4)]
CONFIGS = list(dict.fromkeys(SEED + SEED_SPACE + WIDER + THIN))


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


def compile_for_sm89(job):
    """(torch dtype, configuration) -> (job, PTX or None, shared bytes). The
    PTX is specialised to sizes that are multiples of 16."""
    from triton.runtime.jit import MockTensor
    os.environ["TRITON_OVERRIDE_ARCH"] = "sm89"
    dtype, (block_m, block_n, block_k, stages, warps) = job
    m, n, k = 2048, 4096, 8192
    operands = [MockTensor(dtype) for _ in range(3)]
    try:
        kernel = matmul_kernel.warmup(
            *operands, m, n, k, 1, m, 1, k, n, 1, BLOCK_M=block_m,
            BLOCK_N=block_n, BLOCK_K=block_k, grid=(1,), num_stages=stages,
            num_warps=warps)
        return job, kernel.asm["ptx"], kernel.metadata.shared
    except Exception:  # a configuration that Triton cannot compile
        return job, None, 0
