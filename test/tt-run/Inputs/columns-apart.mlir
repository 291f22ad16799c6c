func.func @every_second(%a: tensor<24x40xf32>, %b: tensor<18x24xf32>) -> tensor<20x18xf32> {
  %s = tensor.extract_slice %a[0, 0] [24, 20] [1, 2] : tensor<24x40xf32> to tensor<24x20xf32>
  %c = tt.matmul_transposed %s, %b : tensor<24x20xf32>, tensor<18x24xf32> -> tensor<20x18xf32>
  return %c : tensor<20x18xf32>
}
