// RUN: tt-opt %s --tt-to-ptx="chip=sm_89" | FileCheck %s
// RUN: tt-opt %s --tt-to-ptx="chip=sm_80" | FileCheck %s --check-prefix=SM80
// RUN: tt-opt %s --tt-to-linalg --linalg-to-gpu --gpu-to-nvgpu --nvgpu-to-nvvm --nvvm-to-ptx | FileCheck %s
// Each arrow takes up what the one before wrote, as text or as bytecode.
// RUN: tt-opt %s --tt-to-linalg | tt-opt --linalg-to-gpu --emit-bytecode | tt-opt --gpu-to-nvgpu | tt-opt --nvgpu-to-nvvm --emit-bytecode | tt-opt --nvvm-to-ptx | FileCheck %s
// RUN: tt-opt %s --tt-to-linalg --linalg-to-gpu | tt-opt --tt-lower-to-mma | tt-opt --tt-round-operands --emit-bytecode | tt-opt | FileCheck %s --check-prefix=BETWEEN
// BETWEEN: tt.round_to_tf32
// BETWEEN: tt.store_fragments
// RUN: not tt-opt %s --tt-to-ptx="chip=sm_12" 2>&1 | FileCheck %s --check-prefix=CHIP
// RUN: tt-opt %s --tt-to-ptx="config='#tt.config<block = [32, 32, 32], warp = [16, 16], stages = 2>'" | FileCheck %s

// CHECK: gpu.binary @f_kernel
// CHECK-SAME: .target sm_89
// CHECK-SAME: cp.async.cg.shared.global
// CHECK-SAME: ldmatrix.sync.aligned.m8n8.x4.shared.b16
// CHECK-SAME: mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32
// SM80: .target sm_80
// CHIP: unknown target 'sm_12', expected one of
// CHIP-SAME: rtx4090 (sm_89)
func.func @f(%a: tensor<256x128xf32>, %b: tensor<128x256xf32>) -> tensor<128x128xf32> {
  %c = tt.matmul_transposed %a, %b : tensor<256x128xf32>, tensor<128x256xf32> -> tensor<128x128xf32>
  return %c : tensor<128x128xf32>
}
