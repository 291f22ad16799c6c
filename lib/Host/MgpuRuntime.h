//===- MgpuRuntime.h - MLIR's GPU runtime functions -------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_HOST_MGPURUNTIME_H
#define TT_LIB_HOST_MGPURUNTIME_H

#include "tt/Runtime/Device.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace mlir::tt::host {

/// The device that mgpu* functions use while this object lives, and the first
/// error that one of them met: they cannot return any. One at a time.
class MgpuSession {
public:
  explicit MgpuSession(runtime::Device &device);
  ~MgpuSession();

  /// Memory that host and device both reach; it lives as long as the session.
  void *allocate(size_t bytes);
  const std::string &getError() const;
  /// Whether that error is about what a kernel did.
  bool isWrongResult() const;
  size_t getLaunches() const;
};

/// MLIR's memrefCopy: copies the elements of one unranked memref to another of
/// the same sizes.
void copyMemRef(int64_t elementBytes, const void *source,
                const void *destination);

/// The functions that compiled host code calls, by name: MLIR's mgpu* functions
/// on a runtime::Device, and malloc and free, so that kernels reach what host
/// code allocates.
struct RuntimeFunction {
  llvm::StringLiteral name;
  void *address;
};
llvm::ArrayRef<RuntimeFunction> getRuntimeFunctions();

} // namespace mlir::tt::host

#endif // TT_LIB_HOST_MGPURUNTIME_H
