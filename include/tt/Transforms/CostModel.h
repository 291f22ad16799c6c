//===- CostModel.h - How long a product takes, by arithmetic ----*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An analytic model of a kernel's time from problem, tile plan and target. It
// ranks configs: for the default choice, for tuning, and for advice. It runs no
// code and takes about a microsecond.
//
//===----------------------------------------------------------------------===//

#ifndef TT_TRANSFORMS_COSTMODEL_H
#define TT_TRANSFORMS_COSTMODEL_H

#include "tt/Target/Occupancy.h"
#include "tt/Transforms/ChooseConfig.h"
#include "tt/Transforms/CostConstants.h"
#include "tt/Transforms/TilePlan.h"

namespace mlir::tt {

/// Seconds. Terms that run at the same time are listed as if each ran alone;
/// `mainLoop` is what they take together.
struct CostEstimate {
  double tensor = 0;       ///< mma at the tensor cores' rate
  double issue = 0;        ///< instructions at one a clock and scheduler
  double sharedMemory = 0; ///< copies in, fragments out, at 128 bytes a clock
  double l2 = 0;           ///< operand tiles from L2 to the SMs
  double dram = 0;         ///< operands from DRAM to L2
  double latency = 0;      ///< waiting for copies that are too few in flight
  double steps = 0; ///< k-steps and barriers that are too short to overlap

  double mainLoop = 0;
  double prologue = 0;  ///< the first tiles' way, once a wave
  double epilogue = 0;  ///< C to memory, once a wave
  double reduction = 0; ///< sums of slices and splits
  double launch = 0;
  double edges = 0;   ///< blocks of edges that no SM was idle for
  double overlap = 0; ///< of all these, what persistent blocks do at once

  double total = 0;

  Occupancy occupancy;
  Waves waves;
  int64_t registers = 0; ///< a thread, estimated
  int64_t kTiles = 0;    ///< of one block
  double dramBytes = 0;  ///< of operands and C

  /// The largest of the overlapping terms: "tensor", "shared memory", ...
  StringRef getBound() const;
};

/// The estimate for a plan that is legal on `target`. Other constants are for
/// fitting them.
CostEstimate estimateCost(const Problem &problem, const TilePlan &plan,
                          const TargetInfo &target,
                          const CostConstants &constants = {});

/// What no schedule can beat on `target`.
struct Roofline {
  double flops = 0;           ///< 2 M N K
  double compulsoryBytes = 0; ///< A, B and C once
  double peakFlops = 0;       ///< of the contract's instruction, flop/s
  double tensorSeconds = 0, dramSeconds = 0;

  double getSeconds() const { return std::max(tensorSeconds, dramSeconds); }
  /// flop a byte, of the problem and where the two limits meet.
  double getIntensity() const { return flops / compulsoryBytes; }
  double getRidge(const TargetInfo &target) const {
    return peakFlops / target.dramBytesPerSecond;
  }
  bool isComputeBound() const { return tensorSeconds >= dramSeconds; }
};

Roofline getRoofline(const Problem &problem, const TargetInfo &target);

/// A size as the model sees it: one that is not known is taken to be large.
int64_t getModelSize(int64_t size);

} // namespace mlir::tt

#endif // TT_TRANSFORMS_COSTMODEL_H
