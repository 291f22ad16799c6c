//===- TTOps.cpp - Verifiers, type inference and folds --------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/IR/PatternMatch.h"
#include "tt/Dialect/TT/IR/TTDialect.h"

using namespace mlir;
using namespace mlir::tt;

#define GET_OP_CLASSES
#include "tt/Dialect/TT/IR/TTOps.cpp.inc"

// Dimensions of the operands: A is (K, M), B is (N, K).
static constexpr unsigned kDimKOfA = 0, kDimMOfA = 1, kDimNOfB = 0,
                          kDimKOfB = 1;

//===----------------------------------------------------------------------===//
// MatmulTransposedOp: types
//===----------------------------------------------------------------------===//

LogicalResult MatmulTransposedOp::inferReturnTypes(
    MLIRContext *, std::optional<Location> location, ValueRange operands,
    DictionaryAttr, OpaqueProperties, RegionRange,
    SmallVectorImpl<Type> &inferred) {
  auto a = dyn_cast<RankedTensorType>(operands[0].getType());
  auto b = dyn_cast<RankedTensorType>(operands[1].getType());
  if (!a || !b || a.getRank() != 2 || b.getRank() != 2)
    return emitOptionalError(
        location, "'tt.matmul_transposed' op expected A and B to be tensors of "
                  "rank 2, (K, M) and (N, K)");
  inferred.push_back(RankedTensorType::get(
      {a.getDimSize(kDimMOfA), b.getDimSize(kDimNOfB)}, a.getElementType()));
  return success();
}

bool MatmulTransposedOp::isCompatibleReturnTypes(TypeRange inferred,
                                                 TypeRange actual) {
  if (inferred.size() != 1 || actual.size() != 1)
    return false;
  return getElementTypeOrSelf(inferred[0]) == getElementTypeOrSelf(actual[0]) &&
         succeeded(verifyCompatibleShape(inferred[0], actual[0]));
}

LogicalResult
MatmulTransposedOp::reifyResultShapes(OpBuilder &builder,
                                      ReifiedRankedShapedTypeDims &shapes) {
  shapes.push_back({tensor::getMixedSize(builder, getLoc(), getA(), kDimMOfA),
                    tensor::getMixedSize(builder, getLoc(), getB(), kDimNOfB)});
  return success();
}

LogicalResult MatmulTransposedOp::verify() {
  RankedTensorType a = cast<RankedTensorType>(getA().getType());
  RankedTensorType b = cast<RankedTensorType>(getB().getType());
  int64_t kOfA = a.getDimSize(kDimKOfA), kOfB = b.getDimSize(kDimKOfB);
  if (!ShapedType::isDynamic(kOfA) && !ShapedType::isDynamic(kOfB) &&
      kOfA != kOfB)
    return emitOpError("expected A (K, M) and B (N, K) to agree on K, found K "
                       "= ")
           << kOfA << " in A " << a << " and K = " << kOfB << " in B " << b;
  PrecisionAttr contract = getContract();
  if (!contract.accepts(a.getElementType()))
    return emitOpError("contract '")
           << stringifyContract(contract.getContract())
           << "' does not accept operands of type " << a.getElementType()
           << ", expected '"
           << stringifyContract(
                  PrecisionAttr::getDefault(a.getElementType()).getContract())
           << "'";
  return success();
}

//===----------------------------------------------------------------------===//
// MatmulTransposedOp: folds
//===----------------------------------------------------------------------===//

/// An empty C (M = 0 or N = 0) and an empty sum (K = 0) are constants.
OpFoldResult MatmulTransposedOp::fold(FoldAdaptor) {
  RankedTensorType type = cast<RankedTensorType>(getType());
  if (!type.hasStaticShape())
    return {};
  bool emptySum =
      cast<RankedTensorType>(getA().getType()).getDimSize(kDimKOfA) == 0 ||
      cast<RankedTensorType>(getB().getType()).getDimSize(kDimKOfB) == 0;
  if (!emptySum && type.getNumElements() != 0)
    return {};
  Attribute zero = FloatAttr::get(type.getElementType(), 0.0);
  return DenseElementsAttr::get(type, zero);
}

namespace {
/// Takes the sizes that A and B know into a result type that knows less.
struct RefineResultType : OpRewritePattern<MatmulTransposedOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(MatmulTransposedOp op,
                                PatternRewriter &rewriter) const override {
    auto type = cast<RankedTensorType>(op.getType());
    SmallVector<int64_t> known(type.getShape());
    int64_t m =
        cast<RankedTensorType>(op.getA().getType()).getDimSize(kDimMOfA);
    int64_t n =
        cast<RankedTensorType>(op.getB().getType()).getDimSize(kDimNOfB);
    std::array<int64_t, 2> fromOperands = {m, n};
    for (auto [size, inferred] : llvm::zip_equal(known, fromOperands))
      if (ShapedType::isDynamic(size))
        size = inferred;
    if (ArrayRef<int64_t>(known) == type.getShape())
      return rewriter.notifyMatchFailure(op, "operands know no more sizes");
    auto refined = RankedTensorType::get(known, type.getElementType());
    auto product = MatmulTransposedOp::create(
        rewriter, op.getLoc(), refined, op->getOperands(), op->getAttrs());
    rewriter.replaceOpWithNewOp<tensor::CastOp>(op, type, product);
    return success();
  }
};
} // namespace

void MatmulTransposedOp::getCanonicalizationPatterns(
    RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<RefineResultType>(context);
}

/// A folded product becomes an `arith.constant`.
Operation *TTDialect::materializeConstant(OpBuilder &builder, Attribute value,
                                          Type type, Location loc) {
  return arith::ConstantOp::materialize(builder, value, type, loc);
}

//===----------------------------------------------------------------------===//
// StoreFragmentsOp
//===----------------------------------------------------------------------===//

LogicalResult StoreFragmentsOp::verify() {
  // One fragment for each m16n8 tile of the warp tile.
  if (getWarp().size() != 2)
    return emitOpError("expected warp = [m, n], found ")
           << getWarp().size() << " sizes";
  int64_t expected = (getWarp()[0] / 16) * (getWarp()[1] / 8);
  if (expected != int64_t(getFragments().size()))
    return emitOpError("expected ")
           << expected << " fragments for a warp tile of " << getWarp()[0]
           << "x" << getWarp()[1] << ", found " << getFragments().size();
  return success();
}
