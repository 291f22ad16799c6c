//===- CopyThroughRegisters.cpp - Rows of 16 bits at odd strides ----------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// cp.async moves 4 bytes at least, and rows of 16-bit elements at odd strides
// begin in the middle of 4 bytes. Each thread joins two elements to a word,
// adjacent threads adjacent words. For each 128 bytes, by count of wavefronts
// of the load-store unit:
//
//   two loads of 16 bits, one store of 32                 3, of 3 instructions
//   three aligned loads of 32, shifted, one store of 64   4, of 2
//   five aligned loads of 32, shifted, one store of 128   6, of 1.5
//   elements one by one                                   4, of 4
//
// since loads whose lanes are 8 or 16 bytes apart take two or four wavefronts
// each. That unit also feeds the tensor cores: by this count it is busy for 1.3
// (tiles of 128 x 256) to 3.1 times (64 x 64) as long as they are on an H100.
// Every load is of one element: none reaches beyond the operand or into another
// row, wherever rows begin.
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "tt/Transforms/SharedAccess.h"
#include "tt/Transforms/StagedTile.h"

using namespace mlir;
using namespace mlir::tt;

namespace {

/// 16-bit elements of a 32-bit word.
constexpr int64_t kPair = 2;

class RegisterCopier {
public:
  RegisterCopier(ImplicitLocOpBuilder &builder, StagedTile tile, Value thread,
                 const TilePlan &plan)
      : builder(builder), index(builder), tile(tile), thread(thread),
        plan(plan) {}

  void run(Value slot);

private:
  Value isInside(const TilePiece &place, Value column);
  Value loadElement(const TilePiece &place, Value column);
  Value loadPair(const TilePiece &place);

  ImplicitLocOpBuilder &builder;
  IndexBuilder index;
  StagedTile tile;
  Value thread;
  const TilePlan &plan;
};

} // namespace

/// Whether the thread has an element at `column` of the row of `place` and it
/// lies inside the operand; null if all do. Rounds differ by a constant in
/// their row: what is left of the rows after the thread's first is one number
/// for all of them, in 32 bits, and each compares a constant with it. Columns
/// make it negative where they are outside. A comparison of its own for each
/// would take more instructions than the copies.
Value RegisterCopier::isInside(const TilePiece &place, Value column) {
  IndexBuilder narrow(builder, builder.getI32Type());
  auto subtract = [&](OpFoldResult limit, Value position) -> Value {
    auto bound = dyn_cast<Value>(limit);
    return bound ? narrow.cast(index.sub(bound, position)) : Value();
  };
  SmallVector<OpFoldResult> sizes = tile.source.getMixedSizes();
  Value row = place.row;
  int64_t constantRow = splitConstant(builder, row);
  Value rowsLeft = subtract(sizes[0], row);
  Value left = subtract(sizes[1], column);
  if (!rowsLeft && !left)
    return place.active;
  if (!rowsLeft) {
    constantRow = 0;
  } else if (!left) {
    left = rowsLeft;
  } else {
    // More rows than any tile has, for each column that is left.
    constexpr int64_t kManyRows = 1 << 16;
    left = narrow.min(rowsLeft, narrow.mul(left, kManyRows));
  }
  Value inside = arith::CmpIOp::create(builder, arith::CmpIPredicate::sgt, left,
                                       narrow.constant(constantRow));
  return place.active
             ? arith::AndIOp::create(builder, inside, place.active).getResult()
             : inside;
}

/// The element at `column` of the row of `place`, or zero outside the operand.
Value RegisterCopier::loadElement(const TilePiece &place, Value column) {
  auto load = [&]() -> Value {
    return memref::LoadOp::create(builder, tile.source,
                                  ValueRange{place.row, column});
  };
  Value inside = isInside(place, column);
  if (!inside)
    return load();
  auto guarded = scf::IfOp::create(builder, TypeRange{plan.getElementType()},
                                   inside, /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(guarded.thenBlock());
  scf::YieldOp::create(builder, load());
  builder.setInsertionPointToStart(guarded.elseBlock());
  Value zero = arith::ConstantOp::create(
      builder, builder.getZeroAttr(plan.getElementType()));
  scf::YieldOp::create(builder, zero);
  return guarded.getResult(0);
}

/// The element at `place` and the next, as one vector.
Value RegisterCopier::loadPair(const TilePiece &place) {
  auto type = VectorType::get({kPair}, plan.getElementType());
  SmallVector<Value> elements;
  for (int64_t i = 0; i < kPair; ++i)
    elements.push_back(loadElement(place, index.add(place.column, i)));
  return vector::FromElementsOp::create(builder, type, elements);
}

/// All loads stand before the first store, so that they overlap;
/// tt-assign-stages moves both.
void RegisterCopier::run(Value slot) {
  SmallVector<std::pair<TilePiece, Value>> loaded;
  TileRounds rounds(plan.getThreads(), tile.rows, tile.columns, kPair);
  for (int64_t round = 0; round < rounds.count(); ++round) {
    TilePiece place = rounds.getPiece(builder, thread, round);
    loaded.push_back({place, loadPair(place)});
  }
  for (auto [place, pair] : loaded) {
    OpBuilder::InsertionGuard guard(builder);
    if (place.active) {
      auto ifActive = scf::IfOp::create(builder, place.active);
      builder.setInsertionPointToStart(ifActive.thenBlock());
    }
    vector::StoreOp::create(builder, pair, tile.shared,
                            ValueRange{slot, place.row, place.column},
                            /*nontemporal=*/false,
                            llvm::MaybeAlign(kPair * plan.getElementBytes()));
  }
}

void mlir::tt::copyThroughRegisters(ImplicitLocOpBuilder &builder,
                                    StagedTile tile, Value slot, Value thread,
                                    const TilePlan &plan) {
  RegisterCopier(builder, tile, thread, plan).run(slot);
}
