//===- Instructions.cpp - Instructions of one lane ------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Special registers, barriers, asynchronous copies and conversions.
//
//===----------------------------------------------------------------------===//

#include "Instructions.h"

#include <atomic>

#include "llvm/ADT/bit.h"
#include <cfenv>
#include <cmath>
#include <cstring>

using namespace mlir::tt::emulator;

//===----------------------------------------------------------------------===//
// Special registers
//===----------------------------------------------------------------------===//

template <unsigned dim> static void readThreadId(Slots slots) {
  slots[0] = currentLane->threadId[dim];
}
template <unsigned dim> static void readBlockSize(Slots slots) {
  slots[0] = currentLane->block->blockSize[dim];
}
template <unsigned dim> static void readBlockId(Slots slots) {
  slots[0] = currentLane->block->blockId[dim];
}
template <unsigned dim> static void readGridSize(Slots slots) {
  slots[0] = currentLane->block->gridSize[dim];
}
static void readLaneId(Slots slots) { slots[0] = currentLane->index % kLanes; }

//===----------------------------------------------------------------------===//
// Barriers
//===----------------------------------------------------------------------===//

static void fence(Slots) {
  std::atomic_thread_fence(std::memory_order_seq_cst);
}

static void barrier(Slots) { currentLane->wait("a block barrier"); }

//===----------------------------------------------------------------------===//
// Asynchronous copies (PTX ISA, cp.async): queued, and landed at the wait that
// guarantees them, not earlier.
//===----------------------------------------------------------------------===//

template <unsigned bytes, bool hasSourceSize> static void copyAsync(Slots slots) {
  unsigned source = hasSourceSize ? uint32_t(slots[2]) : bytes;
  currentLane->openGroup.push_back({reinterpret_cast<char *>(slots[0]),
                                    reinterpret_cast<const char *>(slots[1]),
                                    source < bytes ? source : bytes, bytes});
  Counters &counters = currentLane->block->counters;
  ++counters.asyncCopies;
  counters.asyncCopyBytes += bytes;
}

static void land(llvm::ArrayRef<PendingCopy> group) {
  for (const PendingCopy &copy : group) {
    std::memcpy(copy.destination, copy.source, copy.readBytes);
    std::memset(copy.destination + copy.readBytes, 0,
                copy.writeBytes - copy.readBytes);
  }
}

static void commitGroup(Slots) {
  currentLane->groups.push_back(std::move(currentLane->openGroup));
  currentLane->openGroup.clear();
}

/// Waits until at most `slots[0]` of the latest groups are pending.
static void waitGroup(Slots slots) {
  auto &groups = currentLane->groups;
  for (uint32_t pending = slots[0]; groups.size() > pending; groups.pop_front())
    land(groups.front());
}

static void waitAll(Slots) {
  uint64_t none = 0;
  waitGroup(&none);
  land(currentLane->openGroup);
  currentLane->openGroup.clear();
}

//===----------------------------------------------------------------------===//
// Conversions
//===----------------------------------------------------------------------===//

/// cvt.rna.tf32.f32: to nearest, ties away from zero; any NaN becomes the
/// canonical one (PTX ISA, cvt).
static void roundToTF32(Slots slots) {
  constexpr uint32_t kSign = 0x80000000u, kInfinity = 0x7F800000u;
  constexpr uint32_t kCanonicalNaN = 0x7FFFFFFFu, kHalfUlp = 0x1000u;
  constexpr uint32_t kKept = 0xFFFFE000u;
  uint32_t bits = uint32_t(slots[0]);
  uint32_t magnitude = bits & ~kSign;
  if (magnitude > kInfinity)
    slots[0] = kCanonicalNaN;
  else
    slots[0] = ((magnitude + kHalfUlp) & kKept) | (bits & kSign);
}

/// add.rz.f32 (PTX ISA, add): any NaN becomes the canonical one.
static void addTowardZero(Slots slots) {
  constexpr uint32_t kCanonicalNaN = 0x7FFFFFFFu;
  float x = llvm::bit_cast<float>(uint32_t(slots[0]));
  float y = llvm::bit_cast<float>(uint32_t(slots[1]));
  int mode = std::fegetround();
  std::fesetround(FE_TOWARDZERO);
  volatile float sum = x + y;
  std::fesetround(mode);
  float result = sum;
  slots[0] = std::isnan(result) ? kCanonicalNaN
                                : llvm::bit_cast<uint32_t>(result);
}

static constexpr EmulatedInstruction kInstructions[] = {
    {"llvm.nvvm.read.ptx.sreg.tid.x", readThreadId<0>},
    {"llvm.nvvm.read.ptx.sreg.tid.y", readThreadId<1>},
    {"llvm.nvvm.read.ptx.sreg.tid.z", readThreadId<2>},
    {"llvm.nvvm.read.ptx.sreg.ntid.x", readBlockSize<0>},
    {"llvm.nvvm.read.ptx.sreg.ntid.y", readBlockSize<1>},
    {"llvm.nvvm.read.ptx.sreg.ntid.z", readBlockSize<2>},
    {"llvm.nvvm.read.ptx.sreg.ctaid.x", readBlockId<0>},
    {"llvm.nvvm.read.ptx.sreg.ctaid.y", readBlockId<1>},
    {"llvm.nvvm.read.ptx.sreg.ctaid.z", readBlockId<2>},
    {"llvm.nvvm.read.ptx.sreg.nctaid.x", readGridSize<0>},
    {"llvm.nvvm.read.ptx.sreg.nctaid.y", readGridSize<1>},
    {"llvm.nvvm.read.ptx.sreg.nctaid.z", readGridSize<2>},
    {"llvm.nvvm.read.ptx.sreg.laneid", readLaneId},
    {"llvm.nvvm.barrier0", barrier},
    {"llvm.nvvm.barrier.cta.sync.aligned.all", barrier},
    {"llvm.nvvm.cp.async.ca.shared.global.4", copyAsync<4, false>},
    {"llvm.nvvm.cp.async.ca.shared.global.8", copyAsync<8, false>},
    {"llvm.nvvm.cp.async.ca.shared.global.16", copyAsync<16, false>},
    {"llvm.nvvm.cp.async.cg.shared.global.16", copyAsync<16, false>},
    {"llvm.nvvm.cp.async.ca.shared.global.4.s", copyAsync<4, true>},
    {"llvm.nvvm.cp.async.ca.shared.global.8.s", copyAsync<8, true>},
    {"llvm.nvvm.cp.async.ca.shared.global.16.s", copyAsync<16, true>},
    {"llvm.nvvm.cp.async.cg.shared.global.16.s", copyAsync<16, true>},
    {"llvm.nvvm.cp.async.commit.group", commitGroup},
    {"llvm.nvvm.cp.async.wait.group", waitGroup},
    {"llvm.nvvm.cp.async.wait.all", waitAll},
    {"llvm.nvvm.membar.gl", fence},
    {"llvm.nvvm.f2tf32.rna", roundToTF32},
    {"llvm.nvvm.add.rz.f", addTowardZero},
};

llvm::ArrayRef<EmulatedInstruction> mlir::tt::emulator::getInstructions() {
  return kInstructions;
}
