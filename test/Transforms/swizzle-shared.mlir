// RUN: tt-opt %s --tt-to-linalg --tt-tile-to-blocks --tt-stage-operands --tt-map-to-warps --tt-lower-to-mma --tt-round-operands --canonicalize --tt-swizzle-shared | FileCheck %s
// RUN: sed 's/stages = 3/stages = 3, a_layout = xor/' %s | tt-opt --tt-to-linalg --tt-tile-to-blocks --tt-stage-operands --tt-map-to-warps --tt-lower-to-mma --tt-round-operands --canonicalize --tt-swizzle-shared | FileCheck %s --check-prefix=XOR

// A is padded, B swizzled: writes and reads of B XOR their column.
// CHECK-LABEL: func @f
// CHECK-NOT: tt.swizzle
// CHECK: scf.for
// CHECK: nvgpu.device_async_copy {{.*}}memref<3x32x72xf32
// CHECK: arith.xori
// CHECK: nvgpu.device_async_copy {{.*}}memref<3x64x32xf32
// CHECK: arith.xori
// CHECK: nvgpu.ldmatrix
// XOR: memref<3x32x64xf32
// XOR: scf.for
// XOR: arith.xori
// XOR: nvgpu.device_async_copy {{.*}}memref<3x32x64xf32
// XOR: arith.xori
// XOR: vector.load
func.func @f(%a: tensor<256x128xf32>, %b: tensor<128x256xf32>) -> tensor<128x128xf32> {
  %c = tt.matmul_transposed %a, %b config <block = [64, 64, 32], warp = [32, 32], stages = 3>
    : tensor<256x128xf32>, tensor<128x256xf32> -> tensor<128x128xf32>
  return %c : tensor<128x128xf32>
}
