//===- ShareHostMemory.cpp - Constants and stack where kernels reach ------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "tt/Transforms/Passes.h"

namespace mlir::tt {
#define GEN_PASS_DEF_SHAREHOSTMEMORY
#include "tt/Transforms/Passes.h.inc"
} // namespace mlir::tt

using namespace mlir;
using namespace mlir::tt;

/// A constant may be used in a loop: one copy, where the function starts.
static void copyConstant(memref::GetGlobalOp constant,
                         FunctionOpInterface function, IRRewriter &rewriter) {
  rewriter.setInsertionPointToStart(&function.getFunctionBody().front());
  Location loc = constant.getLoc();
  Value original = rewriter.clone(*constant)->getResult(0);
  Value shared = memref::AllocOp::create(rewriter, loc, constant.getType());
  memref::CopyOp::create(rewriter, loc, original, shared);
  rewriter.replaceOp(constant, shared);
}

static void allocateInstead(memref::AllocaOp stack, IRRewriter &rewriter) {
  rewriter.setInsertionPoint(stack);
  rewriter.replaceOpWithNewOp<memref::AllocOp>(
      stack, stack.getType(), stack.getDynamicSizes(),
      stack.getSymbolOperands(), stack.getAlignmentAttr());
}

namespace {

struct ShareHostMemory : tt::impl::ShareHostMemoryBase<ShareHostMemory> {
  void runOnOperation() override {
    SmallVector<Operation *> unreachable;
    getOperation()->walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (isa<gpu::GPUModuleOp, gpu::LaunchOp>(op))
        return WalkResult::skip();
      if (isa<memref::GetGlobalOp, memref::AllocaOp>(op))
        unreachable.push_back(op);
      return WalkResult::advance();
    });
    IRRewriter rewriter(&getContext());
    for (Operation *op : unreachable) {
      auto function = op->getParentOfType<FunctionOpInterface>();
      if (auto constant = dyn_cast<memref::GetGlobalOp>(op);
          constant && function)
        copyConstant(constant, function, rewriter);
      else if (auto stack = dyn_cast<memref::AllocaOp>(op))
        allocateInstead(stack, rewriter);
    }
  }
};

} // namespace
