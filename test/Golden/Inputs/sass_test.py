"""sass.py and golden.py on recorded text: no CUDA tools needed."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

import golden
import sass

# An outer loop with mma around a loop with more of them, another loop without,
# and the endless loop that ptxas puts after the end.
DISASSEMBLY = """
	.section	.text.other,"ax",@progbits
.text.other:
        /*0000*/                   EXIT ;
//--------------------- .text.matmul --------------------------
	.section	.text.matmul,"ax",@progbits
matmul:
.text.matmul:
        /*0000*/                   MOV R1, c[0x0][0x28] ;
.L_x_0:
        /*0010*/                   HMMA.16816.F32 R4, R132.reuse, R136, R4 ;
.L_x_1:
        /*0020*/                   HMMA.16816.F32 R4, R132.reuse, R136, R4 ;
        /*0030*/                   LDSM.16.MT88.4 R164, [R200+0x1100] ;
        /*0040*/              @!PT LDS RZ, [RZ] ;
        /*0050*/               @P1 LDS.64 R2, [R3+0x10] ;
        /*0060*/                   LDGSTS.E.BYPASS.LTC128B.128 [R223], [R224.64], !P3 ;
        /*0070*/                   LDGDEPBAR ;
        /*0080*/                   DEPBAR.LE SB0, 0x2 ;
        /*0090*/                   BAR.SYNC.DEFER_BLOCKING 0x0 ;
        /*00a0*/                   IMAD.X R225, RZ, RZ, R227.reuse, P2 ;
        /*00b0*/                   FADD.RZ R1, R2, -RZ ;
        /*00c0*/                   UIADD3 UR4, UR4, 0x1, URZ ;
        /*00d0*/                   HMMA.16816.F32 R4, R132.reuse, R136, R4 ;
        /*00e0*/               @P0 BRA `(.L_x_1) ;
        /*00f0*/               @P0 BRA `(.L_x_0) ;
.L_x_2:
        /*0100*/                   IMAD.X R225, RZ, RZ, R227.reuse, P2 ;
        /*0110*/               @P0 BRA `(.L_x_2) ;
        /*0120*/                   EXIT ;
.L_x_3:
        /*0130*/                   BRA `(.L_x_3);
        /*0140*/                   NOP;
.L_x_4:
"""

LOG = """ptxas info    : 0 bytes gmem
ptxas info    : Compiling entry function 'guard' for 'sm_89'
ptxas info    : Function properties for guard
    8 bytes stack frame, 4 bytes spill stores, 12 bytes spill loads
ptxas info    : Used 40 registers, used 1 barriers, 16 bytes smem, 520 bytes cmem[0]
ptxas info    : Compiling entry function 'matmul' for 'sm_89'
ptxas info    : Function properties for matmul
    0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads
ptxas info    : Used 234 registers, used 1 barriers, 520 bytes cmem[0]
"""


class SassTest(unittest.TestCase):
    def setUp(self):
        self.functions = sass.parse_functions(DISASSEMBLY)

    def test_main_loop_is_the_innermost_with_mma(self):
        loop = self.functions["matmul"].main_loop()
        self.assertEqual((loop[0].address, loop[-1].address), (0x20, 0xe0))

    def test_an_unrolled_loop_is_all_there_is(self):
        straight = sass.parse_functions("\n".join(
            line for line in DISASSEMBLY.splitlines() if "BRA" not in line))
        self.assertEqual(straight["matmul"].main_loop(),
                         straight["matmul"].instructions)

    def test_a_function_may_have_none(self):
        self.assertIsNone(self.functions["other"].main_loop())

    def test_mix(self):
        self.assertEqual(sass.mix(self.functions["matmul"].main_loop()), {
            "mma": 2, "ldmatrix": 1, "padding": 1, "lds.64": 1, "cp.async.128": 1,
            "cp.async commit": 1, "cp.async wait": 1, "barrier": 1, "integer": 1,
            "float": 1, "uniform": 1, "branch": 1})

    def test_order(self):
        self.assertEqual(sass.order(self.functions["matmul"].main_loop()),
                         "H M S C K W B H b")

    def test_resources(self):
        resources = sass.parse_resources(LOG)
        self.assertEqual(resources["guard"], {
            "registers": 40, "spill stores": 4, "spill loads": 12, "stack": 8,
            "static shared": 16})
        self.assertEqual(resources["matmul"]["registers"], 234)
        self.assertEqual(resources["matmul"]["static shared"], 0)


class GoldenTest(unittest.TestCase):
    def test_slack(self):
        old = {"registers": 200, "mma": 64, "integer": 30}
        self.assertEqual(list(golden.compare("x", old, {**old, "registers": 204})), [])
        self.assertEqual(list(golden.compare("x", old, {**old, "registers": 205})),
                         ["x: registers: golden 200, found 205"])
        self.assertEqual(list(golden.compare("x", old, {**old, "mma": 63})),
                         ["x: mma: golden 64, found 63"])

    def test_new_kinds_count(self):
        self.assertEqual(list(golden.compare("x", {}, {"lds.32": 2})),
                         ["x: lds.32: golden 0, found 2"])
        self.assertEqual(list(golden.compare("x", {"config": "a"}, {"config": "b"})),
                         ["x: config: golden a, found b"])

    def test_spills_are_never_golden(self):
        self.assertEqual(list(golden.find_spills("x", {"guard: spill loads": 4})),
                         ["x: guard: spill loads: 4 bytes, expected 0"])


if __name__ == "__main__":
    unittest.main()
