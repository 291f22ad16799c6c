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
import math
import pathlib
import re
import shlex

SUITES = pathlib.Path(__file__).parent / "suites"


@dataclasses.dataclass(frozen=True)
class Contract:
    """What a kernel promises to compute, and how far from the exact C it may be for
    operands in [0, 1). Errors are relative."""
    title: str
    element_type: str
    precision: str = ""  # tt-run's --precision; empty: the default
    rounding: float = 0  # of an element of C to its type
    spread: float = 0  # of a product, since its operands are rounded
    bias: float = 0  # of a product, on the average

    def max_error(self, k):
        """Of one element: errors of the products average out, at six standard
        deviations; tensor cores truncate partial sums, which adds up."""
        return (1.02 * self.rounding + abs(self.bias) +
                self.spread * min(1, 6 / math.sqrt(k)) + k * 2**-25)

    def max_bias(self, m, n, k):
        """Of the mean of C. Its elements may all be rounded to the same side; an
        operand's few elements may be, too."""
        return (self.rounding + abs(self.bias) + k * 2**-26 +
                self.spread * (0.15 + 2 / math.sqrt(min(m, n) * k)))


CONTRACTS = {
    "tf32-nearest": Contract(
        "f32 as TF32, rounded to nearest (default)", "f32", spread=2**-10),
    "tf32-nearest_finite": Contract(
        "f32 as TF32, finite values rounded to nearest", "f32",
        "#tt.precision<tf32, rounding = nearest_finite>", spread=2**-10),
    "tf32-truncate": Contract(
        "f32 as TF32, truncated", "f32",
        "#tt.precision<tf32, rounding = truncate>", spread=1.3e-3, bias=-7.3e-4),
    "f16": Contract("f16, f32 accumulation", "f16", rounding=2**-11),
    "bf16": Contract("bf16, f32 accumulation", "bf16", rounding=2**-8),
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
        digest = hashlib.sha1(" ".join(self.options).encode()).hexdigest()
        return f"{name}-{digest[:6]}"

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
