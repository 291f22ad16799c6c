//===- HostValue.h - Arguments and results of functions ---------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// MLIR's C interface passes a scalar by value and a memref as a descriptor:
//
//   | allocated | aligned | offset | sizes, one a dimension | strides |
//
// all of them words of 64 bits; strides and offset count elements.
//
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_HOST_HOSTVALUE_H
#define TT_LIB_HOST_HOSTVALUE_H

#include "MgpuRuntime.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/TypeUtilities.h"
#include "tt/Runtime/Matrix.h"
#include "tt/Runtime/Npy.h"

namespace mlir::tt::host {

/// A scalar, which counts as an array of rank 0, or the elements of a tensor or
/// memref.
struct HostValue {
  Type type; ///< in the function's signature
  char *data = nullptr;
  int64_t offset = 0;
  SmallVector<int64_t> sizes, strides;

  Type getElementType() const { return getElementTypeOrSelf(type); }
  bool isScalar() const { return !isa<ShapedType>(type); }
};

/// An error unless a value of `type` can be passed; it begins with `what`.
runtime::Status checkType(Type type, const std::string &what);

/// Where the elements of an argument come from.
struct ValueSource {
  /// A .npy file; a number, for a scalar; sizes such as 64x48, for random elements
  /// of a type that does not say them; "-": random elements.
  std::string text = "-";
  runtime::InputKind kind = runtime::InputKind::uniform;
  uint64_t seed = 0;
};

/// An argument in memory of the session.
runtime::Result<HostValue> makeArgument(MgpuSession &session, Type type,
                                        const ValueSource &source);

/// A value as the C interface passes it, and back.
SmallVector<int64_t> toWords(const HostValue &value);
HostValue fromWords(Type type, const char *words);

/// Calls `visit` with the address of each element, the last dimension fastest.
void forEachElement(const HostValue &value,
                    llvm::function_ref<void(char *)> visit);
runtime::NpyArray toNpy(const HostValue &value);
double sumElements(const HostValue &value);

} // namespace mlir::tt::host

#endif // TT_LIB_HOST_HOSTVALUE_H
