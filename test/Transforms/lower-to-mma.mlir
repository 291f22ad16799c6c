// RUN: tt-opt %s --tt-to-linalg --tt-tile-to-blocks --tt-stage-operands --tt-map-to-warps --tt-lower-to-mma | FileCheck %s
// RUN: sed -e 's/f32>/f16>/g' -e 's/64, 64, 32/64, 64, 64/' %s | tt-opt --tt-to-linalg --tt-tile-to-blocks --tt-stage-operands --tt-map-to-warps --tt-lower-to-mma | FileCheck %s --check-prefix=F16

// A warp tile of 32 x 32 is 2 m16 tiles and 4 n8 tiles; 32 of K are 4 k-steps of
// TF32. Fragments of A take two 64-bit loads, two of B one ldmatrix.
// CHECK-LABEL: func @f
// CHECK: scf.for {{.*}} iter_args(
// CHECK-COUNT-4: vector.load {{.*}} vector<2xf32>
// CHECK-COUNT-2: nvgpu.ldmatrix {{.*}} {numTiles = 4 : i32, transpose = false}{{.*}} -> vector<4x1xf32>
// CHECK-COUNT-8: nvgpu.mma.sync{{.*}} {mmaShape = [16, 8, 8], tf32Enabled}
// CHECK: vector.load
// CHECK: tt.store_fragments
// F16-LABEL: func @f
// F16: scf.for
// F16-COUNT-2: nvgpu.ldmatrix {{.*}} {numTiles = 4 : i32, transpose = true}{{.*}} -> vector<4x2xf16>
// F16-COUNT-2: nvgpu.ldmatrix {{.*}} {numTiles = 4 : i32, transpose = false}{{.*}} -> vector<4x2xf16>
// F16-COUNT-8: nvgpu.mma.sync{{.*}} {mmaShape = [16, 8, 16]}
func.func @f(%a: tensor<256x128xf32>, %b: tensor<128x256xf32>) -> tensor<128x128xf32> {
  %c = tt.matmul_transposed %a, %b config <block = [64, 64, 32], warp = [32, 32], stages = 3>
    : tensor<256x128xf32>, tensor<128x256xf32> -> tensor<128x128xf32>
  return %c : tensor<128x128xf32>
}

// Where the tile of a persistent block ends, zeros go on in place of the sums; no
// select of each register, as canonicalization makes of an scf.if.
// CHECK-LABEL: func @persistent
// CHECK: scf.for
// CHECK: nvgpu.mma.sync
// CHECK: scf.index_switch
// CHECK: case 1
// CHECK: tt.store_fragments
// CHECK: scf.yield %[[ZERO:.*]], %[[ZERO]], %[[ZERO]],
// CHECK: default
// CHECK-NOT: %[[ZERO]]
// CHECK: scf.yield
func.func @persistent(%a: tensor<256x128xf32>, %b: tensor<128x256xf32>) -> tensor<128x128xf32> {
  %c = tt.matmul_transposed %a, %b config <block = [64, 64, 32], warp = [32, 32], stages = 3, persistent_blocks = 3>
    : tensor<256x128xf32>, tensor<128x256xf32> -> tensor<128x128xf32>
  return %c : tensor<128x128xf32>
}
