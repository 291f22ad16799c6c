//===- KernelUtils.h - What the passes of the lowering share ----*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_TRANSFORMS_KERNELUTILS_H
#define TT_TRANSFORMS_KERNELUTILS_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "tt/Dialect/TT/IR/TTDialect.h"
#include "llvm/Support/MathExtras.h"

namespace mlir::tt {

/// Integer arithmetic that folds constants as it goes, so that what is known at
/// compile time leaves no ops behind: of indices, or of i32. Block ids fit 31
/// bits (CUDA's gridDim.x), and 32-bit division is several times cheaper than
/// 64-bit.
class IndexBuilder {
public:
  explicit IndexBuilder(ImplicitLocOpBuilder &b, Type type = {})
      : b(b), type(type ? type : b.getIndexType()) {}

  Value constant(int64_t value);
  /// `x`, an index or an integer, as this builder's type.
  Value cast(Value x);
  Value add(Value x, Value y);
  Value add(Value x, int64_t y) { return add(x, constant(y)); }
  Value sub(Value x, Value y);
  Value sub(Value x, int64_t y) { return sub(x, constant(y)); }
  Value mul(Value x, Value y);
  Value mul(Value x, int64_t y) { return mul(x, constant(y)); }
  /// Unsigned quotient and remainder; `y` > 0.
  Value div(Value x, Value y);
  Value div(Value x, int64_t y) { return div(x, constant(y)); }
  Value rem(Value x, Value y);
  Value rem(Value x, int64_t y) { return rem(x, constant(y)); }
  Value min(Value x, Value y);
  Value max(Value x, Value y);
  Value select(Value condition, Value x, Value y);
  /// Signed comparison.
  Value isLess(Value x, Value y);
  /// `x` limited to 0 ... `high`.
  Value clamp(Value x, int64_t high);

private:
  ImplicitLocOpBuilder &b;
  Type type;
};

/// The constant that `value` is, if it is one.
std::optional<int64_t> getConstantIndex(Value value);

/// c of a value base + c; none if it is not one.
std::optional<int64_t> getDistance(Value value, Value base);

/// An assembly statement without an instruction, which LLVM cannot look
/// through. One with side effects may write any memory.
Operation *createEmptyAssembly(ImplicitLocOpBuilder &b, TypeRange results,
                               ValueRange operands, StringRef constraints,
                               bool hasSideEffects);

/// Launches of `op` that carry a config.
SmallVector<gpu::LaunchOp> collectLaunches(Operation *op);
ConfigAttr getConfig(gpu::LaunchOp launch);
/// The launch with a config that `op` stands in; an error at `op` if there is
/// none.
FailureOr<gpu::LaunchOp> getConfiguredLaunch(Operation *op);

/// Adjacent elements of a tile: one thread's share of one round.
struct TilePiece {
  Value row, column;
  /// False where nothing is left for the thread in the last round of a strip;
  /// null if every thread has a piece.
  Value active;
};

/// How threads, a power of two, share a tile of `rows` x `columns` elements,
/// each `width` adjacent ones a round. In round r, thread i has piece i + r *
/// threads of a strip of columns, counted along its rows. Of 128 threads and
/// rows of 48 pieces:
///
///   strip        0                    1
///   pieces       0 ... 31             32 ... 47
///   a round      4 rows               8 rows
///
/// A round covers whole rows of a strip, so that the column is the thread's own
/// and only the row moves with the round, by a constant: addresses and bounds
/// of all rounds come from one register each. Where strips would take more
/// rounds, there is one, and each round has a row and a column of its own; so
/// without `inStrips`, where the layout of the tile wants pieces in the order
/// of memory.
class TileRounds {
public:
  TileRounds(int64_t threads, int64_t rows, int64_t columns, int64_t width,
             bool inStrips = true);

  int64_t count() const { return countOf(strips); }
  TilePiece getPiece(ImplicitLocOpBuilder &b, Value thread,
                     int64_t round) const;

private:
  int64_t countOf(int64_t stripPieces) const {
    return llvm::divideCeil(rows * stripPieces, threads);
  }
  int64_t countOf(ArrayRef<int64_t> strips) const;

  int64_t threads, rows, width;
  /// Pieces in a row of each strip.
  SmallVector<int64_t> strips;
};

/// The loop over the k-tiles of `launch`: the one whose body multiplies. Null
/// if it has been unrolled, being of one tile.
scf::ForOp getKTileLoop(gpu::LaunchOp launch);

/// The bytes at a multiple of which every row of `type` begins, at most 16, as
/// far as strides and offset are known. Where they are dynamic, `promised` (0:
/// nothing) counts. Base pointers are taken to be 16-byte aligned; the kernel
/// artifact guards that.
int64_t getRowAlignment(MemRefType type, int64_t promised);

/// The memory that `value` is a view of, after any subviews.
Value getViewSource(Value value);

} // namespace mlir::tt

#endif // TT_TRANSFORMS_KERNELUTILS_H
