//===- ChooseConfig.cpp - The default config of a problem -----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The cost model (CostModel.cpp) estimates the time of every candidate: a list of
// tiles, each with two depths of a k-tile, every number of stages that fits, both
// layouts of A, k-slices and split-K. The shortest estimate wins; where two differ
// by less than the model can tell apart, the earlier in the list does. Order of mma,
// raster group and form of rounding follow from the rest.
//
//===----------------------------------------------------------------------===//

#include "tt/Transforms/ChooseConfig.h"

#include "mlir/IR/Diagnostics.h"
#include "tt/Transforms/CostModel.h"
#include "tt/Transforms/TilePlan.h"
#include <limits>

using namespace mlir;
using namespace mlir::tt;

namespace {
struct Tile {
  int64_t blockM, blockN, warpM, warpN;
};
} // namespace

/// From large to small. Warp tiles are as large as registers and the number of
/// warps allow: a larger one reads shared memory less often an mma.
static constexpr Tile kTiles[] = {
    {128, 256, 64, 64}, {256, 128, 64, 64}, {128, 128, 64, 64},
    {128, 128, 64, 32}, {64, 256, 32, 64},  {256, 64, 64, 32},
    {64, 128, 32, 64},  {128, 64, 64, 32},  {64, 128, 32, 32},
    {128, 64, 32, 32},  {64, 64, 32, 32},   {32, 128, 16, 64},
    {32, 128, 32, 32},  {32, 64, 16, 32},   {64, 32, 32, 16},
    {128, 32, 64, 16},  {16, 128, 16, 32},  {16, 64, 16, 16},
    {128, 16, 32, 16},  {64, 16, 16, 16},
};
static constexpr int64_t kTileKBytes[] = {64, 128};
/// Whichever comes first wins where both are estimated to be as good.
static constexpr SharedLayout kLayoutsF32[] = {SharedLayout::padded,
                                               SharedLayout::xor_swizzle};
static constexpr SharedLayout kLayouts16Bit[] = {SharedLayout::xor_swizzle,
                                                 SharedLayout::padded};
static constexpr int64_t kMinStages = 2, kMaxStages = 8;
static constexpr int64_t kRasterGroups[] = {1, 2, 4, 8, 16, 32};
static constexpr int64_t kSlices[] = {1, 2, 4};
static constexpr int64_t kSplits[] = {1, 2, 3, 4, 6, 8, 12, 16};
/// Blocks an SM beyond which K is not split any further.
static constexpr int64_t kSplitBlocksPerSM = 3;
/// Of a block (ConfigAttr).
static constexpr int64_t kMaxWarps = 16;
/// How much shorter an estimate must be to count.
static constexpr double kMargin = 0.995;

/// The order of mma that measured best (docs/performance.md, "Order of mma"):
/// narrow panels, wider ones where each fragment is rounded in the loop, and all
/// columns where the guard cuts the loop.
static MmaOrder chooseMmaOrder(const Problem &problem, RoundingForm form) {
  if (!problem.elementType.isF32())
    return MmaOrder::b_pairs;
  if (problem.rounding == Rounding::truncate)
    return MmaOrder::b_stationary;
  return form == RoundingForm::guarded ? MmaOrder::a_stationary
                                       : MmaOrder::b_quads;
}

/// Guarded, if that is estimated to be faster. Where the tensor cores are slow
/// enough to hide the rounding of every fragment, it is not.
static ConfigAttr chooseRoundingForm(ConfigAttr c, const Problem &problem,
                                     const TargetInfo &target) {
  RoundingForm form = RoundingForm::guarded;
  auto guarded = ConfigAttr::get(
      c.getContext(), c.getBlock(), c.getWarp(), c.getStages(),
      c.getRasterGroup(), c.getALayout(), chooseMmaOrder(problem, form),
      c.getKSlices(), c.getSplitK(), form);
  TilePlan plan(c, problem.elementType);
  TilePlan guardedPlan(guarded, problem.elementType);
  if (!canGuard(problem, guardedPlan) ||
      !getIllegality(guardedPlan, target).empty())
    return c;
  bool isFaster = estimateCost(problem, guardedPlan, target).total <
                  estimateCost(problem, plan, target).total;
  return isFaster ? guarded : c;
}

std::string mlir::tt::getIllegality(const TilePlan &plan,
                                    const TargetInfo &target) {
  MLIRContext *context = plan.getConfig().getContext();
  std::string reason;
  ScopedDiagnosticHandler handler(context, [&](Diagnostic &diagnostic) {
    reason = diagnostic.str();
    return success();
  });
  (void)plan.verify(target,
                    [&] { return emitError(UnknownLoc::get(context)); });
  return reason;
}

bool mlir::tt::canGuard(const Problem &problem, const TilePlan &plan) {
  constexpr int64_t kMinKTiles = 2;
  return problem.elementType.isF32() && problem.rounding == Rounding::nearest &&
         !ShapedType::isDynamic(problem.m) &&
         !ShapedType::isDynamic(problem.n) &&
         getModelSize(problem.k) >=
             kMinKTiles * plan.getConfig().getBlockK();
}

/// A default neither breaks a limit nor has fragments that share registers.
static bool isAcceptable(const TilePlan &plan, const TargetInfo &target) {
  // What fails most often first, since texts of refusals take time.
  return plan.getSharedBytes() <= target.sharedBytesPerBlock &&
         plan.getRegisters(/*fragmentSets=*/2) <=
             plan.getRegisterLimit(target) &&
         getIllegality(plan, target).empty();
}

/// Whether it can help to let `splits` blocks share each tile of C: tiles alone
/// leave SMs idle, and each block keeps some k-tiles.
static bool canSplit(const Problem &problem, const Tile &tile, int64_t blockK,
                     int64_t splits, const TargetInfo &target) {
  if (splits == 1)
    return true;
  if (ShapedType::isDynamic(problem.m) || ShapedType::isDynamic(problem.n))
    return false;
  int64_t tiles = llvm::divideCeil(problem.m, tile.blockM) *
                  llvm::divideCeil(problem.n, tile.blockN);
  constexpr int64_t kMinKTiles = 4;
  return tiles * splits <= kSplitBlocksPerSM * target.multiprocessors &&
         getModelSize(problem.k) >= kMinKTiles * splits * blockK;
}

/// The raster group with which the blocks that run at the same time, one an SM,
/// touch the fewest rows of A and B: as square a part of C as the tile allows.
static int64_t chooseRasterGroup(const Tile &tile, const TargetInfo &target) {
  auto countRows = [&](int64_t group) {
    return group * tile.blockM +
           target.multiprocessors * tile.blockN / group;
  };
  return *std::min_element(
      std::begin(kRasterGroups), std::end(kRasterGroups),
      [&](int64_t a, int64_t b) { return countRows(a) < countRows(b); });
}

/// Calls `consider` with each candidate.
static void
forEachCandidate(const Problem &problem, const TargetInfo &target,
                 llvm::function_ref<void(ConfigAttr config)> consider) {
  MLIRContext *context = problem.elementType.getContext();
  int64_t elementBytes = problem.elementType.getIntOrFloatBitWidth() / 8;
  MmaOrder order = chooseMmaOrder(problem, RoundingForm::every_fragment);
  ArrayRef<SharedLayout> layouts = problem.elementType.isF32()
                                       ? ArrayRef(kLayoutsF32)
                                       : ArrayRef(kLayouts16Bit);
  for (const Tile &tile : kTiles)
    for (int64_t kBytes : kTileKBytes)
      for (int64_t slices : kSlices)
        for (int64_t splits : kSplits)
          for (SharedLayout layout : layouts)
            // Stages that an SM has room for anyway cost nothing: many first.
            for (int64_t stages = kMaxStages; stages >= kMinStages; --stages) {
              int64_t blockK = kBytes / elementBytes;
              int64_t warps = (tile.blockM / tile.warpM) *
                              (tile.blockN / tile.warpN) * slices;
              if (warps > kMaxWarps ||
                  !canSplit(problem, tile, blockK, splits, target))
                continue;
              consider(ConfigAttr::get(
                  context, {tile.blockM, tile.blockN, blockK},
                  {tile.warpM, tile.warpN}, stages,
                  chooseRasterGroup(tile, target), layout,
                  order, slices, splits, RoundingForm::every_fragment));
            }
}

ConfigAttr mlir::tt::chooseConfig(const Problem &problem,
                                  const TargetInfo &target) {
  double best = std::numeric_limits<double>::infinity();
  ConfigAttr chosen;
  forEachCandidate(problem, target, [&](ConfigAttr config) {
    TilePlan plan(config, problem.elementType);
    if (!isAcceptable(plan, target))
      return;
    double seconds = estimateCost(problem, plan, target).total;
    if (seconds >= kMargin * best)
      return;
    best = seconds;
    chosen = config;
  });
  assert(chosen && "the smallest tiles fit every target");
  return chooseRoundingForm(chosen, problem, target);
}
