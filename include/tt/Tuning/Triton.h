//===- Triton.h - What a Triton config asks of the GPU ----------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_TUNING_TRITON_H
#define TT_TUNING_TRITON_H

#include "tt/Target/Occupancy.h"
#include "tt/Transforms/TilePlan.h"
#include <vector>

namespace mlir::tt::tuning {

/// One triton.Config of a matmul kernel, with Triton's defaults.
struct TritonConfig {
  int64_t blockM = 0, blockN = 0, blockK = 0;
  int64_t groupM = 8;
  int64_t stages = 3;
  int64_t warps = 4;

  /// "64x128x64, num_stages 3, num_warps 4"
  std::string describe() const;
  bool operator==(const TritonConfig &other) const;

  /// Shared memory of the pipelined loop: Triton's software pipelining keeps
  /// num_stages - 1 buffers of the tiles of A and B (one if there is no
  /// pipelining).
  int64_t getBuffers() const { return std::max<int64_t>(stages - 1, 1); }
  int64_t getSharedBytes(int64_t elementBytes) const {
    return getBuffers() * (blockM + blockN) * blockK * elementBytes;
  }
  int64_t getThreads() const { return warps * kThreadsPerWarp; }
  int64_t getBlocks(int64_t m, int64_t n) const;

  /// How Triton deals the tile out to its warps for mma.sync (warpsPerTileV2):
  /// the side with more instructions left a warp is halved first.
  std::pair<int64_t, int64_t> getWarpGrid() const;

  /// The same work in our terms, for the cost model: no padding, and as many
  /// stages as Triton has buffers. Null if no #tt.config can say it.
  ConfigAttr getConfig(MLIRContext *context) const;
  /// Registers a thread, estimated from sums and fragments.
  int64_t estimateRegisters(Type elementType) const;
};

/// Why the config cannot be launched on `target`; empty if it can.
std::string getIllegality(const TritonConfig &config, int64_t elementBytes,
                          const TargetInfo &target);

/// The triton.Config(...) calls in Python text. A call whose numbers are not
/// literals is an error; text without any gives none.
llvm::Expected<std::vector<TritonConfig>> parseTritonConfigs(StringRef python);

} // namespace mlir::tt::tuning

#endif // TT_TUNING_TRITON_H
