//===- LowerToMma.cpp - Warp tile -> ldmatrix and mma.sync ----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The last redundancy goes: the 32 lanes of a warp share its tile as mma.sync
// wants it. The fragment layouts are those of PTX ISA, "Matrix Fragments for
// mma.m16n8k8" (tf32) and "mma.m16n8k16" (16-bit), with g = lane / 4 and
// t = lane % 4.
//
// Rows and columns of the warp tile are permuted, which costs nothing, since
// both operands are read from shared memory at addresses we choose:
//
// M, f32 only. ldmatrix can transpose 16-bit elements only, so A (which lies
// [k][m]) is read by ordinary loads. In m16 tile i,
//
//   fragment row   g        ->  m = 16 i + 2 g
//   fragment row   g + 8    ->  m = 16 i + 2 g + 1
//
// so that one 64-bit load brings rows g and g + 8 of one k:
//
//            m: 0  1  2  3  4 ...          registers
//   k = t      [a0 a1]        lane (0,t)   a0 = (g, t)      a1 = (g + 8, t)
//   k = t + 4  [a2 a3]                     a2 = (g, t + 4)  a3 = (g + 8, t + 4)
//
// M, 16-bit: identity, one ldmatrix.x4.trans for each m16 tile.
//
// N. Column c of the n8 tiles 2p and 2p + 1 (j = 0, 1) is, with 4 columns a
// lane,
//
//   n = 16 p + 4 (c / 2) + 2 j + c % 2
//
//   n:      0  1 | 2  3 | 4  5 | 6  7 | 8 ...
//   tile j: 0  0   1  1   0  0   1  1   0
//   lane t: 0  0   0  0   1  1   1  1   2     <- 4 adjacent columns a lane
//
// and with 8 columns a lane (16-bit, four n8 tiles)
//
//   n = 32 (p / 2) + 8 (c / 2) + 4 (p % 2) + 2 j + c % 2
//
// so that a lane stores 16 adjacent bytes of a row of C.
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/NVGPU/IR/NVGPUDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/PatternMatch.h"
#include "tt/Transforms/KernelMatmul.h"
#include "tt/Transforms/Passes.h"
#include "tt/Transforms/TilePlan.h"

namespace mlir::tt {
#define GEN_PASS_DEF_LOWERTOMMA
#include "tt/Transforms/Passes.h.inc"
} // namespace mlir::tt

using namespace mlir;
using namespace mlir::tt;

namespace {

/// An element of a memref: the memref and its indices.
struct Element {
  Value memref;
  SmallVector<Value> indices;
};

class MmaLowering {
public:
  explicit MmaLowering(KernelMatmul kernel)
      : kernel(kernel), plan(kernel.config, kernel.elementType),
        builder(kernel.matmul.getLoc(), kernel.matmul), index(builder) {}

  LogicalResult run();

private:
  Element resolve(memref::SubViewOp view, const Element &element);
  Element resolve(Value tile, Value row, Value column);
  void createLaneIds();
  Value loadA(int64_t kStep, int64_t mTile);
  Value loadAF32(int64_t kStep, int64_t mTile);
  Value loadA16Bit(int64_t kStep, int64_t mTile);
  std::pair<Value, Value> loadB(int64_t kStep, int64_t pair);
  Value pickRegisters(Value loaded, ArrayRef<int64_t> registers);
  VectorType getFragmentType(int64_t registers) const;
  SmallVector<Value> emitKTile(ValueRange accumulators);
  void emitMma(ArrayRef<Value> a, ArrayRef<Value> b,
               SmallVectorImpl<Value> &accumulators);
  void storeResults(ValueRange fragments, linalg::CopyOp copy);
  SmallVector<Value> storeIfLast(ValueRange fragments, ValueRange zeros,
                                 linalg::CopyOp copy);

  KernelMatmul kernel;
  TilePlan plan;
  ImplicitLocOpBuilder builder;
  IndexBuilder index;
  /// lane, lane / 4 and lane % 4.
  Value lane, g, t;
};

} // namespace

//===----------------------------------------------------------------------===//
// Fragments
//===----------------------------------------------------------------------===//

/// `element` of `view`, in what that is a view of.
Element MmaLowering::resolve(memref::SubViewOp view, const Element &element) {
  llvm::SmallBitVector dropped = view.getDroppedDims();
  SmallVector<Value> source;
  unsigned next = 0;
  for (auto [dim, offset] : llvm::enumerate(view.getMixedOffsets())) {
    Value base =
        getValueOrCreateConstantIndexOp(builder, builder.getLoc(), offset);
    source.push_back(
        dropped.test(dim) ? base : index.add(base, element.indices[next++]));
  }
  return {view.getSource(), source};
}

/// Element [row, column] of an operand's tile, in shared memory.
Element MmaLowering::resolve(Value tile, Value row, Value column) {
  Element element = {tile, {row, column}};
  while (auto view = element.memref.getDefiningOp<memref::SubViewOp>())
    element = resolve(view, element);
  return element;
}

void MmaLowering::createLaneIds() {
  lane = index.rem(kernel.launch.getThreadIds().x, kThreadsPerWarp);
  g = index.div(lane, 4);
  t = index.rem(lane, 4);
}

/// `registers` 32-bit registers of operand elements.
VectorType MmaLowering::getFragmentType(int64_t registers) const {
  return VectorType::get({registers, 4 / plan.getElementBytes()},
                         kernel.elementType);
}

/// The fragment that consists of registers of `loaded`, in the order given.
Value MmaLowering::pickRegisters(Value loaded, ArrayRef<int64_t> registers) {
  VectorType type = getFragmentType(registers.size());
  Value fragment =
      arith::ConstantOp::create(builder, type, builder.getZeroAttr(type));
  for (auto [position, picked] : llvm::enumerate(registers)) {
    Value pair = vector::ExtractOp::create(builder, loaded, picked);
    fragment =
        vector::InsertOp::create(builder, pair, fragment, int64_t(position));
  }
  return fragment;
}

Value MmaLowering::loadAF32(int64_t kStep, int64_t mTile) {
  VectorType type = getFragmentType(/*registers=*/4);
  Value fragment =
      arith::ConstantOp::create(builder, type, builder.getZeroAttr(type));
  Value m = index.add(index.mul(g, 2), mTile * kMmaM);
  auto pairType = VectorType::get({2}, kernel.elementType);
  for (int64_t half : {0, 1}) {
    Value k = index.add(t, kStep * plan.getMmaK() + half * 4);
    Element first = resolve(kernel.matmul.getInputs()[0], k, m);
    Value pair = vector::LoadOp::create(
        builder, pairType, first.memref, first.indices, /*nontemporal=*/false,
        llvm::MaybeAlign(2 * plan.getElementBytes()));
    for (int64_t row : {0, 1}) {
      Value element = vector::ExtractOp::create(builder, pair, row);
      fragment = vector::InsertOp::create(builder, element, fragment,
                                          ArrayRef<int64_t>{2 * half + row, 0});
    }
  }
  return fragment;
}

/// Lane l gives the address of one row of k: matrices 0 and 1 are k 0-7,
/// matrices 2 and 3 k 8-15; the odd ones are m 8-15.
Value MmaLowering::loadA16Bit(int64_t kStep, int64_t mTile) {
  Value k = index.add(
      index.add(index.rem(lane, 8), index.mul(index.div(lane, 16), 8)),
      kStep * plan.getMmaK());
  Value m =
      index.add(index.mul(index.rem(index.div(lane, 8), 2), 8), mTile * kMmaM);
  Element row = resolve(kernel.matmul.getInputs()[0], k, m);
  return nvgpu::LdMatrixOp::create(builder, getFragmentType(4), row.memref,
                                   row.indices, /*transpose=*/true,
                                   /*numTiles=*/4);
}

Value MmaLowering::loadA(int64_t kStep, int64_t mTile) {
  return plan.isF32() ? loadAF32(kStep, mTile) : loadA16Bit(kStep, mTile);
}

/// One ldmatrix.x4 for the n8 tiles 2 * pair and 2 * pair + 1. Lane l gives the
/// address of row r = l % 8 of matrix l / 8: bit 0 of the matrix is the half of
/// K, bit 1 the n8 tile j.
std::pair<Value, Value> MmaLowering::loadB(int64_t kStep, int64_t pair) {
  Value r = index.rem(lane, 8);
  Value kHalf = index.rem(index.div(lane, 8), 2);
  Value j = index.div(lane, 16);
  bool wide = plan.getLaneColumns() == 8;
  int64_t base = wide ? 32 * (pair / 2) + 4 * (pair % 2) : 16 * pair;
  Value n =
      index.add(index.add(index.mul(index.div(r, 2), plan.getLaneColumns()),
                          index.add(index.mul(j, 2), index.rem(r, 2))),
                base);
  Value k =
      index.add(index.mul(kHalf, plan.getChunk()), kStep * plan.getMmaK());
  Element row = resolve(kernel.matmul.getInputs()[1], n, k);
  Value loaded = nvgpu::LdMatrixOp::create(builder, getFragmentType(4),
                                           row.memref, row.indices,
                                           /*transpose=*/false, /*numTiles=*/4);
  return {pickRegisters(loaded, {0, 1}), pickRegisters(loaded, {2, 3})};
}

//===----------------------------------------------------------------------===//
// The k-tile
//===----------------------------------------------------------------------===//

/// The m16n8 tiles (i, j) of a warp tile in the order in which their mma are
/// issued. Panels of `width` columns, each walked row by row, back and forth:
///
///   width = 2      0 1 | 15 14      width = all columns: a_stationary
///                  3 2 | 12 13      width = 1: b_stationary
///                  4 5 | 11 10
///                  7 6 |  8  9
///
/// Consecutive mma share a fragment of A or of B, whose registers the tensor
/// core then need not read again.
static SmallVector<std::pair<int64_t, int64_t>>
getMmaOrder(int64_t rows, int64_t columns, int64_t width) {
  SmallVector<std::pair<int64_t, int64_t>> order;
  bool upward = false, leftward = false;
  for (int64_t first = 0; first < columns; first += width) {
    int64_t inPanel = std::min(width, columns - first);
    for (int64_t row = 0; row < rows; ++row) {
      for (int64_t step = 0; step < inPanel; ++step)
        order.push_back({upward ? rows - 1 - row : row,
                         first + (leftward ? inPanel - 1 - step : step)});
      leftward = !leftward;
    }
    upward = !upward;
    leftward = false;
  }
  return order;
}

static int64_t getPanelWidth(MmaOrder order, int64_t columns) {
  switch (order) {
  case MmaOrder::b_stationary:
    return 1;
  case MmaOrder::b_pairs:
    return 2;
  case MmaOrder::b_quads:
    return 4;
  case MmaOrder::a_stationary:
    return columns;
  }
  llvm_unreachable("all orders are handled");
}

void MmaLowering::emitMma(ArrayRef<Value> a, ArrayRef<Value> b,
                          SmallVectorImpl<Value> &accumulators) {
  SmallVector<int64_t> shape = {kMmaM, kMmaN, plan.getMmaK()};
  int64_t columns = b.size();
  int64_t width = getPanelWidth(kernel.config.getMmaOrder(), columns);
  for (auto [i, j] : getMmaOrder(a.size(), columns, width)) {
    Value &accumulator = accumulators[i * columns + j];
    accumulator = nvgpu::MmaSyncOp::create(builder, a[i], b[j], accumulator,
                                           shape, plan.isF32());
  }
}

SmallVector<Value> MmaLowering::emitKTile(ValueRange accumulators) {
  SmallVector<Value> sums(accumulators);
  for (int64_t kStep = 0; kStep < plan.getKStepsPerSlice(); ++kStep) {
    SmallVector<Value> a, b;
    for (int64_t i = 0; i < plan.getMTiles(); ++i)
      a.push_back(loadA(kStep, i));
    for (int64_t pair = 0; pair < plan.getNTiles() / 2; ++pair) {
      auto [even, odd] = loadB(kStep, pair);
      b.append({even, odd});
    }
    emitMma(a, b, sums);
  }
  return sums;
}

void MmaLowering::storeResults(ValueRange fragments, linalg::CopyOp copy) {
  builder.setInsertionPoint(copy);
  // Of the tile alone: C, or the part of it that the launch computes, may be a
  // view itself, and its sizes bound what may be stored.
  Value zero = index.constant(0);
  auto tile = copy.getOutputs()[0].getDefiningOp<memref::SubViewOp>();
  Element first = resolve(tile, {tile, {zero, zero}});
  StoreFragmentsOp::create(
      builder, fragments, first.memref, first.indices[0], first.indices[1],
      builder.getDenseI64ArrayAttr(
          {kernel.config.getWarpM(), kernel.config.getWarpN()}),
      /*combined=*/false);
}

/// The tile of a persistent block ends in the loop: where it does, the
/// fragments are stored, and the next tile's begin as zeros. Canonicalization
/// makes an scf.if whose results come from outside a select: of every register,
/// in every iteration. It leaves an scf.index_switch alone.
SmallVector<Value> MmaLowering::storeIfLast(ValueRange fragments,
                                            ValueRange zeros,
                                            linalg::CopyOp copy) {
  constexpr int64_t kStore = 1;
  auto ifLast = cast<scf::IfOp>(copy->getParentOp());
  builder.setInsertionPoint(ifLast);
  Value isLast = arith::IndexCastUIOp::create(builder, builder.getIndexType(),
                                              ifLast.getCondition());
  auto ifStored = scf::IndexSwitchOp::create(
      builder, fragments.getTypes(), isLast, {kStore}, /*caseRegionsCount=*/1);
  Block &stored = ifStored.getCaseRegions()[0].emplaceBlock();
  ifLast.thenYield().erase();
  stored.getOperations().splice(stored.end(),
                                ifLast.thenBlock()->getOperations());
  storeResults(fragments, copy);
  builder.setInsertionPointToEnd(&stored);
  scf::YieldOp::create(builder, zeros);
  builder.setInsertionPointToEnd(&ifStored.getDefaultRegion().emplaceBlock());
  scf::YieldOp::create(builder, fragments);
  ifLast.erase();
  return ifStored.getResults();
}

LogicalResult MmaLowering::run() {
  auto loop = kernel.matmul->getParentOfType<scf::ForOp>();
  Value accumulator = kernel.matmul.getOutputs()[0];
  linalg::CopyOp copy;
  SmallVector<linalg::FillOp> fills;
  kernel.launch.walk([&](Operation *op) {
    if (auto found = dyn_cast<linalg::CopyOp>(op))
      copy = found;
    else if (auto found = dyn_cast<linalg::FillOp>(op))
      fills.push_back(found);
  });
  if (!loop || !copy || fills.empty() ||
      fills[0].getOutputs()[0] != accumulator ||
      getViewSource(copy.getInputs()[0]) != accumulator ||
      !copy.getOutputs()[0].getDefiningOp<memref::SubViewOp>())
    return kernel.matmul.emitOpError(
        "expected a warp tile's matmul in the k-tile loop, as tt-map-to-warps "
        "makes it");

  builder.setInsertionPoint(fills[0]);
  createLaneIds();
  auto fragmentType = VectorType::get({2, 2}, builder.getF32Type());
  Value zero = arith::ConstantOp::create(builder, fragmentType,
                                         builder.getZeroAttr(fragmentType));
  SmallVector<Value> zeros(plan.getMTiles() * plan.getNTiles(), zero);

  bool isPersistent = loop->isAncestor(copy);
  IRRewriter rewriter(builder.getContext());
  rewriter.setInsertionPoint(loop);
  auto carried = loop.replaceWithAdditionalYields(
      rewriter, zeros, /*replaceInitOperandUsesInLoop=*/false,
      [&](OpBuilder &, Location, ArrayRef<BlockArgument> arguments) {
        // The matmul moved with the body of the loop.
        builder.setInsertionPoint(kernel.matmul);
        SmallVector<Value> sums =
            emitKTile(SmallVector<Value>(arguments.begin(), arguments.end()));
        return isPersistent ? storeIfLast(sums, zeros, copy) : sums;
      });
  if (failed(carried))
    return kernel.matmul.emitOpError("the k-tile loop cannot carry fragments");
  // Before the fragments it may carry what others have added.
  if (!isPersistent)
    storeResults((*carried)->getResults().take_back(zeros.size()), copy);
  kernel.matmul.erase();
  for (linalg::FillOp fill : fills)
    fill.erase();
  copy.erase();
  return success();
}

namespace {

struct LowerToMma : tt::impl::LowerToMmaBase<LowerToMma> {
  void runOnOperation() override {
    for (KernelMatmul kernel : collectKernelMatmuls(getOperation()))
      if (failed(MmaLowering(kernel).run()))
        return signalPassFailure();
  }
};

} // namespace
