//===- AssignStages.cpp - Stage and order of the k-tile loop's ops --------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Decides, and records the decision as attributes. With S stages, S - 1 tiles
// are in flight. While tile i is computed, the loop body does, in this order:
//
//   stage     what                                              of tile
//   S - 1     maxima of the elements looked at for NaN, if any  i
//   S - 1     load the fragments of k-step 1                    i
//   S - 1     mma of k-step 0; between them, stage 0 copies,    i; i + S - 1
//             and the rounding of k-step 1's fragments          i
//   ...       ... the same for each k-step but the last
//   0         close the copy group                              i + S - 1
//   S - 2     wait for the tile's copies, barrier               i + 1
//   S - 2     load the fragments of k-step 0, and the elements  i + 1
//             to look at for NaN
//   S - 1     mma of the last k-step; between them, the         i
//   S - 2     rounding of k-step 0's fragments                  i + 1
//   S - 1     store, if the tile of C ends (persistent blocks)  i
//
// That is copy_slot = before_barrier. With after_barrier, the copies stand
// among the mma of the last k-step instead, and go to the slot that the barrier
// has just freed: of tile i + S, a part of an iteration earlier. All stages but
// theirs are one higher then:
//
//   1         close the copy group                              i + S - 1
//   S - 1     wait for the tile's copies, barrier               i + 1
//   ...
//   S         mma of the last k-step; between them, the         i
//   0         copies                                            i + S
//
// With second_half, copies are placed as before the barrier, but in each k-step
// from its middle on, as they are where there is rounding.
//
// Fragments of two k-steps beside the sums take more registers than there are
// where warp tiles are very large (TilePlan::sharesFragmentRegisters). There
// each fragment of the next k-step is loaded behind the last mma that needs the
// one in its place, instead of all before the k-step's mma:
//
//   mma      (0, 0) (1, 0) (1, 1) (0, 1) ...  (0, n) (1, n)
//   loads                       B 0, 1           A 0    A 1, B n - 1, n
//
// One barrier suffices. It stands after the last read of tile i (the fragments
// of the last k-step were loaded before it) and so before the copies of tile i
// + S, which go to the same slot; and it stands after the wait for tile i + 1,
// so that every warp sees what the others copied.
//
// Copies through registers (tt-stage-operands) are spread over the whole body:
//
//   stage     what                                              of tile
//   0         load from global memory to registers              i + S - 1
//   0         store to shared memory, half a body after the     i + S - 1
//   or 1      load at most                                      or i + S - 2
//
// S > 2: the slot has been free since the barrier of iteration i - 1, and is
// read after that of iteration i + S - 2. What is left for the next iteration
// (stage 1) is stored in its first half, before its barrier. S = 2: loads and
// stores all come before the barrier of this iteration.
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/NVGPU/IR/NVGPUDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "tt/Transforms/KernelUtils.h"
#include "tt/Transforms/Passes.h"
#include "tt/Transforms/SharedAccess.h"
#include "tt/Transforms/TilePlan.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SetVector.h"

namespace mlir::tt {
#define GEN_PASS_DEF_ASSIGNSTAGES
#include "tt/Transforms/Passes.h.inc"
} // namespace mlir::tt

using namespace mlir;
using namespace mlir::tt;

namespace {

/// The ops of a k-tile loop that are placed one by one; whatever they need is
/// placed just before them.
struct LoopParts {
  SmallVector<Operation *> copies;
  /// Of tiles that are copied through registers: what comes from global memory,
  /// and what goes to shared memory.
  SmallVector<Operation *> registerLoads, registerStores;
  nvgpu::DeviceAsyncCreateGroupOp group;
  nvgpu::DeviceAsyncWaitOp wait;
  /// The store at a tile's end, in the loop of a persistent block.
  Operation *store = nullptr;
  /// The barrier after the wait, and the one that closes the body.
  gpu::BarrierOp ready, closing;
  /// Elements to look at for NaN, and the maxima that keep it.
  SmallVector<Operation *> lookLoads, looks;
  /// Fragment loads, their rounding (if any) and mma of each k-step.
  SmallVector<SmallVector<Operation *>> loads, rounding, mma;
};

class Scheduler {
public:
  Scheduler(scf::ForOp loop, LoopParts parts, const TilePlan &plan,
            CopySlot slot)
      : loop(loop), parts(std::move(parts)),
        stages(plan.getConfig().getStages()), slot(slot),
        last(isAfterBarrier() ? stages : stages - 1),
        sharesRegisters(plan.sharesFragmentRegisters()) {}

  void run();

private:
  void place(Operation *op, int64_t stage);
  void placeAll(ArrayRef<Operation *> ops, int64_t stage) {
    for (Operation *op : ops)
      place(op, stage);
  }
  bool isAfterBarrier() const { return slot == CopySlot::after_barrier; }
  /// After the last comes the first, of the next tile.
  size_t getNextKStep(size_t kStep) const {
    return (kStep + 1) % parts.mma.size();
  }
  int64_t getLoadStage(size_t kStep) const;
  ArrayRef<Operation *> getCopies(size_t kStep) const;
  /// All fragment loads of a k-step, unless each waits for a register.
  void placeLoads(size_t kStep);
  SmallVector<SmallVector<Operation *>> findLoadsBehindMma(size_t kStep) const;
  void placeMma(size_t kStep);
  void planRegisterCopies();
  void placeRegisterStores(bool ofIterationBefore);
  void placeRegisterCopies();

  scf::ForOp loop;
  LoopParts parts;
  /// Of the config.
  int64_t stages;
  CopySlot slot;
  /// The last stage of the schedule: the one that computes.
  int64_t last;
  /// Whether the next k-step's fragments take the registers of this one's.
  bool sharesRegisters;
  /// mma of all k-steps, and how many are placed.
  size_t mmaCount = 0, mmaDone = 0;
  size_t window = 0, delay = 0;
  size_t nextLoad = 0;
  SmallVector<bool> isStored;
  /// Placed ops in order, with their stage.
  llvm::MapVector<Operation *, int64_t> placed;
  /// Copies of shared arithmetic for stages other than the first to use it.
  DenseMap<std::pair<Operation *, int64_t>, Operation *> clones;
};

} // namespace

static bool isSharedRead(Operation *op) {
  return isa<nvgpu::LdMatrixOp, vector::LoadOp>(op);
}

/// In a region, unless each k-tile is a tile's last.
static bool isTileStore(Operation *op) {
  return isa<scf::IndexSwitchOp, StoreFragmentsOp>(op);
}

/// With a guard, or without: then its tiles are never partial.
static bool isRegisterLoad(Operation *op) {
  return (isa<memref::LoadOp>(op) && !isLookLoad(op)) ||
         (isa<scf::IfOp>(op) && op->getNumResults() != 0);
}

/// Ops whose results are used in another k-step or k-tile: they have a place of
/// their own.
static bool isLoad(Operation *op) {
  return isSharedRead(op) || isLookLoad(op) || isa<RoundToTF32Op>(op) ||
         isRegisterLoad(op);
}

/// With a guard in a last, partial round.
static bool isRegisterStore(Operation *op) {
  if (auto guarded = dyn_cast<scf::IfOp>(op))
    return !guarded.getBody()->getOps<vector::StoreOp>().empty();
  return isa<vector::StoreOp>(op);
}

static bool isCopy(Operation *op) {
  // In an scf.if: copies of a last, partial round.
  return isa<nvgpu::DeviceAsyncCopyOp, scf::IfOp>(op);
}

/// Sorts the ops of `loop` into parts; k-steps are told apart by the mma that
/// follow their loads.
static FailureOr<LoopParts> findParts(scf::ForOp loop) {
  LoopParts parts;
  bool inLoads = false;
  for (Operation &op : loop.getBody()->without_terminator()) {
    if (isTileStore(&op))
      parts.store = &op;
    else if (isRegisterLoad(&op))
      parts.registerLoads.push_back(&op);
    else if (isRegisterStore(&op))
      parts.registerStores.push_back(&op);
    else if (isLookLoad(&op))
      parts.lookLoads.push_back(&op);
    else if (isa<arith::MaximumFOp>(op))
      parts.looks.push_back(&op);
    else if (isCopy(&op))
      parts.copies.push_back(&op);
    else if (auto group = dyn_cast<nvgpu::DeviceAsyncCreateGroupOp>(op))
      parts.group = group;
    else if (auto wait = dyn_cast<nvgpu::DeviceAsyncWaitOp>(op))
      parts.wait = wait;
    else if (auto barrier = dyn_cast<gpu::BarrierOp>(op))
      (parts.ready ? parts.closing : parts.ready) = barrier;
    else if (isSharedRead(&op)) {
      if (!std::exchange(inLoads, true))
        parts.loads.emplace_back(), parts.rounding.emplace_back(),
            parts.mma.emplace_back();
      parts.loads.back().push_back(&op);
    } else if (isa<RoundToTF32Op>(op)) {
      if (!inLoads)
        return op.emitOpError("is not expected among the mma of a k-step");
      parts.rounding.back().push_back(&op);
    } else if (isa<nvgpu::MmaSyncOp>(op)) {
      inLoads = false;
      if (parts.mma.empty())
        return loop.emitOpError("mma.sync before the first fragment load");
      parts.mma.back().push_back(&op);
    } else if (!isMemoryEffectFree(&op)) {
      return op.emitOpError("is not expected in the k-tile loop");
    }
  }
  if (!parts.group || !parts.wait || !parts.ready || !parts.closing ||
      parts.loads.size() < 2)
    return loop.emitOpError("expected copies, a group, a wait, two barriers "
                            "and at least two k-steps, as tt-stage-operands "
                            "and tt-lower-to-mma make them");
  return parts;
}

/// Places `op` at the end of the order, after what it needs and is not placed
/// yet. Arithmetic that an earlier stage has placed is cloned, not shared: a
/// value that crosses stages costs a register for each tile in flight.
void Scheduler::place(Operation *op, int64_t stage) {
  if (placed.contains(op))
    return;
  llvm::SetVector<Value> needed;
  op->walk(
      [&](Operation *nested) { needed.insert_range(nested->getOperands()); });
  for (Value value : needed) {
    Operation *producer = value.getDefiningOp();
    // A load may come later in the order: then the value is what the iteration
    // before has loaded. So may the copies of a group.
    if (!producer || producer->getBlock() != loop.getBody() ||
        isLoad(producer) || isCopy(producer))
      continue;
    auto found = placed.find(producer);
    if (found == placed.end()) {
      place(producer, stage);
      continue;
    }
    if (found->second == stage || !isMemoryEffectFree(producer) ||
        isa<nvgpu::MmaSyncOp, nvgpu::DeviceAsyncCreateGroupOp>(producer))
      continue;
    bool isScalar = llvm::all_of(producer->getResultTypes(),
                                 [](Type type) { return type.isIntOrIndex(); });
    if (!isScalar)
      continue;
    Operation *&clone = clones[{producer, stage}];
    if (!clone) {
      OpBuilder builder(producer);
      clone = builder.clone(*producer);
      place(clone, stage);
    }
    op->walk([&](Operation *nested) {
      nested->replaceUsesOfWith(value, clone->getResult(0));
    });
  }
  placed.insert({op, stage});
}

/// The copies that are issued among the mma of a k-step: of those before the
/// barrier an equal part, or all behind it.
ArrayRef<Operation *> Scheduler::getCopies(size_t kStep) const {
  ArrayRef<Operation *> copies = parts.copies;
  size_t stepsBefore = parts.mma.size() - 1;
  bool isAfter = kStep == stepsBefore;
  if (isAfter != isAfterBarrier())
    return {};
  if (isAfter)
    return copies;
  size_t begin = copies.size() * kStep / stepsBefore;
  size_t end = copies.size() * (kStep + 1) / stepsBefore;
  return copies.slice(begin, end - begin);
}

/// The stage at which the fragments of a k-step are loaded.
int64_t Scheduler::getLoadStage(size_t kStep) const {
  return kStep == 0 ? last - 1 : last;
}

void Scheduler::placeLoads(size_t kStep) {
  if (!sharesRegisters)
    placeAll(parts.loads[kStep], getLoadStage(kStep));
}

/// Calls `visit` for each load that a fragment is made of.
static void visitLoads(Value fragment, function_ref<void(Operation *)> visit) {
  Operation *producer = fragment.getDefiningOp();
  if (!producer)
    return;
  if (isSharedRead(producer))
    return visit(producer);
  for (Value operand : producer->getOperands())
    visitLoads(operand, visit);
}

/// Behind each mma of a k-step, the loads of the next one that take the place
/// of fragments which no later mma of this one needs.
SmallVector<SmallVector<Operation *>>
Scheduler::findLoadsBehindMma(size_t kStep) const {
  ArrayRef<Operation *> mma = parts.mma[kStep];
  SmallVector<SmallVector<Operation *>> loads(mma.size());
  if (!sharesRegisters)
    return loads;
  DenseMap<Operation *, size_t> lastUses;
  for (size_t i = 0; i < mma.size(); ++i)
    for (Value fragment : {cast<nvgpu::MmaSyncOp>(mma[i]).getMatrixA(),
                           cast<nvgpu::MmaSyncOp>(mma[i]).getMatrixB()})
      visitLoads(fragment, [&](Operation *load) { lastUses[load] = i; });
  for (auto [load, next] :
       llvm::zip_equal(parts.loads[kStep], parts.loads[getNextKStep(kStep)]))
    loads[lastUses.lookup(load)].push_back(next);
  return loads;
}

/// The mma of one k-step; between them the rounding of the next k-step's
/// fragments, from the first mma on, and this k-step's share of the copies.
/// Either in a burst would keep the tensor cores waiting for issue slots; where
/// there is rounding, copies wait for the second half.
void Scheduler::placeMma(size_t kStep) {
  ArrayRef<Operation *> mma = parts.mma[kStep];
  ArrayRef<Operation *> copies = getCopies(kStep);
  size_t nextKStep = getNextKStep(kStep);
  ArrayRef<Operation *> rounding = parts.rounding[nextKStep];
  size_t nextCopy = 0, nextRounding = 0;
  bool inSecondHalf = slot == CopySlot::second_half || !rounding.empty();
  size_t mmaBeforeCopies = inSecondHalf ? mma.size() / 2 : 0;
  auto loadsBehind = findLoadsBehindMma(kStep);
  for (auto [position, op] : llvm::enumerate(mma)) {
    place(op, last);
    ++mmaDone;
    placeRegisterCopies();
    placeAll(loadsBehind[position], getLoadStage(nextKStep));
    size_t done = position + 1;
    // What is to be rounded must have been loaded.
    size_t dueRounding = sharesRegisters && done < mma.size()
                             ? 0
                             : rounding.size() * done / mma.size();
    for (; nextRounding < dueRounding; ++nextRounding)
      place(rounding[nextRounding], getLoadStage(nextKStep));
    if (done <= mmaBeforeCopies)
      continue;
    size_t due = copies.size() * (done - mmaBeforeCopies) /
                 (mma.size() - mmaBeforeCopies);
    for (; nextCopy < due; ++nextCopy)
      place(copies[nextCopy], /*stage=*/0);
  }
}

/// When copies through registers are done, in mma of the loop body: loads are
/// spread over `window`, and each value is stored `delay` after it was loaded.
/// Half of the body hides the way from L2; large warp tiles leave registers for
/// less.
void Scheduler::planRegisterCopies() {
  size_t inFlight = countRegisterCopies(4 * parts.mma.back().size());
  size_t stores = std::max<size_t>(parts.registerStores.size(), 1);
  // With two stages, the barrier before the last k-step closes the window.
  // Otherwise the slot is free for all of this iteration and more.
  size_t end = last == 1 ? mmaCount - parts.mma.back().size() : mmaCount;
  delay = std::min(end / (last == 1 ? 3 : 2), end * inFlight / stores);
  window = last == 1 ? end - delay : end;
}

/// Stores of values that are loaded in the same iteration, or in the one
/// before, as far as they are due after `mmaDone` mma.
void Scheduler::placeRegisterStores(bool ofIterationBefore) {
  size_t stores = parts.registerStores.size();
  for (size_t i = 0; i < stores; ++i) {
    size_t due = llvm::divideCeil((i + 1) * window, stores) + delay;
    bool isLater = due > mmaCount;
    if (isStored[i] || isLater != ofIterationBefore ||
        due > mmaDone + (isLater ? mmaCount : 0))
      continue;
    isStored[i] = true;
    place(parts.registerStores[i], isLater ? 1 : 0);
  }
}

/// The share of the copies through registers that is due after `mmaDone` mma.
void Scheduler::placeRegisterCopies() {
  // First what frees registers.
  placeRegisterStores(/*ofIterationBefore=*/true);
  size_t loads = parts.registerLoads.size();
  for (; nextLoad < loads && nextLoad * window < mmaDone * loads; ++nextLoad)
    place(parts.registerLoads[nextLoad], /*stage=*/0);
  placeRegisterStores(/*ofIterationBefore=*/false);
}

void Scheduler::run() {
  size_t kSteps = parts.mma.size();
  for (ArrayRef<Operation *> mma : parts.mma)
    mmaCount += mma.size();
  isStored.assign(parts.registerStores.size(), false);
  planRegisterCopies();
  placeAll(parts.looks, last);
  for (size_t kStep = 0; kStep + 1 < kSteps; ++kStep) {
    placeLoads(kStep + 1);
    placeMma(kStep);
  }
  place(parts.group, isAfterBarrier() ? 1 : 0);
  place(parts.wait, last - 1);
  place(parts.ready, last - 1);
  placeLoads(0);
  placeAll(parts.lookLoads, last - 1);
  placeMma(kSteps - 1);
  if (parts.store)
    place(parts.store, last);

  parts.closing.erase();
  // What nothing needs any more has no place in the order.
  for (Operation &op :
       llvm::make_early_inc_range(llvm::reverse(*loop.getBody())))
    if (!placed.contains(&op) && isOpTriviallyDead(&op))
      op.erase();
  // At the wait for tile i + 1, the groups of tiles i + 2 ... i + S - 1 may
  // still be in flight.
  Builder builder(loop.getContext());
  parts.wait.setNumGroups(stages - 2);
  int64_t order = 0;
  for (auto [op, stage] : placed) {
    op->setAttr(kStageAttrName, builder.getI64IntegerAttr(stage));
    op->setAttr(kOrderAttrName, builder.getI64IntegerAttr(order++));
  }
}

namespace {

struct AssignStages : tt::impl::AssignStagesBase<AssignStages> {
  void runOnOperation() override {
    for (gpu::LaunchOp launch : collectLaunches(getOperation()))
      if (failed(assign(launch)))
        return signalPassFailure();
  }

private:
  LogicalResult assign(gpu::LaunchOp launch) {
    ConfigAttr config = getConfig(launch);
    if (config.getStages() < 2)
      return success();
    // A single k-tile needs no loop; its copies, wait and barriers stand in
    // order already.
    scf::ForOp loop = getKTileLoop(launch);
    if (!loop)
      return success();
    FailureOr<LoopParts> parts = findParts(loop);
    if (failed(parts))
      return failure();
    // Copies through registers have a schedule of their own.
    CopySlot slot = parts->registerLoads.empty() ? config.getCopySlot()
                                                 : CopySlot::before_barrier;
    Type fragment =
        cast<nvgpu::MmaSyncOp>(parts->mma[0][0]).getMatrixA().getType();
    TilePlan plan(config, getElementTypeOrSelf(fragment));
    Scheduler(loop, std::move(*parts), plan, slot).run();
    return success();
  }
};

} // namespace
