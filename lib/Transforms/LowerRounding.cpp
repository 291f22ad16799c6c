//===- LowerRounding.cpp - tt.round_to_tf32 -> instructions ---------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// nearest is cvt.rna.tf32.f32: exact for every bit pattern (PTX ISA, cvt).
// nearest_finite adds half a unit in the last place to the bits and lets the
// mma drop what is below: the same for every finite value, but a NaN with its
// ten upper mantissa bits set carries into the sign and becomes a zero.
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Transforms/WalkPatternRewriteDriver.h"
#include "tt/Transforms/KernelUtils.h"
#include "tt/Transforms/Passes.h"

namespace mlir::tt {
#define GEN_PASS_DEF_LOWERROUNDING
#include "tt/Transforms/Passes.h.inc"
} // namespace mlir::tt

using namespace mlir;
using namespace mlir::tt;

/// Half a unit in the last place of TF32, in the bits of an f32: TF32 keeps 10
/// of the 23 mantissa bits.
static constexpr int64_t kHalfUlpBits = 1 << 12;

/// bits(x) + half a unit; the instruction drops what is below. A carry out of
/// the mantissa moves to the next binade, as it should.
static Value addHalfUlp(ImplicitLocOpBuilder &b, Value bits) {
  Value half = arith::ConstantIntOp::create(b, b.getI32Type(), kHalfUlpBits);
  return arith::AddIOp::create(b, bits, half);
}

/// x + (-0.0) is x, but for NaN, which becomes the canonical 0x7FFFFFFF (PTX
/// ISA, add.f32). Adding half a unit to that wraps around to a negative number,
/// and the maximum takes it back; all other sums are greater than their bits.
///
/// `add.rz` and not `add.rn`, which LLVM would take for its own fadd and fold.
static Value roundByMaximum(ImplicitLocOpBuilder &b, Value element) {
  Value negativeZero = arith::ConstantOp::create(b, b.getF32FloatAttr(-0.0f));
  Value quiet = LLVM::CallIntrinsicOp::create(
                    b, b.getF32Type(), b.getStringAttr("llvm.nvvm.add.rz.f"),
                    ValueRange{element, negativeZero})
                    .getResult(0);
  Value bits = arith::BitcastOp::create(b, b.getI32Type(), quiet);
  return arith::MaxSIOp::create(b, addHalfUlp(b, bits), bits);
}

static Value roundElement(ImplicitLocOpBuilder &b, Value element,
                          Rounding rounding, StringRef form) {
  Value bits;
  if (rounding == Rounding::nearest_finite)
    bits = addHalfUlp(b, arith::BitcastOp::create(b, b.getI32Type(), element));
  else if (form == "maximum")
    bits = roundByMaximum(b, element);
  else
    bits = NVVM::ConvertFloatToTF32Op::create(b, b.getI32Type(), element,
                                              NVVM::FPRoundingMode::RNA);
  return arith::BitcastOp::create(b, b.getF32Type(), bits);
}

namespace {

struct LowerRoundToTF32 : OpRewritePattern<RoundToTF32Op> {
  LowerRoundToTF32(MLIRContext *context, StringRef form)
      : OpRewritePattern(context), form(form) {}

  LogicalResult matchAndRewrite(RoundToTF32Op op,
                                PatternRewriter &rewriter) const override {
    auto type = cast<VectorType>(op.getType());
    if (op.getRounding() == Rounding::truncate) {
      rewriter.replaceOp(op, op.getFragment());
      return success();
    }
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Value rounded = op.getFragment();
    for (int64_t i = 0; i < type.getNumElements(); ++i) {
      SmallVector<int64_t> position =
          delinearize(i, computeStrides(type.getShape()));
      Value element = vector::ExtractOp::create(b, op.getFragment(), position);
      rounded = vector::InsertOp::create(
          b, roundElement(b, element, op.getRounding(), form), rounded,
          position);
    }
    rewriter.replaceOp(op, rounded);
    return success();
  }

  StringRef form;
};

struct LowerRounding : tt::impl::LowerRoundingBase<LowerRounding> {
  using LowerRoundingBase::LowerRoundingBase;

  void runOnOperation() override {
    if (nearestForm != "maximum" && nearestForm != "cvt") {
      getOperation()->emitError("option 'nearest-form' expected 'maximum' or "
                                "'cvt', found '")
          << nearestForm << "'";
      return signalPassFailure();
    }
    RewritePatternSet patterns(&getContext());
    patterns.add<LowerRoundToTF32>(&getContext(), nearestForm);
    walkAndApplyPatterns(getOperation(), std::move(patterns));
  }
};

} // namespace
