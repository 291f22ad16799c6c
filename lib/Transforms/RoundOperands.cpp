//===- RoundOperands.cpp - Round f32 fragments to TF32 --------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// mma.sync with .tf32 operands ignores their low 13 bits: left alone, it
// truncates. Each fragment is rounded once, right after it was loaded, however
// many mma use it.
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/NVGPU/IR/NVGPUDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "tt/Transforms/KernelUtils.h"
#include "tt/Transforms/Passes.h"
#include "llvm/ADT/MapVector.h"

namespace mlir::tt {
#define GEN_PASS_DEF_ROUNDOPERANDS
#include "tt/Transforms/Passes.h.inc"
} // namespace mlir::tt

using namespace mlir;
using namespace mlir::tt;

/// Half a unit in the last place of TF32, in the bits of an f32: TF32 keeps 10
/// of the 23 mantissa bits.
static constexpr int64_t kHalfUlpBits = 1 << 12;

static Value roundElement(ImplicitLocOpBuilder &b, Value element,
                          Rounding rounding) {
  if (rounding == Rounding::nearest) {
    Value bits = NVVM::ConvertFloatToTF32Op::create(
        b, b.getI32Type(), element, NVVM::FPRoundingMode::RNA);
    return arith::BitcastOp::create(b, b.getF32Type(), bits);
  }
  Value bits = arith::BitcastOp::create(b, b.getI32Type(), element);
  Value half = arith::ConstantIntOp::create(b, b.getI32Type(), kHalfUlpBits);
  Value sum = arith::AddIOp::create(b, bits, half);
  return arith::BitcastOp::create(b, b.getF32Type(), sum);
}

/// The fragment with each of its elements rounded.
static Value roundFragment(Value fragment, Rounding rounding) {
  ImplicitLocOpBuilder b(fragment.getLoc(), fragment.getContext());
  b.setInsertionPointAfterValue(fragment);
  Value rounded = fragment;
  int64_t registers = cast<VectorType>(fragment.getType()).getDimSize(0);
  for (int64_t i = 0; i < registers; ++i) {
    SmallVector<int64_t> position = {i, 0};
    Value element = vector::ExtractOp::create(b, fragment, position);
    rounded = vector::InsertOp::create(b, roundElement(b, element, rounding),
                                       rounded, position);
  }
  return rounded;
}

namespace {

struct RoundOperands : tt::impl::RoundOperandsBase<RoundOperands> {
  void runOnOperation() override {
    for (gpu::LaunchOp launch : collectLaunches(getOperation())) {
      auto precision = launch->getAttrOfType<PrecisionAttr>(kPrecisionAttrName);
      if (!precision) {
        launch.emitOpError("expected tt.precision, the contract of its product");
        return signalPassFailure();
      }
      if (precision.getContract() == Contract::tf32 &&
          precision.getRounding() != Rounding::truncate)
        round(launch, precision.getRounding());
    }
  }

private:
  void round(gpu::LaunchOp launch, Rounding rounding) {
    // Operands of one fragment, whichever mma they belong to.
    llvm::MapVector<Value, SmallVector<OpOperand *>> uses;
    launch.walk([&](nvgpu::MmaSyncOp mma) {
      if (!mma.getTf32Enabled())
        return;
      uses[mma.getMatrixA()].push_back(&mma.getMatrixAMutable());
      uses[mma.getMatrixB()].push_back(&mma.getMatrixBMutable());
    });
    for (auto &[fragment, operands] : uses) {
      Value rounded = roundFragment(fragment, rounding);
      for (OpOperand *operand : operands)
        operand->set(rounded);
    }
  }
};

} // namespace
