//===- AdviseOnConfig.cpp - A config of ours, without running it ----------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tt/Tuning/Advice.h"
#include "tt/Tuning/Support.h"

using namespace mlir;
using namespace mlir::tt;
using namespace mlir::tt::tuning;

static void addRoofline(Report &report, const Problem &problem,
                        const TargetInfo &target) {
  Roofline roofline = getRoofline(problem, target);
  report.add("roofline",
             llvm::formatv(
                 "{0:f1} GFLOP on at least {1:f1} MiB: {2:f0} flop a byte; "
                 "{3} needs {4:f0} to be limited by its tensor cores, so the "
                 "product is {5}.",
                 roofline.flops * 1e-9, roofline.compulsoryBytes / (1 << 20),
                 roofline.getIntensity(), target.name,
                 roofline.getRidge(target),
                 roofline.isComputeBound() ? "compute-bound" : "memory-bound"),
             {{"flops", roofline.flops},
              {"compulsory bytes", roofline.compulsoryBytes},
              {"flop a byte", roofline.getIntensity()},
              {"ridge", roofline.getRidge(target)}});
  report.add("roofline",
             llvm::formatv("No kernel is faster than {0:f1} us ({1:f1} TFLOP/s "
                           "at {2:f1}; memory alone {3:f1} us).",
                           roofline.getSeconds() * 1e6,
                           roofline.flops / roofline.getSeconds() * 1e-12,
                           roofline.peakFlops * 1e-12,
                           roofline.dramSeconds * 1e6),
             {{"tensor us", roofline.tensorSeconds * 1e6},
              {"DRAM us", roofline.dramSeconds * 1e6}});
}

static void addEstimate(Report &report, const Problem &problem,
                        const CostEstimate &cost, const TargetInfo &target) {
  Roofline roofline = getRoofline(problem, target);
  report.add(
      "model",
      llvm::formatv("Estimated {0:f1} us, {1:f1} TFLOP/s, {2:f0} % of the "
                    "roofline; what takes longest in the main loop: {3}.",
                    cost.total * 1e6, roofline.flops / cost.total * 1e-12,
                    100 * roofline.getSeconds() / cost.total, cost.getBound()),
      {{"total us", cost.total * 1e6},
       {"tensor us", cost.tensor * 1e6},
       {"issue us", cost.issue * 1e6},
       {"shared memory us", cost.sharedMemory * 1e6},
       {"L2 us", cost.l2 * 1e6},
       {"DRAM us", cost.dram * 1e6},
       {"latency us", cost.latency * 1e6},
       {"steps us", cost.steps * 1e6},
       {"ends us", (cost.prologue + cost.epilogue) * 1e6},
       {"reduction us", cost.reduction * 1e6},
       {"edges us", cost.edges * 1e6},
       {"launch us", cost.launch * 1e6},
       {"overlap us", cost.overlap * 1e6}});
}

/// One parameter moved to `value`, everything else as it is.
static ConfigAttr getMoved(ConfigAttr config, const Problem &problem,
                           const TargetInfo &target, Parameter parameter,
                           int64_t value) {
  ParameterValues values = getValues(config, problem.elementType);
  at(values, parameter) = value;
  return getConfig(values, config.getWarpM(), config.getWarpN(), problem,
                   target);
}

static void addMove(Report &report, const Problem &problem, ConfigAttr config,
                    Parameter parameter, int64_t value, const CostEstimate &now,
                    const TargetInfo &target) {
  ConfigAttr moved = getMoved(config, problem, target, parameter, value);
  if (!moved)
    return;
  std::string what = llvm::formatv("{0} = {1}", getName(parameter),
                                   formatValue(parameter, value));
  TilePlan plan(moved, problem.elementType);
  std::string illegal = getIllegality(plan, target);
  if (!illegal.empty()) {
    report.add("moves", what + " is not legal: " + illegal + ".",
               {{"shared bytes", double(plan.getSharedBytes())},
                {"allowed", double(target.sharedBytesPerBlock)}});
    return;
  }
  double seconds = estimateCost(problem, plan, target).total;
  report.add("moves",
             llvm::formatv("{0}: estimated {1:f1} us, {2:f1} % {3}.", what,
                           seconds * 1e6,
                           100 * std::abs(now.total / seconds - 1),
                           seconds <= now.total ? "faster" : "slower"),
             {{"us", seconds * 1e6}, {"now us", now.total * 1e6}});
}

Report tuning::adviseOnConfig(const Problem &problem, ConfigAttr config,
                              const TargetInfo &target) {
  Report report;
  addRoofline(report, problem, target);
  TilePlan plan(config, problem.elementType);
  std::string illegal = getRefusal(problem, plan, target);
  if (!illegal.empty()) {
    report.add("config", "The config is not legal: " + illegal + ".",
               {{"shared bytes", double(plan.getSharedBytes())}});
    return report;
  }
  CostEstimate cost = estimateCost(problem, plan, target);
  addOccupancy(report,
               {plan.getThreads(), cost.registers, plan.getSharedBytes()},
               cost.waves.grid, target);
  addEstimate(report, problem, cost, target);
  for (int64_t step : {-1, 1})
    if (config.getStages() + step >= 1)
      addMove(report, problem, config, Parameter::stages,
              config.getStages() + step, cost, target);
  addMove(report, problem, config, Parameter::aLayout,
          1 - int64_t(config.getALayout()), cost, target);
  addMove(report, problem, config, Parameter::kSlices,
          config.getKSlices() == 1 ? 2 : 1, cost, target);
  addMove(report, problem, config, Parameter::splitK,
          config.getSplitK() == 1 ? 2 : 1, cost, target);
  addMove(report, problem, config, Parameter::streamK,
          config.getStreamTiles() == 0 ? 1 : 0, cost, target);
  addMove(report, problem, config, Parameter::persistent,
          config.isPersistent() ? 0 : 1, cost, target);
  int64_t left = getEdgesLeft(getValues(config, problem.elementType), problem);
  if (left)
    addMove(report, problem, config, Parameter::edge,
            config.hasEdges() ? 0 : left, cost, target);
  ConfigAttr best = chooseConfig(problem, target);
  double seconds =
      estimateCost(problem, TilePlan(best, problem.elementType), target).total;
  std::string text;
  llvm::raw_string_ostream(text) << best;
  report.add("moves",
             llvm::formatv("The default for this problem is {0}: estimated "
                           "{1:f1} us.",
                           text, seconds * 1e6),
             {{"us", seconds * 1e6}, {"now us", cost.total * 1e6}});
  return report;
}
