//===- MemRefCopy.cpp - Copies between memrefs of any layout --------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What memref.copy calls where source and destination do not lie in memory the
// same way. Each comes as its rank and the address of its descriptor
// (HostValue.h).
//
//===----------------------------------------------------------------------===//

#include "MgpuRuntime.h"

#include <cstring>

using namespace mlir::tt;

namespace {

struct UnrankedMemRef {
  int64_t rank;
  const int64_t *descriptor;

  char *getData(int64_t elementBytes) const {
    return reinterpret_cast<char *>(descriptor[1]) +
           descriptor[2] * elementBytes;
  }
  const int64_t *getSizes() const { return descriptor + 3; }
  const int64_t *getStrides() const { return descriptor + 3 + rank; }
};

} // namespace

/// Copies the elements behind dimension `dim`.
static void copyFrom(int64_t dim, int64_t elementBytes,
                     const UnrankedMemRef &source, const char *from,
                     const UnrankedMemRef &destination, char *to) {
  if (dim == source.rank) {
    std::memcpy(to, from, elementBytes);
    return;
  }
  int64_t fromStep = source.getStrides()[dim] * elementBytes;
  int64_t toStep = destination.getStrides()[dim] * elementBytes;
  for (int64_t i = 0; i < source.getSizes()[dim]; ++i)
    copyFrom(dim + 1, elementBytes, source, from + i * fromStep, destination,
             to + i * toStep);
}

void host::copyMemRef(int64_t elementBytes, const void *source,
                      const void *destination) {
  auto &from = *static_cast<const UnrankedMemRef *>(source);
  auto &to = *static_cast<const UnrankedMemRef *>(destination);
  copyFrom(0, elementBytes, from, from.getData(elementBytes), to,
           to.getData(elementBytes));
}
