//===- Estimates.h - Many configs by the cost model -------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the model says of kernels that were measured, with its own constants or
// with others: for judging it and for fitting it.
//
//===----------------------------------------------------------------------===//

#ifndef TT_TUNING_ESTIMATES_H
#define TT_TUNING_ESTIMATES_H

#include "tt/Dialect/TT/IR/TTDialect.h"
#include "tt/Target/TargetInfo.h"
#include "tt/Transforms/CostConstants.h"
#include "llvm/Support/Error.h"
#include <optional>
#include <vector>

namespace mlir::tt::tuning {

/// "dramLatency=4e-7,alone=1.1": the model's constants, but for those named.
/// Errors name what is not one of them, or not a number above 0.
llvm::Expected<CostConstants> parseConstants(StringRef text);

struct LineEstimate {
  ConfigAttr config;
  double microseconds;
};

/// The estimate for each JSON line { "m", "n", "k", "type", "precision",
/// "config" }, the last two as attributes, which may be left out: then they are
/// the defaults. None for what the compiler refuses. Errors name the line.
llvm::Expected<std::vector<std::optional<LineEstimate>>>
estimateLines(StringRef text, MLIRContext *context, const TargetInfo &target,
              const CostConstants &constants);

} // namespace mlir::tt::tuning

#endif // TT_TUNING_ESTIMATES_H
