// RUN: tt-opt %s --canonicalize | FileCheck %s

// CHECK-LABEL: func @no_terms
// CHECK: %[[ZEROS:.*]] = arith.constant dense<0.000000e+00> : tensor<4x5xf32>
// CHECK: return %[[ZEROS]]
func.func @no_terms(%a: tensor<0x4xf32>, %b: tensor<5x0xf32>) -> tensor<4x5xf32> {
  %c = tt.matmul_transposed %a, %b : tensor<0x4xf32>, tensor<5x0xf32> -> tensor<4x5xf32>
  return %c : tensor<4x5xf32>
}

// CHECK-LABEL: func @empty
// CHECK-NOT: tt.matmul_transposed
func.func @empty(%a: tensor<8x0xf32>, %b: tensor<5x8xf32>) -> tensor<0x5xf32> {
  %c = tt.matmul_transposed %a, %b : tensor<8x0xf32>, tensor<5x8xf32> -> tensor<0x5xf32>
  return %c : tensor<0x5xf32>
}

// What the operands know of the sizes reaches the result.
// CHECK-LABEL: func @refined
// CHECK: tt.matmul_transposed %{{.*}} -> tensor<4x5xf32>
// CHECK: tensor.cast %{{.*}} : tensor<4x5xf32> to tensor<?x?xf32>
func.func @refined(%a: tensor<8x4xf32>, %b: tensor<5x8xf32>) -> tensor<?x?xf32> {
  %c = tt.matmul_transposed %a, %b : tensor<8x4xf32>, tensor<5x8xf32> -> tensor<?x?xf32>
  return %c : tensor<?x?xf32>
}
