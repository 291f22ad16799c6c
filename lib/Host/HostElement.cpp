//===- HostElement.cpp - Elements of host values -------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "HostElement.h"

#include "tt/Runtime/Matrix.h"
#include "tt/Runtime/Npy.h"
#include "llvm/Support/MathExtras.h"
#include <cstring>

using namespace mlir;
using namespace mlir::tt;
using namespace mlir::tt::host;

std::string mlir::tt::host::getDescr(Type type) {
  if (type.isF64() || type.isF32() || type.isF16())
    return "<f" + std::to_string(type.getIntOrFloatBitWidth() / 8);
  if (type.isBF16())
    return "<u2";
  if (type.isIndex())
    return "<i8";
  if (type.isSignlessInteger(1))
    return "|b1";
  if (type.isSignlessInteger(8))
    return "|i1";
  if (type.isSignlessInteger(16) || type.isSignlessInteger(32) ||
      type.isSignlessInteger(64))
    return "<i" + std::to_string(type.getIntOrFloatBitWidth() / 8);
  return {};
}

int64_t mlir::tt::host::getElementBytes(Type type) {
  return runtime::getElementBytes(getDescr(type));
}

/// The types that runtime::loadElement and storeElement know.
static std::optional<runtime::ElementType> getSmallFloat(Type type) {
  if (type.isF32())
    return runtime::ElementType::f32;
  if (type.isF16())
    return runtime::ElementType::f16;
  if (type.isBF16())
    return runtime::ElementType::bf16;
  return std::nullopt;
}

double mlir::tt::host::loadFloat(Type type, const char *address) {
  if (auto small = getSmallFloat(type))
    return runtime::loadElement(*small, address);
  double value;
  std::memcpy(&value, address, sizeof value);
  return value;
}

void mlir::tt::host::storeFloat(Type type, char *address, double value) {
  if (auto small = getSmallFloat(type))
    return runtime::storeElement(*small, address, float(value));
  std::memcpy(address, &value, sizeof value);
}

int64_t mlir::tt::host::loadInteger(int64_t bytes, const char *address) {
  uint64_t bits = 0;
  std::memcpy(&bits, address, bytes); // little endian, as NumPy's "<"
  return llvm::SignExtend64(bits, 8 * bytes);
}

bool mlir::tt::host::storeInteger(Type type, char *address, int64_t value) {
  unsigned bits = type.isIndex() ? 64 : type.getIntOrFloatBitWidth();
  if (bits < 64 && !llvm::isIntN(bits, value) && !llvm::isUIntN(bits, value))
    return false;
  if (bits == 1)
    value &= 1;
  std::memcpy(address, &value, getElementBytes(type));
  return true;
}
