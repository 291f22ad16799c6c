//===- Barriers.cpp - Meeting at barriers, and never meeting --------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BlockState.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir::tt::emulator;

static uint64_t reduceBarrier(llvm::ArrayRef<Lane *> waiting,
                              BarrierReduction reduction) {
  uint64_t count = llvm::count_if(waiting, [](const Lane *lane) {
    return lane->barrierValue && uint32_t(*lane->barrierValue) != 0;
  });
  switch (reduction) {
  case BarrierReduction::And:
    return count == waiting.size();
  case BarrierReduction::Or:
    return count != 0;
  default:
    return count;
  }
}

void Block::releaseBarrier(llvm::ArrayRef<Lane *> waiting) {
  uint64_t value = reduceBarrier(waiting, waiting.front()->reduction);
  llvm::SmallVector<unsigned> warps;
  for (Lane *lane : waiting) {
    unsigned warp = lane->index / kLanes;
    Lane &leader = lanes[warp * kLanes];
    if (lane->site != leader.site)
      findings.add(Check::DivergentBarrier, lane->site, leader.site,
                   llvm::formatv("{0} waits at {1}, lane 0 of its warp at {2}",
                                 describeThread(blockId, lane->index),
                                 findings.describe(lane->site),
                                 findings.describe(leader.site)));
    if (warps.empty() || warps.back() != warp)
      warps.push_back(warp);
  }
  for (Lane *lane : waiting) {
    if (lane->reduction != BarrierReduction::None)
      *lane->barrierValue = value;
    lane->waits = Waits::Nothing;
  }
  measurements.barriers += warps.size();
  if (checker)
    checker->synchronize(warps);
  if (!requests)
    return;
  for (unsigned warp : warps) {
    requests->flush(warp);
    requests->countExecuted(lanes[warp * kLanes].site);
  }
}

/// Lets threads pass the barriers at which all that a barrier takes have
/// arrived. A thread that has ended never arrives.
bool Block::releaseBarriers() {
  constexpr unsigned kBarriers = 16; // PTX ISA, bar
  llvm::SmallVector<Lane *> waiting[kBarriers];
  for (Lane &lane : lanes)
    if (!lane.fiber.isDone() && lane.waits == Waits::Barrier)
      waiting[lane.barrier % kBarriers].push_back(&lane);
  bool progress = false;
  for (auto &lanesThere : waiting) {
    if (lanesThere.empty())
      continue;
    size_t expected = lanesThere.front()->barrierThreads;
    if (lanesThere.size() != (expected ? expected : lanes.size()))
      continue;
    releaseBarrier(lanesThere);
    progress = true;
  }
  return progress;
}

//===----------------------------------------------------------------------===//
// Threads that wait for what cannot happen
//===----------------------------------------------------------------------===//

void Block::reportStuckLane(const Lane &lane) {
  std::string where =
      llvm::formatv("{0} waits at {1}", describeThread(blockId, lane.index),
                    findings.describe(lane.site));
  if (lane.waits == Waits::Batch) {
    findings.add(Check::DivergentCollective, lane.site, ~0u,
                 where + ", which other lanes of its warp never reach");
    return;
  }
  bool someEnded = llvm::any_of(
      lanes, [](const Lane &other) { return other.fiber.isDone(); });
  bool splitWarp = llvm::any_of(lanes, [&](const Lane &other) {
    const Lane &leader = lanes[other.index / kLanes * kLanes];
    return other.waits != leader.waits || other.barrier != leader.barrier;
  });
  if (someEnded || splitWarp)
    findings.add(Check::DivergentBarrier, lane.site, ~0u,
                 where + ", which other threads never reach");
  else
    findings.add(Check::Deadlock, lane.site, ~0u,
                 where + " for threads that wait elsewhere");
}

/// Nobody can run. Of a warp that is split between a barrier and a warp-wide
/// instruction nobody knows which one it should have reached: both are named.
void Block::reportStuck() {
  const Lane *atBatch = nullptr, *atBarrier = nullptr;
  bool barrierIsSplit = false;
  for (const Lane &lane : lanes) {
    if (lane.fiber.isDone())
      continue;
    if (lane.waits == Waits::Batch) {
      atBatch = atBatch ? atBatch : &lane;
      continue;
    }
    bool isSplit = llvm::any_of(lanes, [&](const Lane &other) {
      return other.index / kLanes == lane.index / kLanes &&
             !other.fiber.isDone() && other.waits != lane.waits;
    });
    if (!atBarrier || (isSplit && !barrierIsSplit))
      atBarrier = &lane;
    barrierIsSplit |= isSplit;
  }
  if (atBatch)
    reportStuckLane(*atBatch);
  if (atBarrier && (!atBatch || barrierIsSplit))
    reportStuckLane(*atBarrier);
}
