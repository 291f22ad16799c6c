// RUN: tt-opt %s --convert-tt-to-linalg | FileCheck %s

// CHECK-DAG: #[[$A:.*]] = affine_map<(d0, d1, d2) -> (d2, d0)>
// CHECK-DAG: #[[$B:.*]] = affine_map<(d0, d1, d2) -> (d1, d2)>
// CHECK-DAG: #[[$C:.*]] = affine_map<(d0, d1, d2) -> (d0, d1)>

// CHECK-LABEL: func @f32
// CHECK: %[[EMPTY:.*]] = tensor.empty() : tensor<48x80xf32>
// CHECK: %[[FILL:.*]] = linalg.fill {{.*}} outs(%[[EMPTY]]
// CHECK: linalg.matmul indexing_maps = [#[[$A]], #[[$B]], #[[$C]]]
// CHECK-SAME: tt.config
// CHECK-SAME: outs(%[[FILL]]
func.func @f32(%a: tensor<64x48xf32>, %b: tensor<80x64xf32>) -> tensor<48x80xf32> {
  %c = tt.matmul_transposed %a, %b config <block = [64, 64, 32], warp = [32, 32], stages = 2>
    : tensor<64x48xf32>, tensor<80x64xf32> -> tensor<48x80xf32>
  return %c : tensor<48x80xf32>
}

// 16-bit operands sum in f32 and round once.
// CHECK-LABEL: func @f16_dynamic
// CHECK-DAG: %[[M:.*]] = tensor.dim %arg0, %c1
// CHECK-DAG: %[[N:.*]] = tensor.dim %arg1, %c0
// CHECK: tensor.empty(%[[M]], %[[N]]) : tensor<?x?xf32>
// CHECK: linalg.matmul {{.*}} ins(%{{.*}} : tensor<?x?xf16>, tensor<?x?xf16>) outs(%{{.*}} : tensor<?x?xf32>)
// CHECK: linalg.copy ins(%{{.*}} : tensor<?x?xf32>) outs(%{{.*}} : tensor<?x?xf16>)
func.func @f16_dynamic(%a: tensor<?x?xf16>, %b: tensor<?x?xf16>) -> tensor<?x?xf16> {
  %c = tt.matmul_transposed %a, %b : tensor<?x?xf16>, tensor<?x?xf16> -> tensor<?x?xf16>
  return %c : tensor<?x?xf16>
}

// Whether A and B agree on K is only known when the program runs.
// CHECK-LABEL: func @terms
// CHECK-DAG: %[[KA:.*]] = tensor.dim %arg0, %c0
// CHECK-DAG: %[[KB:.*]] = arith.constant 64 : index
// CHECK: %[[AGREE:.*]] = arith.cmpi eq, %[[KA]], %[[KB]]
// CHECK: cf.assert %[[AGREE]], "tt.matmul_transposed: A (K, M) and B (N, K) do not agree on K"
func.func @terms(%a: tensor<?x48xf32>, %b: tensor<80x64xf32>) -> tensor<48x80xf32> {
  %c = tt.matmul_transposed %a, %b : tensor<?x48xf32>, tensor<80x64xf32> -> tensor<48x80xf32>
  return %c : tensor<48x80xf32>
}
