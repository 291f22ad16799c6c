//===- PipelineCopies.cpp - Prologue, steady state and drain --------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Expands the k-tile loop as tt-assign-stages recorded. With 3 stages, and
// copies before the barrier:
//
//   prologue       copy(0)  copy(1)  load(0)
//   steady state   for i:   copy(i + 2)  load(i + 1)  compute(i)
//   drain          wait for all copies
//
// The last iterations have no tile left to copy. They are not peeled, which
// would repeat the computation S - 1 times in code: their copies read nothing
// and fill the slot with zeros, and the groups still count, so that every wait
// means the same in every iteration. What such an iteration loads for the next
// one is those zeros, and is never used.
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/NVGPU/IR/NVGPUDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/SCF/Transforms/Transforms.h"
#include "tt/Transforms/KernelUtils.h"
#include "tt/Transforms/Passes.h"
#include "tt/Transforms/SharedAccess.h"

namespace mlir::tt {
#define GEN_PASS_DEF_PIPELINECOPIES
#include "tt/Transforms/Passes.h.inc"
} // namespace mlir::tt

using namespace mlir;
using namespace mlir::tt;

/// `x`, or zero where `predicate` is false, in a way that LLVM cannot look
/// through: it would make of a comparison with it two conditions again.
static Value selectOrZero(ImplicitLocOpBuilder &b, Value predicate, Value x) {
  IndexBuilder index(b, x.getType());
  Value selected = index.select(predicate, x, index.constant(0));
  return createEmptyAssembly(b, x.getType(), selected, "=r,0",
                             /*hasSideEffects=*/false)
      ->getResult(0);
}

/// Makes `copy` read nothing where `predicate` is false. A copy that reads
/// nothing beyond a limit (tt-stage-operands) gets a limit of zero there: one
/// select for all such copies, where a second condition would take one each.
static void predicateCopy(RewriterBase &rewriter, nvgpu::DeviceAsyncCopyOp copy,
                          Value predicate) {
  ImplicitLocOpBuilder b(copy.getLoc(), rewriter);
  b.setInsertionPoint(copy);
  IndexBuilder index(b);
  Value elements = copy.getSrcElements();
  if (!elements)
    elements = index.constant(copy.getDstElements().getSExtValue());
  auto select = elements.getDefiningOp<arith::SelectOp>();
  auto isBelow = select ? select.getCondition().getDefiningOp<arith::CmpIOp>()
                        : arith::CmpIOp();
  // position < limit, or as canonicalization leaves it if that is a constant.
  bool isSwapped =
      isBelow && isBelow.getPredicate() == arith::CmpIPredicate::sgt;
  bool hasLimit =
      isBelow && getConstantIndex(select.getFalseValue()) == 0 &&
      (isSwapped || isBelow.getPredicate() == arith::CmpIPredicate::slt) &&
      isBelow.getLhs().getType().isInteger(32);
  if (hasLimit) {
    Value position = isBelow.getLhs(), limit = isBelow.getRhs();
    if (isSwapped)
      std::swap(position, limit);
    limit = selectOrZero(b, predicate, limit);
    predicate = IndexBuilder(b, limit.getType()).isLess(position, limit);
    elements = select.getTrueValue();
  }
  copy.getSrcElementsMutable().assign(
      index.select(predicate, elements, index.constant(0)));
}

/// Makes a load through registers yield zero where `predicate` is false.
static Operation *predicateLoad(RewriterBase &rewriter, memref::LoadOp load,
                                Value predicate) {
  OpBuilder::InsertionGuard guard(rewriter);
  rewriter.setInsertionPoint(load);
  Location loc = load.getLoc();
  auto guarded = scf::IfOp::create(rewriter, loc, load.getType(), predicate,
                                   /*withElseRegion=*/true);
  rewriter.replaceAllUsesWith(load.getResult(), guarded.getResult(0));
  rewriter.setInsertionPointToStart(guarded.thenBlock());
  auto yield = scf::YieldOp::create(rewriter, loc, load.getResult());
  rewriter.moveOpBefore(load, yield);
  rewriter.setInsertionPointToStart(guarded.elseBlock());
  Value zero = arith::ConstantOp::create(rewriter, loc,
                                         rewriter.getZeroAttr(load.getType()));
  scf::YieldOp::create(rewriter, loc, zero);
  return guarded;
}

/// Copies are predicated; all else may run in iterations it is not needed in.
static Operation *predicateOp(RewriterBase &rewriter, Operation *op,
                              Value predicate) {
  auto load = dyn_cast<memref::LoadOp>(op);
  if (load && !isLookLoad(load))
    return predicateLoad(rewriter, load, predicate);
  // A guarded load through registers: outside, it yields zero.
  auto guarded = dyn_cast<scf::IfOp>(op);
  if (guarded && guarded.getNumResults() != 0) {
    OpBuilder::InsertionGuard guard(rewriter);
    rewriter.setInsertionPoint(op);
    Value both = arith::AndIOp::create(rewriter, op->getLoc(),
                                       guarded.getCondition(), predicate);
    guarded.getConditionMutable().assign(both);
    return op;
  }
  op->walk([&](nvgpu::DeviceAsyncCopyOp copy) {
    predicateCopy(rewriter, copy, predicate);
  });
  return op;
}

/// The schedule that tt-assign-stages recorded, and the attributes taken off.
static void
readSchedule(scf::ForOp loop,
             std::vector<std::pair<Operation *, unsigned>> &result) {
  for (Operation &op : loop.getBody()->without_terminator())
    result.push_back(
        {&op, op.getAttrOfType<IntegerAttr>(kStageAttrName).getInt()});
  llvm::sort(result, [](const auto &x, const auto &y) {
    return x.first->template getAttrOfType<IntegerAttr>(kOrderAttrName)
               .getInt() <
           y.first->template getAttrOfType<IntegerAttr>(kOrderAttrName)
               .getInt();
  });
}

namespace {

struct PipelineCopies : tt::impl::PipelineCopiesBase<PipelineCopies> {
  void runOnOperation() override {
    SmallVector<scf::ForOp> loops;
    for (gpu::LaunchOp launch : collectLaunches(getOperation()))
      launch.walk([&](scf::ForOp loop) {
        if (loop.getBody()->front().hasAttr(kStageAttrName))
          loops.push_back(loop);
      });
    for (scf::ForOp loop : loops)
      if (failed(pipeline(loop)))
        return signalPassFailure();
  }

private:
  LogicalResult pipeline(scf::ForOp loop) {
    for (Operation &op : loop.getBody()->without_terminator())
      if (!op.hasAttrOfType<IntegerAttr>(kStageAttrName) ||
          !op.hasAttrOfType<IntegerAttr>(kOrderAttrName))
        return op.emitOpError("expected integer attributes '")
               << kStageAttrName << "' and '" << kOrderAttrName
               << "', as on the other ops of the loop";
    addDrain(loop);
    scf::PipeliningOption options;
    options.getScheduleFn = readSchedule;
    options.peelEpilogue = false;
    options.supportDynamicLoops = true;
    options.predicateFn = predicateOp;
    options.annotateFn = [](Operation *op, auto, unsigned) {
      op->removeAttr(kStageAttrName);
      op->removeAttr(kOrderAttrName);
    };
    Location loc = loop.getLoc();
    IRRewriter rewriter(&getContext());
    rewriter.setInsertionPoint(loop);
    if (failed(scf::pipelineForLoop(rewriter, loop, options)))
      return emitError(loc, "the recorded schedule cannot be pipelined: a "
                            "value is used in an earlier stage than it is "
                            "made in");
    return success();
  }

  /// No copy may be in flight when the block ends.
  void addDrain(scf::ForOp loop) {
    ImplicitLocOpBuilder b(loop.getLoc(), loop->getContext());
    b.setInsertionPointAfter(loop);
    Value none = nvgpu::DeviceAsyncCreateGroupOp::create(
        b, nvgpu::DeviceAsyncTokenType::get(b.getContext()), ValueRange{});
    nvgpu::DeviceAsyncWaitOp::create(b, none, b.getI32IntegerAttr(0));
  }
};

} // namespace
