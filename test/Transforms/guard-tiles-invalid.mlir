// RUN: tt-opt %s --tt-stage-operands --tt-guard-tiles --split-input-file --verify-diagnostics
// RUN: not tt-opt %S/guard-tiles.mlir --tt-to-linalg --tt-tile-to-blocks --tt-guard-tiles 2>&1 | FileCheck %s
// CHECK: expected operands in slots of shared memory, as tt-stage-operands makes them

// The guard stands before the loop over k-tiles: there must be one.
func.func @no_loop(%a: memref<32x64xf32>, %b: memref<64x32xf32>, %c: memref<64x64xf32>, %one: index, %threads: index) {
  %zero = arith.constant 0.0 : f32
  gpu.launch blocks(%bx, %by, %bz) in (%gx = %one, %gy = %one, %gz = %one) threads(%tx, %ty, %tz) in (%x = %threads, %y = %one, %z = %one) {
    %sums = memref.alloca() : memref<64x64xf32>
    linalg.fill ins(%zero : f32) outs(%sums : memref<64x64xf32>)
    // expected-error @below {{expected operands to be subviews of A and B, as tt-tile-to-blocks makes them}}
    linalg.matmul indexing_maps = [affine_map<(m, n, k) -> (k, m)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>]
      ins(%a, %b : memref<32x64xf32>, memref<64x32xf32>) outs(%sums : memref<64x64xf32>)
    linalg.copy ins(%sums : memref<64x64xf32>) outs(%c : memref<64x64xf32>)
    gpu.terminator
  } {tt.config = #tt.config<block = [64, 64, 32], warp = [32, 32], stages = 2, rounding_form = guarded>}
  return
}
