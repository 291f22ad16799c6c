//===- RepairRows.cpp - Set marked rows and columns of C to NaN -----------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// At the end of a kernel with guarded rounding, the block that arrives last of
// all sets the rows and columns of C that any block has marked (tt-guard-tiles)
// to NaN, and takes the marks back.
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "tt/Transforms/Passes.h"
#include "tt/Transforms/Workspace.h"
#include <limits>

namespace mlir::tt {
#define GEN_PASS_DEF_REPAIRROWS
#include "tt/Transforms/Passes.h.inc"
} // namespace mlir::tt

using namespace mlir;
using namespace mlir::tt;

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

struct RepairRows : tt::impl::RepairRowsBase<RepairRows> {
  void runOnOperation() override {
    for (gpu::LaunchOp launch : collectLaunches(getOperation())) {
      if (getConfig(launch).getRoundingForm() != RoundingForm::guarded)
        continue;
      StoreFragmentsOp store;
      launch.walk([&](StoreFragmentsOp op) { store = op; });
      if (!store) {
        launch.emitOpError("expected tt.store_fragments in a kernel with "
                           "rounding_form = guarded");
        return signalPassFailure();
      }
      Value c = store.getC();
      addRepair(launch, TilePlan(getConfig(launch), getElementTypeOrSelf(c)),
                c);
    }
  }
};

} // namespace
