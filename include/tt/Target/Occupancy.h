//===- Occupancy.h - Blocks and warps that an SM holds ----------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The rules of NVIDIA's occupancy calculator (CUDA C++ Best Practices Guide,
// "Calculating Occupancy"), for any row of the target table, without the card:
//
//   warps       blocks <= warps of an SM / warps of a block
//   blocks      blocks <= blocks of an SM
//   registers   each warp takes registers x 32, rounded up to 256, out of the
//               quarter of the register file that its scheduler owns
//   shared      each block takes its bytes and 1 KiB, rounded up to 128
//
//===----------------------------------------------------------------------===//

#ifndef TT_TARGET_OCCUPANCY_H
#define TT_TARGET_OCCUPANCY_H

#include "tt/Target/TargetInfo.h"

namespace mlir::tt {

/// What one block asks for.
struct BlockResources {
  int64_t threads = 0;
  int64_t registersPerThread = 0;
  int64_t sharedBytes = 0; ///< static and dynamic
};

enum class OccupancyLimit { warps, blocks, registers, sharedMemory };
llvm::StringRef getName(OccupancyLimit limit);

/// How many blocks an SM holds at once. 0 blocks: none can be launched.
struct Occupancy {
  int64_t blocks = 0;
  int64_t warps = 0;
  OccupancyLimit limit = OccupancyLimit::warps; ///< what allows no more blocks
  /// Blocks that each limit alone would allow.
  int64_t blocksByWarps = 0, blocksByBlocks = 0, blocksByRegisters = 0,
          blocksByShared = 0;

  /// Warps of the SM's maximum, 0 to 1: what a profiler calls warps active.
  double getFraction(const TargetInfo &target) const {
    return double(warps) / target.getWarpsPerSM();
  }
};

Occupancy getOccupancy(const BlockResources &block, const TargetInfo &target);

/// Bytes of shared memory an SM takes for a block: its own, the system's, and
/// rounding.
int64_t getAllocatedSharedBytes(int64_t sharedBytes);

/// How the blocks of a grid fill the SMs, `slots` at a time.
struct Waves {
  int64_t grid = 0;  ///< blocks of the launch
  int64_t slots = 0; ///< blocks that run at once
  int64_t count = 0; ///< rounds, the last one perhaps not full
  /// Blocks of the last round; `slots` if it is full.
  int64_t lastBlocks = 0;

  /// grid / (count x slots): 1 if every round is full.
  double getEfficiency() const {
    return count ? double(grid) / (double(count) * slots) : 0;
  }
};

Waves getWaves(int64_t grid, int64_t slots);
/// Of all the slots that `target` has for so many blocks an SM (at least one).
Waves getWaves(int64_t grid, int64_t blocksPerSM, const TargetInfo &target);

} // namespace mlir::tt

#endif // TT_TARGET_OCCUPANCY_H
