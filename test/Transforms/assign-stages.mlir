// RUN: tt-opt %s --tt-to-linalg --tt-tile-to-blocks --tt-stage-operands --tt-map-to-warps --tt-lower-to-mma --tt-round-operands --canonicalize --tt-swizzle-shared --cse --loop-invariant-code-motion --tt-assign-stages | FileCheck %s
// RUN: sed 's/stages = 3/stages = 1/' %s | tt-opt --tt-to-linalg --tt-tile-to-blocks --tt-stage-operands --tt-map-to-warps --tt-lower-to-mma --tt-round-operands --canonicalize --tt-swizzle-shared --cse --loop-invariant-code-motion --tt-assign-stages | FileCheck %s --check-prefix=ONE
// ONE-NOT: tt.stage

// Copies are stage 0. The wait lets one group in flight and stands, with the one
// barrier, in stage 1 with the next tile's first fragments; the rest is stage 2.
// CHECK-LABEL: func @f
// CHECK: scf.for
// CHECK-DAG: nvgpu.device_async_copy {{.*}}tt.stage = 0
// CHECK-DAG: nvgpu.device_async_create_group {{.*}}tt.stage = 0
// CHECK-DAG: nvgpu.device_async_wait {{.*}}numGroups = 1 : i32, tt.order = [[#WAIT:]] : i64, tt.stage = 1
// CHECK-DAG: gpu.barrier {{.*}}tt.order = [[#WAIT+1]] : i64, tt.stage = 1
// CHECK-DAG: nvgpu.mma.sync{{.*}}tt.stage = 2
func.func @f(%a: tensor<256x128xf32>, %b: tensor<128x256xf32>) -> tensor<128x128xf32> {
  %c = tt.matmul_transposed %a, %b precision <tf32, rounding = truncate> config <block = [64, 64, 32], warp = [32, 32], stages = 3>
    : tensor<256x128xf32>, tensor<128x256xf32> -> tensor<128x128xf32>
  return %c : tensor<128x128xf32>
}

// The store at a tile's end is of the last stage, behind its mma.
// CHECK-LABEL: func @persistent
// CHECK: nvgpu.mma.sync{{.*}}tt.order = [[#MMA:]] : i64, tt.stage = 2
// CHECK: scf.index_switch {{.*}} {tt.order = {{[0-9]+}} : i64, tt.stage = 2
// CHECK: tt.store_fragments
// CHECK-NOT: tt.stage
func.func @persistent(%a: tensor<256x128xf32>, %b: tensor<128x256xf32>) -> tensor<128x128xf32> {
  %c = tt.matmul_transposed %a, %b precision <tf32, rounding = truncate> config <block = [64, 64, 32], warp = [32, 32], stages = 3, persistent_blocks = 3>
    : tensor<256x128xf32>, tensor<128x256xf32> -> tensor<128x128xf32>
  return %c : tensor<128x128xf32>
}
