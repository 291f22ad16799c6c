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

// The last 3 of 4 tiles in 5 shares: 8 blocks. Block 0 has a tile for itself;
// blocks 1 to 5 do a share or the end of one, 6 and 7 the beginnings of those that
// cross into tiles 1 and 2 of the three.
// CLEAN-LABEL: func @stream
// CLEAN-DAG: %[[BLOCKS:.*]] = arith.constant 8 : index
// CLEAN-DAG: %[[THREE:.*]] = arith.constant 3 : i32
// CLEAN-DAG: %[[FIVE:.*]] = arith.constant 5 : i32
// CLEAN: gpu.launch blocks({{.*}}) in (%{{.*}} = %[[BLOCKS]],
// CLEAN: %[[BLOCK:.*]] = arith.index_cast %{{.*}} : index to i32
// CLEAN: %[[SHARE:.*]] = arith.subi %[[BLOCK]], %c1_i32 : i32
// CLEAN: %[[ENDS:.*]] = arith.muli %[[BLOCK]], %[[THREE]] : i32
// CLEAN: %[[LAST:.*]] = arith.subi %[[ENDS]], %c1_i32 : i32
// CLEAN: arith.divui %[[LAST]], %[[FIVE]] : i32
// CLEAN: arith.cmpi sgt, %[[SHARE]], %c4_i32 : i32
// CLEAN: %[[V:.*]] = arith.subi %c8_i32, %[[BLOCK]] : i32
// CLEAN: %[[TWICE:.*]] = arith.muli %[[V]], %c2_i32
// CLEAN: arith.remui %[[TWICE]], %[[THREE]] : i32
// CLEAN: %[[FIRST:.*]] = arith.divui %{{.*}}, %c5 : index
// CLEAN: %[[BEHIND:.*]] = arith.divui %{{.*}}, %c5 : index
// CLEAN: %[[COUNT:.*]] = arith.subi %[[BEHIND]], %[[FIRST]] : index
// CLEAN: scf.for %[[I:.*]] = %c0 to %[[COUNT]]
// CLEAN: arith.addi %[[I]], %[[FIRST]] : index
func.func @stream(%a: tensor<256x128xf32>, %b: tensor<128x256xf32>) -> tensor<128x128xf32> {
  %c = tt.matmul_transposed %a, %b config <block = [64, 64, 32], warp = [32, 32], stages = 3, stream_k = [3, 5]>
    : tensor<256x128xf32>, tensor<128x256xf32> -> tensor<128x128xf32>
  return %c : tensor<128x128xf32>
}

// 4 tiles of 8 k-tiles for 3 blocks, in one loop. Where a tile's last k-tile is
// done, its sums are copied to C, and zeroed for the next tile.
// CLEAN-LABEL: func @persistent
// CLEAN: gpu.launch blocks(%[[BLOCK:[^,]*]], {{.*}}) in (%{{.*}} = %c3,
// CLEAN: linalg.fill {{.*}} outs(%[[SUMS:.*]] :
// CLEAN: %[[LEFT:.*]] = arith.subi %c6, %[[BLOCK]]
// CLEAN: %[[TILES:.*]] = arith.divui %[[LEFT]], %c3
// CLEAN: %[[ALL:.*]] = arith.muli %[[TILES]], %c8
// CLEAN: scf.for %[[I:.*]] = %c0 to %[[ALL]]
// CLEAN: %[[K_TILE:.*]] = arith.remui %[[I]], %c8
// CLEAN: %[[NUMBER:.*]] = arith.divui %[[I]], %c8
// CLEAN: %[[STEPS:.*]] = arith.muli %[[NUMBER]], %c3
// CLEAN: arith.addi %[[STEPS]], %[[BLOCK]]
// CLEAN: linalg.matmul
// CLEAN: %[[LAST:.*]] = arith.cmpi eq, %[[K_TILE]], %c7
// CLEAN: scf.if %[[LAST]]
// CLEAN: linalg.copy ins(%[[SUMS]]
// CLEAN: linalg.fill {{.*}} outs(%[[SUMS]]
func.func @persistent(%a: tensor<256x128xf32>, %b: tensor<128x256xf32>) -> tensor<128x128xf32> {
  %c = tt.matmul_transposed %a, %b config <block = [64, 64, 32], warp = [32, 32], stages = 3, persistent_blocks = 3>
    : tensor<256x128xf32>, tensor<128x256xf32> -> tensor<128x128xf32>
  return %c : tensor<128x128xf32>
}

// No more blocks than tiles.
// CLEAN-LABEL: func @few
// CLEAN: gpu.launch blocks({{.*}}) in (%{{.*}} = %c4,
func.func @few(%a: tensor<256x128xf32>, %b: tensor<128x256xf32>) -> tensor<128x128xf32> {
  %c = tt.matmul_transposed %a, %b config <block = [64, 64, 32], warp = [32, 32], stages = 3, persistent_blocks = 100>
    : tensor<256x128xf32>, tensor<128x256xf32> -> tensor<128x128xf32>
  return %c : tensor<128x128xf32>
}
