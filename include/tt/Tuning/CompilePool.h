//===- CompilePool.h - Candidates compiled side by side ---------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_TUNING_COMPILEPOOL_H
#define TT_TUNING_COMPILEPOOL_H

#include "tt/Measure/Measure.h"

namespace mlir::tt::tuning {

struct CompileOptions {
  std::string compiler; ///< tt-run; empty: the one beside this executable
  unsigned jobs = 0;    ///< 0: one for each core
  double limitSeconds = 60;
  bool progress = true;
  std::vector<std::string> extra; ///< more options of tt-run
};

/// Compiles each candidate of `set` to FOLDER/N.ttk in a process of its own. One
/// that crashes, hangs or is refused gets its reason as `failure`.
void compileCandidates(const std::string &folder, measure::CandidateSet &set,
                       const CompileOptions &options);

/// Compiles one kernel for sizes that are known at run time only, with rows
/// aligned to `rowAlignment` bytes. Empty, or why it failed.
std::string compileDynamic(const std::string &file, const std::string &type,
                           const std::string &precision,
                           const std::string &target, const std::string &config,
                           int64_t rowAlignment, const CompileOptions &options);

} // namespace mlir::tt::tuning

#endif // TT_TUNING_COMPILEPOOL_H
