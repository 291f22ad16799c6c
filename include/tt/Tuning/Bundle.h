//===- Bundle.h - Kernels for several sizes and GPUs ------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_TUNING_BUNDLE_H
#define TT_TUNING_BUNDLE_H

#include "tt/Tuning/CompilePool.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"

namespace mlir {
class MLIRContext;
}

namespace mlir::tt::tuning {

struct BundleOptions {
  /// A line for each size: "M N K type [precision]"; # begins a comment.
  std::string sizes;
  llvm::SmallVector<llvm::StringRef> targets;
  std::string folder;
  CompileOptions compile;
  bool useCache = true;
};

/// Compiles kernels for dynamic sizes, each with the config of one of the sizes:
/// the cache's, or the model's. Writes FOLDER/bundle.json, which the runtime
/// (tt/Runtime/Bundle.h) chooses from. Returns the number of kernels.
llvm::Expected<size_t> makeBundle(const BundleOptions &options,
                                  MLIRContext *context);

} // namespace mlir::tt::tuning

#endif // TT_TUNING_BUNDLE_H
