//===- Candidates.h - Legal configs that a policy allows --------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_TUNING_CANDIDATES_H
#define TT_TUNING_CANDIDATES_H

#include "tt/Transforms/CostModel.h"
#include "tt/Tuning/Policy.h"

namespace mlir::tt::tuning {

struct RankedConfig {
  ConfigAttr config;
  double seconds; ///< the model's estimate
};

/// What the policy leaves, and why the rest fell away.
struct Space {
  std::vector<RankedConfig> configs; ///< the original first, then by estimate
  int64_t considered = 0;
  int64_t illegal = 0;  ///< refused by TilePlan on this target
  int64_t spilling = 0; ///< more registers than a thread can have
  int64_t pruned = 0;   ///< legal, but not among the most promising
};

/// Every config of the policy is checked on `target` before anything is
/// compiled, estimated, and the best kept. Errors: an original that is illegal,
/// a policy that leaves nothing beside it.
llvm::Expected<Space> enumerate(const Policy &policy, ConfigAttr original,
                                const Problem &problem,
                                const TargetInfo &target);

/// "#tt.config<...>"
std::string format(ConfigAttr config);

} // namespace mlir::tt::tuning

#endif // TT_TUNING_CANDIDATES_H
