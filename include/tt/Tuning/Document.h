//===- Document.h - Tuning requests and profiles as text --------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Four kinds of text are read, told apart by their content:
//
//   request    prose with triton.Config(...) in Python, a policy in words, and
//              "[NCU PROFILING METRICS]" with JSON: { kernel: { metric: value } }
//   JSON       { kernel: { metric: value } } alone
//   CSV        ncu --csv, with one metric a row (details) or one a column (raw)
//   raw        ncu --page raw: metric, unit and value on a line
//
//===----------------------------------------------------------------------===//

#ifndef TT_TUNING_DOCUMENT_H
#define TT_TUNING_DOCUMENT_H

#include "tt/Tuning/Policy.h"
#include "tt/Tuning/Triton.h"

namespace mlir::tt::tuning {

/// Counters of one kernel.
struct Profile {
  std::string kernel;
  std::map<std::string, double> metrics;

  std::optional<double> get(StringRef metric) const;
};

struct Document {
  std::vector<TritonConfig> configs;
  std::vector<Profile> profiles;
  std::optional<Policy> policy;
  std::string targetName; ///< row of the target table; empty if not named
  int64_t ignoredMetrics = 0;
};

/// Metrics that advice is derived from, by ncu's names.
namespace metric {
inline constexpr llvm::StringLiteral kSMThroughput =
    "sm__throughput.avg.pct_of_peak_sustained_elapsed";
inline constexpr llvm::StringLiteral kDramThroughput =
    "dram__throughput.avg.pct_of_peak_sustained_elapsed";
inline constexpr llvm::StringLiteral kWarpsActive =
    "sm__warps_active.avg.pct_of_peak_sustained_active";
inline constexpr llvm::StringLiteral kL2HitRate = "lts__t_sector_hit_rate.pct";
inline constexpr llvm::StringLiteral kGridSize = "launch__grid_size";
inline constexpr llvm::StringLiteral kBlockSize = "launch__block_size";
inline constexpr llvm::StringLiteral kRegisters =
    "launch__registers_per_thread";
inline constexpr llvm::StringLiteral kDynamicShared =
    "launch__shared_mem_per_block_dynamic";
inline constexpr llvm::StringLiteral kDuration = "gpu__time_duration.sum";
} // namespace metric

/// In the JSON of a request every metric must be one of those above: an unknown
/// one is an error that names the nearest, unless `ignoreUnknown`. Exports of
/// ncu hold hundreds; those that are not used are counted.
llvm::Expected<Document> parseDocument(StringRef text,
                                       bool ignoreUnknown = false);

/// The policy in a request's prose; nothing if it states none. Errors:
/// statements that contradict each other.
llvm::Expected<std::optional<Policy>> parsePolicyText(StringRef text);

} // namespace mlir::tt::tuning

#endif // TT_TUNING_DOCUMENT_H
