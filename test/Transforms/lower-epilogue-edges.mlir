// RUN: tt-opt %s --tt-to-linalg --tt-tile-to-blocks --tt-stage-operands --tt-map-to-warps --tt-lower-to-mma --tt-round-operands --canonicalize --tt-swizzle-shared --cse --loop-invariant-code-motion --tt-assign-stages --tt-pipeline-copies --tt-lower-rounding --tt-lower-epilogue | FileCheck %s

// Of C's rows nothing is known: element by element, each guarded.
// CHECK-LABEL: func @f
// CHECK: scf.if
// CHECK: scf.if
// CHECK: vector.store {{.*}} {alignment = 2 : i64} : {{.*}}, vector<1xf16>
// CHECK-NOT: alignment = 16
func.func @f(%a: tensor<?x?xf16>, %b: tensor<?x?xf16>) -> tensor<?x?xf16> {
  %c = tt.matmul_transposed %a, %b config <block = [64, 64, 32], warp = [32, 32], stages = 3>
    : tensor<?x?xf16>, tensor<?x?xf16> -> tensor<?x?xf16>
  return %c : tensor<?x?xf16>
}
