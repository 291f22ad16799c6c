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
