// RUN: tt-opt %s --split-input-file --verify-diagnostics

func.func @k(%a: tensor<64x48xf32>, %b: tensor<80x65xf32>) {
  // expected-error @below {{expected A (K, M) and B (N, K) to agree on K, found K = 64 in A 'tensor<64x48xf32>' and K = 65 in B 'tensor<80x65xf32>'}}
  %c = tt.matmul_transposed %a, %b : tensor<64x48xf32>, tensor<80x65xf32> -> tensor<48x80xf32>
  return
}

// -----

func.func @result(%a: tensor<64x48xf32>, %b: tensor<80x64xf32>) {
  // expected-error @+2 {{tensor<48x80xf32>}}
  // expected-error @below {{failed to infer returned types}}
  %c = tt.matmul_transposed %a, %b : tensor<64x48xf32>, tensor<80x64xf32> -> tensor<80x48xf32>
  return
}

// -----

func.func @rank(%a: tensor<2x64x48xf32>, %b: tensor<80x64xf32>) {
  // expected-error @below {{must be 2D tensor}}
  %c = tt.matmul_transposed %a, %b : tensor<2x64x48xf32>, tensor<80x64xf32> -> tensor<48x80xf32>
  return
}

// -----

func.func @type(%a: tensor<64x48xf64>, %b: tensor<80x64xf64>) {
  // expected-error @below {{must be 2D tensor of}}
  %c = tt.matmul_transposed %a, %b : tensor<64x48xf64>, tensor<80x64xf64> -> tensor<48x80xf64>
  return
}

// -----

func.func @mixed(%a: tensor<64x48xf32>, %b: tensor<80x64xf16>) {
  // expected-error @below {{element type}}
  %c = tt.matmul_transposed %a, %b : tensor<64x48xf32>, tensor<80x64xf16> -> tensor<48x80xf32>
  return
}

// -----

func.func @contract(%a: tensor<64x48xf16>, %b: tensor<80x64xf16>) {
  // expected-error @below {{contract 'tf32' does not accept operands of type 'f16', expected 'f32_accumulate'}}
  %c = tt.matmul_transposed %a, %b precision <tf32> : tensor<64x48xf16>, tensor<80x64xf16> -> tensor<48x80xf16>
  return
}

// -----

// expected-error @below {{rounding 'truncate' applies to the contract 'tf32' only}}
#p = #tt.precision<f32_accumulate, rounding = truncate>

// -----

// expected-error @below {{block m = 40 is not a multiple of 16}}
#c = #tt.config<block = [40, 64, 32], warp = [16, 16], stages = 2>

// -----

// expected-error @below {{block k = 24 is not a power of two between 8 and 256}}
#c = #tt.config<block = [64, 64, 24], warp = [16, 16], stages = 2>

// -----

// expected-error @below {{warp n = 48 is not a multiple of 16 that divides block n = 64}}
#c = #tt.config<block = [64, 64, 32], warp = [16, 48], stages = 2>

// -----

// expected-error @below {{block and warp tile make 32 warps, expected 1, 2, 4, 8 or 16}}
#c = #tt.config<block = [128, 64, 32], warp = [16, 16], stages = 2>

// -----

// expected-error @below {{stages = 0 is not between 1 and}}
#c = #tt.config<block = [64, 64, 32], warp = [32, 32], stages = 0>

// -----

// expected-error @below {{raster_group = 0 is not positive}}
#c = #tt.config<block = [64, 64, 32], warp = [32, 32], stages = 2, raster_group = 0>

// -----

// expected-error @below {{row bits must be between 0 and 31}}
#s = #tt.swizzle<row_bits = [32], shift = 0>

// -----

// expected-error @below {{unknown target 'rtx9999', expected one of}}
#t = #tt.target<"rtx9999">

// -----

// expected-error @below {{config must say 'stages'}}
#c = #tt.config<block = [64, 64, 32], warp = [32, 32]>

// -----

// expected-error @below {{config says 'stages' twice}}
#c = #tt.config<block = [64, 64, 32], warp = [32, 32], stages = 2, stages = 3>

// -----

// expected-error @below {{unknown config key 'colour', expected one of 'block', 'warp', 'stages'}}
#c = #tt.config<block = [64, 64, 32], warp = [32, 32], colour = 2>

// -----

// expected-error @below {{expected one of 'padded', 'xor', found 'diagonal'}}
#c = #tt.config<block = [64, 64, 32], warp = [32, 32], stages = 2, a_layout = diagonal>

// -----

// expected-error @below {{expected one of 'before_barrier', 'after_barrier', 'second_half', found 'late'}}
#c = #tt.config<block = [64, 64, 32], warp = [32, 32], stages = 2, copy_slot = late>

// -----

// expected-error @below {{copy_slot = after_barrier needs at least 2 stages, found stages = 1}}
#c = #tt.config<block = [64, 64, 32], warp = [32, 32], stages = 1, copy_slot = after_barrier>

// -----

// expected-error @below {{copy_slot = second_half needs at least 2 stages, found stages = 1}}
#c = #tt.config<block = [64, 64, 32], warp = [32, 32], stages = 1, copy_slot = second_half>

// -----

// expected-error @below {{expected block = [m, n, k], found 2 sizes}}
#c = #tt.config<block = [64, 64], warp = [32, 32], stages = 2>

// -----

// expected-error @below {{expected warp = [m, n], found 1 sizes}}
#c = #tt.config<block = [64, 64, 32], warp = [32], stages = 2>

// -----

// expected-error @below {{block n = 272 is not a multiple of 16 between 16 and 256}}
#c = #tt.config<block = [64, 272, 32], warp = [32, 16], stages = 2>

// -----

// expected-error @below {{expected stream_k = [tiles, shares], found 1 sizes}}
#c = #tt.config<block = [64, 64, 32], warp = [32, 32], stages = 2, stream_k = [5]>

// -----

// expected-error @below {{stream_k = [5, 4], expected 1 <= tiles <= shares <= 4096}}
#c = #tt.config<block = [64, 64, 32], warp = [32, 32], stages = 2, stream_k = [5, 4]>

// -----

// expected-error @below {{stream_k needs split_k = 1, found split_k = 2}}
#c = #tt.config<block = [64, 64, 32], warp = [32, 32], stages = 2, split_k = 2, stream_k = [5, 7]>

// -----

// expected-error @below {{persistent_blocks = -1 is not between 0 and 65536}}
#c = #tt.config<block = [64, 64, 32], warp = [32, 32], stages = 2, persistent_blocks = -1>

// -----

// expected-error @below {{persistent_blocks needs k_slices = 1, split_k = 1 and no stream_k}}
#c = #tt.config<block = [64, 64, 32], warp = [32, 32], stages = 2, split_k = 2, persistent_blocks = 4>

// -----

// expected-error @below {{persistent_blocks needs k_slices = 1, split_k = 1 and no stream_k}}
#c = #tt.config<block = [64, 64, 32], warp = [32, 32], stages = 2, k_slices = 2, persistent_blocks = 4>

// -----

// expected-error @below {{persistent_blocks needs rounding_form = every_fragment, found guarded}}
#c = #tt.config<block = [64, 64, 32], warp = [32, 32], stages = 2, rounding_form = guarded, persistent_blocks = 4>

// -----

// Contracts that are not there yet are refused by name.
func.func @contract_name(%a: tensor<64x48xf32>, %b: tensor<80x64xf32>) {
  // expected-error @below {{expected one of 'tf32', 'f32_accumulate', found 'ieee'}}
  %c = tt.matmul_transposed %a, %b precision <ieee> : tensor<64x48xf32>, tensor<80x64xf32> -> tensor<48x80xf32>
  return
}

// -----

// expected-error @below {{attribute 'tt.config' expected a #tt.config, found 3 : i64}}
func.func @discardable() attributes {tt.config = 3 : i64} {
  return
}

// -----

// expected-error @below {{edge m = 24, expected 0 or a multiple of 16 up to 64 below block m = 128}}
#c = #tt.config<block = [128, 128, 32], warp = [64, 64], stages = 3, edge = [24, 0]>

// -----

// expected-error @below {{edge n = 80, expected 0 or a multiple of 16 up to 64 below block n = 128}}
#c = #tt.config<block = [128, 128, 32], warp = [64, 64], stages = 3, edge = [16, 80]>

// -----

// expected-error @below {{edge m = 32, expected 0 or a multiple of 16 up to 64 below block m = 32}}
#c = #tt.config<block = [32, 128, 32], warp = [32, 32], stages = 3, edge = [32, 0]>

// -----

// expected-error @below {{edge needs 4 or 8 warps, found 16}}
#c = #tt.config<block = [128, 128, 32], warp = [32, 32], stages = 3, edge = [16, 0]>

// -----

// expected-error @below {{edge needs a block for each tile: no split_k, stream_k or persistent_blocks}}
#c = #tt.config<block = [128, 128, 32], warp = [64, 64], stages = 3, split_k = 2, edge = [16, 0]>

// -----

// expected-error @below {{edge needs a block for each tile: no split_k, stream_k or persistent_blocks}}
#c = #tt.config<block = [128, 128, 32], warp = [64, 64], stages = 3, persistent_blocks = 2, edge = [0, 16]>

// -----

// expected-error @below {{expected edge = [m, n], found 1 sizes}}
#c = #tt.config<block = [128, 128, 32], warp = [64, 64], stages = 3, edge = [16]>
