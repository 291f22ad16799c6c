//===- Counters.cpp - What occupancy and counters say ---------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tt/Tuning/Advice.h"
#include "tt/Tuning/Support.h"
#include "llvm/Support/JSON.h"

using namespace mlir;
using namespace mlir::tt;
using namespace mlir::tt::tuning;

//===----------------------------------------------------------------------===//
// Occupancy
//===----------------------------------------------------------------------===//

/// How far a block more is away, in the unit of the limit.
static void addLimit(Report &report, const BlockResources &block,
                     const Occupancy &occupancy, const TargetInfo &target) {
  int64_t next = occupancy.blocks + 1;
  int64_t shared = getAllocatedSharedBytes(block.sharedBytes);
  int64_t missing = next * shared - target.sharedBytesPerSM;
  int64_t others =
      std::min({occupancy.blocksByRegisters, occupancy.blocksByWarps,
                occupancy.blocksByBlocks});
  if (occupancy.limit == OccupancyLimit::sharedMemory)
    report.add(
        "occupancy",
        llvm::formatv(
            "Shared memory holds it there: {0} blocks would take {0} x {1} "
            "bytes (the block's {2} and the system's {3}, rounded up), {4} "
            "more "
            "than the {5} of an SM; everything else would allow {6} blocks.",
            next, withCommas(shared), withCommas(block.sharedBytes),
            withCommas(kReservedSharedBytesPerBlock), withCommas(missing),
            withCommas(target.sharedBytesPerSM), others),
        {{"shared bytes of a block", double(block.sharedBytes)},
         {"with system's", double(shared)},
         {"shared bytes of an SM", double(target.sharedBytesPerSM)},
         {"missing for one block more", double(missing)},
         {"blocks by registers", double(occupancy.blocksByRegisters)},
         {"blocks by warps", double(occupancy.blocksByWarps)}});
  else
    report.add(
        "occupancy",
        llvm::formatv("What holds it there: {0}; by shared memory {1} "
                      "blocks would fit, by registers {2} ({3} a thread), "
                      "by warps {4}, by blocks {5}.",
                      getName(occupancy.limit), occupancy.blocksByShared,
                      occupancy.blocksByRegisters, block.registersPerThread,
                      occupancy.blocksByWarps, occupancy.blocksByBlocks),
        {{"registers a thread", double(block.registersPerThread)},
         {"shared bytes of a block", double(block.sharedBytes)}});
}

void tuning::addOccupancy(Report &report, const BlockResources &block,
                          int64_t grid, const TargetInfo &target) {
  Occupancy occupancy = getOccupancy(block, target);
  double percent = 100 * occupancy.getFraction(target);
  report.add("occupancy",
             llvm::formatv("{0} block{1} of {2} warps fit an SM: {3} of {4} "
                           "warps, {5:f2} %.",
                           occupancy.blocks, occupancy.blocks == 1 ? "" : "s",
                           block.threads / kThreadsPerWarp, occupancy.warps,
                           target.getWarpsPerSM(), percent),
             {{"blocks an SM", double(occupancy.blocks)},
              {"warps an SM", double(occupancy.warps)},
              {"warps at most", double(target.getWarpsPerSM())}});
  addLimit(report, block, occupancy, target);
  Waves waves = getWaves(grid, occupancy.blocks, target);
  if (occupancy.blocks == 0 || grid == 0)
    return;
  report.add("occupancy",
             llvm::formatv("{0} blocks run in {1} waves of {2}; the last has "
                           "{3}, so {4:f1} % of the slots are used.",
                           withCommas(grid), waves.count,
                           withCommas(waves.slots), waves.lastBlocks,
                           100 * waves.getEfficiency()),
             {{"grid", double(grid)},
              {"slots", double(waves.slots)},
              {"SMs", double(target.multiprocessors)}});
}

//===----------------------------------------------------------------------===//
// Counters
//===----------------------------------------------------------------------===//

/// The counter's 100 % is the tensor cores' fastest rate. Cards that halve the
/// rate with f32 accumulation cannot come near to it.
static void addSMThroughput(Report &report, double percent, bool isF32,
                            const TargetInfo &target) {
  double ceiling = 100 * target.f16Flops / target.f16AccumulateFlops;
  double peak = isF32 ? target.tf32Flops : target.f16Flops;
  double ofLimit = percent / ceiling;
  const char *type = isF32 ? "TF32" : "16-bit";
  std::string why;
  if (target.halvesF32Accumulation())
    why = llvm::formatv(
        "sm__throughput {0:f2} % does not mean that the rest is idle: its 100 "
        "% "
        "is the tensor cores' rate with f16 accumulation ({1:f1} TFLOP/s of "
        "f16), and {2} accumulates in f32 at {3:f1}, so that a kernel of f32 "
        "sums cannot pass {4:f1} %. ",
        percent, target.f16AccumulateFlops * 1e-12, target.name,
        target.f16Flops * 1e-12, ceiling);
  else
    why =
        llvm::formatv("sm__throughput {0:f2} %: {1} accumulates in f32 at its "
                      "full rate, so that 100 % can be reached. ",
                      percent, target.name);
  report.add("counters",
             llvm::formatv(
                 "{0}If tensor cores are what it measures, the kernel stands "
                 "near {1:f0} % of the f32-accumulate limit: about {2:f1} of "
                 "{3:f1} TFLOP/s of {4}; at most {5:f2} times faster is left.",
                 why, 100 * ofLimit, ofLimit * peak * 1e-12, peak * 1e-12, type,
                 1 / std::max(ofLimit, 1e-3)),
             {{"sm__throughput", percent},
              {"ceiling", ceiling},
              {"f16 TFLOP/s, f32 sums", target.f16Flops * 1e-12},
              {"f16 TFLOP/s, f16 sums", target.f16AccumulateFlops * 1e-12},
              {"percent of the limit", 100 * ofLimit}});
}

static void addMemory(Report &report, const Profile &profile,
                      const TargetInfo &target) {
  std::optional<double> dram = profile.get(metric::kDramThroughput);
  std::optional<double> hits = profile.get(metric::kL2HitRate);
  if (dram) {
    double used = *dram / 100 * target.dramBytesPerSecond * 1e-9;
    constexpr double kBusyPercent = 60;
    report.add("counters",
               llvm::formatv("DRAM moves {0:f2} % of {1:f0} GB/s, {2:f0} GB/s: "
                             "memory {3} the limit.",
                             *dram, target.dramBytesPerSecond * 1e-9, used,
                             *dram < kBusyPercent ? "is not" : "is close to"),
               {{"dram__throughput", *dram},
                {"GB/s at most", target.dramBytesPerSecond * 1e-9}});
  }
  if (hits)
    report.add("counters",
               llvm::formatv("{0:f2} % of the sectors that L2 is asked for are "
                             "there: of 16 reads {1:f1} go on to DRAM.",
                             *hits, 16 * (1 - *hits / 100)),
               {{"lts__t_sector_hit_rate", *hits}});
}

void tuning::addCounters(Report &report, const Profile &profile, bool isF32,
                         const TargetInfo &target) {
  if (std::optional<double> warps = profile.get(metric::kWarpsActive))
    report.add("counters",
               llvm::formatv("{0:f2} % of {1} warps are {2:f1} warps an SM.",
                             *warps, target.getWarpsPerSM(),
                             *warps / 100 * target.getWarpsPerSM()),
               {{"sm__warps_active", *warps},
                {"warps at most", double(target.getWarpsPerSM())}});
  if (std::optional<double> sm = profile.get(metric::kSMThroughput))
    addSMThroughput(report, *sm, isF32, target);
  addMemory(report, profile, target);
}

//===----------------------------------------------------------------------===//
// Against CUDA's own calculation
//===----------------------------------------------------------------------===//

llvm::Expected<Report> tuning::checkOccupancy(StringRef json,
                                              const TargetInfo &target) {
  llvm::Expected<llvm::json::Value> value = llvm::json::parse(json);
  if (!value)
    return value.takeError();
  const llvm::json::Array *rows = value->getAsArray();
  if (!rows || rows->empty())
    return makeError("expected a list of occupancies that is not empty");
  Report report;
  double agreeing = 0;
  for (const llvm::json::Value &element : *rows) {
    const llvm::json::Object *row = element.getAsObject();
    auto get = [&](StringRef name) {
      return row ? row->getInteger(name) : std::nullopt;
    };
    auto threads = get("threads"), registers = get("registers"),
         shared = get("shared_bytes"), blocks = get("blocks");
    if (!threads || !registers || !shared || !blocks)
      return makeError("an occupancy has no numbers 'threads', 'registers', "
                       "'shared_bytes' and 'blocks'");
    Occupancy ours = getOccupancy({*threads, *registers, *shared}, target);
    if (ours.blocks == *blocks) {
      ++agreeing;
      continue;
    }
    report.add("disagreeing",
               llvm::formatv("{0} threads, {1} registers, {2} bytes: CUDA {3} "
                             "blocks, ours {4}.",
                             *threads, *registers, *shared, *blocks,
                             ours.blocks),
               {});
  }
  report.add(
      "occupancy",
      llvm::formatv("{0:f0} of {1} occupancies agree.", agreeing, rows->size()),
      {});
  return report;
}
