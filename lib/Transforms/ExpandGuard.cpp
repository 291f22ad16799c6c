//===- ExpandGuard.cpp - Put tt.guard_tile between iterations -------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The k-tile loop is cut into segments that end where a tile is to be looked
// at, so that the loop itself, the hot one, has no branch more than before:
//
//   for segment = 0 ... :
//     hi = first + segment * period
//     for i = max(hi - period, 0) ... min(hi, tiles): body of the k-tile loop
//     if hi < tiles: body of tt.guard_tile, for slot hi mod stages
//
// Before iteration hi, its tile has landed: the barrier for it stands in
// iteration hi - 1. It is not overwritten before all have passed the next one.
//
// At the end of the kernel, the block that arrives last of all sets the rows
// and columns of C that were marked to NaN, and takes the marks back.
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/IRMapping.h"
#include "tt/Transforms/Passes.h"
#include "tt/Transforms/Workspace.h"
#include <limits>

namespace mlir::tt {
#define GEN_PASS_DEF_EXPANDGUARD
#include "tt/Transforms/Passes.h.inc"
} // namespace mlir::tt

using namespace mlir;
using namespace mlir::tt;

/// Cuts `loop` into segments with `guard` between them.
static void segmentLoop(GuardTileOp guard, scf::ForOp loop, int64_t stages) {
  ImplicitLocOpBuilder b(loop.getLoc(), loop);
  IndexBuilder index(b);
  int64_t period = guard.getPeriod();
  Value first = guard.getFirst(), tiles = loop.getUpperBound();
  Value zero = index.constant(0), one = index.constant(1);
  // The last segment is the first that ends at or behind the last tile.
  Value beyond = b.createOrFold<arith::MaxSIOp>(index.sub(tiles, first), zero);
  Value segments =
      index.add(index.div(index.add(beyond, period - 1), period), 1);
  auto outer = scf::ForOp::create(b, zero, segments, one, loop.getInitArgs());
  b.setInsertionPointToStart(outer.getBody());
  Value high = index.add(first, index.mul(outer.getInductionVar(), period));
  Value low = b.createOrFold<arith::MaxSIOp>(
      index.sub(high, index.constant(period)), zero);
  auto inner = scf::ForOp::create(b, low, index.min(high, tiles), one,
                                  outer.getRegionIterArgs());
  Block *body = inner.getBody();
  if (!body->empty())
    body->back().erase();
  body->getOperations().splice(body->end(), loop.getBody()->getOperations());
  for (auto [old, now] :
       llvm::zip_equal(loop.getBody()->getArguments(), body->getArguments()))
    old.replaceAllUsesWith(now);

  Value isLeft =
      arith::CmpIOp::create(b, arith::CmpIPredicate::slt, high, tiles);
  auto ifLeft = scf::IfOp::create(b, isLeft);
  if (outer.getNumResults() != 0)
    scf::YieldOp::create(b, inner.getResults());
  b.setInsertionPointToStart(ifLeft.thenBlock());
  Block &guardBody = guard.getBody().front();
  guardBody.getArgument(0).replaceAllUsesWith(index.rem(high, stages));
  ifLeft.thenBlock()->getOperations().splice(b.getInsertionPoint(),
                                             guardBody.getOperations());
  loop.replaceAllUsesWith(outer.getResults());
  loop.erase();
}

/// Sets C[position, :] (dim 0) or C[:, position] (dim 1) to NaN for each mark,
/// the threads sharing the marks.
static void setMarked(ImplicitLocOpBuilder &b, gpu::LaunchOp launch,
                      int64_t threads, Value c, Value marks, unsigned dim) {
  OpBuilder::InsertionGuard guard(b);
  IndexBuilder index(b);
  auto type = cast<MemRefType>(c.getType());
  auto loop = scf::ForOp::create(b, launch.getThreadIds().x,
                                 index.constant(type.getDimSize(dim)),
                                 index.constant(threads));
  b.setInsertionPointToStart(loop.getBody());
  Value position = loop.getInductionVar();
  Value none = arith::ConstantIntOp::create(b, 0, /*width=*/32);
  Value isMarked =
      arith::CmpIOp::create(b, arith::CmpIPredicate::ne,
                            memref::LoadOp::create(b, marks, position), none);
  auto ifMarked = scf::IfOp::create(b, isMarked);
  b.setInsertionPointToStart(ifMarked.thenBlock());
  memref::StoreOp::create(b, none, marks, position);
  auto along = scf::ForOp::create(b, index.constant(0),
                                  index.constant(type.getDimSize(1 - dim)),
                                  index.constant(1));
  b.setInsertionPointToStart(along.getBody());
  Value nan = arith::ConstantOp::create(
      b, b.getF32FloatAttr(std::numeric_limits<float>::quiet_NaN()));
  Value other = along.getInductionVar();
  memref::StoreOp::create(b, nan, c,
                          dim == 0 ? ValueRange{position, other}
                                   : ValueRange{other, position});
}

/// What the last block does at the end of the kernel.
static void addRepair(gpu::LaunchOp launch, const TilePlan &plan, Value c) {
  ImplicitLocOpBuilder b(launch.getLoc(),
                         launch.getBody().front().getTerminator());
  IndexBuilder index(b);
  auto type = cast<MemRefType>(c.getType());
  int64_t rows = type.getDimSize(0), columns = type.getDimSize(1);
  int64_t blocks = plan.countBlocks(rows, columns);
  Workspace workspace = Workspace::getOrCreate(launch, plan, type);
  const WorkspaceLayout &layout = workspace.getLayout();
  Type i32 = b.getI32Type();
  Value zero = index.constant(0);
  Value ticket = workspace.view(b, layout.gridTicket, 1, i32);
  Value isLast = arriveLast(b, launch, ticket, zero, index.constant(blocks));
  auto ifLast = scf::IfOp::create(b, isLast);
  b.setInsertionPointToStart(ifLast.thenBlock());
  Value flag = workspace.view(b, layout.nanFlag, 1, i32);
  Value none = arith::ConstantIntOp::create(b, 0, /*width=*/32);
  Value isAny = arith::CmpIOp::create(
      b, arith::CmpIPredicate::ne, memref::LoadOp::create(b, flag, zero), none);
  auto ifAny = scf::IfOp::create(b, isAny);
  b.setInsertionPointToStart(ifAny.thenBlock());
  setMarked(b, launch, plan.getThreads(), c,
            workspace.view(b, layout.nanRows, rows, i32), /*dim=*/0);
  setMarked(b, launch, plan.getThreads(), c,
            workspace.view(b, layout.nanColumns, columns, i32), /*dim=*/1);
  // All have read the flag.
  gpu::BarrierOp::create(b);
  memref::StoreOp::create(b, none, flag, zero);
}

namespace {

struct ExpandGuard : tt::impl::ExpandGuardBase<ExpandGuard> {
  void runOnOperation() override {
    SmallVector<GuardTileOp> guards;
    getOperation()->walk([&](GuardTileOp op) { guards.push_back(op); });
    for (GuardTileOp guard : guards)
      if (failed(expand(guard)))
        return signalPassFailure();
  }

private:
  LogicalResult expand(GuardTileOp guard) {
    auto launch = guard->getParentOfType<gpu::LaunchOp>();
    ConfigAttr config = launch ? getConfig(launch) : ConfigAttr();
    scf::ForOp loop = config ? getKTileLoop(launch) : scf::ForOp();
    StoreFragmentsOp store;
    if (launch)
      launch.walk([&](StoreFragmentsOp op) { store = op; });
    if (!loop || !store)
      return guard.emitOpError("expected to stand before the k-tile loop of a "
                               "gpu.launch with tt.config, whose fragments are "
                               "stored by tt.store_fragments");
    Value c = store.getC();
    TilePlan plan(config, getElementTypeOrSelf(c));
    segmentLoop(guard, loop, config.getStages());
    addRepair(launch, plan, c);
    guard.erase();
    return success();
  }
};

} // namespace
