//===- HostElement.h - Elements of host values --------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_HOST_HOSTELEMENT_H
#define TT_LIB_HOST_HOSTELEMENT_H

#include "mlir/IR/BuiltinTypes.h"
#include <string>

namespace mlir::tt::host {

/// NumPy's name of an element type; empty if values of it cannot be passed. bf16,
/// which NumPy does not have, goes as its bits.
std::string getDescr(Type type);
int64_t getElementBytes(Type type);

double loadFloat(Type type, const char *address);
void storeFloat(Type type, char *address, double value);

/// A signed integer of so many bytes.
int64_t loadInteger(int64_t bytes, const char *address);
/// False if `value` is not one of `type`, signed or unsigned.
bool storeInteger(Type type, char *address, int64_t value);

} // namespace mlir::tt::host

#endif // TT_LIB_HOST_HOSTELEMENT_H
