//===- Verify.h - Is a result within its contract? --------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Errors are relative to s = Σ_k |A[k, m] B[n, k]|, the scale that a backward
// stable sum is measured by (Higham, Accuracy and Stability of Numerical
// Algorithms, section 3.1).
//
// Bound of an element, with u the relative rounding of one operand (2^-11 for
// TF32 to nearest, 2^-10 truncated, 0 for 16-bit operands, which are exact):
//
//   |error| <= (2 u + u^2 + steps 2^-23) s + v |C|
//
// Each of the K / (K of one mma) steps truncates its sum to f32 once; v is the
// rounding of the result to its type (2^-11 f16, 2^-8 bf16, 0 f32).
//
// Bound of the mean of the signed errors. Rounding to nearest has no direction,
// truncation does: on uniform [0, 1) inputs it moves every element by -7e-4 s. An
// element's bound cannot tell the two apart; the mean can. It must stay below
// 2^-13 + steps 2^-24 (the accumulator's truncation does have a direction).
//
//===----------------------------------------------------------------------===//

#ifndef TT_RUNTIME_VERIFY_H
#define TT_RUNTIME_VERIFY_H

#include "tt/Runtime/Matrix.h"

namespace mlir::tt::runtime {

struct Verification {
  bool passed = false;
  int64_t rowsChecked = 0, rows = 0;
  double maxError = 0, bound = 0;      ///< relative to s, of the worst element
  double meanError = 0, meanBound = 0; ///< signed, relative to s
  int64_t worstRow = 0, worstColumn = 0;
  std::string failure; ///< empty if passed
};

/// Compares C with AᵀBᵀ in f64: every row, or, where that would take more than
/// about 2^30 multiply-adds, rows spread over C with its first and last.
Verification verify(const Matrix &a, const Matrix &b, const Matrix &c,
                    Rounding rounding);

} // namespace mlir::tt::runtime

#endif // TT_RUNTIME_VERIFY_H
