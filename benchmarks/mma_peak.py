"""The most that mma.sync can do: a kernel that does nothing else.

Each warp adds to independent accumulators in registers, so that neither memory
nor latency limits it. PTX for sm_89, as of the kernels that it is a bound for.
"""

import dataclasses

ACCUMULATORS = 8  # independent ones of a warp
UNROLLED = 4  # rounds over them in the body of the loop
THREADS, BLOCKS_PER_SM = 256, 2


@dataclasses.dataclass(frozen=True)
class Mma:
    instruction: str
    flops: int


MMA = {
    "f32": Mma("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32", 2 * 16 * 8 * 8),
    "f16": Mma("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32", 2 * 16 * 8 * 16),
    "bf16": Mma("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32",
                2 * 16 * 8 * 16),
}


def _registers(name, first, count):
    return "{" + ", ".join(f"%{name}{first + i}" for i in range(count)) + "}"


def peak_ptx(element_type):
    """PTX of `.entry peak(.u64 out, .u64 iterations)`."""
    instruction = MMA[element_type].instruction
    a, b = _registers("a", 0, 4), _registers("b", 0, 2)
    body = []
    for _ in range(UNROLLED):
        for first in range(0, 4 * ACCUMULATORS, 4):
            c = _registers("c", first, 4)
            body.append(f"{instruction} {c}, {a}, {b}, {c};")
    # Different values: ptxas would copy equal ones around in the loop.
    operands = [f"xor.b32 %{name}, %tid_x, {0x3c003c00 + 0x01230123 * i};"
                for i, name in enumerate(["a0", "a1", "a2", "a3", "b0", "b1"])]
    total = 4 * ACCUMULATORS
    return "\n".join([
        ".version 8.0", ".target sm_89", ".address_size 64",
        ".visible .entry peak(.param .u64 out, .param .u64 iterations) {",
        ".reg .b32 %a<4>, %b<2>, %tid_x;", f".reg .f32 %c<{total}>;",
        ".reg .b64 %n, %o;", ".reg .pred %p;",
        "ld.param.u64 %n, [iterations];", "ld.param.u64 %o, [out];",
        "mov.u32 %tid_x, %tid.x;", *operands,
        *(f"mov.f32 %c{i}, 0f00000000;" for i in range(total)),
        "LOOP:", *body, "add.s64 %n, %n, -1;", "setp.ne.s64 %p, %n, 0;",
        "@%p bra LOOP;",
        *(f"st.global.f32 [%o+{4 * i}], %c{i};" for i in range(total)), "ret;", "}"])


def flops(element_type, multiprocessors, iterations):
    """Of one launch on every multiprocessor."""
    warps = THREADS // 32 * BLOCKS_PER_SM * multiprocessors
    return MMA[element_type].flops * ACCUMULATORS * UNROLLED * warps * iterations
