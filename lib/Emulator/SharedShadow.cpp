//===- SharedShadow.cpp - Who touched each byte of shared memory ----------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SharedShadow.h"

#include "Batch.h"
#include <algorithm>

using namespace mlir::tt::emulator;

void SharedShadow::reset(size_t size, unsigned newWarps) {
  warps = newWarps;
  bytes.assign(size, Byte());
  clocks.assign(warps * warps, 0);
  // A warp knows of its own time 0 only: what happens there is not yet before
  // anything of another warp's.
  for (unsigned warp = 0; warp < warps; ++warp)
    clock(warp, warp) = 1;
}

bool SharedShadow::happensBefore(const Event &event, unsigned thread) {
  return event.thread == kNobody || event.thread == thread ||
         clock(thread / kLanes, event.thread / kLanes) > event.time;
}

std::optional<Conflict> SharedShadow::check(const Byte &byte, unsigned thread,
                                            AccessKind kind) {
  auto conflict = [&](Check check, const Event &event, AccessKind other) {
    return Conflict{check, 0, true, event.site, event.thread, other};
  };
  bool isRead = kind == AccessKind::Read;
  if (byte.state == State::InFlight)
    return conflict(Check::CopyNotWaited, byte.writer, AccessKind::CopyWrite);
  if (byte.state == State::Nothing && (isRead || kind == AccessKind::Atomic))
    return Conflict{Check::UninitializedShared, 0};
  bool bothAtomic = byte.isAtomic && kind == AccessKind::Atomic;
  if (!bothAtomic && !happensBefore(byte.writer, thread))
    return conflict(Check::SharedRace, byte.writer, AccessKind::Write);
  if (isRead)
    return std::nullopt;
  for (const Event &reader : byte.readers)
    if (!happensBefore(reader, thread))
      return conflict(kind == AccessKind::CopyWrite ? Check::StageOverwritten
                                                    : Check::SharedRace,
                      reader, AccessKind::Read);
  return std::nullopt;
}

void SharedShadow::note(Byte &byte, const Event &event, AccessKind kind) {
  if (kind == AccessKind::Read) {
    // Two readers of different threads: whoever writes later, one of them is
    // another thread than the writer.
    if (byte.readers[0].thread == event.thread ||
        byte.readers[0].thread == kNobody) {
      byte.readers[0] = event;
      return;
    }
    byte.readers[1] = byte.readers[0];
    byte.readers[0] = event;
    return;
  }
  byte.state =
      kind == AccessKind::CopyWrite ? State::InFlight : State::Written;
  byte.isAtomic = kind == AccessKind::Atomic;
  byte.writer = event;
  byte.readers[0] = byte.readers[1] = Event();
}

std::optional<Conflict> SharedShadow::access(uint64_t offset, unsigned size,
                                             unsigned thread, uint32_t site,
                                             AccessKind kind) {
  std::optional<Conflict> first;
  unsigned warp = thread / kLanes;
  Event event{clock(warp, warp), site, uint16_t(thread)};
  for (uint64_t at = offset; at < offset + size; ++at) {
    if (!first) {
      first = check(bytes[at], thread, kind);
      if (first)
        first->offset = at;
    }
    note(bytes[at], event, kind);
  }
  return first;
}

void SharedShadow::complete(uint64_t offset, unsigned size, unsigned thread) {
  unsigned warp = thread / kLanes;
  for (uint64_t at = offset; at < offset + size; ++at) {
    Byte &byte = bytes[at];
    if (byte.state != State::InFlight || byte.writer.thread != thread)
      continue;
    byte.state = State::Written;
    byte.writer.time = clock(warp, warp);
  }
}

void SharedShadow::synchronize(llvm::ArrayRef<unsigned> meeting) {
  for (unsigned warp : meeting)
    ++clock(warp, warp);
  if (meeting.size() == 1)
    return;
  std::vector<uint32_t> joined(warps, 0);
  for (unsigned warp : meeting)
    for (unsigned of = 0; of < warps; ++of)
      joined[of] = std::max(joined[of], clock(warp, of));
  for (unsigned warp : meeting)
    std::copy(joined.begin(), joined.end(), clocks.begin() + warp * warps);
}
