//===- BankModelTest.cpp - Wavefronts and sectors of known patterns -------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../../lib/Emulator/BankModel.h"
#include "gtest/gtest.h"

using namespace mlir::tt::emulator;

/// Lane l accesses `bytes` bytes at `address(l)`.
template <typename Function>
static Request makeRequest(unsigned bytes, Function address) {
  Request request;
  for (unsigned lane = 0; lane < kLanes; ++lane) {
    request.address[lane] = address(lane);
    request.bytes[lane] = bytes;
  }
  return request;
}

static void expectCost(const Request &request, unsigned width,
                       unsigned wavefronts, unsigned conflicts) {
  SharedCost cost = getSharedCost(request, width);
  EXPECT_EQ(cost.wavefronts, wavefronts);
  EXPECT_EQ(cost.conflicts, conflicts);
}

TEST(BankModel, FourBytes) {
  expectCost(makeRequest(4, [](unsigned l) { return 4 * l; }), 4, 1, 0);
  // Everybody reads the same word: a broadcast.
  expectCost(makeRequest(4, [](unsigned) { return 64; }), 4, 1, 0);
  // Stride of 2, 8 and 32 words.
  expectCost(makeRequest(4, [](unsigned l) { return 8 * l; }), 4, 2, 1);
  expectCost(makeRequest(4, [](unsigned l) { return 32 * l; }), 4, 8, 7);
  expectCost(makeRequest(4, [](unsigned l) { return 128 * l; }), 4, 32, 31);
  // An odd stride meets every bank once.
  expectCost(makeRequest(4, [](unsigned l) { return 4 * 33 * l; }), 4, 1, 0);
}

TEST(BankModel, TwoBytes) {
  // Two lanes to a word.
  expectCost(makeRequest(2, [](unsigned l) { return 2 * l; }), 2, 1, 0);
}

TEST(BankModel, WideAccessesAreServedInParts) {
  expectCost(makeRequest(8, [](unsigned l) { return 8 * l; }), 8, 2, 0);
  expectCost(makeRequest(16, [](unsigned l) { return 16 * l; }), 16, 4, 0);
  // Rows of 128 bytes: each quarter's eight chunks are in the same banks.
  expectCost(makeRequest(16, [](unsigned l) { return 128 * l; }), 16, 32, 28);
  // Rows of 144 bytes, padded by a chunk, are free of conflicts.
  expectCost(makeRequest(16, [](unsigned l) { return 144 * l; }), 16, 4, 0);
}

TEST(BankModel, LanesThatTakeNoPart) {
  Request request = makeRequest(16, [](unsigned l) { return 16 * l; });
  for (unsigned lane = 8; lane < kLanes; ++lane)
    request.bytes[lane] = 0;
  expectCost(request, 16, 1, 0);
}

TEST(BankModel, Sectors) {
  EXPECT_EQ(getSectors(makeRequest(4, [](unsigned l) { return 4 * l; })), 4u);
  EXPECT_EQ(getSectors(makeRequest(16, [](unsigned l) { return 16 * l; })), 16u);
  EXPECT_EQ(getSectors(makeRequest(4, [](unsigned l) { return 400 * l; })), 32u);
  // Off by one element: one sector more.
  EXPECT_EQ(getSectors(makeRequest(4, [](unsigned l) { return 4 * l + 4; })), 5u);
  EXPECT_EQ(getSectors(makeRequest(0, [](unsigned l) { return 4 * l; })), 0u);
}
