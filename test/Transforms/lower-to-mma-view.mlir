// RUN: tt-opt %s --tt-to-linalg --tt-tile-to-blocks --tt-stage-operands --tt-map-to-warps --tt-lower-to-mma | FileCheck %s

// C is a part of a larger matrix: its own sizes bound what is stored, not those of
// the whole.
// CHECK-LABEL: func @view
// CHECK: %[[C:.*]] = memref.subview %arg2[2, 3] [48, 80] [1, 1]
// CHECK: tt.store_fragments {{.*}} to %[[C]][
func.func @view(%a: tensor<64x48xf32>, %b: tensor<80x64xf32>, %d: tensor<100x200xf32>) -> tensor<100x200xf32> {
  %c = tt.matmul_transposed %a, %b config <block = [64, 64, 32], warp = [32, 32], stages = 3>
    : tensor<64x48xf32>, tensor<80x64xf32> -> tensor<48x80xf32>
  %e = tensor.insert_slice %c into %d[2, 3] [48, 80] [1, 1] : tensor<48x80xf32> into tensor<100x200xf32>
  return %e : tensor<100x200xf32>
}
