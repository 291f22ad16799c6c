// RUN: tt-opt %s --tt-to-linalg --tt-tile-to-blocks --tt-stage-operands --tt-map-to-warps --tt-lower-to-mma --tt-round-operands --canonicalize --tt-swizzle-shared --cse --loop-invariant-code-motion --tt-assign-stages --tt-pipeline-copies --tt-lower-rounding --tt-lower-epilogue | FileCheck %s
// RUN: sed -e 's/f32>/f16>/g' -e 's/64, 64, 32/64, 64, 64/' %s | tt-opt --tt-to-linalg --tt-tile-to-blocks --tt-stage-operands --tt-map-to-warps --tt-lower-to-mma --tt-round-operands --canonicalize --tt-swizzle-shared --cse --loop-invariant-code-motion --tt-assign-stages --tt-pipeline-copies --tt-lower-rounding --tt-lower-epilogue | FileCheck %s --check-prefix=F16

// A lane holds 4 adjacent columns (8 of 16 bits): one 16-byte store a row.
// CHECK-LABEL: func @f
// CHECK-NOT: tt.store_fragments
// CHECK: vector.store {{.*}} {alignment = 16 : i64} : {{.*}}, vector<4xf32>
// F16-LABEL: func @f
// F16: arith.truncf
// F16: vector.store {{.*}} {alignment = 16 : i64} : {{.*}}, vector<8xf16>
func.func @f(%a: tensor<256x128xf32>, %b: tensor<128x256xf32>) -> tensor<128x128xf32> {
  %c = tt.matmul_transposed %a, %b config <block = [64, 64, 32], warp = [32, 32], stages = 3>
    : tensor<256x128xf32>, tensor<128x256xf32> -> tensor<128x128xf32>
  return %c : tensor<128x128xf32>
}
