// RUN: tt-opt %s --split-input-file --verify-diagnostics --tt-lower-epilogue

func.func @no_launch(%f: vector<2x2xf32>, %c: memref<64x64xf32>) {
  %c0 = arith.constant 0 : index
  // expected-error @below {{expected to stand in a gpu.launch with tt.config}}
  tt.store_fragments %f, %f to %c[%c0, %c0] warp [16, 16] : vector<2x2xf32>, vector<2x2xf32> to memref<64x64xf32>
  return
}

// -----

// One fragment for each m16n8 tile: this is the op's own verifier.
func.func @fragments(%f: vector<2x2xf32>, %c: memref<64x64xf32>) {
  %c0 = arith.constant 0 : index
  // expected-error @below {{expected 2 fragments for a warp tile of 16x16, found 1}}
  tt.store_fragments %f to %c[%c0, %c0] warp [16, 16] : vector<2x2xf32> to memref<64x64xf32>
  return
}

// -----

// Stored like this, the sums of one slice would pass for those of both.
func.func @partial_sums(%f: vector<2x2xf32>, %c: memref<64x64xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c64 = arith.constant 64 : index
  gpu.launch blocks(%x, %y, %z) in (%gx = %c1, %gy = %c1, %gz = %c1)
             threads(%i, %j, %k) in (%bx = %c64, %by = %c1, %bz = %c1) {
    // expected-error @below {{stores partial sums, as the config has k_slices, split_k or stream_k; run tt-combine-sums first}}
    tt.store_fragments %f, %f to %c[%c0, %c0] warp [16, 16] : vector<2x2xf32>, vector<2x2xf32> to memref<64x64xf32>
    gpu.terminator
  } {tt.config = #tt.config<block = [16, 16, 32], warp = [16, 16], stages = 2, k_slices = 2>}
  return
}
