// RUN: tt-opt %s --tt-raise-from-linalg="allow-tf32" | FileCheck %s
// RUN: tt-opt %s --tt-raise-from-linalg --remarks-filter=tt-raise-from-linalg 2>&1 | FileCheck %s --check-prefix=REMARK
// REMARK: rounding f32 operands to TF32 was not allowed (allow-tf32)
// REMARK: raised to tt.matmul_transposed

// The same product in the forms that front ends write it in.

#a = affine_map<(m, n, k) -> (k, m)>
#b = affine_map<(m, n, k) -> (n, k)>
#c = affine_map<(m, n, k) -> (m, n)>

// CHECK-LABEL: func @contract
// CHECK: tt.matmul_transposed %arg0, %arg1
func.func @contract(%x: tensor<64x48xf32>, %y: tensor<80x64xf32>) -> tensor<48x80xf32> {
  %zeros = arith.constant dense<0.0> : tensor<48x80xf32>
  %r = linalg.contract indexing_maps = [#a, #b, #c]
    ins(%x, %y : tensor<64x48xf32>, tensor<80x64xf32>) outs(%zeros : tensor<48x80xf32>) -> tensor<48x80xf32>
  return %r : tensor<48x80xf32>
}

// The loops in the order k, n, m; the factors of the body the other way round.
// CHECK-LABEL: func @loop_order
// CHECK: tt.matmul_transposed %arg0, %arg1
func.func @loop_order(%x: tensor<?x?xf32>, %y: tensor<?x?xf32>, %z: tensor<?x?xf32>) -> tensor<?x?xf32> {
  %zero = arith.constant 0.0 : f32
  %fill = linalg.fill ins(%zero : f32) outs(%z : tensor<?x?xf32>) -> tensor<?x?xf32>
  %r = linalg.generic {
      indexing_maps = [affine_map<(k, n, m) -> (k, m)>, affine_map<(k, n, m) -> (n, k)>, affine_map<(k, n, m) -> (m, n)>],
      iterator_types = ["reduction", "parallel", "parallel"]}
      ins(%x, %y : tensor<?x?xf32>, tensor<?x?xf32>) outs(%fill : tensor<?x?xf32>) {
  ^bb0(%p: f32, %q: f32, %s: f32):
    %product = arith.mulf %p, %q : f32
    %sum = arith.addf %product, %s : f32
    linalg.yield %sum : f32
  } -> tensor<?x?xf32>
  return %r : tensor<?x?xf32>
}

// 16-bit operands: sums in f32, rounded once, in any of three ways.
// CHECK-LABEL: func @f16_copy
// CHECK: %[[C:.*]] = tt.matmul_transposed %arg0, %arg1 : {{.*}} -> tensor<48x80xf16>
// CHECK-NEXT: return %[[C]]
func.func @f16_copy(%x: tensor<64x48xf16>, %y: tensor<80x64xf16>, %out: tensor<48x80xf16>) -> tensor<48x80xf16> {
  %zeros = arith.constant dense<0.0> : tensor<48x80xf32>
  %r = linalg.contract indexing_maps = [#a, #b, #c]
    ins(%x, %y : tensor<64x48xf16>, tensor<80x64xf16>) outs(%zeros : tensor<48x80xf32>) -> tensor<48x80xf32>
  %d = linalg.copy ins(%r : tensor<48x80xf32>) outs(%out : tensor<48x80xf16>) -> tensor<48x80xf16>
  return %d : tensor<48x80xf16>
}

// CHECK-LABEL: func @bf16_truncf
// CHECK: tt.matmul_transposed %arg0, %arg1 : {{.*}} -> tensor<48x80xbf16>
// CHECK-NOT: arith.truncf
func.func @bf16_truncf(%x: tensor<64x48xbf16>, %y: tensor<80x64xbf16>) -> tensor<48x80xbf16> {
  %zeros = arith.constant dense<0.0> : tensor<48x80xf32>
  %r = linalg.contract indexing_maps = [#a, #b, #c]
    ins(%x, %y : tensor<64x48xbf16>, tensor<80x64xbf16>) outs(%zeros : tensor<48x80xf32>) -> tensor<48x80xf32>
  %d = arith.truncf %r : tensor<48x80xf32> to tensor<48x80xbf16>
  return %d : tensor<48x80xbf16>
}

// CHECK-LABEL: func @f16_generic
// CHECK: tt.matmul_transposed %arg0, %arg1 : {{.*}} -> tensor<48x80xf16>
// CHECK-NOT: linalg.generic
func.func @f16_generic(%x: tensor<64x48xf16>, %y: tensor<80x64xf16>, %out: tensor<48x80xf16>) -> tensor<48x80xf16> {
  %zeros = arith.constant dense<0.0> : tensor<48x80xf32>
  %r = linalg.contract indexing_maps = [#a, #b, #c]
    ins(%x, %y : tensor<64x48xf16>, tensor<80x64xf16>) outs(%zeros : tensor<48x80xf32>) -> tensor<48x80xf32>
  %d = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
    ins(%r : tensor<48x80xf32>) outs(%out : tensor<48x80xf16>) {
  ^bb0(%p: f32, %q: f16):
    %t = arith.truncf %p : f32 to f16
    linalg.yield %t : f16
  } -> tensor<48x80xf16>
  return %d : tensor<48x80xf16>
}
