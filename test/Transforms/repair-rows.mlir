// RUN: tt-opt %s --tt-to-linalg --linalg-to-gpu --gpu-to-nvgpu | FileCheck %s

// The loop takes the maxima of what the iteration before has loaded, and loads
// for the next one after its barrier. At the end the block that arrives last of
// all repairs the marked rows and columns of C.
// CHECK-LABEL: func @f
// CHECK: memref.load %{{.*}} : memref<13056xf32, #gpu.address_space<workgroup>>
// CHECK: scf.for
// CHECK-COUNT-12: arith.maximumf
// CHECK-NOT: arith.maximumf
// CHECK: nvgpu.mma.sync
// CHECK: gpu.barrier
// CHECK-COUNT-12: memref.load %{{.*}} : memref<13056xf32, #gpu.address_space<workgroup>>
// CHECK: nvgpu.mma.sync
// CHECK: scf.yield
// CHECK: arith.cmpf uno
// CHECK: vector.store
// CHECK: gpu.barrier
// CHECK: llvm.fence syncscope("device") acq_rel
// CHECK: llvm.atomicrmw add {{.*}} monotonic
// CHECK: llvm.fence syncscope("device") acq_rel
// CHECK: gpu.barrier
// CHECK: scf.if
// CHECK:   scf.for
// CHECK:     scf.for
// CHECK:       memref.store %{{.*}}, %{{.*}}[%{{.*}}, %{{.*}}] : memref<128x256xf32
func.func @f(%a: tensor<256x128xf32>, %b: tensor<256x256xf32>) -> tensor<128x256xf32> {
  %c = tt.matmul_transposed %a, %b config <block = [64, 64, 32], warp = [32, 32], stages = 3, rounding_form = guarded>
    : tensor<256x128xf32>, tensor<256x256xf32> -> tensor<128x256xf32>
  return %c : tensor<128x256xf32>
}
