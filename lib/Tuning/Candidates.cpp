//===- Candidates.cpp - Legal configs that a policy allows ----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tt/Tuning/Candidates.h"

#include "tt/Tuning/Support.h"
#include "llvm/Support/raw_ostream.h"
#include <cmath>
#include <map>
#include <set>
#include <tuple>

using namespace mlir;
using namespace mlir::tt;
using namespace mlir::tt::tuning;

std::string tuning::format(ConfigAttr config) {
  std::string text;
  llvm::raw_string_ostream(text) << config;
  return text;
}

namespace {

class Enumerator {
public:
  Enumerator(const Policy &policy, ConfigAttr original, const Problem &problem,
             const TargetInfo &target)
      : policy(policy), original(original), problem(problem), target(target),
        originalValues(getValues(original, problem.elementType)) {}

  llvm::Expected<Space> run();

private:
  /// Goes on with parameter `index` and those after it.
  void walk(int index, ParameterValues values);
  std::vector<int64_t> limitToEdgesLeft(const std::vector<int64_t> &choices,
                                        const ParameterValues &values) const;
  /// Every warp tile that cuts the block tile into the given warps.
  void walkWarpTiles(const ParameterValues &values);
  /// Of these values, but for parameters that follow from the others.
  ConfigAttr makeConfig(ParameterValues values, int64_t warpM,
                        int64_t warpN) const;
  void consider(ConfigAttr config);
  int64_t countMoves(ConfigAttr config) const;
  void prune();

  const Policy &policy;
  ConfigAttr original;
  const Problem &problem;
  const TargetInfo &target;
  ParameterValues originalValues;
  Space space;
  std::string lastReason; ///< of an illegal config, for the error
};

} // namespace

void Enumerator::walk(int index, ParameterValues values) {
  if (index == kParameters)
    return walkWarpTiles(values);
  auto parameter = static_cast<Parameter>(index);
  std::vector<int64_t> choices =
      policy.getValues(parameter, at(originalValues, parameter));
  if (parameter == Parameter::edge)
    choices = limitToEdgesLeft(choices, values);
  for (int64_t value : choices) {
    at(values, parameter) = value;
    walk(index + 1, values);
  }
}

/// Edges there are only where the block tile leaves any.
std::vector<int64_t>
Enumerator::limitToEdgesLeft(const std::vector<int64_t> &choices,
                             const ParameterValues &values) const {
  std::set<int64_t> limited;
  for (int64_t choice : choices)
    limited.insert(choice & getEdgesLeft(values, problem));
  return {limited.begin(), limited.end()};
}

ConfigAttr Enumerator::makeConfig(ParameterValues values, int64_t warpM,
                                  int64_t warpN) const {
  if (policy.follows.count(Parameter::rasterGroup))
    at(values, Parameter::rasterGroup) = chooseRasterGroup(
        at(values, Parameter::blockM), at(values, Parameter::blockN), target);
  // Beside one stage an original's slot may be illegal, which is not to count.
  bool followsSlot = policy.follows.count(Parameter::copySlot);
  if (followsSlot)
    at(values, Parameter::copySlot) = int64_t(CopySlot::before_barrier);
  ConfigAttr config = getConfig(values, warpM, warpN, problem, target);
  return config && followsSlot ? withBestCopySlot(config, problem, target)
                               : config;
}

void Enumerator::walkWarpTiles(const ParameterValues &values) {
  int64_t m = at(values, Parameter::blockM), n = at(values, Parameter::blockN);
  int64_t slices = at(values, Parameter::kSlices);
  int64_t warps = at(values, Parameter::warps);
  // With block tile and warps frozen, the warp tile is as well.
  bool isFrozen = policy.isFrozen(Parameter::blockM) &&
                  policy.isFrozen(Parameter::blockN) &&
                  policy.isFrozen(Parameter::warps) &&
                  policy.isFrozen(Parameter::kSlices);
  if (isFrozen || warps % slices != 0) {
    // A policy that moves slices but not warps means the warps of one slice.
    if (isFrozen)
      consider(makeConfig(values, original.getWarpM(), original.getWarpN()));
    return;
  }
  for (int64_t rows = 1; rows <= warps / slices; rows *= 2) {
    int64_t columns = warps / slices / rows;
    if (m % rows == 0 && n % columns == 0)
      consider(makeConfig(values, m / rows, n / columns));
  }
}

void Enumerator::consider(ConfigAttr config) {
  ++space.considered;
  if (config == original)
    return;
  if (!config) {
    ++space.illegal;
    return;
  }
  TilePlan plan(config, problem.elementType);
  // Texts of refusals take time; the usual reason needs none.
  if (plan.getSharedBytes() > target.sharedBytesPerBlock) {
    ++space.illegal;
    if (lastReason.empty())
      lastReason = getIllegality(plan, target);
    return;
  }
  // Very large warp tiles do with one set of fragments, but not with rounded
  // ones beside those as loaded.
  bool sharesRegisters = plan.sharesFragmentRegisters() && !problem.rounds();
  if (!sharesRegisters &&
      plan.getRegisters(/*fragmentSets=*/2) > plan.getRegisterLimit(target)) {
    ++space.spilling;
    return;
  }
  std::string reason = getRefusal(problem, plan, target);
  if (!reason.empty()) {
    ++space.illegal;
    lastReason = reason;
    return;
  }
  double seconds = estimateCost(problem, plan, target).total;
  // Copies through registers need more than the plan alone: no block fits.
  if (std::isinf(seconds)) {
    ++space.spilling;
    return;
  }
  space.configs.push_back({config, seconds});
}

/// How many parameters differ from the original's.
int64_t Enumerator::countMoves(ConfigAttr config) const {
  ParameterValues values = getValues(config, problem.elementType);
  int64_t moves = 0;
  for (auto [value, before] : llvm::zip(values, originalValues))
    moves += value != before;
  return moves;
}

/// Keeps the best; of each pair of block and warp tile only some, so that an
/// error of the model about one tile does not fill the list. Where the model
/// sees no difference, fewer moves come first.
void Enumerator::prune() {
  using Key = std::tuple<double, int64_t, std::string>;
  std::vector<std::pair<Key, ConfigAttr>> sorted;
  for (const RankedConfig &ranked : space.configs)
    sorted.push_back(
        {Key(ranked.seconds, countMoves(ranked.config), format(ranked.config)),
         ranked.config});
  llvm::sort(sorted,
             [](const auto &a, const auto &b) { return a.first < b.first; });
  size_t wanted = policy.maxCandidates - 1;
  bool movesTiles = !policy.isFrozen(Parameter::blockM) ||
                    !policy.isFrozen(Parameter::blockN);
  size_t perTile =
      movesTiles ? std::max<size_t>(2, policy.maxCandidates / 8) : wanted;
  std::map<std::tuple<int64_t, int64_t, int64_t, int64_t>, size_t> ofTile;
  space.configs.clear();
  for (const auto &[key, config] : sorted) {
    size_t &count = ofTile[{config.getBlockM(), config.getBlockN(),
                            config.getWarpM(), config.getWarpN()}];
    if (space.configs.size() < wanted && count++ < perTile)
      space.configs.push_back({config, std::get<double>(key)});
    else
      ++space.pruned;
  }
}

llvm::Expected<Space> Enumerator::run() {
  TilePlan plan(original, problem.elementType);
  std::string illegal = getRefusal(problem, plan, target);
  if (!illegal.empty())
    return makeError("the original config is not legal: {0}", illegal);
  walk(0, originalValues);
  if (space.configs.empty())
    return makeError(
        "policy '{0}' leaves no config beside the original {1}: of "
        "{2} considered {3} are illegal{4} and {5} need too many "
        "registers",
        policy.name, format(original), space.considered, space.illegal,
        lastReason.empty() ? "" : " (" + lastReason + ")", space.spilling);
  prune();
  space.configs.insert(space.configs.begin(),
                       {original, estimateCost(problem, plan, target).total});
  return std::move(space);
}

llvm::Expected<Space> tuning::enumerate(const Policy &policy,
                                        ConfigAttr original,
                                        const Problem &problem,
                                        const TargetInfo &target) {
  return Enumerator(policy, original, problem, target).run();
}
