#!/usr/bin/env python3
"""Bank conflicts of the configs that the compiler chooses by itself.

  default_configs.py TT_RUN

For each problem and type: takes the default config, runs it in the emulator on a
problem of a few tiles, and prints the conflicts of loads, stores and copies.
"""

import json
import re
import subprocess
import sys
import tempfile

PROBLEMS = [(2048, 4096, 8192), (4096, 4096, 4096), (1024, 1024, 1024),
            (512, 4096, 4096), (64, 4096, 4096), (16, 8192, 8192)]
LOADS = "l1tex__data_bank_conflicts_pipe_lsu_mem_shared_op_ld.sum"
STORES = "l1tex__data_bank_conflicts_pipe_lsu_mem_shared_op_st.sum"
COPIES = "cp_async_shared_conflicts"


def run(command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def get_config(tt_run, problem, element_type):
    m, n, k = map(str, problem)
    with tempfile.NamedTemporaryFile(suffix=".ttk") as file:
        run([tt_run, "--m", m, "--n", n, "--k", k, "--type", element_type,
             "--emit=kernel", "-o", file.name])
        with open(file.name) as stream:
            return json.load(stream)["kernel"]["config"]


def count(tt_run, config, element_type):
    block_m, block_n, block_k = map(int, re.search(
        r"block = \[(\d+), (\d+), (\d+)\]", config).groups())
    # Two tiles are less than what stream_k cuts; the k-tile loop is the same.
    config = re.sub(r", stream_k = \[\d+, \d+\]", "", config)
    split = int((re.search(r"split_k = (\d+)", config) or [0, 1])[1])
    report = run([tt_run, "--m", str(block_m), "--n", str(2 * block_n), "--k",
                  str(8 * block_k * split), "--type", element_type, "--config", config,
                  f"--counters={LOADS},{STORES},{COPIES}", "--json"])
    return json.loads(report)["counters"]["totals"]


def main():
    tt_run = sys.argv[1]
    worst = 0
    for element_type in ("f32", "f16", "bf16"):
        for problem in PROBLEMS:
            config = get_config(tt_run, problem, element_type)
            totals = count(tt_run, config, element_type)
            print(f"{element_type} {problem}: loads {totals[LOADS]}, stores "
                  f"{totals[STORES]}, copies {totals[COPIES]}: {config}")
            worst = max(worst, totals[LOADS], totals[STORES])
    print(f"most conflicts of loads and stores: {worst}")


if __name__ == "__main__":
    main()
