// RUN: tt-opt %s --tt-to-linalg --tt-tile-to-blocks --tt-stage-operands --tt-map-to-warps | FileCheck %s

// CHECK-LABEL: func @f
// CHECK: %[[WARP:.*]] = arith.divui %{{.*}}, %c32
// CHECK: memref.alloca() : memref<32x32xf32>
// CHECK: scf.for
// CHECK: memref.subview {{.*}} [32, 32] [1, 1] {{.*}}workgroup
// CHECK: memref.subview {{.*}} [32, 32] [1, 1] {{.*}}workgroup
// CHECK: linalg.matmul {{.*}} outs(%{{.*}} : memref<32x32xf32>)
// CHECK: linalg.copy ins({{.*}}memref<32x32xf32
func.func @f(%a: tensor<256x128xf32>, %b: tensor<128x256xf32>) -> tensor<128x128xf32> {
  %c = tt.matmul_transposed %a, %b config <block = [64, 64, 32], warp = [32, 32], stages = 3>
    : tensor<256x128xf32>, tensor<128x256xf32> -> tensor<128x128xf32>
  return %c : tensor<128x128xf32>
}

// The tile of a persistent block ends in the loop: both fills are of the warp's
// sums.
// CHECK-LABEL: func @persistent
// CHECK: %[[SUMS:.*]] = memref.alloca() : memref<32x32xf32>
// CHECK: linalg.fill {{.*}} outs(%[[SUMS]]
// CHECK: scf.for
// CHECK: scf.if
// CHECK: linalg.copy
// CHECK: linalg.fill {{.*}} outs(%[[SUMS]]
func.func @persistent(%a: tensor<256x128xf32>, %b: tensor<128x256xf32>) -> tensor<128x128xf32> {
  %c = tt.matmul_transposed %a, %b config <block = [64, 64, 32], warp = [32, 32], stages = 3, persistent_blocks = 3>
    : tensor<256x128xf32>, tensor<128x256xf32> -> tensor<128x128xf32>
  return %c : tensor<128x128xf32>
}
