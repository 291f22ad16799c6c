//===- TileWork.h - What one block has to do for one k-tile -----*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The counts that the cost model (CostModel.cpp) makes times of.
//
//===----------------------------------------------------------------------===//

#ifndef TT_TRANSFORMS_TILEWORK_H
#define TT_TRANSFORMS_TILEWORK_H

#include "tt/Transforms/ChooseConfig.h"
#include "tt/Transforms/CostConstants.h"
#include "tt/Transforms/TilePlan.h"

namespace mlir::tt {

/// Work of one block on one k-tile. `target` tells how many blocks run with it;
/// no unit depends on its rates.
struct TileWork {
  double flops = 0;
  double copiedBytes = 0;   ///< from global to shared memory
  double readBytes = 0;     ///< for them, from L2
  double stagedBytes = 0;   ///< of them, through registers
  double narrowCopies = 0;  ///< of a warp, beyond those of 16 bytes
  double fragmentBytes = 0; ///< from shared memory to registers
  double issueSlots = 0;    ///< of all warps
  double roundingSlots = 0; ///< of them, for rounding
  double steps = 0;         ///< k-steps that one warp does, one after another
  double pieces = 0;        ///< pieces of rows that a byte of A and B is of

  TileWork(const Problem &problem, const TilePlan &plan,
           const TargetInfo &target, const CostConstants &constants);

private:
  void countBytes(const Problem &problem, const TilePlan &plan,
                  const TargetInfo &target, const CostConstants &constants);
  void countInstructions(const Problem &problem, const TilePlan &plan,
                         const CostConstants &constants);
};

} // namespace mlir::tt

#endif // TT_TRANSFORMS_TILEWORK_H
