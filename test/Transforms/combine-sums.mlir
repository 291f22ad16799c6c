// RUN: tt-opt %s --tt-to-linalg --linalg-to-gpu --gpu-to-nvgpu --split-input-file | FileCheck %s

// Two slices of 128 threads: the second hands its 8 fragments over in shared
// memory, the first adds them and stores C.
// CHECK-LABEL: func @slices
// CHECK: nvgpu.mma.sync
// CHECK: nvgpu.device_async_wait {{.*}}numGroups = 0
// CHECK: gpu.barrier
// CHECK: scf.if
// CHECK-COUNT-8: vector.store %{{.*}} : memref<4096xf32, #gpu.address_space<workgroup>>, vector<4xf32>
// CHECK: gpu.barrier
// CHECK: scf.if
// CHECK: vector.load %{{.*}} : memref<4096xf32, #gpu.address_space<workgroup>>, vector<4xf32>
// CHECK: arith.addf
// CHECK: vector.store %{{.*}} : memref<128x128xf32
func.func @slices(%a: tensor<256x128xf32>, %b: tensor<128x256xf32>) -> tensor<128x128xf32> {
  %c = tt.matmul_transposed %a, %b config <block = [64, 64, 32], warp = [32, 32], stages = 3, k_slices = 2>
    : tensor<256x128xf32>, tensor<128x256xf32> -> tensor<128x128xf32>
  return %c : tensor<128x128xf32>
}

// -----

// Two blocks a tile: 4 tiles of 2 x 4096 sums, after the tickets. The last block
// adds the sums of both, in their order, and stores C.
// CHECK-LABEL: func @splits
// CHECK: %[[WORKSPACE:.*]] = memref.alloc() {alignment = 256 : i64, tt.workspace = 256 : i64} : memref<131328xi8>
// CHECK: gpu.launch blocks({{.*}}) in (%{{.*}} = %c8,
// CHECK: nvgpu.mma.sync
// CHECK: memref.view %[[WORKSPACE]]{{.*}} to memref<32768xf32>
// CHECK-COUNT-8: vector.store %{{.*}} : memref<32768xf32>, vector<4xf32>
// CHECK: gpu.barrier
// CHECK: llvm.fence syncscope("device") acq_rel
// CHECK: llvm.atomicrmw add {{.*}} monotonic
// CHECK: llvm.fence syncscope("device") acq_rel
// CHECK: gpu.barrier
// CHECK: scf.if
// CHECK: vector.load %{{.*}} : memref<32768xf32>, vector<4xf32>
// CHECK: arith.addf
// CHECK: vector.store %{{.*}} : memref<128x128xf32
// CHECK: memref.dealloc %[[WORKSPACE]]
func.func @splits(%a: tensor<256x128xf32>, %b: tensor<128x256xf32>) -> tensor<128x128xf32> {
  %c = tt.matmul_transposed %a, %b config <block = [64, 64, 32], warp = [32, 32], stages = 3, split_k = 2>
    : tensor<256x128xf32>, tensor<128x256xf32> -> tensor<128x128xf32>
  return %c : tensor<128x128xf32>
}

// -----

// Three tickets and 3 + 5 places for sums, 4096 each. A tile that one block has
// alone is not handed over.
// CHECK-LABEL: func @stream
// CHECK: %[[WORKSPACE:.*]] = memref.alloc() {alignment = 256 : i64, tt.workspace = 256 : i64} : memref<131328xi8>
// CHECK: gpu.launch blocks({{.*}}) in (%{{.*}} = %c8,
// CHECK: nvgpu.mma.sync
// CHECK: %[[SHARED:.*]] = arith.cmpi sgt, %[[PARTS:.*]], %c1 : index
// CHECK-NOT: arith.cmpi
// CHECK: %[[SUMS:.*]]:9 = scf.if %[[SHARED]] -> (i1,
// CHECK-COUNT-8: vector.store %{{.*}} : memref<32768xf32>, vector<4xf32>
// CHECK: llvm.atomicrmw add {{.*}} monotonic
// CHECK: scf.for %{{.*}} = %{{.*}} to %[[PARTS]] step
// CHECK-COUNT-8: vector.load %{{.*}} : memref<32768xf32>, vector<4xf32>
// CHECK: } else {
// CHECK: scf.if %[[SUMS]]#0 {
// CHECK: vector.store %{{.*}} : memref<128x128xf32
func.func @stream(%a: tensor<256x128xf32>, %b: tensor<128x256xf32>) -> tensor<128x128xf32> {
  %c = tt.matmul_transposed %a, %b config <block = [64, 64, 32], warp = [32, 32], stages = 3, stream_k = [3, 5]>
    : tensor<256x128xf32>, tensor<128x256xf32> -> tensor<128x128xf32>
  return %c : tensor<128x128xf32>
}
