// RUN: tt-opt %s --tt-raise-from-linalg="allow-tf32" | FileCheck %s
// RUN: tt-opt %s --tt-raise-from-linalg | FileCheck %s --check-prefix=EXACT
// RUN: tt-opt %s --tt-raise-from-linalg="allow-tf32" --convert-tt-to-linalg | FileCheck %s --check-prefix=BACK

// f32 sums of f32 products are not rounded to TF32 unless that is allowed.
// EXACT-NOT: tt.matmul_transposed

#a = affine_map<(m, n, k) -> (k, m)>
#b = affine_map<(m, n, k) -> (n, k)>
#c = affine_map<(m, n, k) -> (m, n)>
#plain_b = affine_map<(m, n, k) -> (k, n)>

// CHECK-LABEL: func @matmul
// CHECK: tt.matmul_transposed %arg0, %arg1
// BACK-LABEL: func @matmul
// BACK: linalg.matmul
func.func @matmul(%x: tensor<64x48xf32>, %y: tensor<80x64xf32>) -> tensor<48x80xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<48x80xf32>
  %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<48x80xf32>) -> tensor<48x80xf32>
  %r = linalg.matmul indexing_maps = [#a, #b, #c]
    ins(%x, %y : tensor<64x48xf32>, tensor<80x64xf32>) outs(%fill : tensor<48x80xf32>) -> tensor<48x80xf32>
  return %r : tensor<48x80xf32>
}

// CHECK-LABEL: func @generic
// CHECK: tt.matmul_transposed %arg0, %arg1
// BACK-LABEL: func @generic
func.func @generic(%x: tensor<64x48xf32>, %y: tensor<80x64xf32>) -> tensor<48x80xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<48x80xf32>
  %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<48x80xf32>) -> tensor<48x80xf32>
  %r = linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]}
    ins(%x, %y : tensor<64x48xf32>, tensor<80x64xf32>) outs(%fill : tensor<48x80xf32>) {
  ^bb0(%p: f32, %q: f32, %s: f32):
    %product = arith.mulf %p, %q : f32
    %sum = arith.addf %s, %product : f32
    linalg.yield %sum : f32
  } -> tensor<48x80xf32>
  return %r : tensor<48x80xf32>
}

// B lies (K, N): another op.
// CHECK-LABEL: func @other_layout
// CHECK: linalg.matmul
// BACK-LABEL: func @other_layout
func.func @other_layout(%x: tensor<64x48xf32>, %y: tensor<64x80xf32>) -> tensor<48x80xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<48x80xf32>
  %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<48x80xf32>) -> tensor<48x80xf32>
  %r = linalg.matmul indexing_maps = [#a, #plain_b, #c]
    ins(%x, %y : tensor<64x48xf32>, tensor<64x80xf32>) outs(%fill : tensor<48x80xf32>) -> tensor<48x80xf32>
  return %r : tensor<48x80xf32>
}

// The destination holds something that is added to.
// CHECK-LABEL: func @accumulates
// CHECK: linalg.matmul
// BACK-LABEL: func @accumulates
func.func @accumulates(%x: tensor<64x48xf32>, %y: tensor<80x64xf32>, %z: tensor<48x80xf32>) -> tensor<48x80xf32> {
  %r = linalg.matmul indexing_maps = [#a, #b, #c]
    ins(%x, %y : tensor<64x48xf32>, tensor<80x64xf32>) outs(%z : tensor<48x80xf32>) -> tensor<48x80xf32>
  return %r : tensor<48x80xf32>
}
