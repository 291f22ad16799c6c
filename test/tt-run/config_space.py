#!/usr/bin/env python3
"""Runs configs of the whole space through tt-run in the emulator.

Every combination of block tile, warp count and shape, stages, raster group,
layout of A, order of mma and slot of copies either computes the right product or
is refused with exit code 2 before anything is compiled. Which of the two is due is
decided here from the limits of the RTX 4090, apart from the compiler's own
arithmetic.

  config_space.py TT_RUN [--sample N] [--seed S] [--type T] [--jobs J]

With --sample, N configs drawn at random; without it, all of them.
"""

import argparse
import concurrent.futures
import itertools
import random
import subprocess
import sys

SHARED_BYTES = 99 * 1024
REGISTERS = 255
BLOCK_SIZES = (16, 32, 48, 64, 96, 128, 192, 256)
STAGES = (1, 2, 3, 4, 5)


def element_bytes(element_type):
    return 4 if element_type == "f32" else 2


def shared_bytes(config, element_type):
    """A: block k rows of block m and, padded, 32 (f32) or 16 bytes; B: no pad."""
    m, n, k = config["block"]
    size = element_bytes(element_type)
    pad = 0
    if config["a_layout"] == "padded":
        pad = 32 if element_type == "f32" else 16
    return config["stages"] * (k * (m * size + pad) + n * k * size)


def registers(config):
    """Accumulators and one set of fragments of a lane, and how many registers
    it can have. What else a kernel needs is the compiler's to estimate."""
    warp_m, warp_n = config["warp"]
    m, n, _ = config["block"]
    threads = 32 * (m // warp_m) * (n // warp_n)
    needed = warp_m * warp_n // 32 + warp_m // 16 * 4 + warp_n // 8 * 2
    return needed, min(REGISTERS, 65536 // threads)


def breaks_shared_memory(config, element_type):
    return shared_bytes(config, element_type) > SHARED_BYTES


def is_surely_legal(config, element_type):
    needed, limit = registers(config)
    return (not breaks_shared_memory(config, element_type)
            and needed + 32 <= limit)


def is_surely_illegal(config, element_type):
    needed, limit = registers(config)
    return breaks_shared_memory(config, element_type) or needed > limit


def all_configs(element_type):
    k_step = 8 if element_type == "f32" else 16
    for block_m, block_n in itertools.product(BLOCK_SIZES, BLOCK_SIZES):
        for warps_m, warps_n in itertools.product((1, 2, 4, 8, 16), repeat=2):
            if warps_m * warps_n > 16:
                continue
            warp = (block_m // warps_m, block_n // warps_n)
            if warp[0] % 16 != 0 or warp[1] % 16 != 0:
                continue
            for stages in STAGES:
                for k_bytes, raster, layout, order, slot in (
                        (64, 8, "padded", "b_stationary", "before_barrier"),
                        (128, 1, "padded", "a_stationary", "after_barrier"),
                        (64, 3, "xor", "a_stationary", "second_half")):
                    if slot != "before_barrier" and stages < 2:
                        continue
                    k = k_bytes // 32 * k_step
                    yield {"block": (block_m, block_n, k), "warp": warp,
                           "stages": stages, "raster_group": raster,
                           "a_layout": layout, "mma_order": order,
                           "copy_slot": slot}


def to_text(config):
    def numbers(values):
        return "[" + ", ".join(map(str, values)) + "]"
    return (f"#tt.config<block = {numbers(config['block'])}, "
            f"warp = {numbers(config['warp'])}, stages = {config['stages']}, "
            f"raster_group = {config['raster_group']}, "
            f"a_layout = {config['a_layout']}, "
            f"mma_order = {config['mma_order']}, "
            f"copy_slot = {config['copy_slot']}>")


def run(tt_run, config, element_type):
    """None, or what went wrong."""
    block_m, block_n, block_k = config["block"]
    # Two tiles each way, the second ragged; more k-tiles than stages.
    m, n = block_m + block_m // 2 + 3, block_n + block_n // 2 + 5
    k = block_k * 6 + 7
    text = to_text(config)
    command = [tt_run, "--m", str(m), "--n", str(n), "--k", str(k), "--type",
               element_type, "--device", "emulator", "--config", text]
    try:
        done = subprocess.run(command, capture_output=True, text=True,
                              timeout=300)
    except subprocess.TimeoutExpired:
        return f"{element_type} {text}: no end after 300 s"
    report = f"{element_type} {text}: exit {done.returncode}\n{done.stdout}{done.stderr}"
    if done.returncode == 0:
        if "PASS" not in done.stdout or is_surely_illegal(config, element_type):
            return "expected a refusal: " + report
        return None
    if done.returncode == 2 and not is_surely_legal(config, element_type):
        named = ("bytes", "registers", "a_layout")
        if any(word in done.stderr for word in named):
            return None
    return report


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tt_run")
    parser.add_argument("--sample", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--type", action="append")
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    work = [(config, element_type)
            for element_type in arguments.type or ("f32", "f16", "bf16")
            for config in all_configs(element_type)]
    if arguments.sample:
        work = random.Random(arguments.seed).sample(work, arguments.sample)
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        results = list(pool.map(
            lambda item: run(arguments.tt_run, *item), work))
    failures = [result for result in results if result]
    for failure in failures:
        print(failure)
    print(f"{len(work)} configs, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
