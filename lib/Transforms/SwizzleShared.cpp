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
#include "tt/Transforms/Passes.h"
#include "tt/Transforms/SharedAccess.h"
#include "tt/Transforms/TilePlan.h"

namespace mlir::tt {
#define GEN_PASS_DEF_SWIZZLESHARED
#include "tt/Transforms/Passes.h.inc"
} // namespace mlir::tt

using namespace mlir;
using namespace mlir::tt;

/// f of a constant row.
static int64_t computeMask(int64_t row, SwizzleAttr swizzle) {
  int64_t mask = 0;
  for (auto [i, bit] : llvm::enumerate(swizzle.getRowBits()))
    mask |= (row >> bit & 1) << (swizzle.getShift() + i);
  return mask;
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
    Value run =
        b.createOrFold<arith::ShRUIOp>(row, index.constant(bits[first]));
    run = b.createOrFold<arith::AndIOp>(run, index.constant(ones));
    run = b.createOrFold<arith::ShLIOp>(
        run, index.constant(swizzle.getShift() + first));
    mask = mask ? b.createOrFold<arith::OrIOp>(mask, run) : run;
  }
  return mask;
}

/// column XOR f(row). Accesses of one lane differ by constants in row and
/// column. Where those have no bit in common with the rest, f(rest + constant) is
/// f(rest) XOR f(constant): rest is swizzled once for all of them, and what
/// differs is a constant that an address can take as its immediate.
static Value swizzleColumn(ImplicitLocOpBuilder &b, Value row, Value column,
                           SwizzleAttr swizzle, int64_t chunkElements) {
  IndexBuilder index(b);
  int64_t constantMask = 0;
  Value rest = row;
  int64_t constantRow = splitConstant(b, rest);
  if (constantRow > 0 && !(getPossibleBits(rest) & constantRow)) {
    row = rest;
    constantMask = computeMask(constantRow, swizzle) * chunkElements;
  }
  // The mask has no bits below a chunk, so elements keep their place in it.
  Value mask = index.mul(computeMask(b, row, swizzle), chunkElements);
  rest = column;
  int64_t constantColumn = splitConstant(b, rest);
  if (constantColumn < 0 || getPossibleBits(rest) & constantColumn) {
    rest = column;
    constantColumn = 0;
  }
  Value swizzled = b.createOrFold<arith::XOrIOp>(rest, mask);
  return b.createOrFold<arith::XOrIOp>(
      swizzled, index.constant(constantColumn ^ constantMask));
}

namespace {

struct SwizzleShared : tt::impl::SwizzleSharedBase<SwizzleShared> {
  void runOnOperation() override {
    SmallVector<Operation *> buffers;
    getOperation()->walk([&](Operation *op) {
      if (op->hasAttr(kSwizzleAttrName))
        buffers.push_back(op);
    });
    for (Operation *buffer : buffers)
      if (failed(swizzle(buffer)))
        return signalPassFailure();
  }

private:
  LogicalResult swizzle(Operation *buffer) {
    auto attribute = dyn_cast<SwizzleAttr>(buffer->getAttr(kSwizzleAttrName));
    if (!attribute)
      return buffer->emitOpError("attribute '")
             << kSwizzleAttrName << "' expected a #tt.swizzle";
    auto type = buffer->getNumResults() == 1
                    ? dyn_cast<MemRefType>(buffer->getResult(0).getType())
                    : MemRefType();
    if (!type || type.getRank() < 2)
      return buffer->emitOpError("attribute '")
             << kSwizzleAttrName << "' expected a memref of rank 2 or more";
    int64_t chunk = kChunkBytes / (type.getElementTypeBitWidth() / 8);
    for (OpOperand &use : llvm::make_early_inc_range(buffer->getUses())) {
      Operation *user = use.getOwner();
      if (isMemoryEffectFree(user) && user->use_empty()) {
        user->erase();
        continue;
      }
      std::optional<MutableOperandRange> indices =
          getAccessIndices(user, buffer->getResult(0));
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
