//===- BlockState.cpp - Running the lanes of a block ----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each lane runs until it meets a warp-wide instruction or a barrier. A batch of
// warp-wide instructions is executed when all lanes of the warp wait for it, a
// barrier passed when all its threads wait at it. If no lane can run and nothing
// can be released, the block would hang on a GPU.
//
//===----------------------------------------------------------------------===//

#include "BlockState.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include <algorithm>
#include <cstring>

using namespace mlir::tt::emulator;

thread_local Lane *mlir::tt::emulator::currentLane = nullptr;

// All bits set are a NaN in f32, f16 and bf16: an element of shared memory that
// is read before it was written shows in the result.
static constexpr int kPoison = 0xFF;

void PendingCopy::land() {
  if (landed)
    return;
  landed = true;
  std::memcpy(destination, source, readBytes);
  std::memset(destination + readBytes, 0, writeBytes - readBytes);
}

void Lane::wait(Waits what, uint32_t atSite) {
  waits = what;
  site = atSite;
  fiber.suspend();
}

static void runKernel(void *argument) {
  auto *lane = static_cast<Lane *>(argument);
  lane->block->kernel(lane->block->parameters);
}

bool Block::prepare(const LaunchGeometry &geometry, size_t sharedBytes) {
  gridSize = geometry.grid;
  blockSize = geometry.block;
  shared.resize(sharedBytes);
  unsigned index = 0;
  for (unsigned z = 0; z < blockSize[2]; ++z)
    for (unsigned y = 0; y < blockSize[1]; ++y)
      for (unsigned x = 0; x < blockSize[0]; ++x) {
        Lane &lane = lanes.emplace_back(index++);
        if (!lane.fiber.isValid())
          return false;
        lane.block = this;
        lane.threadId = {x, y, z};
      }
  return true;
}

//===----------------------------------------------------------------------===//
// Warps
//===----------------------------------------------------------------------===//

void Block::runLane(Lane &lane) {
  currentLane = &lane;
  lane.fiber.resume();
}

bool Block::runBatch(unsigned warp) {
  size_t first = warp * kLanes;
  // A partial warp never has all the lanes that the instruction needs.
  if (first + kLanes > lanes.size())
    return false;
  WarpContext context{this, warp, {}, matrices};
  const Batch *batch = lanes[first].batch;
  for (unsigned i = 0; i < kLanes; ++i) {
    Lane &lane = lanes[first + i];
    if (lane.waits != Waits::Batch || lane.batch != batch)
      return false;
    context.slots[i] = lane.batchSlots;
  }
  if (requests)
    requests->flush(warp);
  matrices.reserve(batch->countA, batch->countB, batch->countC);
  for (const Step &step : batch->steps) {
    step.execute(step, context);
    if (aborted)
      return false;
  }
  measurements.mma += batch->mma;
  measurements.ldmatrix += batch->ldmatrix;
  for (unsigned i = 0; i < kLanes; ++i)
    lanes[first + i].waits = Waits::Nothing;
  return true;
}

bool Block::advanceWarp(unsigned warp) {
  size_t first = warp * kLanes;
  size_t count = std::min<size_t>(kLanes, lanes.size() - first);
  bool reversed = scheduler.reversesLanes(), progress = false;
  for (size_t i = 0; i < count; ++i) {
    Lane &lane = lanes[first + (reversed ? count - 1 - i : i)];
    if (!lane.canRun())
      continue;
    runLane(lane);
    progress = true;
    if (aborted)
      return false;
  }
  scheduler.advance();
  if (scheduler.copiesLandEarly())
    landDueCopies();
  if (progress)
    runBatch(warp);
  return progress;
}

void Block::landDueCopies() {
  uint64_t now = scheduler.getStep();
  auto land = [&](llvm::MutableArrayRef<PendingCopy> copies) {
    for (PendingCopy &copy : copies)
      if (copy.landAt <= now)
        copy.land();
  };
  for (Lane &lane : lanes) {
    for (auto &group : lane.groups)
      land(group);
    land(lane.openGroup);
  }
}

//===----------------------------------------------------------------------===//
// Barriers
//===----------------------------------------------------------------------===//

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
// Notes of what instructions do
//===----------------------------------------------------------------------===//

bool Block::noteLdMatrix(unsigned warp, uint32_t site,
                         llvm::ArrayRef<uint64_t> addresses) {
  constexpr unsigned kRowBytes = 16;
  if (requests)
    requests->countLdMatrix(site, addresses);
  if (!checker)
    return true;
  for (auto [lane, address] : llvm::enumerate(addresses))
    if (!checker->checkShared({site, unsigned(warp * kLanes + lane), address,
                               kRowBytes, AccessKind::Read})) {
      abort();
      return false;
    }
  return true;
}

void Block::noteWarpSync(unsigned warp) {
  if (checker)
    checker->synchronize(warp);
}

void Block::noteAccess(Lane &lane, uint32_t number, uint64_t address) {
  const Site &site = findings.getSite(number);
  auto base = reinterpret_cast<uint64_t>(shared.data());
  bool isShared = site.space == Site::Shared ||
                  (site.space == Site::Generic && address - base < shared.size());
  if (site.space == Site::Generic && lane.fiber.ownsAddress(address))
    return;
  AccessKind kind = site.kind == SiteKind::Load    ? AccessKind::Read
                    : site.kind == SiteKind::Store ? AccessKind::Write
                                                   : AccessKind::Atomic;
  for (unsigned piece = 0; piece < site.pieces; ++piece) {
    uint64_t at = address + piece * site.bytes;
    Access access{number, lane.index, at, site.bytes, kind};
    bool allowed = !checker || (isShared ? checker->checkShared(access)
                                         : checker->checkGlobal(access));
    if (!allowed) {
      abort();
      lane.fiber.suspend();
    }
    if (!requests)
      continue;
    if (isShared)
      requests->addShared(lane.index, number, piece, at, site.bytes);
    else
      requests->addGlobal(lane.index, number, piece, at, site.bytes);
  }
}

void Block::noteCopy(Lane &lane, PendingCopy &copy) {
  auto destination = reinterpret_cast<uint64_t>(copy.destination);
  auto source = reinterpret_cast<uint64_t>(copy.source);
  // The source must be aligned to the width of the copy, however little is read.
  Access read{copy.site, lane.index, source, copy.readBytes, AccessKind::Read};
  Access write{copy.site, lane.index, destination, copy.writeBytes,
               AccessKind::CopyWrite};
  if (checker && !(checker->checkGlobal(read, copy.writeBytes) &&
                   checker->checkShared(write))) {
    abort();
    lane.fiber.suspend();
  }
  if (!requests)
    return;
  requests->addShared(lane.index, copy.site, 0, destination, copy.writeBytes);
  requests->addGlobal(lane.index, copy.site, 0, source, copy.readBytes);
  requests->countCopyBytes(copy.site, copy.writeBytes);
}

//===----------------------------------------------------------------------===//
// The block
//===----------------------------------------------------------------------===//

bool Block::hasEnded() const {
  return llvm::all_of(lanes,
                      [](const Lane &lane) { return lane.fiber.isDone(); });
}

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

bool Block::run(uint64_t number, std::array<unsigned, 3> id) {
  blockId = id;
  blockNumber = number;
  std::memset(shared.data(), kPoison, shared.size());
  for (Lane &lane : lanes) {
    lane.fiber.reset(runKernel, &lane);
    lane.waits = Waits::Nothing;
    lane.instructions = 0;
    lane.groups.clear();
    lane.openGroup.clear();
  }
  if (checker)
    checker->startBlock(number, id, shared.data(), shared.size());
  while (!hasEnded()) {
    bool progress = false;
    for (unsigned warp : scheduler.getWarpOrder()) {
      uint64_t steps = scheduler.chooseSteps();
      for (; steps && advanceWarp(warp); --steps)
        progress = true;
      if (aborted)
        return false;
    }
    progress |= releaseBarriers();
    if (!progress && !hasEnded()) {
      reportStuck();
      return false;
    }
  }
  for (Lane &lane : lanes)
    measurements.instructions += lane.instructions;
  if (requests)
    for (unsigned warp = 0; warp < getWarps(); ++warp)
      requests->flush(warp);
  return true;
}
