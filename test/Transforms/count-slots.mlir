// RUN: tt-opt %s --tt-to-linalg --tt-tile-to-blocks --tt-stage-operands --tt-map-to-warps --tt-lower-to-mma --tt-round-operands --canonicalize --tt-swizzle-shared --cse --loop-invariant-code-motion --tt-assign-stages --tt-pipeline-copies --tt-lower-rounding --tt-lower-epilogue --canonicalize --cse --tt-count-slots | FileCheck %s

// No division is left in the loop: three counters go around, for the tile that is
// computed, the next, and the one that is copied.
// CHECK-LABEL: func @f
// CHECK: scf.for
// CHECK-NOT: arith.remui
// CHECK: scf.yield {{.*}}i32, i32, i32
func.func @f(%a: tensor<256x128xf32>, %b: tensor<128x256xf32>) -> tensor<128x128xf32> {
  %c = tt.matmul_transposed %a, %b config <block = [64, 64, 32], warp = [32, 32], stages = 3>
    : tensor<256x128xf32>, tensor<128x256xf32> -> tensor<128x128xf32>
  return %c : tensor<128x128xf32>
}
