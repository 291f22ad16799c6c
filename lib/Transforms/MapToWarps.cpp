//===- MapToWarps.cpp - Give each warp its tile of the block tile ---------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The accumulator shrinks from the block tile to the warp tile, and with it the
// matmul, the fill and the copy to C. With block 128 x 128 and warp 64 x 32:
//
//          n = 0   32    64    96
//   m = 0   | w0 | w1 | w2 | w3 |
//   m = 64  | w4 | w5 | w6 | w7 |
//
// After this pass only the 32 threads of a warp repeat each other's work.
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "tt/Conversion/MatmulMaps.h"
#include "tt/Transforms/KernelMatmul.h"
#include "tt/Transforms/Passes.h"
#include "tt/Transforms/TilePlan.h"

namespace mlir::tt {
#define GEN_PASS_DEF_MAPTOWARPS
#include "tt/Transforms/Passes.h.inc"
} // namespace mlir::tt

using namespace mlir;
using namespace mlir::tt;

namespace {

class WarpMapper {
public:
  explicit WarpMapper(KernelMatmul kernel)
      : kernel(kernel), config(kernel.config),
        builder(kernel.matmul.getLoc(), kernel.matmul), index(builder) {}

  LogicalResult run();

private:
  Value subview(Value memref, ArrayRef<OpFoldResult> offsets,
                ArrayRef<OpFoldResult> sizes) {
    SmallVector<OpFoldResult> ones(2, builder.getIndexAttr(1));
    return memref::SubViewOp::create(builder, memref, offsets, sizes, ones);
  }
  OpFoldResult attr(int64_t value) { return builder.getIndexAttr(value); }
  /// The part of `valid`, a size of the block tile, that lies in the warp tile
  /// of size `tile` at `offset`.
  OpFoldResult restrict(OpFoldResult valid, int64_t whole, Value offset,
                        int64_t tile);
  void shrinkMatmul(Value warpM, Value warpN, Value sliceK, Value accumulator);
  void shrinkCopy(linalg::CopyOp copy, Value warpM, Value warpN,
                  Value accumulator);

  KernelMatmul kernel;
  ConfigAttr config;
  ImplicitLocOpBuilder builder;
  IndexBuilder index;
};

} // namespace

OpFoldResult WarpMapper::restrict(OpFoldResult valid, int64_t whole,
                                  Value offset, int64_t tile) {
  if (getConstantIntValue(valid) == whole)
    return attr(tile);
  return index.clamp(index.sub(getValueOrCreateConstantIndexOp(
                                   builder, builder.getLoc(), valid),
                               offset),
                     tile);
}

void WarpMapper::shrinkMatmul(Value warpM, Value warpN, Value sliceK,
                              Value accumulator) {
  builder.setInsertionPoint(kernel.matmul);
  OpFoldResult k = getAsOpFoldResult(sliceK);
  OpFoldResult kSize = attr(config.getBlockK() / config.getKSlices());
  Value a = subview(kernel.matmul.getInputs()[0], {k, warpM},
                    {kSize, attr(config.getWarpM())});
  Value b = subview(kernel.matmul.getInputs()[1], {warpN, k},
                    {attr(config.getWarpN()), kSize});
  NamedAttribute maps = builder.getNamedAttr(
      "indexing_maps", getTransposedMaps(builder.getContext()));
  linalg::MatmulOp::create(builder, ValueRange{a, b}, ValueRange{accumulator},
                           maps);
  kernel.matmul.erase();
}

void WarpMapper::shrinkCopy(linalg::CopyOp copy, Value warpM, Value warpN,
                            Value accumulator) {
  builder.setInsertionPoint(copy);
  auto cTile = copy.getOutputs()[0].getDefiningOp<memref::SubViewOp>();
  SmallVector<OpFoldResult> valid = cTile.getMixedSizes();
  SmallVector<OpFoldResult> offsets = cTile.getMixedOffsets();
  SmallVector<OpFoldResult> sizes = {
      restrict(valid[0], config.getBlockM(), warpM, config.getWarpM()),
      restrict(valid[1], config.getBlockN(), warpN, config.getWarpN())};
  auto move = [&](OpFoldResult offset, Value by) -> OpFoldResult {
    return index.add(
        getValueOrCreateConstantIndexOp(builder, builder.getLoc(), offset), by);
  };
  Value sums = subview(accumulator, {attr(0), attr(0)}, sizes);
  Value c = subview(cTile.getSource(),
                    {move(offsets[0], warpM), move(offsets[1], warpN)}, sizes);
  linalg::CopyOp::create(builder, sums, c);
  copy.erase();
}

LogicalResult WarpMapper::run() {
  auto accumulator = getViewSource(kernel.matmul.getOutputs()[0])
                         .getDefiningOp<memref::AllocaOp>();
  SmallVector<linalg::FillOp> fills;
  linalg::CopyOp copy;
  kernel.launch.walk([&](Operation *op) {
    if (auto found = dyn_cast<linalg::FillOp>(op))
      fills.push_back(found);
    else if (auto found = dyn_cast<linalg::CopyOp>(op))
      copy = found;
  });
  if (!accumulator || fills.empty() || !copy)
    return kernel.matmul.emitOpError(
        "expected an accumulator that is filled before the k-tile loop and "
        "copied to C after it, as tt-tile-to-blocks makes it");

  builder.setInsertionPoint(accumulator);
  Value warpInBlock =
      index.div(kernel.launch.getThreadIds().x, kThreadsPerWarp);
  int64_t warps = config.getWarpsPerSlice();
  Value slice = config.getKSlices() == 1 ? index.constant(0)
                                         : index.div(warpInBlock, warps);
  Value warp =
      config.getKSlices() == 1 ? warpInBlock : index.rem(warpInBlock, warps);
  Value sliceK = index.mul(slice, config.getBlockK() / config.getKSlices());
  Value warpM =
      index.mul(index.div(warp, config.getWarpsN()), config.getWarpM());
  Value warpN =
      index.mul(index.rem(warp, config.getWarpsN()), config.getWarpN());
  auto type = MemRefType::get({config.getWarpM(), config.getWarpN()},
                              builder.getF32Type());
  Value shrunk = memref::AllocaOp::create(builder, type);
  for (linalg::FillOp fill : fills) {
    builder.setInsertionPoint(fill);
    linalg::FillOp::create(builder, fill.getInputs()[0], shrunk);
    fill.erase();
  }
  shrinkMatmul(warpM, warpN, sliceK, shrunk);
  shrinkCopy(copy, warpM, warpN, shrunk);
  return success();
}

namespace {

struct MapToWarps : tt::impl::MapToWarpsBase<MapToWarps> {
  void runOnOperation() override {
    for (KernelMatmul kernel : collectKernelMatmuls(getOperation()))
      if (failed(WarpMapper(kernel).run()))
        return signalPassFailure();
  }
};

} // namespace
