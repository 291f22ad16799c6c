// RUN: tt-opt %s --tt-to-linalg --tt-tile-to-blocks --tt-stage-operands --tt-map-to-warps --tt-lower-to-mma --tt-round-operands --canonicalize --tt-swizzle-shared --cse --loop-invariant-code-motion --tt-assign-stages --tt-pipeline-copies --tt-lower-rounding --tt-lower-epilogue --canonicalize --cse --tt-count-slots --tt-pin-fragment-loads | FileCheck %s
// RUN: tt-opt %s --tt-to-ptx | FileCheck %s --check-prefix=PTX
// RUN: tt-opt %s --tt-to-linalg --linalg-to-gpu --gpu-to-nvgpu | FileCheck %s --check-prefix=PINS

// CHECK-LABEL: func @f
// CHECK: scf.for
// CHECK: llvm.inline_asm has_side_effects "", "~{memory}"
// CHECK-NEXT: scf.yield

// The next tile's first fragments are still loaded between the barrier and the
// last k-step's mma, and no load stands before the loop's first mma but those of
// the k-step after it.
// PTX: $L__BB0_1:
// PTX-SAME: wait_group
// PTX-SAME: sync
// PTX-SAME: ld.shared.v2
// PTX-SAME: mma.sync
// PTX-SAME: bra
func.func @f(%a: tensor<256x128xf32>, %b: tensor<128x256xf32>) -> tensor<128x128xf32> {
  %c = tt.matmul_transposed %a, %b precision <tf32, rounding = truncate> config <block = [64, 64, 32], warp = [32, 32], stages = 3, mma_order = b_stationary>
    : tensor<256x128xf32>, tensor<128x256xf32> -> tensor<128x128xf32>
  return %c : tensor<128x128xf32>
}

// Both loops over k-tiles of a persistent block.
// CHECK-LABEL: func @persistent
// PINS-LABEL: func @persistent
// PINS: scf.for
// PINS: scf.for
// PINS: llvm.inline_asm has_side_effects "", "~{memory}"
// PINS-NEXT: scf.yield
// PINS: scf.for
// PINS: llvm.inline_asm has_side_effects "", "~{memory}"
// PINS-NEXT: scf.yield
func.func @persistent(%a: tensor<256x128xf32>, %b: tensor<128x256xf32>) -> tensor<128x128xf32> {
  %c = tt.matmul_transposed %a, %b precision <tf32, rounding = truncate> config <block = [64, 64, 32], warp = [32, 32], stages = 3, mma_order = b_stationary, persistent_blocks = 3>
    : tensor<256x128xf32>, tensor<128x256xf32> -> tensor<128x128xf32>
  return %c : tensor<128x128xf32>
}
