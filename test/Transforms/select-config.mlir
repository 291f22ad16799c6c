// RUN: tt-opt %s --tt-select-config | FileCheck %s --check-prefixes=CHECK,CHOSEN
// RUN: tt-opt %s --tt-select-config="config='#tt.config<block = [64, 64, 32], warp = [32, 32], stages = 3>'" | FileCheck %s --check-prefixes=CHECK,GIVEN
// RUN: tt-opt %s --tt-select-config --remarks-filter="tt-select-config" 2>&1 | FileCheck %s --check-prefix=REMARK

// REMARK: chosen for rtx4090
// REMARK: kept from the op for rtx4090

// CHECK-LABEL: func @chosen
// CHOSEN: config <block = [128, 256, 16], warp = [64, 64], stages = 4
// GIVEN: config <block = [64, 64, 32], warp = [32, 32], stages = 3>
func.func @chosen(%a: tensor<8192x2048xf32>, %b: tensor<4096x8192xf32>) -> tensor<2048x4096xf32> {
  %c = tt.matmul_transposed %a, %b : tensor<8192x2048xf32>, tensor<4096x8192xf32> -> tensor<2048x4096xf32>
  return %c : tensor<2048x4096xf32>
}

// CHECK-LABEL: func @kept
// CHECK: config <block = [32, 32, 32], warp = [16, 16], stages = 2>
func.func @kept(%a: tensor<64x48xf32>, %b: tensor<80x64xf32>) -> tensor<48x80xf32> {
  %c = tt.matmul_transposed %a, %b config <block = [32, 32, 32], warp = [16, 16], stages = 2>
    : tensor<64x48xf32>, tensor<80x64xf32> -> tensor<48x80xf32>
  return %c : tensor<48x80xf32>
}
