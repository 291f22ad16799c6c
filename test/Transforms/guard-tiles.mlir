// RUN: tt-opt %s --tt-to-linalg --tt-tile-to-blocks --tt-stage-operands --tt-guard-tiles | FileCheck %s

// C has 2 x 4 block tiles of 64 x 64, of 128 threads. The 32 rows of a tile of A
// are shared by 4 blocks, and there by 2 threads for each of its 64 columns: 4
// looks a thread. A tile of B by 2 blocks: 8 looks. One value of either tells
// whether there was a NaN. The workspace has two tickets, 128 rows, 256 columns.
// CHECK-LABEL: func @f
// CHECK: %[[WORKSPACE:.*]] = memref.alloc() {alignment = 256 : i64, tt.workspace = 1792 : i64} : memref<1792xi8>
// CHECK: linalg.fill ins(%{{.*}} : i8)
// CHECK: gpu.launch blocks(%[[BLOCK:.*]], %{{.*}}, %{{.*}}) in {{.*}} threads(%[[THREAD:.*]], %{{.*}}, %{{.*}}) in
// CHECK: %[[A:.*]] = memref.reinterpret_cast {{.*}} sizes: [3, 32, 72]
// CHECK: %[[B:.*]] = memref.reinterpret_cast {{.*}} sizes: [3, 64, 32]
// CHECK: %[[M:.*]] = arith.remui %[[THREAD]], %{{.*}} : index
// CHECK: %[[N:.*]] = arith.remui %[[THREAD]], %{{.*}} : index
// CHECK: %[[FOUND:.*]]:2 = scf.for {{.*}} iter_args(%[[A0:.*]] = %[[ZERO:.*]], %[[B0:.*]] = %[[ZERO]]) -> (f32, f32)
// CHECK: nvgpu.device_async_copy
// CHECK: gpu.barrier
// CHECK: %[[LOAD:.*]] = memref.load %[[A]][%[[SLOT:.*]], %{{.*}}, %[[M]]]
// CHECK: arith.maximumf %[[A0]], %[[LOAD]]
// CHECK-COUNT-3: memref.load %[[A]][%[[SLOT]], %{{.*}}, %[[M]]]
// CHECK-NOT: memref.load %[[A]]
// CHECK-COUNT-8: memref.load %[[B]][%[[SLOT]], %[[N]], %{{.*}}]
// CHECK-NOT: memref.load
// CHECK: linalg.matmul
// CHECK: scf.yield
// CHECK-DAG: memref.view %[[WORKSPACE]]{{.*}} to memref<128xi32>
// CHECK: %[[IS_NAN:.*]] = arith.cmpf uno, %[[FOUND]]#0, %[[FOUND]]#0
// CHECK: scf.if %[[IS_NAN]]
// CHECK: %[[ROW:.*]] = arith.addi %{{.*}}, %[[M]]
// CHECK: memref.store %{{.*}}, %{{.*}}[%[[ROW]]] : memref<128xi32>
// CHECK: memref.store %{{.*}} : memref<1xi32>
// CHECK: memref.view %[[WORKSPACE]]{{.*}} to memref<256xi32>
// CHECK: arith.cmpf uno, %[[FOUND]]#1, %[[FOUND]]#1
// CHECK: memref.dealloc %[[WORKSPACE]]
func.func @f(%a: tensor<256x128xf32>, %b: tensor<256x256xf32>) -> tensor<128x256xf32> {
  %c = tt.matmul_transposed %a, %b config <block = [64, 64, 32], warp = [32, 32], stages = 3, rounding_form = guarded>
    : tensor<256x128xf32>, tensor<256x256xf32> -> tensor<128x256xf32>
  return %c : tensor<128x256xf32>
}

// 32 threads for 64 columns of A and 48 rows of B: two positions each, those of
// B that are not there are others' again.
// CHECK-LABEL: func @few_threads
// CHECK: gpu.launch {{.*}} threads(%[[THREAD:.*]], %{{.*}}, %{{.*}}) in
// CHECK: %[[SECOND:.*]] = arith.addi %[[THREAD]], %{{.*}} : index
// CHECK: %[[AGAIN:.*]] = arith.addi %[[THREAD]], %{{.*}} : index
// CHECK: %[[N:.*]] = arith.remui %[[AGAIN]], %{{.*}} : index
// CHECK: scf.for {{.*}} -> (f32, f32, f32, f32)
// CHECK: memref.load %{{.*}}[%{{.*}}, %{{.*}}, %[[THREAD]]]
// CHECK: memref.load %{{.*}}[%{{.*}}, %{{.*}}, %[[SECOND]]]
// CHECK: memref.load %{{.*}}[%{{.*}}, %[[THREAD]], %{{.*}}]
// CHECK: memref.load %{{.*}}[%{{.*}}, %[[N]], %{{.*}}]
func.func @few_threads(%a: tensor<256x128xf32>, %b: tensor<256x256xf32>) -> tensor<128x256xf32> {
  %c = tt.matmul_transposed %a, %b config <block = [64, 48, 16], warp = [64, 48], stages = 3, rounding_form = guarded>
    : tensor<256x128xf32>, tensor<256x256xf32> -> tensor<128x256xf32>
  return %c : tensor<128x256xf32>
}
