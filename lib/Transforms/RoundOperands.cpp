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

#include "mlir/Dialect/NVGPU/IR/NVGPUDialect.h"
#include "tt/Transforms/KernelUtils.h"
#include "tt/Transforms/Passes.h"
#include "llvm/ADT/MapVector.h"

namespace mlir::tt {
#define GEN_PASS_DEF_ROUNDOPERANDS
#include "tt/Transforms/Passes.h.inc"
} // namespace mlir::tt

using namespace mlir;
using namespace mlir::tt;

namespace {

struct RoundOperands : tt::impl::RoundOperandsBase<RoundOperands> {
  void runOnOperation() override {
    for (gpu::LaunchOp launch : collectLaunches(getOperation())) {
      auto precision = launch->getAttrOfType<PrecisionAttr>(kPrecisionAttrName);
      if (!precision) {
        launch.emitOpError(
            "expected tt.precision, the contract of its product");
        return signalPassFailure();
      }
      if (precision.getContract() == Contract::tf32 &&
          precision.getRounding() != Rounding::truncate)
        round(launch, getRounding(launch, precision));
    }
  }

private:
  /// Guarded kernels look for NaN elsewhere (tt-guard-tiles).
  static Rounding getRounding(gpu::LaunchOp launch, PrecisionAttr precision) {
    return getConfig(launch).getRoundingForm() == RoundingForm::guarded
               ? Rounding::nearest_finite
               : precision.getRounding();
  }

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
      OpBuilder builder(fragment.getContext());
      builder.setInsertionPointAfterValue(fragment);
      Value rounded =
          RoundToTF32Op::create(builder, fragment.getLoc(), fragment, rounding);
      for (OpOperand *operand : operands)
        operand->set(rounded);
    }
  }
};

} // namespace
