//===- SharedShadow.h - Who touched each byte of shared memory --*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// For each byte: the last thread that wrote it, and two that have read it since,
// each with the time of the access. Times are vector clocks of warps: clock[w][v]
// is the time of warp v that warp w knows of. Warp v's own time advances when it
// passes a barrier (or bar.warp.sync), and the warps that meet at a barrier learn
// of each other's times. An access of thread u, of warp v, at time c happens
// before one that warp w makes now if clock[w][v] > c, or if it is the same
// thread's.
//
//   state     meaning                              read         write
//   Nothing   never written                        not allowed  ordered
//   Written   by `writer` at its time              ordered      ordered
//   InFlight  cp.async by `writer`, not waited     not allowed  not allowed
//
// "Ordered": allowed if what the byte remembers happens before.
//
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_EMULATOR_SHAREDSHADOW_H
#define TT_LIB_EMULATOR_SHAREDSHADOW_H

#include "tt/Emulator/Findings.h"
#include "llvm/ADT/ArrayRef.h"
#include <optional>

namespace mlir::tt::emulator {

enum class AccessKind { Read, Write, Atomic, CopyWrite };

/// An access that must not happen now, and the earlier one that forbids it.
struct Conflict {
  Check check;
  uint64_t offset; ///< of the first byte
  bool hasOther = false;
  uint32_t otherSite = 0;
  unsigned otherThread = 0;
  AccessKind otherKind = AccessKind::Read;
};

class SharedShadow {
public:
  void reset(size_t bytes, unsigned warps);

  /// Notes an access to [offset, offset + bytes) of the block's memory.
  std::optional<Conflict> access(uint64_t offset, unsigned bytes, unsigned thread,
                                 uint32_t site, AccessKind kind);
  /// The thread has waited for its cp.async to these bytes.
  void complete(uint64_t offset, unsigned bytes, unsigned thread);
  /// These warps meet at a barrier; one warp alone: at bar.warp.sync.
  void synchronize(llvm::ArrayRef<unsigned> warps);

private:
  struct Event {
    uint32_t time = 0, site = 0;
    uint16_t thread = kNobody;
  };
  enum class State : uint8_t { Nothing, Written, InFlight };
  struct Byte {
    State state = State::Nothing;
    bool isAtomic = false;
    Event writer;
    Event readers[2];
  };
  static constexpr uint16_t kNobody = 0xFFFF;

  uint32_t &clock(unsigned warp, unsigned of) {
    return clocks[warp * warps + of];
  }
  bool happensBefore(const Event &event, unsigned thread);
  std::optional<Conflict> check(const Byte &byte, unsigned thread,
                                AccessKind kind);
  void note(Byte &byte, const Event &event, AccessKind kind);

  unsigned warps = 0;
  std::vector<uint32_t> clocks;
  std::vector<Byte> bytes;
};

} // namespace mlir::tt::emulator

#endif // TT_LIB_EMULATOR_SHAREDSHADOW_H
