//===- TargetInfo.cpp - The table of GPUs ---------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Sources. Per-SM and per-block limits: CUDA C++ Programming Guide, "Technical
// Specifications per Compute Capability". SMs, clocks, bandwidth, L2 and tensor
// rates: NVIDIA's architecture whitepapers (GA100, AD102, GH100). The rtx4090
// row equals the one of the project's seed document.
//
//===----------------------------------------------------------------------===//

#include "tt/Target/TargetInfo.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir::tt;

static constexpr int64_t kKiB = 1024;
static constexpr int64_t kMiB = 1024 * kKiB;
static constexpr double kTera = 1e12;
static constexpr double kGiga = 1e9;

// The first row of a chip is its reference card.
static constexpr TargetInfo kTargets[] = {
    {"rtx4090", "sm_89", "+ptx80", /*multiprocessors=*/128,
     /*sharedBytesPerBlock=*/99 * kKiB, /*sharedBytesPerSM=*/100 * kKiB,
     /*registersPerSM=*/65536, /*registersPerThread=*/255,
     /*threadsPerBlock=*/1024, /*threadsPerSM=*/1536, /*blocksPerSM=*/24,
     /*dramBytesPerSecond=*/1008 * kGiga, /*l2Bytes=*/72 * kMiB,
     /*tf32Flops=*/82.6 * kTera, /*f16Flops=*/165.2 * kTera},
    {"a100", "sm_80", "+ptx80", /*multiprocessors=*/108,
     /*sharedBytesPerBlock=*/163 * kKiB, /*sharedBytesPerSM=*/164 * kKiB,
     /*registersPerSM=*/65536, /*registersPerThread=*/255,
     /*threadsPerBlock=*/1024, /*threadsPerSM=*/2048, /*blocksPerSM=*/32,
     /*dramBytesPerSecond=*/1555 * kGiga, /*l2Bytes=*/40 * kMiB,
     /*tf32Flops=*/156 * kTera, /*f16Flops=*/312 * kTera},
    {"rtx3090", "sm_86", "+ptx80", /*multiprocessors=*/82,
     /*sharedBytesPerBlock=*/99 * kKiB, /*sharedBytesPerSM=*/100 * kKiB,
     /*registersPerSM=*/65536, /*registersPerThread=*/255,
     /*threadsPerBlock=*/1024, /*threadsPerSM=*/1536, /*blocksPerSM=*/16,
     /*dramBytesPerSecond=*/936 * kGiga, /*l2Bytes=*/6 * kMiB,
     /*tf32Flops=*/35.6 * kTera, /*f16Flops=*/71.2 * kTera},
    // An H100 SXM that runs sm_89 code: its figures under sm_89's limits. The
    // tensor rates are mma.sync's, which reach 62 % of wgmma's.
    {"h100", "sm_89", "+ptx80", /*multiprocessors=*/132,
     /*sharedBytesPerBlock=*/99 * kKiB, /*sharedBytesPerSM=*/100 * kKiB,
     /*registersPerSM=*/65536, /*registersPerThread=*/255,
     /*threadsPerBlock=*/1024, /*threadsPerSM=*/1536, /*blocksPerSM=*/24,
     /*dramBytesPerSecond=*/3350 * kGiga, /*l2Bytes=*/50 * kMiB,
     /*tf32Flops=*/306 * kTera, /*f16Flops=*/616 * kTera},
};

const TargetInfo *TargetInfo::find(llvm::StringRef name) {
  const TargetInfo *found = llvm::find_if(
      kTargets, [&](const TargetInfo &t) { return t.name == name; });
  if (found == std::end(kTargets))
    found = llvm::find_if(
        kTargets, [&](const TargetInfo &t) { return t.chip == name; });
  return found == std::end(kTargets) ? nullptr : found;
}

llvm::ArrayRef<TargetInfo> TargetInfo::all() { return kTargets; }

std::string TargetInfo::knownNames() {
  return llvm::join(
      llvm::map_range(kTargets,
                      [](const TargetInfo &t) {
                        return (t.name + " (" + t.chip + ")").str();
                      }),
      ", ");
}
