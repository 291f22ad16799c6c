//===- RetargetKernel.h - Kernel IR -> host IR ------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_EMULATOR_RETARGETKERNEL_H
#define TT_LIB_EMULATOR_RETARGETKERNEL_H

#include "BatchCollectives.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/IR/DataLayout.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"
#include "llvm/TargetParser/Triple.h"

namespace mlir::tt::emulator {

/// What the host needs to know of a kernel.
struct KernelSignature {
  unsigned parameters = 0;
};

/// What retargeting found out about a module.
struct RetargetedModule {
  llvm::StringMap<KernelSignature> kernels;
  /// Shared memory of static arrays; the dynamic part begins behind it.
  size_t staticSharedBytes = 0;
  std::vector<Site> sites;
  /// The host code holds pointers to them.
  std::vector<std::unique_ptr<Batch>> batches;
};

/// The symbol of the host function that runs a kernel: `void(void **)` with
/// pointers to the values of the parameters.
std::string getEntrySymbol(llvm::StringRef kernel);

/// The symbol of the function that executes an intrinsic for one lane.
std::string getInstructionSymbol(llvm::StringRef intrinsic);

/// `char *()`: the shared memory of the running block.
inline constexpr llvm::StringLiteral kSharedBaseSymbol = "tt_emulator_shared";
/// `uint64_t *()`: where the running lane counts its instructions.
inline constexpr llvm::StringLiteral kCounterSymbol = "tt_emulator_counter";
/// `void(void *address, uint32_t site)`: an access is about to happen.
inline constexpr llvm::StringLiteral kAccessSymbol = "tt_emulator_access";

/// Rewrites `module` for the host: intrinsics become calls, shared arrays
/// offsets into the block's memory, kernels get host entries, and with
/// `instrument` each access to memory is announced.
llvm::Expected<RetargetedModule> retargetModule(llvm::Module &module,
                                                const llvm::Triple &triple,
                                                const llvm::DataLayout &layout,
                                                bool instrument);

} // namespace mlir::tt::emulator

#endif // TT_LIB_EMULATOR_RETARGETKERNEL_H
