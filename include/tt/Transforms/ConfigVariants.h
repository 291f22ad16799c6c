//===- ConfigVariants.h - What follows from the rest of a config *- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Parts of a config that follow from the others, the problem and the target: how
// blocks share the last wave, persistent blocks, edges, raster group, and where
// copies stand. The default (ChooseConfig.h) and the tuner both ask here.
//
//===----------------------------------------------------------------------===//

#ifndef TT_TRANSFORMS_CONFIGVARIANTS_H
#define TT_TRANSFORMS_CONFIGVARIANTS_H

#include "tt/Transforms/ChooseConfig.h"

namespace mlir::tt {

/// The fewest k-tiles that are left to each of the blocks that share a tile.
inline constexpr int64_t kMinKTilesOfShare = 4;
/// From so many times its stages on, the k-tiles of a loop are many.
inline constexpr int64_t kLongLoop = 2;
/// Sums of a warp tile beside which a thread has few registers left.
inline constexpr int64_t kLargeWarpTile = 64 * 64;
/// Of a block whose loop takes all registers if it may share its tile.
inline constexpr int64_t kWarpsOfLargeBlock = 8;

/// Blocks that can run at the same time.
int64_t countSlots(const TilePlan &plan, const TargetInfo &target);

/// `config` with `stream_k` over the tiles of the last wave, those that are
/// left when the others have filled all SMs: cut into a share for each block
/// that can run at the same time (`parts` = 1), or into `parts` shares a tile.
/// Null where no tile is left, shares would be short or more than can run, or
/// split_k does the same.
ConfigAttr shareLastWave(ConfigAttr config, int64_t parts,
                         const Problem &problem, const TargetInfo &target);

/// `config` with as many persistent blocks as `target` runs at the same time.
/// Null where C has no more tiles than that, or blocks share them.
ConfigAttr makePersistent(ConfigAttr config, const Problem &problem,
                          const TargetInfo &target);

/// `config` with blocks of their own for the edges of C in M, in N or in both:
/// with tiles as high, or wide, as what block tiles leave, or as even parts of
/// it. Null where nothing is left there, C is smaller than a block tile, or the
/// config cannot have edges.
ConfigAttr makeEdges(ConfigAttr config, bool inM, bool inN,
                     const Problem &problem);

/// The raster group with which the blocks that run at the same time, one an SM,
/// touch the fewest rows of A and B: as square a part of C as block tiles of
/// M x N allow.
int64_t chooseRasterGroup(int64_t blockM, int64_t blockN,
                          const TargetInfo &target);

/// `config` with copies where they measured faster beside the rest of it.
ConfigAttr withBestCopySlot(ConfigAttr config, const Problem &problem,
                            const TargetInfo &target);

} // namespace mlir::tt

#endif // TT_TRANSFORMS_CONFIGVARIANTS_H
