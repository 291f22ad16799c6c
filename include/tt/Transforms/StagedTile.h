//===- StagedTile.h - An operand's k-tile on its way to shared memory -----===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_TRANSFORMS_STAGEDTILE_H
#define TT_TRANSFORMS_STAGEDTILE_H

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "tt/Transforms/KernelUtils.h"
#include "tt/Transforms/TilePlan.h"

namespace mlir::tt {

/// One operand's k-tile: where it comes from and where it goes.
struct StagedTile {
  StringRef name;
  memref::SubViewOp source;
  Value shared;
  /// Rows and columns of the whole tile, in elements.
  int64_t rows, columns;
};

/// Copies a tile of 16-bit elements to slot `slot`, wherever its rows begin;
/// the threads of the block, `thread` among them, share the work.
void copyThroughRegisters(ImplicitLocOpBuilder &builder, StagedTile tile,
                          Value slot, Value thread, const TilePlan &plan);

} // namespace mlir::tt

#endif // TT_TRANSFORMS_STAGEDTILE_H
