// RUN: tt-opt %s --tt-to-linalg --linalg-to-gpu --gpu-to-nvgpu --tt-isolate-kernel --gpu-kernel-outlining | FileCheck %s

// A size that only the caller knows is one parameter more.
// CHECK: gpu.launch_func @f_kernel::@f_kernel {{.*}} args({{.*}}%{{[a-z0-9_]+}} : index
func.func @f(%a: tensor<64x48xf32>, %b: tensor<80x64xf32>, %m: index) -> tensor<?x80xf32> {
  %s = tensor.extract_slice %a[0, 0] [64, %m] [1, 1] : tensor<64x48xf32> to tensor<64x?xf32>
  %c = tt.matmul_transposed %s, %b : tensor<64x?xf32>, tensor<80x64xf32> -> tensor<?x80xf32>
  return %c : tensor<?x80xf32>
}
