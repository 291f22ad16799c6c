//===- CallFunction.h - Call a host function in this process ----*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_HOST_CALLFUNCTION_H
#define TT_LIB_HOST_CALLFUNCTION_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "tt/Host/RunFunction.h"

namespace mlir::tt::host {

/// Arguments and results of a function that can be called.
struct Signature {
  std::vector<ShapedType> arguments, results;
};

/// Refuses what is not a tensor or memref of rank 2 of a known element type.
runtime::Result<Signature> readSignature(func::FuncOp entry);

/// What a call left: the results, or of a function without results its arguments.
struct CallOutputs {
  std::vector<runtime::Matrix> values;
  const char *what; ///< "result" or "argument"
  size_t launches = 0;
};

/// Lowers what is left for the host (linalg, loops, launches of kernels that are
/// gpu.binary already) to the LLVM dialect.
void buildHostPipeline(OpPassManager &pm);

/// Calls `run.entry` of a module that buildHostPipeline has lowered.
runtime::Result<CallOutputs> callFunction(ModuleOp module,
                                          const Signature &signature,
                                          runtime::Device &device,
                                          const FunctionRun &run);

} // namespace mlir::tt::host

#endif // TT_LIB_HOST_CALLFUNCTION_H
