// RUN: tt-opt %s --tt-to-linalg --tt-tile-to-blocks --tt-stage-operands --tt-map-to-warps --tt-lower-to-mma --tt-round-operands --canonicalize --tt-swizzle-shared --cse --loop-invariant-code-motion --tt-assign-stages --tt-pipeline-copies --tt-lower-rounding --tt-lower-epilogue | FileCheck %s --check-prefixes=CHECK,NARROW
// RUN: tt-opt %s --tt-to-linalg --tt-tile-to-blocks --tt-stage-operands --tt-map-to-warps --tt-lower-to-mma --tt-round-operands --canonicalize --tt-swizzle-shared --cse --loop-invariant-code-motion --tt-assign-stages --tt-pipeline-copies --tt-lower-rounding --tt-lower-epilogue="row-alignment=8" | FileCheck %s --check-prefixes=CHECK,FOURS
// RUN: tt-opt %s --tt-to-linalg --tt-tile-to-blocks --tt-stage-operands --tt-map-to-warps --tt-lower-to-mma --tt-round-operands --canonicalize --tt-swizzle-shared --cse --loop-invariant-code-motion --tt-assign-stages --tt-pipeline-copies --tt-lower-rounding --tt-lower-epilogue="row-alignment=16" | FileCheck %s --check-prefix=WIDE

// Of C's rows nothing is known: each warp writes the rows of an m16 tile to its
// part of shared memory, where other warps may have been reading, and stores them
// element by element, each guarded. The next tile waits for the last read.
// CHECK-LABEL: func @f
// CHECK: nvgpu.device_async_wait {{.*}}numGroups = 0
// CHECK: %[[BUFFER:.*]] = memref.view {{.*}} to memref<2048xf16, #gpu.address_space<workgroup>>
// CHECK: gpu.barrier
// CHECK-COUNT-2: vector.store {{.*}}, %[[BUFFER]][{{.*}}] {alignment = 16 : i64} : {{.*}}, vector<8xf16>
// CHECK: nvvm.bar.warp.sync
// NARROW-COUNT-16: vector.load %[[BUFFER]][{{.*}}] {alignment = 2 : i64} : {{.*}}, vector<1xf16>
// FOURS-COUNT-4: vector.load %[[BUFFER]][{{.*}}] {alignment = 8 : i64} : {{.*}}, vector<4xf16>
// CHECK: scf.if
// CHECK: scf.if
// NARROW: vector.store {{.*}} {alignment = 2 : i64} : {{.*}}, vector<1xf16>
// FOURS: vector.store {{.*}} {alignment = 8 : i64} : {{.*}}, vector<4xf16>
// CHECK: nvvm.bar.warp.sync
// CHECK-COUNT-2: vector.store {{.*}}, %[[BUFFER]]

// WIDE-LABEL: func @f
// WIDE-NOT: nvvm.bar.warp.sync
// WIDE: vector.store {{.*}} {alignment = 16 : i64} : {{.*}}, vector<8xf16>
func.func @f(%a: tensor<?x?xf16>, %b: tensor<?x?xf16>) -> tensor<?x?xf16> {
  %c = tt.matmul_transposed %a, %b config <block = [64, 64, 32], warp = [32, 32], stages = 3>
    : tensor<?x?xf16>, tensor<?x?xf16> -> tensor<?x?xf16>
  return %c : tensor<?x?xf16>
}
