//===- GlobalMemory.cpp - Bounds of global memory, writes of C ------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tt/Emulator/Memory.h"

#include "llvm/Support/FormatVariadic.h"

using namespace mlir::tt::emulator;

uint64_t MatrixRange::getEnd() const {
  if (rows == 0 || columns == 0)
    return address;
  return address + ((rows - 1) * rowStride + columns) * elementBytes;
}

void GlobalMemory::setMatrices(std::vector<MatrixRange> newMatrices) {
  matrices = std::move(newMatrices);
  writers.reset();
  for (const MatrixRange &matrix : matrices)
    if (matrix.isOutput)
      writers = std::make_unique<std::atomic<uint64_t>[]>(matrix.rows *
                                                          matrix.columns);
}

const MatrixRange *GlobalMemory::findOutput(uint64_t address) const {
  for (const MatrixRange &matrix : matrices)
    if (matrix.isOutput && address >= matrix.address &&
        address < matrix.getEnd())
      return &matrix;
  return nullptr;
}

std::optional<std::string>
GlobalMemory::explainBadAccess(uint64_t address, uint64_t bytes) const {
  auto next = allocations.upper_bound(address);
  if (next == allocations.begin())
    return "below every allocation";
  auto [base, size] = *std::prev(next);
  if (address + bytes > base + size)
    return llvm::formatv("{0} bytes past the end of the allocation of {1} bytes "
                         "at {2:x} before it",
                         address + bytes - base - size, size, base)
        .str();
  for (const MatrixRange &matrix : matrices) {
    if (address < matrix.address || address >= matrix.getEnd())
      continue;
    int64_t offset = address - matrix.address;
    int64_t strideBytes = matrix.rowStride * matrix.elementBytes;
    int64_t column = offset % strideBytes;
    if (column + int64_t(bytes) > matrix.columns * matrix.elementBytes)
      return llvm::formatv("beyond the {0} columns of row {1} of {2}",
                           matrix.columns, offset / strideBytes, matrix.name)
          .str();
  }
  return std::nullopt;
}

GlobalMemory::Missing GlobalMemory::findMissing() const {
  Missing missing;
  for (const MatrixRange &matrix : matrices) {
    if (!matrix.isOutput)
      continue;
    for (int64_t i = 0; i < matrix.rows * matrix.columns; ++i) {
      if (writers[i])
        continue;
      if (missing.count++ == 0) {
        missing.row = i / matrix.columns;
        missing.column = i % matrix.columns;
      }
    }
  }
  return missing;
}
