func.func @f(%a: tensor<64x48xf32>, %b: tensor<80x64xf32>) -> tensor<48x80xf32> {
  %c = tt.matmul_transposed %a, %b : tensor<64x48xf32>, tensor<80x64xf32> -> tensor<48x80xf32>
  return %c : tensor<48x80xf32>
}
