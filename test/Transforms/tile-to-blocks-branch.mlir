// RUN: tt-opt %s --tt-to-linalg | FileCheck %s --check-prefix=COPY
// RUN: tt-opt %s --tt-to-linalg --tt-tile-to-blocks | FileCheck %s

// Bufferization zeroes another buffer and copies it, since a branch may yield the
// argument. The product zeroes its own destination in registers.
// COPY: linalg.fill
// COPY: memref.copy
// COPY: linalg.matmul
// CHECK-LABEL: func @branch
// CHECK-NOT: memref.copy
// CHECK: %[[C:.*]] = memref.alloc()
// CHECK-NOT: memref.copy
// CHECK: gpu.launch
// CHECK: scf.yield %[[C]]
func.func @branch(%a: tensor<64x64xf32>, %b: tensor<64x64xf32>, %p: i1) -> tensor<64x64xf32> {
  %r = scf.if %p -> tensor<64x64xf32> {
    %c = tt.matmul_transposed %a, %b : tensor<64x64xf32>, tensor<64x64xf32> -> tensor<64x64xf32>
    scf.yield %c : tensor<64x64xf32>
  } else {
    scf.yield %a : tensor<64x64xf32>
  }
  return %r : tensor<64x64xf32>
}
