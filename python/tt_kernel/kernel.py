"""Kernel files as callables on PyTorch tensors."""

import json

from . import driver

_ADDRESS_ALIGNMENT = 16  # bytes, of the first element of A, B and C
_ELEMENT_BYTES = {"f32": 4, "f16": 2, "bf16": 2}


class KernelError(ValueError):
    """A kernel file that cannot be used, or tensors that do not fit it."""


def _checksum(text):
    """FNV-1a, 64 bits, as KernelFile.cpp computes it."""
    value = 0xCBF29CE484222325
    for byte in text:
        value = (value ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return f"{value:016x}"


def load(path, check=True):
    """Reads a kernel file. `check=False` skips the checksum, which Python
    computes at about 10 MB/s."""
    with open(path, encoding="utf-8") as file:
        try:
            content = json.load(file)
        except json.JSONDecodeError as error:
            raise KernelError(f"{path}: not a kernel file: {error}") from None
    if not isinstance(content, dict) or content.get("format") != "tt-kernel":
        raise KernelError(f"{path}: not a kernel file of tt")
    if content.get("version") != 3:
        raise KernelError(f"{path}: version {content.get('version')}, expected 3")
    kernel = content["kernel"]
    if check:
        text = json.dumps(kernel, separators=(",", ":"), sort_keys=True,
                          ensure_ascii=False).encode()
        if _checksum(text) != content["checksum"]:
            raise KernelError(f"{path}: damaged: its checksum does not match")
    return Kernel(kernel)


class Kernel:
    """One compiled product C = A^T B^T.

    `kernel.entry`, `.config`, `.element_type` and `.arguments` say what it was
    compiled for. Calls are asynchronous on the current stream.
    """

    def __init__(self, content):
        self.entry = content["entry"]
        self.config = content["config"]
        self.chip = content["chip"]
        self.element_type = content["element_type"]
        self.rounding = content["rounding"]
        self.arguments = {a["name"]: a for a in content["arguments"]}
        self.order = [a["name"] for a in content["arguments"]]
        self.block = content["block"]
        self.blocks_per_tile = content["blocks_per_tile"]
        self.extra_blocks = content["extra_blocks"]
        self.most_blocks = content["most_blocks"]
        self.workspace_bytes = content["workspace_bytes"]
        self.threads = content["threads"]
        self.shared_bytes = content["shared_bytes"]
        self.ptx = content["ptx"]
        self._functions = {}
        self._workspaces = {}

    def _dtype(self):
        import torch
        return {"f32": torch.float32, "f16": torch.float16,
                "bf16": torch.bfloat16}[self.element_type]

    def _check(self, name, tensor, rows, columns):
        """Refuses what the kernel was not compiled for."""
        if tensor.dtype != self._dtype() or not tensor.is_cuda:
            raise KernelError(f"{name} is {tensor.dtype} on {tensor.device}, "
                              f"expected {self._dtype()} on a GPU")
        if tuple(tensor.shape) != (rows, columns):
            raise KernelError(f"{name} is {tuple(tensor.shape)}, expected "
                              f"{(rows, columns)}")
        if tensor.stride(1) != 1 and columns > 1:
            raise KernelError(f"{name} has stride {tensor.stride(1)} along its "
                              "rows, expected 2")
        argument = self.arguments[name]
        found = (*tensor.shape, tensor.stride(0))
        wanted = (*argument["sizes"], argument["row_stride"])
        for what, have, want in zip(("rows", "columns", "row stride"), found,
                                    wanted):
            if want not in (-1, have):
                raise KernelError(f"{what} of {name} is {have}, the kernel was "
                                  f"compiled for {want}")
        step = tensor.stride(0) * _ELEMENT_BYTES[self.element_type]
        if rows > 1 and step % argument["row_alignment"]:
            raise KernelError(f"rows of {name} lie {step} bytes apart, the "
                              "kernel needs a multiple of "
                              f"{argument['row_alignment']}")
        if tensor.data_ptr() % _ADDRESS_ALIGNMENT:
            raise KernelError(f"{name} begins at an address that is no multiple "
                              f"of {_ADDRESS_ALIGNMENT} bytes")

    def _function(self, device):
        if device not in self._functions:
            self._functions[device] = driver.load_function(
                self.ptx.encode(), self.entry, self.shared_bytes)
        return self._functions[device]

    def _workspace(self, device, stream):
        """What the kernel's blocks share, zero at first: one for each stream,
        since launches on two streams may run at the same time."""
        import torch
        key = (device, stream)
        if key not in self._workspaces:
            self._workspaces[key] = torch.zeros(
                self.workspace_bytes, dtype=torch.uint8, device=device)
        return self._workspaces[key]

    def __call__(self, a, b, out=None):
        """C = A^T B^T. a: (K, M), b: (N, K), out: (M, N), all row-major on one
        GPU; rows may lie further apart than they are long. Raises KernelError
        for tensors that the kernel was not compiled for."""
        import torch
        if a.dim() != 2 or b.dim() != 2:
            raise KernelError(f"A has {a.dim()} and B {b.dim()} dimensions, "
                              "expected 2")
        (k, m), n = a.shape, b.shape[0]
        if out is None:
            out = torch.empty(m, n, dtype=a.dtype, device=a.device)
        self._check("A", a, k, m)
        self._check("B", b, n, k)
        self._check("C", out, m, n)
        if not a.device == b.device == out.device:
            raise KernelError("A, B and C are on different GPUs")
        tiles_m, tiles_n = -(-m // self.block[0]), -(-n // self.block[1])
        if tiles_m * tiles_n == 0:
            return out
        with torch.cuda.device(a.device):
            stream = torch.cuda.current_stream().cuda_stream
            tensors = {"A": a, "B": b, "C": out}
            if self.workspace_bytes:
                tensors["workspace"] = self._workspace(a.device, stream)
            parameters = []
            for name in self.order:
                x = tensors[name]
                parameters += [x.data_ptr(), x.data_ptr(), 0, *x.shape,
                               *x.stride()]
            blocks = tiles_m * tiles_n * self.blocks_per_tile + self.extra_blocks
            if self.most_blocks:
                blocks = min(blocks, self.most_blocks)
            driver.launch(self._function(a.device), blocks,
                          self.threads, self.shared_bytes, stream, parameters)
        return out
