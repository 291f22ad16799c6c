// RUN: tt-opt %s --split-input-file --verify-diagnostics --tt-round-operands

#config = #tt.config<block = [64, 64, 32], warp = [32, 32], stages = 2>

func.func @no_contract() {
  %c1 = arith.constant 1 : index
  // expected-error @below {{expected tt.precision, the contract of its product}}
  gpu.launch blocks(%bx, %by, %bz) in (%gx = %c1, %gy = %c1, %gz = %c1)
             threads(%tx, %ty, %tz) in (%sx = %c1, %sy = %c1, %sz = %c1) {
    gpu.terminator
  } {tt.config = #config}
  return
}
