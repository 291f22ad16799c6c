// RUN: tt-opt %s --tt-to-linalg --tt-tile-to-blocks --tt-stage-operands --tt-map-to-warps --tt-lower-to-mma --tt-round-operands --canonicalize --tt-swizzle-shared --cse --loop-invariant-code-motion --tt-assign-stages --tt-pipeline-copies --canonicalize --cse | FileCheck %s

// The first k-step has 8 mma and 2 copies, spread over its second half: the first
// after 6 mma, not after 4 as with copies before the barrier.
// CHECK-LABEL: func @f
// CHECK: scf.for
// CHECK-NOT: nvgpu.device_async_copy
// CHECK: nvgpu.mma.sync
// CHECK-NOT: nvgpu.device_async_copy
// CHECK: nvgpu.mma.sync
// CHECK-NOT: nvgpu.device_async_copy
// CHECK: nvgpu.mma.sync
// CHECK-NOT: nvgpu.device_async_copy
// CHECK: nvgpu.mma.sync
// CHECK-NOT: nvgpu.device_async_copy
// CHECK: nvgpu.mma.sync
// CHECK-NOT: nvgpu.device_async_copy
// CHECK: nvgpu.mma.sync
// CHECK: nvgpu.device_async_copy
// CHECK: nvgpu.device_async_create_group
// CHECK: nvgpu.device_async_wait {{.*}}numGroups = 1
// CHECK-NEXT: gpu.barrier
// CHECK-NOT: nvgpu.device_async_copy
// CHECK: scf.yield
func.func @f(%a: tensor<256x128xf32>, %b: tensor<128x256xf32>) -> tensor<128x128xf32> {
  %c = tt.matmul_transposed %a, %b precision <tf32, rounding = truncate> config <block = [64, 64, 32], warp = [32, 32], stages = 3, copy_slot = second_half>
    : tensor<256x128xf32>, tensor<128x256xf32> -> tensor<128x128xf32>
  return %c : tensor<128x128xf32>
}
