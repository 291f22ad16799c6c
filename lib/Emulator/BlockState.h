//===- BlockState.h - Lanes, warps and the block they belong to -*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_EMULATOR_BLOCKSTATE_H
#define TT_LIB_EMULATOR_BLOCKSTATE_H

#include "Batch.h"
#include "Checker.h"
#include "Fiber.h"
#include "RequestCounter.h"
#include "Scheduler.h"
#include "tt/Emulator/Emulator.h"
#include "llvm/ADT/SmallVector.h"
#include <deque>
#include <string>
#include <vector>

namespace mlir::tt::emulator {

/// Operands and results of one call into the emulator: the i-th argument lies in
/// slot i, the result is left in slot 0. RetargetKernel.cpp writes and reads them.
using Slots = uint64_t *;

/// One cp.async that was issued and not waited for.
struct PendingCopy {
  char *destination;
  const char *source;
  /// Bytes read, and bytes written: what was not read is zero.
  unsigned readBytes, writeBytes;
  uint32_t site;
  /// The step of the block at which it lands.
  uint64_t landAt;
  bool landed = false;

  void land();
};

/// What a lane waits for.
enum class Waits { Nothing, Batch, Barrier };

/// How bar.red combines its operand.
enum class BarrierReduction { None, And, Or, Count };

/// One GPU thread.
struct Lane {
  Fiber fiber;
  Block *block = nullptr;
  std::array<unsigned, 3> threadId = {};
  unsigned index = 0;
  uint64_t instructions = 0;

  Waits waits = Waits::Nothing;
  uint32_t site = 0; ///< of what it waits for
  const Batch *batch = nullptr;
  uint32_t *batchSlots = nullptr;
  /// The barrier's number, how many threads it takes (0: all), its operand.
  uint32_t barrier = 0, barrierThreads = 0;
  BarrierReduction reduction = BarrierReduction::None;
  uint64_t *barrierValue = nullptr;

  /// Committed copy groups, oldest first, and the group that is open.
  std::deque<llvm::SmallVector<PendingCopy, 0>> groups;
  llvm::SmallVector<PendingCopy, 0> openGroup;

  explicit Lane(unsigned index) : fiber(index), index(index) {}
  /// Stops the lane until the scheduler lets it go on.
  void wait(Waits what, uint32_t atSite);
  bool canRun() const { return !fiber.isDone() && waits == Waits::Nothing; }
};

/// One block at a time, on one CPU thread.
struct Block {
  std::array<unsigned, 3> gridSize, blockSize, blockId;
  uint64_t blockNumber = 0;
  std::vector<char> shared;
  std::deque<Lane> lanes;
  Measurements measurements;
  Scheduler scheduler;
  /// Null where they are off.
  std::unique_ptr<Checker> checker;
  std::unique_ptr<RequestCounter> requests;
  Findings findings;

  using Kernel = void (*)(void **parameters);
  Kernel kernel = nullptr;
  void **parameters = nullptr;

  explicit Block(llvm::ArrayRef<Site> sites) : findings(sites) {}
  /// Makes lanes and shared memory; false if there is no memory for stacks.
  bool prepare(const LaunchGeometry &geometry, size_t sharedBytes);
  /// Runs the block with this number to its end; false if it cannot end.
  bool run(uint64_t number, std::array<unsigned, 3> id);
  /// The running lane did what cannot be executed.
  void abort() { aborted = true; }

  unsigned getWarps() const { return (lanes.size() + kLanes - 1) / kLanes; }

  /// Checks and counts an ldmatrix; false if it cannot be executed.
  bool noteLdMatrix(unsigned warp, uint32_t site,
                    llvm::ArrayRef<uint64_t> addresses);
  void noteWarpSync(unsigned warp);
  /// Checks and counts a load or store of the running lane.
  void noteAccess(Lane &lane, uint32_t site, uint64_t address);
  void noteCopy(Lane &lane, PendingCopy &copy);

private:
  /// Runs the warp's lanes until each waits or has ended, then the batch they
  /// wait for; false if no lane could run.
  bool advanceWarp(unsigned warp);
  bool runBatch(unsigned warp);
  void runLane(Lane &lane);
  bool releaseBarriers();
  void releaseBarrier(llvm::ArrayRef<Lane *> waiting);
  void landDueCopies();
  void reportStuckLane(const Lane &lane);
  void reportStuck();
  bool hasEnded() const;

  Matrices matrices;
  bool aborted = false;
};

/// The lane that is running on this CPU thread.
extern thread_local Lane *currentLane;

} // namespace mlir::tt::emulator

#endif // TT_LIB_EMULATOR_BLOCKSTATE_H
