#!/usr/bin/env python3
"""The emulator's counters beside Nsight Compute's, for five kernels.

  counters.py prepare TT_RUN FOLDER       here: compile, and count in the emulator
  counters.py compare TT_LAUNCH FOLDER    on a machine with a GPU and ncu

`compare` prints a table in Markdown and writes FOLDER/counters.json. A kernel or a
counter that cannot be measured is reported, and the rest goes on.
"""

import csv
import io
import json
import pathlib
import re
import subprocess
import sys

# Wide tiles of each kind of load; rows that need narrow copies; rows that go
# through registers; a thin tile, whose copies the model says collide.
KERNELS = {
    "f16-wide": ["--type", "f16", "--m", "512", "--n", "1024", "--k", "512", "--config",
                 "#tt.config<block = [128, 256, 32], warp = [64, 64], stages = 4>"],
    "tf32-wide": ["--type", "f32", "--m", "512", "--n", "1024", "--k", "512",
                  "--config", "#tt.config<block = [128, 256, 16], warp = [64, 64], "
                  "stages = 4>"],
    "tf32-narrow-copies": ["--type", "f32", "--m", "301", "--n", "293", "--k", "257",
                           "--config", "#tt.config<block = [64, 64, 16], "
                           "warp = [32, 32], stages = 3>"],
    "bf16-odd-rows": ["--type", "bf16", "--m", "301", "--n", "293", "--k", "257",
                      "--config", "#tt.config<block = [64, 64, 32], warp = [32, 32], "
                      "stages = 3>"],
    "tf32-thin": ["--type", "f32", "--m", "64", "--n", "512", "--k", "512", "--config",
                  "#tt.config<block = [16, 64, 32], warp = [16, 16], stages = 4>"],
}
COUNTERS = [
    "smsp__inst_executed_op_shared_ld.sum",
    "smsp__inst_executed_op_shared_st.sum",
    "smsp__inst_executed_op_ldsm.sum",
    "smsp__inst_executed_op_ldgsts.sum",
    "smsp__inst_executed_op_global_ld.sum",
    "smsp__inst_executed_op_global_st.sum",
    "l1tex__data_pipe_lsu_wavefronts_mem_shared_op_ld.sum",
    "l1tex__data_pipe_lsu_wavefronts_mem_shared_op_st.sum",
    "l1tex__data_bank_conflicts_pipe_lsu_mem_shared_op_ld.sum",
    "l1tex__data_bank_conflicts_pipe_lsu_mem_shared_op_st.sum",
    "l1tex__t_requests_pipe_lsu_mem_global_op_ld.sum",
    "l1tex__t_sectors_pipe_lsu_mem_global_op_ld.sum",
    "l1tex__t_requests_pipe_lsu_mem_global_op_st.sum",
    "l1tex__t_sectors_pipe_lsu_mem_global_op_st.sum",
]
# Nsight Compute's own, measured beside: what its counters of copies are called
# differs from GPU to GPU.
MORE = ["l1tex__data_pipe_lsu_wavefronts_mem_shared.sum",
        "l1tex__data_bank_conflicts_pipe_lsu_mem_shared.sum",
        "sm__inst_executed_pipe_tensor_op_hmma.sum"]
OURS = ["mma", "cp_async_shared_wavefronts", "cp_async_shared_conflicts",
        "cp_async_global_requests", "cp_async_global_sectors"]


def run(command):
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except OSError as error:
        raise RuntimeError(f"{command[0]} cannot be run: {error}") from error
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} exits with {done.returncode}: "
                           f"{(done.stdout + done.stderr).strip()[-600:]}")
    return done.stdout


def prepare(tt_run, folder):
    folder.mkdir(parents=True, exist_ok=True)
    for name, options in KERNELS.items():
        file = str(folder / f"{name}.ttk")
        run([tt_run, *options, "--emit=kernel", "-o", file])
        report = run([tt_run, file, "--device", "emulator", "--counters", "--json"])
        (folder / f"{name}.json").write_text(report)
        print(f"{name}: {json.loads(report)['counters']['totals']}")


def find_counters():
    """The counters that this GPU has: asked by name, and all about cp.async. Without
    a list of what it has, those asked by name."""
    try:
        listing = run(["ncu", "--query-metrics"])
    except RuntimeError as error:
        print(f"{error}\n")
        return COUNTERS + MORE, []
    known = set(re.findall(r"^([a-z][a-z0-9_]+)\s", listing, re.MULTILINE))
    wanted = [name for name in COUNTERS + MORE if name.split(".")[0] in known]
    copies = [f"{name}.sum" for name in sorted(known) if "ldgsts" in name
              and re.search("sectors|wavefronts|conflicts|inst_executed|requests", name)]
    missing = sorted(set(COUNTERS + MORE) - set(wanted))
    return wanted + [name for name in copies if name not in wanted], missing


def measure(tt_launch, file, counters):
    """{counter: value} of the first launch."""
    output = run(["ncu", "--csv", "--page", "raw", "--launch-count", "1", "--metrics",
                  ",".join(counters), tt_launch, str(file), "--device", "cuda",
                  "--no-verify"])
    lines = [line for line in output.splitlines() if line.startswith('"')]
    rows = list(csv.DictReader(io.StringIO("\n".join(lines))))
    # The first row holds units.
    values = rows[1]
    return {name: int(float(values[name].replace(",", "")))
            for name in counters if values.get(name)}


def measure_each(tt_launch, file, counters):
    """The same one by one, where one that is unknown spoils all."""
    found, reason = {}, None
    for counter in counters:
        try:
            found.update(measure(tt_launch, file, [counter]))
        except (RuntimeError, IndexError) as error:
            reason = error
    if not found:
        raise RuntimeError(f"no counter can be measured: {reason}")
    return found


def compare(tt_launch, folder):
    counters, missing = find_counters()
    if missing:
        print("not known to this ncu: " + ", ".join(missing) + "\n")
    results, failed = {}, False
    for name in KERNELS:
        file = folder / f"{name}.ttk"
        try:
            try:
                found = measure(tt_launch, file, counters)
            except (RuntimeError, IndexError):
                found = measure_each(tt_launch, file, counters)
        except RuntimeError as error:
            print(f"{name}: {error}\n")
            failed = True
            continue
        ours = json.loads((folder / f"{name}.json").read_text())["counters"]["totals"]
        results[name] = {"emulator": ours, "ncu": found}
        print(f"### {name}\n\n| counter | emulator | ncu |\n|---|---|---|")
        for counter in COUNTERS + OURS + [c for c in counters if c not in COUNTERS]:
            if counter in ours or counter in found:
                print(f"| {counter} | {ours.get(counter, '')} "
                      f"| {found.get(counter, '')} |")
        print()
    (folder / "counters.json").write_text(json.dumps(results, indent=1))
    return 1 if failed else 0


def main():
    if len(sys.argv) != 4 or sys.argv[1] not in ("prepare", "compare"):
        print(__doc__)
        return 2
    folder = pathlib.Path(sys.argv[3])
    if sys.argv[1] == "prepare":
        prepare(sys.argv[2], folder)
        return 0
    return compare(sys.argv[2], folder)


if __name__ == "__main__":
    sys.exit(main())
