// RUN: tt-opt %s --tt-to-linalg --tt-tile-to-blocks --tt-stage-operands | FileCheck %s

// A: 3 slots of 32 rows of 64 floats and 32 bytes of padding. B: 64 rows of 128
// bytes, swizzled. 128 threads copy 512 pieces of each: 4 copies a thread.
// CHECK-LABEL: func @f
// CHECK: dynamic_shared_memory_size %{{.*}}
// CHECK: %[[STAGES:.*]] = memref.view {{.*}} to memref<13056xf32, #gpu.address_space<workgroup>>
// CHECK: %[[A:.*]] = memref.reinterpret_cast %[[STAGES]] to offset: [0], sizes: [3, 32, 72], strides: [4352, 72, 1]
// CHECK: %[[B:.*]] = memref.reinterpret_cast %[[STAGES]] to offset: [2304], sizes: [3, 64, 32], strides: [4352, 32, 1] {tt.swizzle = #tt.swizzle<row_bits = [0, 2, 3], shift = 0>}
// CHECK: scf.for
// CHECK: %[[SLOT:.*]] = arith.index_cast
// CHECK-COUNT-4: nvgpu.device_async_copy %{{.*}}, %[[A]][%{{.*}}], 4 {bypassL1}
// CHECK-COUNT-4: nvgpu.device_async_copy %{{.*}}, %[[B]][%{{.*}}], 4 {bypassL1}
// CHECK: nvgpu.device_async_create_group
// CHECK-NEXT: nvgpu.device_async_wait
// CHECK-NEXT: gpu.barrier
// CHECK: linalg.matmul
// CHECK-NEXT: gpu.barrier
func.func @f(%a: tensor<256x128xf32>, %b: tensor<128x256xf32>) -> tensor<128x128xf32> {
  %c = tt.matmul_transposed %a, %b config <block = [64, 64, 32], warp = [32, 32], stages = 3>
    : tensor<256x128xf32>, tensor<128x256xf32> -> tensor<128x128xf32>
  return %c : tensor<128x128xf32>
}

// At the edges of A, copies compare their row of k with a limit, which is zero
// for columns beyond M. B has limits along k alone: one comparison for all.
// CHECK-LABEL: func @limits
// CHECK: scf.for
// CHECK: %[[IN_M:.*]] = arith.cmpi slt, %{{.*}} : i32
// CHECK: %[[LIMIT:.*]] = arith.select %[[IN_M]], %{{.*}}, %{{.*}} : i32
// CHECK: %[[IN_K:.*]] = arith.cmpi slt, %{{.*}}, %[[LIMIT]] : i32
// CHECK: %[[ELEMENTS:.*]] = arith.select %[[IN_K]], %{{.*}}, %{{.*}} : index
// CHECK: nvgpu.device_async_copy {{.*}}, 2, %[[ELEMENTS]]
func.func @limits(%a: tensor<40x130xf32>, %b: tensor<64x40xf32>) -> tensor<130x64xf32> {
  %c = tt.matmul_transposed %a, %b config <block = [64, 64, 16], warp = [32, 32], stages = 3>
    : tensor<40x130xf32>, tensor<64x40xf32> -> tensor<130x64xf32>
  return %c : tensor<130x64xf32>
}
