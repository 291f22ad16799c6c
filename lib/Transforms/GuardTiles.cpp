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
  Value getFirstKTile(int64_t period);
  Value asValue(OpFoldResult value) {
    return getValueOrCreateConstantIndexOp(builder, builder.getLoc(), value);
  }
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

/// (row + column) mod period, in block tiles, less the first k-tile of a block
/// that does not have all.
Value TileGuard::getFirstKTile(int64_t period) {
  SmallVector<OpFoldResult> offsets = c.getMixedOffsets();
  Value row = index.div(asValue(offsets[0]), kernel.config.getBlockM());
  Value column = index.div(asValue(offsets[1]), kernel.config.getBlockN());
  Value sum = index.add(row, column);
  if (!kernel.config.sharesTiles())
    return index.rem(sum, period);
  MemRefType type = c.getSource().getType();
  int64_t tiles = plan.countTiles(type.getDimSize(0), type.getDimSize(1));
  BlockWork work(builder, kernel.config, kernel.launch.getBlockIds().x,
                 index.constant(tiles));
  Value first = work.getKTiles(builder, countKTiles()).first;
  Value beyond = index.sub(index.constant(period), index.rem(first, period));
  return index.rem(index.add(sum, beyond), period);
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

void TileGuard::run() {
  builder.setInsertionPoint(kernel.matmul->getParentOfType<scf::ForOp>());
  MemRefType type = c.getSource().getType();
  const WorkspaceLayout &layout = workspace.getLayout();
  ConfigAttr config = kernel.config;
  int64_t period = plan.getGuardPeriod(type.getDimSize(0), type.getDimSize(1));
  SmallVector<OpFoldResult> offsets = c.getMixedOffsets();
  GuardedTile a = {getViewSource(kernel.matmul.getInputs()[0]),
                   config.getBlockK(),
                   config.getBlockM(),
                   workspace.view(builder, layout.nanRows, type.getDimSize(0),
                                  builder.getI32Type()),
                   asValue(offsets[0]),
                   /*marksColumns=*/true};
  GuardedTile b = {getViewSource(kernel.matmul.getInputs()[1]),
                   config.getBlockN(),
                   config.getBlockK(),
                   workspace.view(builder, layout.nanColumns,
                                  type.getDimSize(1), builder.getI32Type()),
                   asValue(offsets[1]),
                   /*marksColumns=*/false};
  auto guard =
      GuardTileOp::create(builder, getFirstKTile(period), uint64_t(period));
  Block &body = guard.getBody().emplaceBlock();
  Value slot = body.addArgument(builder.getIndexType(), builder.getLoc());
  builder.setInsertionPointToStart(&body);
  loadPieces(a, slot);
  loadPieces(b, slot);
  auto ifNaN = scf::IfOp::create(builder, findNaN());
  builder.setInsertionPointToStart(ifNaN.thenBlock());
  mark();
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
