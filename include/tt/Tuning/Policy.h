//===- Policy.h - What a tuner may move -------------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A policy is a JSON file:
//
//   { "name": "final",
//     "description": "small adjustments only",
//     "move": { "warps":  { "values": [2, 4, 8, 16] },
//               "stages": { "values": [2, 3, 4], "steps": [-1, 0, 1] } },
//     "follow": ["copy_slot"],
//     "candidates": { "min": 3, "max": 6 } }
//
// What `move` does not name is frozen; but parameters that `follow` are, in each
// candidate, what a default config with the rest of it would have. `values` are
// the only values that a parameter may move to, `steps` the only differences
// from the original; to stay is always allowed. The original config is a
// candidate under every policy.
//
//===----------------------------------------------------------------------===//

#ifndef TT_TUNING_POLICY_H
#define TT_TUNING_POLICY_H

#include "tt/Tuning/Parameters.h"
#include "llvm/Support/Error.h"
#include <map>
#include <set>
#include <vector>

namespace mlir::tt::tuning {

/// The values that one parameter may take. Empty lists allow anything.
struct Choice {
  std::vector<int64_t> values;
  std::vector<int64_t> steps;

  bool allows(int64_t original, int64_t value) const;
  /// All values; the original's own only if allowed.
  std::vector<int64_t> getValues(int64_t original) const;
};

struct Policy {
  std::string name;
  std::string description;
  std::map<Parameter, Choice> moves; ///< what is not here is frozen
  std::set<Parameter> follows;       ///< rasterGroup and copySlot can
  int64_t minCandidates = 1;
  int64_t maxCandidates = 6;

  bool isFrozen(Parameter parameter) const { return !moves.count(parameter); }
  /// Of a parameter, for an original config that has `original` there, itself
  /// among them.
  std::vector<int64_t> getValues(Parameter parameter, int64_t original) const;
};

/// Reads a policy. Errors say which key is wrong and what would be accepted; so
/// do policies that contradict themselves.
llvm::Expected<Policy> parsePolicy(StringRef text);

/// A preset ("final") or a file.
llvm::Expected<Policy> loadPolicy(StringRef nameOrFile);
/// The folder of the presets: TT_POLICIES, or beside the executable, or where
/// the project was built.
std::string getPolicyFolder();
std::vector<std::string> getPresetNames();
/// Configs for --deterministic, beside the presets: pinned.json.
std::string getPinnedTable();

} // namespace mlir::tt::tuning

#endif // TT_TUNING_POLICY_H
