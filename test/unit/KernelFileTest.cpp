//===- KernelFileTest.cpp - Kernel files, whole and damaged ---------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tt/Runtime/Kernel.h"
#include "gtest/gtest.h"

using namespace mlir::tt::runtime;

static Kernel makeKernel() {
  Kernel kernel;
  kernel.entry = "matmul";
  kernel.chip = "sm_89";
  kernel.elementType = ElementType::bf16;
  kernel.arguments = {{"A", {64, 128}, 128, 16},
                      {"B", {256, 64}, kDynamic, 4},
                      {"C", {128, 256}, 300, 8}};
  kernel.blockM = 128;
  kernel.blockN = 256;
  kernel.threads = 256;
  kernel.sharedBytes = 100352;
  kernel.config = "#tt.config<...>";
  kernel.ptx = "// \"text\"\n";
  kernel.bitcode = std::string("BC\xC0\xDE\0\xFF", 6);
  return kernel;
}

TEST(KernelFile, RoundTrip) {
  Result<Kernel> read = deserialize(serialize(makeKernel()));
  ASSERT_TRUE(bool(read)) << read.error().message;
  EXPECT_EQ(serialize(*read), serialize(makeKernel()));
  EXPECT_EQ(read->bitcode, makeKernel().bitcode);
  EXPECT_EQ(read->find("B")->rowStride, kDynamic);
}

TEST(KernelFile, EveryTruncationIsAnError) {
  std::string text = serialize(makeKernel());
  // The last character is a newline, and what stands before it is whole.
  for (size_t length = 0; length + 1 < text.size(); ++length)
    EXPECT_FALSE(bool(deserialize(text.substr(0, length)))) << length;
}

TEST(KernelFile, EveryFlippedBitOfTheKernelIsAnErrorOrNoChange) {
  std::string text = serialize(makeKernel());
  for (size_t i = 0; i < text.size(); ++i) {
    std::string damaged = text;
    damaged[i] ^= 1;
    Result<Kernel> read = deserialize(damaged);
    if (read) { // White space between members.
      EXPECT_EQ(serialize(*read), text) << i;
    }
  }
}

TEST(KernelFile, ImpossibleGridIsAnError) {
  for (int64_t Kernel::*blocks :
       {&Kernel::blocksPerTile, &Kernel::mostBlocks}) {
    Kernel kernel = makeKernel();
    kernel.*blocks = -1;
    Result<Kernel> read = deserialize(serialize(kernel));
    ASSERT_FALSE(bool(read));
    EXPECT_NE(read.error().message.find("impossible"), std::string::npos);
  }
}

TEST(KernelFile, MissingFile) {
  Result<Kernel> read = readKernel("/nonexistent/kernel.ttk");
  ASSERT_FALSE(bool(read));
  EXPECT_NE(read.error().message.find("/nonexistent"), std::string::npos);
}

TEST(KernelFile, NothingIsLeftOfAFailedWrite) {
  EXPECT_FALSE(bool(writeKernel("/nonexistent/kernel.ttk", makeKernel())));
}

TEST(CheckProblem, RefusesWhatTheKernelWasNotCompiledFor) {
  Kernel kernel = makeKernel();
  Problem good = {128, 256, 64, 128, 64, 300};
  EXPECT_TRUE(bool(checkProblem(kernel, good)));
  Problem size = good;
  size.m = 127;
  EXPECT_FALSE(bool(checkProblem(kernel, size)));
  Problem shortRows = good;
  shortRows.ldb = 63;
  EXPECT_FALSE(bool(checkProblem(kernel, shortRows)));
  Problem misaligned = good;
  misaligned.ldb = 65; // 130 bytes, no multiple of 4
  EXPECT_FALSE(bool(checkProblem(kernel, misaligned)));
  Problem negative = good;
  negative.k = -1;
  EXPECT_FALSE(bool(checkProblem(kernel, negative)));
}

/// Edges may need fewer blocks than tiles that stick out, but there must be one.
TEST(CheckProblem, RefusesAGridWithoutBlocks) {
  Kernel kernel = makeKernel();
  Problem problem = {128, 256, 64, 128, 64, 300};
  int64_t blocks = getBlocks(kernel, problem);
  kernel.extraBlocks -= blocks - 1;
  Result<Kernel> read = deserialize(serialize(kernel));
  ASSERT_TRUE(bool(read));
  EXPECT_EQ(getBlocks(*read, problem), 1);
  EXPECT_TRUE(bool(checkProblem(*read, problem)));
  --kernel.extraBlocks;
  EXPECT_FALSE(bool(checkProblem(kernel, problem)));
}

TEST(CheckProblem, RefusesMoreBlocksThanALaunchCanHave) {
  Kernel kernel = makeKernel();
  for (KernelArgument &argument : kernel.arguments)
    argument = {argument.name, {kDynamic, kDynamic}, kDynamic, 1};
  int64_t huge = int64_t(1) << 30;
  Problem problem = {huge, huge, 1, huge, 1, huge};
  EXPECT_FALSE(bool(checkProblem(kernel, problem)));
}
