//===- TargetInfo.cpp - The table of GPUs ---------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Sources:
// - Limits of a chip: CUDA C++ Programming Guide, "Technical Specifications per
//   Compute Capability". PTX: PTX ISA, "Release Notes", first version with the
//   chip as a target.
// - SMs, clock, DRAM, L2 and tensor rates: the whitepaper or data sheet named
//   at the row. A rate that is given with sparsity is halved. GeForce rates with f32
//   accumulation are half of those with f16 accumulation.
// - L2 bandwidth: NVIDIA publishes it for the A100 only (5120 bytes a clock); the
//   H100 rows have what fits our kernels best (CostModel.cpp).
//   The other figures are estimates: the GeForce family at 16 bytes a clock and
//   SM, which published microbenchmarks of RTX 3090 and 4090 come near to; the
//   H100 at the A100's bytes a clock.
//
//===----------------------------------------------------------------------===//

#include "tt/Target/TargetInfo.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir::tt;
using llvm::StringLiteral;

static constexpr int64_t kKiB = 1024;
static constexpr int64_t kMiB = 1024 * kKiB;
static constexpr double kTera = 1e12;
static constexpr double kGiga = 1e9;
static constexpr double kMega = 1e6;

namespace {

/// Limits that all GPUs of a compute capability share.
struct Chip {
  StringLiteral name, ptxFeature;
  int64_t sharedBytesPerBlock, sharedBytesPerSM, threadsPerSM, blocksPerSM;
};

/// What a card adds.
struct Card {
  StringLiteral name;
  int64_t multiprocessors;
  double clockHz, dramBytesPerSecond;
  int64_t l2Bytes;
  double tf32Flops, f16Flops, f16AccumulateFlops;
  double l2BytesPerClock;
};

} // namespace

// clang-format off: tables
static constexpr Chip kSM80 =
    {"sm_80", "+ptx80", 163 * kKiB, 164 * kKiB, 2048, 32};
static constexpr Chip kSM86 =
    {"sm_86", "+ptx80", 99 * kKiB, 100 * kKiB, 1536, 16};
static constexpr Chip kSM89 =
    {"sm_89", "+ptx80", 99 * kKiB, 100 * kKiB, 1536, 24};
// Code for sm_89 on an SM of Hopper: a block keeps to sm_89's limit, the SM has
// its own.
static constexpr Chip kSM89OnHopper =
    {"sm_89", "+ptx80", 99 * kKiB, 228 * kKiB, 2048, 32};
static constexpr Chip kSM120 =
    {"sm_120", "+ptx87", 99 * kKiB, 100 * kKiB, 1536, 24};

static constexpr TargetInfo makeTarget(const Chip &chip, const Card &card) {
  return {card.name, chip.name, chip.ptxFeature, card.multiprocessors,
          chip.sharedBytesPerBlock, chip.sharedBytesPerSM,
          /*registersPerSM=*/65536, kMaxRegistersPerThread,
          /*threadsPerBlock=*/1024, chip.threadsPerSM, chip.blocksPerSM,
          card.dramBytesPerSecond, card.l2Bytes, card.tf32Flops, card.f16Flops,
          card.f16AccumulateFlops, card.clockHz,
          card.l2BytesPerClock * card.clockHz};
}

static constexpr int64_t kGeForceL2BytesPerClockPerSM = 16;

// name, SMs, clock, DRAM, L2, TF32, f16, f16 accumulating in f16, L2 bytes a
// clock. The first row of a chip is its reference card.
static constexpr TargetInfo kTargets[] = {
    // The project's seed document; clock and f16 accumulation: NVIDIA Ada GPU
    // Architecture whitepaper v2, appendix A.
    makeTarget(kSM89, {"rtx4090", 128, 2520 * kMega, 1008 * kGiga, 72 * kMiB,
                       82.6 * kTera, 165.2 * kTera, 330.3 * kTera,
                       128 * kGeForceL2BytesPerClockPerSM}),
    // NVIDIA Ada GPU Architecture whitepaper v2, appendix B.
    makeTarget(kSM89, {"rtx4080", 76, 2505 * kMega, 716.8 * kGiga, 64 * kMiB,
                       48.7 * kTera, 97.5 * kTera, 194.9 * kTera,
                       76 * kGeForceL2BytesPerClockPerSM}),
    // NVIDIA's product page: 5888 cores, 2.475 GHz, 21 Gbit/s on 192 bits. Rates
    // follow from the SMs and the clock as they do for the RTX 4090.
    makeTarget(kSM89, {"rtx4070", 46, 2475 * kMega, 504 * kGiga, 36 * kMiB,
                       29.1 * kTera, 58.3 * kTera, 116.6 * kTera,
                       46 * kGeForceL2BytesPerClockPerSM}),
    // NVIDIA L4 data sheet (120 and 242 TFLOPS with sparsity). Its 72 W do not
    // sustain the boost clock.
    makeTarget(kSM89, {"l4", 58, 2040 * kMega, 300 * kGiga, 48 * kMiB,
                       60 * kTera, 121 * kTera, 121 * kTera,
                       58 * kGeForceL2BytesPerClockPerSM}),
    // NVIDIA L40S data sheet (183 and 362.05 TFLOPS without sparsity).
    makeTarget(kSM89, {"l40s", 142, 2520 * kMega, 864 * kGiga, 96 * kMiB,
                       183 * kTera, 362.05 * kTera, 362.05 * kTera,
                       142 * kGeForceL2BytesPerClockPerSM}),
    // NVIDIA Ada GPU Architecture whitepaper v2, appendix of professional cards:
    // 1457 TFLOPS of sparse FP8 are 364.2 of dense f16 and 182.1 of dense TF32.
    makeTarget(kSM89, {"rtx6000ada", 142, 2505 * kMega, 960 * kGiga, 96 * kMiB,
                       182.1 * kTera, 364.2 * kTera, 364.2 * kTera,
                       142 * kGeForceL2BytesPerClockPerSM}),
    // An H100 SXM that runs sm_89 code: NVIDIA H100 whitepaper's SMs, L2 and
    // bandwidth. The tensor rates are those of mma.sync,
    // measured with kernels of nothing else, 62 % of wgmma's; the clock is what
    // the card sustains at 700 W in such a kernel.
    makeTarget(kSM89OnHopper,
               {"h100", 132, 1700 * kMega, 3350 * kGiga, 50 * kMiB,
                306 * kTera, 616 * kTera, 616 * kTera, 6500}),
    // The same chip with HBM3e (NVIDIA H200 data sheet: 4.8 TB/s).
    makeTarget(kSM89OnHopper,
               {"h200", 132, 1700 * kMega, 4800 * kGiga, 50 * kMiB,
                306 * kTera, 616 * kTera, 616 * kTera, 6500}),
    // NVIDIA A100 whitepaper, table 4 (40 GB SXM).
    makeTarget(kSM80, {"a100", 108, 1410 * kMega, 1555 * kGiga, 40 * kMiB,
                       156 * kTera, 312 * kTera, 312 * kTera, 5120}),
    // NVIDIA Ampere GA102 whitepaper, table 9.
    makeTarget(kSM86, {"rtx3090", 82, 1695 * kMega, 936 * kGiga, 6 * kMiB,
                       35.6 * kTera, 71.2 * kTera, 142.3 * kTera,
                       82 * kGeForceL2BytesPerClockPerSM}),
    // NVIDIA RTX Blackwell GPU Architecture whitepaper, appendix A.
    makeTarget(kSM120, {"rtx5090", 170, 2407 * kMega, 1792 * kGiga, 96 * kMiB,
                        104.8 * kTera, 209.5 * kTera, 419 * kTera,
                        170 * kGeForceL2BytesPerClockPerSM}),
};
// clang-format on

int64_t TargetInfo::getWarpsPerSM() const {
  return threadsPerSM / kThreadsPerWarp;
}

double TargetInfo::getTensorFlopsPerClock(bool isF32) const {
  return (isF32 ? tf32Flops : f16Flops) / multiprocessors / clockHz;
}

bool TargetInfo::halvesF32Accumulation() const {
  return f16AccumulateFlops > 1.5 * f16Flops;
}

const TargetInfo *TargetInfo::find(llvm::StringRef name) {
  const TargetInfo *found = llvm::find_if(
      kTargets, [&](const TargetInfo &t) { return t.name == name; });
  if (found == std::end(kTargets))
    found = llvm::find_if(kTargets,
                          [&](const TargetInfo &t) { return t.chip == name; });
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
