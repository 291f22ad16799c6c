//===- FuzzCase.h - A random product and how to run it again ----*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_TOOLS_TTFUZZ_FUZZCASE_H
#define TT_TOOLS_TTFUZZ_FUZZCASE_H

#include "tt/Runtime/RunKernel.h"
#include <random>

namespace mlir::tt {

/// One product. Everything in it can be said to tt-run.
struct FuzzCase {
  runtime::Problem problem;
  runtime::ElementType type = runtime::ElementType::f32;
  std::string precision; ///< as tt-run takes it; empty: the default
  std::string config;    ///< "#tt.config<...>"; empty: chosen by the compiler
  bool dynamic = false;
  int64_t rowAlignment = 0;
  runtime::InputKind input = runtime::InputKind::uniform;
  uint64_t seed = 0;
  unsigned schedules = 2;
};

/// Case `number` of the sequence of `seed`: the same on every machine.
FuzzCase makeCase(uint64_t seed, uint64_t number);

/// The command that runs the case alone.
std::string getReproducer(const FuzzCase &fuzzCase);

} // namespace mlir::tt

#endif // TT_TOOLS_TTFUZZ_FUZZCASE_H
