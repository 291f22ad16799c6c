//===- OccupancyTest.cpp - NVIDIA's occupancy rules -----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tt/Target/Occupancy.h"
#include "gtest/gtest.h"
#include <cmath>

using namespace mlir::tt;

namespace {

const TargetInfo &getTarget(llvm::StringRef name) {
  const TargetInfo *target = TargetInfo::find(name);
  EXPECT_TRUE(target) << name.str();
  return *target;
}

/// Values of NVIDIA's occupancy calculator, default carve-out of its chip.
struct Published {
  const char *target;
  int64_t threads, registers, sharedBytes;
  int64_t blocks;
  OccupancyLimit limit;
};

constexpr Published kPublished[] = {
    // 48 warps of 8; 24 blocks; 1536 threads.
    {"rtx4090", 256, 32, 0, 6, OccupancyLimit::warps},
    {"rtx4090", 32, 32, 0, 24, OccupancyLimit::blocks},
    {"rtx3090", 32, 32, 0, 16, OccupancyLimit::blocks},
    {"a100", 32, 32, 0, 32, OccupancyLimit::blocks},
    {"a100", 1024, 16, 0, 2, OccupancyLimit::warps},
    {"rtx4090", 1024, 32, 0, 1, OccupancyLimit::warps},
    // 255 registers are 8160 a warp, rounded up to 8192: 2 warps a scheduler.
    {"rtx4090", 256, 255, 0, 1, OccupancyLimit::registers},
    {"rtx4090", 128, 255, 0, 2, OccupancyLimit::registers},
    // 168 registers are 5376 a warp: 3 warps a scheduler.
    {"rtx4090", 128, 168, 0, 3, OccupancyLimit::registers},
    {"rtx4090", 256, 168, 0, 1, OccupancyLimit::registers},
    // 6 warps of 168: 12 of 12 warps.
    {"rtx4090", 192, 168, 0, 2, OccupancyLimit::registers},
    // 96 KiB + 1 KiB of 100: one block; 49 KiB + 1 KiB twice: 100 of 100.
    {"rtx4090", 128, 64, 96 * 1024, 1, OccupancyLimit::sharedMemory},
    {"rtx4090", 128, 64, 49 * 1024, 2, OccupancyLimit::sharedMemory},
    {"rtx4090", 128, 64, 49 * 1024 + 1, 1, OccupancyLimit::sharedMemory},
    {"a100", 128, 64, 81 * 1024, 2, OccupancyLimit::sharedMemory},
    // Hopper's SM holds two blocks of an sm_89 kernel: 2 x 100 of 228 KiB.
    {"h100", 128, 64, 99 * 1024, 2, OccupancyLimit::sharedMemory},
    {"h100", 32, 32, 0, 32, OccupancyLimit::blocks},
    // Too much for any block.
    {"rtx4090", 128, 64, 99 * 1024 + 1, 0, OccupancyLimit::sharedMemory},
    {"rtx4090", 512, 255, 0, 0, OccupancyLimit::registers},
    {"rtx4090", 1056, 16, 0, 0, OccupancyLimit::warps},
};

TEST(Occupancy, PublishedRules) {
  for (const Published &p : kPublished) {
    Occupancy found = getOccupancy({p.threads, p.registers, p.sharedBytes},
                                   getTarget(p.target));
    EXPECT_EQ(found.blocks, p.blocks) << p.target << " " << p.threads << " "
                                      << p.registers << " " << p.sharedBytes;
    EXPECT_EQ(getName(found.limit), getName(p.limit))
        << p.target << " " << p.threads << " " << p.registers << " "
        << p.sharedBytes;
  }
}

/// Every register count and block size of every card stays within the SM.
TEST(Occupancy, NeverExceedsTheSM) {
  for (const TargetInfo &target : TargetInfo::all())
    for (int64_t warps = 1; warps <= 32; ++warps)
      for (int64_t registers = 16; registers <= 255; ++registers) {
        int64_t threads = warps * kThreadsPerWarp;
        Occupancy found = getOccupancy({threads, registers, 0}, target);
        EXPECT_LE(found.blocks * threads * registers, target.registersPerSM);
        EXPECT_LE(found.blocks * threads, target.threadsPerSM);
        EXPECT_LE(found.blocks, target.blocksPerSM);
      }
}

TEST(Waves, SeedProblem) {
  // 1024 blocks of 64 x 128, one an SM of 128: 8 full rounds.
  Waves waves = getWaves(1024, 1, getTarget("rtx4090"));
  EXPECT_EQ(waves.count, 8);
  EXPECT_EQ(waves.lastBlocks, 128);
  EXPECT_EQ(waves.getEfficiency(), 1);
}

TEST(Waves, OneBlockTooMany) {
  Waves waves = getWaves(129, 1, getTarget("rtx4090"));
  EXPECT_EQ(waves.count, 2);
  EXPECT_EQ(waves.lastBlocks, 1);
  EXPECT_NEAR(waves.getEfficiency(), 129.0 / 256, 1e-12);
}

TEST(Waves, NothingToDo) {
  Waves waves = getWaves(0, 1, getTarget("rtx4090"));
  EXPECT_EQ(waves.count, 0);
  EXPECT_EQ(waves.getEfficiency(), 0);
}

//===----------------------------------------------------------------------===//
// The table
//===----------------------------------------------------------------------===//

/// "# Target GPU" of the seed document.
TEST(TargetInfo, SeedTable) {
  const TargetInfo &card = getTarget("rtx4090");
  EXPECT_EQ(card.chip, "sm_89");
  EXPECT_EQ(card.multiprocessors, 128);
  EXPECT_EQ(card.dramBytesPerSecond, 1008e9);
  EXPECT_EQ(card.tf32Flops, 82.6e12);
  EXPECT_EQ(card.f16Flops, 165.2e12);
  EXPECT_EQ(card.registersPerThread, 255);
  EXPECT_EQ(card.threadsPerBlock, 1024);
  EXPECT_EQ(card.threadsPerSM, 1536);
  EXPECT_EQ(card.getWarpsPerSM(), 48);
  EXPECT_EQ(card.sharedBytesPerSM, 100 * 1024);
  EXPECT_EQ(card.sharedBytesPerBlock, 99 * 1024);
  EXPECT_EQ(card.l2Bytes, 72 * 1024 * 1024);
}

/// A rate is a whole power of two of flop a clock and SM, up to rounding in
/// the data sheets; a typing error in any column breaks it.
TEST(TargetInfo, RatesFitClocks) {
  for (const TargetInfo &card : TargetInfo::all()) {
    if (card.name == "h100" || card.name == "h200")
      continue; // measured rates of mma.sync
    for (bool isF32 : {true, false}) {
      double flops = card.getTensorFlopsPerClock(isF32);
      double power = std::exp2(std::round(std::log2(flops)));
      EXPECT_NEAR(flops / power, 1, 0.02) << card.name.str();
    }
    EXPECT_NEAR(card.f16Flops / card.tf32Flops, 2, 0.04) << card.name.str();
    bool isGeForce = card.name.starts_with("rtx") && card.name != "rtx6000ada";
    EXPECT_EQ(card.halvesF32Accumulation(), isGeForce) << card.name.str();
  }
}

} // namespace
