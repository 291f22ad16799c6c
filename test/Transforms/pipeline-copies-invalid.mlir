// RUN: tt-opt %s --split-input-file --verify-diagnostics --tt-pipeline-copies

#config = #tt.config<block = [64, 64, 32], warp = [32, 32], stages = 2>

func.func @no_stage() {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  gpu.launch blocks(%bx, %by, %bz) in (%gx = %c1, %gy = %c1, %gz = %c1)
             threads(%tx, %ty, %tz) in (%sx = %c1, %sy = %c1, %sz = %c1) {
    scf.for %i = %c0 to %c1 step %c1 {
      gpu.barrier {tt.stage = 0 : i64, tt.order = 0 : i64}
      // expected-error @below {{expected integer attributes 'tt.stage' and 'tt.order', as on the other ops of the loop}}
      gpu.barrier
    }
    gpu.terminator
  } {tt.config = #config}
  return
}

// -----

#config = #tt.config<block = [64, 64, 32], warp = [32, 32], stages = 2>

// What stage 1 makes is used in stage 0, an iteration earlier.
func.func @backwards(%m: memref<4xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  gpu.launch blocks(%bx, %by, %bz) in (%gx = %c1, %gy = %c1, %gz = %c1)
             threads(%tx, %ty, %tz) in (%sx = %c1, %sy = %c1, %sz = %c1) {
    // expected-error @below {{the recorded schedule cannot be pipelined: a value is used in an earlier stage than it is made in}}
    scf.for %i = %c0 to %c4 step %c1 {
      %x = memref.load %m[%i] {tt.stage = 1 : i64, tt.order = 0 : i64} : memref<4xf32>
      // expected-error @below {{operation scheduled before its operands}}
      %y = arith.addf %x, %x {tt.stage = 0 : i64, tt.order = 1 : i64} : f32
      memref.store %y, %m[%i] {tt.stage = 1 : i64, tt.order = 2 : i64} : memref<4xf32>
    }
    gpu.terminator
  } {tt.config = #config}
  return
}
