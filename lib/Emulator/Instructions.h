//===- Instructions.h - What kernel intrinsics become -----------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_EMULATOR_INSTRUCTIONS_H
#define TT_LIB_EMULATOR_INSTRUCTIONS_H

#include "BlockState.h"
#include "llvm/ADT/StringRef.h"

namespace mlir::tt::emulator {

/// The function that executes an intrinsic for one lane.
using InstructionFunction = void (*)(Slots slots, uint32_t site);

/// One intrinsic of a single lane that the emulator knows.
struct EmulatedInstruction {
  /// Full name of the LLVM intrinsic, e.g. "llvm.nvvm.barrier0".
  llvm::StringLiteral name;
  InstructionFunction function;
};

/// All of them; Batch.h has the warp-wide ones.
llvm::ArrayRef<EmulatedInstruction> getInstructions();

bool isBarrier(llvm::StringRef intrinsic);
/// Bytes that one cp.async writes; 0 for any other intrinsic.
unsigned getCopyBytes(llvm::StringRef intrinsic);

} // namespace mlir::tt::emulator

#endif // TT_LIB_EMULATOR_INSTRUCTIONS_H
