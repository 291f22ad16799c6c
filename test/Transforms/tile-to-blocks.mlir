// RUN: tt-opt %s --tt-to-linalg --tt-tile-to-blocks | FileCheck %s
// RUN: tt-opt %s --tt-to-linalg --tt-tile-to-blocks --canonicalize --cse | tt-opt | FileCheck %s --check-prefix=CLEAN

// Four blocks in one dimension, 128 threads; 8 k-tiles of 32.
// CHECK-LABEL: func @f
// CHECK: gpu.launch blocks
// CHECK: %[[SUMS:.*]] = memref.alloca() : memref<64x64xf32>
// CHECK: linalg.fill {{.*}} outs(%[[SUMS]]
// CHECK: scf.for %[[TILE:.*]] = %{{.*}} to %c8{{.*}} step
// CHECK: memref.subview %arg0{{.*}} [32, 64] [1, 1]
// CHECK: memref.subview %arg1{{.*}} [64, 32] [1, 1]
// CHECK: linalg.matmul
// CHECK: linalg.copy
// CHECK: tt.config = #tt.config<block = [64, 64, 32]
// CLEAN-LABEL: func @f
// CLEAN-DAG: %[[BLOCKS:.*]] = arith.constant 4 : index
// CLEAN-DAG: %[[THREADS:.*]] = arith.constant 128 : index
// CLEAN: gpu.launch blocks({{.*}}) in (%{{.*}} = %[[BLOCKS]], {{.*}}) threads({{.*}}) in (%{{.*}} = %[[THREADS]],
func.func @f(%a: tensor<256x128xf32>, %b: tensor<128x256xf32>) -> tensor<128x128xf32> {
  %c = tt.matmul_transposed %a, %b config <block = [64, 64, 32], warp = [32, 32], stages = 3>
    : tensor<256x128xf32>, tensor<128x256xf32> -> tensor<128x128xf32>
  return %c : tensor<128x128xf32>
}
