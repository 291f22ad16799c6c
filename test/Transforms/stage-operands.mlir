// RUN: tt-opt %s --tt-to-linalg --tt-tile-to-blocks --tt-stage-operands --cse | FileCheck %s

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

// Of many rounds, all compare a constant with what is left beyond the thread's
// first row.
// CHECK-LABEL: func @many_rounds
// CHECK: scf.for
// CHECK: %[[LIMIT:.*]] = arith.select %{{.*}}, %{{.*}}, %{{.*}} : i32
// CHECK: %[[LEFT:.*]] = arith.subi %[[LIMIT]], %{{.*}} : i32
// CHECK: arith.cmpi sgt, %[[LEFT]], %c0_i32{{.*}} : i32
// CHECK: nvgpu.device_async_copy {{.*}}, 1,
// CHECK: arith.cmpi sgt, %[[LEFT]], %c2_i32{{.*}} : i32
// CHECK: nvgpu.device_async_copy {{.*}}, 1,
func.func @many_rounds(%a: tensor<80x131xf32>, %b: tensor<64x80xf32>) -> tensor<131x64xf32> {
  %c = tt.matmul_transposed %a, %b config <block = [64, 64, 32], warp = [32, 32], stages = 3>
    : tensor<80x131xf32>, tensor<64x80xf32> -> tensor<131x64xf32>
  return %c : tensor<131x64xf32>
}

// 96 copies of 4 bytes a row, 64 threads: a strip of 64 columns, a row a round,
// and one of 32, two rows a round. The column of each is the thread's own.
// CHECK-LABEL: func @strips
// CHECK: scf.for
// CHECK-DAG: %[[FIRST:.*]] = arith.remui %[[THREAD:.*]], %c64{{.*}} : index
// CHECK-COUNT-16: nvgpu.device_async_copy %{{.*}}[%{{.*}}, %[[FIRST]]], %{{.*}}, 1,
// CHECK: %[[ROW:.*]] = arith.divui %{{.*}}, %c32{{.*}} : index
// CHECK: %[[IN_STRIP:.*]] = arith.remui %{{.*}}, %c32{{.*}} : index
// CHECK: %[[SECOND:.*]] = arith.addi %[[IN_STRIP]], %c64{{.*}} : index
// CHECK-COUNT-8: nvgpu.device_async_copy %{{.*}}[%{{.*}}, %[[SECOND]]], %{{.*}}, 1,
// CHECK-NOT: nvgpu.device_async_copy {{.*}}, 1,
func.func @strips(%a: tensor<64x99xf32>, %b: tensor<64x64xf32>) -> tensor<99x64xf32> {
  %c = tt.matmul_transposed %a, %b config <block = [96, 32, 16], warp = [48, 32], stages = 2>
    : tensor<64x99xf32>, tensor<64x64xf32> -> tensor<99x64xf32>
  return %c : tensor<99x64xf32>
}

// XORed rows of A, which have no padding: bits of k pick the chunk that tell apart
// rows of the same banks. 8 rows of an ldmatrix, of 32, 64, 96 and 128 bytes:
// CHECK-LABEL: func @xor16
// CHECK: sizes: [2, 64, 16], {{.*}} {tt.swizzle = #tt.swizzle<row_bits = [2], shift = 0>}
// CHECK-LABEL: func @xor32
// CHECK: sizes: [2, 64, 32], {{.*}} {tt.swizzle = #tt.swizzle<row_bits = [1, 2], shift = 0>}
// CHECK-LABEL: func @xor48
// CHECK: sizes: [2, 64, 48], {{.*}} {tt.swizzle = #tt.swizzle<row_bits = [2], shift = 0>}
// CHECK-LABEL: func @xor64
// CHECK: sizes: [2, 64, 64], {{.*}} {tt.swizzle = #tt.swizzle<row_bits = [0, 1, 2], shift = 0>}
func.func @xor16(%a: tensor<128x32xf16>, %b: tensor<128x128xf16>) -> tensor<32x128xf16> {
  %c = tt.matmul_transposed %a, %b config <block = [16, 64, 64], warp = [16, 32], stages = 2, a_layout = xor>
    : tensor<128x32xf16>, tensor<128x128xf16> -> tensor<32x128xf16>
  return %c : tensor<32x128xf16>
}
func.func @xor32(%a: tensor<128x64xf16>, %b: tensor<128x128xf16>) -> tensor<64x128xf16> {
  %c = tt.matmul_transposed %a, %b config <block = [32, 64, 64], warp = [32, 32], stages = 2, a_layout = xor>
    : tensor<128x64xf16>, tensor<128x128xf16> -> tensor<64x128xf16>
  return %c : tensor<64x128xf16>
}
func.func @xor48(%a: tensor<128x96xf16>, %b: tensor<128x128xf16>) -> tensor<96x128xf16> {
  %c = tt.matmul_transposed %a, %b config <block = [48, 64, 64], warp = [48, 32], stages = 2, a_layout = xor>
    : tensor<128x96xf16>, tensor<128x128xf16> -> tensor<96x128xf16>
  return %c : tensor<96x128xf16>
}
func.func @xor64(%a: tensor<128x128xf16>, %b: tensor<128x128xf16>) -> tensor<128x128xf16> {
  %c = tt.matmul_transposed %a, %b config <block = [64, 64, 64], warp = [64, 32], stages = 2, a_layout = xor>
    : tensor<128x128xf16>, tensor<128x128xf16> -> tensor<128x128xf16>
  return %c : tensor<128x128xf16>
}

// 4 rows of a 64-bit load, two chunks each, of 64 and 128 bytes:
// CHECK-LABEL: func @xor_f32_16
// CHECK: sizes: [2, 32, 16], {{.*}} {tt.swizzle = #tt.swizzle<row_bits = [1], shift = 1>}
// CHECK-LABEL: func @xor_f32_32
// CHECK: sizes: [2, 32, 32], {{.*}} {tt.swizzle = #tt.swizzle<row_bits = [0, 1], shift = 1>}
func.func @xor_f32_16(%a: tensor<128x32xf32>, %b: tensor<128x128xf32>) -> tensor<32x128xf32> {
  %c = tt.matmul_transposed %a, %b config <block = [16, 64, 32], warp = [16, 32], stages = 2, a_layout = xor>
    : tensor<128x32xf32>, tensor<128x128xf32> -> tensor<32x128xf32>
  return %c : tensor<32x128xf32>
}
func.func @xor_f32_32(%a: tensor<128x64xf32>, %b: tensor<128x128xf32>) -> tensor<64x128xf32> {
  %c = tt.matmul_transposed %a, %b config <block = [32, 64, 32], warp = [32, 32], stages = 2, a_layout = xor>
    : tensor<128x64xf32>, tensor<128x128xf32> -> tensor<64x128xf32>
  return %c : tensor<64x128xf32>
}
