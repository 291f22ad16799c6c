//===- MatmulMaps.h - Indexing maps of C = AᵀBᵀ -----------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_CONVERSION_MATMULMAPS_H
#define TT_CONVERSION_MATMULMAPS_H

#include "mlir/IR/AffineMap.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"

namespace mlir::tt {

/// The indexing maps of A (k, m), B (n, k) and C (m, n) over the loops
/// (m, n, k), as linalg.matmul wants them.
inline ArrayAttr getTransposedMaps(MLIRContext *context) {
  AffineExpr m, n, k;
  bindDims(context, m, n, k);
  Builder builder(context);
  return builder.getAffineMapArrayAttr({AffineMap::get(3, 0, {k, m}, context),
                                        AffineMap::get(3, 0, {n, k}, context),
                                        AffineMap::get(3, 0, {m, n}, context)});
}

} // namespace mlir::tt

#endif // TT_CONVERSION_MATMULMAPS_H
