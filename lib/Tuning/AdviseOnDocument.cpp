//===- AdviseOnDocument.cpp - Which config ran, and what it may become ----===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A config can have run if the card can launch it, if its occupancy is the one
// that the warps-active counter shows, and if its grid is the one that was
// launched (where sizes are known). The same test decides between 32-bit and
// 16-bit operands if nobody says which they are.
//
//===----------------------------------------------------------------------===//

#include "mlir/IR/BuiltinTypes.h"
#include "tt/Tuning/Advice.h"
#include "tt/Tuning/Support.h"
#include <cmath>
#include <tuple>

using namespace mlir;
using namespace mlir::tt;
using namespace mlir::tt::tuning;

namespace {

class Adviser {
public:
  Adviser(const Document &document, const Sizes &sizes, Type elementType,
          MLIRContext *context, const TargetInfo &target)
      : document(document), sizes(sizes), elementType(elementType),
        context(context), target(target) {
    if (!document.profiles.empty())
      profile = document.profiles.front();
  }

  Report run();

private:
  int64_t getElementBytes(Type type) const {
    return type.getIntOrFloatBitWidth() / 8;
  }
  BlockResources getResources(const TritonConfig &config, Type type) const;
  /// Why `config` cannot be what the counters show; empty if it can.
  std::string refute(const TritonConfig &config, Type type) const;
  void inferElementType();
  void addConfigs();
  void addRunning(const TritonConfig &config);
  void addMoves(const TritonConfig &config);
  void addMove(const TritonConfig &from, Parameter parameter, int64_t value);
  void addList(const TritonConfig &from);
  std::vector<std::pair<double, TritonConfig>>
  getRanked(const TritonConfig &from) const;
  /// Sizes for estimates: the user's, or guessed from the grid.
  Problem getProblem(const TritonConfig &config) const;
  double estimate(const TritonConfig &config) const;

  const Document &document;
  Sizes sizes;
  Type elementType;
  MLIRContext *context;
  const TargetInfo &target;
  Profile profile;
  std::vector<TritonConfig> running;
  TritonConfig baseline; ///< whose grid the sizes are guessed from
  Report report;
};

} // namespace

BlockResources Adviser::getResources(const TritonConfig &config,
                                     Type type) const {
  std::optional<double> registers = profile.get(metric::kRegisters);
  std::optional<double> shared = profile.get(metric::kDynamicShared);
  bool isMeasured = running.size() == 1 && config == running.front();
  return {config.getThreads(),
          isMeasured && registers ? int64_t(*registers)
                                  : config.estimateRegisters(type),
          isMeasured && shared ? int64_t(*shared)
                               : config.getSharedBytes(getElementBytes(type))};
}

//===----------------------------------------------------------------------===//
// Which one ran
//===----------------------------------------------------------------------===//

/// Occupancy is measured as an average over time: a little less than the limit
/// at the ends of a launch, never more.
static bool agrees(double measuredPercent, double percent) {
  constexpr double kTail = 0.85, kRounding = 1.01;
  return measuredPercent >= kTail * percent &&
         measuredPercent <= kRounding * percent;
}

std::string Adviser::refute(const TritonConfig &config, Type type) const {
  std::string illegal =
      tuning::getIllegality(config, getElementBytes(type), target);
  if (!illegal.empty())
    return "it cannot be launched: " + illegal;
  if (std::optional<double> threads = profile.get(metric::kBlockSize))
    if (int64_t(*threads) != config.getThreads())
      return llvm::formatv("its blocks have {0} threads, {1:f0} were launched",
                           config.getThreads(), *threads);
  std::optional<double> grid = profile.get(metric::kGridSize);
  if (grid && sizes.areKnown() &&
      config.getBlocks(sizes.m, sizes.n) != int64_t(*grid))
    return llvm::formatv("its grid is {0} blocks, {1:f0} were launched",
                         config.getBlocks(sizes.m, sizes.n), *grid);
  std::optional<double> warps = profile.get(metric::kWarpsActive);
  Occupancy occupancy = getOccupancy(getResources(config, type), target);
  double percent = 100 * occupancy.getFraction(target);
  if (warps && !agrees(*warps, percent))
    return llvm::formatv(
        "{0} block{1} of {2} warps fit an SM, {3:f2} % of {4} warps; {5:f2} % "
        "were active",
        occupancy.blocks, occupancy.blocks == 1 ? "" : "s", config.warps,
        percent, target.getWarpsPerSM(), *warps);
  return {};
}

/// Of f32 and f16 the one with which any config can have run.
void Adviser::inferElementType() {
  if (elementType)
    return;
  Type f32 = Float32Type::get(context), f16 = Float16Type::get(context);
  auto count = [&](Type type) {
    return llvm::count_if(document.configs, [&](const TritonConfig &config) {
      return refute(config, type).empty();
    });
  };
  int64_t with32 = count(f32), with16 = count(f16);
  elementType = with32 == 0 && with16 > 0 ? f16 : f32;
  if (document.configs.empty() || profile.metrics.empty())
    return;
  bool isDecided = (with32 == 0) != (with16 == 0);
  report.add(
      "configs",
      llvm::formatv("Operands are taken to be {0}: with 4 bytes an "
                    "element {1} of the configs agree with the counters, "
                    "with 2 bytes {2}{3}.",
                    elementType, with32, with16,
                    isDecided ? "" : " (--type decides)"),
      {{"agreeing with f32", double(with32)},
       {"agreeing with f16", double(with16)}});
}

void Adviser::addConfigs() {
  for (const auto &[i, config] : llvm::enumerate(document.configs)) {
    std::string reason = refute(config, elementType);
    int64_t bytes = config.getSharedBytes(getElementBytes(elementType));
    Occupancy occupancy =
        getOccupancy(getResources(config, elementType), target);
    std::string verdict = profile.metrics.empty()
                              ? (reason.empty() ? "is legal" : "cannot run")
                          : reason.empty() ? "can have run"
                                           : "cannot have run";
    if (reason.empty())
      running.push_back(config);
    if (reason.empty())
      reason = llvm::formatv("{0} bytes of shared memory, {1} block{2} of {3} "
                             "warps an SM, {4:f2} % of {5} warps",
                             withCommas(bytes), occupancy.blocks,
                             occupancy.blocks == 1 ? "" : "s", config.warps,
                             100 * occupancy.getFraction(target),
                             target.getWarpsPerSM());
    report.add("configs",
               llvm::formatv("Config {0} ({1}) {2}: {3}.", i + 1,
                             config.describe(), verdict, reason),
               {{"shared bytes", double(bytes)},
                {"allowed", double(target.sharedBytesPerBlock)},
                {"blocks an SM", double(occupancy.blocks)}});
  }
  if (!document.configs.empty())
    report.add(
        "configs",
        "Shared bytes are those of Triton's pipelined loop: num_stages - "
        "1 buffers of (BLOCK_M + BLOCK_N) x BLOCK_K elements.",
        {{"bytes an element", double(getElementBytes(elementType))}});
}

void Adviser::addRunning(const TritonConfig &config) {
  std::optional<double> grid = profile.get(metric::kGridSize);
  int64_t blocks = grid               ? int64_t(*grid)
                   : sizes.areKnown() ? config.getBlocks(sizes.m, sizes.n)
                                      : 0;
  if (grid && !sizes.areKnown())
    report.add(
        "configs",
        llvm::formatv("A grid of {0} blocks of {1}x{2} is a C of {3} "
                      "elements, if M and N are multiples of the tile "
                      "(for instance {4} x {5}).",
                      blocks, config.blockM, config.blockN,
                      withCommas(blocks * config.blockM * config.blockN),
                      getProblem(config).m, getProblem(config).n),
        {{"grid", *grid}, {"tile", double(config.blockM * config.blockN)}});
  addOccupancy(report, getResources(config, elementType), blocks, target);
}

//===----------------------------------------------------------------------===//
// What it may become
//===----------------------------------------------------------------------===//

/// Without sizes: the grid of the config that ran, cut into a C whose sides are
/// powers of two of tiles, and a K that is long.
Problem Adviser::getProblem(const TritonConfig &config) const {
  Problem problem = {sizes.m, sizes.n, sizes.k, elementType,
                     Rounding::truncate};
  if (sizes.areKnown())
    return problem;
  int64_t grid = profile.get(metric::kGridSize).value_or(1024);
  int64_t rows = 1;
  while (rows * rows * config.blockM < grid / rows * rows * config.blockN &&
         grid % (2 * rows) == 0 &&
         2 * rows * config.blockM <= grid / (2 * rows) * config.blockN)
    rows *= 2;
  problem.m = rows * config.blockM;
  problem.n = grid / rows * config.blockN;
  problem.k = sizes.k > 0 ? sizes.k : getModelSize(ShapedType::kDynamic);
  return problem;
}

double Adviser::estimate(const TritonConfig &config) const {
  ConfigAttr ours = config.getConfig(context);
  if (!ours)
    return HUGE_VAL;
  return estimateCost(getProblem(baseline), TilePlan(ours, elementType), target)
      .total;
}

static TritonConfig move(TritonConfig config, Parameter parameter,
                         int64_t value) {
  (parameter == Parameter::warps ? config.warps : config.stages) = value;
  return config;
}

void Adviser::addMove(const TritonConfig &from, Parameter parameter,
                      int64_t value) {
  TritonConfig to = move(from, parameter, value);
  const char *name = parameter == Parameter::warps ? "num_warps" : "num_stages";
  int64_t bytes = to.getSharedBytes(getElementBytes(elementType));
  std::string illegal =
      tuning::getIllegality(to, getElementBytes(elementType), target);
  std::vector<std::pair<std::string, double>> numbers = {
      {"shared bytes", double(bytes)},
      {"allowed", double(target.sharedBytesPerBlock)}};
  if (!illegal.empty()) {
    report.add(
        "moves",
        llvm::formatv("{0} {1} is not legal: {2}.", name, value, illegal),
        std::move(numbers));
    return;
  }
  Occupancy occupancy = getOccupancy(getResources(to, elementType), target);
  double now = estimate(from), then = estimate(to);
  if (!std::isfinite(then) || !std::isfinite(now)) {
    report.add("moves",
               llvm::formatv("{0} {1} is legal; the model has no estimate for "
                             "it, since a warp would have less than 16x16.",
                             name, value),
               std::move(numbers));
    return;
  }
  if (occupancy.blocks == 0) {
    report.add("moves",
               llvm::formatv("{0} {1} is legal only if the compiler spills: "
                             "about {2} registers a thread, {3} threads.",
                             name, value, to.estimateRegisters(elementType),
                             to.getThreads()),
               std::move(numbers));
    return;
  }
  numbers.push_back({"estimate us", then * 1e6});
  numbers.push_back({"now us", now * 1e6});
  report.add("moves",
             llvm::formatv("{0} {1} is legal: {2} block{3} of {4} warps an SM, "
                           "about {5} registers a thread; predicted {6:f1} % "
                           "{7}.",
                           name, value, occupancy.blocks,
                           occupancy.blocks == 1 ? "" : "s", to.warps,
                           to.estimateRegisters(elementType),
                           100 * std::abs(now / then - 1),
                           then <= now ? "faster" : "slower"),
             std::move(numbers));
}

/// The policy's legal configs, best estimate first; the original among them.
std::vector<std::pair<double, TritonConfig>>
Adviser::getRanked(const TritonConfig &from) const {
  const Policy &policy = *document.policy;
  std::vector<std::pair<double, TritonConfig>> ranked;
  for (int64_t warps : policy.getValues(Parameter::warps, from.warps))
    for (int64_t stages : policy.getValues(Parameter::stages, from.stages)) {
      TritonConfig to = from;
      to.warps = warps;
      to.stages = stages;
      bool isLegal =
          tuning::getIllegality(to, getElementBytes(elementType), target)
              .empty() &&
          getOccupancy(getResources(to, elementType), target).blocks > 0;
      if (isLegal && !(to == from))
        ranked.push_back({estimate(to), to});
    }
  llvm::sort(ranked, [](const auto &a, const auto &b) {
    return std::tie(a.first, a.second.warps, a.second.stages) <
           std::tie(b.first, b.second.warps, b.second.stages);
  });
  if (int64_t(ranked.size()) >= policy.maxCandidates)
    ranked.resize(policy.maxCandidates - 1);
  ranked.insert(ranked.begin(), {estimate(from), from});
  return ranked;
}

void Adviser::addList(const TritonConfig &from) {
  const Policy &policy = *document.policy;
  std::vector<std::pair<double, TritonConfig>> ranked = getRanked(from);
  std::string list;
  for (const auto &[seconds, config] : ranked)
    list +=
        llvm::formatv("{0}({1} warps, {2} stages)", list.empty() ? "" : ", ",
                      config.warps, config.stages);
  std::string count = int64_t(ranked.size()) < policy.minCandidates
                          ? llvm::formatv(" - fewer than the {0} wanted, since "
                                          "no more are legal",
                                          policy.minCandidates)
                                .str()
                          : std::string();
  report.add("moves",
             llvm::formatv("To try under this policy, the original first, then "
                           "by estimate: {0}{1}.",
                           list, count),
             {{"legal configs", double(ranked.size())},
              {"wanted at least", double(policy.minCandidates)},
              {"at most", double(policy.maxCandidates)}});
}

void Adviser::addMoves(const TritonConfig &config) {
  if (!document.policy)
    return;
  baseline = config;
  Problem problem = getProblem(config);
  report.add("moves",
             llvm::formatv("From {0}, estimated for M={1} N={2} K={3}{4}:",
                           config.describe(), problem.m, problem.n, problem.k,
                           sizes.areKnown() ? ""
                                            : " (sizes that the document does "
                                              "not give; --m --n --k do)"),
             {{"grid", profile.get(metric::kGridSize).value_or(0)}});
  for (Parameter parameter : {Parameter::warps, Parameter::stages}) {
    int64_t original =
        parameter == Parameter::warps ? config.warps : config.stages;
    for (int64_t value : document.policy->getValues(parameter, original))
      if (value != original)
        addMove(config, parameter, value);
  }
  addList(config);
}

//===----------------------------------------------------------------------===//
// All of it
//===----------------------------------------------------------------------===//

Report Adviser::run() {
  inferElementType();
  addConfigs();
  if (!running.empty())
    addRunning(running.front());
  else if (!document.configs.empty())
    report.add("configs",
               "None of the configs agrees with the counters: another kernel, "
               "another card, other sizes, or another element type.",
               {{"configs", double(document.configs.size())}});
  addCounters(report, profile, elementType.isF32(), target);
  if (!running.empty())
    addMoves(running.front());
  return std::move(report);
}

Report tuning::adviseOnDocument(const Document &document, const Sizes &sizes,
                                Type elementType, MLIRContext *context,
                                const TargetInfo &target) {
  return Adviser(document, sizes, elementType, context, target).run();
}
