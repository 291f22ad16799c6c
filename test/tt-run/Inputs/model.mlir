// Two products and host code between them: D = (AᵀBᵀ + 1)ᵀ Eᵀ.
func.func @f(%a: tensor<64x48xf32>, %b: tensor<80x64xf32>, %e: tensor<40x48xf32>) -> (tensor<80x40xf32>, tensor<48x80xf32>) {
  %one = arith.constant 1.0 : f32
  %c = tt.matmul_transposed %a, %b : tensor<64x48xf32>, tensor<80x64xf32> -> tensor<48x80xf32>
  %init = tensor.empty() : tensor<48x80xf32>
  %c1 = linalg.map ins(%c : tensor<48x80xf32>) outs(%init : tensor<48x80xf32>)
    (%x: f32, %o: f32) {
      %y = arith.addf %x, %one : f32
      linalg.yield %y : f32
    }
  %d = tt.matmul_transposed %c1, %e : tensor<48x80xf32>, tensor<40x48xf32> -> tensor<80x40xf32>
  return %d, %c1 : tensor<80x40xf32>, tensor<48x80xf32>
}
func.func @g(%a: memref<64x48xf16>, %b: memref<80x64xf16>, %c: memref<48x80xf16>) {
  %x = bufferization.to_tensor %a restrict : memref<64x48xf16> to tensor<64x48xf16>
  %y = bufferization.to_tensor %b restrict : memref<80x64xf16> to tensor<80x64xf16>
  %z = tt.matmul_transposed %x, %y : tensor<64x48xf16>, tensor<80x64xf16> -> tensor<48x80xf16>
  bufferization.materialize_in_destination %z in restrict writable %c : (tensor<48x80xf16>, memref<48x80xf16>) -> ()
  return
}
func.func @h(%a: tensor<?x?xf32>, %b: tensor<?x?xf32>) -> tensor<?x?xf32> {
  %c = tt.matmul_transposed %a, %b : tensor<?x?xf32>, tensor<?x?xf32> -> tensor<?x?xf32>
  return %c : tensor<?x?xf32>
}
