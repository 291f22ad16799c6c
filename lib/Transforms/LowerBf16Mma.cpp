//===- LowerBf16Mma.cpp - bf16 nvgpu.mma.sync -> nvvm.mma.sync ------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// MLIR 22 verifies bf16 nvgpu.mma.sync but does not lower it. PTX takes bf16
// operands as pairs in 32-bit registers (PTX ISA, mma.m16n8k16).
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/NVGPU/IR/NVGPUDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Transforms/WalkPatternRewriteDriver.h"
#include "tt/Transforms/KernelUtils.h"
#include "tt/Transforms/Passes.h"

namespace mlir::tt {
#define GEN_PASS_DEF_LOWERBF16MMA
#include "tt/Transforms/Passes.h.inc"
} // namespace mlir::tt

using namespace mlir;
using namespace mlir::tt;

/// The pairs of bf16 in `fragment`, vector<Nx2xbf16>, as N i32 values.
static SmallVector<Value> packPairs(ImplicitLocOpBuilder &b, Value fragment) {
  SmallVector<Value> packed;
  auto i32x1 = VectorType::get({1}, b.getI32Type());
  int64_t registers = cast<VectorType>(fragment.getType()).getDimSize(0);
  for (int64_t i = 0; i < registers; ++i) {
    Value pair = vector::ExtractOp::create(b, fragment, i);
    Value bits = vector::BitCastOp::create(b, i32x1, pair);
    packed.push_back(vector::ExtractOp::create(b, bits, int64_t(0)));
  }
  return packed;
}

namespace {

struct LowerBf16MmaPattern : OpRewritePattern<nvgpu::MmaSyncOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(nvgpu::MmaSyncOp op,
                                PatternRewriter &rewriter) const override {
    if (!getElementTypeOrSelf(op.getMatrixA()).isBF16())
      return rewriter.notifyMatchFailure(op, "operands are not bf16");
    auto sumsType = cast<VectorType>(op.getMatrixC().getType());
    if (!sumsType.getElementType().isF32())
      return rewriter.notifyMatchFailure(op, "sums are not f32");
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    SmallVector<Value> sums;
    for (int64_t i = 0; i < sumsType.getNumElements(); ++i)
      sums.push_back(vector::ExtractOp::create(
          b, op.getMatrixC(), ArrayRef<int64_t>{i / 2, i % 2}));
    Type f32 = b.getF32Type();
    auto resultType = LLVM::LLVMStructType::getLiteral(
        b.getContext(), SmallVector<Type>(sums.size(), f32));
    std::array<NVVM::MMATypes, 2> types = {NVVM::MMATypes::bf16,
                                           NVVM::MMATypes::bf16};
    std::array<NVVM::MMALayout, 2> layouts = {NVVM::MMALayout::row,
                                              NVVM::MMALayout::col};
    Value product = NVVM::MmaOp::create(
        b, resultType, packPairs(b, op.getMatrixA()),
        packPairs(b, op.getMatrixB()), sums, op.getMmaShapeAsArray(),
        /*b1Op=*/std::nullopt, /*intOverflow=*/std::nullopt, types, layouts);
    Value result =
        arith::ConstantOp::create(b, sumsType, b.getZeroAttr(sumsType));
    for (int64_t i = 0; i < sumsType.getNumElements(); ++i) {
      Value sum = LLVM::ExtractValueOp::create(b, f32, product, i);
      result = vector::InsertOp::create(b, sum, result,
                                        ArrayRef<int64_t>{i / 2, i % 2});
    }
    rewriter.replaceOp(op, result);
    return success();
  }
};

struct LowerBf16Mma : tt::impl::LowerBf16MmaBase<LowerBf16Mma> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<LowerBf16MmaPattern>(&getContext());
    walkAndApplyPatterns(getOperation(), std::move(patterns));
  }
};

} // namespace
