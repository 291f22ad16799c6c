//===- CleanTest.cpp - The kernels as they are have no finding ------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "KernelCase.h"
#include "gtest/gtest.h"

using namespace mlir::tt;
using namespace mlir::tt::test;
using runtime::ElementType;

class CleanTest : public testing::TestWithParam<std::tuple<ElementType, int>> {
};

/// Every type and number of stages, ragged sizes, eight schedules each.
TEST_P(CleanTest, NoFindingUnderEightSchedules) {
  auto [type, stages] = GetParam();
  KernelCase kernelCase;
  kernelCase.type = type;
  kernelCase.schedules = 8;
  kernelCase.config = std::string("#tt.config<block = [64, 32, ") +
                      (type == ElementType::f32 ? "16" : "32") +
                      "], warp = [32, 16], stages = " + std::to_string(stages) +
                      ">";
  auto expectClean = [&](const runtime::Problem &problem, bool dynamic) {
    kernelCase.problem = problem;
    kernelCase.dynamic = dynamic;
    Outcome outcome = runCase(kernelCase);
    EXPECT_TRUE(outcome.found.empty())
        << problem.m << "x" << problem.n << "x" << problem.k << ": "
        << outcome.found[0] << "\n"
        << outcome.text;
  };
  expectClean(makeProblem(99, 61, 180), false);
  expectClean(makeDenseProblem(67, 45, 83), false);
  expectClean(makeDenseProblem(70, 33, 19), true);
}

/// Slices of k in a block, blocks that share a tile or have several, rounding
/// by guard, copies after the barrier.
TEST(CleanParts, NoFindingUnderEightSchedules) {
  for (const char *parts :
       {"k_slices = 2", "split_k = 3", "k_slices = 2, split_k = 2",
        "stream_k = [3, 5]", "k_slices = 2, stream_k = [3, 7]",
        "rounding_form = guarded", "split_k = 2, rounding_form = guarded",
        "stream_k = [4, 7], rounding_form = guarded",
        "k_slices = 2, rounding_form = guarded", "persistent_blocks = 3",
        "copy_slot = after_barrier", "copy_slot = second_half",
        "copy_slot = after_barrier, stream_k = [3, 5]",
        "copy_slot = after_barrier, rounding_form = guarded",
        "copy_slot = after_barrier, persistent_blocks = 3", "edge = [48, 16]",
        "rounding_form = guarded, edge = [16, 0]"}) {
    KernelCase kernelCase;
    kernelCase.type = ElementType::f32;
    kernelCase.schedules = 8;
    kernelCase.config = std::string("#tt.config<block = [64, 32, 32], warp = "
                                    "[32, 16], stages = 3, ") +
                        parts + ">";
    for (const runtime::Problem &problem :
         {makeProblem(99, 61, 180), makeDenseProblem(99, 61, 181)}) {
      kernelCase.problem = problem;
      Outcome outcome = runCase(kernelCase);
      EXPECT_TRUE(outcome.found.empty())
          << parts << ": " << outcome.found[0] << "\n"
          << outcome.text;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, CleanTest,
    testing::Combine(testing::Values(ElementType::f32, ElementType::f16,
                                     ElementType::bf16),
                     testing::Range(1, 6)),
    [](const testing::TestParamInfo<std::tuple<ElementType, int>> &info) {
      return std::string(runtime::getName(std::get<0>(info.param))) + "Stages" +
             std::to_string(std::get<1>(info.param));
    });
