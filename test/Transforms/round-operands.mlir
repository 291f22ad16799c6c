// RUN: tt-opt %s --tt-to-linalg --tt-tile-to-blocks --tt-stage-operands --tt-map-to-warps --tt-lower-to-mma --tt-round-operands | FileCheck %s
// RUN: sed 's/nearest/truncate/' %s | tt-opt --tt-to-linalg --tt-tile-to-blocks --tt-stage-operands --tt-map-to-warps --tt-lower-to-mma --tt-round-operands | FileCheck %s --check-prefix=TRUNCATE
// TRUNCATE-NOT: tt.round_to_tf32

// Each of the 6 fragments of a k-step is rounded once, though 8 mma use them.
// CHECK-LABEL: func @f
// CHECK: scf.for
// CHECK-COUNT-6: tt.round_to_tf32 {{.*}}
// CHECK-NOT: tt.round_to_tf32
// CHECK: nvgpu.mma.sync
func.func @f(%a: tensor<256x128xf32>, %b: tensor<128x256xf32>) -> tensor<128x128xf32> {
  %c = tt.matmul_transposed %a, %b precision <tf32, rounding = nearest> config <block = [64, 64, 32], warp = [32, 32], stages = 3>
    : tensor<256x128xf32>, tensor<128x256xf32> -> tensor<128x128xf32>
  return %c : tensor<128x128xf32>
}
