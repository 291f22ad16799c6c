//===- HalfConversions.h - 16-bit float libcalls of the host ----*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_EMULATOR_HALFCONVERSIONS_H
#define TT_LIB_EMULATOR_HALFCONVERSIONS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace mlir::tt::emulator {

/// A function that the host's code generator calls where the CPU has no
/// instruction for a conversion.
struct Libcall {
  llvm::StringLiteral name;
  void *address;
};

/// Conversions between f32 and f16 or bf16, under the names that LLVM uses. The
/// libgcc of Debian 12 has no bf16, so we bring our own.
llvm::ArrayRef<Libcall> getHalfConversions();

} // namespace mlir::tt::emulator

#endif // TT_LIB_EMULATOR_HALFCONVERSIONS_H
