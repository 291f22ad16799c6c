// RUN: tt-opt %s --tt-nest-tiles -verify-diagnostics

// One loop cannot be split where copies are ahead by two distances.
func.func @f(%m: memref<?xindex>, %a: vector<4x1xf32>, %b: vector<2x1xf32>, %c: vector<2x2xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c8 = arith.constant 8 : index
  gpu.launch blocks(%x, %y, %z) in (%gx = %c1, %gy = %c1, %gz = %c1) threads(%tx, %ty, %tz) in (%bx = %c1, %by = %c1, %bz = %c1) {
    // expected-error @below {{expected copies to be one number of k-tiles ahead, found 1 and 2}}
    %r = scf.for %i = %c0 to %c8 step %c1 iter_args(%s = %c) -> (vector<2x2xf32>) {
      %i1 = arith.addi %i, %c1 : index
      %i2 = arith.addi %i, %c2 : index
      %k0 = arith.remui %i, %c8 : index
      %k1 = arith.remui %i1, %c8 : index
      %k2 = arith.remui %i2, %c8 : index
      memref.store %k1, %m[%k2] : memref<?xindex>
      %d = nvgpu.mma.sync(%a, %b, %s) {mmaShape = [16, 8, 8], tf32Enabled} : (vector<4x1xf32>, vector<2x1xf32>, vector<2x2xf32>) -> vector<2x2xf32>
      %n = scf.index_switch %k0 -> vector<2x2xf32>
      case 1 {
        scf.yield %c : vector<2x2xf32>
      }
      default {
        scf.yield %d : vector<2x2xf32>
      }
      scf.yield %n : vector<2x2xf32>
    }
    gpu.terminator
  } {tt.config = #tt.config<block = [64, 64, 32], warp = [32, 32], stages = 3, persistent_blocks = 4>}
  return
}
