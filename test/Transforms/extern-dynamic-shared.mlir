// RUN: tt-opt %s --tt-to-linalg --linalg-to-gpu --gpu-to-nvgpu --nvgpu-to-nvvm | FileCheck %s
// RUN: tt-opt %s --tt-to-ptx | FileCheck %s --check-prefix=PTX

// CHECK: llvm.mlir.global external @__dynamic_shmem{{.*}} : !llvm.array<0 x i8>
// PTX: .extern .shared
func.func @f(%a: tensor<256x128xf32>, %b: tensor<128x256xf32>) -> tensor<128x128xf32> {
  %c = tt.matmul_transposed %a, %b config <block = [64, 64, 32], warp = [32, 32], stages = 3>
    : tensor<256x128xf32>, tensor<128x256xf32> -> tensor<128x128xf32>
  return %c : tensor<128x128xf32>
}
