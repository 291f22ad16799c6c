//===- BlockState.cpp - Scheduling of the lanes of a block ----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each lane runs until it meets a collective or a barrier. A collective is
// executed when all lanes of its warp wait for it, a barrier passed when all
// lanes of the block wait at it. If no lane can run and nothing can be released,
// lanes have diverged: the block would hang on a GPU.
//
//===----------------------------------------------------------------------===//

#include "BlockState.h"

#include "llvm/Support/FormatVariadic.h"
#include <algorithm>
#include <cstring>

using namespace mlir::tt::emulator;

thread_local Lane *mlir::tt::emulator::currentLane = nullptr;

// All bits set are a NaN in f32, f16 and bf16: an element of shared memory that
// is read before it was written shows in the result.
static constexpr int kPoison = 0xFF;

static constexpr const char *kBarrierName = "a block barrier";

void Lane::wait(const char *what) {
  waitingFor = what;
  fiber.suspend();
}

static void runLane(void *argument) {
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
        Lane &lane = lanes.emplace_back();
        if (!lane.fiber.isValid())
          return false;
        lane.block = this;
        lane.threadId = {x, y, z};
        lane.index = index++;
      }
  return true;
}

/// Executes the collective that the whole of `warp` waits for, if it does.
bool Block::releaseWarp(unsigned warp, bool &progress) {
  size_t first = warp * kLanes, end = std::min(first + kLanes, lanes.size());
  Slots slots[kLanes];
  for (size_t i = first; i < end; ++i) {
    if (!lanes[i].collective || lanes[i].collective != lanes[first].collective)
      return true;
    slots[i - first] = lanes[i].slots;
  }
  if (end - first != kLanes) {
    error = llvm::formatv("{0} in a warp of {1} threads, all 32 must take part",
                          lanes[first].waitingFor, end - first);
    return false;
  }
  lanes[first].collective(slots);
  for (size_t i = first; i < end; ++i) {
    lanes[i].collective = nullptr;
    lanes[i].waitingFor = nullptr;
  }
  progress = true;
  return true;
}

/// Lets all lanes pass the barrier if all that have not ended wait at it. One
/// that has ended never arrives.
bool Block::releaseBarrier(bool &progress) {
  for (const Lane &lane : lanes)
    if (lane.fiber.isDone() || !lane.waitingFor || lane.collective)
      return true;
  for (Lane &lane : lanes)
    lane.waitingFor = nullptr;
  ++counters.barriers;
  progress = true;
  return true;
}

bool Block::step(bool &progress) {
  for (Lane &lane : lanes) {
    if (lane.fiber.isDone() || lane.waitingFor)
      continue;
    currentLane = &lane;
    lane.fiber.resume();
    progress = true;
    if (!error.empty())
      return false;
    // The warp's last lane has arrived: go on with the same warp next.
    if (lane.index % kLanes == kLanes - 1 || lane.index + 1 == lanes.size())
      if (!releaseWarp(lane.index / kLanes, progress))
        return false;
  }
  for (unsigned warp = 0; warp * kLanes < lanes.size(); ++warp)
    if (!releaseWarp(warp, progress))
      return false;
  return releaseBarrier(progress);
}

void Block::reportStuck() {
  for (const Lane &lane : lanes) {
    if (lane.fiber.isDone())
      continue;
    error = llvm::formatv(
        "block ({0}, {1}, {2}): warp {3} lane {4} waits at {5} that other "
        "threads never reach (divergent barrier or collective)",
        blockId[0], blockId[1], blockId[2], lane.index / kLanes,
        lane.index % kLanes, lane.waitingFor ? lane.waitingFor : kBarrierName);
    return;
  }
}

bool Block::run(std::array<unsigned, 3> id) {
  blockId = id;
  std::memset(shared.data(), kPoison, shared.size());
  for (Lane &lane : lanes) {
    lane.fiber.reset(runLane, &lane);
    lane.waitingFor = nullptr;
    lane.collective = nullptr;
    lane.groups.clear();
    lane.openGroup.clear();
  }
  auto isDone = [](const Lane &lane) { return lane.fiber.isDone(); };
  while (!std::all_of(lanes.begin(), lanes.end(), isDone)) {
    bool progress = false;
    if (!step(progress))
      return false;
    if (!progress) {
      reportStuck();
      return false;
    }
  }
  return true;
}
