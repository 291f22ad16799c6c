//===- Checker.h - The checks of one block ----------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_EMULATOR_CHECKER_H
#define TT_LIB_EMULATOR_CHECKER_H

#include "SharedShadow.h"
#include "tt/Emulator/Emulator.h"
#include "llvm/ADT/DenseMap.h"
#include <map>
#include <tuple>

namespace mlir::tt::emulator {

/// Findings of one block or launch, equal ones together.
class Findings {
public:
  explicit Findings(llvm::ArrayRef<Site> sites) : sites(sites) {}

  /// `site` and `other` are the instructions; equal ones are one finding.
  void add(Check check, uint32_t site, uint32_t other, std::string message);
  void merge(const Findings &other);
  std::vector<Finding> take();

  /// "ldmatrix.x4 (mlir-nvgpu:12:7)".
  std::string describe(uint32_t site) const;
  const Site &getSite(uint32_t site) const { return sites[site]; }

private:
  llvm::ArrayRef<Site> sites;
  std::map<std::tuple<Check, uint32_t, uint32_t>, Finding> found;
};

/// "block (1, 0, 0) warp 2 lane 31".
std::string describeThread(std::array<unsigned, 3> block, unsigned thread);

/// A range of memory that a thread accesses.
struct Access {
  uint32_t site;
  unsigned thread;
  uint64_t address;
  unsigned bytes;
  AccessKind kind;
};

class Checker {
public:
  Checker(const LaunchGeometry &geometry, llvm::ArrayRef<Site> sites,
          Findings &findings, GlobalMemory *memory);

  void startBlock(uint64_t number, std::array<unsigned, 3> id, char *shared,
                  size_t sharedBytes);
  bool isShared(uint64_t address) const {
    return address - sharedBase < sharedBytes;
  }

  /// Each returns false if the access cannot be executed.
  bool checkShared(const Access &access);
  /// `width`: what the address must be a multiple of, if not of the bytes.
  bool checkGlobal(const Access &access, unsigned width = 0);

  /// The thread has waited for its cp.async to these bytes.
  void completeCopy(uint64_t address, unsigned bytes, unsigned thread);

  /// These warps have met.
  void synchronize(llvm::ArrayRef<unsigned> warps) { shadow.synchronize(warps); }

private:
  bool checkAlignment(const Access &access, unsigned width);
  void report(const Access &access, const Conflict &conflict);
  void reportTwice(const Access &access, const MatrixRange &matrix, int64_t row,
                   int64_t column, GlobalMemory::Writer first);
  std::string describe(const Access &access, llvm::StringRef space) const;

  llvm::ArrayRef<Site> sites;
  Findings &findings;
  GlobalMemory *memory;
  std::array<unsigned, 3> grid, block = {};
  uint64_t blockNumber = 0, sharedBase = 0, sharedBytes = 0;
  SharedShadow shadow;
};

} // namespace mlir::tt::emulator

#endif // TT_LIB_EMULATOR_CHECKER_H
