// RUN: tt-opt %s --tt-raise-from-linalg="allow-tf32" | FileCheck %s
// RUN: tt-opt %s --tt-raise-from-linalg="allow-tf32" --remarks-filter=tt-raise-from-linalg 2>&1 | FileCheck %s --check-prefix=WHY

// WHY-DAG: maps are not (k,m)(n,k)(m,n)
// WHY-DAG: destination is not zeros
// WHY-DAG: sums are not rounded to the operands' type, or used before
// WHY-DAG: no contract for these types
// WHY-DAG: not a product of two tensors

// Near misses stay as they are.
// CHECK-NOT: tt.matmul_transposed

#a = affine_map<(m, n, k) -> (k, m)>
#b = affine_map<(m, n, k) -> (n, k)>
#c = affine_map<(m, n, k) -> (m, n)>
#c_transposed = affine_map<(m, n, k) -> (n, m)>

func.func @transposed_result(%x: tensor<64x48xf32>, %y: tensor<80x64xf32>) -> tensor<80x48xf32> {
  %zeros = arith.constant dense<0.0> : tensor<80x48xf32>
  %r = linalg.contract indexing_maps = [#a, #b, #c_transposed]
    ins(%x, %y : tensor<64x48xf32>, tensor<80x64xf32>) outs(%zeros : tensor<80x48xf32>) -> tensor<80x48xf32>
  return %r : tensor<80x48xf32>
}

func.func @filled_with_ones(%x: tensor<64x48xf32>, %y: tensor<80x64xf32>) -> tensor<48x80xf32> {
  %ones = arith.constant dense<1.0> : tensor<48x80xf32>
  %r = linalg.contract indexing_maps = [#a, #b, #c]
    ins(%x, %y : tensor<64x48xf32>, tensor<80x64xf32>) outs(%ones : tensor<48x80xf32>) -> tensor<48x80xf32>
  return %r : tensor<48x80xf32>
}

// The sums are used before they are rounded.
func.func @sums_are_used(%x: tensor<64x48xf16>, %y: tensor<80x64xf16>) -> (tensor<48x80xf16>, tensor<48x80xf32>) {
  %zeros = arith.constant dense<0.0> : tensor<48x80xf32>
  %r = linalg.contract indexing_maps = [#a, #b, #c]
    ins(%x, %y : tensor<64x48xf16>, tensor<80x64xf16>) outs(%zeros : tensor<48x80xf32>) -> tensor<48x80xf32>
  %d = arith.truncf %r : tensor<48x80xf32> to tensor<48x80xf16>
  return %d, %r : tensor<48x80xf16>, tensor<48x80xf32>
}

// Sums in f16 lose what the contract keeps.
func.func @sums_in_f16(%x: tensor<64x48xf16>, %y: tensor<80x64xf16>) -> tensor<48x80xf16> {
  %zeros = arith.constant dense<0.0> : tensor<48x80xf16>
  %r = linalg.contract indexing_maps = [#a, #b, #c]
    ins(%x, %y : tensor<64x48xf16>, tensor<80x64xf16>) outs(%zeros : tensor<48x80xf16>) -> tensor<48x80xf16>
  return %r : tensor<48x80xf16>
}

func.func @maximum(%x: tensor<64x48xf32>, %y: tensor<80x64xf32>) -> tensor<48x80xf32> {
  %zeros = arith.constant dense<0.0> : tensor<48x80xf32>
  %r = linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]}
    ins(%x, %y : tensor<64x48xf32>, tensor<80x64xf32>) outs(%zeros : tensor<48x80xf32>) {
  ^bb0(%p: f32, %q: f32, %s: f32):
    %product = arith.mulf %p, %q : f32
    %sum = arith.maximumf %s, %product : f32
    linalg.yield %sum : f32
  } -> tensor<48x80xf32>
  return %r : tensor<48x80xf32>
}

func.func @buffers(%x: memref<64x48xf32>, %y: memref<80x64xf32>, %z: memref<48x80xf32>) {
  linalg.contract indexing_maps = [#a, #b, #c]
    ins(%x, %y : memref<64x48xf32>, memref<80x64xf32>) outs(%z : memref<48x80xf32>)
  return
}
