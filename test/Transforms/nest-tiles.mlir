// RUN: tt-opt %s --tt-to-linalg --tt-tile-to-blocks --tt-stage-operands --tt-map-to-warps --tt-lower-to-mma --tt-round-operands --canonicalize --tt-swizzle-shared --tt-flatten-shared --cse --loop-invariant-code-motion --tt-assign-stages --tt-pipeline-copies --tt-lower-rounding --canonicalize --cse --tt-count-slots --tt-nest-tiles --canonicalize --cse | FileCheck %s
// RUN: sed -e 's/stages = 3/stages = 1/' %s | tt-opt --tt-to-linalg --tt-tile-to-blocks --tt-stage-operands --tt-map-to-warps --tt-lower-to-mma --tt-round-operands --canonicalize --tt-swizzle-shared --tt-flatten-shared --cse --loop-invariant-code-motion --tt-assign-stages --tt-pipeline-copies --tt-lower-rounding --canonicalize --cse --tt-count-slots --tt-nest-tiles --canonicalize --cse | FileCheck %s --check-prefix=ONE

// 15 tiles of 8 k-tiles for 4 blocks. Copies are two k-tiles ahead: for k-tiles 0
// to 5 of the same tile, without a condition, and for 6 and 7 of the next, if there
// is one. Nothing is divided in the inner loops, and the store is in neither.
// CHECK-LABEL: func @f
// CHECK: gpu.launch blocks({{.*}}) in (%{{.*}} = %c4{{.*}},
// CHECK: scf.for %[[T:[^ ]*]] = %c0 to %[[TILES:[^ ]*]] step
// CHECK: %[[MINE:.*]] = arith.muli %[[T]], %c4
// CHECK: %[[NEXT:.*]] = arith.addi %[[T]], %c1
// CHECK: %[[IS_ONE:.*]] = arith.cmpi slt, %[[NEXT]], %[[TILES]]
// CHECK: %[[SAME:.*]]:{{[0-9]+}} = scf.for %{{.*}} = %c0{{.*}} to %c6
// CHECK-NOT: arith.{{divui|remui|select}} {{.*}}index
// CHECK: nvgpu.device_async_copy {{.*}}, 4, %c4
// CHECK: nvgpu.mma.sync
// CHECK-NOT: tt.store_fragments
// CHECK: scf.yield
// CHECK: arith.divui
// CHECK: scf.for %{{.*}} = %c6{{.*}} to %c8{{.*}} iter_args(%{{.*}} = %[[SAME]]#0,
// CHECK-NOT: arith.{{divui|remui}}
// CHECK: %[[VALID:.*]] = arith.select %[[IS_ONE]], %c4{{.*}}, %c0
// CHECK: nvgpu.device_async_copy {{.*}}, 4, %[[VALID]]
// CHECK: scf.yield
// CHECK: tt.store_fragments
// CHECK: scf.yield
// CHECK: nvgpu.device_async_wait

// Of one stage, nothing is ahead.
// ONE-LABEL: func @f
// ONE: scf.for
// ONE: scf.for %{{.*}} = %c0{{.*}} to %c8
// ONE-NOT: scf.for
// ONE: tt.store_fragments
func.func @f(%a: tensor<256x320xf32>, %b: tensor<192x256xf32>) -> tensor<320x192xf32> {
  %c = tt.matmul_transposed %a, %b precision <tf32, rounding = truncate> config <block = [64, 64, 32], warp = [32, 32], stages = 3, persistent_blocks = 4>
    : tensor<256x320xf32>, tensor<192x256xf32> -> tensor<320x192xf32>
  return %c : tensor<320x192xf32>
}

// A tile of one k-tile is filled up to the two that copies are ahead.
// CHECK-LABEL: func @short
// CHECK: scf.for
// CHECK: scf.for %{{.*}} = %c0{{.*}} to %c2
// CHECK: tt.store_fragments
// ONE-LABEL: func @short
// ONE: scf.for
// ONE: nvgpu.mma.sync
// ONE-NOT: scf.for
// ONE: tt.store_fragments
func.func @short(%a: tensor<32x320xf32>, %b: tensor<192x32xf32>) -> tensor<320x192xf32> {
  %c = tt.matmul_transposed %a, %b precision <tf32, rounding = truncate> config <block = [64, 64, 32], warp = [32, 32], stages = 3, persistent_blocks = 4>
    : tensor<32x320xf32>, tensor<192x32xf32> -> tensor<320x192xf32>
  return %c : tensor<320x192xf32>
}
