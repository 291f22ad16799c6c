#!/usr/bin/env python3
"""Asks CUDA how many blocks of our kernels an SM holds.

  occupancy.py OUTPUT.json KERNEL.ttk...     on the GPU machine
  tt-explain --check-occupancy OUTPUT.json --target h100     anywhere

Each kernel is asked about with several block sizes and amounts of shared memory;
its registers stay. Needs the CUDA driver and Python only.
"""

import ctypes
import json
import pathlib
import sys

REGISTERS, STATIC_SHARED, MAX_THREADS = 4, 1, 0  # CU_FUNC_ATTRIBUTE_...
MAX_DYNAMIC_SHARED = 8
SHARED_BYTES = [0, 8192, 16384, 24576, 32768, 49152, 50176, 65536, 75776,
                90112, 98304, 101376]


class Driver:
    def __init__(self):
        self.cuda = ctypes.CDLL("libcuda.so.1")
        self.call("cuInit", 0)
        device, context = ctypes.c_int(), ctypes.c_void_p()
        self.call("cuDeviceGet", ctypes.byref(device), 0)
        self.call("cuDevicePrimaryCtxRetain", ctypes.byref(context), device)
        self.call("cuCtxSetCurrent", context)

    def call(self, name, *arguments):
        result = getattr(self.cuda, name)(*arguments)
        if result != 0:
            raise RuntimeError(f"{name}: error {result}")

    def load(self, kernel):
        module, function = ctypes.c_void_p(), ctypes.c_void_p()
        self.call("cuModuleLoadData", ctypes.byref(module),
                  ctypes.c_char_p(kernel["ptx"].encode()))
        self.call("cuModuleGetFunction", ctypes.byref(function), module,
                  kernel["entry"].encode())
        self.call("cuFuncSetAttribute", function, MAX_DYNAMIC_SHARED,
                  max(SHARED_BYTES))
        return function

    def attribute(self, function, number):
        value = ctypes.c_int()
        self.call("cuFuncGetAttribute", ctypes.byref(value), number, function)
        return value.value

    def blocks(self, function, threads, shared):
        value = ctypes.c_int()
        self.call("cuOccupancyMaxActiveBlocksPerMultiprocessor",
                  ctypes.byref(value), function, threads,
                  ctypes.c_size_t(shared))
        return value.value


def ask(driver, path):
    kernel = json.loads(path.read_text())["kernel"]
    function = driver.load(kernel)
    registers = driver.attribute(function, REGISTERS)
    static = driver.attribute(function, STATIC_SHARED)
    limit = driver.attribute(function, MAX_THREADS)
    threads = sorted({kernel["threads"], *range(32, limit + 1, 32)})
    return [{"threads": t, "registers": registers, "shared_bytes": s + static,
             "blocks": driver.blocks(function, t, s), "kernel": path.name}
            for t in threads
            for s in sorted({kernel["shared_bytes"], *SHARED_BYTES})]


def main():
    output, *paths = map(pathlib.Path, sys.argv[1:])
    driver, rows = Driver(), []
    for path in paths:
        try:
            rows += ask(driver, path)
        except (RuntimeError, KeyError, ValueError) as error:
            print(f"{path}: {error}", file=sys.stderr)
    output.write_text(json.dumps(rows))
    registers = sorted({row["registers"] for row in rows})
    print(f"{len(rows)} occupancies of {len(paths)} kernels, registers "
          f"{registers}, in {output}")


if __name__ == "__main__":
    main()
