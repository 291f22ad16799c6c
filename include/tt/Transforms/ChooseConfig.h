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
  /// Whether those of A or of B do, if they are adjacent.
  bool hasStagedRows() const { return isStaged(getPitchOfA()) || isStaged(k); }
  /// Whether each row of A and of B begins at a multiple of the widest copy, if
  /// their rows are adjacent.
  bool hasWideCopies() const;
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

/// Whether the NaN of `problem` can be looked for in a guarded kernel: the
/// contract rounds to nearest, C is of static size, and there is a k-tile loop.
bool canGuard(const Problem &problem, const TilePlan &plan);

/// The target that decisions about `op` are made for: its module's
/// `tt.target`, or else `fallback`. An unknown name is an error at `op`.
FailureOr<const TargetInfo *> getTarget(Operation *op, StringRef fallback);

} // namespace mlir::tt

#endif // TT_TRANSFORMS_CHOOSECONFIG_H
