//===- HalfConversions.cpp - 16-bit float libcalls of the host ------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The x86-64 psABI passes both 16-bit types in the low bits of an SSE register;
// _Float16 stands for either here, since g++ 12 has no __bf16.
//
//===----------------------------------------------------------------------===//

#include "HalfConversions.h"

#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/bit.h"

using namespace mlir::tt::emulator;

/// To nearest even; infinity and NaN as IEEE 754 wants.
static uint16_t narrow(llvm::APFloat value, const llvm::fltSemantics &type) {
  bool losesInfo;
  value.convert(type, llvm::APFloat::rmNearestTiesToEven, &losesInfo);
  return uint16_t(value.bitcastToAPInt().getZExtValue());
}

static _Float16 truncateToF16(float value) {
  return llvm::bit_cast<_Float16>(
      narrow(llvm::APFloat(value), llvm::APFloat::IEEEhalf()));
}

static _Float16 truncateToBF16(float value) {
  return llvm::bit_cast<_Float16>(
      narrow(llvm::APFloat(value), llvm::APFloat::BFloat()));
}

static float extendF16(_Float16 value) {
  llvm::APFloat wide(llvm::APFloat::IEEEhalf(),
                     llvm::APInt(16, llvm::bit_cast<uint16_t>(value)));
  return wide.convertToFloat();
}

llvm::ArrayRef<Libcall> mlir::tt::emulator::getHalfConversions() {
  static const Libcall calls[] = {
      {"__truncsfhf2", reinterpret_cast<void *>(&truncateToF16)},
      {"__truncsfbf2", reinterpret_cast<void *>(&truncateToBF16)},
      {"__extendhfsf2", reinterpret_cast<void *>(&extendF16)},
  };
  return calls;
}
