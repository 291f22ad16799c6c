//===- Bundle.h - Choose a kernel of a bundle -------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A bundle is a folder of kernels for dynamic sizes and its dispatch table:
//
//   bundle.json  { "format": "tt-bundle", "version": 1, "entries": [
//                  { "target": "rtx4090", "chip": "sm_89", "type": "f32",
//                    "precision": "", "m": 2048, "n": 4096, "k": 8192,
//                    "row_alignment": 16, "file": "0.ttk" }, ... ] }
//
// Of the entries of the type and precision whose alignment the problem has, that
// of the nearest size is taken: the smallest sum of |log2 (size / entry's)|. The
// card's own entries go before those of other cards of its chip.
//
//===----------------------------------------------------------------------===//

#ifndef TT_RUNTIME_BUNDLE_H
#define TT_RUNTIME_BUNDLE_H

#include "tt/Runtime/Kernel.h"

namespace mlir::tt::runtime {

struct BundleEntry {
  std::string target, chip, type, precision, file;
  int64_t m = 0, n = 0, k = 0;
  int64_t rowAlignment = 1; ///< bytes
};

struct Bundle {
  std::string folder;
  std::vector<BundleEntry> entries;

  /// Path of the kernel for `problem`. Errors say what the bundle has.
  Result<std::string> choose(const Problem &problem, const std::string &type,
                             const std::string &precision,
                             const std::string &target) const;
};

Result<Bundle> readBundle(const std::string &folder);
Status writeBundle(const Bundle &bundle);

} // namespace mlir::tt::runtime

#endif // TT_RUNTIME_BUNDLE_H
