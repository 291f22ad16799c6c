//===- Matrix.h - Matrices in host memory -----------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_RUNTIME_MATRIX_H
#define TT_RUNTIME_MATRIX_H

#include "tt/Runtime/Kernel.h"

namespace mlir::tt::runtime {

/// What random inputs look like.
enum class InputKind {
  uniform,  ///< [0, 1)
  normal,   ///< mean 0, variance 1
  integers, ///< -4 ... 4: products and short sums are exact in every type
};
Result<InputKind> parseInputKind(const std::string &name);

/// Value number `index` of the random inputs of `seed`: the same on every machine.
float drawRandom(InputKind kind, uint64_t seed, uint64_t index);

/// The element at an address, and its replacement by `value`, rounded to nearest
/// even.
double loadElement(ElementType type, const char *address);
void storeElement(ElementType type, char *address, float value);

/// A row-major matrix; rows may be longer than the matrix is wide.
struct Matrix {
  ElementType type = ElementType::f32;
  int64_t rows = 0, columns = 0, rowStride = 0;
  std::vector<char> bytes;

  Matrix(ElementType type, int64_t rows, int64_t columns, int64_t rowStride);
  /// The same, or an error where there is no memory for it.
  static Result<Matrix> create(ElementType type, int64_t rows, int64_t columns,
                               int64_t rowStride);

  double get(int64_t row, int64_t column) const;
  void set(int64_t row, int64_t column, float value);
  const char *at(int64_t row, int64_t column) const {
    return bytes.data() + (row * rowStride + column) * getBytes(type);
  }

  /// Fills rows with random values, the same for the same seed on every machine;
  /// padding between rows becomes NaN.
  void fillRandom(InputKind kind, uint64_t seed);
  /// All bits of every element set: NaN in every type.
  void poison();
  /// True if the padding between rows is still poisoned.
  bool isPaddingPoisoned() const;
};

/// Reads a 2-D array of f4, f2, or f8 (converted) from a NumPy file (Npy.h). bf16,
/// which NumPy does not have, is read from and written to '<u2'.
Result<Matrix> readNpy(const std::string &path, ElementType type);
Status writeNpy(const std::string &path, const Matrix &matrix);

} // namespace mlir::tt::runtime

#endif // TT_RUNTIME_MATRIX_H
