//===- RaiseFromLinalg.cpp - linalg -> tt.matmul_transposed ---------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The inverse of TTToLinalg, for compilers whose front end speaks linalg. A
// contraction qualifies by what it computes, not by its op name: the maps
// (k, m), (n, k), (m, n) over two parallel loops and one reduction, a body of
// one multiply and one add, and a destination of zeros. A 16-bit product also
// needs the rounding of its f32 sums to the operands' type as its only use,
// since that is where the tt op ends.
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/IR/LinalgInterfaces.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/Remarks.h"
#include "tt/Conversion/Passes.h"
#include "tt/Dialect/TT/IR/TTDialect.h"

namespace mlir::tt {
#define GEN_PASS_DEF_RAISEFROMLINALG
#include "tt/Conversion/Passes.h.inc"
} // namespace mlir::tt

using namespace mlir;
using namespace mlir::tt;

/// True if the maps are (k, m), (n, k), (m, n) under some naming of the loops.
static bool hasTransposedMaps(linalg::LinalgOp op) {
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  if (maps.size() != 3 || llvm::any_of(maps, [](AffineMap map) {
        return map.getNumDims() != 3 || map.getNumResults() != 2 ||
               !map.isProjectedPermutation();
      }))
    return false;
  unsigned m = maps[2].getDimPosition(0), n = maps[2].getDimPosition(1);
  unsigned k = 3 - m - n;
  auto is = [](AffineMap map, unsigned first, unsigned second) {
    return map.getDimPosition(0) == first && map.getDimPosition(1) == second;
  };
  return is(maps[0], k, m) && is(maps[1], n, k);
}

/// True if every element of `value` is known to be +0 or -0.
static bool isZeros(Value value) {
  if (auto fill = value.getDefiningOp<linalg::FillOp>())
    return matchPattern(fill.getInputs()[0], m_AnyZeroFloat());
  return matchPattern(value, m_AnyZeroFloat());
}

/// The op that rounds `sums` to `elementType` elementwise and is its only use.
static Operation *findRounding(Value sums, Type elementType) {
  if (!sums.hasOneUse())
    return nullptr;
  Operation *user = *sums.user_begin();
  if (user->getNumResults() != 1 ||
      getElementTypeOrSelf(user->getResult(0)) != elementType)
    return nullptr;
  if (isa<arith::TruncFOp>(user))
    return user;
  if (auto copy = dyn_cast<linalg::CopyOp>(user))
    return copy.getInputs()[0] == sums ? user : nullptr;
  auto generic = dyn_cast<linalg::GenericOp>(user);
  if (!generic || generic.getNumLoops() != generic.getNumParallelLoops() ||
      generic.getNumDpsInputs() != 1 || generic.getInputs()[0] != sums ||
      !llvm::all_of(generic.getIndexingMapsArray(),
                    [](AffineMap map) { return map.isIdentity(); }))
    return nullptr;
  Block *body = generic.getBody();
  auto yield = cast<linalg::YieldOp>(body->getTerminator());
  auto truncate = yield.getOperand(0).getDefiningOp<arith::TruncFOp>();
  return truncate && truncate.getIn() == body->getArgument(0) ? user : nullptr;
}

/// Replaces `op`, and the rounding of its sums if there is one, by the tt op.
/// Returns why not, or "".
static StringRef raise(linalg::LinalgOp op, bool allowTf32,
                       IRRewriter &rewriter) {
  if (!op.hasPureTensorSemantics() || op.getNumDpsInputs() != 2)
    return "not a product of two tensors";
  if (!hasTransposedMaps(op))
    return "maps are not (k,m)(n,k)(m,n)";
  if (!isZeros(op.getDpsInits()[0]))
    return "destination is not zeros";

  Value a = op.getDpsInputs()[0], b = op.getDpsInputs()[1];
  Type elementType = getElementTypeOrSelf(a);
  auto precision = op->getAttrOfType<PrecisionAttr>(kPrecisionAttrName);
  PrecisionAttr contract =
      precision ? precision : PrecisionAttr::getDefault(elementType);
  if (!contract || !contract.accepts(elementType) ||
      getElementTypeOrSelf(b) != elementType ||
      !getElementTypeOrSelf(op->getResult(0)).isF32())
    return "no contract for these types";
  if (elementType.isF32() && !precision && !allowTf32)
    return "rounding f32 operands to TF32 was not allowed (allow-tf32)";

  Operation *last = op;
  if (!elementType.isF32() &&
      !(last = findRounding(op->getResult(0), elementType)))
    return "sums are not rounded to the operands' type, or used before";
  rewriter.setInsertionPoint(last);
  rewriter.replaceOpWithNewOp<MatmulTransposedOp>(
      last, last->getResultTypes()[0], a, b, precision,
      op->getAttrOfType<ConfigAttr>(kConfigAttrName));
  if (last != op)
    rewriter.eraseOp(op);
  return "";
}

namespace {

struct RaiseFromLinalg : tt::impl::RaiseFromLinalgBase<RaiseFromLinalg> {
  using RaiseFromLinalgBase::RaiseFromLinalgBase;

  void runOnOperation() override {
    // Named ops, and any linalg.generic that multiplies and adds. The ops that
    // round their sums go with them, so they are collected first.
    SmallVector<linalg::LinalgOp> contractions;
    getOperation()->walk([&](linalg::LinalgOp op) {
      if (linalg::isaContractionOpInterface(op))
        contractions.push_back(op);
    });
    IRRewriter rewriter(&getContext());
    for (linalg::LinalgOp op : contractions) {
      Location loc = op.getLoc();
      StringRef reason = raise(op, allowTf32, rewriter);
      auto options = remark::RemarkOpts::name("tt-raise-from-linalg")
                         .category("tt-raise-from-linalg");
      if (reason.empty())
        remark::passed(loc, options) << "raised to tt.matmul_transposed";
      else
        remark::missed(loc, options) << remark::reason("{0}", reason);
    }
  }
};

} // namespace
