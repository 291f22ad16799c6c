"""Compiles kernels' PTX for the GPU on all cores, into the driver's cache on disk.

One process does so for one kernel after the other, a few tenths of a second each;
those that are in the cache it then loads at once.
"""

import concurrent.futures
import ctypes
import multiprocessing
import os
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "python"))

import tt_kernel
from tt_kernel import driver

MOST_PROCESSES = 16  # each has a context, which takes memory of the GPU


def _open_context():
    context = ctypes.c_void_p()
    driver.call("cuInit", 0)
    driver.call("cuDevicePrimaryCtxRetain", ctypes.byref(context), 0)
    driver.call("cuCtxSetCurrent", context)


def _load_all(paths):
    """How many could be loaded, and why one could not."""
    loaded, why = 0, ""
    try:
        _open_context()
        for path in paths:
            try:
                kernel = tt_kernel.load(path, check=False)
                driver.load_function(kernel.ptx.encode(), kernel.entry,
                                     kernel.shared_bytes)
                loaded += 1
            except (driver.DriverError, OSError, ValueError, KeyError) as error:
                why = f"{path}: {error}"
    except driver.DriverError as error:
        why = str(error)
    return loaded, why


def fill(paths):
    """(Number loaded, why others were not.) Forks: call it before CUDA is used.
    Nothing depends on its success but the time that loading takes."""
    if "CUDA_CACHE_PATH" not in os.environ:
        os.environ["CUDA_CACHE_PATH"] = tempfile.mkdtemp(prefix="tt-cuda-cache")
    os.environ["CUDA_CACHE_DISABLE"] = "0"
    os.environ["CUDA_CACHE_MAXSIZE"] = str((4 << 30) - 1)
    paths = list(paths)
    count = max(1, min(os.cpu_count(), MOST_PROCESSES, len(paths)))
    try:
        with concurrent.futures.ProcessPoolExecutor(
                count, mp_context=multiprocessing.get_context("fork")) as pool:
            found = list(pool.map(_load_all, [paths[i::count] for i in range(count)]))
    except concurrent.futures.process.BrokenProcessPool as error:
        return 0, str(error)
    return sum(n for n, _ in found), next((why for _, why in found if why), "")
