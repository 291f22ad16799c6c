// RUN: tt-opt %s --tt-fuse-edges --canonicalize | FileCheck %s

// Each launch has its own block numbers and grid; all have the most shared memory
// that one needs.
// CHECK-LABEL: func @three
// CHECK: gpu.launch blocks(%[[BLOCK:[^,]*]], {{.*}}) in (%{{.*}} = %c9, {{.*}}) threads(%[[THREAD:[^,]*]], {{.*}}) in (%{{.*}} = %c64{{[^)]*}}) dynamic_shared_memory_size %c512
// CHECK: %[[IS_TILE:.*]] = arith.cmpi slt, %[[BLOCK]], %c4
// CHECK: scf.if %[[IS_TILE]] {
// CHECK: memref.store %{{.*}}, %arg0[%[[BLOCK]], %c4]
// CHECK: gpu.barrier
// CHECK: } else {
// CHECK: %[[IS_FIRST:.*]] = arith.cmpi slt, %[[BLOCK]], %c7
// CHECK: scf.if %[[IS_FIRST]] {
// CHECK: %[[FIRST:.*]] = arith.subi %[[BLOCK]], %c4
// CHECK: memref.store %{{.*}}, %arg0[%[[FIRST]], %[[THREAD]]]
// CHECK: } else {
// CHECK: %[[SECOND:.*]] = arith.subi %[[BLOCK]], %c7
// CHECK: memref.store %{{.*}}, %arg0[%[[SECOND]], %c2]
// CHECK: gpu.terminator
// CHECK: tt.config = #tt.config<block = [32, 32, 16]
// CHECK-NOT: gpu.launch
func.func @three(%c: memref<16x64xf32>) {
  %one = arith.constant 1 : index
  %two = arith.constant 2 : index
  %three = arith.constant 3 : index
  %four = arith.constant 4 : index
  %threads = arith.constant 64 : index
  %few = arith.constant 256 : i32
  %many = arith.constant 512 : i32
  %zero = arith.constant 0.0 : f32
  gpu.launch blocks(%b, %by, %bz) in (%gx = %four, %gy = %one, %gz = %one)
      threads(%t, %ty, %tz) in (%tx = %threads, %sy = %one, %sz = %one)
      dynamic_shared_memory_size %few {
    memref.store %zero, %c[%b, %gx] : memref<16x64xf32>
    gpu.barrier
    gpu.terminator
  } {tt.config = #tt.config<block = [32, 32, 16], warp = [16, 32], stages = 2>}
  gpu.launch blocks(%b, %by, %bz) in (%gx = %three, %gy = %one, %gz = %one)
      threads(%t, %ty, %tz) in (%tx = %threads, %sy = %one, %sz = %one)
      dynamic_shared_memory_size %many {
    memref.store %zero, %c[%b, %t] : memref<16x64xf32>
    gpu.terminator
  } {tt.edge, tt.config = #tt.config<block = [16, 32, 16], warp = [16, 16], stages = 2>}
  gpu.launch blocks(%b, %by, %bz) in (%gx = %two, %gy = %one, %gz = %one)
      threads(%t, %ty, %tz) in (%tx = %threads, %sy = %one, %sz = %one) {
    memref.store %zero, %c[%b, %gx] : memref<16x64xf32>
    gpu.terminator
  } {tt.edge, tt.config = #tt.config<block = [16, 32, 16], warp = [16, 16], stages = 2>}
  return
}

// Launches of two products stay two.
// CHECK-LABEL: func @two_products
// CHECK-COUNT-2: gpu.launch
func.func @two_products(%c: memref<16x64xf32>) {
  %one = arith.constant 1 : index
  gpu.launch blocks(%b, %by, %bz) in (%gx = %one, %gy = %one, %gz = %one)
      threads(%t, %ty, %tz) in (%tx = %one, %sy = %one, %sz = %one) {
    gpu.barrier
    gpu.terminator
  } {tt.config = #tt.config<block = [32, 32, 16], warp = [16, 32], stages = 2>}
  gpu.launch blocks(%b, %by, %bz) in (%gx = %one, %gy = %one, %gz = %one)
      threads(%t, %ty, %tz) in (%tx = %one, %sy = %one, %sz = %one) {
    gpu.barrier
    gpu.terminator
  } {tt.config = #tt.config<block = [32, 32, 16], warp = [16, 32], stages = 2>}
  return
}
