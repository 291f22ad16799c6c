//===- CallFunction.h - Call a host function in this process ----*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_HOST_CALLFUNCTION_H
#define TT_LIB_HOST_CALLFUNCTION_H

#include "HostValue.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "tt/Host/RunFunction.h"

namespace mlir::tt::host {

/// Types of arguments and results of a function that can be called.
struct Signature {
  SmallVector<Type> arguments, results;
};

/// Finds `run.entry`, marks it to be called from outside, and refuses what cannot
/// be passed.
runtime::Result<Signature> readSignature(ModuleOp module,
                                         const FunctionRun &run);

/// What a call left: the results, or of a function without results its arguments.
struct CallOutputs {
  struct Value {
    Type elementType;
    bool isScalar;
    runtime::NpyArray array;
    double sum; ///< of the elements
  };
  std::vector<Value> values;
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
