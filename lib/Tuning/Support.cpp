//===- Support.cpp - Errors and files of the tuner ------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tt/Tuning/Support.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace mlir::tt;
using namespace mlir::tt::tuning;

llvm::Expected<std::string> tuning::readFile(llvm::StringRef path) {
  auto buffer = llvm::MemoryBuffer::getFileOrSTDIN(path);
  if (!buffer)
    return makeError("cannot read '{0}': {1}", path,
                     buffer.getError().message());
  return (*buffer)->getBuffer().str();
}

std::string tuning::getExecutablePath() {
  return llvm::sys::fs::getMainExecutable(
      nullptr, reinterpret_cast<void *>(&tuning::getExecutablePath));
}

std::string tuning::withCommas(int64_t value) {
  return llvm::formatv("{0:N}", value);
}
