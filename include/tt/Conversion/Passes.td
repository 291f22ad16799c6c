//===- Passes.td - Conversions between tt and linalg -------*- tablegen -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_CONVERSION_PASSES
#define TT_CONVERSION_PASSES

include "mlir/Pass/PassBase.td"

def ConvertTTToLinalg : Pass<"convert-tt-to-linalg"> {
  let summary = "Rewrite tt.matmul_transposed as linalg.matmul on f32 sums";
  let description = [{
    The sums are f32 under every contract, so the result of a 16-bit product is
    an f32 matmul followed by one rounding:

    ```mlir
    %c = tt.matmul_transposed %a, %b : tensor<?x?xf16>, tensor<?x?xf16> -> tensor<?x?xf16>
    ```
    becomes
    ```mlir
    %e = tensor.empty(%m, %n) : tensor<?x?xf32>
    %z = linalg.fill ins(%zero : f32) outs(%e : tensor<?x?xf32>)
    %s = linalg.matmul indexing_maps = [(k, m), (n, k), (m, n)]
           {tt.precision = #tt.precision<f32_accumulate>}
           ins(%a, %b : ...) outs(%z : ...)
    %c = linalg.generic ins(%s) outs(%e16) { arith.truncf }
    ```
    The contract, and the config if there is one, stand on the matmul as
    `tt.precision` and `tt.config`. Rounding of f32 operands to TF32 is not
    expressed in linalg: run as it stands, the matmul is the more exact f32 one.

    Where the types do not say that A and B agree on K, a `cf.assert` does.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::cf::ControlFlowDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def RaiseFromLinalg : Pass<"tt-raise-from-linalg"> {
  let summary = "Raise linalg matmuls of two transposed operands to the tt op";
  let description = [{
    `linalg.matmul`, `linalg.contract` and `linalg.generic` on tensors with the
    maps (k, m), (n, k), (m, n), a multiply-add body and a zero-filled
    destination become `tt.matmul_transposed`:

    - f32 operands and f32 result, only if `allow-tf32` is set: the contract
      `tf32` rounds operands to 10 mantissa bits, which plain linalg does not.
    - f16 or bf16 operands with an f32 result that is rounded elementwise to the
      operand type.

    A `tt.precision` or `tt.config` that stands on the linalg op is kept, and a
    `tt.precision` counts as permission.
  }];
  let options = [
    Option<"allowTf32", "allow-tf32", "bool", /*default=*/"false",
           "Raise f32 products under the contract tf32 (changes rounding)">
  ];
  let dependentDialects = ["::mlir::tt::TTDialect"];
}

#endif // TT_CONVERSION_PASSES
