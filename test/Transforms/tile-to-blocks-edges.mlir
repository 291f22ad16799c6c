// RUN: tt-opt %s --tt-to-linalg --tt-tile-to-blocks --canonicalize --cse | FileCheck %s

// C of 264 x 280 in tiles of 128: four whole ones, three tiles of 16 x 128 for the
// last 8 rows, two of 128 x 32 for the last 24 columns of the others. The parts are
// products of their own; block tiles that cover theirs wholly have no limits.
// CHECK-LABEL: func @f
// CHECK: gpu.launch blocks({{.*}}) in (%{{.*}} = %c4, {{.*}}) threads({{.*}}) in (%{{.*}} = %c256,
// CHECK: %[[A:.*]] = memref.subview %arg0[0, 0] [96, 256] [1, 1]
// CHECK: %[[B:.*]] = memref.subview %arg1[0, 0] [256, 96] [1, 1]
// CHECK: %[[C:.*]] = memref.subview %{{.*}}[0, 0] [256, 256] [1, 1]
// CHECK: memref.subview %[[A]][%{{.*}}, %{{.*}}] [32, 128] [1, 1]
// CHECK: memref.subview %[[B]][%{{.*}}, %{{.*}}] [128, 32] [1, 1]
// CHECK: memref.subview %[[C]][%{{.*}}, %{{.*}}] [128, 128] [1, 1]
// CHECK: tt.config = #tt.config<block = [128, 128, 32], warp = [64, 32], stages = 3, rounding_form = guarded>
// CHECK-NOT: tt.edge

// CHECK: gpu.launch blocks({{.*}}) in (%{{.*}} = %c3, {{.*}}) threads({{.*}}) in (%{{.*}} = %c256,
// CHECK: memref.subview %arg0[0, 256] [96, 8] [1, 1]
// CHECK: memref.subview %{{.*}}[256, 0] [8, 280] [1, 1]
// CHECK: tt.config = #tt.config<block = [16, 128, 32], warp = [16, 32], stages = 5, a_layout = xor, copy_slot = after_barrier, k_slices = 2>
// CHECK-SAME: tt.edge

// CHECK: gpu.launch blocks({{.*}}) in (%{{.*}} = %c2, {{.*}}) threads({{.*}}) in (%{{.*}} = %c256,
// CHECK: memref.subview %arg0[0, 0] [96, 256] [1, 1]
// CHECK: memref.subview %arg1[256, 0] [24, 96] [1, 1]
// CHECK: memref.subview %{{.*}}[0, 256] [256, 24] [1, 1]
// CHECK: tt.config = #tt.config<block = [128, 32, 32], warp = [32, 32], stages = 4, copy_slot = after_barrier, k_slices = 2>
// CHECK-SAME: tt.edge
// CHECK-NOT: gpu.launch
func.func @f(%a: tensor<96x264xf32>, %b: tensor<280x96xf32>) -> tensor<264x280xf32> {
  %c = tt.matmul_transposed %a, %b config <block = [128, 128, 32], warp = [64, 32], stages = 3, rounding_form = guarded, edge = [16, 32]>
    : tensor<96x264xf32>, tensor<280x96xf32> -> tensor<264x280xf32>
  return %c : tensor<264x280xf32>
}
