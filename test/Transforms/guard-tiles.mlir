// RUN: tt-opt %s --tt-to-linalg --tt-tile-to-blocks --tt-stage-operands --tt-guard-tiles | FileCheck %s

// Blocks of 2 x 4 tiles look at every second k-tile, beginning with (row + column)
// mod 2; at that of A, which four blocks stage, every second time. A NaN is marked
// in the workspace: one ticket, one flag, 128 rows, 256 columns. 128 threads read 4
// pieces of A and 4 of B.
// CHECK-LABEL: func @f
// CHECK: %[[WORKSPACE:.*]] = memref.alloc() {alignment = 256 : i64, tt.workspace = 1792 : i64} : memref<1792xi8>
// CHECK: linalg.fill ins(%{{.*}} : i8)
// CHECK: gpu.launch
// CHECK-DAG: memref.view %[[WORKSPACE]]{{.*}} to memref<128xi32>
// CHECK-DAG: memref.view %[[WORKSPACE]]{{.*}} to memref<256xi32>
// CHECK: tt.guard_tile first %{{.*}} period 2 {
// CHECK: ^bb0(%[[SLOT:.*]]: index, %[[TILE:.*]]: index):
// CHECK-COUNT-4: vector.load %{{.*}}[%[[SLOT]], %{{.*}}, %{{.*}}] {{.*}}<3x64x32xf32
// CHECK-COUNT-4: llvm.intr.fma
// CHECK: arith.cmpf uno
// CHECK: scf.if
// CHECK: memref.store
// CHECK: arith.divui %[[TILE]], %c2
// CHECK: %[[TURN:.*]] = arith.cmpi eq
// CHECK: scf.if %[[TURN]]
// CHECK-COUNT-4: vector.load %{{.*}}[%[[SLOT]], %{{.*}}, %{{.*}}] {{.*}}<3x32x
// CHECK-COUNT-4: llvm.intr.fma
// CHECK: arith.cmpf uno
// CHECK: scf.for
// CHECK: memref.dealloc %[[WORKSPACE]]
func.func @f(%a: tensor<256x128xf32>, %b: tensor<256x256xf32>) -> tensor<128x256xf32> {
  %c = tt.matmul_transposed %a, %b config <block = [64, 64, 32], warp = [32, 32], stages = 3, rounding_form = guarded>
    : tensor<256x128xf32>, tensor<256x256xf32> -> tensor<128x256xf32>
  return %c : tensor<128x256xf32>
}

// As many rows as columns: both operands at the same time.
// CHECK-LABEL: func @square
// CHECK: tt.guard_tile first %{{.*}} period 2 {
// CHECK-COUNT-8: vector.load
// CHECK-COUNT-8: llvm.intr.fma
// CHECK: arith.cmpf uno
func.func @square(%a: tensor<256x128xf32>, %b: tensor<128x256xf32>) -> tensor<128x128xf32> {
  %c = tt.matmul_transposed %a, %b config <block = [64, 64, 32], warp = [32, 32], stages = 3, rounding_form = guarded>
    : tensor<256x128xf32>, tensor<128x256xf32> -> tensor<128x128xf32>
  return %c : tensor<128x128xf32>
}
