// RUN: tt-opt %s --split-input-file --verify-diagnostics --tt-tile-to-blocks

#config = #tt.config<block = [32, 32, 32], warp = [16, 16], stages = 2>
#a = affine_map<(m, n, k) -> (k, m)>
#b = affine_map<(m, n, k) -> (n, k)>
#c = affine_map<(m, n, k) -> (m, n)>
func.func @tensors(%a: tensor<64x48xf32>, %b: tensor<80x64xf32>, %c: tensor<48x80xf32>) -> tensor<48x80xf32> {
  // expected-error @below {{expected memrefs: bufferize before tt-tile-to-blocks}}
  %d = linalg.matmul indexing_maps = [#a, #b, #c] {tt.config = #config}
    ins(%a, %b : tensor<64x48xf32>, tensor<80x64xf32>) outs(%c : tensor<48x80xf32>) -> tensor<48x80xf32>
  return %d : tensor<48x80xf32>
}

// -----

#config = #tt.config<block = [32, 32, 32], warp = [16, 16], stages = 2>
#a = affine_map<(m, n, k) -> (k, m)>
#b = affine_map<(m, n, k) -> (n, k)>
#c = affine_map<(m, n, k) -> (m, n)>
func.func @not_filled(%a: memref<64x48xf32>, %b: memref<80x64xf32>, %c: memref<48x80xf32>) {
  // expected-error @below {{expected its destination to be filled with zeros just before it}}
  linalg.matmul indexing_maps = [#a, #b, #c] {tt.config = #config}
    ins(%a, %b : memref<64x48xf32>, memref<80x64xf32>) outs(%c : memref<48x80xf32>)
  return
}

// -----

#config = #tt.config<block = [32, 32, 32], warp = [16, 16], stages = 2>
#a = affine_map<(m, n, k) -> (k, m)>
#b = affine_map<(m, n, k) -> (n, k)>
#c = affine_map<(m, n, k) -> (m, n)>
func.func @filled_with_ones(%a: memref<64x48xf32>, %b: memref<80x64xf32>, %c: memref<48x80xf32>) {
  %one = arith.constant 1.0 : f32
  linalg.fill ins(%one : f32) outs(%c : memref<48x80xf32>)
  // expected-error @below {{expected its destination to be filled with zeros just before it}}
  linalg.matmul indexing_maps = [#a, #b, #c] {tt.config = #config}
    ins(%a, %b : memref<64x48xf32>, memref<80x64xf32>) outs(%c : memref<48x80xf32>)
  return
}

// -----

#config = #tt.config<block = [32, 32, 32], warp = [16, 16], stages = 2>
#a = affine_map<(m, n, k) -> (k, m)>
#b = affine_map<(m, n, k) -> (n, k)>
#c = affine_map<(m, n, k) -> (m, n)>
func.func @not_rounded(%a: memref<64x48xf16>, %b: memref<80x64xf16>, %c: memref<48x80xf32>) {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%c : memref<48x80xf32>)
  // expected-error @below {{expected its f32 sums to be copied to a memref of 'f16' just after it}}
  linalg.matmul indexing_maps = [#a, #b, #c] {tt.config = #config}
    ins(%a, %b : memref<64x48xf16>, memref<80x64xf16>) outs(%c : memref<48x80xf32>)
  return
}

// -----

// Every second column of a wider matrix: 16-byte copies would bring the others.
#config = #tt.config<block = [32, 32, 32], warp = [16, 16], stages = 2>
#a = affine_map<(m, n, k) -> (k, m)>
#b = affine_map<(m, n, k) -> (n, k)>
#c = affine_map<(m, n, k) -> (m, n)>
func.func @columns_apart(%a: memref<64x48xf32, strided<[96, 2]>>, %b: memref<80x64xf32>, %c: memref<48x80xf32>) {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%c : memref<48x80xf32>)
  // expected-error @below {{expected the elements of a row of A to be adjacent (a stride of 1), found 'memref<64x48xf32, strided<[96, 2]>>'; copy it to memory of its own}}
  linalg.matmul indexing_maps = [#a, #b, #c] {tt.config = #config}
    ins(%a, %b : memref<64x48xf32, strided<[96, 2]>>, memref<80x64xf32>) outs(%c : memref<48x80xf32>)
  return
}

// -----

#config = #tt.config<block = [64, 64, 32], warp = [32, 32], stages = 3, edge = [16, 0]>
#a = affine_map<(m, n, k) -> (k, m)>
#b = affine_map<(m, n, k) -> (n, k)>
#c = affine_map<(m, n, k) -> (m, n)>
func.func @edges_of_any_size(%a: memref<64x?xf32>, %b: memref<80x64xf32>, %c: memref<?x80xf32>) {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%c : memref<?x80xf32>)
  // expected-error @below {{has a config with edges, expected a C of static sizes, found 'memref<?x80xf32>'}}
  linalg.matmul indexing_maps = [#a, #b, #c] {tt.config = #config}
    ins(%a, %b : memref<64x?xf32>, memref<80x64xf32>) outs(%c : memref<?x80xf32>)
  return
}
