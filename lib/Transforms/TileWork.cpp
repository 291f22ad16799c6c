//===- TileWork.cpp - What one block has to do for one k-tile -------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tt/Transforms/TileWork.h"

#include "tt/Transforms/CostModel.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>

using namespace mlir;
using namespace mlir::tt;

//===----------------------------------------------------------------------===//
// Constants that are not fitted (CostConstants.h)
//===----------------------------------------------------------------------===//

/// L2 is read in sectors of lines (Nsight Compute documentation, "Memory
/// Tables").
static constexpr int64_t kSectorBytes = 32;
static constexpr double kLineBytes = 128;
/// An operand of at most this part of L2 is cheap to read again: of tiles of
/// 64x4096x4096 and 4096x64x4096, those that read the short operand twice and
/// not the long one are 13 to 20 % faster (docs/performance.md).
static constexpr double kHotPart = 0.04;

/// Of a copy of 16 bytes or fewer: itself, and about as many instructions for
/// its address and predicate.
static constexpr double kCopySlots = 2;
/// Of 128 bytes that go through registers: loads and stores, their predicates,
/// zeros and the joining of halves; see the main loop's SASS.
static constexpr double kStagedSlots = 28;
/// Of a look for NaN: a load and a maximum, and a register from one iteration
/// to the next. Of kernels with 2 to 9 of them, beside those that round exactly.
static constexpr double kLookSlots = 9;

//===----------------------------------------------------------------------===//
// Work
//===----------------------------------------------------------------------===//

/// Instructions of a rounding form on sm_90 (tt-lower-rounding); `nearest` has
/// one more on sm_89, where issue is far from being a limit.
static double getRoundingInstructions(const Problem &problem,
                                      RoundingForm form) {
  if (!problem.elementType.isF32())
    return 0;
  switch (problem.rounding) {
  case Rounding::nearest:
    return form == RoundingForm::guarded ? 1 : 2;
  case Rounding::nearest_finite:
    return 1;
  case Rounding::truncate:
    return 0;
  }
  return 0;
}

/// Whether every other of these rows begins in the middle of a sector.
static bool beginsInSector(int64_t length, const TilePlan &plan) {
  return getModelSize(length) * plan.getElementBytes() % kSectorBytes ==
         kChunkBytes;
}

/// Elements of a k-tile that a thread looks at for NaN.
static int64_t countLooks(const Problem &problem, const TilePlan &plan) {
  if (plan.getConfig().getRoundingForm() != RoundingForm::guarded)
    return 0;
  int64_t looks = 0;
  for (unsigned dim : {0, 1}) {
    GuardShare share = plan.getGuardShare(dim, getModelSize(problem.m),
                                          getModelSize(problem.n));
    looks += share.positions * share.looks;
  }
  return looks;
}

/// Of the bytes of A's tile, what its copies read twice.
static double getSplitPart(const Problem &problem, const TilePlan &plan,
                           const TargetInfo &target,
                           const CostConstants &constants) {
  ConfigAttr config = plan.getConfig();
  // Every other row of a padded A of 16 bits begins in the middle of a 32-byte
  // sector of shared memory; of a matrix whose rows do in L2, all others.
  bool isPadded = !plan.isF32() && config.getALayout() == SharedLayout::padded;
  constexpr double kEveryOther = 0.5;
  if (isPadded && problem.isStaged(problem.getPitchOfA()))
    return kEveryOther;
  if (isPadded == beginsInSector(problem.getPitchOfA(), plan))
    return 0;
  if (getModelSize(problem.m) > config.getBlockM())
    return constants.splitSectors;
  double blocks =
      llvm::divideCeil(getModelSize(problem.n), config.getBlockN()) *
      config.getSplitK();
  return constants.splitSectors +
         constants.sharedSplits *
             std::min(1.0, blocks / target.multiprocessors);
}

/// Of bytes in rows of so many, what requests for less than a line cost.
static double getShortPart(double rowBytes, const CostConstants &constants) {
  return constants.shortRequests * std::max(0.0, kLineBytes / rowBytes - 1);
}

TileWork::TileWork(const Problem &problem, const TilePlan &plan,
                   const TargetInfo &target, const CostConstants &constants) {
  ConfigAttr config = plan.getConfig();
  double m = config.getBlockM(), n = config.getBlockN(), k = config.getBlockK();
  flops = 2 * m * n * k;
  steps = plan.getKStepsPerSlice();
  countBytes(problem, plan, target, constants);
  countInstructions(problem, plan, constants);
}

void TileWork::countBytes(const Problem &problem, const TilePlan &plan,
                          const TargetInfo &target,
                          const CostConstants &constants) {
  ConfigAttr config = plan.getConfig();
  double m = config.getBlockM(), n = config.getBlockN(), k = config.getBlockK();
  double kBytes = k * plan.getElementBytes();
  // A comes in pieces of its rows as long as the tile is high.
  double problemM = getModelSize(problem.m), problemN = getModelSize(problem.n);
  pieces = (problemM / (m * plan.getElementBytes()) + problemN / kBytes) /
           (problemM + problemN);
  copiedBytes = (m + n) * kBytes;
  stagedBytes = ((problem.isStaged(problem.getPitchOfA()) ? m : 0) +
                 (problem.isStaged(problem.k) ? n : 0)) *
                kBytes;
  // Rows that begin in the middle of a sector of L2 end in that of another.
  auto getLostBytes = [&](int64_t rowLength) {
    return rowLength * plan.getElementBytes() % kSectorBytes ? kSectorBytes : 0;
  };
  double splitB = beginsInSector(problem.k, plan) ? constants.splitSectors : 0;
  // Rows of a matrix no wider than its tile follow each other.
  double shortA =
      problemM <= m ? 0 : getShortPart(m * plan.getElementBytes(), constants);
  double extraA = getSplitPart(problem, plan, target, constants) + shortA;
  double extraB = splitB + getShortPart(kBytes, constants);
  double rowBytes = double(getModelSize(problem.k)) * plan.getElementBytes();
  auto getReadPart = [&](double rows) {
    bool isHot = rows * rowBytes <= kHotPart * target.l2Bytes;
    return isHot ? constants.hotReads : 1;
  };
  readBytes = (1 + extraA) * getReadPart(problemM) * m * kBytes +
              (1 + extraB) * getReadPart(problemN) * n * kBytes +
              k * getLostBytes(getModelSize(problem.getPitchOfA())) +
              n * getLostBytes(getModelSize(problem.k));
  // Each warp reads its rows of A and of B; those in a row or column of warps
  // read the same again.
  fragmentBytes =
      config.getWarpsPerSlice() * (config.getWarpM() + config.getWarpN()) *
          kBytes +
      countLooks(problem, plan) * config.getWarps() * kSharedBytesPerClock;
  for (auto [rows, length] :
       {std::pair(m, problem.getPitchOfA()), std::pair(n, problem.k)})
    if (!problem.isStaged(length))
      narrowCopies += rows * kBytes / kThreadsPerWarp *
                      (1.0 / problem.getCopyBytes(getModelSize(length)) -
                       1.0 / kChunkBytes);
}

void TileWork::countInstructions(const Problem &problem, const TilePlan &plan,
                                 const CostConstants &constants) {
  ConfigAttr config = plan.getConfig();
  // Of one slice: each slice does its own k-steps only.
  double warps = config.getWarpsPerSlice();
  double mma = double(plan.getMTiles()) * plan.getNTiles();
  // f32: two 64-bit loads a fragment of A, 16-bit: one ldmatrix; one ldmatrix
  // for two fragments of B.
  double loadsA = plan.getMTiles() * (plan.isF32() ? 2.0 : 1.0);
  // Padded rows are at constant distances; XORed ones need an address each.
  if (config.getALayout() == SharedLayout::xor_swizzle)
    loadsA *= 2;
  double loads = loadsA + plan.getNTiles() / 2.0;
  double registers = plan.getMTiles() * 4.0 + plan.getNTiles() * 2.0;
  roundingSlots = warps * plan.getKSteps() * registers *
                  constants.roundingSlots *
                  getRoundingInstructions(problem, config.getRoundingForm());
  double wideCopies =
      (copiedBytes - stagedBytes) / kChunkBytes / kThreadsPerWarp;
  double copies = kCopySlots * (wideCopies + narrowCopies) +
                  kStagedSlots * stagedBytes / kSharedBytesPerClock;
  double looks = kLookSlots * countLooks(problem, plan) * config.getWarps();
  issueSlots =
      warps * plan.getKSteps() * (mma + loads) + roundingSlots + copies + looks;
}
