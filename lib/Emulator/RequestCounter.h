//===- RequestCounter.h - Lanes' accesses become warps' requests -*- C++ -*-==//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Lanes run one after the other, so the k-th access of each lane at an instruction
// since the warp last met is taken as one request of the warp.
//
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_EMULATOR_REQUESTCOUNTER_H
#define TT_LIB_EMULATOR_REQUESTCOUNTER_H

#include "BankModel.h"
#include "tt/Emulator/Measurements.h"
#include <array>
#include <map>

namespace mlir::tt::emulator {

class RequestCounter {
public:
  RequestCounter(llvm::ArrayRef<Site> sites, unsigned warps)
      : sites(sites), counts(sites.size()), pending(warps) {}

  void addShared(unsigned thread, uint32_t site, unsigned piece,
                 uint64_t address, unsigned bytes) {
    add(thread, site, 2 * piece, address, bytes);
  }
  void addGlobal(unsigned thread, uint32_t site, unsigned piece,
                 uint64_t address, unsigned bytes) {
    add(thread, site, 2 * piece + 1, address, bytes);
  }
  /// A warp-wide instruction, all lanes at once.
  void countLdMatrix(uint32_t site, llvm::ArrayRef<uint64_t> addresses);
  void countExecuted(uint32_t site) { ++counts[site].executed; }
  void countCopyBytes(uint32_t site, unsigned bytes) {
    counts[site].bytes += bytes;
  }

  /// The warp's lanes have met: what they accessed is requests.
  void flush(unsigned warp);

  const std::vector<SiteCounts> &getCounts() const { return counts; }

private:
  /// Requests of one site that are being put together.
  struct Open {
    std::vector<Request> requests;
    std::array<unsigned, kLanes> next = {};
  };
  void add(unsigned thread, uint32_t site, unsigned stream, uint64_t address,
           unsigned bytes);

  llvm::ArrayRef<Site> sites;
  std::vector<SiteCounts> counts;
  /// By warp; then by site and stream (piece, shared or global).
  std::vector<std::map<std::pair<uint32_t, unsigned>, Open>> pending;
};

} // namespace mlir::tt::emulator

#endif // TT_LIB_EMULATOR_REQUESTCOUNTER_H
