//===- BatchCollectives.h - Warp-wide calls become batches ------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_EMULATOR_BATCHCOLLECTIVES_H
#define TT_LIB_EMULATOR_BATCHCOLLECTIVES_H

#include "Batch.h"
#include "SiteTable.h"
#include "llvm/IR/Function.h"
#include <memory>

namespace mlir::tt::emulator {

/// `void(Batch *, uint32_t *slots)`: waits until the warp has run the batch.
inline constexpr llvm::StringLiteral kRunBatchSymbol = "tt_emulator_run_batch";

/// "llvm.nvvm.x.p3" is "llvm.nvvm.x": the suffix names an address space.
llvm::StringRef getIntrinsicName(const llvm::Function &function);

/// Replaces the warp-wide intrinsics of `function` by batches, which it appends
/// to `batches`. Operands and results go through `slots`, an array of 32-bit
/// words; returns how many words it must have.
unsigned batchCollectives(llvm::Function &function, llvm::Value *slots,
                          SiteTable &sites,
                          std::vector<std::unique_ptr<Batch>> &batches);

} // namespace mlir::tt::emulator

#endif // TT_LIB_EMULATOR_BATCHCOLLECTIVES_H
