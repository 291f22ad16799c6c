//===- MutationTest.cpp - Every broken kernel is caught -------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The checks are tested by kernels that are broken on purpose. A mutant that
// the check named for it does not find fails; so does one that finds something
// in the kernel before the mutation.
//
//===----------------------------------------------------------------------===//

#include "Mutations.h"
#include "gtest/gtest.h"

using namespace mlir::tt;
using namespace mlir::tt::test;

namespace mlir::tt::test {
/// How gtest names a mutant.
static void PrintTo(const Mutant &mutant, std::ostream *stream) {
  *stream << mutant.name << ", due " << mutant.check;
}
} // namespace mlir::tt::test

static KernelCase makeCase(const Mutant &mutant) {
  KernelCase kernelCase;
  kernelCase.type =
      mutant.isF32 ? runtime::ElementType::f32 : runtime::ElementType::f16;
  // Ragged, and with padding behind every row, or with none.
  kernelCase.problem =
      mutant.isOdd ? makeDenseProblem(59, 53, 251) : makeProblem(59, 53, 268);
  kernelCase.config =
      "#tt.config<block = [32, 32, " +
      std::to_string(mutant.tileBytes / (mutant.isF32 ? 4 : 2)) +
      "], warp = [16, 16], stages = " + std::to_string(mutant.stages) +
      mutant.parts + ">";
  return kernelCase;
}

class MutantTest : public testing::TestWithParam<Mutant> {};

TEST_P(MutantTest, IsCaughtByItsCheck) {
  const Mutant &mutant = GetParam();
  KernelCase kernelCase = makeCase(mutant);
  Outcome clean = runCase(kernelCase);
  EXPECT_TRUE(clean.found.empty()) << clean.found[0] << "\n" << clean.text;
  Outcome broken = runCase(kernelCase, mutant.mutate);
  EXPECT_TRUE(broken.has(mutant.check))
      << "found " << (broken.found.empty() ? "nothing" : broken.found[0])
      << "\n"
      << broken.text;
}

INSTANTIATE_TEST_SUITE_P(All, MutantTest,
                         testing::ValuesIn(getMutants().begin(),
                                           getMutants().end()),
                         [](const testing::TestParamInfo<Mutant> &info) {
                           return std::string(info.param.name);
                         });

/// A finding says where: source locations, block, warp, lane and address.
TEST(Diagnostics, NameBothAccesses) {
  for (const Mutant &mutant : getMutants()) {
    if (std::string(mutant.name) != "DropLoopBarrier")
      continue;
    Outcome broken = runCase(makeCase(mutant), mutant.mutate);
    for (const char *part : {"block (", "warp ", "lane ", "(mlir-nvgpu:",
                             "at shared 0x", "without a barrier"})
      EXPECT_NE(broken.text.find(part), std::string::npos) << part << "\n"
                                                           << broken.text;
  }
}
