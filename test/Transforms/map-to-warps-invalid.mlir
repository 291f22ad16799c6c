// RUN: tt-opt %s --split-input-file --verify-diagnostics --tt-map-to-warps

#a = affine_map<(m, n, k) -> (k, m)>
#b = affine_map<(m, n, k) -> (n, k)>
#c = affine_map<(m, n, k) -> (m, n)>
#config = #tt.config<block = [64, 64, 32], warp = [32, 32], stages = 2>

// The matmul stands on the operands themselves: earlier passes did not run.
func.func @bare(%a: memref<32x64xf32>, %b: memref<64x32xf32>, %c: memref<64x64xf32>) {
  %c1 = arith.constant 1 : index
  gpu.launch blocks(%bx, %by, %bz) in (%gx = %c1, %gy = %c1, %gz = %c1)
             threads(%tx, %ty, %tz) in (%sx = %c1, %sy = %c1, %sz = %c1) {
    // expected-error @below {{expected an accumulator that is filled before the k-tile loop and copied to C after it, as tt-tile-to-blocks makes it}}
    linalg.matmul indexing_maps = [#a, #b, #c]
      ins(%a, %b : memref<32x64xf32>, memref<64x32xf32>) outs(%c : memref<64x64xf32>)
    gpu.terminator
  } {tt.config = #config, tt.precision = #tt.precision<tf32>}
  return
}
