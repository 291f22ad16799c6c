//===- SerializeKernel.h - One run of LLVM for all of a kernel --*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_TARGET_SERIALIZEKERNEL_H
#define TT_TARGET_SERIALIZEKERNEL_H

#include "mlir/Pass/Pass.h"
#include "tt/Runtime/Kernel.h"

namespace mlir::tt {

/// gpu-module-to-binary on a module with one kernel and its target, which keeps
/// what is made on the way in `kernel`: LLVM bitcode after all of LLVM's
/// passes, PTX text, and a cubin if it is wanted, for which it needs ptxas;
/// without one it fails. `kernel` must live until the pass has run.
std::unique_ptr<Pass> createSerializeKernelPass(runtime::Kernel &kernel,
                                                bool wantCubin);

} // namespace mlir::tt

#endif // TT_TARGET_SERIALIZEKERNEL_H
