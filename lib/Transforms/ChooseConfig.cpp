//===- ChooseConfig.cpp - The default config of a problem -----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A short list of tiles from large to small, each the fastest of its size
// class. For each tile we estimate the time of the whole problem in units of
// one SM's mma rate:
//
//   waves(tiles / SMs) x block tile m x n / efficiency
//
// A large tile reads less shared memory an mma (efficiency), a small one fills
// the SMs better (waves). The smallest estimate wins; ties go to the larger.
//
//===----------------------------------------------------------------------===//

#include "tt/Transforms/ChooseConfig.h"

#include "tt/Transforms/TilePlan.h"
#include "llvm/Support/MathExtras.h"
#include <limits>

using namespace mlir;
using namespace mlir::tt;

namespace {
/// One entry of the list. `kBytes` is the depth of a k-tile in bytes.
struct Candidate {
  int64_t blockM, blockN, warpM, warpN, kBytes;
  int64_t stages;
  /// Fraction of the tensor rate the tile reaches when all SMs are full.
  double efficiency;
};
} // namespace

static constexpr Candidate kCandidates[] = {
    {128, 256, 64, 64, 64, 4, 1.00}, {256, 128, 64, 64, 64, 4, 1.00},
    {128, 128, 64, 32, 64, 4, 0.90}, {128, 64, 64, 32, 128, 3, 0.80},
    {64, 128, 32, 64, 128, 3, 0.80}, {64, 64, 32, 32, 128, 4, 0.70},
    {32, 128, 16, 64, 128, 4, 0.60}, {32, 64, 16, 32, 128, 4, 0.55},
    {16, 128, 16, 32, 128, 4, 0.45}, {16, 64, 16, 16, 128, 5, 0.40},
};

/// A dynamic size is taken to be large.
static int64_t orLarge(int64_t size) {
  return ShapedType::isDynamic(size) ? 8192 : std::max<int64_t>(size, 1);
}

/// Which fragment consecutive mma hold. With raw f32 bits the tensor cores are
/// fed fastest by holding B; with rounding in the loop, and with 16-bit operands,
/// by holding A (docs/performance.md, "Order of mma").
static MmaOrder chooseMmaOrder(const Problem &problem) {
  bool isRaw = problem.elementType.isF32() &&
               problem.rounding == Rounding::truncate;
  return isRaw ? MmaOrder::b_stationary : MmaOrder::a_stationary;
}

static ConfigAttr getConfig(const Candidate &c, const Problem &problem,
                            int64_t stages) {
  Type elementType = problem.elementType;
  int64_t elementBytes = elementType.getIntOrFloatBitWidth() / 8;
  return ConfigAttr::get(elementType.getContext(),
                         {c.blockM, c.blockN, c.kBytes / elementBytes},
                         {c.warpM, c.warpN}, stages, /*rasterGroup=*/8,
                         SharedLayout::padded, chooseMmaOrder(problem));
}

/// `candidate` with as many of its stages as the target's shared memory holds.
static ConfigAttr fitStages(const Candidate &candidate, const Problem &problem,
                            const TargetInfo &target) {
  for (int64_t stages = candidate.stages; stages > 1; --stages) {
    ConfigAttr config = getConfig(candidate, problem, stages);
    if (TilePlan(config, problem.elementType).getSharedBytes() <=
        target.sharedBytesPerBlock)
      return config;
  }
  return getConfig(candidate, problem, 1);
}

ConfigAttr mlir::tt::chooseConfig(const Problem &problem,
                                  const TargetInfo &target) {
  double best = std::numeric_limits<double>::infinity();
  const Candidate *chosen = nullptr;
  for (const Candidate &c : kCandidates) {
    int64_t tiles = llvm::divideCeil(orLarge(problem.m), c.blockM) *
                    llvm::divideCeil(orLarge(problem.n), c.blockN);
    double waves = llvm::divideCeil(tiles, target.multiprocessors);
    double estimate = waves * c.blockM * c.blockN / c.efficiency;
    if (estimate >= best)
      continue;
    best = estimate;
    chosen = &c;
  }
  return fitStages(*chosen, problem, target);
}
