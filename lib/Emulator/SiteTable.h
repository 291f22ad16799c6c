//===- SiteTable.h - Numbers the instructions of a kernel -------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_EMULATOR_SITETABLE_H
#define TT_LIB_EMULATOR_SITETABLE_H

#include "tt/Emulator/Measurements.h"
#include "llvm/IR/Instructions.h"
#include <optional>

namespace mlir::tt::emulator {

/// The instructions that findings and counters name.
class SiteTable {
public:
  /// A call of an intrinsic.
  uint32_t addCall(const llvm::CallInst &call, llvm::StringRef intrinsic);
  /// A load, store or atomic; nothing for an access to the thread's own stack.
  std::optional<uint32_t> addAccess(const llvm::Instruction &access);

  std::vector<Site> take() { return std::move(sites); }

private:
  uint32_t add(const llvm::Instruction &instruction, Site site);
  std::vector<Site> sites;
};

/// What address a load, store or atomic uses; null for other instructions.
const llvm::Value *getAccessedPointer(const llvm::Instruction &instruction);

} // namespace mlir::tt::emulator

#endif // TT_LIB_EMULATOR_SITETABLE_H
