//===- StageLocations.cpp - Where in a stage each instruction is from -----===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tt/Target/StageLocations.h"

#include "mlir/Dialect/LLVMIR/Transforms/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/LocationSnapshot.h"

using namespace mlir;

LogicalResult mlir::tt::trackLocations(StringRef stage, ModuleOp module) {
  if (stage == "mlir-nvgpu") {
    llvm::raw_null_ostream nowhere;
    generateLocationsFromIR(nowhere, stage, module, OpPrintingFlags());
    return success();
  }
  if (stage != "mlir-nvvm")
    return success();
  PassManager pm(module.getContext(), ModuleOp::getOperationName());
  pm.addPass(LLVM::createDIScopeForLLVMFuncOpPass());
  return pm.run(module);
}
