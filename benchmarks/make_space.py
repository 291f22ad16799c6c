#!/usr/bin/env python3
"""Compiles, beside the default kernel of each problem, others of the whole space.

  make_space.py TT_RUN FOLDER SUITE... [--contracts f16,...] [--target h100]
                [--best 6] [--neighbours 4] [--policy FILE]

SUITE and FOLDER are as for make_kernels.py; lines with options are left out. By the
cost model's estimate, the others are: of each block tile the best config, of those
the --best; then configs with the block tile of one of the first few but another
value of one key, since the model may be wrong about that key. What is not among all
these, space.py does not find.

tt-tune, beside TT_RUN, lists the space (--policy; default space.json) with
estimates. space.py times the kernels; bench.py can read them as well.
"""

import concurrent.futures
import dataclasses
import functools
import json
import pathlib
import re
import subprocess
import sys

import cases
import make_kernels

POLICY = pathlib.Path(__file__).with_name("space.json")
LEADERS = 3  # block tiles whose neighbours are looked at
PLAUSIBLE = 1.4  # times the best estimate: no neighbour is slower
NEIGHBOUR_KEYS = ("stream_k", "k_slices", "split_k", "block_k", "warp", "stages",
                  "a_layout", "rounding_form", "edge")


@dataclasses.dataclass(frozen=True)
class Candidate:
    config: str
    microseconds: float  # estimated

    @functools.cached_property
    def keys(self):
        """The config as {key: text}; what has its default value is not there."""
        pairs = re.findall(r"(\w+) = (\[[^]]*\]|[^,>]+)", self.config)
        keys = {key: value.strip() for key, value in pairs}
        m, n, k = keys.pop("block")[1:-1].split(",")
        return {**keys, "block": f"{m},{n}", "block_k": k.strip()}

    @property
    def tile(self):
        return self.keys["block"]


def list_candidates(tt_tune, case, policy, target):
    """The default config, then the others by estimate."""
    done = subprocess.run([tt_tune, "candidates", *case.command(), "--policy",
                           str(policy), "--target", target],
                          capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip()[:2000])
    rows = map(json.loads, done.stdout.splitlines())
    return [Candidate(row["config"], row["microseconds"]) for row in rows]


def find_neighbours(leaders, others):
    """Of each key the best config with another value than a leader's of its tile."""
    leader_of = {}
    for leader in leaders:
        leader_of.setdefault(leader.tile, leader)
    limit = PLAUSIBLE * min(c.microseconds for c in [*leaders, *others])
    found = {}
    for other in others:
        if other.microseconds > limit or len(found) == len(NEIGHBOUR_KEYS):
            break
        if not (leader := leader_of.get(other.tile)):
            continue
        for key in NEIGHBOUR_KEYS:
            if leader.keys.get(key) != other.keys.get(key):
                found.setdefault(key, other)
    ordered = [found[key] for key in NEIGHBOUR_KEYS if key in found]
    return list(dict.fromkeys(ordered))


def choose(candidates, best, neighbours):
    """What is worth timing, the default first."""
    default, others = candidates[0], candidates[1:]
    leader_of = {}
    for candidate in sorted(candidates, key=lambda x: x.microseconds):
        leader_of.setdefault(candidate.tile, candidate)
    leaders = list(leader_of.values())
    chosen = [default, *[x for x in leaders if x != default][:best]]
    beside = find_neighbours([default, *leaders[:LEADERS]], others)
    return chosen + [x for x in beside if x not in chosen][:neighbours]


def get_jobs(arguments, case):
    """(case to compile, its candidate): the default without --config, as anybody
    compiles it. Without a list of candidates it is alone."""
    tt_tune = pathlib.Path(arguments.tt_run).with_name("tt-tune")
    try:
        candidates = list_candidates(tt_tune, case, arguments.policy, arguments.target)
    except RuntimeError as error:
        print(f"{case.name}: {error}", file=sys.stderr)
        return [(case, None)]
    default, *others = choose(candidates, arguments.best, arguments.neighbours)
    return [(case, default)] + [
        (dataclasses.replace(case, options=("--config", other.config)), other)
        for other in others]


def compile_job(arguments, folder, case, candidate):
    """An entry of the index, as of make_kernels.py, with the estimate."""
    entry = make_kernels.compile_case(arguments.tt_run, folder, case,
                                      ["--chip", arguments.target, "--no-tuned"])
    if candidate:
        entry["config"] = candidate.config
        entry["estimated_us"] = round(candidate.microseconds, 3)
    return entry


def make(arguments, folder):
    """Fills the folder; returns the index."""
    where = {}  # problem -> suites that hold it
    for case, suites in make_kernels.read_suites(
            arguments.suites, arguments.contracts.split(",")).items():
        if not case.options:
            problem = dataclasses.replace(case, given_name="")
            where.setdefault(problem, []).extend(suites)

    def compile_all(case):
        suites = list(dict.fromkeys(where[case]))
        return [{**compile_job(arguments, folder, *job), "suites": suites}
                for job in get_jobs(arguments, case)]

    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        return [entry for found in pool.map(compile_all, where) for entry in found]


def main():
    parser = make_kernels.make_parser(__doc__)
    parser.add_argument("--target", default="rtx4090", help="of the target table")
    parser.add_argument("--best", type=int, default=6)
    parser.add_argument("--neighbours", type=int, default=4)
    parser.add_argument("--policy", type=pathlib.Path, default=POLICY)
    arguments = parser.parse_args()
    try:
        make_kernels.write(arguments.folder, lambda folder: make(arguments, folder))
    except (ValueError, OSError) as error:
        print(f"make_space.py: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
