"""The cuts of ablation.py, on the PTX of a kernel file."""

import collections
import json
import sys
import unittest

import ablation
import cuda_tools
import sass


class AblationTest(unittest.TestCase):
    ptx = ""

    def mix(self, name=None):
        """The instruction mix of the main loop, after the cut if any."""
        ptx = ablation.cut(self.ptx, name) if name else self.ptx
        _, disassembly = cuda_tools.assemble(ptx, "sm_89")
        (function,) = sass.parse_functions(disassembly).values()
        return collections.Counter(sass.mix(function.main_loop()))

    def test_there_is_something_to_cut(self):
        whole = self.mix()
        for kind in ("mma", "ldmatrix", "cp.async.128", "barrier", "cp.async wait"):
            self.assertGreater(whole[kind], 0, kind)

    def test_parts_are_gone_and_mma_are_not(self):
        whole = self.mix()
        for name, gone in {
                "without copies": ["cp.async.128"],
                "without fragment loads": ["ldmatrix", "lds.64"],
                "without barrier": ["barrier", "cp.async wait"],
                "without copies and fragment loads": ["cp.async.128", "ldmatrix"],
                "without copies and barrier": ["cp.async.128", "barrier"]}.items():
            mix = self.mix(name)
            for kind in gone:
                self.assertEqual(mix[kind], 0, (name, kind))
            self.assertEqual(mix["mma"] % whole["mma"], 0, name)

    def test_copies_are_replaced(self):
        copies = self.mix()["cp.async.128"]
        self.assertEqual(self.mix("copies that a predicate turns off")["cp.async.128"],
                         copies)
        self.assertEqual(self.mix("copies of zeros")["cp.async.128"], copies)
        stores = self.mix("shared stores for copies")
        self.assertEqual((stores["sts.128"], stores["cp.async.128"]), (copies, 0))

    def test_a_loop_without_the_part_is_refused(self):
        loop = "$L:\n\tmma.sync.aligned x;\n\t@%p1 bra $L;\n"
        with self.assertRaisesRegex(ValueError, "without copies: the main loop has no"):
            ablation.cut(loop, "without copies")
        with self.assertRaisesRegex(ValueError, "no loop with mma.sync"):
            ablation.cut(loop.replace("mma.sync", "add"), "without copies")


AblationTest.ptx = json.load(open(sys.argv.pop(1), encoding="utf-8"))["kernel"]["ptx"]
if __name__ == "__main__":
    unittest.main()
