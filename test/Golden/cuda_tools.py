"""Finds NVIDIA's ptxas and nvdisasm and runs them.

Both come from PyPI (nvidia-cuda-nvcc, nvidia-cuda-nvdisasm; tools/dev.sh puts
them into build/venv); a CUDA toolkit's are taken where those are missing.
"""

import functools
import pathlib
import re
import shutil
import subprocess
import tempfile

_ROOT = pathlib.Path(__file__).resolve().parents[2]
_FOLDERS = ["build/venv/lib/python3*/site-packages/nvidia/cu13/bin"]


class ToolError(RuntimeError):
    """A tool is missing, or refused its input; the message says which."""


@functools.cache
def find(name):
    """The path of a tool: build/venv, then $PATH, then /usr/local/cuda."""
    for pattern in _FOLDERS:
        for path in sorted(_ROOT.glob(f"{pattern}/{name}")):
            return str(path)
    found = shutil.which(name) or shutil.which(name, path="/usr/local/cuda/bin")
    if not found:
        raise ToolError(f"no {name}: run 'tools/dev.sh cuda-tools', or put it on "
                        "the path")
    return found


def run(name, *arguments):
    """What the tool prints, both streams."""
    done = subprocess.run([find(name), *map(str, arguments)], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        raise ToolError(f"{name} failed:\n{done.stdout}")
    return done.stdout


def version(name):
    """A tool's version, such as 13.0.88."""
    return re.search(r", V([\d.]+)", run(name, "--version")).group(1)


def assemble(ptx, arch):
    """(what ptxas -v says, disassembly) of PTX text compiled for `arch`."""
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder, "kernel.ptx")
        cubin = pathlib.Path(folder, "kernel.cubin")
        source.write_text(ptx)
        log = run("ptxas", "-arch", arch, "-v", source, "-o", cubin)
        return log, run("nvdisasm", "-c", cubin)
