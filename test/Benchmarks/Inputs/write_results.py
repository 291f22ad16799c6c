"""Writes JSON lines as of bench.py, for tests of tables and pictures."""

import json
import sys

PEAK = {"f32": 320.0, "f16": 640.0}


def row(element_type, size, name, labels, contract, tflops, **detail):
    m, n, k = size
    return {"kind": "measured", "element_type": element_type, "m": m, "n": n, "k": k,
            "name": name, "labels": labels, "contract": contract, "tflops": tflops,
            "us": 1.0, "us_samples": [1.0], "mhz": 1700, "mhz_samples": [1700],
            "error": 1e-4, "bias": 0.0, "bytes": 4 * (m * n + m * k + n * k), **detail}


def ours(element_type, size, contract, tflops, suites, options=(), config="#default"):
    return row(element_type, size, f"tt {contract}", ["tt"], contract, tflops,
               ours=True, suites=suites, options=list(options), config=config)


def problem(element_type, size, kernels, triton, cutlass, cublas):
    return [
        *kernels,
        row(element_type, size, "triton 64x128x64-s3-w4", ["triton seed"],
            "f16" if element_type == "f16" else "tf32-truncate", triton - 10),
        row(element_type, size, "triton 128x256x32-s4-w8", ["triton space", "triton any"],
            "f16" if element_type == "f16" else "tf32-truncate", triton),
        *[row(element_type, size, f"cutlass {kind}-128x256", [f"cutlass {kind}"],
              contract, tflops) for kind, contract, tflops in cutlass],
        row(element_type, size, "cublas", ["cublas"],
            "f16" if element_type == "f16" else "tf32-nearest", cublas,
            other_instructions=True),
        row(element_type, size, "mma.sync peak", ["mma.sync peak"], None,
            PEAK[element_type]),
        row(element_type, size, "A and B read", ["A and B read"], None, 2000.0)]


BIG, SMALL = (4096, 4096, 4096), (512, 4096, 4096)
ROWS = [
    {"kind": "machine", "device": "Test GPU", "multiprocessors": 132,
     "architecture": "sm_90", "driver": "1.0", "watts": 700.0, "torch": "2",
     "cuda": "13.0", "bandwidth_gbs": 3000, "python": "3.12"},
    {"kind": "missing", "peer": "cutlass-bf16", "why": "no library"},
    *problem("f16", BIG, [ours("f16", BIG, "f16", 440.0, ["squares"]),
                          ours("f16", BIG, "f16", 451.0, ["squares"], ["--config", "x"],
                               "#better")],
             350.0, [("f16", "f16", 400.0)], 800.0),
    *problem("f16", SMALL, [ours("f16", SMALL, "f16", 360.0, ["thin"])],
             300.0, [("f16", "f16", 400.0)], 700.0),
    *problem("f32", BIG, [ours("f32", BIG, "tf32-nearest", 220.0, ["squares"]),
                          ours("f32", BIG, "tf32-truncate", 231.0, ["squares"])],
             190.0, [("truncate", "tf32-truncate", 210.0),
                     ("round", "tf32-nearest", 200.0)], 390.0),
]
for n, tflops in ((2040, 180.0), (2048, 200.0), (2056, 190.0)):
    SIZE = (2048, n, 2048)
    ROWS.append(ours("f16", SIZE, "f16", tflops, ["cliffs"]))

with open(sys.argv[1], "w", encoding="utf-8") as file:
    file.writelines(json.dumps(r) + "\n" for r in ROWS)
