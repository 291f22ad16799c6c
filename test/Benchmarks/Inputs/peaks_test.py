"""Disassembles mma_peak's and read_peak's kernels: peaks_test.py SOURCE."""

import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(sys.argv.pop(1))
sys.path[:0] = [str(ROOT / "benchmarks"), str(ROOT / "test" / "Golden")]

import cuda_tools
import mma_peak
import read_peak


def disassemble(ptx):
    with tempfile.TemporaryDirectory() as folder:
        source, cubin = pathlib.Path(folder, "k.ptx"), pathlib.Path(folder, "k.cubin")
        source.write_text(ptx)
        cuda_tools.run("ptxas", "-arch", "sm_89", source, "-o", cubin)
        return cuda_tools.run("nvdisasm", cubin)


class Peaks(unittest.TestCase):
    def test_every_mma_is_there(self):
        for element_type in mma_peak.MMA:
            sass = disassemble(mma_peak.peak_ptx(element_type))
            self.assertEqual(sass.count("HMMA."),
                             mma_peak.ACCUMULATORS * mma_peak.UNROLLED)

    def test_every_load_is_there_and_as_wide(self):
        sass = disassemble(read_peak.read_ptx())
        self.assertEqual(sass.count("LDG.E.128"), 2 * read_peak.UNROLLED)


if __name__ == "__main__":
    unittest.main()
