//===- Bisect.h - After which pass do the numbers change? -------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_HOST_BISECT_H
#define TT_HOST_BISECT_H

#include "tt/Host/RunFunction.h"

namespace mlir::tt {

/// What the program computes after one pass.
struct BisectStep {
  std::string pass;
  enum Verdict {
    Unchanged, ///< the pass changed nothing
    Same,      ///< the same numbers as the input's
    Deferred,  ///< a loop is scheduled and not yet expanded, or sums of several
               ///< blocks or slices are not yet added: says nothing
    Differs,
    Fails ///< cannot be executed at this point
  } verdict = Same;
  std::string detail; ///< the first element that differs, or why it fails
};

/// A pipeline to bisect, e.g. buildTTToNVVM.
using PipelineBuilder =
    std::function<void(OpPassManager &, const PipelineOptions &)>;

/// All arrows from tt to nvvm.
void buildTTToNVVM(OpPassManager &pm, const PipelineOptions &options);

/// Runs `build`'s passes over `module`, and `run.entry` after each pass that
/// changed something: what the pass left is brought to machine code on the
/// shortest way, linalg as loops on the CPU, kernels on `device`. Numbers must
/// be equal bit for bit, so inputs should be integers (sums are exact in any
/// order).
runtime::Result<std::vector<BisectStep>>
bisect(ModuleOp module, runtime::Device &device, const PipelineOptions &options,
       const FunctionRun &run, const PipelineBuilder &build = buildTTToNVVM);

/// A table, and a last line that names the first pass that changed the numbers.
std::string formatBisect(const std::vector<BisectStep> &steps);

/// The first step whose numbers differ, or that fails; null if there is none.
const BisectStep *findCulprit(const std::vector<BisectStep> &steps);

} // namespace mlir::tt

#endif // TT_HOST_BISECT_H
