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

namespace {

struct LowerRoundToTF32 : OpRewritePattern<RoundToTF32Op> {
  using OpRewritePattern::OpRewritePattern;

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
          b, roundElement(b, element, op.getRounding()), rounded, position);
    }
    rewriter.replaceOp(op, rounded);
    return success();
  }
};

struct LowerRounding : tt::impl::LowerRoundingBase<LowerRounding> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<LowerRoundToTF32>(&getContext());
    walkAndApplyPatterns(getOperation(), std::move(patterns));
  }
};

} // namespace
