//===- Collectives.cpp - Warp-wide instructions other than mma ------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// ldmatrix, shuffles and votes (PTX ISA, "Warp Level Matrix Load Instruction",
// shfl.sync, vote.sync). All 32 lanes take part, whatever the mask says: a lane
// that is missing is a divergent collective.
//
//===----------------------------------------------------------------------===//

#include "BlockState.h"

#include "llvm/ADT/STLExtras.h"
#include <cstring>

using namespace mlir::tt::emulator;

static uint64_t readPointer(const uint32_t *words) {
  uint64_t value;
  std::memcpy(&value, words, sizeof value);
  return value;
}

/// Loads `count` 8x8 matrices of 16-bit elements. Lane 8 i + j gives the
/// address of row j of matrix i; lane (g, t) gets elements 2 t and 2 t + 1 of
/// row g, or transposed rows 2 t and 2 t + 1 of column g (PTX ISA, ldmatrix).
template <unsigned count, bool transposed>
static void loadMatrices(const Step &step, WarpContext &warp) {
  constexpr unsigned kRowBytes = 16;
  uint64_t addresses[8 * count];
  for (unsigned lane = 0; lane < 8 * count; ++lane)
    addresses[lane] = readPointer(warp.slots[lane] + step.operands[0]);
  if (!warp.block->noteLdMatrix(warp.warp, step.site, addresses))
    return;
  uint16_t matrices[count][8][8];
  for (unsigned lane = 0; lane < 8 * count; ++lane)
    std::memcpy(matrices[lane / 8][lane % 8],
                reinterpret_cast<const void *>(addresses[lane]), kRowBytes);
  for (unsigned lane = 0; lane < kLanes; ++lane)
    for (unsigned i = 0; i < count; ++i) {
      unsigned g = lane / 4, t = lane % 4;
      auto &matrix = matrices[i];
      uint32_t low = transposed ? matrix[2 * t][g] : matrix[g][2 * t];
      uint32_t high = transposed ? matrix[2 * t + 1][g] : matrix[g][2 * t + 1];
      warp.slots[lane][step.result + i] = low | high << 16;
    }
}

/// shfl.sync: each lane gets the value of the lane that `pickLane` names, or
/// keeps its own if that one lies outside of its segment. Bounds: the mask of
/// segments, first and last lane of the segment, 8 bits each.
template <int (*pickLane)(int lane, int operand, int bounds, bool &inside)>
static void shuffle(const Step &step, WarpContext &warp) {
  uint32_t values[kLanes];
  for (unsigned lane = 0; lane < kLanes; ++lane)
    values[lane] = warp.slots[lane][step.operands[1]];
  for (unsigned lane = 0; lane < kLanes; ++lane) {
    uint32_t *slots = warp.slots[lane];
    int operand = slots[step.operands[2]] & 31;
    int control = slots[step.operands[3]];
    int clamp = control & 31, segment = control >> 8 & 31;
    int last = (int(lane) & segment) | (clamp & ~segment);
    bool inside = true;
    int first = int(lane) & segment;
    int source =
        pickLane(lane, operand, segment << 16 | first << 8 | last, inside);
    slots[step.result] = values[inside ? source & 31 : lane];
    slots[step.result + 1] = inside;
  }
}

static int pickUp(int lane, int operand, int bounds, bool &inside) {
  int source = lane - operand;
  inside = source >= (bounds & 31);
  return source;
}
static int pickDown(int lane, int operand, int bounds, bool &inside) {
  int source = lane + operand;
  inside = source <= (bounds & 31);
  return source;
}
static int pickButterfly(int lane, int operand, int bounds, bool &inside) {
  int source = lane ^ operand;
  inside = source <= (bounds & 31);
  return source;
}
static int pickIndexed(int lane, int operand, int bounds, bool &inside) {
  int segment = bounds >> 16, first = bounds >> 8 & 31, last = bounds & 31;
  // The operand counts within the segment.
  int source = first | (operand & ~segment & 31);
  inside = source <= last;
  return source;
}

/// One bit a lane, of operand 1.
static uint32_t getBallot(const Step &step, WarpContext &warp) {
  uint32_t ballot = 0;
  for (unsigned lane = 0; lane < kLanes; ++lane)
    ballot |= uint32_t(warp.slots[lane][step.operands[1]] & 1) << lane;
  return ballot;
}

template <uint32_t (*function)(uint32_t ballot)>
static void vote(const Step &step, WarpContext &warp) {
  uint32_t result = function(getBallot(step, warp));
  for (unsigned lane = 0; lane < kLanes; ++lane)
    warp.slots[lane][step.result] = result;
}

static uint32_t voteAll(uint32_t ballot) { return ballot == ~0u; }
static uint32_t voteAny(uint32_t ballot) { return ballot != 0; }
static uint32_t voteUniform(uint32_t ballot) {
  return ballot == 0 || ballot == ~0u;
}
static uint32_t voteBallot(uint32_t ballot) { return ballot; }

template <typename Value, Value (*function)(Value, Value)>
static void reduce(const Step &step, WarpContext &warp) {
  Value result = warp.slots[0][step.operands[0]];
  for (unsigned lane = 1; lane < kLanes; ++lane)
    result = function(result, warp.slots[lane][step.operands[0]]);
  for (unsigned lane = 0; lane < kLanes; ++lane)
    warp.slots[lane][step.result] = result;
}

static uint32_t reduceAdd(uint32_t x, uint32_t y) { return x + y; }
static uint32_t reduceOr(uint32_t x, uint32_t y) { return x | y; }
static uint32_t reduceAnd(uint32_t x, uint32_t y) { return x & y; }
static uint32_t reduceMax(uint32_t x, uint32_t y) { return std::max(x, y); }

static void synchronizeWarp(const Step &, WarpContext &warp) {
  warp.block->noteWarpSync(warp.warp);
}

#define TT_LDMATRIX(count, suffix, transposed)                                 \
  {"llvm.nvvm.ldmatrix.sync.aligned.m8n8.x" #count suffix ".b16",              \
   loadMatrices<count, transposed>, count, /*readsMemory=*/true}
#define TT_SHUFFLE(mode, function)                                             \
  {"llvm.nvvm.shfl.sync." mode ".i32", shuffle<function>, 1, false},           \
      {"llvm.nvvm.shfl.sync." mode ".f32", shuffle<function>, 1, false},       \
      {"llvm.nvvm.shfl.sync." mode ".i32p", shuffle<function>, 2, false}, {    \
    "llvm.nvvm.shfl.sync." mode ".f32p", shuffle<function>, 2, false           \
  }

static constexpr Collective kCollectives[] = {
    TT_LDMATRIX(1, "", false),
    TT_LDMATRIX(2, "", false),
    TT_LDMATRIX(4, "", false),
    TT_LDMATRIX(1, ".trans", true),
    TT_LDMATRIX(2, ".trans", true),
    TT_LDMATRIX(4, ".trans", true),
    TT_SHUFFLE("up", pickUp),
    TT_SHUFFLE("down", pickDown),
    TT_SHUFFLE("bfly", pickButterfly),
    TT_SHUFFLE("idx", pickIndexed),
    {"llvm.nvvm.vote.all.sync", vote<voteAll>, 1, false},
    {"llvm.nvvm.vote.any.sync", vote<voteAny>, 1, false},
    {"llvm.nvvm.vote.uni.sync", vote<voteUniform>, 1, false},
    {"llvm.nvvm.vote.ballot.sync", vote<voteBallot>, 1, false},
    {"llvm.nvvm.redux.sync.add", reduce<uint32_t, reduceAdd>, 1, false},
    {"llvm.nvvm.redux.sync.or", reduce<uint32_t, reduceOr>, 1, false},
    {"llvm.nvvm.redux.sync.and", reduce<uint32_t, reduceAnd>, 1, false},
    {"llvm.nvvm.redux.sync.umax", reduce<uint32_t, reduceMax>, 1, false},
    // Orders memory, so that nothing may move over it.
    {"llvm.nvvm.bar.warp.sync", synchronizeWarp, 0, /*readsMemory=*/true},
};

const Collective *
mlir::tt::emulator::findCollective(llvm::StringRef intrinsic) {
  auto *found = llvm::find_if(kCollectives, [&](const Collective &collective) {
    return collective.intrinsic == intrinsic;
  });
  return found == std::end(kCollectives) ? nullptr : found;
}
