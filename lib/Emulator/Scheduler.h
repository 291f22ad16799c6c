//===- Scheduler.h - Who runs next, when a copy lands -----------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_EMULATOR_SCHEDULER_H
#define TT_LIB_EMULATOR_SCHEDULER_H

#include "tt/Emulator/Emulator.h"
#include "llvm/ADT/SmallVector.h"
#include <random>

namespace mlir::tt::emulator {

/// Makes every choice that a Schedule leaves open. The same schedule makes the
/// same choices for the same block, whichever CPU thread runs it.
class Scheduler {
public:
  /// A copy with this time lands at the wait.
  static constexpr uint64_t kAtWait = ~uint64_t(0);

  void start(const Schedule &schedule, uint64_t block, unsigned warps);

  /// The order in which warps are tried now.
  llvm::ArrayRef<unsigned> getWarpOrder();
  /// How many steps a warp takes before the next one's turn, if it can.
  uint64_t chooseSteps();
  bool reversesLanes();

  /// The number of steps taken so far, and one more.
  uint64_t getStep() const { return step; }
  void advance() { ++step; }
  /// The step at which a copy that is issued now lands.
  uint64_t chooseLanding();
  /// False if all copies land at the wait.
  bool copiesLandEarly() const { return schedule.number != 0; }

private:
  bool isRandom() const { return schedule.number >= 2; }

  Schedule schedule;
  std::mt19937_64 random;
  uint64_t step = 0;
  llvm::SmallVector<unsigned> order;
};

/// The order in which a launch's blocks start.
class BlockOrder {
public:
  BlockOrder(const Schedule &schedule, uint64_t count);
  uint64_t operator[](uint64_t i) const;

private:
  uint64_t count, multiplier = 1, offset = 0;
};

} // namespace mlir::tt::emulator

#endif // TT_LIB_EMULATOR_SCHEDULER_H
