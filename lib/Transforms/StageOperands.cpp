//===- StageOperands.cpp - Copy k-tiles to shared memory with cp.async ----===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The operands of each k-tile are copied to one of `stages` shared-memory
// buffers, the threads of the block sharing the copies; the matmul reads them
// there. What lies outside A and B arrives as zeros, so from here on tiles are
// whole. After this pass the threads no longer repeat each other's loads from
// global memory, only each other's arithmetic.
//
// Dynamic shared memory:
//
//   | slot 0: A            B        | slot 1: A   B | ...
//             [k][m], rows [n][k], rows
//             of the pitch of block k
//
// Both operands of a slot side by side: one register, the slot's first byte,
// reaches them, with constants for the rest.
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/NVGPU/IR/NVGPUDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Remarks.h"
#include "tt/Conversion/MatmulMaps.h"
#include "tt/Transforms/KernelMatmul.h"
#include "tt/Transforms/Passes.h"
#include "tt/Transforms/SharedAccess.h"
#include "tt/Transforms/StagedTile.h"
#include "tt/Transforms/TilePlan.h"

namespace mlir::tt {
#define GEN_PASS_DEF_STAGEOPERANDS
#include "tt/Transforms/Passes.h.inc"
} // namespace mlir::tt

using namespace mlir;
using namespace mlir::tt;

namespace {

class OperandStager {
public:
  OperandStager(KernelMatmul kernel, int64_t promisedAlignment)
      : kernel(kernel), plan(kernel.config, kernel.elementType),
        promisedAlignment(promisedAlignment),
        builder(kernel.matmul.getLoc(), kernel.matmul), index(builder) {}

  void run();

private:
  Value createBuffer(int64_t firstByte, int64_t rows, int64_t columns,
                     SwizzleAttr swizzle);
  Value slice(Value shared, Value slot, int64_t rows, int64_t columns);
  Value getSlot();

  void copyTile(StagedTile &tile, Value slot, SmallVectorImpl<Value> &tokens);
  /// How many of the `width` elements at `place` lie inside the operand; null
  /// if all do.
  Value countValid(StagedTile &tile, const TilePiece &place, int64_t width,
                   bool manyRounds);
  void copyAsync(StagedTile &tile, Value slot, int64_t width,
                 SmallVectorImpl<Value> &tokens);
  void report(StagedTile &tile, int64_t width);

  KernelMatmul kernel;
  TilePlan plan;
  int64_t promisedAlignment;
  ImplicitLocOpBuilder builder;
  IndexBuilder index;
  /// All slots, as elements in a row.
  Value stageElements;
};

} // namespace

//===----------------------------------------------------------------------===//
// Buffers
//===----------------------------------------------------------------------===//

/// [slot][row][column] of an operand that lies `firstByte` bytes into each
/// slot.
Value OperandStager::createBuffer(int64_t firstByte, int64_t rows,
                                  int64_t columns, SwizzleAttr swizzle) {
  int64_t elementBytes = plan.getElementBytes();
  int64_t slotElements = plan.getStageBytes() / elementBytes;
  auto attr = [&](int64_t value) -> OpFoldResult {
    return builder.getIndexAttr(value);
  };
  int64_t stages = kernel.config.getStages();
  auto buffer = memref::ReinterpretCastOp::create(
      builder, stageElements, attr(firstByte / elementBytes),
      {attr(stages), attr(rows), attr(columns)},
      {attr(slotElements), attr(columns), attr(1)});
  if (swizzle)
    buffer->setAttr(kSwizzleAttrName, swizzle);
  return buffer;
}

/// The tile in slot `slot` of `shared`, without the padding of its rows.
Value OperandStager::slice(Value shared, Value slot, int64_t rows,
                           int64_t columns) {
  auto attr = [&](int64_t value) -> OpFoldResult {
    return builder.getIndexAttr(value);
  };
  SmallVector<OpFoldResult> offsets = {slot, attr(0), attr(0)};
  SmallVector<OpFoldResult> sizes = {attr(1), attr(rows), attr(columns)};
  SmallVector<OpFoldResult> strides(3, attr(1));
  MemRefType type = memref::SubViewOp::inferRankReducedResultType(
      {rows, columns}, cast<MemRefType>(shared.getType()), offsets, sizes,
      strides);
  return memref::SubViewOp::create(builder, type, shared, offsets, sizes,
                                   strides);
}

/// k-tile number mod stages, in 32 bits: a 64-bit remainder is a long sequence
/// where stages is not a power of two.
Value OperandStager::getSlot() {
  auto loop = kernel.matmul->getParentOfType<scf::ForOp>();
  Type i32 = builder.getI32Type();
  Value tile = arith::IndexCastOp::create(builder, i32, loop.getInductionVar());
  Value stages =
      arith::ConstantIntOp::create(builder, i32, kernel.config.getStages());
  Value slot = arith::RemUIOp::create(builder, tile, stages);
  return arith::IndexCastOp::create(builder, builder.getIndexType(), slot);
}

//===----------------------------------------------------------------------===//
// Copies
//===----------------------------------------------------------------------===//

/// Pieces of a row whose length is a multiple of theirs lie inside the operand
/// wholly or not at all: then one comparison of 32 bits is enough for a piece,
///
///   row < limit        limit = column < columns ? rows : 0
///
/// since the limit is the same for all pieces of a thread, as a rule. Each
/// keeps a register for its row; with `manyRounds`, where those are too many,
/// all share one for the thread's first row, which c is added to:
///
///   c < limit - row
///
/// No more than a tile is left of rows or columns.
Value OperandStager::countValid(StagedTile &tile, const TilePiece &place,
                                int64_t width, bool manyRounds) {
  auto bound = [&](unsigned dim) -> Value {
    OpFoldResult size = tile.source.getMixedSizes()[dim];
    return dyn_cast<Value>(size);
  };
  IndexBuilder narrow(builder, builder.getI32Type());
  auto isColumnBelow = [&](Value limit) {
    return narrow.isLess(narrow.cast(place.column), narrow.cast(limit));
  };
  auto isRowBelow = [&](Value limit) {
    Value first = place.row;
    if (!manyRounds)
      return narrow.isLess(narrow.cast(first), narrow.cast(limit));
    Value beyond = narrow.constant(splitConstant(builder, first));
    return narrow.isLess(beyond,
                         narrow.sub(narrow.cast(limit), narrow.cast(first)));
  };
  Value rows = bound(0), columns = bound(1);
  if (!rows && !columns)
    return {};
  int64_t length = tile.source.getSource().getType().getDimSize(1);
  bool isWhole = !ShapedType::isDynamic(length) && length % width == 0;
  if (columns && !isWhole) {
    Value valid = index.clamp(index.sub(columns, place.column), width);
    return rows ? index.select(isRowBelow(rows), valid, index.constant(0))
                : valid;
  }
  if (rows && columns)
    rows = narrow.select(isColumnBelow(columns), narrow.cast(rows),
                         narrow.constant(0));
  Value inside = rows ? isRowBelow(rows) : isColumnBelow(columns);
  return index.select(inside, index.constant(width), index.constant(0));
}

void OperandStager::copyAsync(StagedTile &tile, Value slot, int64_t width,
                              SmallVectorImpl<Value> &tokens) {
  // cp.async.cg bypasses L1 and moves 16 bytes only (PTX ISA, cp.async).
  bool bypass = width * plan.getElementBytes() == kChunkBytes;
  // Narrower copies are so many that registers for their addresses matter. Wide
  // ones are few, and A's swizzle, made for pieces in the order of memory,
  // would not keep narrow strips of them free of bank conflicts.
  TileRounds rounds(plan.getThreads(), tile.rows, tile.columns, width,
                    /*inStrips=*/!bypass);
  // Up to so many, it measured slower (docs/performance.md, "what is left").
  constexpr int64_t kFewRounds = 8;
  bool manyRounds = rounds.count() > kFewRounds;
  for (int64_t round = 0; round < rounds.count(); ++round) {
    TilePiece place =
        rounds.getPiece(builder, kernel.launch.getThreadIds().x, round);
    OpBuilder::InsertionGuard guard(builder);
    if (place.active) {
      auto ifActive = scf::IfOp::create(builder, place.active);
      builder.setInsertionPointToStart(ifActive.thenBlock());
    }
    Value valid = countValid(tile, place, width, manyRounds);
    auto copy = nvgpu::DeviceAsyncCopyOp::create(
        builder, nvgpu::DeviceAsyncTokenType::get(builder.getContext()),
        tile.shared, ValueRange{slot, place.row, place.column}, tile.source,
        ValueRange{place.row, place.column}, builder.getIndexAttr(width), valid,
        bypass ? builder.getUnitAttr() : nullptr);
    if (!place.active)
      tokens.push_back(copy);
  }
}

void OperandStager::copyTile(StagedTile &tile, Value slot,
                             SmallVectorImpl<Value> &tokens) {
  auto type = cast<MemRefType>(tile.source.getSource().getType());
  int64_t width =
      getRowAlignment(type, promisedAlignment) / plan.getElementBytes();
  report(tile, width);
  // cp.async.ca moves 4 or 8 bytes, cp.async.cg 16 (PTX ISA, cp.async).
  constexpr int64_t kNarrowestAsyncBytes = 4;
  if (width * plan.getElementBytes() >= kNarrowestAsyncBytes)
    copyAsync(tile, slot, width, tokens);
  else
    copyThroughRegisters(builder, tile, slot, kernel.launch.getThreadIds().x,
                         plan);
}

void OperandStager::report(StagedTile &tile, int64_t width) {
  int64_t bytes = width * plan.getElementBytes();
  auto options = remark::RemarkOpts::name("tt-stage-operands")
                     .category("tt-stage-operands");
  std::string what = tile.name.str() + ": ";
  if (bytes == kChunkBytes)
    remark::passed(builder.getLoc(), options)
        << what << "16-byte cp.async copies";
  else
    remark::missed(builder.getLoc(), options)
        << what
        << (bytes >= 4 ? std::to_string(bytes) + "-byte cp.async copies"
                       : std::string("pairs of elements through registers"))
        << remark::reason("its rows are only known to begin at multiples of "
                          "{0} bytes, 16 are needed",
                          bytes)
        << remark::suggest("use strides that are multiples of {0} elements, "
                           "or promise them with row-alignment=16",
                           plan.getChunk());
}

//===----------------------------------------------------------------------===//
// The whole
//===----------------------------------------------------------------------===//

void OperandStager::run() {
  ConfigAttr config = kernel.config;
  auto aTile = kernel.matmul.getInputs()[0].getDefiningOp<memref::SubViewOp>();
  auto bTile = kernel.matmul.getInputs()[1].getDefiningOp<memref::SubViewOp>();

  builder.setInsertionPoint(kernel.launch);
  Value bytes = arith::ConstantIntOp::create(builder, builder.getI32Type(),
                                             plan.getSharedBytes());
  kernel.launch.getDynamicSharedMemorySizeMutable().assign(bytes);
  builder.setInsertionPointToStart(&kernel.launch.getBody().front());
  auto space = gpu::AddressSpaceAttr::get(builder.getContext(),
                                          gpu::AddressSpace::Workgroup);
  Value sharedBytes = gpu::DynamicSharedMemoryOp::create(
      builder, MemRefType::get({ShapedType::kDynamic}, builder.getI8Type(),
                               MemRefLayoutAttrInterface(), space));
  auto elementsType = MemRefType::get(
      {config.getStages() * plan.getStageBytes() / plan.getElementBytes()},
      kernel.elementType, MemRefLayoutAttrInterface(), space);
  stageElements = memref::ViewOp::create(builder, elementsType, sharedBytes,
                                         index.constant(0), ValueRange{});
  Value aShared = createBuffer(0, config.getBlockK(), plan.getARowPitch(),
                               plan.getASwizzle());
  Value bShared = createBuffer(plan.getABytes(), config.getBlockN(),
                               config.getBlockK(), plan.getBSwizzle());

  builder.setInsertionPoint(kernel.matmul);
  Value slot = getSlot();
  SmallVector<Value> tokens;
  StagedTile aStaged = {"A", aTile, aShared, config.getBlockK(),
                        config.getBlockM()};
  StagedTile bStaged = {"B", bTile, bShared, config.getBlockN(),
                        config.getBlockK()};
  copyTile(aStaged, slot, tokens);
  copyTile(bStaged, slot, tokens);
  Value group = nvgpu::DeviceAsyncCreateGroupOp::create(
      builder, nvgpu::DeviceAsyncTokenType::get(builder.getContext()), tokens);
  nvgpu::DeviceAsyncWaitOp::create(builder, group,
                                   builder.getI32IntegerAttr(0));
  gpu::BarrierOp::create(builder);
  Value a = slice(aShared, slot, config.getBlockK(), config.getBlockM());
  Value b = slice(bShared, slot, config.getBlockN(), config.getBlockK());
  Value accumulator = getViewSource(kernel.matmul.getOutputs()[0]);
  NamedAttribute maps = builder.getNamedAttr(
      "indexing_maps", getTransposedMaps(builder.getContext()));
  linalg::MatmulOp::create(builder, ValueRange{a, b}, ValueRange{accumulator},
                           maps);
  // No thread may copy the next tile into a slot that another still reads.
  gpu::BarrierOp::create(builder);
  kernel.matmul.erase();
}

namespace {

struct StageOperands : tt::impl::StageOperandsBase<StageOperands> {
  using StageOperandsBase::StageOperandsBase;

  void runOnOperation() override {
    for (KernelMatmul kernel : collectKernelMatmuls(getOperation())) {
      if (llvm::any_of(kernel.matmul.getInputs(), [](Value operand) {
            return !operand.getDefiningOp<memref::SubViewOp>();
          })) {
        kernel.matmul.emitOpError(
            "expected operands to be subviews of A and B, "
            "as tt-tile-to-blocks makes them");
        return signalPassFailure();
      }
      OperandStager(kernel, rowAlignment).run();
    }
  }
};

} // namespace
