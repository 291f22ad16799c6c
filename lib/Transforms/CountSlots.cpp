//===- CountSlots.cpp - tile mod stages -> loop-carried counters ----------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   scf.for %i                       scf.for %i iter_args(%slot = c mod stages)
//     %s = (%i + c) mod stages  ->     use %slot
//     use %s                           %up = %slot + 1
//                                      %next = %up == stages ? 0 : %up
//                                      scf.yield %next
//
// Slot c of the next iteration is slot c + 1 of this one. Where the loop uses
// that too, it is passed on instead of counted: of the slots of the tile that is
// computed, the next tile and the tile that is copied (c = 0, 1 and -1), one is
// counted.
//
// A mask would do where stages is a power of two, but tells LLVM which bits of
// the slot are zero. It then makes additions to it `or`, and loses the constant
// part of the addresses that ldmatrix could have taken as an immediate.
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/PatternMatch.h"
#include "tt/Transforms/KernelUtils.h"
#include "tt/Transforms/Passes.h"
#include "llvm/ADT/MapVector.h"

namespace mlir::tt {
#define GEN_PASS_DEF_COUNTSLOTS
#include "tt/Transforms/Passes.h.inc"
} // namespace mlir::tt

using namespace mlir;
using namespace mlir::tt;

namespace {

/// The remainders of one loop, by c mod stages.
using Slots = llvm::MapVector<int64_t, SmallVector<arith::RemUIOp>>;

struct CountSlots : tt::impl::CountSlotsBase<CountSlots> {
  void runOnOperation() override {
    for (gpu::LaunchOp launch : collectLaunches(getOperation())) {
      int64_t stages = getConfig(launch).getStages();
      SmallVector<scf::ForOp> loops;
      launch.walk([&](scf::ForOp loop) { loops.push_back(loop); });
      for (scf::ForOp loop : loops)
        count(loop, stages);
    }
  }

private:
  static Slots collectSlots(scf::ForOp loop, int64_t stages) {
    Slots slots;
    if (getConstantIndex(loop.getLowerBound()) != 0 ||
        getConstantIndex(loop.getStep()) != 1)
      return slots;
    for (auto op : loop.getBody()->getOps<arith::RemUIOp>()) {
      auto tile = op.getLhs().getDefiningOp<arith::IndexCastOp>();
      if (!tile || getConstantIndex(op.getRhs()) != stages)
        continue;
      if (std::optional<int64_t> offset =
              getDistance(tile.getIn(), loop.getInductionVar()))
        slots[*offset % stages].push_back(op);
    }
    return slots;
  }

  static void count(scf::ForOp loop, int64_t stages) {
    Slots slots = collectSlots(loop, stages);
    if (slots.empty())
      return;
    IRRewriter rewriter(loop.getContext());
    rewriter.setInsertionPoint(loop);
    Type i32 = rewriter.getI32Type();
    SmallVector<Value> first;
    for (auto &[offset, ops] : slots)
      first.push_back(
          arith::ConstantIntOp::create(rewriter, loop.getLoc(), i32, offset));
    auto next = [&](OpBuilder &builder, Location loc,
                    ArrayRef<BlockArgument> counters) {
      auto constant = [&](int64_t value) -> Value {
        return arith::ConstantIntOp::create(builder, loc, i32, value);
      };
      SmallVector<Value> yielded;
      for (auto [counter, slot] : llvm::zip_equal(counters, slots)) {
        for (arith::RemUIOp op : slot.second)
          rewriter.replaceOp(op, counter);
        auto following = slots.find((slot.first + 1) % stages);
        if (following != slots.end()) {
          yielded.push_back(counters[following - slots.begin()]);
          continue;
        }
        Value up = arith::AddIOp::create(builder, loc, counter, constant(1));
        Value wraps = arith::CmpIOp::create(
            builder, loc, arith::CmpIPredicate::eq, up, constant(stages));
        yielded.push_back(
            arith::SelectOp::create(builder, loc, wraps, constant(0), up));
      }
      return yielded;
    };
    // Only fails for loops that carry tensors and the like.
    (void)loop.replaceWithAdditionalYields(
        rewriter, first, /*replaceInitOperandUsesInLoop=*/false, next);
  }
};

} // namespace
