//===- FileMode.h - tt-run on a whole MLIR file -----------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_TOOLS_TT_RUN_FILEMODE_H
#define TT_TOOLS_TT_RUN_FILEMODE_H

#include "tt/Host/RunFunction.h"

namespace mlir::tt {

struct FileRequest {
  std::string file;
  std::string text; ///< the module itself, instead of a file
  FunctionRun run;  ///< without an entry: compile only
  std::string chip, config, device;
  int64_t rowAlignment = 0;
  std::string emit, outputFile, dumpStages;
  bool json = false, remarks = false, bisect = false;
};

/// Compiles the file, and runs its function unless `emit` says to stop. Returns
/// the exit code.
int runFileMode(const FileRequest &request);

} // namespace mlir::tt

#endif // TT_TOOLS_TT_RUN_FILEMODE_H
