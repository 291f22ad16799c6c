//===- ChooseConfig.h - The default config of a problem ---------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_TRANSFORMS_CHOOSECONFIG_H
#define TT_TRANSFORMS_CHOOSECONFIG_H

#include "tt/Dialect/TT/IR/TTDialect.h"
#include "tt/Target/TargetInfo.h"

namespace mlir::tt {

class TilePlan;
struct ResultPart;

/// Sizes of C = AᵀBᵀ; ShapedType::kDynamic where not known.
struct Problem {
  int64_t m, n, k;
  Type elementType;
  /// Of the precision contract; meaningless for 16-bit elements.
  Rounding rounding;
  /// Elements from one row of A to the next; 0: M, rows are adjacent. Of a part
  /// of a product, whose A is a part of the whole one's.
  int64_t pitchOfA = 0;

  int64_t getPitchOfA() const { return pitchOfA ? pitchOfA : m; }
  /// The product of a part of C.
  Problem getPart(const ResultPart &part) const;

  /// Whether the contract rounds operands.
  bool rounds() const {
    return elementType.isF32() && rounding != Rounding::truncate;
  }

  /// Whether the sizes of C are known.
  bool hasStaticResult() const {
    return !ShapedType::isDynamic(m) && !ShapedType::isDynamic(n);
  }

  int64_t getElementBytes() const {
    return elementType.getIntOrFloatBitWidth() / 8;
  }
  /// Whether rows of `length` elements that are adjacent lie at odd strides of
  /// 16 bits, and are copied through registers (tt-stage-operands).
  bool isStaged(int64_t length) const {
    return !elementType.isF32() && !ShapedType::isDynamic(length) &&
           length % 2 != 0;
  }
  /// k-tiles of `blockK` elements; of a size that the model assumes if K is not
  /// known.
  int64_t countKTiles(int64_t blockK) const;
  /// Bytes that one copy of such rows may move: if `length` is not known, an
  /// element.
  int64_t getCopyBytes(int64_t length) const;
};

/// The config of a problem that names none. Always legal on `target`.
ConfigAttr chooseConfig(const Problem &problem, const TargetInfo &target);

/// Why `plan` is not legal on `target`; empty if it is.
std::string getIllegality(const TilePlan &plan, const TargetInfo &target);

/// Why a config that a target allows cannot be that of `problem`; empty if it
/// can.
std::string getMisfit(const Problem &problem, const TilePlan &plan);

/// The one or the other; empty if `problem` can have the config on `target`.
std::string getRefusal(const Problem &problem, const TilePlan &plan,
                       const TargetInfo &target);

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

/// Whether the NaN of `problem` can be looked for in a guarded kernel: the
/// contract rounds to nearest, C is of static size, and there is a k-tile loop.
bool canGuard(const Problem &problem, const TilePlan &plan);

/// The target that decisions about `op` are made for: its module's
/// `tt.target`, or else `fallback`. An unknown name is an error at `op`.
FailureOr<const TargetInfo *> getTarget(Operation *op, StringRef fallback);

} // namespace mlir::tt

#endif // TT_TRANSFORMS_CHOOSECONFIG_H
