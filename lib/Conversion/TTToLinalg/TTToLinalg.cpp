//===- TTToLinalg.cpp - tt.matmul_transposed -> linalg.matmul -------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The sums are f32 under every contract. So a 16-bit product is a linalg.matmul
// into f32 and one rounding copy; an f32 product is the matmul alone.
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/WalkPatternRewriteDriver.h"
#include "tt/Conversion/MatmulMaps.h"
#include "tt/Conversion/Passes.h"
#include "tt/Dialect/TT/IR/TTDialect.h"

namespace mlir::tt {
#define GEN_PASS_DEF_CONVERTTTTOLINALG
#include "tt/Conversion/Passes.h.inc"
} // namespace mlir::tt

using namespace mlir;
using namespace mlir::tt;

/// Where types do not say that A and B agree on K, the program finds out: a kernel
/// would read past the end of one of them.
static void checkTerms(MatmulTransposedOp op, OpBuilder &builder) {
  Location loc = op.getLoc();
  OpFoldResult kOfA = tensor::getMixedSize(builder, loc, op.getA(), 0);
  OpFoldResult kOfB = tensor::getMixedSize(builder, loc, op.getB(), 1);
  if (isa<Attribute>(kOfA) && isa<Attribute>(kOfB))
    return;
  Value agree = arith::CmpIOp::create(
      builder, loc, arith::CmpIPredicate::eq,
      getValueOrCreateConstantIndexOp(builder, loc, kOfA),
      getValueOrCreateConstantIndexOp(builder, loc, kOfB));
  cf::AssertOp::create(
      builder, loc, agree,
      "tt.matmul_transposed: A (K, M) and B (N, K) do not agree "
      "on K");
}

namespace {

struct ConvertMatmulTransposed : OpRewritePattern<MatmulTransposedOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(MatmulTransposedOp op,
                                PatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    checkTerms(op, rewriter);
    SmallVector<OpFoldResult> sizes = {
        tensor::getMixedSize(rewriter, loc, op.getA(), 1),
        tensor::getMixedSize(rewriter, loc, op.getB(), 0)};
    Type f32 = rewriter.getF32Type();
    Value zero =
        arith::ConstantOp::create(rewriter, loc, rewriter.getF32FloatAttr(0));
    Value empty = tensor::EmptyOp::create(rewriter, loc, sizes, f32);
    Value zeros =
        linalg::FillOp::create(rewriter, loc, zero, empty).getResult(0);

    SmallVector<NamedAttribute> attributes = {
        rewriter.getNamedAttr("indexing_maps",
                              getTransposedMaps(rewriter.getContext())),
        rewriter.getNamedAttr(kPrecisionAttrName, op.getContract())};
    if (ConfigAttr config = op.getConfigAttr())
      attributes.push_back(rewriter.getNamedAttr(kConfigAttrName, config));
    Value sums = linalg::MatmulOp::create(
                     rewriter, loc, TypeRange{zeros.getType()},
                     op->getOperands(), ValueRange{zeros}, attributes)
                     .getResult(0);

    Type elementType = cast<RankedTensorType>(op.getType()).getElementType();
    if (elementType != f32) {
      Value rounded =
          tensor::EmptyOp::create(rewriter, loc, sizes, elementType);
      sums = linalg::CopyOp::create(rewriter, loc, sums, rounded).getResult(0);
    }
    // The result type may know less or more of the sizes than the operands.
    if (sums.getType() != op.getType())
      sums = tensor::CastOp::create(rewriter, loc, op.getType(), sums);
    rewriter.replaceOp(op, sums);
    return success();
  }
};

struct ConvertTTToLinalg : tt::impl::ConvertTTToLinalgBase<ConvertTTToLinalg> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<ConvertMatmulTransposed>(&getContext());
    walkAndApplyPatterns(getOperation(), std::move(patterns));
  }
};

} // namespace
