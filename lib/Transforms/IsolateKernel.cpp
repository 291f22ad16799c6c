//===- IsolateKernel.cpp - A, B and C are all that a kernel captures ------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// CSE and canonicalization share constants and sizes between host and kernel,
// since a gpu.launch is not isolated. Outlining would turn each into a kernel
// parameter. This pass takes them back in: what is left are the three memrefs,
// so that every kernel has the same parameters. Only what cannot be computed
// again, such as a size that is an argument of the function around, is one more.
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Transforms/RegionUtils.h"
#include "tt/Transforms/KernelUtils.h"
#include "tt/Transforms/Passes.h"
#include "llvm/ADT/SetVector.h"

namespace mlir::tt {
#define GEN_PASS_DEF_ISOLATEKERNEL
#include "tt/Transforms/Passes.h.inc"
} // namespace mlir::tt

using namespace mlir;
using namespace mlir::tt;

/// Clones the op that makes `value`, and what it needs, to the start of
/// `launch`.
static Value sink(Value value, gpu::LaunchOp launch, IRMapping &mapping) {
  if (Value known = mapping.lookupOrNull(value))
    return known;
  Operation *producer = value.getDefiningOp();
  if (!producer || isa<MemRefType>(value.getType()) ||
      !isMemoryEffectFree(producer) || producer->getNumRegions() != 0)
    return value;
  for (Value operand : producer->getOperands())
    mapping.map(operand, sink(operand, launch, mapping));
  OpBuilder builder(launch.getContext());
  builder.setInsertionPointToStart(&launch.getBody().front());
  // Operands were cloned to the start before it: go behind them.
  for (Value operand : producer->getOperands())
    if (Operation *made = mapping.lookup(operand).getDefiningOp())
      if (made->getBlock() == builder.getInsertionBlock() &&
          !made->isBeforeInBlock(&*builder.getInsertionPoint()))
        builder.setInsertionPointAfter(made);
  builder.clone(*producer, mapping);
  return mapping.lookup(value);
}

namespace {

struct IsolateKernel : tt::impl::IsolateKernelBase<IsolateKernel> {
  void runOnOperation() override {
    for (gpu::LaunchOp launch : collectLaunches(getOperation())) {
      llvm::SetVector<Value> captured;
      getUsedValuesDefinedAbove(launch.getBody(), captured);
      IRMapping mapping;
      for (Value value : captured) {
        Value inside = sink(value, launch, mapping);
        if (inside != value)
          replaceAllUsesInRegionWith(value, inside, launch.getBody());
      }
    }
  }
};

} // namespace
