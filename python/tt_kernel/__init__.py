"""Runs kernel files of tt (`tt-run --emit=kernel`) on PyTorch CUDA tensors.

Needs the CUDA driver and PyTorch, and nothing of MLIR or LLVM:

    kernel = tt_kernel.load("matmul.ttk")
    c = kernel(a, b)        # C = A^T B^T: a is (K, M), b is (N, K), c is (M, N)
"""

from .kernel import Kernel, KernelError, load

__all__ = ["Kernel", "KernelError", "load"]
