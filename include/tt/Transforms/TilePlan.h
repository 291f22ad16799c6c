//===- TilePlan.h - All tile arithmetic of one product ----------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What follows from a config and an element type: threads, copies, bytes of
// shared memory, fragments, registers. Passes ask here and compute nothing of
// it themselves.
//
//===----------------------------------------------------------------------===//

#ifndef TT_TRANSFORMS_TILEPLAN_H
#define TT_TRANSFORMS_TILEPLAN_H

#include "tt/Dialect/TT/IR/TTDialect.h"
#include "tt/Target/TargetInfo.h"
#include <algorithm>

namespace mlir::tt {

/// Bytes that one `ldmatrix` row and one widest `cp.async` move (PTX ISA).
inline constexpr int64_t kChunkBytes = 16;
/// Bytes of K that one mma consumes: m16n8k8 of TF32, m16n8k16 of 16 bits.
inline constexpr int64_t kKStepBytes = 32;
/// M and N of every `mma.sync` used here.
inline constexpr int64_t kMmaM = 16, kMmaN = 8;
/// Bytes of one lane's accumulators of one mma: 4 sums.
inline constexpr int64_t kFragmentBytes = 16;

/// The global memory beside A, B and C through which the blocks of a kernel
/// speak to each other, in bytes from its start:
///
///   | grid ticket | NaN flag | tile tickets | NaN rows, columns | sums |
///   |<- zero before the first launch; every launch leaves it so ->|
struct WorkspaceLayout {
  /// i32 each: blocks that have finished; whether any NaN was found.
  int64_t gridTicket = 0, nanFlag = 4;
  /// i32 for each tile of C that blocks share: how many of them have finished.
  int64_t tileTickets = 8;
  /// i32 for each row and each column of C: whether it is NaN.
  int64_t nanRows = 0, nanColumns = 0;
  int64_t zeroedBytes = 0;
  /// f32 [share][fragment][thread][4]; which share is where: BlockWork.h.
  int64_t partialSums = 0;
  int64_t bytes = 0;
};

/// Blocks of the launch beside `split_k` a tile. The `stream_k` tiles have one
/// a share, and one more for each share that crosses from one tile into the
/// next; without them there are none.
int64_t countExtraBlocks(ConfigAttr config);

/// Copies through registers that a thread may have on their way, of two
/// registers each, beside its accumulators, fragments and addresses.
int64_t countRegisterCopies(int64_t accumulators);

/// How k-slices share the end of a tile, the sums of all slices and the store:
/// each of the first m x n slices finishes a part of every warp tile, and
/// others, if there are any, hand over all that they have. Which part, by the
/// slice:
///
///   m = 2, n = 1   0      m = 2, n = 2   0 1
///                  1                     2 3
///
struct SliceShares {
  int64_t m = 1, n = 1;

  int64_t count() const { return m * n; }
};

/// How the blocks that stage the same tiles of an operand share looking at them
/// for NaN (GuardTiles.cpp).
struct GuardShare {
  int64_t parts = 1;     ///< of a tile, as many blocks look at all of it
  int64_t sharers = 1;   ///< threads that look at the same row or column of C
  int64_t positions = 1; ///< rows or columns of C that a thread looks at
  int64_t looks = 1;     ///< at elements of each of those, in a k-tile
};

/// Rows and columns of C, those of a product of its own, and the config of the
/// blocks that compute them.
struct ResultPart {
  ConfigAttr config;
  int64_t firstM = 0, firstN = 0, rows = 0, columns = 0;
};

class TilePlan {
public:
  /// `elementType` is f32, f16 or bf16.
  TilePlan(ConfigAttr config, Type elementType);

  /// Refuses what the element type or the target does not allow, with a
  /// diagnostic that names tile, stages and bytes and the nearest legal value.
  LogicalResult
  verify(const TargetInfo &target,
         llvm::function_ref<InFlightDiagnostic()> emitError) const;

  ConfigAttr getConfig() const { return config; }
  Type getElementType() const { return elementType; }
  bool isF32() const { return elementBytes == 4; }
  int64_t getElementBytes() const { return elementBytes; }
  int64_t getThreads() const { return config.getWarps() * kThreadsPerWarp; }

  /// Elements of one 16-byte chunk.
  int64_t getChunk() const { return kChunkBytes / elementBytes; }

  /// Elements from one row of A (one k) to the next in shared memory: the
  /// block tile's M, and padding if the config says so.
  int64_t getARowPitch() const;
  /// Bytes of one stage of A, of B and of both, and of all stages.
  int64_t getABytes() const {
    return config.getBlockK() * getARowPitch() * elementBytes;
  }
  int64_t getBBytes() const {
    return config.getBlockN() * config.getBlockK() * elementBytes;
  }
  int64_t getStageBytes() const { return getABytes() + getBBytes(); }
  int64_t getStagesBytes() const {
    return config.getStages() * getStageBytes();
  }
  /// Bytes in which k-slices hand over what others finish, once the stages are
  /// not needed any more: of every sum, those of all slices but one.
  int64_t getSliceSumsBytes() const;
  int64_t getSharedBytes() const {
    return std::max(getStagesBytes(), getSliceSumsBytes());
  }

  /// K of one mma, and how many of them a k-tile has.
  int64_t getMmaK() const { return kKStepBytes / elementBytes; }
  int64_t getKSteps() const { return config.getBlockK() / getMmaK(); }
  /// Those of one k-slice, and the K that they cover.
  int64_t getKStepsPerSlice() const {
    return getKSteps() / config.getKSlices();
  }
  int64_t getSliceK() const { return config.getBlockK() / config.getKSlices(); }
  /// m16 tiles and n8 tiles of a warp tile.
  int64_t getMTiles() const { return config.getWarpM() / kMmaM; }
  int64_t getNTiles() const { return config.getWarpN() / kMmaN; }

  /// How many adjacent columns of C one lane holds after the permutation of
  /// N (see LowerToMma.cpp): 4, or 8 for 16-bit types where the warp tile
  /// allows it.
  int64_t getLaneColumns() const;

  /// Groups of four lanes' columns in so many columns of C.
  int64_t countLaneGroups(int64_t columns) const {
    return columns / (4 * getLaneColumns());
  }

  /// As many slices as whole m16 tiles and whole groups of lanes' columns
  /// allow.
  SliceShares getSliceShares() const;
  /// What a warp finishes of its tile.
  int64_t getFinishedM() const {
    return config.getWarpM() / getSliceShares().m;
  }
  int64_t getFinishedN() const {
    return config.getWarpN() / getSliceShares().n;
  }

  /// Rows of C that pass through shared memory: 16 of what each warp finishes
  /// at a time. Elements from one row to the next, and bytes of the buffers of
  /// all warps that finish a part, which follow the sums of slices.
  int64_t getRowBufferPitch() const;
  int64_t getRowBuffersBytes() const {
    return getSliceShares().count() * config.getWarpsPerSlice() * kMmaM *
           getRowBufferPitch() * elementBytes;
  }

  /// The swizzle of A's buffer, null if it is padded; the swizzle of B's.
  SwizzleAttr getASwizzle() const;
  SwizzleAttr getBSwizzle() const;

  /// m16n8 tiles of a warp tile: fragments of sums that a lane holds.
  int64_t getFragments() const { return getMTiles() * getNTiles(); }

  /// The parts of an M x N result, in the order in which their blocks follow
  /// each other: what block tiles cover, and the edges. With `edge` in M and N,
  ///
  ///   0 0 2
  ///   0 0 2      2: firstN = N - N mod block n
  ///   1 1 1      1: firstM = M - M mod block m
  ///
  /// The config of each has no edges.
  SmallVector<ResultPart> getParts(int64_t m, int64_t n) const;
  /// Of the blocks that compute an edge in M (dim 0) or N (dim 1): tiles of 128
  /// along it, as many warps as the others and no more shared memory.
  ConfigAttr getEdgeConfig(unsigned dim) const;

  /// Block tiles of an M x N result, without edges.
  int64_t countTiles(int64_t m, int64_t n) const;
  /// Blocks of the launch.
  int64_t countBlocks(int64_t m, int64_t n) const;
  /// Of an operand of an M x N product, A (dim 0) or B (dim 1).
  GuardShare getGuardShare(unsigned dim, int64_t m, int64_t n) const;
  /// Tiles that several blocks may share, and places for such blocks' sums.
  int64_t countSharedTiles(int64_t m, int64_t n) const;
  int64_t countPartialSums(int64_t m, int64_t n) const;

  /// Whether the kernel needs a workspace, and its layout for an M x N product.
  bool needsWorkspace() const;
  WorkspaceLayout getWorkspace(int64_t m, int64_t n) const;
  /// f32 that the threads of a tile hold: its share of `partialSums`.
  int64_t getTileSums() const {
    return config.getBlockM() * config.getBlockN();
  }

  /// About how many registers a thread needs: accumulators, and one set of
  /// fragments, or two for double-buffering.
  int64_t getRegisters(int64_t fragmentSets) const;
  /// How many it can have.
  int64_t getRegisterLimit(const TargetInfo &target) const;
  /// Whether no target has registers for two sets of fragments: then those of
  /// the next k-step are loaded one by one into the place of this one's.
  bool sharesFragmentRegisters() const;
  /// Whether two sets of fragments leave ptxas so few that it cannot order
  /// instructions as it would.
  bool leavesFewRegisters(const TargetInfo &target) const;

private:
  LogicalResult
  verifyEdge(unsigned dim, const TargetInfo &target,
             llvm::function_ref<InFlightDiagnostic()> emitError) const;

  ConfigAttr config;
  Type elementType;
  int64_t elementBytes;
};

} // namespace mlir::tt

#endif // TT_TRANSFORMS_TILEPLAN_H
