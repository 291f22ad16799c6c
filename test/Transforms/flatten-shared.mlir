// RUN: tt-opt %s --tt-to-linalg --tt-tile-to-blocks --tt-stage-operands --tt-map-to-warps --tt-lower-to-mma --tt-round-operands --canonicalize --tt-swizzle-shared --tt-flatten-shared --canonicalize --cse --loop-invariant-code-motion | FileCheck %s

// Operands lie in one row of elements. The two ldmatrix of a k-step differ by a
// constant from the same sum of slot and lane.
// CHECK-LABEL: func @f
// CHECK: %[[STAGES:.*]] = memref.view {{.*}} to memref<13056xf32, #gpu.address_space<workgroup>>
// CHECK-NOT: memref.reinterpret_cast
// CHECK: scf.for
// CHECK: %[[SLOT:.*]] = arith.muli %{{.*}}, %c4352
// CHECK: nvgpu.device_async_copy %{{.*}}, %[[STAGES]][%{{.*}}], 4
// CHECK: nvgpu.device_async_wait
// CHECK: vector.load %[[STAGES]][%{{.*}}]
// CHECK: %[[LANE:.*]] = arith.addi %[[SLOT]], %{{.*}} : index
// CHECK: %[[FIRST:.*]] = arith.addi %[[LANE]], %c2304 : index
// CHECK: nvgpu.ldmatrix %[[STAGES]][%[[FIRST]]]
// CHECK: %[[SECOND:.*]] = arith.addi %[[LANE]], %c2816 : index
// CHECK: nvgpu.ldmatrix %[[STAGES]][%[[SECOND]]]
func.func @f(%a: tensor<256x128xf32>, %b: tensor<128x256xf32>) -> tensor<128x128xf32> {
  %c = tt.matmul_transposed %a, %b precision <tf32, rounding = truncate> config <block = [64, 64, 32], warp = [32, 32], stages = 3>
    : tensor<256x128xf32>, tensor<128x256xf32> -> tensor<128x128xf32>
  return %c : tensor<128x128xf32>
}
