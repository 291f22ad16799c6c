//===- CostModelTest.cpp - Does the model agree with measured kernels? ----===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tt/Transforms/CostModel.h"
#include "mlir/AsmParser/AsmParser.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/Support/MathExtras.h"
#include "gtest/gtest.h"
#include <cmath>

using namespace mlir;
using namespace mlir::tt;

namespace {

class CostModelTest : public testing::Test {
protected:
  CostModelTest() { context.loadDialect<TTDialect>(); }

  Problem getProblem(int64_t m, int64_t n, int64_t k, bool isF32 = false,
                     Rounding rounding = Rounding::truncate) {
    Type type = isF32 ? Type(Float32Type::get(&context))
                      : Type(Float16Type::get(&context));
    return {m, n, k, type, rounding};
  }
  TilePlan getPlan(const Problem &problem, StringRef config) {
    auto attribute = dyn_cast_or_null<ConfigAttr>(
        parseAttribute(("#tt.config<" + config + ">").str(), &context));
    EXPECT_TRUE(attribute) << config.str();
    return TilePlan(attribute, problem.elementType);
  }
  double estimate(const Problem &problem, StringRef config, StringRef target) {
    return estimateCost(problem, getPlan(problem, config),
                        *TargetInfo::find(target))
        .total;
  }

  MLIRContext context;
};

/// A kernel of docs/performance.md with its config, and what it reached.
struct Measured {
  int64_t m, n, k;
  bool isF32;
  Rounding rounding;
  const char *config;
  double teraflops;
};

constexpr Rounding kTruncate = Rounding::truncate, kNearest = Rounding::nearest,
                   kFinite = Rounding::nearest_finite;
constexpr Measured kMeasured[] = {
    {2048, 4096, 8192, false, kTruncate,
     "block = [128, 256, 32], warp = [64, 64], stages = 4", 424.2},
    {2048, 4096, 8192, false, kTruncate,
     "block = [128, 256, 64], warp = [64, 64], stages = 2", 328},
    {4096, 4096, 4096, false, kTruncate,
     "block = [128, 256, 32], warp = [64, 64], stages = 4", 411.8},
    {8192, 8192, 8192, false, kTruncate,
     "block = [128, 256, 32], warp = [64, 64], stages = 4", 416.8},
    {1024, 1024, 1024, false, kTruncate,
     "block = [128, 64, 64], warp = [64, 32], stages = 3", 229.1},
    {512, 4096, 4096, false, kTruncate,
     "block = [128, 128, 32], warp = [64, 32], stages = 4", 283.7},
    {64, 4096, 4096, false, kTruncate,
     "block = [32, 64, 64], warp = [16, 32], stages = 4", 126.3},
    {16, 8192, 8192, false, kTruncate,
     "block = [16, 64, 64], warp = [16, 16], stages = 5", 49.2},
    {2048, 4096, 8192, true, kTruncate,
     "block = [128, 256, 16], warp = [64, 64], stages = 4", 234.5},
    {2048, 4096, 8192, true, kTruncate,
     "block = [128, 256, 32], warp = [64, 64], stages = 2", 176},
    {2048, 4096, 8192, true, kFinite,
     "block = [128, 256, 16], warp = [64, 64], stages = 4", 213.5},
    {2048, 4096, 8192, true, kNearest,
     "block = [128, 256, 16], warp = [64, 64], stages = 4", 187.4},
    {8192, 8192, 8192, true, kTruncate,
     "block = [128, 256, 16], warp = [64, 64], stages = 4", 237.7},
    {1024, 1024, 1024, true, kTruncate,
     "block = [128, 64, 32], warp = [64, 32], stages = 3", 140.3},
    {1024, 1024, 1024, true, kNearest,
     "block = [128, 64, 32], warp = [64, 32], stages = 3", 120.3},
    {512, 4096, 4096, true, kTruncate,
     "block = [128, 128, 16], warp = [64, 32], stages = 4", 151.1},
    {64, 4096, 4096, true, kTruncate,
     "block = [32, 64, 32], warp = [16, 32], stages = 4", 52.5},
    {16, 8192, 8192, true, kTruncate,
     "block = [16, 64, 32], warp = [16, 16], stages = 5", 28.0},
};

TEST_F(CostModelTest, EstimatesOfMeasuredKernels) {
  for (const Measured &kernel : kMeasured) {
    Problem problem =
        getProblem(kernel.m, kernel.n, kernel.k, kernel.isF32, kernel.rounding);
    double flops = 2.0 * kernel.m * kernel.n * kernel.k;
    double measured = flops / (kernel.teraflops * 1e12);
    double estimated = estimate(problem, kernel.config, "h200");
    double ratio = estimated / measured;
    std::printf("%5lld x %5lld x %5lld %s %-55s %7.1f us, estimated %7.1f "
                "(%.2f)\n",
                (long long)kernel.m, (long long)kernel.n, (long long)kernel.k,
                kernel.isF32 ? "tf32" : "f16 ", kernel.config, measured * 1e6,
                estimated * 1e6, ratio);
    EXPECT_GT(ratio, 0.7) << kernel.config;
    EXPECT_LT(ratio, 1.4) << kernel.config;
  }
}

//===----------------------------------------------------------------------===//
// Properties
//===----------------------------------------------------------------------===//

constexpr const char *kLarge =
    "block = [128, 256, 32], warp = [64, 64], stages = 4";

TEST_F(CostModelTest, OneMoreBlockThanSlotsCostsAWave) {
  // 8 x 16 tiles of 128 x 256 on 128 SMs, and one row of tiles more.
  double full = estimate(getProblem(1024, 4096, 4096), kLarge, "rtx4090");
  double more = estimate(getProblem(1025, 4096, 4096), kLarge, "rtx4090");
  EXPECT_GT(more / full, 1.8);
}

TEST_F(CostModelTest, NeverBelowTheRoofline) {
  for (const TargetInfo &target : TargetInfo::all())
    for (int64_t size : {64, 512, 4096}) {
      Problem problem = getProblem(size, size, size);
      TilePlan plan =
          getPlan(problem, "block = [64, 64, 32], warp = [32, 32], stages = 3");
      EXPECT_GE(estimateCost(problem, plan, target).total,
                getRoofline(problem, target).tensorSeconds)
          << target.name.str();
    }
}

TEST_F(CostModelTest, OneStageIsSlowest) {
  Problem problem = getProblem(4096, 4096, 4096);
  double before = 1e9;
  for (const char *stages : {"1", "2", "3", "4"}) {
    double seconds =
        estimate(problem,
                 "block = [128, 128, 32], warp = [64, 32], stages = " +
                     std::string(stages),
                 "rtx4090");
    EXPECT_LT(seconds, before) << stages;
    before = seconds;
  }
}

/// 32 tiles leave 96 of 128 SMs idle; a split of K fills them.
TEST_F(CostModelTest, SplitsFillIdleSMs) {
  Problem problem = getProblem(64, 4096, 4096);
  std::string config = "block = [64, 128, 64], warp = [32, 64], stages = 3";
  double one = estimate(problem, config, "h100");
  double four = estimate(problem, config + ", split_k = 4", "h100");
  EXPECT_LT(four, 0.6 * one);
  // A large problem has nothing to fill.
  Problem large = getProblem(8192, 8192, 8192);
  EXPECT_GT(estimate(large, std::string(kLarge) + ", split_k = 4", "h100"),
            estimate(large, kLarge, "h100"));
}

TEST_F(CostModelTest, SlicesShortenTheChainOfSteps) {
  Problem problem = getProblem(16, 8192, 8192);
  std::string config = "block = [16, 64, 64], warp = [16, 16], stages = 5";
  const TargetInfo &target = *TargetInfo::find("h100");
  CostEstimate one = estimateCost(problem, getPlan(problem, config), target);
  CostEstimate two = estimateCost(
      problem, getPlan(problem, config + ", k_slices = 2"), target);
  EXPECT_LT(two.steps, one.steps);
  EXPECT_GT(two.reduction, one.reduction);
}

TEST_F(CostModelTest, DynamicSizesAreLarge) {
  Problem unknown = getProblem(ShapedType::kDynamic, ShapedType::kDynamic,
                               ShapedType::kDynamic);
  EXPECT_EQ(estimate(unknown, kLarge, "rtx4090"),
            estimate(getProblem(8192, 8192, 8192), kLarge, "rtx4090"));
}

TEST_F(CostModelTest, DefaultIsLegalEverywhere) {
  for (const TargetInfo &target : TargetInfo::all())
    for (bool isF32 : {false, true})
      for (int64_t m : {1, 16, 100, 1000, 8192})
        for (int64_t n : {1, 64, 2064, 8192}) {
          Problem problem = getProblem(m, n, 4096, isF32);
          TilePlan plan(chooseConfig(problem, target), problem.elementType);
          EXPECT_EQ(getIllegality(plan, target), "");
        }
}

/// 144 tiles of 128 x 128 leave 12 of H100's 132 SMs twice the work of the
/// rest.
TEST_F(CostModelTest, TilesThatFillAWaveNeedNotBePowersOfTwo) {
  const TargetInfo &target = *TargetInfo::find("h100");
  Problem problem = getProblem(1536, 1536, 1536);
  ConfigAttr config = chooseConfig(problem, target);
  EXPECT_FALSE(llvm::isPowerOf2_64(config.getBlockM()) &&
               llvm::isPowerOf2_64(config.getBlockN()));
  TilePlan plan(config, problem.elementType);
  EXPECT_EQ(estimateCost(problem, plan, target).waves.count, 1);
}

/// 28672 columns are 256 tiles of 112, which 132 SMs hold at once.
TEST_F(CostModelTest, TilesOfThinProductsNeedNotBeMultiplesOf32) {
  const TargetInfo &target = *TargetInfo::find("h200");
  for (int64_t m : {1, 16}) {
    Problem problem = getProblem(m, 28672, 4096);
    ConfigAttr config = chooseConfig(problem, target);
    TilePlan plan(config, problem.elementType);
    EXPECT_EQ(config.getBlockN(), 112) << m;
    EXPECT_EQ(estimateCost(problem, plan, target).waves.count, 1) << m;
  }
  // Pairs through registers do not divide such tiles evenly.
  EXPECT_NE(chooseConfig(getProblem(16, 28672, 4095), target).getBlockN(), 112);
}

// Tiles of 192x192 take narrow copies, too, but XORed rows of A and so many
// copies leave no registers; nor do many copies in strips, of 96 rows.
TEST_F(CostModelTest, NarrowCopiesLeaveRegisters) {
  const TargetInfo &target = *TargetInfo::find("h200");
  for (auto [m, k, rounding] :
       {std::tuple(2047, 2051, kTruncate), std::tuple(2046, 2054, kNearest)}) {
    ConfigAttr config =
        chooseConfig(getProblem(m, 2110, k, /*isF32=*/true, rounding), target);
    EXPECT_EQ(config.getBlockM(), 192);
    EXPECT_EQ(config.getALayout(), SharedLayout::padded);
  }
  EXPECT_EQ(chooseConfig(getProblem(2108, 2044, 2060), target).getALayout(),
            SharedLayout::padded);
  EXPECT_TRUE(llvm::isPowerOf2_64(
      chooseConfig(getProblem(4094, 62, 4098), target).getBlockM()));
  // Rows of 16 bits at odd strides.
  ConfigAttr staged = chooseConfig(getProblem(777, 1234, 2345), target);
  EXPECT_TRUE(llvm::isPowerOf2_64(staged.getBlockM()));
  EXPECT_TRUE(llvm::isPowerOf2_64(staged.getBlockN()));
}

/// Where a few rows or columns are more than block tiles make in whole waves,
/// blocks of their own compute them: not where they are many, or none, beside
/// thin tiles, or where copies go through registers.
TEST_F(CostModelTest, FewRowsBeyondTilesAreEdges) {
  const TargetInfo &target = *TargetInfo::find("h200");
  auto choose = [&](int64_t m, int64_t n, int64_t k) {
    return chooseConfig(getProblem(m, n, k), target);
  };
  ConfigAttr inM = choose(2056, 2048, 2048), inN = choose(2048, 2064, 2048);
  EXPECT_EQ(inM.getEdgeM(), 16);
  EXPECT_EQ(inM.getEdgeN(), 0);
  EXPECT_EQ(inN.getEdgeM(), 0);
  EXPECT_EQ(inN.getEdgeN(), 16);
  EXPECT_FALSE(choose(2048, 2048, 2048).hasEdges());
  EXPECT_FALSE(choose(2040, 2048, 2048).hasEdges());
  EXPECT_FALSE(choose(16, 8200, 8192).hasEdges());
  EXPECT_FALSE(choose(2049, 2048, 2047).hasEdges());
  EXPECT_FALSE(choose(8200, 8200, 32).hasEdges());
}

/// Edges take no time on SMs that the last wave leaves idle, some where it leaves
/// none, and in any case less than tiles that stick out make.
TEST_F(CostModelTest, EdgesFillTheLastWave) {
  const TargetInfo &target = *TargetInfo::find("h200");
  std::string tiles = "block = [256, 128, 32], warp = [64, 64], stages = 4";
  auto estimateEdges = [&](const Problem &problem) {
    TilePlan plan = getPlan(problem, tiles + ", edge = [16, 0]");
    return estimateCost(problem, plan, target).edges;
  };
  // 128 and 132 whole tiles on 132 SMs.
  Problem leaves4 = getProblem(2056, 2048, 2048),
          leavesNone = getProblem(3080, 1408, 2048);
  EXPECT_EQ(estimateEdges(leaves4), 0);
  EXPECT_GT(estimateEdges(leavesNone), 0);
  for (const Problem &problem : {leaves4, leavesNone})
    EXPECT_LT(estimate(problem, tiles + ", edge = [16, 0]", "h200"),
              estimate(problem, tiles, "h200"));
}

/// Of two tiles that read as much, the one that reads the long operand once.
TEST_F(CostModelTest, ShortOperandsAreReadAgain) {
  const char *tall = "block = [64, 32, 128], warp = [64, 32], stages = 4, "
                     "a_layout = xor, k_slices = 4";
  const char *wide = "block = [32, 64, 128], warp = [32, 64], stages = 4, "
                     "a_layout = xor, k_slices = 4";
  Problem longB = getProblem(64, 4096, 4096);
  EXPECT_LT(estimate(longB, tall, "h200"), estimate(longB, wide, "h200"));
  Problem longA = getProblem(4096, 64, 4096);
  EXPECT_LT(estimate(longA, wide, "h200"), estimate(longA, tall, "h200"));
}

/// Slices are no way below what the tensor cores or DRAM take.
TEST_F(CostModelTest, SlicesDoNotPassTheTensorCores) {
  const TargetInfo &target = *TargetInfo::find("rtx4090");
  for (Problem problem : {getProblem(4096, 4096, 4096, true, kNearest),
                          getProblem(8192, 8, 8192, true, kNearest)})
    for (const char *config :
         {"block = [128, 128, 32], warp = [64, 64], stages = 3, k_slices = 2",
          "block = [48, 16, 64], warp = [48, 16], stages = 3, k_slices = 4"}) {
      CostEstimate cost =
          estimateCost(problem, getPlan(problem, config), target);
      EXPECT_GE(cost.mainLoop, std::max(cost.tensor, cost.dram)) << config;
    }
}

/// Blocks that go on with another tile are of use where tiles are short.
TEST_F(CostModelTest, ShortTilesArePersistent) {
  const TargetInfo &target = *TargetInfo::find("h200");
  for (bool isF32 : {false, true}) {
    auto choose = [&](int64_t k) {
      return chooseConfig(getProblem(8192, 8192, k, isF32, kNearest), target);
    };
    ConfigAttr config = choose(64);
    EXPECT_TRUE(config.isPersistent());
    EXPECT_GE(config.getStages(), 3);
    EXPECT_LE(config.getTilesAhead(), 64 / config.getBlockK());
  }
  // One k-tile, and loops with rounding that are long.
  EXPECT_FALSE(chooseConfig(getProblem(8192, 8192, 32), target).isPersistent());
  EXPECT_FALSE(chooseConfig(getProblem(8192, 8192, 512, true, kNearest), target)
                   .isPersistent());
}

/// ptxas spills in guarded loops whose warp tiles leave few registers, but for
/// wide ones with padded rows of A, and whole tiles if a block has few warps.
TEST_F(CostModelTest, GuardedDefaultsLeaveRegisters) {
  const TargetInfo &target = *TargetInfo::find("h100");
  int64_t guarded = 0, tight = 0, ragged = 0;
  for (int64_t size : {1535, 1536, 1544, 2056, 3072, 3080, 8192}) {
    Problem problem = getProblem(size, size, size, /*isF32=*/true, kNearest);
    ConfigAttr config = chooseConfig(problem, target);
    if (config.getRoundingForm() != RoundingForm::guarded)
      continue;
    ++guarded;
    if (!TilePlan(config, problem.elementType).leavesFewRegisters(target))
      continue;
    ++tight;
    EXPECT_EQ(config.getALayout(), SharedLayout::padded) << size;
    EXPECT_LE(config.getWarpM(), config.getWarpN()) << size;
    bool isWhole =
        size % config.getBlockM() == 0 && size % config.getBlockN() == 0;
    EXPECT_TRUE(isWhole || config.getWarps() >= 8) << size;
    ragged += !isWhole;
  }
  EXPECT_GT(guarded, tight);
  EXPECT_GT(tight, ragged);
  EXPECT_GT(ragged, 0);
  // Blocks that share a tile, too, with copies before the barrier, unless they
  // are so few in a row that each looks at much.
  const TargetInfo &other = *TargetInfo::find("h200");
  ConfigAttr shares = chooseConfig(
      getProblem(1032, 2056, 8200, /*isF32=*/true, kNearest), other);
  EXPECT_EQ(shares.getBlockM(), 192);
  EXPECT_EQ(shares.getSplitK(), 2);
  EXPECT_EQ(shares.getRoundingForm(), RoundingForm::guarded);
  EXPECT_EQ(shares.getCopySlot(), CopySlot::before_barrier);
  Problem threeRows = getProblem(516, 4092, 4092, /*isF32=*/true, kNearest);
  EXPECT_NE(chooseConfig(threeRows, other).getBlockM(), 192);
}

/// After the barrier where the loop rounds or its warp tiles are small; before
/// it in short loops, beside narrow copies and sizes that are not known, and
/// where registers are few; there a scheduler's only warp has them late.
TEST_F(CostModelTest, CopiesStandWhereTheyMeasuredFaster) {
  const TargetInfo &target = *TargetInfo::find("h100");
  auto choose = [&](const Problem &problem) {
    return chooseConfig(problem, target).getCopySlot();
  };
  constexpr CopySlot kBefore = CopySlot::before_barrier,
                     kAfter = CopySlot::after_barrier;
  constexpr int64_t kUnknown = ShapedType::kDynamic;
  EXPECT_EQ(choose(getProblem(4096, 4096, 4096, true, kNearest)), kAfter);
  EXPECT_EQ(choose(getProblem(4096, 4096, 4096, true, kFinite)), kAfter);
  EXPECT_EQ(choose(getProblem(4096, 4096, 4096, true, kTruncate)), kBefore);
  EXPECT_EQ(choose(getProblem(2048, 4096, 8192)), kBefore);
  EXPECT_EQ(choose(getProblem(256, 6144, 4096)), kAfter);
  EXPECT_EQ(choose(getProblem(1024, 1024, 1024)), kAfter);
  EXPECT_EQ(choose(getProblem(256, 256, 256)), kBefore);
  EXPECT_EQ(choose(getProblem(16384, 16384, 64, true, kNearest)), kBefore);
  EXPECT_EQ(choose(getProblem(2047, 2049, 2051, true, kNearest)), kBefore);
  EXPECT_EQ(choose(getProblem(kUnknown, 4096, 4096, true, kNearest)), kBefore);
  // One warp a scheduler.
  EXPECT_EQ(choose(getProblem(512, 4096, 4096, true, kTruncate)),
            CopySlot::second_half);
  // Blocks of 256 x 128 that share tiles, and blocks of 128 x 128.
  EXPECT_EQ(choose(getProblem(512, 14336, 4096, true, kNearest)), kBefore);
  EXPECT_EQ(choose(getProblem(2056, 2072, 2088, true, kNearest)), kAfter);
}

} // namespace
