//===- Npy.h - NumPy files --------------------------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_RUNTIME_NPY_H
#define TT_RUNTIME_NPY_H

#include "tt/Runtime/Support.h"
#include <cstdint>
#include <vector>

namespace mlir::tt::runtime {

/// What a NumPy file holds: elements in row-major order.
struct NpyArray {
  std::string descr; ///< NumPy's name of the element type, "<f4"
  std::vector<int64_t> shape;
  std::string data;
};

/// The size that NumPy's name of an element type ends with; 0 if it has none.
int64_t getElementBytes(const std::string &descr);

Result<NpyArray> readNpyArray(const std::string &path);
Status writeNpyArray(const std::string &path, const NpyArray &array);

/// "64 x 48", or "a scalar" for no dimensions.
std::string formatShape(const std::vector<int64_t> &shape);

} // namespace mlir::tt::runtime

#endif // TT_RUNTIME_NPY_H
