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
// Every element of A is staged by all blocks of a block row, every element of
// B by all blocks of a block column. With P = min(block rows, block columns),
// block (r, c) looks at the k-tiles kt with
//
//   kt mod P = (r + c) mod P
//
// and so every tile of A and of B is looked at by some block, or by that of the
// blocks that share a tile of C to which the k-tile belongs. What it finds it
// marks in the workspace; tt-expand-guard sets the marked rows and columns of
// C.
//
// With Q P block rows (or more) and P block columns, each tile of B would be
// looked at by Q blocks. It is enough for the one with
//
//   kt / P mod Q = r / P mod Q
//
// of which there is one for each kt: r = kt / P mod Q * P + (kt - c) mod P. The
// same holds for A with Q P block columns and c. With 32 x 16 blocks of
// 128x256, that leaves two thirds of the bytes.
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/NVGPU/IR/NVGPUDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "tt/Transforms/BlockWork.h"
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

/// The tile of one operand in shared memory.
struct GuardedTile {
  Value shared;
  int64_t rows, columns;
  /// Marks of the operand's rows or columns that are C's, and the one of the
  /// tile's first.
  Value marks, firstMark;
  /// Whether C's dimension is the tile's columns (A) or its rows (B).
  bool marksColumns;
};

/// One thread's elements of one round, with their place.
struct GuardedPiece {
  GuardedTile *tile;
  TilePiece place;
  Value elements;
};

class TileGuard {
public:
  TileGuard(KernelMatmul kernel, linalg::CopyOp copy)
      : kernel(kernel), plan(kernel.config, kernel.elementType),
        c(cast<memref::SubViewOp>(copy.getOutputs()[0].getDefiningOp())),
        builder(kernel.matmul.getLoc(), kernel.matmul), index(builder),
        workspace(Workspace::getOrCreate(kernel.launch, plan,
                                         c.getSource().getType())) {}

  void run();

private:
  Value countKTiles();
  Value getFirstOfBlock();
  Value getFirstKTile();
  Value isTurn(Value kTile);
  Value asValue(OpFoldResult value) {
    return getValueOrCreateConstantIndexOp(builder, builder.getLoc(), value);
  }
  Value getBlockTile(unsigned dim);
  void lookAt(MutableArrayRef<GuardedTile> tiles, Value slot);
  void loadPieces(GuardedTile &tile, Value slot);
  Value findNaN();
  void mark();

  KernelMatmul kernel;
  TilePlan plan;
  /// The block tile of C.
  memref::SubViewOp c;
  ImplicitLocOpBuilder builder;
  IndexBuilder index;
  Workspace workspace;
  /// Block rows and columns of C; one k-tile in `period` is looked at, and of
  /// those one in `skips` of the operand that more blocks stage.
  int64_t rows = 0, columns = 0, period = 0, skips = 0;
  SmallVector<GuardedPiece> pieces;
};

} // namespace

/// Of the whole of K, the rows of A, from which the loop's first copy comes.
Value TileGuard::countKTiles() {
  nvgpu::DeviceAsyncCopyOp copy;
  kernel.matmul->getParentOfType<scf::ForOp>().walk(
      [&](nvgpu::DeviceAsyncCopyOp op) {
        copy = op;
        return WalkResult::interrupt();
      });
  Value a = getViewSource(copy.getSrc());
  int64_t size = cast<MemRefType>(a.getType()).getDimSize(0);
  int64_t blockK = kernel.config.getBlockK();
  Value k = ShapedType::isDynamic(size) ? memref::DimOp::create(builder, a, 0)
                                        : index.constant(size);
  return index.div(index.add(k, blockK - 1), blockK);
}

/// Row (dim 0) or column of the block's tile of C, in block tiles.
Value TileGuard::getBlockTile(unsigned dim) {
  return index.div(asValue(c.getMixedOffsets()[dim]),
                   dim == 0 ? kernel.config.getBlockM()
                            : kernel.config.getBlockN());
}

/// The block's first k-tile, if others have some of the same tile of C.
Value TileGuard::getFirstOfBlock() {
  if (!kernel.config.sharesTiles())
    return index.constant(0);
  BlockWork work(builder, kernel.config, kernel.launch.getBlockIds().x,
                 index.constant(rows * columns));
  return work.getKTiles(builder, countKTiles()).first;
}

/// (row + column) mod period, less the block's first k-tile.
Value TileGuard::getFirstKTile() {
  Value sum = index.add(getBlockTile(0), getBlockTile(1));
  if (!kernel.config.sharesTiles())
    return index.rem(sum, period);
  Value beyond =
      index.sub(index.constant(period), index.rem(getFirstOfBlock(), period));
  return index.rem(index.add(sum, beyond), period);
}

/// Whether the operand that more blocks stage is looked at in the block's k-tile
/// number `kTile`.
Value TileGuard::isTurn(Value kTile) {
  Value position = getBlockTile(rows > columns ? 0 : 1);
  Value mine = index.rem(index.div(position, period), skips);
  Value inK = index.add(kTile, getFirstOfBlock());
  Value due = index.rem(index.div(inK, period), skips);
  return arith::CmpIOp::create(builder, arith::CmpIPredicate::eq, mine, due);
}

void TileGuard::loadPieces(GuardedTile &tile, Value slot) {
  int64_t width = plan.getChunk();
  auto type = VectorType::get({width}, kernel.elementType);
  int64_t rounds =
      countTileRounds(plan.getThreads(), tile.rows, tile.columns, width);
  for (int64_t round = 0; round < rounds; ++round) {
    TilePiece place =
        getTilePiece(builder, kernel.launch.getThreadIds().x, plan.getThreads(),
                     tile.rows, tile.columns, width, round);
    // Threads without a piece of their own look at the tile's first.
    if (place.active) {
      Value zero = index.constant(0);
      for (Value *position : {&place.row, &place.column})
        *position =
            arith::SelectOp::create(builder, place.active, *position, zero);
    }
    Value elements = vector::LoadOp::create(
        builder, type, tile.shared, ValueRange{slot, place.row, place.column},
        /*nontemporal=*/false, llvm::MaybeAlign(kChunkBytes));
    pieces.push_back({&tile, place, elements});
  }
}

/// Whether any element is NaN or infinite: z = x * 0 + z over all of them is
/// then NaN, and 0 otherwise.
Value TileGuard::findNaN() {
  Type type = pieces.front().elements.getType();
  Value zeros =
      arith::ConstantOp::create(builder, type, builder.getZeroAttr(type));
  Value z = zeros;
  for (GuardedPiece &piece : pieces)
    z = LLVM::FMAOp::create(builder, piece.elements, zeros, z);
  Value sum;
  for (int64_t i = 0; i < plan.getChunk(); ++i) {
    Value element = vector::ExtractOp::create(builder, z, i);
    sum = sum ? arith::AddFOp::create(builder, sum, element) : element;
  }
  return arith::CmpFOp::create(builder, arith::CmpFPredicate::UNO, sum, sum);
}

/// Marks the row or column of C of each element that is NaN. Threads that write
/// the same mark write the same value.
void TileGuard::mark() {
  Value one = arith::ConstantIntOp::create(builder, 1, /*width=*/32);
  Value flag = workspace.view(builder, workspace.getLayout().nanFlag, 1,
                              builder.getI32Type());
  for (GuardedPiece &piece : pieces)
    for (int64_t i = 0; i < plan.getChunk(); ++i) {
      Value element = vector::ExtractOp::create(builder, piece.elements, i);
      Value isNaN = arith::CmpFOp::create(builder, arith::CmpFPredicate::UNO,
                                          element, element);
      auto ifNaN = scf::IfOp::create(builder, isNaN);
      OpBuilder::InsertionGuard guard(builder);
      builder.setInsertionPointToStart(ifNaN.thenBlock());
      Value inTile = piece.tile->marksColumns ? index.add(piece.place.column, i)
                                              : piece.place.row;
      memref::StoreOp::create(builder, one, piece.tile->marks,
                              index.add(piece.tile->firstMark, inTile));
      memref::StoreOp::create(builder, one, flag, index.constant(0));
    }
}

/// Marks the NaN of `tiles`, which lie in slot `slot`.
void TileGuard::lookAt(MutableArrayRef<GuardedTile> tiles, Value slot) {
  pieces.clear();
  for (GuardedTile &tile : tiles)
    loadPieces(tile, slot);
  auto ifNaN = scf::IfOp::create(builder, findNaN());
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(ifNaN.thenBlock());
  mark();
}

void TileGuard::run() {
  builder.setInsertionPoint(kernel.matmul->getParentOfType<scf::ForOp>());
  MemRefType type = c.getSource().getType();
  int64_t m = type.getDimSize(0), n = type.getDimSize(1);
  const WorkspaceLayout &layout = workspace.getLayout();
  ConfigAttr config = kernel.config;
  rows = llvm::divideCeil(m, config.getBlockM());
  columns = llvm::divideCeil(n, config.getBlockN());
  period = plan.getGuardPeriod(m, n);
  skips = plan.getGuardSkips(m, n);
  SmallVector<OpFoldResult> offsets = c.getMixedOffsets();
  Type i32 = builder.getI32Type();
  GuardedTile tiles[] = {
      {getViewSource(kernel.matmul.getInputs()[0]), config.getBlockK(),
       config.getBlockM(), workspace.view(builder, layout.nanRows, m, i32),
       asValue(offsets[0]), /*marksColumns=*/true},
      {getViewSource(kernel.matmul.getInputs()[1]), config.getBlockN(),
       config.getBlockK(), workspace.view(builder, layout.nanColumns, n, i32),
       asValue(offsets[1]), /*marksColumns=*/false}};
  auto guard = GuardTileOp::create(builder, getFirstKTile(), uint64_t(period));
  Block &body = guard.getBody().emplaceBlock();
  Type indexType = builder.getIndexType();
  Value slot = body.addArgument(indexType, builder.getLoc());
  Value kTile = body.addArgument(indexType, builder.getLoc());
  builder.setInsertionPointToStart(&body);
  if (skips < 2)
    return lookAt(tiles, slot);
  unsigned skipped = rows > columns ? 1 : 0;
  lookAt(tiles[1 - skipped], slot);
  auto ifTurn = scf::IfOp::create(builder, isTurn(kTile));
  builder.setInsertionPointToStart(ifTurn.thenBlock());
  lookAt(tiles[skipped], slot);
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
      TileGuard(kernel, copy).run();
    }
  }
};

} // namespace
