//===- KernelCase.h - Compile a kernel, perhaps break it, run it -*- C++ -*-==//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_TEST_MUTATION_KERNELCASE_H
#define TT_TEST_MUTATION_KERNELCASE_H

#include "tt/Emulator/EmulatorDevice.h"
#include "tt/Target/CompileKernel.h"

namespace mlir::tt::test {

/// Rewrites the module at the stage "mlir-nvgpu".
using Mutation = std::function<void(ModuleOp)>;

/// One kernel and how it is run.
struct KernelCase {
  runtime::ElementType type = runtime::ElementType::f16;
  runtime::Problem problem;
  std::string config;
  bool dynamic = false;
  unsigned schedules = 2;
};

/// Rows that begin at multiples of 16 bytes, and are longer than the matrix.
runtime::Problem makeProblem(int64_t m, int64_t n, int64_t k);
/// Rows that touch each other.
runtime::Problem makeDenseProblem(int64_t m, int64_t n, int64_t k);

/// What was found, as names: those of the checks, "numbers" for a wrong product,
/// "bank-conflicts" for conflicts among loads, or "error: ..." if it did not run.
struct Outcome {
  std::vector<std::string> found;
  std::string text; ///< all messages
  bool has(llvm::StringRef name) const;
};

/// Compiles the case, `mutate`s it if given, and runs it with all checks.
Outcome runCase(const KernelCase &kernelCase, const Mutation &mutate = {});

} // namespace mlir::tt::test

#endif // TT_TEST_MUTATION_KERNELCASE_H
