//===- CostConstants.h - Fitted constants of the cost model -----*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What no document says and no counter shows: found by fitting the model to
// measured times (benchmarks/fit_model.py, docs/tuning.md). Constants that have
// another source stand where they are used.
//
//===----------------------------------------------------------------------===//

#ifndef TT_TRANSFORMS_COSTCONSTANTS_H
#define TT_TRANSFORMS_COSTCONSTANTS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace mlir::tt {

struct CostConstants {
  /// Terms that overlap take their norm with this exponent together.
  double exponent = 3.1;

  //===--------------------------------------------------------------------===//
  // Copies
  //===--------------------------------------------------------------------===//

  /// Seconds: what is left of the way of a copy, from DRAM and from L2, when
  /// others overlap with it.
  double dramLatency = 480e-9;
  double l2Latency = 310e-9;
  /// Copies of a k-tile are spread over the one before, and its slot is free
  /// late in that: so many tiles of the stages are not in flight.
  double tilesLost = 1.77;
  /// Of the way of a copy, for those through registers.
  double stagedLatency = 0.62;
  /// Rows at strides of 4 or 8 bytes take copies as narrow: wavefronts of each
  /// that a warp has more by it.
  double narrowWavefronts = 4;
  /// Bytes of the same row that DRAM could have brought at no cost beside a
  /// piece of one k-tile.
  double rowBytesLost = 15;
  /// 16-byte copies of rows that begin in the middle of a sector in L2 or in
  /// shared memory, not in both, read each sector twice. Of such an operand's
  /// bytes, what that costs beside them, where every other row is so.
  double splitSectors = 1.0;
  /// The same again, where all blocks that run want the same tile of A at the
  /// same time, so the same few slices of L2.
  double sharedSplits = 2.0;
  /// L2 answers requests of a line: what one for a half of it costs beside its
  /// bytes.
  double shortRequests = 0.06;
  /// What bytes of an operand cost that is a small part of L2.
  double hotReads = 0.7;

  //===--------------------------------------------------------------------===//
  // The main loop
  //===--------------------------------------------------------------------===//

  /// Issue slots of one rounding instruction: integer instructions have half
  /// the lanes, and stand between a load and its mma.
  double roundingSlots = 2.0;
  /// The part of rounding that the tensor cores wait for where a scheduler has
  /// one warp.
  double roundingAlone = 0.58;
  /// What a k-tile takes longer where a scheduler has one warp, unless copies
  /// are where that matters least.
  double alone = 1.045;
  /// What a k-tile with rounding takes for each doubling of its k-slices, if no
  /// term alone takes as long: more warps wait less.
  double slicedRounding = 0.965;
  /// What loops take longer whose fragments share registers, so that one
  /// k-step's loads wait for the mma of the one before.
  double sharedFragments = 1.12;
  /// What guarded rounding takes longer in blocks with shares of tiles.
  double guardedShares = 1.055;
  /// What rounding takes longer where an SM has one block and tiles stick out
  /// of C.
  double raggedRounding = 1.05;

  //===--------------------------------------------------------------------===//
  // Begin and end
  //===--------------------------------------------------------------------===//

  /// Seconds from one launch to the next in a stream: start, index arithmetic,
  /// drain; and until the first k-tile is there, beside its own transfer.
  double launchSeconds = 1.52e-6;
  double fillSeconds = 84e-9;
  /// Until an SM has started one more block.
  double startSeconds = 150e-9;
  /// Until the sums of blocks that share a tile have met: stores, a fence, an
  /// atomic addition, loads, one after the other; and what it takes to be two
  /// blocks for a share of stream_k.
  double meetingSeconds = 2.7e-6;
  double crossingSeconds = 3.6e-6;
  /// Of the sums' bytes: the part of an SM's port to L2 that they reach, and
  /// what writing costs beside reading.
  double meetingPort = 0.7;
  double meetingWrites = 3.2;
  /// Of the bytes that such blocks copy, if operands do not fit L2, the part
  /// that comes from DRAM at least.
  double streamMisses = 0.3;

  struct Field {
    llvm::StringRef name;
    double CostConstants::*member;
  };
  /// All of them, in this order.
  static llvm::ArrayRef<Field> getFields();
};

} // namespace mlir::tt

#endif // TT_TRANSFORMS_COSTCONSTANTS_H
