// RUN: tt-opt %s --tt-to-linalg --linalg-to-gpu --gpu-to-nvgpu --tt-isolate-kernel --gpu-kernel-outlining --tt-lower-bf16-mma | FileCheck %s

// CHECK-NOT: nvgpu.mma.sync
// CHECK: nvvm.mma.sync {{.*}}multiplicandAPtxType = #nvvm.mma_type<bf16>
// CHECK-NOT: nvgpu.mma.sync
func.func @f(%a: tensor<256x128xbf16>, %b: tensor<128x256xbf16>) -> tensor<128x128xbf16> {
  %c = tt.matmul_transposed %a, %b config <block = [64, 64, 64], warp = [32, 32], stages = 3>
    : tensor<256x128xbf16>, tensor<128x256xbf16> -> tensor<128x128xbf16>
  return %c : tensor<128x128xbf16>
}
