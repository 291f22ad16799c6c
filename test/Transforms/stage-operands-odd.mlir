// RUN: tt-opt %s --split-input-file --tt-to-linalg --tt-tile-to-blocks --tt-stage-operands | FileCheck %s

// Rows of 16-bit elements at odd strides: 128 threads copy 1024 pairs of each
// operand, 8 rounds. Each element has a load and a guard of its own: rows of K
// that are left against a constant, columns of M by the smaller of the two.
// CHECK-LABEL: func @odd
// CHECK: scf.for
// CHECK: arith.remui {{.*}} : i32
// CHECK: %[[ROWS:.*]] = arith.index_cast %{{.*}} : index to i32
// CHECK: %[[COLUMNS:.*]] = arith.index_cast %{{.*}} : index to i32
// CHECK: %[[MANY:.*]] = arith.muli %[[COLUMNS]], %c65536
// CHECK: %[[LEFT:.*]] = arith.minsi %[[ROWS]], %[[MANY]]
// CHECK: %[[INSIDE:.*]] = arith.cmpi sgt, %[[LEFT]], %c0
// CHECK: %[[FIRST:.*]] = scf.if %[[INSIDE]] -> (f16) {
// CHECK:   memref.load
// CHECK: } else {
// CHECK: %[[SECOND:.*]] = scf.if
// CHECK: vector.from_elements %[[FIRST]], %[[SECOND]] : vector<2xf16>
// All loads of an operand stand before its first store.
// CHECK-COUNT-14: memref.load
// CHECK-NOT: memref.load
// CHECK-COUNT-8: vector.store {{.*}} {alignment = 4 : i64} : memref<3x32x64xf16, {{.*}}>, vector<2xf16>
// CHECK-COUNT-16: memref.load
// CHECK-NOT: memref.load
// CHECK-COUNT-8: vector.store {{.*}} {alignment = 4 : i64} : memref<3x64x32xf16, {{.*}}>, vector<2xf16>
// CHECK-NOT: nvgpu.device_async_copy
// CHECK: nvgpu.device_async_create_group
func.func @odd(%a: tensor<165x67xf16>, %b: tensor<131x165xf16>) -> tensor<67x131xf16> {
  %c = tt.matmul_transposed %a, %b config <block = [64, 64, 32], warp = [32, 32], stages = 3, a_layout = xor>
    : tensor<165x67xf16>, tensor<131x165xf16> -> tensor<67x131xf16>
  return %c : tensor<67x131xf16>
}

// -----

// Only the operand whose rows are odd goes through registers. Rows that are whole
// tiles of M need no guard of their columns.
// CHECK-LABEL: func @odd_k
// CHECK: scf.for
// CHECK-COUNT-2: nvgpu.device_async_copy {{.*}}, 8, %{{.*}} {bypassL1}
// CHECK-NOT: nvgpu.device_async_copy
// CHECK-COUNT-16: memref.load
// CHECK-COUNT-8: vector.store {{.*}}, vector<2xf16>
func.func @odd_k(%a: tensor<165x64xf16>, %b: tensor<64x165xf16>) -> tensor<64x64xf16> {
  %c = tt.matmul_transposed %a, %b config <block = [64, 64, 32], warp = [32, 32], stages = 3, a_layout = xor>
    : tensor<165x64xf16>, tensor<64x165xf16> -> tensor<64x64xf16>
  return %c : tensor<64x64xf16>
}
