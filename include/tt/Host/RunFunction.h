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
  /// Where the arguments come from, in order: .npy files; numbers, for scalars;
  /// sizes such as 64x48, for random elements where the type does not say them;
  /// "-" or missing: random.
  std::vector<std::string> inputs;
  /// .npy files for the results, in order; of a function without results, for
  /// its arguments as the function leaves them.
  std::vector<std::string> outputs;
  runtime::InputKind input = runtime::InputKind::uniform;
  uint64_t seed = 0;
  /// Whether kernels know which line of the module each instruction comes from.
  bool locations = false;
};

struct FunctionReport {
  /// A result, or an argument as the function left it.
  struct Value {
    std::string name; ///< "result 0"
    std::vector<int64_t> sizes;
    std::string elementType;
    bool isScalar = false;
    double sum = 0;   ///< of the elements
    std::string file; ///< empty if it was not written
  };
  std::string entry, device;
  size_t launches = 0;
  std::vector<Value> values;
};

/// Compiles `module`, kernels for `device` and the rest for the host, and calls
/// `run.entry`, whose arguments and results are scalars, tensors or memrefs of
/// any rank. Errors of compilation are diagnostics as well.
runtime::Result<FunctionReport> runFunction(ModuleOp module,
                                            runtime::Device &device,
                                            const PipelineOptions &options,
                                            const FunctionRun &run);

/// What a person reads, and what a machine reads (one line).
std::string formatReport(const FunctionReport &report);
std::string formatReportJson(const FunctionReport &report);

} // namespace mlir::tt

#endif // TT_HOST_RUNFUNCTION_H
