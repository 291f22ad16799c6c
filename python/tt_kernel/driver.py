"""The few functions of the CUDA driver that a kernel needs, through ctypes."""

import ctypes
import functools
import os

FUNCTION_MAX_DYNAMIC_SHARED = 8  # CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES


class DriverError(RuntimeError):
    """A call of the driver failed; the message names it and says why."""


@functools.cache
def _library():
    name = os.environ.get("TT_LIBCUDA", "libcuda.so.1")
    try:
        return ctypes.CDLL(name)
    except OSError as error:
        raise DriverError(f"no CUDA driver: {error}") from None


def call(function, *arguments):
    """Calls the driver's `function`; raises DriverError unless it returns 0."""
    result = getattr(_library(), function)(*arguments)
    if result != 0:
        text = ctypes.c_char_p()
        _library().cuGetErrorString(result, ctypes.byref(text))
        reason = text.value.decode() if text.value else "unknown error"
        raise DriverError(f"{function}: {reason} ({result})")


def load_function(image, entry, shared_bytes):
    """The function `entry` of `image` (PTX text or a cubin, bytes), allowed
    `shared_bytes` of dynamic shared memory. The current context owns it."""
    module, function = ctypes.c_void_p(), ctypes.c_void_p()
    call("cuModuleLoadData", ctypes.byref(module), image + b"\0")
    call("cuModuleGetFunction", ctypes.byref(function), module, entry.encode())
    call("cuFuncSetAttribute", function, FUNCTION_MAX_DYNAMIC_SHARED, shared_bytes)
    return function


def launch(function, blocks, threads, shared_bytes, stream, parameters):
    """Launches a one-dimensional grid; `parameters` are 64-bit integers."""
    values = (ctypes.c_uint64 * len(parameters))(*parameters)
    first = ctypes.addressof(values)
    pointers = (ctypes.c_void_p * len(parameters))(
        *(first + 8 * i for i in range(len(parameters))))
    call("cuLaunchKernel", function, blocks, 1, 1, threads, 1, 1, shared_bytes,
         ctypes.c_void_p(stream), pointers, None)
