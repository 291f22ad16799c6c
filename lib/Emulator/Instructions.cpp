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

#include "llvm/ADT/bit.h"
#include <atomic>
#include <cfenv>
#include <cmath>
#include <cstring>

using namespace mlir::tt::emulator;

//===----------------------------------------------------------------------===//
// Special registers
//===----------------------------------------------------------------------===//

template <unsigned dim> static void readThreadId(Slots slots, uint32_t) {
  slots[0] = currentLane->threadId[dim];
}
template <unsigned dim> static void readBlockSize(Slots slots, uint32_t) {
  slots[0] = currentLane->block->blockSize[dim];
}
template <unsigned dim> static void readBlockId(Slots slots, uint32_t) {
  slots[0] = currentLane->block->blockId[dim];
}
template <unsigned dim> static void readGridSize(Slots slots, uint32_t) {
  slots[0] = currentLane->block->gridSize[dim];
}
static void readLaneId(Slots slots, uint32_t) {
  slots[0] = currentLane->index % kLanes;
}
static void readWarpId(Slots slots, uint32_t) {
  slots[0] = currentLane->index / kLanes;
}

//===----------------------------------------------------------------------===//
// Barriers and fences
//===----------------------------------------------------------------------===//

static void waitAtBarrier(uint32_t barrier, uint32_t threads, uint32_t site,
                          BarrierReduction reduction = BarrierReduction::None,
                          uint64_t *value = nullptr) {
  Lane &lane = *currentLane;
  lane.barrier = barrier;
  lane.barrierThreads = threads;
  lane.reduction = reduction;
  lane.barrierValue = value;
  lane.wait(Waits::Barrier, site);
}

static void barrierZero(Slots, uint32_t site) { waitAtBarrier(0, 0, site); }
static void barrierAll(Slots slots, uint32_t site) {
  waitAtBarrier(slots[0], 0, site);
}
static void barrierCount(Slots slots, uint32_t site) {
  waitAtBarrier(slots[0], slots[1], site);
}

/// (barrier, [threads,] predicate) -> reduction over all predicates.
template <BarrierReduction reduction, bool hasCount>
static void barrierReduce(Slots slots, uint32_t site) {
  uint32_t barrier = slots[0], threads = hasCount ? slots[1] : 0;
  slots[0] = slots[hasCount ? 2 : 1] & 1; // an i1
  waitAtBarrier(barrier, threads, site, reduction, slots);
}
/// llvm.nvvm.barrier0.{and,or,popc}: the predicate is an i32.
template <BarrierReduction reduction>
static void barrierZeroReduce(Slots slots, uint32_t site) {
  waitAtBarrier(0, 0, site, reduction, slots);
}

/// The host's memory is coherent; only its compiler and CPU must not reorder.
static void fence(Slots, uint32_t) {
  std::atomic_thread_fence(std::memory_order_seq_cst);
}

//===----------------------------------------------------------------------===//
// Asynchronous copies (PTX ISA, cp.async): queued, and landed when the schedule
// says so, at the latest at the wait that guarantees them.
//===----------------------------------------------------------------------===//

template <unsigned bytes, bool hasSourceSize>
static void copyAsync(Slots slots, uint32_t site) {
  Lane &lane = *currentLane;
  Block &block = *lane.block;
  unsigned source = hasSourceSize ? uint32_t(slots[2]) : bytes;
  PendingCopy copy{reinterpret_cast<char *>(slots[0]),
                   reinterpret_cast<const char *>(slots[1]),
                   source < bytes ? source : bytes,
                   bytes,
                   site,
                   block.scheduler.chooseLanding()};
  block.noteCopy(lane, copy);
  if (copy.landAt <= block.scheduler.getStep())
    copy.land();
  lane.openGroup.push_back(copy);
  ++block.measurements.asyncCopies;
  block.measurements.asyncCopyBytes += copy.readBytes;
  block.measurements.asyncZeroBytes += bytes - copy.readBytes;
}

static void complete(llvm::MutableArrayRef<PendingCopy> group) {
  Lane &lane = *currentLane;
  Checker *checker = lane.block->checker.get();
  for (PendingCopy &copy : group) {
    copy.land();
    if (checker)
      checker->completeCopy(reinterpret_cast<uint64_t>(copy.destination),
                            copy.writeBytes, lane.index);
  }
}

static void commitGroup(Slots, uint32_t) {
  currentLane->groups.push_back(std::move(currentLane->openGroup));
  currentLane->openGroup.clear();
}

/// Waits until at most `slots[0]` of the latest groups are pending.
static void waitGroup(Slots slots, uint32_t) {
  auto &groups = currentLane->groups;
  for (uint32_t pending = slots[0]; groups.size() > pending; groups.pop_front())
    complete(groups.front());
}

static void waitAll(Slots, uint32_t site) {
  uint64_t none = 0;
  waitGroup(&none, site);
  complete(currentLane->openGroup);
  currentLane->openGroup.clear();
}

//===----------------------------------------------------------------------===//
// Conversions
//===----------------------------------------------------------------------===//

/// cvt.rna.tf32.f32: to nearest, ties away from zero; any NaN becomes the
/// canonical one (PTX ISA, cvt).
static void roundToTF32(Slots slots, uint32_t) {
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
static void addTowardZero(Slots slots, uint32_t) {
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
    {"llvm.nvvm.read.ptx.sreg.warpid", readWarpId},
    {"llvm.nvvm.barrier0", barrierZero},
    {"llvm.nvvm.barrier0.and", barrierZeroReduce<BarrierReduction::And>},
    {"llvm.nvvm.barrier0.or", barrierZeroReduce<BarrierReduction::Or>},
    {"llvm.nvvm.barrier0.popc", barrierZeroReduce<BarrierReduction::Count>},
    {"llvm.nvvm.barrier.cta.sync.all", barrierAll},
    {"llvm.nvvm.barrier.cta.sync.aligned.all", barrierAll},
    {"llvm.nvvm.barrier.cta.sync.count", barrierCount},
    {"llvm.nvvm.barrier.cta.sync.aligned.count", barrierCount},
    {"llvm.nvvm.barrier.cta.red.and.aligned.all",
     barrierReduce<BarrierReduction::And, false>},
    {"llvm.nvvm.barrier.cta.red.or.aligned.all",
     barrierReduce<BarrierReduction::Or, false>},
    {"llvm.nvvm.barrier.cta.red.popc.aligned.all",
     barrierReduce<BarrierReduction::Count, false>},
    {"llvm.nvvm.barrier.cta.red.or.aligned.count",
     barrierReduce<BarrierReduction::Or, true>},
    {"llvm.nvvm.membar.cta", fence},
    {"llvm.nvvm.membar.gl", fence},
    {"llvm.nvvm.membar.sys", fence},
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
    {"llvm.nvvm.f2tf32.rna", roundToTF32},
    {"llvm.nvvm.add.rz.f", addTowardZero},
};

llvm::ArrayRef<EmulatedInstruction> mlir::tt::emulator::getInstructions() {
  return kInstructions;
}

bool mlir::tt::emulator::isBarrier(llvm::StringRef intrinsic) {
  return intrinsic.starts_with("llvm.nvvm.barrier");
}

unsigned mlir::tt::emulator::getCopyBytes(llvm::StringRef intrinsic) {
  if (!intrinsic.consume_front("llvm.nvvm.cp.async.c"))
    return 0;
  llvm::StringRef width = intrinsic.split("global.").second.split('.').first;
  unsigned bytes = 0;
  return width.getAsInteger(10, bytes) ? 0 : bytes;
}
