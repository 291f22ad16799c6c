//===- NestTiles.cpp - One loop over k-tiles -> tiles, and k-tiles --------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A persistent block runs over the k-tiles of all its tiles in one loop
// (tt-tile-to-blocks), so that the pipeline's copies go on from one tile into
// the next. Once they are in place, the loop becomes two:
//
//   scf.for %i                          scf.for %t
//     %kt = %i mod kTiles                 %m = f(%t), %m1 = f(%t + 1)
//     %kc = (%i + c) mod kTiles           scf.for %k = 0 to kTiles
//     %mc = f((%i + c) / kTiles)            %crosses = %k + c >= kTiles
//     copy %kc, %mc                ->       copy %crosses ? %k + c - kTiles : ...,
//     compute                                    %crosses ? %m1 : %m
//     if %kt == kTiles - 1                  compute
//       store f(%i / kTiles)              store %m
//       zero                              zero
//
// f is what depends on nothing in the loop but the tile, such as its row and
// column in C: once a tile instead of once a k-tile. With the store in the loop
// ptxas would execute all its instructions in every iteration, predicated.
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/PatternMatch.h"
#include "tt/Transforms/KernelUtils.h"
#include "tt/Transforms/Passes.h"
#include "llvm/ADT/SetVector.h"

namespace mlir::tt {
#define GEN_PASS_DEF_NESTTILES
#include "tt/Transforms/Passes.h.inc"
} // namespace mlir::tt

using namespace mlir;
using namespace mlir::tt;

namespace {

/// The k-tile and the tile that iteration i + `offset` works on.
struct Position {
  int64_t offset;
  SmallVector<Operation *> kTileOps, tileOps;
};

class TileNester {
public:
  TileNester(scf::ForOp loop, scf::IndexSwitchOp store, Value kTiles)
      : loop(loop), store(store), kTiles(kTiles), b(loop.getLoc(), loop),
        index(b) {}

  void run();

private:
  void collectPositions();
  void buildLoops();
  void moveStore();
  void replacePosition(const Position &position);
  llvm::SetVector<Operation *> collectSlice(const Position &position);
  IRMapping cloneSlice(const llvm::SetVector<Operation *> &slice,
                       const Position &position, Value tile);

  scf::ForOp loop;
  scf::IndexSwitchOp store;
  Value kTiles;
  ImplicitLocOpBuilder b;
  IndexBuilder index;
  SmallVector<Position> positions;
  /// The new loops, and the number of tiles.
  scf::ForOp outer, inner;
  Value tiles;
};

} // namespace

//===----------------------------------------------------------------------===//
// Positions
//===----------------------------------------------------------------------===//

/// c of a value i + c, i being the induction variable; none if it is not one.
static std::optional<int64_t> getOffset(Value value, scf::ForOp loop) {
  if (value == loop.getInductionVar())
    return 0;
  auto sum = value.getDefiningOp<arith::AddIOp>();
  if (!sum || sum.getLhs() != loop.getInductionVar())
    return std::nullopt;
  return getConstantIndex(sum.getRhs());
}

/// The divisor of the induction variable; null if the loop has none.
static Value findKTiles(scf::ForOp loop) {
  for (Operation &op : loop.getBody()->without_terminator())
    if (isa<arith::RemUIOp>(op) && getOffset(op.getOperand(0), loop) == 0 &&
        op.getOperand(1).getType().isIndex() &&
        loop.isDefinedOutsideOfLoop(op.getOperand(1)))
      return op.getOperand(1);
  return {};
}

void TileNester::collectPositions() {
  for (Operation &op : loop.getBody()->without_terminator()) {
    if (!isa<arith::DivUIOp, arith::RemUIOp>(op) || op.getOperand(1) != kTiles)
      continue;
    std::optional<int64_t> offset = getOffset(op.getOperand(0), loop);
    if (!offset)
      continue;
    auto found = llvm::find_if(
        positions, [&](const Position &p) { return p.offset == *offset; });
    if (found == positions.end())
      found = positions.insert(found, Position{*offset, {}, {}});
    (isa<arith::DivUIOp>(op) ? found->tileOps : found->kTileOps).push_back(&op);
  }
}

/// What depends on the tile of `position` and on nothing else in the loop.
llvm::SetVector<Operation *>
TileNester::collectSlice(const Position &position) {
  llvm::SetVector<Operation *> slice;
  auto isInSlice = [&](Value value) {
    Operation *op = value.getDefiningOp();
    return op && slice.contains(op);
  };
  for (Operation &op : inner.getBody()->without_terminator()) {
    if (llvm::is_contained(position.tileOps, &op)) {
      slice.insert(&op);
      continue;
    }
    if (isMemoryEffectFree(&op) && op.getNumRegions() == 0 &&
        llvm::any_of(op.getOperands(), isInSlice) &&
        llvm::all_of(op.getOperands(), [&](Value operand) {
          return isInSlice(operand) || outer.isDefinedOutsideOfLoop(operand);
        }))
      slice.insert(&op);
  }
  return slice;
}

/// The slice computed for tile number `tile`.
IRMapping TileNester::cloneSlice(const llvm::SetVector<Operation *> &slice,
                                 const Position &position, Value tile) {
  IRMapping mapping;
  for (Operation *op : slice) {
    if (llvm::is_contained(position.tileOps, op))
      mapping.map(op->getResult(0), tile);
    else
      b.clone(*op, mapping);
  }
  return mapping;
}

void TileNester::replacePosition(const Position &position) {
  llvm::SetVector<Operation *> slice = collectSlice(position);
  b.setInsertionPoint(inner);
  Value tile = outer.getInductionVar();
  IRMapping ofTile = cloneSlice(slice, position, tile), ofNext;
  Value k = inner.getInductionVar(), kTile = k, crosses;
  if (position.offset != 0) {
    // Nothing is copied for a tile that is none; its row would be none either.
    Value next = index.min(index.add(tile, 1), index.sub(tiles, 1));
    ofNext = cloneSlice(slice, position, next);
    b.setInsertionPointToStart(inner.getBody());
    Value ahead = index.add(k, position.offset);
    crosses = arith::CmpIOp::create(b, arith::CmpIPredicate::uge, ahead, kTiles);
    kTile = index.select(crosses, index.sub(ahead, kTiles), ahead);
  }
  for (Operation *op : position.kTileOps)
    op->getResult(0).replaceAllUsesWith(kTile);
  for (Operation *op : slice)
    for (Value result : op->getResults()) {
      auto isOutside = [&](OpOperand &use) {
        return !slice.contains(use.getOwner());
      };
      if (llvm::none_of(result.getUses(), isOutside))
        continue;
      Value value = ofTile.lookup(result);
      if (crosses)
        value = index.select(crosses, ofNext.lookup(result), value);
      result.replaceUsesWithIf(value, isOutside);
    }
  for (Operation *op : llvm::reverse(slice))
    op->erase();
}

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

/// The outer loop carries what the loop carried, and so does the inner one.
void TileNester::buildLoops() {
  // Exact: the loop was made to run over whole tiles.
  tiles = index.div(loop.getUpperBound(), kTiles);
  outer = scf::ForOp::create(b, index.constant(0), tiles, index.constant(1),
                             loop.getInitArgs());
  b.setInsertionPointToStart(outer.getBody());
  Value firstOfTile = index.mul(outer.getInductionVar(), kTiles);
  Value zero = index.constant(0), one = index.constant(1);
  inner = scf::ForOp::create(b, zero, kTiles, one, outer.getRegionIterArgs());
  b.setInsertionPointToStart(inner.getBody());
  Value i = index.add(firstOfTile, inner.getInductionVar());
  loop.getInductionVar().replaceAllUsesWith(i);
  for (auto [from, to] :
       llvm::zip_equal(loop.getRegionIterArgs(), inner.getRegionIterArgs()))
    from.replaceAllUsesWith(to);
  inner.getBody()->getOperations().splice(inner.getBody()->end(),
                                          loop.getBody()->getOperations());
}

/// The store follows the inner loop, whose results are the sums; what it passes
/// on instead is what the next tile begins with.
void TileNester::moveStore() {
  Operation *yield = inner.getBody()->getTerminator();
  Block &stored = store.getCaseBlock(0);
  auto passedOn = cast<scf::YieldOp>(store.getDefaultBlock().getTerminator());
  SmallVector<Value> results(inner.getResults());
  for (auto [operand, result] :
       llvm::zip_equal(yield->getOpOperands(), inner.getResults())) {
    auto ofStore = dyn_cast<OpResult>(operand.get());
    if (!ofStore || ofStore.getOwner() != store)
      continue;
    unsigned number = ofStore.getResultNumber();
    Value sums = passedOn.getOperand(number);
    operand.set(sums);
    sums.replaceUsesWithIf(result, [&](OpOperand &use) {
      return use.getOwner()->getBlock() == &stored;
    });
    results[result.getResultNumber()] =
        stored.getTerminator()->getOperand(number);
  }
  stored.getTerminator()->erase();
  outer.getBody()->getOperations().splice(outer.getBody()->end(),
                                          stored.getOperations());
  b.setInsertionPointToEnd(outer.getBody());
  scf::YieldOp::create(b, results);
  store.erase();
}

void TileNester::run() {
  for (Operation &op :
       llvm::make_early_inc_range(loop.getBody()->without_terminator()))
    if (op.hasTrait<OpTrait::ConstantLike>())
      op.moveBefore(loop);
  collectPositions();
  buildLoops();
  for (const Position &position : positions)
    replacePosition(position);
  moveStore();
  for (const Position &position : positions)
    for (Operation *op : position.kTileOps)
      op->erase();
  loop.replaceAllUsesWith(outer.getResults());
  loop.erase();
}

static scf::IndexSwitchOp findStore(scf::ForOp loop) {
  for (auto store : loop.getBody()->getOps<scf::IndexSwitchOp>())
    return store;
  return {};
}

namespace {

struct NestTiles : tt::impl::NestTilesBase<NestTiles> {
  void runOnOperation() override {
    for (gpu::LaunchOp launch : collectLaunches(getOperation())) {
      scf::ForOp loop = getKTileLoop(launch);
      if (!loop || !getConfig(launch).isPersistent())
        continue;
      // Of one k-tile a tile, the loop is as it should be.
      scf::IndexSwitchOp store = findStore(loop);
      Value kTiles = findKTiles(loop);
      if (store && kTiles)
        TileNester(loop, store, kTiles).run();
    }
  }
};

} // namespace
