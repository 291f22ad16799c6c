//===- TTDialect.h - The tt dialect, its attributes and ops -----*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_DIALECT_TT_IR_TTDIALECT_H
#define TT_DIALECT_TT_IR_TTDIALECT_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/TypeUtilities.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "tt/Dialect/TT/IR/TTDialect.h.inc"

#include "tt/Dialect/TT/IR/TTEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "tt/Dialect/TT/IR/TTAttrs.h.inc"

#define GET_OP_CLASSES
#include "tt/Dialect/TT/IR/TTOps.h.inc"

namespace mlir::tt {

/// Names under which the attributes stand on ops of other dialects, between
/// the conversion to linalg and the end of the lowering.
inline constexpr llvm::StringLiteral kConfigAttrName = "tt.config";
inline constexpr llvm::StringLiteral kPrecisionAttrName = "tt.precision";
inline constexpr llvm::StringLiteral kTargetAttrName = "tt.target";
inline constexpr llvm::StringLiteral kSwizzleAttrName = "tt.swizzle";
/// On the allocation of a kernel's workspace: bytes at its start that must be zero
/// before the first launch.
inline constexpr llvm::StringLiteral kWorkspaceAttrName = "tt.workspace";
/// On the launch of an edge of C, after that of its product's block tiles.
inline constexpr llvm::StringLiteral kEdgeAttrName = "tt.edge";
/// Written by tt-assign-stages, obeyed by tt-pipeline-copies.
inline constexpr llvm::StringLiteral kStageAttrName = "tt.stage";
inline constexpr llvm::StringLiteral kOrderAttrName = "tt.order";

/// Rows or columns of the block tiles of an edge, at most.
inline constexpr int64_t kMaxEdge = 64;

} // namespace mlir::tt

#endif // TT_DIALECT_TT_IR_TTDIALECT_H
