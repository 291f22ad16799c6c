//===- SerializeKernel.h - One run of LLVM for all of a kernel --*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_TARGET_SERIALIZEKERNEL_H
#define TT_TARGET_SERIALIZEKERNEL_H

#include "mlir/Pass/Pass.h"
#include <memory>
#include <string>

namespace mlir::tt {

/// What becomes of a kernel: LLVM bitcode after all of LLVM's passes, PTX text,
/// and a cubin if it is wanted.
struct KernelObjects {
  std::string bitcode, ptx, cubin;
};

/// gpu-module-to-binary on a module with one kernel and its target, which keeps
/// what is made on the way to `objects`. These must live until the pass has
/// run. With `wantCubin` it needs ptxas; without one it fails.
std::unique_ptr<Pass> createSerializeKernelPass(KernelObjects &objects,
                                                bool wantCubin);

} // namespace mlir::tt

#endif // TT_TARGET_SERIALIZEKERNEL_H
