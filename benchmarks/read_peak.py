"""The least that A and B take to be read: a kernel that does nothing else.

Every thread reads 16 bytes at a time, neighbours next to each other, several before
it needs the first, from A and then from B, each once. PTX for sm_89, as of the
kernels that it is a bound for. What of A and B is in L2 from the launch before stays
there for it as for them.
"""

CHUNK = 16  # bytes of a load
UNROLLED = 4  # loads of a thread in flight
THREADS, BLOCKS_PER_SM = 512, 2


def _loads(matrix):
    """One pass over `matrix`: chunks %i, %i + %threads, ... below %n."""
    lines = [f"ld.param.u64 %base, [{matrix}];", f"ld.param.u64 %n, [{matrix}_chunks];",
             "mov.b64 %i, %first;", f"READ_{matrix}:"]
    for load in range(UNROLLED):
        values = ", ".join(f"%v{4 * load + i}" for i in range(4))
        lines += [*(f"mov.b32 %v{4 * load + i}, 0;" for i in range(4)),
                  "setp.lt.u64 %p, %i, %n;",
                  f"mad.lo.u64 %at, %i, {CHUNK}, %base;",
                  f"@%p ld.global.nc.v4.b32 {{{values}}}, [%at];",
                  "add.u64 %i, %i, %threads;"]
    lines += [f"xor.b32 %sum, %sum, %v{i};" for i in range(4 * UNROLLED)]
    return [*lines, "setp.lt.u64 %p, %i, %n;", f"@%p bra READ_{matrix};"]


def read_ptx():
    """PTX of `.entry read(.u64 a, .u64 a_chunks, .u64 b, .u64 b_chunks, .u64 out)`."""
    parameters = ("a", "a_chunks", "b", "b_chunks", "out")
    return "\n".join([
        ".version 8.0", ".target sm_89", ".address_size 64",
        f".visible .entry read({', '.join(f'.param .u64 {p}' for p in parameters)}) {{",
        f".reg .b32 %v<{4 * UNROLLED}>, %sum, %x, %size;",
        ".reg .b64 %first, %threads, %i, %n, %base, %at;", ".reg .pred %p;",
        "mov.u32 %size, %ntid.x;", "mov.u32 %x, %ctaid.x;",
        "mul.wide.u32 %first, %x, %size;", "mov.u32 %x, %tid.x;",
        "cvt.u64.u32 %at, %x;", "add.u64 %first, %first, %at;",
        "mov.u32 %x, %nctaid.x;", "mul.wide.u32 %threads, %x, %size;",
        "mov.b32 %sum, 0;", *_loads("a"), *_loads("b"),
        # Hardly ever true, but ptxas cannot know: it has to keep the loads.
        f"setp.eq.u32 %p, %sum, {0x5eed1e55};", "ld.param.u64 %at, [out];",
        "@%p st.global.b32 [%at], %sum;", "ret;", "}"])


def count_chunks(matrix):
    """Of a contiguous tensor; a last part of one is left out."""
    return matrix.numel() * matrix.element_size() // CHUNK
