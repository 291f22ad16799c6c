//===- Mutations.cpp - Ways to break a kernel at the nvgpu stage ----------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Mutations.h"

#include "MutationUtils.h"

using namespace mlir;
using namespace mlir::tt::test;

//===----------------------------------------------------------------------===//
// Barriers and waits
//===----------------------------------------------------------------------===//

static void dropLoopBarrier(ModuleOp module) {
  findAll<gpu::BarrierOp>(getLoop(module)).front()->erase();
}
static void dropLastLoopBarrier(ModuleOp module) {
  findAll<gpu::BarrierOp>(getLoop(module)).back()->erase();
}
static void dropPrologueBarrier(ModuleOp module) {
  findBefore<gpu::BarrierOp>(module)->erase();
}
static void waitForOneGroupFewer(nvgpu::DeviceAsyncWaitOp wait) {
  wait.setNumGroups(wait.getNumGroups().value_or(0) + 1);
}
static void waitTooFewInLoop(ModuleOp module) {
  waitForOneGroupFewer(
      findAll<nvgpu::DeviceAsyncWaitOp>(getLoop(module)).front());
}
static void waitTooFewInPrologue(ModuleOp module) {
  waitForOneGroupFewer(findBefore<nvgpu::DeviceAsyncWaitOp>(module));
}
static void dropLoopWait(ModuleOp module) {
  findAll<nvgpu::DeviceAsyncWaitOp>(getLoop(module)).front()->erase();
}
static void waitAfterBarrier(ModuleOp module) {
  auto wait = findAll<nvgpu::DeviceAsyncWaitOp>(getLoop(module)).front();
  wait->moveAfter(findAll<gpu::BarrierOp>(getLoop(module)).front());
}
static void barrierOfSomeThreads(ModuleOp module) {
  guard(findAll<gpu::BarrierOp>(getLoop(module)).front(),
        [&](OpBuilder &b) { return isThreadBelow(b, module, 40); });
}
/// Even and odd warps wait for each other at different barriers.
static void barriersOfTwoHalves(ModuleOp module) {
  auto barrier = findAll<gpu::BarrierOp>(getLoop(module)).front();
  OpBuilder builder(barrier);
  Location loc = barrier.getLoc();
  Value thread = getLaunch(module).getThreadIds().x;
  Value warp =
      arith::DivUIOp::create(builder, loc, thread, makeIndex(builder, 32));
  Value parity =
      arith::RemUIOp::create(builder, loc, warp, makeIndex(builder, 2));
  Value number = arith::IndexCastOp::create(
      builder, loc, builder.getI32Type(),
      arith::AddIOp::create(builder, loc, parity, makeIndex(builder, 1)));
  Value threads = arith::ConstantIntOp::create(builder, loc, 128, 32);
  NVVM::BarrierOp::create(builder, loc, TypeRange(), number, threads,
                          NVVM::BarrierReductionAttr(), Value());
  barrier->erase();
}

//===----------------------------------------------------------------------===//
// Stages
//===----------------------------------------------------------------------===//

static SmallVector<nvgpu::DeviceAsyncCopyOp> getLoopCopies(ModuleOp module) {
  return findAll<nvgpu::DeviceAsyncCopyOp>(getLoop(module));
}

/// Fragments come from the stage that is being filled.
static void readTheWrittenStage(ModuleOp module) {
  auto copy = getLoopCopies(module).front();
  Value written = copy.getDstIndices()[0];
  for (auto load : findAll<nvgpu::LdMatrixOp>(getLoop(module)))
    if (load->isBeforeInBlock(copy)) {
      load->moveAfter(copy);
      load.getIndicesMutable()[0].set(written);
      return;
    }
}
/// Copies go to the stage that is being read: others read it meanwhile.
static void writeTheReadStage(ModuleOp module) {
  auto load = findAll<nvgpu::LdMatrixOp>(getLoop(module)).front();
  for (auto copy : getLoopCopies(module))
    if (load->isBeforeInBlock(copy))
      copy.getDstIndicesMutable()[0].set(load.getIndices()[0]);
}
static void writeBehindTheLastStage(ModuleOp module) {
  auto copy = getLoopCopies(module).back();
  copy.getDstIndicesMutable()[0].set(
      addIndex(copy, copy.getDstIndices()[0], 100));
}

//===----------------------------------------------------------------------===//
// Copies and their masks
//===----------------------------------------------------------------------===//

/// Copies that read nothing do not happen, instead of writing zeros.
static void shrinkZeroFill(ModuleOp module) {
  for (auto copy : findAll<nvgpu::DeviceAsyncCopyOp>(getLaunch(module))) {
    Value count = copy.getSrcElements();
    OpBuilder builder(copy);
    // Tokens name no value: groups are counted, so that none is needed.
    Value one = makeIndex(builder, 1);
    Value reads = arith::CmpIOp::create(builder, copy.getLoc(),
                                        arith::CmpIPredicate::sge, count, one);
    auto branch = scf::IfOp::create(builder, copy.getLoc(), reads, false);
    for (Operation *user : llvm::make_early_inc_range(copy->getUsers()))
      if (auto group = dyn_cast<nvgpu::DeviceAsyncCreateGroupOp>(user))
        group.getInputTokensMutable().clear();
    copy->moveBefore(branch.thenYield());
  }
}
static void copyWholeChunks(ModuleOp module) {
  for (auto copy : findAll<nvgpu::DeviceAsyncCopyOp>(getLaunch(module)))
    copy.getSrcElementsMutable().clear();
}
static void copyOneElementMore(ModuleOp module) {
  for (auto copy : findAll<nvgpu::DeviceAsyncCopyOp>(getLaunch(module))) {
    OpBuilder builder(copy);
    Value one = makeIndex(builder, 1);
    Value more = addIndex(copy, copy.getSrcElements(), 1);
    Value reads =
        arith::CmpIOp::create(builder, copy.getLoc(), arith::CmpIPredicate::sge,
                              copy.getSrcElements(), one);
    copy.getSrcElementsMutable().assign(Value(arith::SelectOp::create(
        builder, copy.getLoc(), reads, more, copy.getSrcElements())));
  }
}
/// `row < rows` becomes `row <= rows` wherever it decides what is copied, and
/// so does `rows - row > c`.
static void copyOneRowMore(ModuleOp module) {
  for (auto compare : findAll<arith::CmpIOp>(getLaunch(module))) {
    if (!llvm::any_of(compare->getUsers(), llvm::IsaPred<arith::SelectOp>))
      continue;
    if (compare.getPredicate() == arith::CmpIPredicate::slt)
      compare.setPredicate(arith::CmpIPredicate::sle);
    else if (compare.getPredicate() == arith::CmpIPredicate::sgt)
      compare.setPredicate(arith::CmpIPredicate::sge);
  }
}

//===----------------------------------------------------------------------===//
// Addresses
//===----------------------------------------------------------------------===//

/// Whether a copy's address depends on the op.
static bool reachesCopy(Operation *op) {
  return llvm::any_of(op->getUsers(), [](Operation *user) {
    return isa<nvgpu::DeviceAsyncCopyOp>(user) ||
           (isa<arith::ArithDialect>(user->getDialect()) && reachesCopy(user));
  });
}

void mlir::tt::test::forgetSwizzleOfReads(ModuleOp module) {
  for (auto swizzle : findAll<arith::XOrIOp>(getLaunch(module)))
    if (!reachesCopy(swizzle))
      swizzle->replaceAllUsesWith(ValueRange{swizzle.getLhs()});
}
/// Right numbers, but rows of the same bank.
static void forgetSwizzle(ModuleOp module) {
  for (auto swizzle : findAll<arith::XOrIOp>(getLaunch(module)))
    swizzle->replaceAllUsesWith(ValueRange{swizzle.getLhs()});
}
static void readBetweenElements(ModuleOp module) {
  for (auto load : findAll<vector::LoadOp>(getLaunch(module))) {
    OpOperand &last = load.getIndicesMutable()[load.getIndices().size() - 1];
    last.set(addIndex(load, last.get(), 1));
  }
}
static void ldmatrixBetweenRows(ModuleOp module) {
  auto load = findAll<nvgpu::LdMatrixOp>(getLaunch(module)).front();
  OpOperand &last = load.getIndicesMutable()[load.getIndices().size() - 1];
  last.set(addIndex(load, last.get(), 2));
}
static void askForLessShared(ModuleOp module) {
  gpu::LaunchOp launch = getLaunch(module);
  OpBuilder builder(launch);
  Value bytes = launch.getDynamicSharedMemorySize();
  Value less = arith::ConstantIntOp::create(builder, launch.getLoc(), 256, 32);
  launch.getDynamicSharedMemorySizeMutable().assign(
      Value(arith::SubIOp::create(builder, launch.getLoc(), bytes, less)));
}

//===----------------------------------------------------------------------===//
// Fragments
//===----------------------------------------------------------------------===//

static void exchangeRowsOfA(ModuleOp module) {
  auto mma = findAll<nvgpu::MmaSyncOp>(getLoop(module)).front();
  OpBuilder builder(mma);
  Value a = mma.getMatrixA();
  Value first = vector::ExtractOp::create(builder, mma.getLoc(), a, 0);
  Value second = vector::ExtractOp::create(builder, mma.getLoc(), a, 1);
  a = vector::InsertOp::create(builder, mma.getLoc(), second, a, 0);
  a = vector::InsertOp::create(builder, mma.getLoc(), first, a, 1);
  mma.getMatrixAMutable().assign(a);
}
static void exchangeFragmentsOfB(ModuleOp module) {
  auto all = findAll<nvgpu::MmaSyncOp>(getLoop(module));
  Value b = all[0].getMatrixB();
  all[1]->moveAfter(all[0]);
  all[1].getMatrixBMutable().assign(b);
}
static void mmaOfHalfAWarp(ModuleOp module) {
  auto mma = findAll<nvgpu::MmaSyncOp>(getLoop(module)).front();
  Value lane = getLaunch(module).getThreadIds().x;
  guard(
      mma,
      [&](OpBuilder &b) -> Value {
        Value inWarp =
            arith::RemUIOp::create(b, mma.getLoc(), lane, makeIndex(b, 32));
        return arith::CmpIOp::create(b, mma.getLoc(), arith::CmpIPredicate::slt,
                                     inWarp, makeIndex(b, 16));
      },
      mma.getMatrixC());
}
static void leaveOutTheLastTile(ModuleOp module) {
  scf::ForOp loop = getLoop(module);
  loop.getUpperBoundMutable().assign(addIndex(loop, loop.getUpperBound(), -1));
}

//===----------------------------------------------------------------------===//
// Epilogue
//===----------------------------------------------------------------------===//

/// Comparisons that decide whether elements are stored.
static void loosenStoreMasks(ModuleOp module, bool rows) {
  for (auto branch : findAll<scf::IfOp>(getLaunch(module))) {
    bool isOuter = !branch->getParentOfType<scf::IfOp>();
    auto compare = branch.getCondition().getDefiningOp<arith::CmpIOp>();
    if (!compare || isOuter != rows)
      continue;
    if (compare.getPredicate() == arith::CmpIPredicate::slt)
      compare.setPredicate(arith::CmpIPredicate::sle);
  }
}
static void storeOneRowMore(ModuleOp module) { loosenStoreMasks(module, true); }
static void storeOneColumnMore(ModuleOp module) {
  loosenStoreMasks(module, false);
}
static void dropOneStore(ModuleOp module) {
  findAll<vector::StoreOp>(getLaunch(module)).front()->erase();
}
/// The second row of a lane's fragments goes where the first one went.
static void storeTwice(ModuleOp module) {
  auto stores = findAll<vector::StoreOp>(getLaunch(module));
  Value row = stores.front().getIndices()[0];
  auto outer = [](Operation *op) {
    while (auto parent = op->getParentOfType<scf::IfOp>())
      op = parent;
    return op;
  };
  for (auto store : stores)
    if (outer(store) != outer(stores.front()))
      store.getIndicesMutable()[0].set(row);
}
static void storeBehindC(ModuleOp module) {
  auto store = findAll<vector::StoreOp>(getLaunch(module)).back();
  store.getIndicesMutable()[0].set(
      addIndex(store, store.getIndices()[0], 1000));
}

//===----------------------------------------------------------------------===//
// Sums of slices and of split blocks
//===----------------------------------------------------------------------===//

static SmallVector<gpu::BarrierOp> getBarriersBehindLoop(ModuleOp module) {
  SmallVector<gpu::BarrierOp> barriers;
  scf::ForOp loop = getLoop(module);
  for (auto barrier : findAll<gpu::BarrierOp>(getLaunch(module)))
    if (barrier->getBlock() == loop->getBlock() &&
        loop->isBeforeInBlock(barrier))
      barriers.push_back(barrier);
  return barriers;
}
/// Sums go to shared memory while others still read the last tile there.
static void dropBarrierBeforeSums(ModuleOp module) {
  getBarriersBehindLoop(module)[0]->erase();
}
static void dropBarrierAfterSums(ModuleOp module) {
  getBarriersBehindLoop(module)[1]->erase();
}

//===----------------------------------------------------------------------===//
// Rows at odd strides
//===----------------------------------------------------------------------===//

static void dropBarrierBeforeRows(ModuleOp module) {
  getBarriersBehindLoop(module)[0]->erase();
}
static void dropWarpBarrier(ModuleOp module) {
  findAll<NVVM::SyncWarpOp>(getLaunch(module)).front()->erase();
}
/// A pair of elements reaches shared memory a barrier too late.
static void storePairAfterBarrier(ModuleOp module) {
  auto barrier = findAll<gpu::BarrierOp>(getLoop(module)).front();
  findAll<vector::StoreOp>(getLoop(module)).front()->moveAfter(barrier);
}

/// Whether a block is the last of those that share a tile.
static void answerTicket(ModuleOp module, bool isLast) {
  auto ticket = findAll<LLVM::AtomicRMWOp>(getLaunch(module)).front();
  for (Operation *user : llvm::make_early_inc_range(ticket->getUsers()))
    if (auto compare = dyn_cast<arith::CmpIOp>(user)) {
      OpBuilder builder(compare);
      compare->replaceAllUsesWith(
          arith::ConstantIntOp::create(builder, compare.getLoc(), isLast, 1));
    }
}
static void everyBlockIsLast(ModuleOp module) { answerTicket(module, true); }
static void noBlockIsLast(ModuleOp module) { answerTicket(module, false); }

static constexpr Mutant kMutants[] = {
    {"DropLoopBarrier", "shared-race", false, 3, dropLoopBarrier},
    {"DropLoopBarrierF32", "shared-race", true, 2, dropLoopBarrier},
    {"DropPrologueBarrier", "shared-race", false, 3, dropPrologueBarrier},
    {"DropBarrierAfterCopy", "shared-race", true, 1, dropLoopBarrier},
    {"DropBarrierAfterUse", "stage-overwritten", false, 1, dropLastLoopBarrier},
    {"WaitTooFewInLoop", "copy-not-waited", false, 3, waitTooFewInLoop},
    {"WaitTooFewFourStages", "copy-not-waited", true, 4, waitTooFewInLoop},
    {"WaitTooFewInPrologue", "copy-not-waited", false, 4, waitTooFewInPrologue},
    {"DropLoopWait", "copy-not-waited", true, 2, dropLoopWait},
    {"WaitAfterBarrier", "shared-race", false, 3, waitAfterBarrier},
    {"ReadTheWrittenStage", "copy-not-waited", false, 3, readTheWrittenStage},
    {"WriteTheReadStage", "copy-not-waited", false, 3, writeTheReadStage},
    {"WriteBehindTheLastStage", "shared-bounds", true, 3,
     writeBehindTheLastStage},
    {"AskForLessShared", "shared-bounds", false, 3, askForLessShared},
    {"ShrinkZeroFill", "uninitialized-shared", false, 4, shrinkZeroFill},
    {"CopyWholeChunks", "global-bounds", false, 3, copyWholeChunks},
    {"CopyOneElementMore", "global-bounds", true, 3, copyOneElementMore},
    {"CopyOneRowMore", "global-bounds", true, 2, copyOneRowMore},
    {"StoreOneRowMore", "global-bounds", false, 2, storeOneRowMore},
    {"StoreOneColumnMore", "global-bounds", true, 2, storeOneColumnMore},
    {"StoreBehindC", "global-bounds", true, 2, storeBehindC},
    {"ReadBetweenElements", "misaligned", true, 2, readBetweenElements},
    {"LdmatrixBetweenRows", "misaligned", false, 3, ldmatrixBetweenRows},
    {"BarrierOfSomeThreads", "divergent-barrier", false, 3,
     barrierOfSomeThreads},
    {"MmaOfHalfAWarp", "divergent-collective", false, 3, mmaOfHalfAWarp},
    {"BarriersOfTwoHalves", "deadlock", false, 3, barriersOfTwoHalves},
    {"DropOneStore", "output-never", false, 3, dropOneStore},
    {"StoreTwice", "output-twice", true, 3, storeTwice},
    {"ForgetSwizzleOfReads", "numbers", false, 3, forgetSwizzleOfReads},
    {"ForgetSwizzle", "bank-conflicts", false, 3, forgetSwizzle},
    {"ExchangeRowsOfA", "numbers", false, 3, exchangeRowsOfA},
    {"ExchangeFragmentsOfB", "numbers", true, 3, exchangeFragmentsOfB},
    {"LeaveOutTheLastTile", "numbers", false, 2, leaveOutTheLastTile},
    {"DropBarrierBeforeSums", "shared-race", true, 3, dropBarrierBeforeSums,
     ", k_slices = 2", 128},
    {"DropBarrierAfterSums", "shared-race", false, 3, dropBarrierAfterSums,
     ", k_slices = 2", 128},
    {"EveryBlockIsLast", "output-twice", true, 2, everyBlockIsLast,
     ", split_k = 2"},
    {"NoBlockIsLast", "output-never", true, 2, noBlockIsLast, ", split_k = 2"},
    {"DropBarrierBeforeRows", "shared-race", false, 2, dropBarrierBeforeRows,
     "", 64, /*isOdd=*/true},
    {"DropWarpBarrier", "shared-race", false, 3, dropWarpBarrier, "", 64,
     /*isOdd=*/true},
    {"StorePairAfterBarrier", "shared-race", false, 2, storePairAfterBarrier,
     "", 64, /*isOdd=*/true},
    {"DropBarrierBeforeCopies", "shared-race", false, 3, dropLoopBarrier,
     ", copy_slot = after_barrier"},
    {"WaitTooFewForLateCopies", "copy-not-waited", true, 4, waitTooFewInLoop,
     ", copy_slot = after_barrier"},
};

llvm::ArrayRef<Mutant> mlir::tt::test::getMutants() { return kMutants; }
