//===- Support.h - What the modes of tt-run share ---------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_TOOLS_TT_RUN_SUPPORT_H
#define TT_TOOLS_TT_RUN_SUPPORT_H

#include "mlir/IR/MLIRContext.h"
#include "tt/Runtime/RunKernel.h"
#include "llvm/ADT/Twine.h"

namespace mlir::tt {

/// Prints the message; returns the exit code.
int fail(const Twine &message, int code = runtime::kExitBadInput);

/// The same for an error of the runtime, which knows its exit code.
int fail(const runtime::Error &error);

/// Writes what --emit asked for as a whole or not at all; returns the exit code.
int writeOutput(StringRef path, StringRef content);

/// Writes one file of --dump-stages.
LogicalResult dumpStage(StringRef folder, StringRef name, StringRef text);

/// Prints what passes chose, and what they missed and why, to stderr.
void printRemarks(MLIRContext &context);

/// Text of the LLVM module in `bitcode`; empty if it is none.
std::string getLLVMText(StringRef bitcode);

} // namespace mlir::tt

#endif // TT_TOOLS_TT_RUN_SUPPORT_H
