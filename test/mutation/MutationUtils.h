//===- MutationUtils.h - Finding and replacing parts of a kernel -*- C++ -*-==//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_TEST_MUTATION_MUTATIONUTILS_H
#define TT_TEST_MUTATION_MUTATIONUTILS_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/NVGPU/IR/NVGPUDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace mlir::tt::test {

template <typename Op> SmallVector<Op> findAll(Operation *root) {
  SmallVector<Op> ops;
  root->walk([&](Op op) { ops.push_back(op); });
  return ops;
}

/// The loop over k-tiles.
inline scf::ForOp getLoop(ModuleOp module) {
  return findAll<scf::ForOp>(module).front();
}
inline gpu::LaunchOp getLaunch(ModuleOp module) {
  return findAll<gpu::LaunchOp>(module).front();
}

template <typename Op> Op findBefore(ModuleOp module) {
  scf::ForOp loop = getLoop(module);
  for (Op op : findAll<Op>(getLaunch(module)))
    if (op->getBlock() == loop->getBlock() && op->isBeforeInBlock(loop))
      return op;
  return {};
}

inline Value makeIndex(OpBuilder &builder, int64_t value) {
  return arith::ConstantIndexOp::create(builder, builder.getUnknownLoc(),
                                        value);
}

inline Value addIndex(Operation *before, Value value, int64_t amount) {
  OpBuilder builder(before);
  return arith::AddIOp::create(builder, before->getLoc(), value,
                               makeIndex(builder, amount));
}

/// Moves an op without results, or with results that `otherwise` replaces, into
/// an scf.if.
inline void guard(Operation *op, function_ref<Value(OpBuilder &)> condition,
                  ValueRange otherwise = {}) {
  OpBuilder builder(op);
  Value isTrue = condition(builder);
  auto branch =
      scf::IfOp::create(builder, op->getLoc(), op->getResultTypes(), isTrue,
                        /*withElseRegion=*/!otherwise.empty());
  op->replaceAllUsesWith(branch);
  if (otherwise.empty()) {
    op->moveBefore(branch.thenYield());
    return;
  }
  builder.setInsertionPointToEnd(branch.thenBlock());
  auto yield = scf::YieldOp::create(builder, op->getLoc(), op->getResults());
  op->moveBefore(yield);
  builder.setInsertionPointToEnd(branch.elseBlock());
  scf::YieldOp::create(builder, op->getLoc(), otherwise);
}

inline Value isThreadBelow(OpBuilder &builder, ModuleOp module, int64_t limit) {
  Value thread = getLaunch(module).getThreadIds().x;
  return arith::CmpIOp::create(builder, thread.getLoc(),
                               arith::CmpIPredicate::slt, thread,
                               makeIndex(builder, limit));
}

} // namespace mlir::tt::test

#endif // TT_TEST_MUTATION_MUTATIONUTILS_H
