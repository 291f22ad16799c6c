// RUN: tt-opt %s --tt-flatten-shared --split-input-file --verify-diagnostics

// Only accesses that the passes before make can be followed.
func.func @other_use(%c0: index, %one: index, %threads: index) {
  gpu.launch blocks(%bx, %by, %bz) in (%gx = %one, %gy = %one, %gz = %one) threads(%tx, %ty, %tz) in (%x = %threads, %y = %one, %z = %one) {
    %bytes = gpu.dynamic_shared_memory : memref<?xi8, #gpu.address_space<workgroup>>
    %zero = arith.constant 0 : index
    %row = memref.view %bytes[%zero][] : memref<?xi8, #gpu.address_space<workgroup>> to memref<4096xf32, #gpu.address_space<workgroup>>
    %a = memref.reinterpret_cast %row to offset: [0], sizes: [2, 32, 32], strides: [1024, 32, 1] : memref<4096xf32, #gpu.address_space<workgroup>> to memref<2x32x32xf32, strided<[1024, 32, 1]>, #gpu.address_space<workgroup>>
    // expected-error @below {{uses a shared-memory buffer in a way that tt-flatten-shared cannot follow}}
    %d = memref.dim %a, %zero : memref<2x32x32xf32, strided<[1024, 32, 1]>, #gpu.address_space<workgroup>>
    gpu.terminator
  } {tt.config = #tt.config<block = [32, 32, 32], warp = [32, 32], stages = 2>}
  return
}
