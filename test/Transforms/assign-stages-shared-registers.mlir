// RUN: tt-opt %s --tt-to-linalg --tt-tile-to-blocks --tt-stage-operands --tt-map-to-warps --tt-lower-to-mma --tt-round-operands --canonicalize --tt-swizzle-shared --cse --loop-invariant-code-motion --tt-assign-stages --tt-pipeline-copies --canonicalize --cse | FileCheck %s

// 192 sums and two sets of 40 fragment registers are more than a thread can have.
// So a fragment of the next k-step is loaded where this one's is needed no more:
// those of two columns of B after the 8 mma of a panel of two, those of a row of A
// among the last panel's.
// CHECK-LABEL: func @f
// CHECK: scf.for
// CHECK-NOT: nvgpu.ldmatrix
// CHECK-COUNT-8: nvgpu.mma.sync
// CHECK: nvgpu.ldmatrix {{.*}}transpose = false
// CHECK-COUNT-8: nvgpu.mma.sync
// CHECK: nvgpu.ldmatrix {{.*}}transpose = false
// CHECK-COUNT-8: nvgpu.mma.sync
// CHECK: nvgpu.ldmatrix {{.*}}transpose = false
// CHECK-COUNT-8: nvgpu.mma.sync
// CHECK: nvgpu.ldmatrix {{.*}}transpose = false
// CHECK-COUNT-8: nvgpu.mma.sync
// CHECK: nvgpu.ldmatrix {{.*}}transpose = false
// CHECK-COUNT-2: nvgpu.mma.sync
// CHECK: nvgpu.ldmatrix {{.*}}transpose = true
// CHECK-COUNT-2: nvgpu.mma.sync
// CHECK: nvgpu.ldmatrix {{.*}}transpose = true
// CHECK-COUNT-2: nvgpu.mma.sync
// CHECK: nvgpu.ldmatrix {{.*}}transpose = true
// CHECK-COUNT-2: nvgpu.mma.sync
// CHECK: nvgpu.ldmatrix {{.*}}transpose = true
// CHECK: nvgpu.ldmatrix {{.*}}transpose = false
// CHECK: gpu.barrier
func.func @f(%a: tensor<256x128xf16>, %b: tensor<96x256xf16>) -> tensor<128x96xf16> {
  %c = tt.matmul_transposed %a, %b config <block = [128, 96, 32], warp = [64, 96], stages = 3, a_layout = xor, mma_order = b_pairs>
    : tensor<256x128xf16>, tensor<96x256xf16> -> tensor<128x96xf16>
  return %c : tensor<128x96xf16>
}
