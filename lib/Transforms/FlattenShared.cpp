//===- FlattenShared.cpp - Shared memory as one row of elements -----------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An access [slot, row, column] to an operand's slots becomes an access
//
//   [(slot * slot size + lane part) + constant]
//
// to the row of elements that all slots are. The lane part is what the row and
// the column have besides constants: it does not change in the k-tile loop and is
// the same for the accesses of one lane that differ by constants. So the loop
// computes one sum for all of them, and the constants become immediates of
// ldmatrix, ld.shared and cp.async. LLVM, left alone, keeps a sum for each.
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "tt/Transforms/Passes.h"
#include "tt/Transforms/SharedAccess.h"

namespace mlir::tt {
#define GEN_PASS_DEF_FLATTENSHARED
#include "tt/Transforms/Passes.h.inc"
} // namespace mlir::tt

using namespace mlir;
using namespace mlir::tt;

/// The index in the row of elements of [slot, row, column] in `buffer`.
static Value flatten(ImplicitLocOpBuilder &b, memref::ReinterpretCastOp buffer,
                     ValueRange indices) {
  IndexBuilder index(b);
  auto [strides, offset] = buffer.getType().getStridesAndOffset();
  Value row = indices[1], column = indices[2];
  int64_t constant = offset + splitConstant(b, row) * strides[1];
  constant += splitConstant(b, column);
  Value lane = index.add(index.mul(row, strides[1]), column);
  Value slot = index.mul(indices[0], strides[0]);
  return index.add(index.add(slot, lane), constant);
}

static SmallVector<Value> getAsValues(MutableOperandRange range) {
  return llvm::map_to_vector(range, [](OpOperand &use) { return use.get(); });
}

namespace {

struct FlattenShared : tt::impl::FlattenSharedBase<FlattenShared> {
  void runOnOperation() override {
    SmallVector<memref::ReinterpretCastOp> buffers;
    for (gpu::LaunchOp launch : collectLaunches(getOperation()))
      launch.walk([&](memref::ReinterpretCastOp op) {
        if (op.getSource().getDefiningOp<memref::ViewOp>() &&
            op.getType().getRank() == 3)
          buffers.push_back(op);
      });
    for (memref::ReinterpretCastOp buffer : buffers)
      if (failed(flattenAll(buffer)))
        return signalPassFailure();
  }

private:
  LogicalResult flattenAll(memref::ReinterpretCastOp buffer) {
    if (buffer.getType().getStridesAndOffset().first.back() != 1)
      return buffer.emitOpError("expected rows without gaps");
    for (OpOperand &use : llvm::make_early_inc_range(buffer->getUses())) {
      Operation *user = use.getOwner();
      std::optional<MutableOperandRange> indices =
          getAccessIndices(user, buffer);
      if (!indices)
        return user->emitOpError("uses a shared-memory buffer in a way that "
                                 "tt-flatten-shared cannot follow");
      ImplicitLocOpBuilder b(user->getLoc(), user);
      Value element = flatten(b, buffer, getAsValues(*indices));
      indices->assign(element);
      use.set(buffer.getSource());
    }
    buffer.erase();
    return success();
  }
};

} // namespace
