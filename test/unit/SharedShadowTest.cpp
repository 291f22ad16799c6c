//===- SharedShadowTest.cpp - Which accesses collide ----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../../lib/Emulator/SharedShadow.h"
#include "gtest/gtest.h"

using namespace mlir::tt::emulator;

namespace {

/// Four bytes at an offset; threads 0 and 1 are of warp 0, 32 of warp 1, 64 of
/// warp 2.
struct SharedShadowTest : testing::Test {
  SharedShadowTest() { shadow.reset(64, 3); }
  std::string access(AccessKind kind, unsigned thread, uint64_t offset = 0) {
    auto conflict = shadow.access(offset, 4, thread, /*site=*/0, kind);
    return conflict ? getName(conflict->check).str() : "";
  }
  std::string read(unsigned thread) { return access(AccessKind::Read, thread); }
  std::string write(unsigned thread) {
    return access(AccessKind::Write, thread);
  }
  std::string copy(unsigned thread) {
    return access(AccessKind::CopyWrite, thread);
  }
  SharedShadow shadow;
};

} // namespace

TEST_F(SharedShadowTest, ReadsNeedAWriteBefore) {
  EXPECT_EQ(read(0), "uninitialized-shared");
  EXPECT_EQ(write(0), "");
  EXPECT_EQ(read(0), "");
}

TEST_F(SharedShadowTest, OtherThreadsNeedABarrier) {
  EXPECT_EQ(write(0), "");
  EXPECT_EQ(read(32), "shared-race");
  shadow.synchronize({0, 1, 2});
  EXPECT_EQ(read(32), "");
  EXPECT_EQ(read(64), "");
  EXPECT_EQ(write(0), "shared-race");
}

TEST_F(SharedShadowTest, LanesOfAWarpNeedASynchronizationToo) {
  EXPECT_EQ(write(0), "");
  EXPECT_EQ(read(1), "shared-race");
  shadow.synchronize({0});
  EXPECT_EQ(read(1), "");
  // Which the other warps know nothing of.
  EXPECT_EQ(read(32), "shared-race");
}

TEST_F(SharedShadowTest, ABarrierOfSomeWarpsOrdersThoseOnly) {
  EXPECT_EQ(write(0), "");
  shadow.synchronize({0, 1});
  EXPECT_EQ(read(32), "");
  EXPECT_EQ(read(64), "shared-race");
  // Order is passed on from barrier to barrier.
  shadow.synchronize({1, 2});
  EXPECT_EQ(read(64), "");
}

TEST_F(SharedShadowTest, CopiesAreWrittenUntilTheyAreWaitedFor) {
  EXPECT_EQ(copy(0), "");
  EXPECT_EQ(read(0), "copy-not-waited");
  shadow.synchronize({0, 1, 2});
  EXPECT_EQ(read(32), "copy-not-waited");
  shadow.complete(0, 4, 0);
  EXPECT_EQ(read(0), "");
  EXPECT_EQ(read(32), "shared-race");
  shadow.synchronize({0, 1, 2});
  EXPECT_EQ(read(32), "");
}

TEST_F(SharedShadowTest, CopiesMustNotOverwriteWhatOthersMayRead) {
  EXPECT_EQ(write(0), "");
  shadow.synchronize({0, 1, 2});
  EXPECT_EQ(read(32), "");
  EXPECT_EQ(copy(0), "stage-overwritten");
}

TEST_F(SharedShadowTest, TwoCopiesToTheSameBytes) {
  EXPECT_EQ(copy(0), "");
  EXPECT_EQ(copy(0), "copy-not-waited");
}

TEST_F(SharedShadowTest, NeighboursDoNotCollide) {
  EXPECT_EQ(access(AccessKind::Write, 0, 0), "");
  EXPECT_EQ(access(AccessKind::Write, 32, 4), "");
  EXPECT_EQ(access(AccessKind::Read, 32, 4), "");
}

TEST_F(SharedShadowTest, AtomicsMayMeet) {
  EXPECT_EQ(write(0), "");
  shadow.synchronize({0, 1, 2});
  EXPECT_EQ(access(AccessKind::Atomic, 0), "");
  EXPECT_EQ(access(AccessKind::Atomic, 32), "");
  EXPECT_EQ(read(64), "shared-race");
}
