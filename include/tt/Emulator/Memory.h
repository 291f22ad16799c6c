//===- Memory.h - What global accesses are checked against ------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_EMULATOR_MEMORY_H
#define TT_EMULATOR_MEMORY_H

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mlir::tt::emulator {

/// A matrix argument of the kernel that is being launched.
struct MatrixRange {
  std::string name;
  uint64_t address = 0;
  int64_t rows = 0, columns = 0, rowStride = 0; ///< elements
  int64_t elementBytes = 1;
  bool isOutput = false;
  /// One past the last element's address.
  uint64_t getEnd() const;
};

/// The allocations of a device, and of the launch at hand the matrices in them.
/// What is asked during a launch may be asked by several CPU threads.
class GlobalMemory {
public:
  void add(uint64_t address, uint64_t bytes) { allocations[address] = bytes; }
  void remove(uint64_t address) { allocations.erase(address); }
  const std::map<uint64_t, uint64_t> &getAllocations() const {
    return allocations;
  }

  /// Names the matrices of a launch and forgets what was written to the output.
  void setMatrices(std::vector<MatrixRange> matrices);
  const std::vector<MatrixRange> &getMatrices() const { return matrices; }

  /// Why these bytes may not be accessed; nothing if they may.
  std::optional<std::string> explainBadAccess(uint64_t address,
                                              uint64_t bytes) const;

  /// Who wrote an element of the output: block and thread, and which site.
  struct Writer {
    uint64_t block = 0;
    uint32_t thread = 0, site = 0;
  };
  /// Notes a write; calls `twice(element, first)` for each element that was
  /// written before.
  template <typename Function>
  void noteWrite(uint64_t address, uint64_t bytes, Writer writer,
                 Function twice);

  /// The first element of the output that nobody wrote, and how many there are.
  struct Missing {
    uint64_t count = 0;
    int64_t row = 0, column = 0;
  };
  Missing findMissing() const;

private:
  const MatrixRange *findOutput(uint64_t address) const;

  std::map<uint64_t, uint64_t> allocations;
  std::vector<MatrixRange> matrices;
  /// For each element of the output 0, or its writer, packed.
  std::unique_ptr<std::atomic<uint64_t>[]> writers;
};

template <typename Function>
void GlobalMemory::noteWrite(uint64_t address, uint64_t bytes, Writer writer,
                             Function twice) {
  const MatrixRange *output = findOutput(address);
  if (!output)
    return;
  // Block 32 bits, thread 10, site 21, and one that says "written".
  uint64_t packed = writer.block << 32 | uint64_t(writer.thread & 1023) << 22 |
                    uint64_t(writer.site & 0x1FFFFF) << 1 | 1;
  for (uint64_t at = address; at < address + bytes; at += output->elementBytes) {
    uint64_t index = (at - output->address) / output->elementBytes;
    int64_t row = index / output->rowStride, column = index % output->rowStride;
    if (row >= output->rows || column >= output->columns)
      continue;
    uint64_t old = writers[row * output->columns + column].exchange(packed);
    if (old & 1)
      twice(*output, row, column,
            Writer{old >> 32, uint32_t(old >> 22 & 1023),
                   uint32_t(old >> 1 & 0x1FFFFF)});
  }
}

} // namespace mlir::tt::emulator

#endif // TT_EMULATOR_MEMORY_H
