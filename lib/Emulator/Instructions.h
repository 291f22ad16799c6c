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
using InstructionFunction = void (*)(Slots slots);

/// One intrinsic that the emulator knows.
struct EmulatedInstruction {
  /// Full name of the LLVM intrinsic, e.g. "llvm.nvvm.barrier0".
  llvm::StringLiteral name;
  InstructionFunction function;
};

/// All that the emulator knows; the names of the mma, ldmatrix and shuffle
/// collectives among them.
llvm::ArrayRef<EmulatedInstruction> getInstructions();

/// The same for the warp-wide ones, which Collectives.cpp executes.
llvm::ArrayRef<EmulatedInstruction> getCollectives();

} // namespace mlir::tt::emulator

#endif // TT_LIB_EMULATOR_INSTRUCTIONS_H
