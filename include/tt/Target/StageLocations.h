//===- StageLocations.h - Where in a stage each instruction is from -*- C++ -*-//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_TARGET_STAGELOCATIONS_H
#define TT_TARGET_STAGELOCATIONS_H

#include "mlir/IR/BuiltinOps.h"

namespace mlir::tt {

/// Keeps, through the rest of the way down, which op of the nvgpu stage each
/// instruction comes from: at stage "mlir-nvgpu" every op's location becomes its
/// line and column in the module's text (as --dump-stages writes it), and at stage
/// "mlir-nvvm" kernels get the debug info that carries locations into LLVM IR. At
/// other stages nothing happens. Call it as a StageObserver (CompileKernel.h); PTX
/// then has line directives, and the same instructions.
LogicalResult trackLocations(StringRef stage, ModuleOp module);

} // namespace mlir::tt

#endif // TT_TARGET_STAGELOCATIONS_H
