//===- CountTiles.cpp - i mod k-tiles, i / k-tiles -> carried counters ----===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The loop of a persistent block runs over the k-tiles of all its tiles
// (tt-tile-to-blocks), and after the pipelining one iteration copies for tile
// (i + c) / k-tiles and computes tile i / k-tiles:
//
//   scf.for %i                     scf.for %i iter_args(%k = c mod kTiles,
//     %k = (%i + c) mod kTiles                          %t = c / kTiles,
//     %t = (%i + c) / kTiles                            %m = f(%t))
//     %m = f(%t)                     use %k, %m
//     use %k, %m               ->    %up = %k + 1
//                                    %wraps = %up == kTiles
//                                    %next = %wraps ? 0 : %up
//                                    %t1, %m1 = scf.if %wraps
//                                      yield %t + 1, f(%t + 1)
//                                    else
//                                      yield %t, %m
//                                    scf.yield %next, %t1, %m1
//
// f is what depends on nothing in the loop but the tile, such as the block row
// and column of tt-tile-to-blocks' raster: once a tile instead of once a k-tile.
// Where only the region of one op uses it (the store at a tile's end), it moves
// there and is not carried.
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/PatternMatch.h"
#include "tt/Transforms/KernelUtils.h"
#include "tt/Transforms/Passes.h"
#include "llvm/ADT/SetVector.h"

namespace mlir::tt {
#define GEN_PASS_DEF_COUNTTILES
#include "tt/Transforms/Passes.h.inc"
} // namespace mlir::tt

using namespace mlir;
using namespace mlir::tt;

namespace {

/// The k-tile and the tile that iteration i + `offset` works on.
struct Position {
  int64_t offset;
  Value kTiles;
  SmallVector<Operation *> kTileOps, tileOps;
};

class PositionCounter {
public:
  PositionCounter(scf::ForOp loop, Position position)
      : loop(loop), position(std::move(position)) {}

  /// The loop that carries the counters.
  scf::ForOp run();

private:
  void collectSlice();
  void collectCarried();
  bool sinkIntoRegion();
  /// Copies of the slice for tile number `tile`, an i32.
  IRMapping cloneSlice(OpBuilder &builder, Value tile);
  SmallVector<Value> getFirst();
  SmallVector<Value> getNext(ImplicitLocOpBuilder &b,
                             ArrayRef<BlockArgument> counters);
  void replaceUses(ArrayRef<BlockArgument> counters);
  bool isInSlice(Operation *op) const;

  scf::ForOp loop;
  Position position;
  /// tileOps, and what depends on nothing else in the loop, in order.
  llvm::SetVector<Operation *> slice;
  /// Results of the slice that others use.
  SmallVector<Value> carried;
};

} // namespace

void PositionCounter::collectSlice() {
  for (Operation &op : loop.getBody()->without_terminator()) {
    if (llvm::is_contained(position.tileOps, &op)) {
      slice.insert(&op);
      continue;
    }
    if (!isMemoryEffectFree(&op) || op.getNumRegions() != 0)
      continue;
    bool dependsOnTile = false, dependsOnOthers = false;
    for (Value operand : op.getOperands()) {
      bool ofSlice = isInSlice(operand.getDefiningOp());
      dependsOnTile |= ofSlice;
      dependsOnOthers |= !ofSlice && !loop.isDefinedOutsideOfLoop(operand);
    }
    if (dependsOnTile && !dependsOnOthers)
      slice.insert(&op);
  }
}

bool PositionCounter::isInSlice(Operation *op) const {
  return op && slice.contains(op);
}

void PositionCounter::collectCarried() {
  for (Operation *op : slice) {
    if (llvm::is_contained(position.tileOps, op))
      continue;
    for (Value result : op->getResults())
      if (llvm::any_of(result.getUsers(),
                       [&](Operation *user) { return !isInSlice(user); }))
        carried.push_back(result);
  }
}

IRMapping PositionCounter::cloneSlice(OpBuilder &builder, Value tile) {
  IRMapping mapping;
  Value index = arith::IndexCastOp::create(builder, loop.getLoc(),
                                           builder.getIndexType(), tile);
  for (Operation *op : slice) {
    if (llvm::is_contained(position.tileOps, op))
      mapping.map(op->getResult(0), index);
    else
      builder.clone(*op, mapping);
  }
  return mapping;
}

/// If nothing but one region uses the slice, it is computed there.
bool PositionCounter::sinkIntoRegion() {
  Block *target = nullptr;
  for (Value value : carried)
    for (Operation *user : value.getUsers()) {
      if (isInSlice(user))
        continue;
      if (user->getBlock() == loop.getBody() ||
          (target && user->getBlock() != target))
        return false;
      target = user->getBlock();
    }
  if (!target)
    return false;
  for (Operation *op : llvm::reverse(slice)) {
    if (llvm::is_contained(position.tileOps, op))
      continue;
    op->moveBefore(target, target->begin());
  }
  carried.clear();
  slice.remove_if([&](Operation *op) {
    return !llvm::is_contained(position.tileOps, op);
  });
  return true;
}

SmallVector<Value> PositionCounter::getFirst() {
  ImplicitLocOpBuilder b(loop.getLoc(), loop);
  IndexBuilder index(b), narrow(b, b.getI32Type());
  Value offset = index.constant(position.offset);
  SmallVector<Value> first = {
      narrow.cast(index.rem(offset, position.kTiles)),
      narrow.cast(index.div(offset, position.kTiles))};
  if (carried.empty())
    return first;
  IRMapping mapping = cloneSlice(b, first[1]);
  for (Value value : carried)
    first.push_back(mapping.lookup(value));
  return first;
}

SmallVector<Value>
PositionCounter::getNext(ImplicitLocOpBuilder &b,
                         ArrayRef<BlockArgument> counters) {
  IndexBuilder narrow(b, b.getI32Type());
  Value up = narrow.add(counters[0], 1);
  Value wraps = arith::CmpIOp::create(b, arith::CmpIPredicate::eq, up,
                                      narrow.cast(position.kTiles));
  SmallVector<Value> next = {narrow.select(wraps, narrow.constant(0), up)};
  SmallVector<Value> same(counters.begin() + 1, counters.end());
  auto ifWraps = scf::IfOp::create(b, ValueRange(same).getTypes(), wraps,
                                   /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(ifWraps.thenBlock());
  SmallVector<Value> moved = {narrow.add(counters[1], 1)};
  IRMapping mapping = cloneSlice(b, moved[0]);
  for (Value value : carried)
    moved.push_back(mapping.lookup(value));
  scf::YieldOp::create(b, moved);
  b.setInsertionPointToStart(ifWraps.elseBlock());
  scf::YieldOp::create(b, same);
  llvm::append_range(next, ifWraps.getResults());
  return next;
}

void PositionCounter::replaceUses(ArrayRef<BlockArgument> counters) {
  OpBuilder builder(loop.getBody(), loop.getBody()->begin());
  auto replaceAll = [&](ArrayRef<Operation *> ops, Value counter) {
    Value index = arith::IndexCastOp::create(builder, loop.getLoc(),
                                             builder.getIndexType(), counter);
    for (Operation *op : ops)
      op->getResult(0).replaceUsesWithIf(index, [&](OpOperand &use) {
        return !isInSlice(use.getOwner());
      });
  };
  replaceAll(position.kTileOps, counters[0]);
  replaceAll(position.tileOps, counters[1]);
  for (auto [value, counter] :
       llvm::zip_equal(carried, counters.drop_front(2)))
    value.replaceUsesWithIf(counter, [&](OpOperand &use) {
      return !isInSlice(use.getOwner());
    });
  for (Operation *op : llvm::reverse(slice))
    op->erase();
  for (Operation *op : position.kTileOps)
    op->erase();
}

scf::ForOp PositionCounter::run() {
  collectSlice();
  collectCarried();
  sinkIntoRegion();
  IRRewriter rewriter(loop.getContext());
  rewriter.setInsertionPoint(loop);
  SmallVector<BlockArgument> counters;
  // Only fails for loops that carry tensors and the like.
  auto counted = loop.replaceWithAdditionalYields(
      rewriter, getFirst(), /*replaceInitOperandUsesInLoop=*/false,
      [&](OpBuilder &builder, Location loc, ArrayRef<BlockArgument> arguments) {
        llvm::append_range(counters, arguments);
        ImplicitLocOpBuilder b(loc, builder);
        return getNext(b, arguments);
      });
  if (failed(counted))
    return loop;
  loop = cast<scf::ForOp>(**counted);
  replaceUses(counters);
  return loop;
}

/// c of a value i + c, i being the induction variable; none if it is not one.
static std::optional<int64_t> getOffset(Value value, scf::ForOp loop) {
  if (value == loop.getInductionVar())
    return 0;
  auto sum = value.getDefiningOp<arith::AddIOp>();
  if (!sum || sum.getLhs() != loop.getInductionVar())
    return std::nullopt;
  return getConstantIndex(sum.getRhs());
}

/// The first position that the loop divides for.
static std::optional<Position> findPosition(scf::ForOp loop) {
  std::optional<Position> found;
  for (Operation &op : loop.getBody()->without_terminator()) {
    if (!isa<arith::DivUIOp, arith::RemUIOp>(op) ||
        !op.getResult(0).getType().isIndex())
      continue;
    Value kTiles = op.getOperand(1);
    std::optional<int64_t> offset = getOffset(op.getOperand(0), loop);
    if (!offset || !loop.isDefinedOutsideOfLoop(kTiles))
      continue;
    if (!found)
      found = Position{*offset, kTiles, {}, {}};
    if (found->offset != *offset || found->kTiles != kTiles)
      continue;
    (isa<arith::DivUIOp>(op) ? found->tileOps : found->kTileOps).push_back(&op);
  }
  return found;
}

namespace {

struct CountTiles : tt::impl::CountTilesBase<CountTiles> {
  void runOnOperation() override {
    for (gpu::LaunchOp launch : collectLaunches(getOperation())) {
      scf::ForOp loop = getKTileLoop(launch);
      if (!loop || !getConfig(launch).isPersistent())
        continue;
      for (Operation &op :
           llvm::make_early_inc_range(loop.getBody()->without_terminator()))
        if (op.hasTrait<OpTrait::ConstantLike>())
          op.moveBefore(loop);
      while (std::optional<Position> position = findPosition(loop))
        loop = PositionCounter(loop, *position).run();
    }
  }
};

} // namespace
