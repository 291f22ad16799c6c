//===- SwizzleShared.cpp - Apply the XOR swizzle of shared memory ---------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Chunk c (16 bytes) of row r moves to chunk c ^ f(r). With rows of 64 bytes and
// f(r) = (r >> 2) & 3, one line a pair of rows:
//
//   r = 0, 1  | 0 1 2 3 | 0 1 2 3 |
//   r = 2, 3  | 0 1 2 3 | 0 1 2 3 |
//   r = 4, 5  | 1 0 3 2 | 1 0 3 2 |    <- what lies where chunks 0 ... 3 were
//   r = 6, 7  | 1 0 3 2 | 1 0 3 2 |
//   r = 8, 9  | 2 3 0 1 | 2 3 0 1 |
//   r = 12,13 | 3 2 1 0 | 3 2 1 0 |
//
// The 8 rows that one ldmatrix reads (0 1 4 5 8 9 12 13, see LowerToMma.cpp)
// then lie in 8 different groups of 4 banks.
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/NVGPU/IR/NVGPUDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "tt/Transforms/KernelUtils.h"
#include "tt/Transforms/Passes.h"
#include "tt/Transforms/TilePlan.h"
#include "llvm/ADT/TypeSwitch.h"

namespace mlir::tt {
#define GEN_PASS_DEF_SWIZZLESHARED
#include "tt/Transforms/Passes.h.inc"
} // namespace mlir::tt

using namespace mlir;
using namespace mlir::tt;

/// The operands that index `buffer` in `op`; nothing for an op that is not an
/// access.
static std::optional<MutableOperandRange> getIndices(Operation *op,
                                                     Value buffer) {
  using Range = std::optional<MutableOperandRange>;
  return TypeSwitch<Operation *, Range>(op)
      .Case([&](nvgpu::DeviceAsyncCopyOp copy) -> Range {
        if (copy.getDst() != buffer)
          return std::nullopt;
        return copy.getDstIndicesMutable();
      })
      .Case<nvgpu::LdMatrixOp, vector::LoadOp, memref::LoadOp, memref::StoreOp>(
          [](auto access) -> Range { return access.getIndicesMutable(); })
      .Default([](Operation *) -> Range { return std::nullopt; });
}

/// f(row): bit shift + i is bit row_bits[i] of the row.
static Value computeMask(ImplicitLocOpBuilder &b, Value row,
                         SwizzleAttr swizzle) {
  IndexBuilder index(b);
  ArrayRef<int64_t> bits = swizzle.getRowBits();
  Value mask;
  for (size_t first = 0, end; first < bits.size(); first = end) {
    // One shift and one mask for each run of adjacent bits.
    for (end = first + 1; end < bits.size(); ++end)
      if (bits[end] != bits[end - 1] + 1)
        break;
    int64_t ones = (int64_t(1) << (end - first)) - 1;
    Value run = b.createOrFold<arith::ShRUIOp>(row, index.constant(bits[first]));
    run = b.createOrFold<arith::AndIOp>(run, index.constant(ones));
    run = b.createOrFold<arith::ShLIOp>(
        run, index.constant(swizzle.getShift() + first));
    mask = mask ? b.createOrFold<arith::OrIOp>(mask, run) : run;
  }
  return mask;
}

static Value swizzleColumn(ImplicitLocOpBuilder &b, Value row, Value column,
                           SwizzleAttr swizzle, int64_t chunkElements) {
  IndexBuilder index(b);
  Value mask = index.mul(computeMask(b, row, swizzle), chunkElements);
  // The mask has no bits below a chunk, so elements keep their place in it.
  return b.createOrFold<arith::XOrIOp>(column, mask);
}

namespace {

struct SwizzleShared : tt::impl::SwizzleSharedBase<SwizzleShared> {
  void runOnOperation() override {
    SmallVector<memref::ViewOp> buffers;
    getOperation()->walk([&](memref::ViewOp view) {
      if (view->hasAttr(kSwizzleAttrName))
        buffers.push_back(view);
    });
    for (memref::ViewOp buffer : buffers)
      if (failed(swizzle(buffer)))
        return signalPassFailure();
  }

private:
  LogicalResult swizzle(memref::ViewOp buffer) {
    auto attribute = dyn_cast<SwizzleAttr>(buffer->getAttr(kSwizzleAttrName));
    if (!attribute)
      return buffer.emitOpError("attribute '")
             << kSwizzleAttrName << "' expected a #tt.swizzle";
    int64_t chunk = kChunkBytes / (buffer.getType().getElementTypeBitWidth() / 8);
    for (OpOperand &use : llvm::make_early_inc_range(buffer->getUses())) {
      Operation *user = use.getOwner();
      if (isMemoryEffectFree(user) && user->use_empty()) {
        user->erase();
        continue;
      }
      std::optional<MutableOperandRange> indices = getIndices(user, buffer);
      if (!indices)
        return user->emitOpError("reads or writes a swizzled buffer in a way "
                                 "that tt-swizzle-shared cannot follow");
      ImplicitLocOpBuilder b(user->getLoc(), user);
      unsigned rank = indices->size();
      Value row = (*indices)[rank - 2].get();
      OpOperand &column = (*indices)[rank - 1];
      column.set(swizzleColumn(b, row, column.get(), attribute, chunk));
    }
    buffer->removeAttr(kSwizzleAttrName);
    return success();
  }
};

} // namespace
