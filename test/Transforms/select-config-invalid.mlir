// RUN: tt-opt %s --split-input-file --verify-diagnostics --tt-select-config
// RUN: not tt-opt %s --tt-select-config="config=nonsense" 2>&1 | FileCheck %s --check-prefix=OPTION
// OPTION: option 'config' expected a #tt.config, found 'nonsense'

func.func @shared(%a: tensor<64x48xf32>, %b: tensor<80x64xf32>) -> tensor<48x80xf32> {
  // expected-error @below {{block 128x256x16 with 5 stages needs 125440 bytes of shared memory, rtx4090 allows 101376 a block (24064 too many); at most stages = 4 fit}}
  %c = tt.matmul_transposed %a, %b config <block = [128, 256, 16], warp = [64, 64], stages = 5>
    : tensor<64x48xf32>, tensor<80x64xf32> -> tensor<48x80xf32>
  return %c : tensor<48x80xf32>
}

// -----

func.func @k(%a: tensor<64x48xf16>, %b: tensor<80x64xf16>) -> tensor<48x80xf16> {
  // expected-error @below {{block k = 16 of 'f16' is 32 bytes, expected at least 64 bytes: block k = 32}}
  %c = tt.matmul_transposed %a, %b config <block = [64, 64, 16], warp = [32, 32], stages = 2>
    : tensor<64x48xf16>, tensor<80x64xf16> -> tensor<48x80xf16>
  return %c : tensor<48x80xf16>
}

// -----

func.func @registers(%a: tensor<64x48xf16>, %b: tensor<80x64xf16>) -> tensor<48x80xf16> {
  // expected-error @below {{warp tile 128x128 needs about 596 registers a thread, rtx4090 allows 255}}
  %c = tt.matmul_transposed %a, %b config <block = [128, 128, 32], warp = [128, 128], stages = 2>
    : tensor<64x48xf16>, tensor<80x64xf16> -> tensor<48x80xf16>
  return %c : tensor<48x80xf16>
}

// -----

// With warp tiles of 64x96 the same block tile is legal: 4 fragment registers fewer.
func.func @registers_of_one_set(%a: tensor<64x48xf16>, %b: tensor<80x64xf16>) -> tensor<48x80xf16> {
  // expected-error @below {{warp tile 128x48 needs about 256 registers a thread, rtx4090 allows 255}}
  %c = tt.matmul_transposed %a, %b config <block = [256, 192, 32], warp = [128, 48], stages = 3, a_layout = xor>
    : tensor<64x48xf16>, tensor<80x64xf16> -> tensor<48x80xf16>
  return %c : tensor<48x80xf16>
}

// -----

// Whoever is last adds sums that lie where the sizes say.
func.func @split_dynamic(%a: tensor<64x?xf32>, %b: tensor<80x64xf32>) -> tensor<?x80xf32> {
  // expected-error @below {{split_k and stream_k need a C of static sizes, found 'tensor<?x80xf32>'}}
  %c = tt.matmul_transposed %a, %b config <block = [32, 64, 16], warp = [16, 32], stages = 2, split_k = 2>
    : tensor<64x?xf32>, tensor<80x64xf32> -> tensor<?x80xf32>
  return %c : tensor<?x80xf32>
}

// -----

func.func @stream(%a: tensor<64x48xf32>, %b: tensor<80x64xf32>) -> tensor<48x80xf32> {
  // expected-error @below {{stream_k cuts the last 5 tiles of C, which has 4}}
  %c = tt.matmul_transposed %a, %b config <block = [32, 64, 16], warp = [16, 32], stages = 2, stream_k = [5, 7]>
    : tensor<64x48xf32>, tensor<80x64xf32> -> tensor<48x80xf32>
  return %c : tensor<48x80xf32>
}

// -----

// There is nothing to round in f16.
func.func @guarded_f16(%a: tensor<64x48xf16>, %b: tensor<80x64xf16>) -> tensor<48x80xf16> {
  // expected-error @below {{rounding_form = guarded needs f32 operands rounded to nearest, a C of static sizes and at least two k-tiles, found #tt.precision<f32_accumulate>, 'tensor<64x48xf16>' and 'tensor<80x64xf16>' with block k = 32}}
  %c = tt.matmul_transposed %a, %b config <block = [32, 64, 32], warp = [16, 32], stages = 2, rounding_form = guarded>
    : tensor<64x48xf16>, tensor<80x64xf16> -> tensor<48x80xf16>
  return %c : tensor<48x80xf16>
}

// -----

// The guard looks at tiles that have landed while others are in flight.
func.func @guarded_one_stage(%a: tensor<64x48xf32>, %b: tensor<80x64xf32>) -> tensor<48x80xf32> {
  // expected-error @below {{rounding_form = guarded needs at least 2 stages, found stages = 1}}
  %c = tt.matmul_transposed %a, %b config <block = [32, 64, 16], warp = [16, 32], stages = 1, rounding_form = guarded>
    : tensor<64x48xf32>, tensor<80x64xf32> -> tensor<48x80xf32>
  return %c : tensor<48x80xf32>
}

// -----

// Each slice double-buffers its own k-steps.
func.func @slices(%a: tensor<64x48xf32>, %b: tensor<80x64xf32>) -> tensor<48x80xf32> {
  // expected-error @below {{block k = 16 of 'f32' gives each of 2 k_slices 1 k-steps, expected at least 2: block k = 32}}
  %c = tt.matmul_transposed %a, %b config <block = [32, 64, 16], warp = [16, 32], stages = 2, k_slices = 2>
    : tensor<64x48xf32>, tensor<80x64xf32> -> tensor<48x80xf32>
  return %c : tensor<48x80xf32>
}

// -----

// Block tiles of 32 cover 96 rows.
func.func @edge_of_whole_tiles(%a: tensor<64x96xf32>, %b: tensor<80x64xf32>) -> tensor<96x80xf32> {
  // expected-error @below {{edge m = 16 needs a size beyond whole block tiles of 32, C has 96}}
  %c = tt.matmul_transposed %a, %b config <block = [32, 64, 16], warp = [16, 32], stages = 4, edge = [16, 0]>
    : tensor<64x96xf32>, tensor<80x64xf32> -> tensor<96x80xf32>
  return %c : tensor<96x80xf32>
}

// -----

func.func @edge_alone(%a: tensor<64x48xf32>, %b: tensor<40x64xf32>) -> tensor<48x40xf32> {
  // expected-error @below {{edge n = 16 needs a size beyond whole block tiles of 64, C has 40}}
  %c = tt.matmul_transposed %a, %b config <block = [32, 64, 16], warp = [16, 32], stages = 4, edge = [0, 16]>
    : tensor<64x48xf32>, tensor<40x64xf32> -> tensor<48x40xf32>
  return %c : tensor<48x40xf32>
}

// -----

func.func @edge_dynamic(%a: tensor<64x?xf32>, %b: tensor<80x64xf32>) -> tensor<?x80xf32> {
  // expected-error @below {{edge needs a C of static sizes}}
  %c = tt.matmul_transposed %a, %b config <block = [32, 64, 16], warp = [16, 32], stages = 4, edge = [0, 16]>
    : tensor<64x?xf32>, tensor<80x64xf32> -> tensor<?x80xf32>
  return %c : tensor<?x80xf32>
}

// -----

// One stage of an edge's tiles of 16x128x32 is more than two of 32x64x16.
func.func @edge_shared(%a: tensor<64x48xf32>, %b: tensor<80x64xf32>) -> tensor<48x80xf32> {
  // expected-error @below {{edge m = 16 needs 18432 bytes of shared memory, blocks of the config have 13312; use more stages or no edge}}
  %c = tt.matmul_transposed %a, %b config <block = [32, 64, 16], warp = [16, 32], stages = 2, edge = [16, 0]>
    : tensor<64x48xf32>, tensor<80x64xf32> -> tensor<48x80xf32>
  return %c : tensor<48x80xf32>
}
