// RUN: tt-opt %s --tt-to-linalg --tt-tile-to-blocks --tt-stage-operands --tt-map-to-warps --tt-lower-to-mma --canonicalize --tt-swizzle-shared --tt-flatten-shared --cse --loop-invariant-code-motion --tt-assign-stages | FileCheck %s
// RUN: sed 's/stages = 3/stages = 2/' %s | tt-opt --tt-to-linalg --tt-tile-to-blocks --tt-stage-operands --tt-map-to-warps --tt-lower-to-mma --canonicalize --tt-swizzle-shared --tt-flatten-shared --cse --loop-invariant-code-motion --tt-assign-stages | FileCheck %s --check-prefix=TWO
// RUN: tt-opt %s --tt-to-linalg --tt-tile-to-blocks --tt-stage-operands --tt-map-to-warps --tt-lower-to-mma --canonicalize --tt-swizzle-shared --tt-flatten-shared --cse --loop-invariant-code-motion --tt-assign-stages --tt-pipeline-copies | FileCheck %s --check-prefix=LOOP
// RUN: sed 's/stages = 3/stages = 2/' %s | tt-opt --tt-to-linalg --tt-tile-to-blocks --tt-stage-operands --tt-map-to-warps --tt-lower-to-mma --canonicalize --tt-swizzle-shared --tt-flatten-shared --cse --loop-invariant-code-motion --tt-assign-stages --tt-pipeline-copies | FileCheck %s --check-prefix=LOOP

// Loads are of stage 0. Values are stored half a loop body later: those of the
// second half of the loads in the next iteration.
// CHECK-LABEL: func @f
// CHECK: scf.for
// CHECK-DAG: } {tt.order = {{[0-9]+}} : i64, tt.stage = 0 : i64}
// CHECK-DAG: tt.stage = 0 : i64} : memref<12288xf16, {{.*}}>, vector<2xf16>
// CHECK-DAG: tt.stage = 1 : i64} : memref<12288xf16, {{.*}}>, vector<2xf16>
// CHECK-NOT: tt.stage = 2 : i64} : memref<12288xf16, {{.*}}>, vector<2xf16>

// With two stages the slot must be filled before the barrier of this iteration.
// TWO-LABEL: func @f
// TWO: scf.for
// TWO-NOT: tt.stage = 1 : i64} : memref<{{.*}}>, vector<2xf16>
// TWO: gpu.barrier {{.*}}tt.stage = 0

// In the loop, loads come before mma that come before the store of their value.
// LOOP-LABEL: func @f
// LOOP: scf.for
// LOOP: nvgpu.mma.sync
// LOOP: scf.if
// LOOP: memref.load
// LOOP: nvgpu.mma.sync
// LOOP: vector.store {{.*}}, vector<2xf16>
// LOOP: gpu.barrier
// LOOP: scf.yield
// LOOP-NOT: tt.stage
func.func @f(%a: tensor<165x67xf16>, %b: tensor<131x165xf16>) -> tensor<67x131xf16> {
  %c = tt.matmul_transposed %a, %b config <block = [64, 64, 32], warp = [32, 32], stages = 3, a_layout = xor>
    : tensor<165x67xf16>, tensor<131x165xf16> -> tensor<67x131xf16>
  return %c : tensor<67x131xf16>
}
