//===- Measurements.h - What the emulator counts ----------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_EMULATOR_MEASUREMENTS_H
#define TT_EMULATOR_MEASUREMENTS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <string>
#include <vector>

namespace mlir::tt::emulator {

/// What an instruction does to memory.
enum class SiteKind {
  Load,     ///< ld.shared, ld.global
  Store,    ///< st.shared, st.global
  Atomic,   ///< atom, red
  LdMatrix, ///< ldmatrix
  Copy,     ///< cp.async
  Mma,      ///< mma.sync
  Barrier,  ///< bar.sync
  Other     ///< shuffles, votes
};

/// One instruction of the kernel.
struct Site {
  SiteKind kind = SiteKind::Other;
  std::string name;     ///< "ldmatrix.x4.trans"
  std::string location; ///< "mlir-nvgpu:12:7"; empty without debug info
  /// Bytes of one lane's access, and how many such accesses a lane makes: an IR
  /// instruction that is aligned to less than its size becomes several.
  unsigned bytes = 0, pieces = 1;
  /// Known to be shared, known to be global, or found out at run time.
  enum Space { Shared, Global, Generic } space = Generic;
};

/// Sums over the requests of one site; a request is one instruction of a warp.
struct SiteCounts {
  uint64_t executed = 0;
  uint64_t sharedRequests = 0, sharedWavefronts = 0, sharedConflicts = 0;
  uint64_t globalRequests = 0, globalSectors = 0;
  uint64_t bytes = 0; ///< of cp.async

  SiteCounts &operator+=(const SiteCounts &other);
};

/// What a launch executed, summed over all blocks.
struct Measurements {
  uint64_t mma = 0, ldmatrix = 0, barriers = 0; ///< once a warp
  /// cp.async: threads' instructions, bytes that they copy, zeros that they fill.
  uint64_t asyncCopies = 0, asyncCopyBytes = 0, asyncZeroBytes = 0;
  uint64_t instructions = 0; ///< LLVM IR instructions, once a thread
  double seconds = 0;
  /// By site; empty unless counters are on.
  std::vector<SiteCounts> sites;

  Measurements &operator+=(const Measurements &other);
};

/// What ptxas says of a kernel.
struct Resources {
  bool known = false;
  uint64_t registers = 0, spillStoreBytes = 0, spillLoadBytes = 0;
  uint64_t staticSharedBytes = 0, dynamicSharedBytes = 0;
};

/// Runs ptxas on PATH over PTX text; `known` is false if there is none.
Resources getResources(llvm::StringRef ptx, llvm::StringRef chip,
                       uint64_t dynamicSharedBytes);

/// A total under the name that Nsight Compute has for it, or, where it has none
/// for the same meaning, a name without "__".
struct Counter {
  std::string name;
  uint64_t value;
};
std::vector<Counter> getCounters(llvm::ArrayRef<Site> sites,
                                 const Measurements &measurements,
                                 const Resources &resources);

/// The names of all counters.
std::vector<std::string> getCounterNames();

/// A table of totals (those of `names`; empty: all) and of sites.
std::string formatCounters(llvm::ArrayRef<Site> sites,
                           const Measurements &measurements,
                           const Resources &resources,
                           llvm::ArrayRef<std::string> names);
/// The same as a JSON object.
std::string formatCountersJson(llvm::ArrayRef<Site> sites,
                               const Measurements &measurements,
                               const Resources &resources,
                               llvm::ArrayRef<std::string> names);

} // namespace mlir::tt::emulator

#endif // TT_EMULATOR_MEASUREMENTS_H
