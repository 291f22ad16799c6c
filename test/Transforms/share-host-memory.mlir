// RUN: tt-opt %s --allow-unregistered-dialect --tt-share-host-memory | FileCheck %s

memref.global "private" constant @weights : memref<4x2xf32> = dense<1.0>

// A constant that a loop uses is copied once; stack memory becomes allocated.
// CHECK-LABEL: func @host
// CHECK-NEXT: %[[ORIGINAL:.*]] = memref.get_global @weights
// CHECK-NEXT: %[[SHARED:.*]] = memref.alloc() : memref<4x2xf32>
// CHECK-NEXT: memref.copy %[[ORIGINAL]], %[[SHARED]]
// CHECK: scf.for
// CHECK-NOT: memref.get_global
// CHECK: %[[HEAP:.*]] = memref.alloc(%arg0) {alignment = 16 : i64} : memref<?xf32>
// CHECK: "test.use"(%[[SHARED]], %[[HEAP]])
func.func @host(%n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    %w = memref.get_global @weights : memref<4x2xf32>
    %s = memref.alloca(%n) {alignment = 16 : i64} : memref<?xf32>
    "test.use"(%w, %s) : (memref<4x2xf32>, memref<?xf32>) -> ()
  }
  return
}

// What a kernel has of its own stays.
// CHECK: gpu.func @kernel
// CHECK-NEXT: memref.alloca
gpu.module @kernels {
  gpu.func @kernel() kernel {
    %s = memref.alloca() : memref<4xf32>
    gpu.return
  }
}
