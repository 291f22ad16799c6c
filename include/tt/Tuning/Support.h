//===- Support.h - Errors and files of the tuner ----------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_TUNING_SUPPORT_H
#define TT_TUNING_SUPPORT_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/FormatVariadic.h"
#include <string>

namespace mlir::tt::tuning {

/// An error whose text is formatted as by llvm::formatv.
template <typename... Ts>
llvm::Error makeError(const char *format, Ts &&...values) {
  return llvm::createStringError(
      llvm::inconvertibleErrorCode(), "%s",
      llvm::formatv(format, std::forward<Ts>(values)...).str().c_str());
}

llvm::Expected<std::string> readFile(llvm::StringRef path);

/// Of the program that runs.
std::string getExecutablePath();

/// 1048576 as "1,048,576".
std::string withCommas(int64_t value);

} // namespace mlir::tt::tuning

#endif // TT_TUNING_SUPPORT_H
