// RUN: tt-opt %s | tt-opt | FileCheck %s
// RUN: tt-opt %s --mlir-print-op-generic | tt-opt | FileCheck %s
// RUN: tt-opt %s --emit-bytecode | tt-opt | FileCheck %s

// CHECK-LABEL: func @plain
func.func @plain(%a: tensor<64x48xf32>, %b: tensor<80x64xf32>) -> tensor<48x80xf32> {
  // CHECK: tt.matmul_transposed %{{.*}}, %{{.*}} : tensor<64x48xf32>, tensor<80x64xf32> -> tensor<48x80xf32>
  %c = tt.matmul_transposed %a, %b : tensor<64x48xf32>, tensor<80x64xf32> -> tensor<48x80xf32>
  return %c : tensor<48x80xf32>
}

// CHECK-LABEL: func @decided
func.func @decided(%a: tensor<?x?xf32>, %b: tensor<?x?xf32>) -> tensor<?x?xf32> {
  // CHECK: precision <tf32, rounding = truncate>
  // CHECK-SAME: config <block = [128, 256, 16], warp = [64, 64], stages = 3, raster_group = 4, a_layout = xor, mma_order = a_stationary, copy_slot = after_barrier>
  %c = tt.matmul_transposed %a, %b precision <tf32, rounding = truncate>
    config <block = [128, 256, 16], warp = [64, 64], stages = 3, raster_group = 4, a_layout = xor, mma_order = a_stationary, copy_slot = after_barrier>
    : tensor<?x?xf32>, tensor<?x?xf32> -> tensor<?x?xf32>
  return %c : tensor<?x?xf32>
}

// Defaults are not printed.
// CHECK-LABEL: func @defaults
// CHECK: config <block = [64, 64, 64], warp = [32, 32], stages = 2> :
func.func @defaults(%a: tensor<64x48xbf16>, %b: tensor<80x64xbf16>) -> tensor<48x80xbf16> {
  %c = tt.matmul_transposed %a, %b config <block = [64, 64, 64], warp = [32, 32], stages = 2, raster_group = 8, a_layout = padded>
    : tensor<64x48xbf16>, tensor<80x64xbf16> -> tensor<48x80xbf16>
  return %c : tensor<48x80xbf16>
}

// CHECK-LABEL: func @edges
// CHECK: config <block = [128, 64, 64], warp = [32, 64], stages = 3, edge = [16, 0]> :
func.func @edges(%a: tensor<64x136xbf16>, %b: tensor<128x64xbf16>) -> tensor<136x128xbf16> {
  %c = tt.matmul_transposed %a, %b config <block = [128, 64, 64], warp = [32, 64], stages = 3, edge = [16, 0]>
    : tensor<64x136xbf16>, tensor<128x64xbf16> -> tensor<136x128xbf16>
  return %c : tensor<136x128xbf16>
}

// CHECK-LABEL: func @attributes
// CHECK-SAME: tt.swizzle = #tt.swizzle<row_bits = [0, 3, 4], shift = 0>
// CHECK-SAME: tt.target = #tt.target<"rtx4090">
func.func @attributes() attributes {
  tt.swizzle = #tt.swizzle<row_bits = [0, 3, 4], shift = 0>,
  tt.target = #tt.target<"rtx4090">} { return }

// The ops between two passes read back what they print as well.
// CHECK-LABEL: func @between_passes
// CHECK: tt.round_to_tf32 %{{.*}} nearest_finite : vector<4x1xf32>
// CHECK: tt.store_fragments %{{.*}}, %{{.*}} to %{{.*}}[%{{.*}}, %{{.*}}] warp [16, 16] : vector<2x2xf32>, vector<2x2xf32> to memref<?x?xf16>
// CHECK: tt.store_fragments %{{.*}}, %{{.*}} to %{{.*}}[%{{.*}}, %{{.*}}] warp [16, 16] combined : vector<2x2xf32>, vector<2x2xf32> to memref<?x?xf16>
func.func @between_passes(%x: vector<4x1xf32>, %f: vector<2x2xf32>, %c: memref<?x?xf16>, %i: index) -> vector<4x1xf32> {
  %y = tt.round_to_tf32 %x nearest_finite : vector<4x1xf32>
  tt.store_fragments %f, %f to %c[%i, %i] warp [16, 16] : vector<2x2xf32>, vector<2x2xf32> to memref<?x?xf16>
  tt.store_fragments %f, %f to %c[%i, %i] warp [16, 16] combined : vector<2x2xf32>, vector<2x2xf32> to memref<?x?xf16>
  return %y : vector<4x1xf32>
}
