// RUN: tt-opt %s --tt-to-linalg --tt-tile-to-blocks --tt-stage-operands --tt-map-to-warps --tt-lower-to-mma --tt-round-operands --canonicalize --tt-swizzle-shared --cse --loop-invariant-code-motion --tt-assign-stages --tt-pipeline-copies --tt-lower-rounding --tt-lower-epilogue --canonicalize --cse --tt-count-slots --tt-pin-fragment-loads --tt-verify-kernel --tt-isolate-kernel --gpu-kernel-outlining | FileCheck %s

// The kernel's parameters are A, B and C.
// CHECK: gpu.launch_func @f_kernel::@f_kernel blocks in {{.*}} args(%{{[a-z0-9_]+}} : memref<256x128xf32>, %{{[a-z0-9_]+}} : memref<128x256xf32>, %{{[a-z0-9_]+}} : memref<128x128xf32>)
func.func @f(%a: tensor<256x128xf32>, %b: tensor<128x256xf32>) -> tensor<128x128xf32> {
  %c = tt.matmul_transposed %a, %b config <block = [64, 64, 32], warp = [32, 32], stages = 3>
    : tensor<256x128xf32>, tensor<128x256xf32> -> tensor<128x128xf32>
  return %c : tensor<128x128xf32>
}
