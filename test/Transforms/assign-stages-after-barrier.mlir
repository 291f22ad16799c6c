// RUN: tt-opt %s --tt-to-linalg --tt-tile-to-blocks --tt-stage-operands --tt-map-to-warps --tt-lower-to-mma --tt-round-operands --canonicalize --tt-swizzle-shared --cse --loop-invariant-code-motion --tt-assign-stages | FileCheck %s
// RUN: tt-opt %s --tt-to-linalg --tt-tile-to-blocks --tt-stage-operands --tt-map-to-warps --tt-lower-to-mma --tt-round-operands --canonicalize --tt-swizzle-shared --cse --loop-invariant-code-motion --tt-assign-stages --tt-pipeline-copies --canonicalize --cse | FileCheck %s --check-prefix=LOOP

// Copies after the barrier go to the slot that it freed: all other stages are one
// higher than with copies before it, and the wait lets as many groups in flight.
// CHECK-LABEL: func @f
// CHECK: scf.for
// CHECK: nvgpu.device_async_copy {{.*}}tt.stage = 0
// CHECK: nvgpu.device_async_create_group {{.*}}tt.order = [[#GROUP:]] : i64, tt.stage = 1
// CHECK: nvgpu.device_async_wait {{.*}}numGroups = 1 : i32, tt.order = [[#GROUP+1]] : i64, tt.stage = 2
// CHECK: gpu.barrier {{.*}}tt.order = [[#GROUP+2]] : i64, tt.stage = 2
// CHECK: nvgpu.mma.sync{{.*}}tt.stage = 3

// Before the loop, two tiles are copied, the first is waited for, and a third is
// copied. In the loop its group is closed before the wait, and all copies stand
// behind the barrier, with mma between them.
// LOOP-LABEL: func @f
// LOOP-COUNT-2: nvgpu.device_async_create_group
// LOOP: nvgpu.device_async_wait {{.*}}numGroups = 1
// LOOP-NEXT: gpu.barrier
// LOOP: nvgpu.device_async_copy
// LOOP-NOT: nvgpu.device_async_create_group
// LOOP: scf.for
// LOOP-NOT: nvgpu.device_async_copy
// LOOP: nvgpu.device_async_create_group
// LOOP: nvgpu.device_async_wait {{.*}}numGroups = 1
// LOOP-NEXT: gpu.barrier
// LOOP: nvgpu.mma.sync
// LOOP: nvgpu.device_async_copy
// LOOP: nvgpu.mma.sync
// LOOP: nvgpu.device_async_copy
// LOOP-NOT: gpu.barrier
// LOOP: scf.yield
func.func @f(%a: tensor<256x128xf32>, %b: tensor<128x256xf32>) -> tensor<128x128xf32> {
  %c = tt.matmul_transposed %a, %b precision <tf32, rounding = truncate> config <block = [64, 64, 32], warp = [32, 32], stages = 3, copy_slot = after_barrier>
    : tensor<256x128xf32>, tensor<128x256xf32> -> tensor<128x128xf32>
  return %c : tensor<128x128xf32>
}
