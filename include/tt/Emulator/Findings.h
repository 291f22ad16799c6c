//===- Findings.h - What the checks of the emulator find --------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_EMULATOR_FINDINGS_H
#define TT_EMULATOR_FINDINGS_H

#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <string>
#include <vector>

namespace mlir::tt::emulator {

/// The checks, by what they find.
enum class Check {
  SharedRace,          ///< no barrier between accesses of two threads
  CopyNotWaited,       ///< access to bytes that a cp.async is still writing
  StageOverwritten,    ///< cp.async to bytes that another thread may still read
  UninitializedShared, ///< read of shared memory that nothing has written
  SharedBounds,        ///< outside the block's shared memory
  GlobalBounds,        ///< outside every allocation, or between a matrix' rows
  Misaligned,          ///< address no multiple of the access's width
  DivergentBarrier,    ///< barrier that some threads never reach
  DivergentCollective, ///< warp-wide instruction that some lanes never reach
  OutputTwice,         ///< element of C written a second time
  OutputNever,         ///< element of C never written
  Deadlock,            ///< threads wait for each other
  ScheduleDependent,   ///< C depends on the order of warps or copies
};

/// "shared-race", "copy-not-waited", ...
llvm::StringRef getName(Check check);

/// One thing found; equal ones (same check, same instructions) are counted.
struct Finding {
  Check check;
  /// Instructions with their source locations, block, warp, lane, address.
  std::string message;
  uint64_t count = 1;
};

/// Text for a person, one finding a paragraph.
std::string format(const std::vector<Finding> &findings);

} // namespace mlir::tt::emulator

#endif // TT_EMULATOR_FINDINGS_H
