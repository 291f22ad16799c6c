//===- Passes.h - Conversions between tt and linalg -------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_CONVERSION_PASSES_H
#define TT_CONVERSION_PASSES_H

#include "mlir/Pass/Pass.h"

namespace mlir::tt {

#define GEN_PASS_DECL
#include "tt/Conversion/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "tt/Conversion/Passes.h.inc"

} // namespace mlir::tt

#endif // TT_CONVERSION_PASSES_H
