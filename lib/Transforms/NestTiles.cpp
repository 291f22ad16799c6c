//===- NestTiles.cpp - One loop over k-tiles -> tiles, and k-tiles --------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A persistent block runs over the k-tiles of all its tiles in one loop
// (tt-tile-to-blocks), so that the pipeline's copies go on from one tile into
// the next. Once they are in place, c k-tiles ahead, the loop becomes three:
//
//   scf.for %i                          scf.for %t
//     copy (%i + c) mod kTiles            scf.for %k = 0 to kTiles - c
//       of f((%i + c) / kTiles)             copy %k + c of f(%t)
//     compute                               compute
//     if %i mod kTiles == kTiles - 1      scf.for %k = kTiles - c to kTiles
//       store f(%i / kTiles)       ->       copy %k + c - kTiles of f(%t + 1)
//       zero                                compute
//                                         store f(%t)
//                                         zero
//
// f is what depends on nothing in the loop but the tile, such as its row and
// column in C: once a tile instead of once a k-tile. In either inner loop the
// addresses of copies grow by the same in each iteration, as they do in a block
// of one tile. A loop with the store in it would be shorter to write, but there
// ptxas executes all the store's instructions in every iteration, predicated.
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Transforms/LoopInvariantCodeMotionUtils.h"
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

/// What the loop carries past the store, as its result number `number`:
/// `stored` before it and `next` after it.
struct StoredSums {
  unsigned number;
  Value stored, next;
};

class TileNester {
public:
  TileNester(scf::ForOp loop, scf::IndexSwitchOp store, Value kTiles)
      : loop(loop), store(store), kTiles(kTiles), b(loop.getLoc(), loop),
        index(b) {}

  LogicalResult run();

private:
  LogicalResult findAhead();
  void buildLoops();
  void takeStore();
  void splitLoop();
  void placeStore();
  /// The k-tile and what depends on the tile, in an inner loop in which
  /// `position` is in tile `tile`, and past kTiles if that is the next one.
  void resolve(const Position &position, scf::ForOp inner, Value tile,
               bool isNext);
  void resolveLimits(scf::ForOp inner, Value i, Value isInside);
  bool isLimit(arith::CmpIOp compare, Value i);

  scf::ForOp loop;
  scf::IndexSwitchOp store;
  Value kTiles;
  ImplicitLocOpBuilder b;
  IndexBuilder index;
  /// How many k-tiles copies are ahead.
  int64_t ahead = 0;
  /// The loop over tiles, that over the k-tiles for which copies are in the
  /// same tile, and the one over all others (null if copies are not ahead).
  scf::ForOp outer, same, next;
  /// The number of tiles, and the k-tile in all tiles.
  Value tiles, i;
  /// The store's ops, until they have their place.
  Block stored;
  SmallVector<StoredSums> sums;
};

} // namespace

//===----------------------------------------------------------------------===//
// Positions
//===----------------------------------------------------------------------===//

/// The divisor of the induction variable; null if the loop has none.
static Value findKTiles(scf::ForOp loop) {
  for (auto op : loop.getBody()->getOps<arith::RemUIOp>())
    if (getDistance(op.getLhs(), loop.getInductionVar()) == 0 &&
        op.getType().isIndex() && loop.isDefinedOutsideOfLoop(op.getRhs()))
      return op.getRhs();
  return {};
}

static SmallVector<Position> collectPositions(Block &body, Value i,
                                              Value kTiles) {
  SmallVector<Position> positions;
  for (Operation &op : body.without_terminator()) {
    if (!isa<arith::DivUIOp, arith::RemUIOp>(op) || op.getOperand(1) != kTiles)
      continue;
    std::optional<int64_t> offset = getDistance(op.getOperand(0), i);
    if (!offset)
      continue;
    auto found = llvm::find_if(
        positions, [&](const Position &p) { return p.offset == *offset; });
    if (found == positions.end())
      found = positions.insert(found, Position{*offset, {}, {}});
    (isa<arith::DivUIOp>(op) ? found->tileOps : found->kTileOps).push_back(&op);
  }
  return positions;
}

/// What depends on `tileOps` and on nothing else in the loop.
static llvm::SetVector<Operation *>
collectSlice(scf::ForOp inner, ArrayRef<Operation *> tileOps) {
  llvm::SetVector<Operation *> slice(tileOps.begin(), tileOps.end());
  auto isInSlice = [&](Value value) {
    Operation *op = value.getDefiningOp();
    return op && slice.contains(op);
  };
  for (Operation &op : inner.getBody()->without_terminator())
    if (isMemoryEffectFree(&op) && op.getNumRegions() == 0 &&
        llvm::any_of(op.getOperands(), isInSlice) &&
        llvm::all_of(op.getOperands(), [&](Value operand) {
          return isInSlice(operand) || inner.isDefinedOutsideOfLoop(operand);
        }))
      slice.insert(&op);
  return slice;
}

void TileNester::resolve(const Position &position, scf::ForOp inner, Value tile,
                         bool isNext) {
  b.setInsertionPoint(inner);
  IRMapping mapping;
  llvm::SetVector<Operation *> slice = collectSlice(inner, position.tileOps);
  for (Operation *op : slice) {
    if (llvm::is_contained(position.tileOps, op))
      mapping.map(op->getResult(0), tile);
    else
      b.clone(*op, mapping);
  }
  for (Operation *op : slice)
    op->getResult(0).replaceAllUsesWith(mapping.lookup(op->getResult(0)));
  for (Operation *op : llvm::reverse(slice))
    op->erase();

  b.setInsertionPointToStart(inner.getBody());
  Value kTile = index.add(inner.getInductionVar(), position.offset);
  if (isNext)
    kTile = index.sub(kTile, kTiles);
  for (Operation *op : position.kTileOps) {
    op->getResult(0).replaceAllUsesWith(kTile);
    op->erase();
  }
}

/// i < end - ahead: copies are predicated by it.
bool TileNester::isLimit(arith::CmpIOp compare, Value i) {
  auto limit = compare.getRhs().getDefiningOp<arith::SubIOp>();
  return compare.getPredicate() == arith::CmpIPredicate::slt &&
         compare.getLhs() == i && limit &&
         limit.getLhs() == loop.getUpperBound() &&
         getConstantIndex(limit.getRhs()) == ahead;
}

/// Whether a copy lies inside the last tile is known of a whole inner loop.
void TileNester::resolveLimits(scf::ForOp inner, Value i, Value isInside) {
  for (auto compare :
       llvm::make_early_inc_range(inner.getBody()->getOps<arith::CmpIOp>())) {
    if (!isLimit(compare, i))
      continue;
    compare.replaceAllUsesWith(isInside);
    compare.erase();
  }
}

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

/// The outer loop carries what the loop carried, and so does the inner one.
void TileNester::buildLoops() {
  // Exact: the loop was made to run over whole tiles.
  tiles = index.div(loop.getUpperBound(), kTiles);
  Value zero = index.constant(0), one = index.constant(1);
  outer = scf::ForOp::create(b, zero, tiles, one, loop.getInitArgs());
  b.setInsertionPointToStart(outer.getBody());
  Value firstOfTile = index.mul(outer.getInductionVar(), kTiles);
  same = scf::ForOp::create(b, zero, kTiles, one, outer.getRegionIterArgs());
  b.setInsertionPointToStart(same.getBody());
  i = index.add(firstOfTile, same.getInductionVar());
  loop.getInductionVar().replaceAllUsesWith(i);
  for (auto [from, to] :
       llvm::zip_equal(loop.getRegionIterArgs(), same.getRegionIterArgs()))
    from.replaceAllUsesWith(to);
  same.getBody()->getOperations().splice(same.getBody()->end(),
                                         loop.getBody()->getOperations());
}

/// Takes the store out of the inner loop, which then passes on the sums.
void TileNester::takeStore() {
  auto passedOn = cast<scf::YieldOp>(store.getDefaultBlock().getTerminator());
  Operation *afterStored = store.getCaseBlock(0).getTerminator();
  for (OpOperand &operand : same.getBody()->getTerminator()->getOpOperands()) {
    auto result = dyn_cast<OpResult>(operand.get());
    if (!result || result.getOwner() != store)
      continue;
    unsigned ofStore = result.getResultNumber();
    sums.push_back({operand.getOperandNumber(), passedOn.getOperand(ofStore),
                    afterStored->getOperand(ofStore)});
    operand.set(sums.back().stored);
  }
  afterStored->erase();
  stored.getOperations().splice(stored.end(),
                                store.getCaseBlock(0).getOperations());
  store.erase();
}

/// Copies cross into the next tile `ahead` k-tiles before the end.
void TileNester::splitLoop() {
  b.setInsertionPoint(same);
  Value crossing = index.sub(kTiles, ahead);
  same.setUpperBound(crossing);
  b.setInsertionPointAfter(same);
  IRMapping mapping;
  next = cast<scf::ForOp>(b.clone(*same, mapping));
  next.setLowerBound(crossing);
  next.setUpperBound(kTiles);
  next.getInitArgsMutable().assign(same.getResults());

  Value iOfNext = mapping.lookup(i);
  Position ofSame = collectPositions(*same.getBody(), i, kTiles).front();
  Position ofNext = collectPositions(*next.getBody(), iOfNext, kTiles).front();
  resolve(ofSame, same, outer.getInductionVar(), /*isNext=*/false);
  b.setInsertionPoint(same);
  Value following = index.add(outer.getInductionVar(), 1);
  Value isOne = index.isLess(following, tiles);
  // Nothing is copied for a tile that is none; its row would be none either.
  Value nextTile = index.min(following, index.sub(tiles, 1));
  resolve(ofNext, next, nextTile, /*isNext=*/true);
  b.setInsertionPoint(same);
  Value always = arith::ConstantIntOp::create(b, b.getI1Type(), 1);
  resolveLimits(same, i, always);
  resolveLimits(next, iOfNext, isOne);
}

/// The store follows the inner loops, whose results are the sums.
void TileNester::placeStore() {
  scf::ForOp last = next ? next : same;
  SmallVector<Value> results(last.getResults());
  for (StoredSums &of : sums) {
    Value result = last.getResult(of.number);
    of.stored.replaceUsesWithIf(result, [&](OpOperand &use) {
      return use.getOwner()->getBlock() == &stored;
    });
    results[of.number] = of.next;
  }
  outer.getBody()->getOperations().splice(outer.getBody()->end(),
                                          stored.getOperations());
  b.setInsertionPointToEnd(outer.getBody());
  scf::YieldOp::create(b, results);
}

/// Beside the tile that is computed, the loop may be in one other.
LogicalResult TileNester::findAhead() {
  for (const Position &position :
       collectPositions(*loop.getBody(), loop.getInductionVar(), kTiles)) {
    if (position.offset < 0 ||
        (ahead && position.offset && position.offset != ahead))
      return loop.emitOpError("expected copies to be one number of k-tiles "
                              "ahead, found ")
             << ahead << " and " << position.offset;
    ahead = std::max(ahead, position.offset);
  }
  return success();
}

LogicalResult TileNester::run() {
  // What the store takes from the loop is the sums and the tile.
  moveLoopInvariantCode(loop);
  if (failed(findAhead()))
    return failure();
  buildLoops();
  for (const Position &position : collectPositions(*same.getBody(), i, kTiles))
    if (position.offset == 0)
      resolve(position, same, outer.getInductionVar(), /*isNext=*/false);
  takeStore();
  if (ahead > 0)
    splitLoop();
  placeStore();
  loop.replaceAllUsesWith(outer.getResults());
  loop.erase();
  return success();
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
      if (store && kTiles && failed(TileNester(loop, store, kTiles).run()))
        return signalPassFailure();
    }
  }
};

} // namespace
