// RUN: tt-opt %s --split-input-file --verify-diagnostics --tt-fuse-edges

func.func @threads(%c: memref<16x64xf32>) {
  %one = arith.constant 1 : index
  %two = arith.constant 2 : index
  gpu.launch blocks(%b, %by, %bz) in (%gx = %one, %gy = %one, %gz = %one)
      threads(%t, %ty, %tz) in (%tx = %one, %sy = %one, %sz = %one) {
    gpu.terminator
  } {tt.config = #tt.config<block = [32, 32, 16], warp = [16, 32], stages = 2>}
  // expected-error @below {{is an edge (tt.edge) in blocks of 2 threads, expected 1 as in the launch of block tiles before it}}
  gpu.launch blocks(%b, %by, %bz) in (%gx = %one, %gy = %one, %gz = %one)
      threads(%t, %ty, %tz) in (%tx = %two, %sy = %one, %sz = %one) {
    gpu.terminator
  } {tt.edge, tt.config = #tt.config<block = [16, 32, 16], warp = [16, 16], stages = 2>}
  return
}

// -----

func.func @blocks(%c: memref<16x64xf32>, %n: index) {
  %one = arith.constant 1 : index
  // expected-error @below {{belongs to a product with edges (tt.edge), expected a constant number of blocks}}
  gpu.launch blocks(%b, %by, %bz) in (%gx = %n, %gy = %one, %gz = %one)
      threads(%t, %ty, %tz) in (%tx = %one, %sy = %one, %sz = %one) {
    gpu.terminator
  } {tt.config = #tt.config<block = [32, 32, 16], warp = [16, 32], stages = 2>}
  gpu.launch blocks(%b, %by, %bz) in (%gx = %one, %gy = %one, %gz = %one)
      threads(%t, %ty, %tz) in (%tx = %one, %sy = %one, %sz = %one) {
    gpu.terminator
  } {tt.edge, tt.config = #tt.config<block = [16, 32, 16], warp = [16, 16], stages = 2>}
  return
}

// -----

func.func @branches(%c: memref<16x64xf32>) {
  %one = arith.constant 1 : index
  gpu.launch blocks(%b, %by, %bz) in (%gx = %one, %gy = %one, %gz = %one)
      threads(%t, %ty, %tz) in (%tx = %one, %sy = %one, %sz = %one) {
    gpu.terminator
  } {tt.config = #tt.config<block = [32, 32, 16], warp = [16, 32], stages = 2>}
  // expected-error @below {{expected structured control flow: run tt-fuse-edges before convert-scf-to-cf}}
  gpu.launch blocks(%b, %by, %bz) in (%gx = %one, %gy = %one, %gz = %one)
      threads(%t, %ty, %tz) in (%tx = %one, %sy = %one, %sz = %one) {
    cf.br ^end
  ^end:
    gpu.terminator
  } {tt.edge, tt.config = #tt.config<block = [16, 32, 16], warp = [16, 16], stages = 2>}
  return
}

// -----

func.func @plane(%c: memref<16x64xf32>) {
  %one = arith.constant 1 : index
  %two = arith.constant 2 : index
  // expected-error @below {{belongs to a product with edges (tt.edge), expected a grid and blocks of one dimension, no clusters, no async token and no attributions}}
  gpu.launch blocks(%b, %by, %bz) in (%gx = %one, %gy = %two, %gz = %one)
      threads(%t, %ty, %tz) in (%tx = %one, %sy = %one, %sz = %one) {
    gpu.terminator
  } {tt.config = #tt.config<block = [32, 32, 16], warp = [16, 32], stages = 2>}
  gpu.launch blocks(%b, %by, %bz) in (%gx = %one, %gy = %one, %gz = %one)
      threads(%t, %ty, %tz) in (%tx = %one, %sy = %one, %sz = %one) {
    gpu.terminator
  } {tt.edge, tt.config = #tt.config<block = [16, 32, 16], warp = [16, 16], stages = 2>}
  return
}

// -----

func.func @attributions(%c: memref<16x64xf32>) {
  %one = arith.constant 1 : index
  gpu.launch blocks(%b, %by, %bz) in (%gx = %one, %gy = %one, %gz = %one)
      threads(%t, %ty, %tz) in (%tx = %one, %sy = %one, %sz = %one) {
    gpu.terminator
  } {tt.config = #tt.config<block = [32, 32, 16], warp = [16, 32], stages = 2>}
  // expected-error @below {{expected a grid and blocks of one dimension, no clusters, no async token and no attributions}}
  gpu.launch blocks(%b, %by, %bz) in (%gx = %one, %gy = %one, %gz = %one)
      threads(%t, %ty, %tz) in (%tx = %one, %sy = %one, %sz = %one)
      workgroup(%w: memref<4xf32, #gpu.address_space<workgroup>>) {
    gpu.terminator
  } {tt.edge, tt.config = #tt.config<block = [16, 32, 16], warp = [16, 16], stages = 2>}
  return
}

// -----

func.func @captures(%c: memref<16x64xf32>) {
  %one = arith.constant 1 : index
  gpu.launch blocks(%b, %by, %bz) in (%gx = %one, %gy = %one, %gz = %one)
      threads(%t, %ty, %tz) in (%tx = %one, %sy = %one, %sz = %one) {
    gpu.terminator
  } {tt.config = #tt.config<block = [32, 32, 16], warp = [16, 32], stages = 2>}
  %zero = arith.constant 0.0 : f32
  // expected-error @below {{is an edge (tt.edge) that uses a value made behind the launch of block tiles; run tt-isolate-kernel first}}
  gpu.launch blocks(%b, %by, %bz) in (%gx = %one, %gy = %one, %gz = %one)
      threads(%t, %ty, %tz) in (%tx = %one, %sy = %one, %sz = %one) {
    memref.store %zero, %c[%b, %t] : memref<16x64xf32>
    gpu.terminator
  } {tt.edge, tt.config = #tt.config<block = [16, 32, 16], warp = [16, 16], stages = 2>}
  return
}
