//===- Advice.h - What counters and arithmetic say --------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every finding is computed from a document, a config and the target table, and
// carries the numbers it was computed from. There is no text for a particular
// document.
//
//===----------------------------------------------------------------------===//

#ifndef TT_TUNING_ADVICE_H
#define TT_TUNING_ADVICE_H

#include "tt/Transforms/CostModel.h"
#include "tt/Tuning/Document.h"

namespace mlir::tt::tuning {

/// One sentence or two, and where they come from.
struct Finding {
  std::string topic; ///< "occupancy", "move", ...
  std::string text;
  std::vector<std::pair<std::string, double>> numbers;
};

struct Report {
  std::vector<Finding> findings;

  void add(StringRef topic, std::string text,
           std::vector<std::pair<std::string, double>> numbers);
};

/// As text for people, or as JSON.
std::string formatText(const Report &report);
std::string formatJSON(const Report &report, const TargetInfo &target);

/// What the user says beside a document. Sizes of 0 are not known.
struct Sizes {
  int64_t m = 0, n = 0, k = 0;
  bool areKnown() const { return m > 0 && n > 0 && k > 0; }
};

/// Advice on a document, which may have no configs or no counters. `elementType`
/// is null if it is to be inferred.
Report adviseOnDocument(const Document &document, const Sizes &sizes,
                        Type elementType, MLIRContext *context,
                        const TargetInfo &target);

/// Advice on one of our configs for a problem.
Report adviseOnConfig(const Problem &problem, ConfigAttr config,
                      const TargetInfo &target);

/// What a launch of `grid` blocks holds of an SM and in how many waves it runs.
void addOccupancy(Report &report, const BlockResources &block, int64_t grid,
                  const TargetInfo &target);
/// What one counter says; see metric:: for those that are understood.
void addCounters(Report &report, const Profile &profile, bool isF32,
                 const TargetInfo &target);

/// Compares getOccupancy with what CUDA said on a device: a JSON list of
/// { "threads", "registers", "shared_bytes", "blocks" }, as
/// test/gpu/occupancy.py writes it. The result names what disagrees.
llvm::Expected<Report> checkOccupancy(StringRef json, const TargetInfo &target);

} // namespace mlir::tt::tuning

#endif // TT_TUNING_ADVICE_H
