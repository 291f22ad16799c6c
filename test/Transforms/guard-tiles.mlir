// RUN: tt-opt %s --tt-to-linalg --tt-tile-to-blocks --tt-stage-operands --tt-guard-tiles | FileCheck %s

// Blocks of 2 x 4 tiles look at every second k-tile, beginning with (row + column)
// mod 2. A NaN is marked in the workspace: one ticket, one flag, 128 rows, 256
// columns. 128 threads read 4 pieces of A and 4 of B.
// CHECK-LABEL: func @f
// CHECK: %[[WORKSPACE:.*]] = memref.alloc() {alignment = 256 : i64, tt.workspace = 1792 : i64} : memref<1792xi8>
// CHECK: linalg.fill ins(%{{.*}} : i8)
// CHECK: gpu.launch
// CHECK-DAG: memref.view %[[WORKSPACE]]{{.*}} to memref<128xi32>
// CHECK-DAG: memref.view %[[WORKSPACE]]{{.*}} to memref<256xi32>
// CHECK: tt.guard_tile first %{{.*}} period 2 {
// CHECK: ^bb0(%[[SLOT:.*]]: index):
// CHECK-COUNT-8: vector.load %{{.*}}[%[[SLOT]], %{{.*}}, %{{.*}}]
// CHECK-COUNT-8: llvm.intr.fma
// CHECK: arith.cmpf uno
// CHECK: scf.if
// CHECK: memref.store
// CHECK: scf.for
// CHECK: memref.dealloc %[[WORKSPACE]]
func.func @f(%a: tensor<256x128xf32>, %b: tensor<256x256xf32>) -> tensor<128x256xf32> {
  %c = tt.matmul_transposed %a, %b config <block = [64, 64, 32], warp = [32, 32], stages = 3, rounding_form = guarded>
    : tensor<256x128xf32>, tensor<256x256xf32> -> tensor<128x256xf32>
  return %c : tensor<128x256xf32>
}
