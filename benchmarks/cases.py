"""What is measured: contracts, and suites of problem sizes.

A suite is a text file; each line is a name, if it is to have one, M N K, then the
contracts (all of them if none is named), then, after a colon, options of tt-run:

  4096      4096  4096
  1,16,64   8192  8192                 three problems
  2048      2040..2080/8  2048         N from 2040 to 2080 in steps of 8
  2048      4096  8192  f16  : --config "#tt.config<...>"
  strided   512   768   1024  bf16  : --lda 520

A # before a space begins a comment.
"""

import dataclasses
import hashlib
import itertools
import pathlib
import re
import shlex

SUITES = pathlib.Path(__file__).parent / "suites"


@dataclasses.dataclass(frozen=True)
class Contract:
    """What a kernel promises to compute, and how far from float64 it may be."""
    element_type: str
    precision: str  # tt-run's --precision; empty: the default
    max_error: float  # of one element, relative to the mean of C
    max_bias: float  # of the mean of C: truncation misses it by 7e-4
    title: str


# The largest errors are those of the rounding of C itself to f16 and bf16, and
# of K = 1 for TF32.
CONTRACTS = {
    "tf32-nearest": Contract("f32", "", 5e-3, 1.5e-4,
                             "f32 as TF32, rounded to nearest (default)"),
    "tf32-nearest_finite": Contract(
        "f32", "#tt.precision<tf32, rounding = nearest_finite>", 5e-3, 1.5e-4,
        "f32 as TF32, finite values rounded to nearest"),
    "tf32-truncate": Contract(
        "f32", "#tt.precision<tf32, rounding = truncate>", 8e-3, 2e-3,
        "f32 as TF32, truncated"),
    "f16": Contract("f16", "", 5e-3, 2e-3, "f16, f32 accumulation"),
    "bf16": Contract("bf16", "", 2e-2, 5e-3, "bf16, f32 accumulation"),
}


def is_like_for_like(ours, peers):
    """Whether a peer that keeps the second contract is a fair measure of a kernel
    of the first: no kernel that promises more or less is. To round what is finite
    is all that a rounding peer does more slowly."""
    return ours == peers or (ours == "tf32-nearest_finite"
                             and peers == "tf32-nearest")


@dataclasses.dataclass(frozen=True)
class Case:
    """One kernel to compile and time."""
    contract: str
    m: int
    n: int
    k: int
    options: tuple = ()
    given_name: str = ""

    @property
    def element_type(self):
        return CONTRACTS[self.contract].element_type

    @property
    def problem(self):
        return self.element_type, self.m, self.n, self.k

    @property
    def name(self):
        if self.given_name:
            return self.given_name
        name = f"{self.contract}-{self.m}x{self.n}x{self.k}"
        if not self.options:
            return name
        return name + "-" + hashlib.sha1(" ".join(self.options).encode()).hexdigest()[:6]

    def command(self):
        """Options of tt-run."""
        contract = CONTRACTS[self.contract]
        command = ["--m", str(self.m), "--n", str(self.n), "--k", str(self.k),
                   "--type", contract.element_type]
        if contract.precision:
            command += ["--precision", contract.precision]
        return command + list(self.options)


_COMMENT = re.compile(r"(^|\s)#(\s.*)?$")


def _sizes(text):
    """The sizes that one word of a suite stands for."""
    for part in text.split(","):
        if ".." not in part:
            yield int(part)
            continue
        first, rest = part.split("..")
        last, _, step = rest.partition("/")
        yield from range(int(first), int(last) + 1, int(step or 1))


def parse_suite(text):
    """The cases of a suite, in order; raises ValueError for a bad line."""
    cases = []
    for number, line in enumerate(text.splitlines(), 1):
        words = shlex.split(_COMMENT.sub("", line))
        if not words:
            continue
        options = ()
        if ":" in words:
            at = words.index(":")
            words, options = words[:at], tuple(words[at + 1:])
        name = words.pop(0) if words[0][0].isalpha() else ""
        contracts = words[3:] or list(CONTRACTS)
        unknown = [word for word in contracts if word not in CONTRACTS]
        if len(words) < 3 or unknown:
            raise ValueError(f"line {number}: expected M N K and contracts out of "
                             f"{', '.join(CONTRACTS)}; found '{line.strip()}'")
        try:
            sizes = [list(_sizes(word)) for word in words[:3]]
        except ValueError:
            raise ValueError(f"line {number}: expected sizes such as 64, 1,16 or "
                             f"2040..2080/8; found '{line.strip()}'") from None
        found = [Case(contract, *size, options, name)
                 for size in itertools.product(*sizes) for contract in contracts]
        if name and (len(found) > 1 or name in {case.name for case in cases}):
            raise ValueError(f"line {number}: the name '{name}' stands for more "
                             "than one kernel")
        cases += found
    return list(dict.fromkeys(cases))


def read_suite(name):
    """Reads a suite by path, or by its name in suites/."""
    path = pathlib.Path(name)
    if not path.exists():
        path = SUITES / f"{name}.txt"
    if not path.exists():
        known = ", ".join(sorted(p.stem for p in SUITES.glob("*.txt")))
        raise ValueError(f"no suite '{name}': expected a file, or one of {known}")
    try:
        return parse_suite(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
