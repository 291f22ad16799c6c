// RUN: tt-opt %s --split-input-file --verify-diagnostics --tt-assign-stages

#config = #tt.config<block = [64, 64, 32], warp = [32, 32], stages = 2>

func.func @mma_first(%a: vector<4x1xf32>, %b: vector<2x1xf32>, %c: vector<2x2xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  gpu.launch blocks(%bx, %by, %bz) in (%gx = %c1, %gy = %c1, %gz = %c1)
             threads(%tx, %ty, %tz) in (%sx = %c1, %sy = %c1, %sz = %c1) {
    // expected-error @below {{mma.sync before the first fragment load}}
    scf.for %i = %c0 to %c1 step %c1 {
      %d = nvgpu.mma.sync(%a, %b, %c) {mmaShape = [16, 8, 8], tf32Enabled} : (vector<4x1xf32>, vector<2x1xf32>, vector<2x2xf32>) -> vector<2x2xf32>
    }
    gpu.terminator
  } {tt.config = #config}
  return
}

// -----

#config = #tt.config<block = [64, 64, 32], warp = [32, 32], stages = 2>

func.func @stranger(%a: vector<4x1xf32>, %b: vector<2x1xf32>, %c: vector<2x2xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  gpu.launch blocks(%bx, %by, %bz) in (%gx = %c1, %gy = %c1, %gz = %c1)
             threads(%tx, %ty, %tz) in (%sx = %c1, %sy = %c1, %sz = %c1) {
    scf.for %i = %c0 to %c1 step %c1 {
      // expected-error @below {{is not expected in the k-tile loop}}
      gpu.printf "hello\n"
      %d = nvgpu.mma.sync(%a, %b, %c) {mmaShape = [16, 8, 8], tf32Enabled} : (vector<4x1xf32>, vector<2x1xf32>, vector<2x2xf32>) -> vector<2x2xf32>
    }
    gpu.terminator
  } {tt.config = #config}
  return
}

// -----

#config = #tt.config<block = [64, 64, 32], warp = [32, 32], stages = 2>

func.func @no_copies(%a: vector<4x1xf32>, %b: vector<2x1xf32>, %c: vector<2x2xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  gpu.launch blocks(%bx, %by, %bz) in (%gx = %c1, %gy = %c1, %gz = %c1)
             threads(%tx, %ty, %tz) in (%sx = %c1, %sy = %c1, %sz = %c1) {
    %m = memref.alloca() : memref<4xf32, #gpu.address_space<workgroup>>
    // expected-error @below {{expected copies, a group, a wait, two barriers and at least two k-steps}}
    scf.for %i = %c0 to %c1 step %c1 {
      %l = vector.load %m[%c0] : memref<4xf32, #gpu.address_space<workgroup>>, vector<2xf32>
      %d = nvgpu.mma.sync(%a, %b, %c) {mmaShape = [16, 8, 8], tf32Enabled} : (vector<4x1xf32>, vector<2x1xf32>, vector<2x2xf32>) -> vector<2x2xf32>
      gpu.barrier
      gpu.barrier
    }
    gpu.terminator
  } {tt.config = #config}
  return
}
