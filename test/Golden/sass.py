"""Reads what ptxas and nvdisasm print: resources, main loop, instruction mix."""

import collections
import dataclasses
import re

_INSTRUCTION = re.compile(r"\s+/\*([0-9a-f]{4,})\*/\s+(?:(@!?\w+)\s+)?([A-Z][\w.]*)"
                          r"\s*(.*?);")
_LABEL = re.compile(r"(\.L_\w+):")
_TARGET = re.compile(r"\((\.L_\w+)\)")
_MMA = ("HMMA", "IMMA", "QMMA")


@dataclasses.dataclass
class Instruction:
    address: int
    predicate: str
    opcode: str
    operands: str

    def name(self):
        return self.opcode.split(".")[0]

    def kind(self):
        """What it is to the reader of a main loop. ptxas puts loads that never
        execute (@!PT) before copies, against a hazard: padding."""
        parts = self.opcode.split(".")
        widths = [x for x in parts if x in ("32", "64", "128")]
        width = widths[-1] if widths else "32"
        if self.predicate == "@!PT" or parts[0] == "NOP":
            return "padding"
        if parts[0] in _MMA:
            return "mma"
        if parts[0] == "LDSM":
            return "ldmatrix"
        if parts[0] in ("LDS", "STS", "LDG", "STG", "LDL", "STL"):
            return f"{parts[0].lower()}.{width}"
        if parts[0] == "LDGSTS":
            return f"cp.async.{width}"
        if parts[0] in _KINDS:
            return _KINDS[parts[0]]
        if parts[0][0] == "U" or parts[0] == "R2UR":
            return "uniform"
        return "float" if parts[0][0] == "F" else "integer"


_KINDS = {"BAR": "barrier", "BRA": "branch", "DEPBAR": "cp.async wait",
          "LDGDEPBAR": "cp.async commit", "ATOMG": "atomic", "RED": "atomic",
          "BRX": "branch", "BSSY": "branch", "BSYNC": "branch", "EXIT": "branch"}

# One letter for each kind that the order of a loop is about.
LETTERS = {"mma": "H", "ldmatrix": "M", "lds.32": "s", "lds.64": "S",
           "lds.128": "L", "cp.async.32": "c", "cp.async.64": "C",
           "cp.async.128": "C", "barrier": "B", "cp.async wait": "W",
           "cp.async commit": "K", "sts.32": "t", "sts.64": "t", "sts.128": "t",
           "ldg.32": "g", "ldg.64": "g", "ldg.128": "g", "branch": "b"}


@dataclasses.dataclass
class Function:
    name: str
    instructions: list
    labels: dict  # name -> address

    def backward_regions(self):
        """Instructions from a backward branch's target to the branch itself."""
        regions = []
        for at, instruction in enumerate(self.instructions):
            target = _TARGET.search(instruction.operands)
            if instruction.name() != "BRA" or not target:
                continue
            begin = self.labels.get(target.group(1), instruction.address + 1)
            if begin <= instruction.address:
                regions.append([x for x in self.instructions[:at + 1]
                                if x.address >= begin])
        return regions

    def main_loop(self):
        """The innermost loop that holds the most mma. ptxas unrolls short ones as a
        whole: then all instructions. None without mma."""
        loops = [r for r in self.backward_regions() if count_mma(r)]
        innermost = [r for r in loops
                     if not any(is_inside(other, r) for other in loops)]
        unrolled = self.instructions if count_mma(self.instructions) else None
        return max(innermost, key=count_mma, default=unrolled)


def count_mma(instructions):
    return sum(x.kind() == "mma" for x in instructions)


def is_inside(inner, outer):
    return (len(inner) < len(outer)
            and outer[0].address <= inner[0].address
            and inner[-1].address <= outer[-1].address)


def parse_functions(disassembly):
    """The functions in the output of `nvdisasm -c`, by name."""
    functions, current = {}, None
    for line in disassembly.splitlines():
        if line.startswith(".text.") and line.endswith(":"):
            current = Function(line[len(".text."):-1], [], {})
            functions[current.name] = current
            pending = []
        elif current and (label := _LABEL.match(line)):
            pending.append(label.group(1))
        elif current and (found := _INSTRUCTION.match(line)):
            address = int(found.group(1), 16)
            current.labels.update((name, address) for name in pending)
            pending = []
            current.instructions.append(Instruction(
                address, found.group(2) or "", found.group(3), found.group(4)))
    return functions


def parse_resources(log):
    """{function: {registers, spill bytes, ...}} in the output of `ptxas -v`."""
    resources = {}
    for part in re.split(r"Compiling entry function '", log)[1:]:
        def number(pattern, default="0"):
            found = re.search(pattern, part)
            return int(found.group(1) if found else default)
        resources[part.split("'")[0]] = {
            "registers": number(r"Used (\d+) registers"),
            "spill stores": number(r"(\d+) bytes spill stores"),
            "spill loads": number(r"(\d+) bytes spill loads"),
            "stack": number(r"(\d+) bytes stack frame"),
            "static shared": number(r"(\d+) bytes smem")}
    return resources


def mix(instructions):
    """{kind: how many}."""
    return dict(collections.Counter(x.kind() for x in instructions))


def order(instructions):
    """The order of a loop as runs of letters, such as '4H M 2H C'."""
    runs = []
    for instruction in instructions:
        letter = LETTERS.get(instruction.kind())
        if letter and runs and runs[-1][1] == letter:
            runs[-1][0] += 1
        elif letter:
            runs.append([1, letter])
    return " ".join(f"{n}{x}" if n > 1 else x for n, x in runs)
