// RUN: tt-opt %s --tt-repair-rows --verify-diagnostics

// The rows that are repaired are those of the C that fragments are stored to.
func.func @no_store(%one: index, %threads: index) {
  // expected-error @below {{expected tt.store_fragments in a kernel with rounding_form = guarded}}
  gpu.launch blocks(%bx, %by, %bz) in (%gx = %one, %gy = %one, %gz = %one) threads(%tx, %ty, %tz) in (%x = %threads, %y = %one, %z = %one) {
    gpu.terminator
  } {tt.config = #tt.config<block = [64, 64, 32], warp = [32, 32], stages = 2, rounding_form = guarded>}
  return
}
