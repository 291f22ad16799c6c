#!/usr/bin/env python3
"""Starts many tuners on one cache folder while others read it.

  concurrent.py TT_TUNE FOLDER
"""

import os
import pathlib
import subprocess
import sys

TUNERS, SIZES = 24, 6


def start(tt_tune, cache, arguments):
    return subprocess.Popen([tt_tune, *arguments],
                            env={**os.environ, "XDG_CACHE_HOME": cache},
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            text=True)


def main():
    tt_tune, cache = sys.argv[1:]
    running = []
    for i in range(TUNERS):
        size = str(512 * (1 + i % SIZES))
        running.append(start(tt_tune, cache, [
            "--m", size, "--n", "512", "--k", "256", "--policy", "final",
            "--device", "none", "--no-emulator", "--quiet"]))
        running.append(start(tt_tune, cache, ["list"]))
    warnings = 0
    for process in running:
        _, errors = process.communicate()
        warnings += "warning" in errors
        if process.returncode != 0:
            print(errors)
    files = list(pathlib.Path(cache, "tt", "tuned").iterdir())
    entries = [f for f in files if f.suffix == ".json"]
    print(f"{TUNERS} tuners, {len(entries)} entries, {warnings} warnings, "
          f"{len(files) - len(entries)} other files")


if __name__ == "__main__":
    main()
