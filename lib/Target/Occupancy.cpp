//===- Occupancy.cpp - Blocks and warps that an SM holds ------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tt/Target/Occupancy.h"

#include "llvm/Support/MathExtras.h"
#include <algorithm>
#include <tuple>

using namespace mlir::tt;

llvm::StringRef mlir::tt::getName(OccupancyLimit limit) {
  constexpr llvm::StringLiteral names[] = {"warps", "blocks", "registers",
                                           "shared memory"};
  return names[static_cast<int>(limit)];
}

int64_t mlir::tt::getAllocatedSharedBytes(int64_t sharedBytes) {
  return llvm::alignTo(sharedBytes + kReservedSharedBytesPerBlock,
                       kSharedAllocationUnit);
}

/// Warps are spread over the four quarters of the register file; a launch is
/// refused if one block, its warps rounded up to fours, does not fit.
static int64_t getBlocksByRegisters(const BlockResources &block, int64_t warps,
                                    const TargetInfo &target) {
  int64_t perWarp = llvm::alignTo(
      std::max<int64_t>(block.registersPerThread, 1) * kThreadsPerWarp,
      kRegisterAllocationUnit);
  if (block.registersPerThread > target.registersPerThread ||
      perWarp * int64_t(llvm::alignTo(warps, kSubcoresPerSM)) >
          target.registersPerSM)
    return 0;
  int64_t perSubcore = target.registersPerSM / kSubcoresPerSM / perWarp;
  return perSubcore * kSubcoresPerSM / warps;
}

Occupancy mlir::tt::getOccupancy(const BlockResources &block,
                                 const TargetInfo &target) {
  Occupancy result;
  int64_t warps =
      llvm::divideCeil(std::max<int64_t>(block.threads, 1), kThreadsPerWarp);
  if (block.threads <= target.threadsPerBlock)
    result.blocksByWarps = target.getWarpsPerSM() / warps;
  result.blocksByBlocks = target.blocksPerSM;
  result.blocksByRegisters = getBlocksByRegisters(block, warps, target);
  if (block.sharedBytes <= target.sharedBytesPerBlock)
    result.blocksByShared =
        target.sharedBytesPerSM / getAllocatedSharedBytes(block.sharedBytes);
  const std::pair<int64_t, OccupancyLimit> limits[] = {
      {result.blocksByShared, OccupancyLimit::sharedMemory},
      {result.blocksByRegisters, OccupancyLimit::registers},
      {result.blocksByWarps, OccupancyLimit::warps},
      {result.blocksByBlocks, OccupancyLimit::blocks}};
  std::tie(result.blocks, result.limit) =
      *std::min_element(std::begin(limits), std::end(limits),
                        [](auto &a, auto &b) { return a.first < b.first; });
  result.warps = result.blocks * warps;
  return result;
}

Waves mlir::tt::getWaves(int64_t grid, int64_t slots) {
  Waves waves;
  waves.grid = grid;
  waves.slots = slots;
  waves.count = llvm::divideCeil(grid, slots);
  waves.lastBlocks = grid - std::max<int64_t>(waves.count - 1, 0) * slots;
  return waves;
}

Waves mlir::tt::getWaves(int64_t grid, int64_t blocksPerSM,
                         const TargetInfo &target) {
  return getWaves(grid,
                  std::max<int64_t>(blocksPerSM, 1) * target.multiprocessors);
}
