//===- BankModel.cpp - Cost of one warp's access to memory ----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BankModel.h"

#include "llvm/ADT/SmallVector.h"
#include <algorithm>

using namespace mlir::tt::emulator;

static constexpr unsigned kBanks = 32, kBankBytes = 4, kSectorBytes = 32;

static void sortUnique(llvm::SmallVectorImpl<uint64_t> &values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

/// Wavefronts of lanes [first, last): the most words that one bank holds.
static unsigned getWavefronts(const Request &request, unsigned first,
                              unsigned last) {
  llvm::SmallVector<uint64_t, 64> words;
  for (unsigned lane = first; lane < last; ++lane)
    for (unsigned byte = 0; byte < request.bytes[lane]; byte += kBankBytes)
      words.push_back((request.address[lane] + byte) / kBankBytes);
  sortUnique(words);
  unsigned perBank[kBanks] = {}, most = 0;
  for (uint64_t word : words)
    most = std::max(most, ++perBank[word % kBanks]);
  return most;
}

SharedCost mlir::tt::emulator::getSharedCost(const Request &request,
                                             unsigned width) {
  unsigned parts = width <= kBankBytes ? 1 : width / kBankBytes;
  SharedCost cost;
  for (unsigned part = 0; part < parts; ++part) {
    unsigned lanes = kLanes / parts;
    unsigned wavefronts =
        getWavefronts(request, part * lanes, (part + 1) * lanes);
    cost.wavefronts += wavefronts;
    cost.conflicts += wavefronts ? wavefronts - 1 : 0;
  }
  return cost;
}

unsigned mlir::tt::emulator::getSectors(const Request &request) {
  llvm::SmallVector<uint64_t, 64> sectors;
  for (unsigned lane = 0; lane < kLanes; ++lane) {
    if (request.bytes[lane] == 0)
      continue;
    uint64_t last = request.address[lane] + request.bytes[lane] - 1;
    for (uint64_t s = request.address[lane] / kSectorBytes;
         s <= last / kSectorBytes; ++s)
      sectors.push_back(s);
  }
  sortUnique(sectors);
  return sectors.size();
}
