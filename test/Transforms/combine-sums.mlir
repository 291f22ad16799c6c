// RUN: tt-opt %s --tt-to-linalg --linalg-to-gpu --gpu-to-nvgpu --split-input-file | FileCheck %s
// The pass changes nothing where it has run before.
// RUN: tt-opt %s --split-input-file --tt-to-linalg --linalg-to-gpu --tt-lower-to-mma --tt-combine-sums -o %t.once
// RUN: tt-opt %t.once --split-input-file --tt-combine-sums | diff %t.once -

// Two slices of 128 threads, of 8 fragments each. Each hands over the 4 of one
// m16 tile in shared memory, adds what it gets to those of the other, and stores
// that to C, 16 rows further if it is the second slice.
// CHECK-LABEL: func @slices
// CHECK: nvgpu.mma.sync
// CHECK: nvgpu.device_async_wait {{.*}}numGroups = 0
// CHECK: gpu.barrier
// CHECK: %[[KEPT:.*]]:4 = scf.index_switch %[[SLICE:.*]] ->
// CHECK: case 0
// CHECK-COUNT-4: vector.store %{{.*}} : memref<4096xf32, #gpu.address_space<workgroup>>, vector<4xf32>
// CHECK-NOT: vector.store
// CHECK: default
// CHECK-COUNT-4: vector.store %{{.*}} : memref<4096xf32, #gpu.address_space<workgroup>>, vector<4xf32>
// CHECK-NOT: vector.store
// CHECK: gpu.barrier
// CHECK: arith.muli %[[SLICE]], %c2048
// CHECK: vector.load %{{.*}} : memref<4096xf32, #gpu.address_space<workgroup>>, vector<4xf32>
// CHECK: vector.extract %[[KEPT]]#0
// CHECK: arith.addf
// CHECK: %[[ROWS:.*]] = arith.muli %[[SLICE]], %c16
// CHECK: arith.addi %{{.*}}, %[[ROWS]]
// CHECK-COUNT-4: vector.store %{{.*}} : memref<128x128xf32
// CHECK-NOT: vector.store
func.func @slices(%a: tensor<256x128xf32>, %b: tensor<128x256xf32>) -> tensor<128x128xf32> {
  %c = tt.matmul_transposed %a, %b config <block = [64, 64, 32], warp = [32, 32], stages = 3, k_slices = 2>
    : tensor<256x128xf32>, tensor<128x256xf32> -> tensor<128x128xf32>
  return %c : tensor<128x128xf32>
}

// -----

// Four slices, but one m16 tile with two groups of 16 columns: slices 0 and 1
// finish one group each, slices 2 and 3 hand over both.
// CHECK-LABEL: func @two_of_four
// CHECK: %[[SLICE:.*]] = arith.divui %{{.*}}, %c64
// CHECK: %[[HAS_SHARE:.*]] = arith.cmpi slt, %[[SLICE]], %c2
// CHECK: scf.index_switch %[[SLICE]] ->
// CHECK: case 0
// CHECK-COUNT-2: vector.store %{{.*}} : memref<3072xf32, #gpu.address_space<workgroup>>, vector<4xf32>
// CHECK-NOT: vector.store
// CHECK: case 1
// CHECK-COUNT-2: vector.store %{{.*}} : memref<3072xf32, #gpu.address_space<workgroup>>, vector<4xf32>
// CHECK-NOT: vector.store
// CHECK: default
// CHECK-COUNT-4: vector.store %{{.*}} : memref<3072xf32, #gpu.address_space<workgroup>>, vector<4xf32>
// CHECK-NOT: vector.store
// CHECK: gpu.barrier
// CHECK: scf.if %[[HAS_SHARE]]
// CHECK-COUNT-6: vector.load %{{.*}} : memref<3072xf32, #gpu.address_space<workgroup>>, vector<4xf32>
// CHECK-NOT: vector.load
// CHECK: %[[SHARE:.*]] = arith.remui %[[SLICE]], %c2
// CHECK: %[[COLUMNS:.*]] = arith.muli %[[SHARE]], %c16
// CHECK: arith.addi %{{.*}}, %[[COLUMNS]]
// CHECK: scf.if %[[HAS_SHARE]]
// CHECK-COUNT-2: vector.store %{{.*}} : memref<128x128xf32
// CHECK-NOT: vector.store
func.func @two_of_four(%a: tensor<256x128xf32>, %b: tensor<128x256xf32>) -> tensor<128x128xf32> {
  %c = tt.matmul_transposed %a, %b config <block = [16, 64, 64], warp = [16, 32], stages = 3, k_slices = 4>
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
