//===- ConfigVariants.cpp - What follows from the rest of a config --------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tt/Transforms/ConfigVariants.h"

#include "tt/Target/Occupancy.h"
#include "tt/Transforms/CostModel.h"
#include "tt/Transforms/TilePlan.h"
#include <algorithm>
#include <iterator>

using namespace mlir;
using namespace mlir::tt;

static constexpr int64_t kRasterGroups[] = {1, 2, 4, 8, 16, 32};

int64_t mlir::tt::countSlots(const TilePlan &plan, const TargetInfo &target) {
  int64_t registers = std::min(plan.getRegisters(/*fragmentSets=*/2),
                               plan.getRegisterLimit(target));
  BlockResources block = {plan.getThreads(), registers, plan.getSharedBytes()};
  return getOccupancy(block, target).blocks * target.multiprocessors;
}

ConfigAttr mlir::tt::shareLastWave(ConfigAttr config, int64_t parts,
                                   const Problem &problem,
                                   const TargetInfo &target) {
  if (!problem.hasStaticResult() || config.getSplitK() > 1)
    return {};
  TilePlan plan(config, problem.elementType);
  int64_t slots = countSlots(plan, target);
  int64_t tiles = plan.countTiles(problem.m, problem.n);
  int64_t rest = slots ? tiles % slots : 0;
  if (rest == 0)
    return {};
  int64_t shares = parts == 1 ? slots : parts * rest;
  // Where there is no other wave, split_k makes parts of every tile.
  if (rest == tiles && shares % tiles == 0)
    return {};
  int64_t kTiles = problem.countKTiles(config.getBlockK());
  bool isWorthIt =
      shares <= slots && rest * kTiles >= kMinKTilesOfShare * shares;
  return isWorthIt
             ? config.withBlocks(rest, shares, config.getPersistentBlocks())
             : ConfigAttr();
}

ConfigAttr mlir::tt::makePersistent(ConfigAttr c, const Problem &problem,
                                    const TargetInfo &target) {
  TilePlan plan(c, problem.elementType);
  int64_t slots = countSlots(plan, target);
  int64_t tiles =
      plan.countTiles(getModelSize(problem.m), getModelSize(problem.n));
  if (slots == 0 || tiles <= slots)
    return {};
  return c.withBlocks(c.getStreamTiles(), c.getStreamShares(), slots);
}

/// How high the tiles of an edge in M are, or how wide in N: as what block tiles
/// leave of `size`, or an even part of that. 0 where they leave nothing.
static int64_t chooseEdge(int64_t size, int64_t block) {
  if (size < block)
    return 0;
  int64_t rest = size % block, tiles = llvm::divideCeil(rest, kMaxEdge);
  return tiles ? llvm::alignTo(llvm::divideCeil(rest, tiles), kMmaM) : 0;
}

ConfigAttr mlir::tt::makeEdges(ConfigAttr config, bool inM, bool inN,
                               const Problem &problem) {
  if (!problem.hasStaticResult())
    return {};
  int64_t m = inM ? chooseEdge(problem.m, config.getBlockM()) : 0;
  int64_t n = inN ? chooseEdge(problem.n, config.getBlockN()) : 0;
  if ((inM && m == 0) || (inN && n == 0))
    return {};
  return config.withEdges(m, n);
}

int64_t mlir::tt::chooseRasterGroup(int64_t blockM, int64_t blockN,
                                    const TargetInfo &target) {
  auto countRows = [&](int64_t group) {
    return group * blockM + target.multiprocessors * blockN / group;
  };
  return *std::min_element(
      std::begin(kRasterGroups), std::end(kRasterGroups),
      [&](int64_t a, int64_t b) { return countRows(a) < countRows(b); });
}

/// Whether the loop has no registers left for the addresses of all copies in
/// one k-step: with large warp tiles, where it is nothing but mma and loads,
/// where the most rounding meets the addresses of an XOR, and in large blocks
/// that share tiles, to which ptxas gives all 255.
static bool isTightForCopies(ConfigAttr config, const Problem &problem) {
  if (config.getWarpM() * config.getWarpN() < kLargeWarpTile)
    return false;
  if (!problem.rounds())
    return config.getKSlices() == 1;
  if (config.getStreamTiles() > 0 && config.getWarps() >= kWarpsOfLargeBlock)
    return true;
  return problem.rounding == Rounding::nearest &&
         config.getRoundingForm() == RoundingForm::every_fragment &&
         config.getALayout() == SharedLayout::xor_swizzle;
}

/// docs/performance.md, "after the barrier": after it, copies are issued a part
/// of a k-tile earlier.
static CopySlot chooseCopySlot(ConfigAttr config, const Problem &problem,
                               const TargetInfo &target) {
  // One stage has no other slot. A short loop waits for one more tile at its
  // begin. Persistent blocks and copies of less than 16 bytes were not
  // measured.
  int64_t kTiles = llvm::divideCeil(problem.countKTiles(config.getBlockK()),
                                    config.getSplitK());
  if (config.getStages() == 1 || kTiles < kLongLoop * config.getStages() ||
      config.isPersistent() || !problem.hasWideCopies())
    return CopySlot::before_barrier;
  TilePlan plan(config, problem.elementType);
  bool isTightShare = problem.rounds() && config.sharesTiles() &&
                      plan.leavesFewRegisters(target);
  if (!isTightForCopies(config, problem) && !isTightShare)
    return CopySlot::after_barrier;
  // Without another warp on its scheduler, nothing hides what one waits for. In
  // the second half, where copies are with rounding anyway, ptxas has computed
  // all addresses before the first of them.
  int64_t blocks =
      plan.countBlocks(getModelSize(problem.m), getModelSize(problem.n));
  bool isAlone =
      blocks <= target.multiprocessors && config.getWarps() <= kSubcoresPerSM;
  return isAlone && !problem.rounds() ? CopySlot::second_half
                                      : CopySlot::before_barrier;
}

ConfigAttr mlir::tt::withBestCopySlot(ConfigAttr config, const Problem &problem,
                                      const TargetInfo &target) {
  return config.withSchedule(config.getStages(),
                             chooseCopySlot(config, problem, target),
                             config.getRoundingForm());
}
