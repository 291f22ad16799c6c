//===- Scheduler.cpp - Who runs next, when a copy lands -------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Scheduler.h"

#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <numeric>

using namespace mlir::tt::emulator;

static std::mt19937_64 makeRandom(const Schedule &schedule, uint64_t stream) {
  std::seed_seq seed{schedule.seed, schedule.seed >> 32,
                     uint64_t(schedule.number), stream, stream >> 32};
  return std::mt19937_64(seed);
}

void Scheduler::start(const Schedule &newSchedule, uint64_t block,
                      unsigned warps) {
  schedule = newSchedule;
  step = 0;
  order.resize(warps);
  std::iota(order.begin(), order.end(), 0);
  if (schedule.number == 1)
    std::reverse(order.begin(), order.end());
  if (isRandom())
    random = makeRandom(schedule, block);
}

llvm::ArrayRef<unsigned> Scheduler::getWarpOrder() {
  if (isRandom())
    std::shuffle(order.begin(), order.end(), random);
  return order;
}

uint64_t Scheduler::chooseSteps() {
  constexpr uint64_t kAsFarAsItGets = ~uint64_t(0);
  if (!isRandom())
    return kAsFarAsItGets;
  constexpr uint64_t kSome = 8;
  switch (random() % 3) {
  case 0:
    return 1;
  case 1:
    return 1 + random() % kSome;
  default:
    return kAsFarAsItGets;
  }
}

bool Scheduler::reversesLanes() {
  return isRandom() ? random() & 1 : schedule.number == 1;
}

uint64_t Scheduler::chooseLanding() {
  if (!isRandom())
    return schedule.number == 0 ? kAtWait : step;
  // A quarter lands at once, a quarter at the wait, the rest between.
  constexpr uint64_t kLatest = 64;
  switch (random() % 4) {
  case 0:
    return step;
  case 1:
    return kAtWait;
  default:
    return step + 1 + random() % kLatest;
  }
}

/// A permutation i -> multiplier i + offset: as good as random, and needs no
/// memory for the grid.
BlockOrder::BlockOrder(const Schedule &schedule, uint64_t count)
    : count(count) {
  if (schedule.number == 1) {
    multiplier = count - 1;
    offset = count - 1;
  } else if (schedule.number >= 2 && count > 1) {
    std::mt19937_64 random = makeRandom(schedule, count);
    do
      multiplier = 1 + random() % count;
    while (std::gcd(multiplier, count) != 1);
    offset = random() % count;
  }
}

uint64_t BlockOrder::operator[](uint64_t i) const {
  return (static_cast<unsigned __int128>(i) * multiplier + offset) % count;
}
