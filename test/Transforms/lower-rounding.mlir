// RUN: tt-opt %s --tt-lower-rounding --split-input-file | FileCheck %s --check-prefixes=CHECK,MAXIMUM
// RUN: tt-opt %s --tt-lower-rounding="nearest-form=cvt" --split-input-file | FileCheck %s --check-prefixes=CHECK,CVT
// RUN: not tt-opt %s --tt-lower-rounding="nearest-form=guess" --split-input-file 2>&1 | FileCheck %s --check-prefix=FORM
// FORM: option 'nearest-form' expected 'maximum' or 'cvt', found 'guess'

// CHECK-LABEL: func @nearest
// MAXIMUM: %[[QUIET:.*]] = llvm.call_intrinsic "llvm.nvvm.add.rz.f"
// MAXIMUM: %[[BITS:.*]] = arith.bitcast %[[QUIET]]
// MAXIMUM: %[[SUM:.*]] = arith.addi %[[BITS]], %c4096_i32
// MAXIMUM: arith.maxsi %[[SUM]], %[[BITS]]
// CVT-COUNT-2: nvvm.convert.float.to.tf32
// CVT-NOT: nvvm.convert.float.to.tf32
func.func @nearest(%x: vector<2x1xf32>) -> vector<2x1xf32> {
  %y = tt.round_to_tf32 %x nearest : vector<2x1xf32>
  return %y : vector<2x1xf32>
}

// -----

// CHECK-LABEL: func @nearest_finite
// CHECK: arith.addi %{{.*}}, %c4096_i32
// CHECK-NOT: arith.maxsi
func.func @nearest_finite(%x: vector<2x1xf32>) -> vector<2x1xf32> {
  %y = tt.round_to_tf32 %x nearest_finite : vector<2x1xf32>
  return %y : vector<2x1xf32>
}

// -----

// CHECK-LABEL: func @truncate
// CHECK-NEXT: return %arg0
func.func @truncate(%x: vector<2x1xf32>) -> vector<2x1xf32> {
  %y = tt.round_to_tf32 %x truncate : vector<2x1xf32>
  return %y : vector<2x1xf32>
}
