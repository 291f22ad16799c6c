//===- RunFunction.h - Run a host function around kernels -------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_HOST_RUNFUNCTION_H
#define TT_HOST_RUNFUNCTION_H

#include "mlir/IR/BuiltinOps.h"
#include "tt/Pipelines/Pipelines.h"
#include "tt/Runtime/RunKernel.h"

namespace mlir::tt {

struct FunctionRun {
  std::string entry;
  /// .npy files of the arguments, in order; "-" or missing: random.
  std::vector<std::string> inputs;
  /// .npy files for the results, in order; of a function without results, for
  /// its arguments as the function leaves them.
  std::vector<std::string> outputs;
  runtime::InputKind input = runtime::InputKind::uniform;
  uint64_t seed = 0;
};

/// Compiles `module`, kernels for `device` and the rest for the host, and calls
/// `run.entry`, whose arguments and results must be tensors or memrefs of rank 2
/// of f32, f16 or bf16. Dynamic sizes come from the input files. Returns a report
/// for a person. Errors of compilation are diagnostics as well.
runtime::Result<std::string> runFunction(ModuleOp module,
                                         runtime::Device &device,
                                         const PipelineOptions &options,
                                         const FunctionRun &run);

} // namespace mlir::tt

#endif // TT_HOST_RUNFUNCTION_H
