// RUN: tt-opt %s --tt-to-linalg --linalg-to-gpu --gpu-to-nvgpu --nvgpu-to-nvvm | FileCheck %s --check-prefix=NVVM
// RUN: tt-opt %s --tt-to-ptx | FileCheck %s --check-prefix=PTX

// A, B and C have 2.5 * 10^9 elements each: addresses in global memory are 64 bits
// wide, in the IR and in PTX. (LargeStridesTest.cpp computes with such addresses.)
// NVVM-LABEL: llvm.func @f_kernel
// NVVM-NOT: llvm.getelementptr {{.*}} : (!llvm.ptr, i32)
// NVVM: llvm.getelementptr {{.*}} : (!llvm.ptr, i64)
// NVVM-NOT: llvm.getelementptr {{.*}} : (!llvm.ptr, i32)
// PTX-NOT: cp.async.cg.shared.global [{{[^]]*}}], [%r{{[0-9]}}
// PTX: cp.async.cg.shared.global [{{[^]]*}}], [%rd{{[0-9]}}
// PTX-NOT: st.global{{[.0-9a-z]*}} [%r{{[0-9]}}
func.func @f(%a: tensor<50000x50000xf32>, %b: tensor<50000x50000xf32>) -> tensor<50000x50000xf32> {
  %c = tt.matmul_transposed %a, %b : tensor<50000x50000xf32>, tensor<50000x50000xf32> -> tensor<50000x50000xf32>
  return %c : tensor<50000x50000xf32>
}
