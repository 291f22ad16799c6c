//===- BlockState.h - Lanes, warps and the block they belong to -*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_EMULATOR_BLOCKSTATE_H
#define TT_LIB_EMULATOR_BLOCKSTATE_H

#include "Fiber.h"
#include "tt/Emulator/Emulator.h"
#include "llvm/ADT/SmallVector.h"
#include <deque>
#include <string>
#include <vector>

namespace mlir::tt::emulator {

struct Block;

/// Lanes of a warp.
inline constexpr unsigned kLanes = 32;

/// Operands and results of one call into the emulator: the i-th argument lies in
/// slot i, the i-th result is left in slot i. RetargetKernel.cpp writes and
/// reads them.
using Slots = uint64_t *;

/// Executes a warp-wide instruction; `slots[l]` are lane l's.
using CollectiveFunction = void (*)(Slots const *slots);

/// One cp.async that has not landed.
struct PendingCopy {
  char *destination;
  const char *source;
  /// Bytes read, and bytes written: what was not read is zero.
  unsigned readBytes, writeBytes;
};

/// One GPU thread.
struct Lane {
  Fiber fiber;
  Block *block = nullptr;
  std::array<unsigned, 3> threadId = {};
  unsigned index = 0;
  /// What the lane waits for: null if it can run.
  const char *waitingFor = nullptr;
  /// The collective it waits for, and its operands; null at a barrier.
  CollectiveFunction collective = nullptr;
  Slots slots = nullptr;
  /// Committed copy groups, oldest first, and the group that is open.
  std::deque<llvm::SmallVector<PendingCopy, 0>> groups;
  llvm::SmallVector<PendingCopy, 0> openGroup;

  /// Stops the lane until the scheduler lets it go on.
  void wait(const char *what);
};

/// One block at a time, on one CPU thread.
struct Block {
  std::array<unsigned, 3> gridSize, blockSize, blockId;
  std::vector<char> shared;
  std::deque<Lane> lanes;
  Counters counters;
  std::string error;

  using Kernel = void (*)(void **parameters);
  Kernel kernel = nullptr;
  void **parameters = nullptr;

  /// Makes lanes and shared memory; false if there is no memory for stacks.
  bool prepare(const LaunchGeometry &geometry, size_t sharedBytes);
  /// Runs the block with this id to its end; false with `error` set if it cannot
  /// end.
  bool run(std::array<unsigned, 3> id);

private:
  bool step(bool &progress);
  bool releaseWarp(unsigned warp, bool &progress);
  bool releaseBarrier(bool &progress);
  void reportStuck();
};

/// The lane that is running on this CPU thread.
extern thread_local Lane *currentLane;

} // namespace mlir::tt::emulator

#endif // TT_LIB_EMULATOR_BLOCKSTATE_H
