//===- KernelUtils.cpp - What the passes of the lowering share ------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tt/Transforms/KernelUtils.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/NVGPU/IR/NVGPUDialect.h"
#include "mlir/IR/Matchers.h"
#include "tt/Transforms/KernelMatmul.h"
#include "tt/Transforms/TilePlan.h"
#include <numeric>

using namespace mlir;
using namespace mlir::tt;

//===----------------------------------------------------------------------===//
// IndexBuilder
//===----------------------------------------------------------------------===//

std::optional<int64_t> mlir::tt::getConstantIndex(Value value) {
  APInt constant;
  if (matchPattern(value, m_ConstantInt(&constant)))
    return constant.getSExtValue();
  return std::nullopt;
}

std::optional<int64_t> mlir::tt::getDistance(Value value, Value base) {
  if (value == base)
    return 0;
  auto sum = value.getDefiningOp<arith::AddIOp>();
  if (!sum || sum.getLhs() != base)
    return std::nullopt;
  return getConstantIndex(sum.getRhs());
}

Value IndexBuilder::constant(int64_t value) {
  return arith::ConstantOp::create(b, b.getIntegerAttr(type, value));
}

Value IndexBuilder::cast(Value x) {
  return x.getType() == type ? x : b.createOrFold<arith::IndexCastOp>(type, x);
}

Value IndexBuilder::add(Value x, Value y) {
  return b.createOrFold<arith::AddIOp>(x, y);
}

Value IndexBuilder::sub(Value x, Value y) {
  return b.createOrFold<arith::SubIOp>(x, y);
}

Value IndexBuilder::mul(Value x, Value y) {
  return b.createOrFold<arith::MulIOp>(x, y);
}

Value IndexBuilder::div(Value x, Value y) {
  return b.createOrFold<arith::DivUIOp>(x, y);
}

Value IndexBuilder::rem(Value x, Value y) {
  return b.createOrFold<arith::RemUIOp>(x, y);
}

Value IndexBuilder::min(Value x, Value y) {
  return b.createOrFold<arith::MinSIOp>(x, y);
}

Value IndexBuilder::max(Value x, Value y) {
  return b.createOrFold<arith::MaxSIOp>(x, y);
}

Value IndexBuilder::select(Value condition, Value x, Value y) {
  return b.createOrFold<arith::SelectOp>(condition, x, y);
}

Value IndexBuilder::isLess(Value x, Value y) {
  return b.createOrFold<arith::CmpIOp>(arith::CmpIPredicate::slt, x, y);
}

Value IndexBuilder::clamp(Value x, int64_t high) {
  return min(max(x, constant(0)), constant(high));
}

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

ConfigAttr mlir::tt::getConfig(gpu::LaunchOp launch) {
  return launch->getAttrOfType<ConfigAttr>(kConfigAttrName);
}

Operation *mlir::tt::createEmptyAssembly(ImplicitLocOpBuilder &b,
                                         TypeRange results, ValueRange operands,
                                         StringRef constraints,
                                         bool hasSideEffects) {
  return LLVM::InlineAsmOp::create(
      b, results, operands, /*asm_string=*/"", constraints, hasSideEffects,
      /*is_align_stack=*/false, LLVM::TailCallKind::None,
      LLVM::AsmDialectAttr(), /*operand_attrs=*/ArrayAttr());
}

FailureOr<gpu::LaunchOp> mlir::tt::getConfiguredLaunch(Operation *op) {
  auto launch = op->getParentOfType<gpu::LaunchOp>();
  if (launch && getConfig(launch))
    return launch;
  return op->emitOpError("expected to stand in a gpu.launch with tt.config");
}

SmallVector<gpu::LaunchOp> mlir::tt::collectLaunches(Operation *op) {
  SmallVector<gpu::LaunchOp> launches;
  op->walk([&](gpu::LaunchOp launch) {
    if (getConfig(launch))
      launches.push_back(launch);
  });
  return launches;
}

SmallVector<KernelMatmul> mlir::tt::collectKernelMatmuls(Operation *op) {
  SmallVector<KernelMatmul> kernels;
  for (gpu::LaunchOp launch : collectLaunches(op))
    launch.walk([&](linalg::MatmulOp matmul) {
      Type elementType = getElementTypeOrSelf(matmul.getInputs()[0]);
      kernels.push_back({launch, matmul, getConfig(launch), elementType});
    });
  return kernels;
}

scf::ForOp mlir::tt::getKTileLoop(gpu::LaunchOp launch) {
  scf::ForOp loop;
  launch.walk([&](Operation *op) {
    if (!isa<linalg::MatmulOp, nvgpu::MmaSyncOp>(op))
      return WalkResult::advance();
    // A launch may itself stand in a loop.
    auto around = op->getParentOfType<scf::ForOp>();
    if (!around || !launch->isAncestor(around))
      return WalkResult::advance();
    loop = around;
    return WalkResult::interrupt();
  });
  return loop;
}

//===----------------------------------------------------------------------===//
// Tiles
//===----------------------------------------------------------------------===//

TileRounds::TileRounds(int64_t threads, int64_t rows, int64_t columns,
                       int64_t width, bool inStrips)
    : threads(threads), rows(rows), width(width) {
  int64_t perRow = columns / width;
  // The widest whose width divides `threads`: powers of two.
  SmallVector<int64_t> cut;
  for (int64_t rest = perRow; rest > 0; rest -= cut.back())
    cut.push_back(llvm::bit_floor(uint64_t(std::min(rest, threads))));
  if (inStrips && countOf(cut) <= countOf(perRow))
    strips = std::move(cut);
  else
    strips = {perRow};
}

int64_t TileRounds::countOf(ArrayRef<int64_t> strips) const {
  int64_t rounds = 0;
  for (int64_t pieces : strips)
    rounds += countOf(pieces);
  return rounds;
}

TilePiece TileRounds::getPiece(ImplicitLocOpBuilder &b, Value thread,
                               int64_t round) const {
  int64_t first = 0;
  const int64_t *strip = strips.begin();
  for (; round >= countOf(*strip); ++strip) {
    round -= countOf(*strip);
    first += *strip;
  }
  int64_t perRow = *strip;
  IndexBuilder index(b);
  TilePiece place;
  Value piece = index.add(thread, round * threads), inRow;
  if (threads % perRow == 0) {
    place.row = index.add(index.div(thread, perRow), round * threads / perRow);
    inRow = index.rem(thread, perRow);
  } else {
    place.row = index.div(piece, perRow);
    inRow = index.rem(piece, perRow);
  }
  place.column = index.add(index.mul(inRow, width), first * width);
  int64_t pieces = rows * perRow;
  if ((round + 1) * threads > pieces)
    place.active = arith::CmpIOp::create(b, arith::CmpIPredicate::ult, piece,
                                         index.constant(pieces));
  return place;
}

//===----------------------------------------------------------------------===//
// Memrefs
//===----------------------------------------------------------------------===//

int64_t mlir::tt::getRowAlignment(MemRefType type, int64_t promised) {
  int64_t elementBytes = type.getElementTypeBitWidth() / 8;
  int64_t unknown = promised > 0 ? promised : elementBytes;
  SmallVector<int64_t> strides;
  int64_t offset;
  if (failed(type.getStridesAndOffset(strides, offset)))
    return elementBytes;
  auto bytes = [&](int64_t elements) {
    return ShapedType::isDynamic(elements) ? unknown : elements * elementBytes;
  };
  return std::gcd(kChunkBytes, std::gcd(bytes(strides[0]), bytes(offset)));
}

Value mlir::tt::getViewSource(Value value) {
  while (auto view = value.getDefiningOp<memref::SubViewOp>())
    value = view.getSource();
  return value;
}
