//===- LowerEpilogue.cpp - Accumulator fragments -> stores to C -----------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Register r of the accumulator of an m16n8 tile is (PTX ISA, mma.m16n8k8)
//
//   c0 c1   row g,     columns 2 t, 2 t + 1
//   c2 c3   row g + 8, columns 2 t, 2 t + 1
//
// The permutation of N (LowerToMma.cpp) puts the columns of a lane's two or
// four adjacent n8 tiles side by side in C: 4 columns of f32 or 8 of 16 bits
// are 16 bytes, one store. Four lanes t store 64 bytes of a row.
//
// Where rows of C allow only narrower stores, lanes would store 2, 4 or 8 bytes
// at distances of 16, and each store would touch 16 sectors of memory for a
// part of their bytes. There each warp passes its rows through shared memory,
// those of one m16 tile at a time, and stores them from adjacent lanes to
// adjacent addresses: of 2 bytes, 2 or 3 sectors a store.
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "tt/Transforms/KernelUtils.h"
#include "tt/Transforms/Passes.h"
#include "tt/Transforms/TilePlan.h"
#include "tt/Transforms/Workspace.h"

namespace mlir::tt {
#define GEN_PASS_DEF_LOWEREPILOGUE
#include "tt/Transforms/Passes.h.inc"
} // namespace mlir::tt

using namespace mlir;
using namespace mlir::tt;

namespace {

class EpilogueLowering {
public:
  EpilogueLowering(StoreFragmentsOp store, gpu::LaunchOp launch,
                   int64_t promisedAlignment)
      : store(store), launch(launch),
        type(cast<MemRefType>(store.getC().getType())),
        plan(getConfig(launch), type.getElementType()),
        rowAlignment(getRowAlignment(type, promisedAlignment)),
        builder(store.getLoc(), store), index(builder) {}

  void run();

private:
  /// m16 and n8 tiles, and groups of four lanes' columns, of what is stored.
  int64_t countMTiles() { return store.getWarp()[0] / kMmaM; }
  int64_t countNTiles() { return store.getWarp()[1] / kMmaN; }
  int64_t countLaneGroups() { return plan.countLaneGroups(store.getWarp()[1]); }
  /// The row of C, from the first of an m16 tile, that a lane's fragment row g
  /// (half 0) or g + 8 (half 1) is; and that any fragment row is.
  Value getRowInTile(int64_t half);
  Value getRowInTile(Value fragmentRow);
  /// A lane's adjacent columns of group `group`, as one vector of C's type.
  Value gather(int64_t mTile, int64_t half, int64_t group);
  void storeRow(Value values, Value row, Value column);
  void storeVector(Value values, Value row, Value column);
  void storeElements(Value values, Value row, Value column, Value columns);
  void storeDirectly();

  bool canPassShared() const;
  void storeThroughShared();
  void fillBuffer(int64_t mTile);
  void emptyBuffer(int64_t mTile);
  void synchronizeWarp();
  /// The size of C in `dim`, null if block tiles divide it.
  Value getBound(unsigned dim, int64_t tile);

  StoreFragmentsOp store;
  gpu::LaunchOp launch;
  MemRefType type;
  TilePlan plan;
  int64_t rowAlignment;
  ImplicitLocOpBuilder builder;
  IndexBuilder index;
  Value lane, g, t, rows, columns;
  /// Where warps pass rows to their own lanes: the first element of this one's.
  Value buffer, firstOfWarp;
};

} // namespace

Value EpilogueLowering::getBound(unsigned dim, int64_t tile) {
  int64_t size = type.getDimSize(dim);
  if (ShapedType::isDynamic(size))
    return memref::DimOp::create(builder, store.getC(), dim);
  return size % tile ? index.constant(size) : Value();
}

// f32: rows g and g + 8 of a fragment are adjacent in C (LowerToMma.cpp).
Value EpilogueLowering::getRowInTile(int64_t half) {
  return plan.isF32() ? index.add(index.mul(g, 2), half)
                      : index.add(g, 8 * half);
}

Value EpilogueLowering::getRowInTile(Value fragmentRow) {
  if (!plan.isF32())
    return fragmentRow;
  return index.add(index.mul(index.rem(fragmentRow, kMmaM / 2), 2),
                   index.div(fragmentRow, kMmaM / 2));
}

Value EpilogueLowering::gather(int64_t mTile, int64_t half, int64_t group) {
  int64_t width = plan.getLaneColumns(), tiles = width / 2;
  auto sumsType = VectorType::get({width}, builder.getF32Type());
  Value sums = arith::ConstantOp::create(builder, sumsType,
                                         builder.getZeroAttr(sumsType));
  for (int64_t i = 0; i < tiles; ++i) {
    Value fragment =
        store.getFragments()[mTile * countNTiles() + group * tiles + i];
    for (int64_t column : {0, 1}) {
      Value sum = vector::ExtractOp::create(builder, fragment,
                                            ArrayRef<int64_t>{half, column});
      sums = vector::InsertOp::create(builder, sum, sums, 2 * i + column);
    }
  }
  if (plan.isF32())
    return sums;
  return arith::TruncFOp::create(
      builder, VectorType::get({width}, type.getElementType()), sums);
}

/// The widest stores that rows of C allow: one of 16 bytes, or several.
void EpilogueLowering::storeVector(Value values, Value row, Value column) {
  int64_t width = cast<VectorType>(values.getType()).getNumElements();
  int64_t piece = std::min(width, rowAlignment / plan.getElementBytes());
  for (int64_t first = 0; first < width; first += piece) {
    Value part = values;
    if (piece < width)
      part = vector::ShuffleOp::create(
          builder, values, values,
          llvm::to_vector(llvm::seq<int64_t>(first, first + piece)));
    vector::StoreOp::create(builder, part, store.getC(),
                            ValueRange{row, index.add(column, first)},
                            /*nontemporal=*/false,
                            llvm::MaybeAlign(piece * plan.getElementBytes()));
  }
}

void EpilogueLowering::storeElements(Value values, Value row, Value column,
                                     Value columns) {
  int64_t width = cast<VectorType>(values.getType()).getNumElements();
  for (int64_t i = 0; i < width; ++i) {
    Value at = index.add(column, i);
    Value inside =
        arith::CmpIOp::create(builder, arith::CmpIPredicate::slt, at, columns);
    auto ifInside = scf::IfOp::create(builder, inside);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(ifInside.thenBlock());
    Value element = vector::ExtractOp::create(builder, values, i);
    memref::StoreOp::create(builder, element, store.getC(),
                            ValueRange{row, at});
  }
}

/// Stores `values` at [row, column ...], as far as they lie inside C.
void EpilogueLowering::storeRow(Value values, Value row, Value column) {
  OpBuilder::InsertionGuard guard(builder);
  if (rows) {
    Value inside =
        arith::CmpIOp::create(builder, arith::CmpIPredicate::slt, row, rows);
    auto ifInside = scf::IfOp::create(builder, inside);
    builder.setInsertionPointToStart(ifInside.thenBlock());
  }
  if (!columns)
    return storeVector(values, row, column);
  int64_t width = cast<VectorType>(values.getType()).getNumElements();
  Value end = index.add(column, width);
  Value whole =
      arith::CmpIOp::create(builder, arith::CmpIPredicate::sle, end, columns);
  auto ifWhole = scf::IfOp::create(builder, TypeRange{}, whole,
                                   /*withElseRegion=*/width > 1);
  builder.setInsertionPointToStart(ifWhole.thenBlock());
  storeVector(values, row, column);
  if (width == 1)
    return;
  builder.setInsertionPointToStart(ifWhole.elseBlock());
  storeElements(values, row, column, columns);
}

void EpilogueLowering::storeDirectly() {
  int64_t width = plan.getLaneColumns();
  for (int64_t mTile = 0; mTile < countMTiles(); ++mTile)
    for (int64_t half : {0, 1})
      for (int64_t group = 0; group < countLaneGroups(); ++group) {
        Value row = index.add(store.getRow(),
                              index.add(getRowInTile(half), mTile * kMmaM));
        Value column =
            index.add(store.getColumn(),
                      index.add(index.mul(t, width), group * 4 * width));
        storeRow(gather(mTile, half, group), row, column);
      }
}

//===----------------------------------------------------------------------===//
// Through shared memory
//===----------------------------------------------------------------------===//

/// Stages hold the next tile's operands while a persistent block stores.
bool EpilogueLowering::canPassShared() const {
  return rowAlignment < kChunkBytes && !plan.getConfig().isPersistent() &&
         plan.getSliceSumsBytes() + plan.getRowBuffersBytes() <=
             plan.getSharedBytes();
}

void EpilogueLowering::synchronizeWarp() {
  constexpr int32_t kAllLanes = -1;
  NVVM::SyncWarpOp::create(
      builder, arith::ConstantIntOp::create(builder, kAllLanes, /*width=*/32));
}

/// Writes the rows of an m16 tile in the order of its fragments, 16 bytes a
/// lane.
void EpilogueLowering::fillBuffer(int64_t mTile) {
  int64_t width = plan.getLaneColumns();
  for (int64_t half : {0, 1})
    for (int64_t group = 0; group < countLaneGroups(); ++group) {
      Value inWarp =
          index.add(index.add(index.mul(index.add(g, half * kMmaM / 2),
                                        plan.getRowBufferPitch()),
                              index.mul(t, width)),
                    group * 4 * width);
      vector::StoreOp::create(builder, gather(mTile, half, group), buffer,
                              index.add(firstOfWarp, inWarp),
                              /*nontemporal=*/false,
                              llvm::MaybeAlign(width * plan.getElementBytes()));
    }
}

/// Stores them to C, as far as they lie inside, adjacent lanes adjacent pieces
/// as wide as C's rows allow. All are read before the first is stored, so that
/// the reads overlap.
void EpilogueLowering::emptyBuffer(int64_t mTile) {
  int64_t width = rowAlignment / plan.getElementBytes();
  int64_t columnsOfWarp = store.getWarp()[1];
  auto pieceType = VectorType::get({width}, type.getElementType());
  SmallVector<std::pair<TilePiece, Value>> pieces;
  // Rows may begin in the middle of a sector, which two rounds then write: one
  // after the other, as they stand in memory.
  TileRounds rounds(kThreadsPerWarp, kMmaM, columnsOfWarp, width,
                    /*inStrips=*/false);
  for (int64_t round = 0; round < rounds.count(); ++round) {
    TilePiece place = rounds.getPiece(builder, lane, round);
    Value inWarp =
        index.add(index.mul(place.row, plan.getRowBufferPitch()), place.column);
    Value piece = vector::LoadOp::create(
        builder, pieceType, buffer, index.add(firstOfWarp, inWarp),
        /*nontemporal=*/false, llvm::MaybeAlign(rowAlignment));
    pieces.push_back({place, piece});
  }
  for (auto [place, piece] : pieces) {
    Value row = index.add(store.getRow(),
                          index.add(getRowInTile(place.row), mTile * kMmaM));
    storeRow(piece, row, index.add(store.getColumn(), place.column));
  }
}

void EpilogueLowering::storeThroughShared() {
  int64_t elementBytes = plan.getElementBytes();
  int64_t first = plan.getSliceSumsBytes() / elementBytes;
  int64_t warpElements = kMmaM * plan.getRowBufferPitch();
  buffer = viewDynamicShared(builder,
                             first + plan.getRowBuffersBytes() / elementBytes,
                             type.getElementType());
  Value warp = index.div(launch.getThreadIds().x, kThreadsPerWarp);
  // The warps that finish a part of the tile come first.
  firstOfWarp = index.add(index.mul(warp, warpElements), first);
  // Other warps may still read the stages. With slices, all have met since
  // (tt-combine-sums), and perhaps not all come here.
  if (plan.getConfig().getKSlices() == 1)
    gpu::BarrierOp::create(builder);
  for (int64_t mTile = 0; mTile < countMTiles(); ++mTile) {
    if (mTile > 0)
      synchronizeWarp();
    fillBuffer(mTile);
    synchronizeWarp();
    emptyBuffer(mTile);
  }
}

void EpilogueLowering::run() {
  lane = index.rem(launch.getThreadIds().x, kThreadsPerWarp);
  g = index.div(lane, 4);
  t = index.rem(lane, 4);
  rows = getBound(0, plan.getConfig().getBlockM());
  columns = getBound(1, plan.getConfig().getBlockN());
  if (canPassShared())
    storeThroughShared();
  else
    storeDirectly();
  store.erase();
}

namespace {

struct LowerEpilogue : tt::impl::LowerEpilogueBase<LowerEpilogue> {
  using LowerEpilogueBase::LowerEpilogueBase;

  void runOnOperation() override {
    SmallVector<StoreFragmentsOp> stores;
    getOperation()->walk([&](StoreFragmentsOp op) { stores.push_back(op); });
    for (StoreFragmentsOp store : stores) {
      FailureOr<gpu::LaunchOp> launch = getConfiguredLaunch(store);
      if (failed(launch))
        return signalPassFailure();
      if (getConfig(*launch).hasPartialSums() && !store.getCombined()) {
        store.emitOpError("stores partial sums, as the config has k_slices, "
                          "split_k or stream_k; run tt-combine-sums first");
        return signalPassFailure();
      }
      EpilogueLowering(store, *launch, rowAlignment).run();
    }
  }
};

} // namespace
