//===- CombineSums.cpp - Add the sums of k-slices and of split blocks -----===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Where several groups of warps (k_slices) or several blocks (split_k,
// stream_k) share a tile of C, each has summed over its part of K. Before C is
// stored:
//
//   k_slices   each slice finishes a share of every warp tile, where the tile
//              has as many (TilePlan.h): it adds what the others have summed of
//              it, and goes on with that. All write the fragments of others'
//              shares to shared memory, over the stages that nobody reads any
//              more
//   split_k,   every block writes its fragments to the workspace; the one that
//   stream_k   arrives last adds them all, in the order of k, and stores C; a
//              tile that one block has alone is stored at once
//
// Both orders of addition are fixed: a product has the same bits in every run.
// Fragments lie [fragment][thread of a slice][4], so that 32 lanes access 512
// bytes in a row; before that index come, in shared memory, the share and which
// slice hands it over, and in the workspace, the block's place and the share:
//
//   shared memory   share 0 | share 1 | share 2 | share 3
//   of slice        1  2  3 | 0  2  3 | 0  1  3 | 0  1  2
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "tt/Transforms/BlockWork.h"
#include "tt/Transforms/Passes.h"
#include "tt/Transforms/Workspace.h"

namespace mlir::tt {
#define GEN_PASS_DEF_COMBINESUMS
#include "tt/Transforms/Passes.h.inc"
} // namespace mlir::tt

using namespace mlir;
using namespace mlir::tt;

namespace {

class SumCombiner {
public:
  SumCombiner(StoreFragmentsOp store, gpu::LaunchOp launch)
      : store(store), launch(launch),
        type(cast<MemRefType>(store.getC().getType())),
        config(getConfig(launch)), plan(config, type.getElementType()),
        shares(plan.getSliceShares()), builder(store.getLoc(), store),
        index(builder), sums(store.getFragments()) {}

  void run();

private:
  void computeIds();
  /// `sums` become what `change` makes of them where `condition` holds.
  void changeSumsIf(Value condition, llvm::function_ref<void()> change);
  void combineSlices();
  /// The fragments of `share` of a warp tile.
  SmallVector<Value> pickShare(int64_t share) const;
  /// Writes the fragments of all shares but `kept`, if the slice has one, and
  /// yields those of that.
  void handOver(std::optional<int64_t> kept);
  void moveToShare();
  void combineBlocks();
  void storeIf(Value condition);
  /// The first element of this slice's share of sums in place `place`.
  Value getFirstPartialSum(Value place);
  Value meet(const BlockWork &work);
  void sumParts(const BlockWork &work);
  SmallVector<Value> addPart(const BlockWork &work, Value part,
                             ValueRange addends);
  /// Element of fragment `fragment` of this thread, in a row of fragments that
  /// begins at element `first`.
  Value getPosition(Value first, int64_t fragment);
  void storeSums(ValueRange fragments, Value memref, Value first);
  /// Elements of one share of a tile.
  int64_t getShareSums() const { return plan.getTileSums() / shares.count(); }
  /// `addends` plus the sums in a row of fragments.
  SmallVector<Value> addSums(ValueRange addends, Value memref, Value first);

  StoreFragmentsOp store;
  gpu::LaunchOp launch;
  MemRefType type;
  ConfigAttr config;
  TilePlan plan;
  SliceShares shares;
  ImplicitLocOpBuilder builder;
  IndexBuilder index;
  SmallVector<Value> sums;
  /// The thread in its slice, its slice, and whether that has a share.
  Value thread, slice, hasShare;
  /// Where slices and where blocks hand sums over.
  Value shared, partialSums;
};

} // namespace

void SumCombiner::computeIds() {
  Value inBlock = launch.getThreadIds().x;
  int64_t threads = config.getWarpsPerSlice() * kThreadsPerWarp;
  if (config.getKSlices() == 1) {
    thread = inBlock;
    slice = index.constant(0);
  } else {
    thread = index.rem(inBlock, threads);
    slice = index.div(inBlock, threads);
  }
  hasShare = shares.count() == config.getKSlices()
                 ? arith::ConstantIntOp::create(builder, 1, /*width=*/1)
                 : index.isLess(slice, index.constant(shares.count()));
}

Value SumCombiner::getPosition(Value first, int64_t fragment) {
  int64_t threads = config.getWarpsPerSlice() * kThreadsPerWarp;
  return index.add(index.add(first, index.mul(thread, 4)),
                   fragment * threads * 4);
}

/// The four sums of a fragment, vector<2x2xf32>, in a row, and back: in ops
/// that the conversion to nvvm knows. It has none for vector.shape_cast, which
/// extracts and inserts of single elements would fold to.
static Value flatten(ImplicitLocOpBuilder &b, Value fragment) {
  Value upper = vector::ExtractOp::create(b, fragment, int64_t(0));
  Value lower = vector::ExtractOp::create(b, fragment, int64_t(1));
  return vector::ShuffleOp::create(b, upper, lower,
                                   ArrayRef<int64_t>{0, 1, 2, 3});
}

static Value unflatten(ImplicitLocOpBuilder &b, Value flat) {
  auto type = VectorType::get({2, 2}, b.getF32Type());
  Value fragment = arith::ConstantOp::create(b, type, b.getZeroAttr(type));
  for (int64_t row : {0, 1}) {
    Value sums = vector::ShuffleOp::create(
        b, flat, flat, ArrayRef<int64_t>{2 * row, 2 * row + 1});
    fragment = vector::InsertOp::create(b, sums, fragment, row);
  }
  return fragment;
}

void SumCombiner::storeSums(ValueRange fragments, Value memref, Value first) {
  for (auto [i, fragment] : llvm::enumerate(fragments))
    vector::StoreOp::create(builder, flatten(builder, fragment), memref,
                            getPosition(first, i), /*nontemporal=*/false,
                            llvm::MaybeAlign(kFragmentBytes));
}

SmallVector<Value> SumCombiner::addSums(ValueRange addends, Value memref,
                                        Value first) {
  auto flat = VectorType::get({4}, builder.getF32Type());
  SmallVector<Value> result;
  for (auto [i, addend] : llvm::enumerate(addends)) {
    Value loaded = vector::LoadOp::create(
        builder, flat, memref, getPosition(first, i), /*nontemporal=*/false,
        llvm::MaybeAlign(kFragmentBytes));
    Value sum =
        arith::AddFOp::create(builder, flatten(builder, addend), loaded);
    result.push_back(unflatten(builder, sum));
  }
  return result;
}

void SumCombiner::changeSumsIf(Value condition,
                               llvm::function_ref<void()> change) {
  auto ifChanges = scf::IfOp::create(builder, ValueRange(sums).getTypes(),
                                     condition, /*withElseRegion=*/true);
  builder.setInsertionPointToStart(ifChanges.elseBlock());
  scf::YieldOp::create(builder, sums);
  builder.setInsertionPointToStart(ifChanges.thenBlock());
  change();
  scf::YieldOp::create(builder, sums);
  builder.setInsertionPointAfter(ifChanges);
  sums.assign(ifChanges.result_begin(), ifChanges.result_end());
}

//===----------------------------------------------------------------------===//
// Slices
//===----------------------------------------------------------------------===//

SmallVector<Value> SumCombiner::pickShare(int64_t share) const {
  int64_t rows = plan.getMTiles() / shares.m;
  int64_t columns = plan.getNTiles() / shares.n;
  int64_t first =
      share / shares.n * rows * plan.getNTiles() + share % shares.n * columns;
  SmallVector<Value> picked;
  for (int64_t row = 0; row < rows; ++row)
    llvm::append_range(
        picked, ArrayRef(sums).slice(first + row * plan.getNTiles(), columns));
  return picked;
}

void SumCombiner::handOver(std::optional<int64_t> kept) {
  Value giver = kept ? index.constant(*kept) : slice;
  int64_t givers = config.getKSlices() - 1;
  for (int64_t share = 0; share < shares.count(); ++share) {
    if (share == kept)
      continue;
    // Slice `share` itself is none of the givers.
    bool isAfter = !kept || share < *kept;
    Value place = index.add(index.sub(giver, isAfter), share * givers);
    storeSums(pickShare(share), shared, index.mul(place, getShareSums()));
  }
  scf::YieldOp::create(builder, pickShare(kept.value_or(0)));
}

void SumCombiner::combineSlices() {
  int64_t givers = config.getKSlices() - 1;
  shared = viewDynamicShared(builder, givers * plan.getTileSums(),
                             builder.getF32Type());
  // The stages are read to the end by every warp.
  gpu::BarrierOp::create(builder);
  // All slices but one case each; if that one has a share, it is the last.
  bool areAll = shares.count() == config.getKSlices();
  auto cases =
      llvm::to_vector(llvm::seq<int64_t>(0, areAll ? givers : shares.count()));
  SmallVector<Value> ofShare = pickShare(0);
  auto bySlice = scf::IndexSwitchOp::create(
      builder, ValueRange(ofShare).getTypes(), slice, cases, cases.size());
  for (int64_t kept : cases) {
    builder.setInsertionPointToStart(
        &bySlice.getCaseRegions()[kept].emplaceBlock());
    handOver(kept);
  }
  builder.setInsertionPointToStart(&bySlice.getDefaultRegion().emplaceBlock());
  handOver(areAll ? std::optional(givers) : std::nullopt);
  builder.setInsertionPointAfter(bySlice);
  sums.assign(bySlice.result_begin(), bySlice.result_end());
  gpu::BarrierOp::create(builder);

  changeSumsIf(hasShare, [&] {
    for (int64_t giver = 0; giver < givers; ++giver) {
      Value place = index.add(index.mul(slice, givers), giver);
      sums = addSums(sums, shared, index.mul(place, getShareSums()));
    }
  });
  moveToShare();
}

/// What is stored to C is the slice's share of the warp tile.
void SumCombiner::moveToShare() {
  int64_t m = plan.getFinishedM(), n = plan.getFinishedN();
  store.getRowMutable().assign(
      index.add(store.getRow(), index.mul(index.div(slice, shares.n), m)));
  store.getColumnMutable().assign(
      index.add(store.getColumn(), index.mul(index.rem(slice, shares.n), n)));
  store.setWarp({m, n});
}

//===----------------------------------------------------------------------===//
// Blocks
//===----------------------------------------------------------------------===//

Value SumCombiner::getFirstPartialSum(Value place) {
  return index.add(index.mul(place, plan.getTileSums()),
                   index.mul(slice, getShareSums()));
}

/// Stores the sums of this block, and takes them all where it is the last of
/// its tile; returns whether it is to store C.
Value SumCombiner::meet(const BlockWork &work) {
  Workspace workspace = Workspace::getOrCreate(launch, plan, type);
  const WorkspaceLayout &layout = workspace.getLayout();
  int64_t m = type.getDimSize(0), n = type.getDimSize(1);
  partialSums = workspace.view(builder, layout.partialSums,
                               plan.countPartialSums(m, n) * plan.getTileSums(),
                               builder.getF32Type());
  auto ifStores = scf::IfOp::create(builder, hasShare);
  builder.setInsertionPointToStart(ifStores.thenBlock());
  storeSums(sums, partialSums, getFirstPartialSum(work.getPlace()));
  builder.setInsertionPointAfter(ifStores);

  Value tickets =
      workspace.view(builder, layout.tileTickets, plan.countSharedTiles(m, n),
                     builder.getI32Type());
  Value isLast = arriveLast(builder, launch, tickets, work.getSharedTile(),
                            work.getParts());
  Value stores = arith::AndIOp::create(builder, isLast, hasShare);
  changeSumsIf(stores, [&] { sumParts(work); });
  return stores;
}

void SumCombiner::combineBlocks() {
  Value tiles =
      index.constant(plan.countTiles(type.getDimSize(0), type.getDimSize(1)));
  BlockWork work(builder, config, launch.getBlockIds().x, tiles);
  if (config.getStreamTiles() == 0)
    return storeIf(meet(work));
  // A tile that one block has alone needs no meeting.
  SmallVector<Type> types = {builder.getI1Type()};
  llvm::append_range(types, ValueRange(sums).getTypes());
  auto ifShared = scf::IfOp::create(
      builder, types, index.isLess(index.constant(1), work.getParts()),
      /*withElseRegion=*/true);
  auto yield = [&](Value stores) {
    SmallVector<Value> results = {stores};
    llvm::append_range(results, sums);
    scf::YieldOp::create(builder, results);
  };
  builder.setInsertionPointToStart(ifShared.elseBlock());
  yield(hasShare);
  builder.setInsertionPointToStart(ifShared.thenBlock());
  yield(meet(work));
  builder.setInsertionPointAfter(ifShared);
  sums.assign(std::next(ifShared.result_begin()), ifShared.result_end());
  storeIf(ifShared.getResult(0));
}

void SumCombiner::storeIf(Value condition) {
  auto ifStores = scf::IfOp::create(builder, condition);
  store->moveBefore(ifStores.thenBlock(), ifStores.thenBlock()->begin());
}

SmallVector<Value> SumCombiner::addPart(const BlockWork &work, Value part,
                                        ValueRange addends) {
  Value first = getFirstPartialSum(work.getPlace(builder, part));
  return addSums(addends, partialSums, first);
}

/// The sums of all blocks of the tile, in the order of k. Written out, so that
/// the loads of several blocks can be in flight at once, where their number is
/// known, not too large, and leaves registers for it.
void SumCombiner::sumParts(const BlockWork &work) {
  constexpr int64_t kMaxUnrolled = 8;
  constexpr size_t kMaxFragments = 16;
  SmallVector<Value> zeros;
  for (Value sum : sums)
    zeros.push_back(arith::ConstantOp::create(
        builder, sum.getType(), builder.getZeroAttr(sum.getType())));
  std::optional<int64_t> known = getConstantIndex(work.getParts());
  if (known && *known <= kMaxUnrolled && sums.size() <= kMaxFragments) {
    sums = zeros;
    for (int64_t part = 0; part < *known; ++part)
      sums = addPart(work, index.constant(part), sums);
    return;
  }
  auto loop = scf::ForOp::create(builder, index.constant(0), work.getParts(),
                                 index.constant(1), zeros);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  scf::YieldOp::create(
      builder, addPart(work, loop.getInductionVar(), loop.getRegionIterArgs()));
  sums.assign(loop.result_begin(), loop.result_end());
}

void SumCombiner::run() {
  computeIds();
  if (config.getKSlices() > 1)
    combineSlices();
  if (config.sharesTiles())
    combineBlocks();
  else
    storeIf(hasShare);
  store.getFragmentsMutable().assign(sums);
  store.setCombined(true);
}

namespace {

struct CombineSums : tt::impl::CombineSumsBase<CombineSums> {
  void runOnOperation() override {
    SmallVector<StoreFragmentsOp> stores;
    getOperation()->walk([&](StoreFragmentsOp op) { stores.push_back(op); });
    for (StoreFragmentsOp store : stores) {
      FailureOr<gpu::LaunchOp> launch = getConfiguredLaunch(store);
      if (failed(launch))
        return signalPassFailure();
      ConfigAttr config = getConfig(*launch);
      if (!config.hasPartialSums() || store.getCombined())
        continue;
      if (config.sharesTiles() &&
          !cast<MemRefType>(store.getC().getType()).hasStaticShape()) {
        store.emitOpError("split_k and stream_k need a C of static sizes, "
                          "found ")
            << store.getC().getType();
        return signalPassFailure();
      }
      SumCombiner(store, *launch).run();
    }
  }
};

} // namespace
