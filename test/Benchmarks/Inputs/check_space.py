"""Holds an index of make_space.py against the kernel files beside it."""

import json
import pathlib
import sys

folder = pathlib.Path(sys.argv[1])
index = json.loads((folder / "index.json").read_text())
problems = {}
for entry in index:
    problems.setdefault((entry["m"], entry["n"], entry["k"]), []).append(entry)
assert list(problems) == [(64, 64, 96), (96, 64, 96)], problems.keys()
for entries in problems.values():
    assert [bool(entry["options"]) for entry in entries] == [False, True, True, True]
    assert len({entry["config"] for entry in entries}) == 4, "compiled twice"
    assert len({entry["config"].split("warp")[0] for entry in entries[:3]}) == 3
for entry in index:
    # What tt-tune calls the default must be what tt-run compiles without --config.
    kernel = json.loads((folder / entry["file"]).read_text())["kernel"]
    assert kernel["config"] == entry["config"], (kernel["config"], entry["config"])
    assert 0.5 < entry["estimated_us"] < 100, entry
    assert entry["contract"] == "f16" and len(entry["suites"]) == 1
