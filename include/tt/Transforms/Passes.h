//===- Passes.h - The passes from linalg to nvvm ----------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_TRANSFORMS_PASSES_H
#define TT_TRANSFORMS_PASSES_H

#include "mlir/Pass/Pass.h"

namespace mlir::tt {

#define GEN_PASS_DECL
#include "tt/Transforms/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "tt/Transforms/Passes.h.inc"

} // namespace mlir::tt

#endif // TT_TRANSFORMS_PASSES_H
