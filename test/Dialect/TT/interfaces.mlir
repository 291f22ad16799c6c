// RUN: tt-opt %s --resolve-ranked-shaped-type-result-dims --canonicalize | FileCheck %s --check-prefix=SHAPE
// RUN: tt-opt %s --cse | FileCheck %s --check-prefix=PURE

// Sizes of the result come from the operands (ReifyRankedShapedTypeOpInterface): the
// product itself is not needed for them.
// SHAPE-LABEL: func @sizes
// SHAPE-NOT: tt.matmul_transposed
// SHAPE-DAG: %[[M:.*]] = tensor.dim %arg0, %c1
// SHAPE-DAG: %[[N:.*]] = tensor.dim %arg1, %c0
// SHAPE: return %[[M]], %[[N]]
func.func @sizes(%a: tensor<?x?xf32>, %b: tensor<?x?xf32>) -> (index, index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c = tt.matmul_transposed %a, %b : tensor<?x?xf32>, tensor<?x?xf32> -> tensor<?x?xf32>
  %m = tensor.dim %c, %c0 : tensor<?x?xf32>
  %n = tensor.dim %c, %c1 : tensor<?x?xf32>
  return %m, %n : index, index
}

// No effects: equal products become one, unused ones go. Another contract is
// another product.
// PURE-LABEL: func @effects
// PURE: %[[C:.*]] = tt.matmul_transposed %arg0, %arg1 :
// PURE-NEXT: %[[D:.*]] = tt.matmul_transposed %arg0, %arg1 precision <tf32, rounding = truncate>
// PURE-NEXT: return %[[C]], %[[C]], %[[D]]
func.func @effects(%a: tensor<64x48xf32>, %b: tensor<80x64xf32>) -> (tensor<48x80xf32>, tensor<48x80xf32>, tensor<48x80xf32>) {
  %c = tt.matmul_transposed %a, %b : tensor<64x48xf32>, tensor<80x64xf32> -> tensor<48x80xf32>
  %same = tt.matmul_transposed %a, %b : tensor<64x48xf32>, tensor<80x64xf32> -> tensor<48x80xf32>
  %other = tt.matmul_transposed %a, %b precision <tf32, rounding = truncate> : tensor<64x48xf32>, tensor<80x64xf32> -> tensor<48x80xf32>
  %unused = tt.matmul_transposed %a, %b precision <tf32, rounding = nearest_finite> : tensor<64x48xf32>, tensor<80x64xf32> -> tensor<48x80xf32>
  return %c, %same, %other : tensor<48x80xf32>, tensor<48x80xf32>, tensor<48x80xf32>
}
