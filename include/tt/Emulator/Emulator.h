//===- Emulator.h - Runs a kernel's LLVM IR on the CPU ----------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The emulator executes the very LLVM IR that the NVPTX backend would get. Every
// GPU thread is a fiber; warp-wide instructions (mma.sync, ldmatrix, shuffles)
// and barriers are meeting points; cp.async lands only at the wait that
// guarantees it; shared memory starts poisoned. Blocks run on several cores.
//
//===----------------------------------------------------------------------===//

#ifndef TT_EMULATOR_EMULATOR_H
#define TT_EMULATOR_EMULATOR_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBufferRef.h"
#include <array>
#include <cstdint>
#include <memory>

namespace mlir::tt::emulator {

/// Grid and block as cuLaunchKernel takes them.
struct LaunchGeometry {
  std::array<unsigned, 3> grid = {1, 1, 1};
  std::array<unsigned, 3> block = {1, 1, 1};
  size_t dynamicSharedBytes = 0;
};

struct Options {
  /// CPU threads that run blocks; 0: one for each core.
  unsigned workers = 0;
};

/// What a launch executed, summed over all blocks. Collectives count once a
/// warp, copies once a thread.
struct Counters {
  uint64_t mma = 0;
  uint64_t ldmatrix = 0;
  uint64_t barriers = 0;
  uint64_t asyncCopies = 0;
  uint64_t asyncCopyBytes = 0;
  double seconds = 0;

  Counters &operator+=(const Counters &other);
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
  /// with cuLaunchKernel. Errors: unknown entry, another number of parameters, an
  /// impossible geometry, and in the kernel a divergent barrier or collective
  /// (which is also how a deadlock shows).
  llvm::Expected<Counters> launch(llvm::StringRef entry,
                                  const LaunchGeometry &geometry,
                                  llvm::ArrayRef<void *> parameters);

  ~Program();

private:
  struct Implementation;
  explicit Program(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation;
};

} // namespace mlir::tt::emulator

#endif // TT_EMULATOR_EMULATOR_H
