// RUN: tt-opt %s --tt-to-linalg --tt-tile-to-blocks --tt-stage-operands --tt-map-to-warps --tt-lower-to-mma --tt-round-operands --canonicalize --tt-swizzle-shared --cse --loop-invariant-code-motion --tt-assign-stages --tt-pipeline-copies --canonicalize --cse | FileCheck %s
// RUN: sed 's/stages = 3/stages = 2/' %s | tt-opt --tt-to-linalg --tt-tile-to-blocks --tt-stage-operands --tt-map-to-warps --tt-lower-to-mma --tt-round-operands --canonicalize --tt-swizzle-shared --cse --loop-invariant-code-motion --tt-assign-stages --tt-pipeline-copies --canonicalize --cse | FileCheck %s --check-prefix=TWO
// RUN: sed 's/stages = 3/stages = 5/; s/64, 64, 32/64, 64, 16/' %s | tt-opt --tt-to-linalg --tt-tile-to-blocks --tt-stage-operands --tt-map-to-warps --tt-lower-to-mma --tt-round-operands --canonicalize --tt-swizzle-shared --cse --loop-invariant-code-motion --tt-assign-stages --tt-pipeline-copies --canonicalize --cse | FileCheck %s --check-prefix=FIVE

// Prologue: two tiles are copied, the first is waited for and its first
// fragments are loaded. Steady state: mma, copies, one wait, one barrier. Drain:
// nothing stays in flight.
// CHECK-LABEL: func @f
// CHECK-COUNT-2: nvgpu.device_async_create_group
// CHECK: nvgpu.device_async_wait {{.*}}numGroups = 1
// CHECK-NEXT: gpu.barrier
// CHECK: vector.load
// CHECK: scf.for
// CHECK: nvgpu.mma.sync
// CHECK: nvgpu.device_async_copy
// CHECK: nvgpu.device_async_create_group
// CHECK: nvgpu.device_async_wait {{.*}}numGroups = 1
// CHECK-NEXT: gpu.barrier
// CHECK-NOT: gpu.barrier
// CHECK: scf.yield
// CHECK: nvgpu.device_async_wait {{.*}}numGroups = 0
// CHECK-NOT: tt.stage

// TWO-LABEL: func @f
// TWO-COUNT-1: nvgpu.device_async_create_group
// TWO: nvgpu.device_async_wait {{.*}}numGroups = 0
// TWO: scf.for

// FIVE-LABEL: func @f
// FIVE-COUNT-4: nvgpu.device_async_create_group
// FIVE: nvgpu.device_async_wait {{.*}}numGroups = 3
// FIVE: scf.for
func.func @f(%a: tensor<256x128xf32>, %b: tensor<128x256xf32>) -> tensor<128x128xf32> {
  %c = tt.matmul_transposed %a, %b precision <tf32, rounding = truncate> config <block = [64, 64, 32], warp = [32, 32], stages = 3>
    : tensor<256x128xf32>, tensor<128x256xf32> -> tensor<128x128xf32>
  return %c : tensor<128x128xf32>
}

// Sizes that tiles do not divide. Where no tile is left to copy, the limit of rows
// becomes zero, once for all copies of an operand; each compares with it.
// CHECK-LABEL: func @limits
// CHECK: scf.for
// CHECK: %[[IS_LEFT:.*]] = arith.cmpi slt, %{{.*}} : index
// CHECK: nvgpu.mma.sync
// CHECK: %[[ROWS:.*]] = arith.select %{{.*}}, %{{.*}}, %{{.*}} : i32
// CHECK: %[[LIMIT:.*]] = arith.select %[[IS_LEFT]], %[[ROWS]], %{{.*}} : i32
// CHECK: %[[HIDDEN:.*]] = llvm.inline_asm "", "=r,0" %[[LIMIT]] : (i32) -> i32
// CHECK-COUNT-4: arith.cmpi slt, %{{.*}}, %[[HIDDEN]] : i32
// CHECK: llvm.inline_asm "", "=r,0"
// CHECK-NOT: llvm.inline_asm
// CHECK: return
// TWO-LABEL: func @limits
// FIVE-LABEL: func @limits
func.func @limits(%a: tensor<40x130xf32>, %b: tensor<64x40xf32>) -> tensor<130x64xf32> {
  %c = tt.matmul_transposed %a, %b config <block = [64, 64, 16], warp = [32, 32], stages = 3>
    : tensor<40x130xf32>, tensor<64x40xf32> -> tensor<130x64xf32>
  return %c : tensor<130x64xf32>
}

// With many rounds of copies, what the limit leaves beyond the thread's first row
// becomes zero, and each compares with a constant.
// CHECK-LABEL: func @many_rounds
// CHECK: scf.for
// CHECK: %[[IS_LEFT:.*]] = arith.cmpi slt, %{{.*}} : index
// CHECK: nvgpu.mma.sync
// CHECK: %[[ROWS:.*]] = arith.select %{{.*}}, %{{.*}}, %{{.*}} : i32
// CHECK: %[[LEFT:.*]] = arith.subi %[[ROWS]], %{{.*}} : i32
// CHECK: %[[LIMIT:.*]] = arith.select %[[IS_LEFT]], %[[LEFT]], %{{.*}} : i32
// CHECK: %[[HIDDEN:.*]] = llvm.inline_asm "", "=r,0" %[[LIMIT]] : (i32) -> i32
// CHECK-COUNT-16: arith.cmpi sgt, %[[HIDDEN]], %{{.*}} : i32
// CHECK: return
// TWO-LABEL: func @many_rounds
// FIVE-LABEL: func @many_rounds
func.func @many_rounds(%a: tensor<80x131xf32>, %b: tensor<64x80xf32>) -> tensor<131x64xf32> {
  %c = tt.matmul_transposed %a, %b config <block = [64, 64, 32], warp = [32, 32], stages = 3>
    : tensor<80x131xf32>, tensor<64x80xf32> -> tensor<131x64xf32>
  return %c : tensor<131x64xf32>
}
