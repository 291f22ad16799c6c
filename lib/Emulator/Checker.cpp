//===- Checker.cpp - The checks of one block ------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every access goes through the same gates: is the address aligned and inside
// (else it is not executed), and, in shared memory, what does SharedShadow say;
// in global memory, is it an element of C that was written before.
//
//===----------------------------------------------------------------------===//

#include "Checker.h"

#include "Batch.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir::tt::emulator;

//===----------------------------------------------------------------------===//
// Findings
//===----------------------------------------------------------------------===//

llvm::StringRef mlir::tt::emulator::getName(Check check) {
  switch (check) {
  case Check::SharedRace:
    return "shared-race";
  case Check::CopyNotWaited:
    return "copy-not-waited";
  case Check::StageOverwritten:
    return "stage-overwritten";
  case Check::UninitializedShared:
    return "uninitialized-shared";
  case Check::SharedBounds:
    return "shared-bounds";
  case Check::GlobalBounds:
    return "global-bounds";
  case Check::Misaligned:
    return "misaligned";
  case Check::DivergentBarrier:
    return "divergent-barrier";
  case Check::DivergentCollective:
    return "divergent-collective";
  case Check::OutputTwice:
    return "output-twice";
  case Check::OutputNever:
    return "output-never";
  case Check::Deadlock:
    return "deadlock";
  case Check::ScheduleDependent:
    return "schedule-dependent";
  }
  return "";
}

std::string
mlir::tt::emulator::format(const std::vector<Finding> &findings) {
  std::string text;
  for (const Finding &finding : findings) {
    text += (getName(finding.check) + ": " + finding.message).str();
    if (finding.count > 1)
      text += llvm::formatv("\n  and {0} more like it", finding.count - 1).str();
    text += "\n";
  }
  return text;
}

void Findings::add(Check check, uint32_t site, uint32_t other,
                   std::string message) {
  auto [entry, isNew] = found.try_emplace({check, site, other});
  if (isNew)
    entry->second = {check, std::move(message), 1};
  else
    ++entry->second.count;
}

void Findings::merge(const Findings &other) {
  for (const auto &[key, finding] : other.found) {
    auto [entry, isNew] = found.try_emplace(key, finding);
    if (!isNew)
      entry->second.count += finding.count;
  }
}

std::vector<Finding> Findings::take() {
  std::vector<Finding> result;
  for (auto &[key, finding] : found)
    result.push_back(std::move(finding));
  found.clear();
  return result;
}

std::string Findings::describe(uint32_t site) const {
  const Site &s = sites[site];
  if (s.location.empty())
    return llvm::formatv("{0} (instruction {1})", s.name, site);
  return llvm::formatv("{0} ({1})", s.name, s.location);
}

std::string
mlir::tt::emulator::describeThread(std::array<unsigned, 3> block,
                                   unsigned thread) {
  return llvm::formatv("block ({0}, {1}, {2}) warp {3} lane {4}", block[0],
                       block[1], block[2], thread / kLanes, thread % kLanes);
}

static const char *getVerb(AccessKind kind) {
  switch (kind) {
  case AccessKind::Read:
    return "reads";
  case AccessKind::Write:
    return "writes";
  case AccessKind::Atomic:
    return "updates";
  case AccessKind::CopyWrite:
    return "copies to";
  }
  return "";
}

//===----------------------------------------------------------------------===//
// Checker
//===----------------------------------------------------------------------===//

Checker::Checker(const LaunchGeometry &geometry, llvm::ArrayRef<Site> sites,
                 Findings &findings, GlobalMemory *memory)
    : sites(sites), findings(findings), memory(memory), grid(geometry.grid) {}

void Checker::startBlock(uint64_t number, std::array<unsigned, 3> id,
                         char *shared, size_t bytes) {
  blockNumber = number;
  block = id;
  sharedBase = reinterpret_cast<uint64_t>(shared);
  sharedBytes = bytes;
  constexpr unsigned kMaxWarps = 32;
  shadow.reset(bytes, kMaxWarps);
}

/// "block (0, 0, 0) warp 1 lane 2: ld.shared (x:3:1) reads 8 bytes at shared 0x40".
std::string Checker::describe(const Access &access, llvm::StringRef space) const {
  bool isShared = space == "shared";
  uint64_t address = access.address - (isShared ? sharedBase : 0);
  return llvm::formatv("{0}: {1} {2} {3} bytes at {4} 0x{5}",
                       describeThread(block, access.thread),
                       findings.describe(access.site), getVerb(access.kind),
                       access.bytes, space, llvm::utohexstr(address, true));
}

void Checker::report(const Access &access, const Conflict &conflict) {
  std::string message = describe(access, "shared");
  if (conflict.check == Check::UninitializedShared) {
    message += ", which nothing has written";
  } else {
    bool inFlight = conflict.check == Check::CopyNotWaited;
    message += llvm::formatv(
        "{0} with {1} by warp {2} lane {3}, {4} at shared 0x{5}",
        inFlight ? ", while a copy to them is not waited for,"
                 : ", without a barrier",
        findings.describe(conflict.otherSite), conflict.otherThread / kLanes,
        conflict.otherThread % kLanes,
        conflict.otherKind == AccessKind::Read ? "which reads"
                                               : "which writes",
        llvm::utohexstr(conflict.offset, true));
  }
  findings.add(conflict.check, access.site,
               conflict.hasOther ? conflict.otherSite : ~0u,
               std::move(message));
}

bool Checker::checkAlignment(const Access &access, unsigned width) {
  if (access.address % width == 0)
    return true;
  bool inShared = isShared(access.address);
  findings.add(Check::Misaligned, access.site, ~0u,
               describe(access, inShared ? "shared" : "global") +
                   llvm::formatv(", no multiple of {0}", width).str());
  return false;
}

bool Checker::checkShared(const Access &access) {
  uint64_t offset = access.address - sharedBase;
  if (offset >= sharedBytes || access.bytes > sharedBytes - offset) {
    findings.add(Check::SharedBounds, access.site, ~0u,
                 describe(access, "shared") +
                     llvm::formatv(", the block has {0} bytes", sharedBytes)
                         .str());
    return false;
  }
  if (!checkAlignment(access, access.bytes))
    return false;
  if (auto conflict = shadow.access(offset, access.bytes, access.thread,
                                    access.site, access.kind))
    report(access, *conflict);
  return true;
}

void Checker::reportTwice(const Access &access, const MatrixRange &matrix,
                          int64_t row, int64_t column,
                          GlobalMemory::Writer first) {
  std::array<unsigned, 3> other = {unsigned(first.block % grid[0]),
                                   unsigned(first.block / grid[0] % grid[1]),
                                   unsigned(first.block / grid[0] / grid[1])};
  findings.add(
      Check::OutputTwice, access.site, first.site,
      llvm::formatv("{0}, {1}[{2}, {3}], which {4} wrote already by {5}",
                    describe(access, "global"), matrix.name, row, column,
                    describeThread(other, first.thread),
                    findings.describe(first.site)));
}

bool Checker::checkGlobal(const Access &access, unsigned width) {
  if (access.bytes == 0 || !memory)
    return true;
  if (!checkAlignment(access, width ? width : access.bytes))
    return false;
  if (auto why = memory->explainBadAccess(access.address, access.bytes)) {
    findings.add(Check::GlobalBounds, access.site, ~0u,
                 describe(access, "global") + ", " + *why);
    return false;
  }
  if (access.kind != AccessKind::Read)
    memory->noteWrite(access.address, access.bytes,
                      {blockNumber, access.thread, access.site},
                      [&](const MatrixRange &matrix, int64_t row,
                          int64_t column, GlobalMemory::Writer first) {
                        reportTwice(access, matrix, row, column, first);
                      });
  return true;
}

void Checker::completeCopy(uint64_t address, unsigned bytes, unsigned thread) {
  shadow.complete(address - sharedBase, bytes, thread);
}
