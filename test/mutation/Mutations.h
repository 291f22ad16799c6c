//===- Mutations.h - Ways to break a kernel at the nvgpu stage --*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_TEST_MUTATION_MUTATIONS_H
#define TT_TEST_MUTATION_MUTATIONS_H

#include "KernelCase.h"

namespace mlir::tt::test {

/// A kernel, what is done to it, and the check that must notice.
struct Mutant {
  const char *name;
  const char *check;
  /// f32, or f16.
  bool isF32;
  int stages;
  void (*mutate)(ModuleOp module);
  /// More of the config, and the bytes of K of a tile.
  const char *parts = "";
  int tileBytes = 64;
  /// Rows at odd strides, which pass through registers and row buffers.
  bool isOdd = false;
};

llvm::ArrayRef<Mutant> getMutants();

/// Fragments are read as if nothing were swizzled.
void forgetSwizzleOfReads(ModuleOp module);

} // namespace mlir::tt::test

#endif // TT_TEST_MUTATION_MUTATIONS_H
