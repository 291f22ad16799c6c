// RUN: tt-opt %s --tt-to-linalg --tt-tile-to-blocks --tt-stage-operands --remarks-filter="tt-stage-operands" 2>&1 | FileCheck %s --check-prefixes=CHECK,NARROW
// RUN: tt-opt %s --tt-to-linalg --tt-tile-to-blocks --tt-stage-operands="row-alignment=16" --remarks-filter="tt-stage-operands" 2>&1 | FileCheck %s --check-prefixes=CHECK,WIDE
// RUN: tt-opt %s --tt-to-linalg --tt-tile-to-blocks --tt-stage-operands="row-alignment=4" --remarks-filter="tt-stage-operands" 2>&1 | FileCheck %s --check-prefixes=CHECK,PAIRS

// Of rows at an unknown stride nothing is known but the size of an element:
// copies through registers, unless the caller promises more.
// NARROW: remark: [Missed] tt-stage-operands {{.*}}multiples of 2 bytes, 16 are needed{{.*}}Remark="A: ", Remark="pairs of elements through registers"
// NARROW: Remark="B: ", Remark="pairs of elements through registers"
// WIDE: remark: [Passed] tt-stage-operands {{.*}}16-byte cp.async copies
// PAIRS: remark: [Missed] tt-stage-operands {{.*}}multiples of 4 bytes{{.*}}Remark="4-byte cp.async copies"
// CHECK-LABEL: func @f
// NARROW: scf.if
// NARROW: memref.load
// NARROW: vector.store {{.*}} {alignment = 4 : i64}
// NARROW-NOT: nvgpu.device_async_copy
// WIDE: nvgpu.device_async_copy {{.*}}, 8, %{{.*}} {bypassL1}
// PAIRS: nvgpu.device_async_copy {{.*}}, 2, %{{[0-9]+}} :
func.func @f(%a: tensor<?x?xf16>, %b: tensor<?x?xf16>) -> tensor<?x?xf16> {
  %c = tt.matmul_transposed %a, %b config <block = [64, 64, 32], warp = [32, 32], stages = 3>
    : tensor<?x?xf16>, tensor<?x?xf16> -> tensor<?x?xf16>
  return %c : tensor<?x?xf16>
}
