//===- GuardTiles.cpp - Look for NaN in what is staged --------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// With rounding_form = guarded, operands are rounded by one integer addition,
// which is exact for all but NaN (tt-lower-rounding). And NaN needs no exact
// product: one in row k, column m of A makes row m of C NaN, whatever B holds,
// and one in row n of B column n of C. So it is enough to find them all.
//
// Every tile of A is staged by all blocks of a block row, every tile of B by
// all blocks of a block column. They share it: each looks at a part of every
// k-tile, at a few elements a thread. A tile of A, of block (r, c), one column
// of numbers a column m of the tile, with 2 threads (h) a column and 4 parts:
//
//             m:  0    1    2  ...
//   k = 0      [ 0,0  0,0  0,0        part, h: looked at by the blocks with
//   k = 1        0,1  0,1  0,1        c mod 4 = part, there by the thread with
//   k = 2        1,0  1,0  1,0        number  h * columns + m
//   k = 3        1,1  1,1  1,1
//   ...
//   k = 7        3,1  3,1  3,1
//   k = 8        0,0  0,0  0,0  ]     the second look of the same threads
//
// The same of B, whose rows are columns of C and whose columns are k, for block
// rows r. There, k is rotated in each group of 4 by bits 1 and 4 of the row:
// rows that differ in no other bit lie in the same banks (tt-swizzle-shared). A
// thread looks at the same row of C throughout, so one value for each such row
// holds whether there was a NaN. After the loop it is marked in the workspace;
// tt-repair-rows sets the marked rows and columns of C.
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/PatternMatch.h"
#include "tt/Transforms/KernelMatmul.h"
#include "tt/Transforms/Passes.h"
#include "tt/Transforms/Workspace.h"

namespace mlir::tt {
#define GEN_PASS_DEF_GUARDTILES
#include "tt/Transforms/Passes.h.inc"
} // namespace mlir::tt

using namespace mlir;
using namespace mlir::tt;

namespace {

/// One operand's tile in shared memory.
struct GuardedTile {
  Value shared, slot;
  /// The dimension of C and of its tile that is also the operand's: 0 for A.
  unsigned dim;
  /// Elements of that dimension.
  int64_t size;
  GuardShare share;
  /// Of the operand's tile, the part that this block looks at.
  Value part;
  /// Of each thread, its positions in that dimension.
  SmallVector<Value> positions;
};

class TileGuard {
public:
  TileGuard(KernelMatmul kernel, memref::SubViewOp c)
      : kernel(kernel), plan(kernel.config, kernel.elementType), c(c),
        builder(kernel.matmul.getLoc(), kernel.matmul), index(builder),
        workspace(Workspace::getOrCreate(kernel.launch, plan,
                                         c.getSource().getType())) {}

  LogicalResult run();

private:
  Value asValue(OpFoldResult value) {
    return getValueOrCreateConstantIndexOp(builder, builder.getLoc(), value);
  }
  Value getBlock(unsigned dim);
  GuardedTile describe(unsigned dim);
  Value rotate(Value k, Value position);
  Value look(const GuardedTile &tile, int64_t position, Value found);
  void mark(const GuardedTile &tile, ValueRange found);

  KernelMatmul kernel;
  TilePlan plan;
  /// The block tile of C.
  memref::SubViewOp c;
  ImplicitLocOpBuilder builder;
  IndexBuilder index;
  Workspace workspace;
};

} // namespace

/// The row (dim 0) or column of this block's tile, in tiles.
Value TileGuard::getBlock(unsigned dim) {
  return index.div(asValue(c.getMixedOffsets()[dim]),
                   kernel.config.getBlock()[dim]);
}

GuardedTile TileGuard::describe(unsigned dim) {
  GuardedTile tile;
  auto view = kernel.matmul.getInputs()[dim].getDefiningOp<memref::SubViewOp>();
  tile.shared = view.getSource();
  tile.slot = asValue(view.getMixedOffsets().front());
  tile.dim = dim;
  tile.size = kernel.config.getBlock()[dim];
  MemRefType type = c.getSource().getType();
  tile.share = plan.getGuardShare(dim, type.getDimSize(0), type.getDimSize(1));
  tile.part = index.rem(getBlock(1 - dim), tile.share.parts);
  Value thread = kernel.launch.getThreadIds().x;
  for (int64_t i = 0; i < tile.share.positions; ++i) {
    Value position = index.add(thread, i * plan.getThreads());
    // Threads without a position of their own look at another's.
    bool isBeyond = (i + 1) * plan.getThreads() > tile.size;
    tile.positions.push_back(isBeyond ? index.rem(position, tile.size)
                                      : position);
  }
  return tile;
}

/// `k` with its place in a group of 4 moved on by bits 1 and 4 of the row.
Value TileGuard::rotate(Value k, Value row) {
  constexpr int64_t kGroup = 4;
  Value bit1 = index.rem(index.div(row, 2), 2);
  Value bit4 = index.rem(index.div(row, 16), 2);
  Value place = index.add(index.add(bit1, index.mul(bit4, 2)), k);
  Value group = index.mul(index.div(k, kGroup), kGroup);
  return index.add(group, index.rem(place, kGroup));
}

/// Looks at the elements of position i: NaN if `found` is, or one of them.
Value TileGuard::look(const GuardedTile &tile, int64_t i, Value found) {
  const GuardShare &share = tile.share;
  Value position = tile.positions[i];
  Value first = index.mul(tile.part, share.sharers);
  if (share.sharers > 1) {
    Value turn = index.div(kernel.launch.getThreadIds().x, tile.size);
    first = index.add(first, index.rem(turn, share.sharers));
  }
  for (int64_t look = 0; look < share.looks; ++look) {
    Value k = index.add(first, look * share.parts * share.sharers);
    SmallVector<Value> indices = {tile.slot, k, position};
    if (tile.dim == 1)
      indices = {tile.slot, position, rotate(k, position)};
    Value element = memref::LoadOp::create(builder, tile.shared, indices);
    found = arith::MaximumFOp::create(builder, found, element);
  }
  return found;
}

/// Marks the positions where NaN was found, and that there are any.
void TileGuard::mark(const GuardedTile &tile, ValueRange found) {
  const WorkspaceLayout &layout = workspace.getLayout();
  Type i32 = builder.getI32Type();
  Value marks = workspace.view(
      builder, tile.dim == 0 ? layout.nanRows : layout.nanColumns,
      c.getSource().getType().getDimSize(tile.dim), i32);
  Value flag = workspace.view(builder, layout.nanFlag, 1, i32);
  Value one = arith::ConstantIntOp::create(builder, 1, /*width=*/32);
  Value first = asValue(c.getMixedOffsets()[tile.dim]);
  for (auto [position, value] : llvm::zip_equal(tile.positions, found)) {
    Value isNaN =
        arith::CmpFOp::create(builder, arith::CmpFPredicate::UNO, value, value);
    auto ifNaN = scf::IfOp::create(builder, isNaN);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(ifNaN.thenBlock());
    memref::StoreOp::create(builder, one, marks, index.add(first, position));
    memref::StoreOp::create(builder, one, flag, index.constant(0));
  }
}

LogicalResult TileGuard::run() {
  auto loop = kernel.matmul->getParentOfType<scf::ForOp>();
  builder.setInsertionPoint(loop);
  const GuardedTile tiles[] = {describe(0), describe(1)};
  size_t ofA = tiles[0].positions.size(), ofB = tiles[1].positions.size();
  Value zero =
      arith::ConstantOp::create(builder, builder.getF32FloatAttr(0.0f));
  IRRewriter rewriter(builder.getContext());
  rewriter.setInsertionPoint(loop);
  auto guarded = loop.replaceWithAdditionalYields(
      rewriter, SmallVector<Value>(ofA + ofB, zero),
      /*replaceInitOperandUsesInLoop=*/false,
      [&](OpBuilder &, Location, ArrayRef<BlockArgument> found) {
        // The matmul moved with the body of the loop.
        builder.setInsertionPoint(kernel.matmul);
        SmallVector<Value> results;
        for (const GuardedTile &tile : tiles)
          for (int64_t i = 0; i < tile.share.positions; ++i)
            results.push_back(look(tile, i, found[results.size()]));
        return results;
      });
  if (failed(guarded))
    return kernel.matmul.emitOpError("the k-tile loop cannot carry values");
  builder.setInsertionPointAfter(*guarded);
  ValueRange found = (*guarded)->getResults();
  mark(tiles[0], found.take_front(ofA));
  mark(tiles[1], found.take_back(ofB));
  return success();
}

/// Whether `operand` is a tile in a slot of shared memory.
static bool isSlot(Value operand) {
  constexpr int64_t kSlotRank = 3;
  auto view = operand.getDefiningOp<memref::SubViewOp>();
  return view && view.getSourceType().getRank() == kSlotRank;
}

namespace {

struct GuardTiles : tt::impl::GuardTilesBase<GuardTiles> {
  void runOnOperation() override {
    for (KernelMatmul kernel : collectKernelMatmuls(getOperation())) {
      if (kernel.config.getRoundingForm() != RoundingForm::guarded)
        continue;
      linalg::CopyOp copy;
      kernel.launch.walk([&](linalg::CopyOp op) { copy = op; });
      auto c = copy ? copy.getOutputs()[0].getDefiningOp<memref::SubViewOp>()
                    : memref::SubViewOp();
      if (!c || !c.getSource().getType().hasStaticShape() ||
          !isa<scf::ForOp>(kernel.matmul->getParentOp())) {
        kernel.matmul.emitOpError("rounding_form = guarded expected a k-tile "
                                  "loop and a C of static sizes");
        return signalPassFailure();
      }
      if (!llvm::all_of(kernel.matmul.getInputs(), isSlot)) {
        kernel.matmul.emitOpError("expected operands in slots of shared "
                                  "memory, as tt-stage-operands makes them");
        return signalPassFailure();
      }
      if (failed(TileGuard(kernel, c).run()))
        return signalPassFailure();
    }
  }
};

} // namespace
