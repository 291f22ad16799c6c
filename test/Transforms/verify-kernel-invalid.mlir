// RUN: tt-opt %s --split-input-file --verify-diagnostics --tt-verify-kernel

#config = #tt.config<block = [64, 64, 32], warp = [32, 32], stages = 2>

func.func @left(%a: tensor<64x48xf32>, %b: tensor<80x64xf32>) {
  %c1 = arith.constant 1 : index
  gpu.launch blocks(%bx, %by, %bz) in (%gx = %c1, %gy = %c1, %gz = %c1)
             threads(%tx, %ty, %tz) in (%sx = %c1, %sy = %c1, %sz = %c1) {
    // expected-error @below {{is left in a kernel}}
    %c = tt.matmul_transposed %a, %b : tensor<64x48xf32>, tensor<80x64xf32> -> tensor<48x80xf32>
    gpu.terminator
  } {tt.config = #config}
  return
}

// -----

#config = #tt.config<block = [64, 64, 32], warp = [32, 32], stages = 2>

func.func @threads() {
  %c1 = arith.constant 1 : index
  %c2048 = arith.constant 2048 : index
  // expected-error @below {{has 2048 threads a block, rtx4090 allows 1 to 1024}}
  gpu.launch blocks(%bx, %by, %bz) in (%gx = %c1, %gy = %c1, %gz = %c1)
             threads(%tx, %ty, %tz) in (%sx = %c2048, %sy = %c1, %sz = %c1) {
    gpu.terminator
  } {tt.config = #config}
  return
}

// -----

#config = #tt.config<block = [64, 64, 32], warp = [32, 32], stages = 2>

func.func @shared() {
  %c1 = arith.constant 1 : index
  %bytes = arith.constant 101377 : i32
  // expected-error @below {{asks for 101377 bytes of shared memory, rtx4090 allows 101376 a block}}
  gpu.launch blocks(%bx, %by, %bz) in (%gx = %c1, %gy = %c1, %gz = %c1)
             threads(%tx, %ty, %tz) in (%sx = %c1, %sy = %c1, %sz = %c1)
             dynamic_shared_memory_size %bytes {
    gpu.terminator
  } {tt.config = #config}
  return
}

// -----

#config = #tt.config<block = [64, 64, 32], warp = [32, 32], stages = 2>

func.func @unknown_threads(%n: index) {
  %c1 = arith.constant 1 : index
  // expected-error @below {{expected a constant number of threads}}
  gpu.launch blocks(%bx, %by, %bz) in (%gx = %c1, %gy = %c1, %gz = %c1)
             threads(%tx, %ty, %tz) in (%sx = %n, %sy = %c1, %sz = %c1) {
    gpu.terminator
  } {tt.config = #config}
  return
}
