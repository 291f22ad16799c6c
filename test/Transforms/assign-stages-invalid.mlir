// RUN: tt-opt %s --split-input-file --verify-diagnostics --tt-assign-stages

#config = #tt.config<block = [64, 64, 32], warp = [32, 32], stages = 2>

func.func @two_loops() {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  // expected-error @below {{expected one k-tile loop, found 2}}
  gpu.launch blocks(%bx, %by, %bz) in (%gx = %c1, %gy = %c1, %gz = %c1)
             threads(%tx, %ty, %tz) in (%sx = %c1, %sy = %c1, %sz = %c1) {
    scf.for %i = %c0 to %c1 step %c1 {
    }
    scf.for %i = %c0 to %c1 step %c1 {
    }
    gpu.terminator
  } {tt.config = #config}
  return
}

// -----

#config = #tt.config<block = [64, 64, 32], warp = [32, 32], stages = 2>

func.func @stranger() {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  gpu.launch blocks(%bx, %by, %bz) in (%gx = %c1, %gy = %c1, %gz = %c1)
             threads(%tx, %ty, %tz) in (%sx = %c1, %sy = %c1, %sz = %c1) {
    scf.for %i = %c0 to %c1 step %c1 {
      // expected-error @below {{is not expected in the k-tile loop}}
      gpu.printf "hello\\n"
    }
    gpu.terminator
  } {tt.config = #config}
  return
}

// -----

#config = #tt.config<block = [64, 64, 32], warp = [32, 32], stages = 2>

func.func @no_copies() {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  gpu.launch blocks(%bx, %by, %bz) in (%gx = %c1, %gy = %c1, %gz = %c1)
             threads(%tx, %ty, %tz) in (%sx = %c1, %sy = %c1, %sz = %c1) {
    // expected-error @below {{expected copies, a group, a wait, two barriers and at least two k-steps}}
    scf.for %i = %c0 to %c1 step %c1 {
      gpu.barrier
      gpu.barrier
    }
    gpu.terminator
  } {tt.config = #config}
  return
}
