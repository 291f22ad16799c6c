//===- RequestCounter.cpp - Lanes' accesses become warps' requests --------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RequestCounter.h"

using namespace mlir::tt::emulator;

SiteCounts &SiteCounts::operator+=(const SiteCounts &other) {
  executed += other.executed;
  sharedRequests += other.sharedRequests;
  sharedWavefronts += other.sharedWavefronts;
  sharedConflicts += other.sharedConflicts;
  globalRequests += other.globalRequests;
  globalSectors += other.globalSectors;
  bytes += other.bytes;
  return *this;
}

Measurements &Measurements::operator+=(const Measurements &other) {
  mma += other.mma;
  ldmatrix += other.ldmatrix;
  barriers += other.barriers;
  asyncCopies += other.asyncCopies;
  asyncCopyBytes += other.asyncCopyBytes;
  asyncZeroBytes += other.asyncZeroBytes;
  instructions += other.instructions;
  seconds += other.seconds;
  if (sites.size() < other.sites.size())
    sites.resize(other.sites.size());
  for (size_t i = 0; i < other.sites.size(); ++i)
    sites[i] += other.sites[i];
  return *this;
}

void RequestCounter::add(unsigned thread, uint32_t site, unsigned stream,
                         uint64_t address, unsigned bytes) {
  unsigned lane = thread % kLanes;
  Open &open = pending[thread / kLanes][{site, stream}];
  unsigned index = open.next[lane]++;
  if (index >= open.requests.size())
    open.requests.resize(index + 1);
  open.requests[index].address[lane] = address;
  open.requests[index].bytes[lane] = bytes;
}

void RequestCounter::countLdMatrix(uint32_t site,
                                   llvm::ArrayRef<uint64_t> addresses) {
  constexpr unsigned kRowBytes = 16;
  Request request;
  for (unsigned lane = 0; lane < addresses.size(); ++lane) {
    request.address[lane] = addresses[lane];
    request.bytes[lane] = kRowBytes;
  }
  SharedCost cost = getSharedCost(request, kRowBytes);
  SiteCounts &count = counts[site];
  ++count.executed;
  ++count.sharedRequests;
  count.sharedWavefronts += cost.wavefronts;
  count.sharedConflicts += cost.conflicts;
}

void RequestCounter::flush(unsigned warp) {
  for (auto &[key, open] : pending[warp]) {
    auto [site, stream] = key;
    SiteCounts &count = counts[site];
    bool isGlobal = stream & 1;
    // A cp.async has a request of either kind; it is one instruction.
    if (!isGlobal || sites[site].kind != SiteKind::Copy)
      count.executed += open.requests.size();
    for (const Request &request : open.requests) {
      if (isGlobal) {
        unsigned sectors = getSectors(request);
        count.globalRequests += sectors != 0;
        count.globalSectors += sectors;
        continue;
      }
      SharedCost cost = getSharedCost(request, sites[site].bytes);
      ++count.sharedRequests;
      count.sharedWavefronts += cost.wavefronts;
      count.sharedConflicts += cost.conflicts;
    }
  }
  pending[warp].clear();
}
