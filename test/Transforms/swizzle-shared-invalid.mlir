// RUN: tt-opt %s --split-input-file --verify-diagnostics --tt-swizzle-shared

#space = #gpu.address_space<workgroup>

func.func @attribute() {
  // expected-error @below {{attribute 'tt.swizzle' expected a #tt.swizzle}}
  %m = memref.alloc() {tt.swizzle = 3 : i64} : memref<8x32xf32, #space>
  return
}

// -----

#space = #gpu.address_space<workgroup>

func.func @rank() {
  // expected-error @below {{attribute 'tt.swizzle' expected a memref of rank 2 or more}}
  %m = memref.alloc() {tt.swizzle = #tt.swizzle<row_bits = [0], shift = 0>} : memref<32xf32, #space>
  return
}

// -----

#space = #gpu.address_space<workgroup>

func.func @unknown_use(%other: memref<8x32xf32>) {
  %m = memref.alloc() {tt.swizzle = #tt.swizzle<row_bits = [0], shift = 0>} : memref<8x32xf32, #space>
  // expected-error @below {{reads or writes a swizzled buffer in a way that tt-swizzle-shared cannot follow}}
  memref.copy %m, %other : memref<8x32xf32, #space> to memref<8x32xf32>
  return
}
