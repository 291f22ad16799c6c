//===- Emulator.h - Runs a kernel's LLVM IR on the CPU ----------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The emulator executes the very LLVM IR that the NVPTX backend would get. Every
// GPU thread is a fiber; warp-wide instructions (mma.sync, ldmatrix, shuffles)
// and barriers are meeting points; cp.async lands at a moment that the schedule
// chooses, at the latest at the wait that guarantees it; shared memory starts
// poisoned. Blocks run on several cores. docs/emulator.md says more.
//
//===----------------------------------------------------------------------===//

#ifndef TT_EMULATOR_EMULATOR_H
#define TT_EMULATOR_EMULATOR_H

#include "tt/Emulator/Findings.h"
#include "tt/Emulator/Measurements.h"
#include "tt/Emulator/Memory.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBufferRef.h"
#include <array>
#include <memory>

namespace mlir::tt::emulator {

/// Grid and block as cuLaunchKernel takes them.
struct LaunchGeometry {
  std::array<unsigned, 3> grid = {1, 1, 1};
  std::array<unsigned, 3> block = {1, 1, 1};
  size_t dynamicSharedBytes = 0;
};

/// What a program is instrumented for. Without either it runs at full speed.
struct Options {
  /// CPU threads that run blocks; 0: one for each core.
  unsigned workers = 0;
  /// Check every access to memory (Findings.h).
  bool checks = false;
  /// Count wavefronts and sectors of every access (Measurements.h).
  bool counters = false;
};

/// One order of events out of those that a GPU could take.
///
///   number  warps                                   cp.async lands
///   0       in order, each as far as it gets        at the wait
///   1       in reverse, each as far as it gets      at its issue
///   2...    at random, one step at a time           at random, wait at the latest
///
/// The order of blocks is reversed and random alike.
struct Schedule {
  unsigned number = 0;
  uint64_t seed = 0;
};

/// What one launch did.
struct LaunchResult {
  Measurements measurements;
  /// Empty if nothing was found. Hangs are found with checks off, too.
  std::vector<Finding> findings;
};

/// A kernel module, compiled for the host.
class Program {
public:
  /// Reads LLVM bitcode or text with an nvptx64 triple and compiles it for the
  /// host. An intrinsic or inline assembly that the emulator does not know is an
  /// error that names it.
  static llvm::Expected<std::unique_ptr<Program>>
  load(llvm::MemoryBufferRef module, const Options &options = {});

  /// Runs kernel `entry`. `parameters[i]` points at the value of parameter i, as
  /// with cuLaunchKernel. `memory`, if given, is what global accesses are checked
  /// against. Errors: unknown entry, another number of parameters, an impossible
  /// geometry. What the kernel does wrong is a finding.
  llvm::Expected<LaunchResult> launch(llvm::StringRef entry,
                                      const LaunchGeometry &geometry,
                                      llvm::ArrayRef<void *> parameters,
                                      const Schedule &schedule = {},
                                      GlobalMemory *memory = nullptr);

  /// The instructions that Measurements counts one by one.
  llvm::ArrayRef<Site> getSites() const;

  ~Program();

private:
  struct Implementation;
  explicit Program(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation;
};

} // namespace mlir::tt::emulator

#endif // TT_EMULATOR_EMULATOR_H
