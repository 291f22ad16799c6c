//===- SharedAccess.cpp - Addresses in shared memory ----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tt/Transforms/SharedAccess.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/NVGPU/IR/NVGPUDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::tt;

std::optional<MutableOperandRange> mlir::tt::getAccessIndices(Operation *op,
                                                              Value buffer) {
  using Range = std::optional<MutableOperandRange>;
  return TypeSwitch<Operation *, Range>(op)
      .Case([&](nvgpu::DeviceAsyncCopyOp copy) -> Range {
        if (copy.getDst() != buffer)
          return std::nullopt;
        return copy.getDstIndicesMutable();
      })
      .Case<nvgpu::LdMatrixOp, vector::LoadOp, vector::StoreOp, memref::LoadOp,
            memref::StoreOp>(
          [](auto access) -> Range { return access.getIndicesMutable(); })
      .Default([](Operation *) -> Range { return std::nullopt; });
}

bool mlir::tt::isLookLoad(Operation *op) {
  auto load = dyn_cast<memref::LoadOp>(op);
  return load &&
         gpu::GPUDialect::hasWorkgroupMemoryAddressSpace(load.getMemRefType());
}

uint64_t mlir::tt::getPossibleBits(Value value) {
  constexpr uint64_t kAll = ~uint64_t(0);
  if (std::optional<int64_t> constant = getConstantIndex(value))
    return *constant;
  Operation *op = value.getDefiningOp();
  if (!op || op->getNumOperands() != 2)
    return kAll;
  uint64_t lhs = getPossibleBits(op->getOperand(0));
  if (isa<arith::AddIOp>(op)) {
    uint64_t rhs = getPossibleBits(op->getOperand(1));
    return lhs & rhs ? kAll : lhs | rhs;
  }
  std::optional<int64_t> constant = getConstantIndex(op->getOperand(1));
  if (!constant || *constant <= 0 || !llvm::isPowerOf2_64(*constant))
    return kAll;
  return TypeSwitch<Operation *, uint64_t>(op)
      .Case([&](arith::MulIOp) { return lhs << llvm::Log2_64(*constant); })
      .Case([&](arith::DivUIOp) { return lhs >> llvm::Log2_64(*constant); })
      .Case([&](arith::RemUIOp) { return lhs & (*constant - 1); })
      .Default([&](Operation *) { return kAll; });
}

int64_t mlir::tt::splitConstant(ImplicitLocOpBuilder &b, Value &value) {
  auto sum = value.getDefiningOp<arith::AddIOp>();
  if (!sum)
    return 0;
  if (std::optional<int64_t> constant = getConstantIndex(sum.getRhs())) {
    value = sum.getLhs();
    return *constant + splitConstant(b, value);
  }
  Value lhs = sum.getLhs(), rhs = sum.getRhs();
  int64_t constant = splitConstant(b, lhs) + splitConstant(b, rhs);
  if (constant)
    value = IndexBuilder(b).add(lhs, rhs);
  return constant;
}
