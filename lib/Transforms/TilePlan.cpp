//===- TilePlan.cpp - All tile arithmetic of one product ------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tt/Transforms/TilePlan.h"

#include "llvm/ADT/Sequence.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <numeric>

using namespace mlir;
using namespace mlir::tt;

TilePlan::TilePlan(ConfigAttr config, Type elementType)
    : config(config), elementType(elementType),
      elementBytes(elementType.getIntOrFloatBitWidth() / 8) {}

/// 32 banks of 4 bytes.
static constexpr int64_t kBankLineBytes = 128;

// A is read along K by lanes t = 0..3 (f32: 64-bit loads, 8 lanes along M) or
// by 8 rows of an ldmatrix (16-bit). Padding that moves each row by 32 bytes
// (f32) or 16 bytes (16-bit) spreads them over all 32 banks.
static constexpr int64_t kPadBytesF32 = 32, kPadBytes16Bit = 16;

int64_t TilePlan::getARowPitch() const {
  if (config.getALayout() != SharedLayout::padded)
    return config.getBlockM();
  int64_t pad = isF32() ? kPadBytesF32 : kPadBytes16Bit;
  return config.getBlockM() + pad / elementBytes;
}

int64_t TilePlan::getSliceSumsBytes() const {
  int64_t sliceThreads = config.getWarpsPerSlice() * kThreadsPerWarp;
  return (config.getKSlices() - 1) * getFragments() * sliceThreads *
         kFragmentBytes;
}

bool TilePlan::needsWorkspace() const {
  return config.sharesTiles() ||
         config.getRoundingForm() == RoundingForm::guarded;
}

int64_t TilePlan::countTiles(int64_t m, int64_t n) const {
  return llvm::divideCeil(m, config.getBlockM()) *
         llvm::divideCeil(n, config.getBlockN());
}

SmallVector<ResultPart> TilePlan::getParts(int64_t m, int64_t n) const {
  if (!config.hasEdges())
    return {{config, 0, 0, m, n}};
  int64_t wholeM = config.getEdgeM() ? m - m % config.getBlockM() : m;
  int64_t wholeN = config.getEdgeN() ? n - n % config.getBlockN() : n;
  SmallVector<ResultPart> parts = {
      {config.withEdges(0, 0), 0, 0, wholeM, wholeN}};
  if (wholeM < m)
    parts.push_back({getEdgeConfig(0), wholeM, 0, m - wholeM, n});
  if (wholeN < n)
    parts.push_back({getEdgeConfig(1), 0, wholeN, wholeM, n - wholeN});
  return parts;
}

// Four warps share the 128 rows or columns; twice as many are two k-slices. The
// stages take what the other blocks have, since all blocks of a launch have the
// same: few blocks work on edges, and what they do is wait for operands.
ConfigAttr TilePlan::getEdgeConfig(unsigned dim) const {
  constexpr int64_t kLength = 128, kWarpLength = 32, kEdgeKBytes = 128;
  constexpr int64_t kMostStages = 8;
  int64_t edge = dim == 0 ? config.getEdgeM() : config.getEdgeN();
  int64_t block[] = {kLength, kLength, kEdgeKBytes / elementBytes};
  int64_t warp[] = {kWarpLength, kWarpLength};
  block[dim] = warp[dim] = edge;
  int64_t slices = config.getWarps() / (kLength / kWarpLength);
  // Padded rows of A of any other length are not free of bank conflicts.
  auto layout = isF32() && block[0] % kWarpLength == 0
                    ? SharedLayout::padded
                    : SharedLayout::xor_swizzle;
  auto withStages = [&](int64_t stages) {
    return ConfigAttr::get(
        config.getContext(), block, warp, stages, config.getRasterGroup(),
        layout, config.getMmaOrder(),
        stages > 1 ? CopySlot::after_barrier : CopySlot::before_barrier, slices,
        /*splitK=*/1, /*streamTiles=*/0, /*streamShares=*/0,
        RoundingForm::every_fragment, /*persistentBlocks=*/0, /*edgeM=*/0,
        /*edgeN=*/0);
  };
  int64_t stageBytes = TilePlan(withStages(1), elementType).getStageBytes();
  return withStages(
      std::clamp<int64_t>(getSharedBytes() / stageBytes, 1, kMostStages));
}

int64_t TilePlan::countBlocks(int64_t m, int64_t n) const {
  if (config.hasEdges()) {
    int64_t blocks = 0;
    for (const ResultPart &part : getParts(m, n))
      blocks += TilePlan(part.config, elementType)
                    .countBlocks(part.rows, part.columns);
    return blocks;
  }
  int64_t blocks =
      countTiles(m, n) * config.getSplitK() + countExtraBlocks(config);
  return config.isPersistent() ? std::min(blocks, config.getPersistentBlocks())
                               : blocks;
}

int64_t mlir::tt::countExtraBlocks(ConfigAttr config) {
  int64_t tiles = config.getStreamTiles(), shares = config.getStreamShares();
  return shares - std::gcd(tiles, shares);
}

/// The largest divisor of `value` that is not greater than `most`.
static int64_t getDivisor(int64_t value, int64_t most) {
  int64_t divisor = std::clamp<int64_t>(most, 1, value);
  while (value % divisor != 0)
    --divisor;
  return divisor;
}

// Every tile of A is staged by all blocks of a block row, every tile of B by
// all of a block column.
GuardShare TilePlan::getGuardShare(unsigned dim, int64_t m, int64_t n) const {
  int64_t size = config.getBlock()[dim], k = config.getBlockK();
  int64_t stagedBy = dim == 0 ? llvm::divideCeil(n, config.getBlockN())
                              : llvm::divideCeil(m, config.getBlockM());
  GuardShare share;
  share.positions = llvm::divideCeil(size, getThreads());
  share.sharers = getDivisor(k, getThreads() / size);
  share.parts = getDivisor(k / share.sharers, stagedBy);
  share.looks = k / (share.sharers * share.parts);
  return share;
}

int64_t TilePlan::countSharedTiles(int64_t m, int64_t n) const {
  if (config.getStreamTiles() > 0)
    return config.getStreamTiles();
  return config.getSplitK() > 1 ? countTiles(m, n) : 0;
}

int64_t TilePlan::countPartialSums(int64_t m, int64_t n) const {
  if (config.getStreamTiles() > 0)
    return config.getStreamTiles() + config.getStreamShares();
  return countSharedTiles(m, n) * config.getSplitK();
}

WorkspaceLayout TilePlan::getWorkspace(int64_t m, int64_t n) const {
  constexpr int64_t kWordBytes = 4, kAlignment = 256;
  bool isGuarded = config.getRoundingForm() == RoundingForm::guarded;
  WorkspaceLayout layout;
  layout.nanRows = layout.tileTickets + countSharedTiles(m, n) * kWordBytes;
  layout.nanColumns = layout.nanRows + (isGuarded ? m * kWordBytes : 0);
  int64_t end = layout.nanColumns + (isGuarded ? n * kWordBytes : 0);
  layout.zeroedBytes = llvm::alignTo(end, kAlignment);
  layout.partialSums = layout.zeroedBytes;
  layout.bytes =
      layout.partialSums + countPartialSums(m, n) * getTileSums() * kWordBytes;
  return layout;
}

int64_t TilePlan::getLaneColumns() const {
  // 8 columns a lane take four n8 tiles, a warp tile of 32 columns.
  return !isF32() && config.getWarpN() % 32 == 0 ? 8 : 4;
}

SliceShares TilePlan::getSliceShares() const {
  int64_t slices = config.getKSlices();
  int64_t m = std::gcd(slices, getMTiles());
  return {m, std::gcd(slices / m, countLaneGroups(config.getWarpN()))};
}

// 8 lanes write 16 bytes each at a time, 64 bytes of rows g and g + 1: these
// lie half of the banks apart.
int64_t TilePlan::getRowBufferPitch() const {
  int64_t rowBytes = getFinishedN() * elementBytes;
  int64_t pad = rowBytes % kBankLineBytes ? 0 : kBankLineBytes / 2;
  return getFinishedN() + pad / elementBytes;
}

// f32: lanes t = 0..3 of a load read rows k + t, two chunks each.
// 16-bit: an ldmatrix reads one chunk of rows k ... k + 7.
//
// Of these rows, those `period` apart begin in the same bank, so that bits of
// the row above the period pick the chunk. 16-bit rows of 32 bytes, period 4,
// which chunk lies where, over two lines of 32 banks:
//
//   rows 0 to 3 | 0 1 | 0 1 | 0 1 | 0 1 |
//   rows 4 to 7 | 1 0 | 1 0 | 1 0 | 1 0 |
SwizzleAttr TilePlan::getASwizzle() const {
  if (config.getALayout() == SharedLayout::padded)
    return {};
  int64_t rowBytes = config.getBlockM() * elementBytes;
  int64_t period = kBankLineBytes / std::gcd(rowBytes, kBankLineBytes);
  int64_t rowBitsRead = isF32() ? 2 : 3;
  auto bits = llvm::seq<int64_t>(llvm::Log2_64(period), rowBitsRead);
  return SwizzleAttr::get(config.getContext(), llvm::to_vector(bits),
                          /*shift=*/isF32() ? 1 : 0);
}

// The 8 rows of one ldmatrix are n + 4 (r / 2) + r % 2, or with 8 columns a
// lane n + 8 (r / 2) + r % 2: they differ in bit 0 and in two higher bits. Rows
// of 64 bytes differ in their bank by bit 0 already.
SwizzleAttr TilePlan::getBSwizzle() const {
  int64_t high = getLaneColumns() == 8 ? 3 : 2;
  SmallVector<int64_t> bits = {high, high + 1};
  if (config.getBlockK() * elementBytes > 64)
    bits.insert(bits.begin(), 0);
  return SwizzleAttr::get(config.getContext(), bits, /*shift=*/0);
}

/// Addresses, loop state and copy masks, beside accumulators and fragments;
/// read off ptxas for the default configs.
static constexpr int64_t kBookkeepingRegisters = 24;
/// Of them, what ptxas computes again instead of keeping it where fragments
/// share registers.
static constexpr int64_t kRecomputedRegisters = 4;

int64_t TilePlan::getRegisters(int64_t fragmentSets) const {
  int64_t accumulators = getMTiles() * getNTiles() * 4;
  int64_t fragments = getMTiles() * 4 + getNTiles() * 2;
  return accumulators + fragmentSets * fragments + kBookkeepingRegisters;
}

int64_t mlir::tt::countRegisterCopies(int64_t accumulators) {
  constexpr int64_t kRegisters = 144, kPerCopy = 2;
  return (kRegisters - std::min(accumulators, kRegisters)) / kPerCopy;
}

int64_t TilePlan::getRegisterLimit(const TargetInfo &target) const {
  return std::min(target.registersPerThread,
                  target.registersPerSM / getThreads());
}

bool TilePlan::sharesFragmentRegisters() const {
  return getRegisters(/*fragmentSets=*/2) > kMaxRegistersPerThread;
}

bool TilePlan::leavesFewRegisters(const TargetInfo &target) const {
  constexpr int64_t kSpare = 16;
  return getRegisters(/*fragmentSets=*/2) + kSpare > getRegisterLimit(target);
}

/// The fewest bytes of K a row of B may hold: less cannot be swizzled free of
/// bank conflicts, and leaves nothing to double-buffer.
static constexpr int64_t kMinKBytes = 64;

LogicalResult
TilePlan::verifyEdge(unsigned dim, const TargetInfo &target,
                     llvm::function_ref<InFlightDiagnostic()> emitError) const {
  if ((dim == 0 ? config.getEdgeM() : config.getEdgeN()) == 0)
    return success();
  TilePlan edge(getEdgeConfig(dim), elementType);
  if (edge.getSharedBytes() > getSharedBytes())
    return emitError() << "edge " << StringRef("mn").substr(dim, 1) << " = "
                       << edge.config.getBlock()[dim] << " needs "
                       << edge.getSharedBytes()
                       << " bytes of shared memory, blocks of the config have "
                       << getSharedBytes() << "; use more stages or no edge";
  return edge.verify(target, emitError);
}

LogicalResult
TilePlan::verify(const TargetInfo &target,
                 llvm::function_ref<InFlightDiagnostic()> emitError) const {
  int64_t kBytes = config.getBlockK() * elementBytes;
  if (kBytes < kMinKBytes)
    return emitError() << "block k = " << config.getBlockK() << " of "
                       << elementType << " is " << kBytes
                       << " bytes, expected at least " << kMinKBytes
                       << " bytes: block k = " << kMinKBytes / elementBytes;
  // A warp's loop loads the fragments of one k-step while it computes another.
  constexpr int64_t kMinKSteps = 2;
  if (getKStepsPerSlice() < kMinKSteps)
    return emitError() << "block k = " << config.getBlockK() << " of "
                       << elementType << " gives each of "
                       << config.getKSlices() << " k_slices "
                       << getKStepsPerSlice() << " k-steps, expected at least "
                       << kMinKSteps << ": block k = "
                       << kMinKSteps * config.getKSlices() * getMmaK();
  bool isGuarded = config.getRoundingForm() == RoundingForm::guarded;
  if (isGuarded && config.getStages() < 2)
    return emitError() << "rounding_form = guarded needs at least 2 stages, "
                          "found stages = "
                       << config.getStages();
  if (getSliceSumsBytes() > target.sharedBytesPerBlock)
    return emitError() << "block " << config.getBlockM() << "x"
                       << config.getBlockN() << " in " << config.getKSlices()
                       << " k_slices hands over " << getSliceSumsBytes()
                       << " bytes of sums in shared memory, " << target.name
                       << " allows " << target.sharedBytesPerBlock
                       << " a block; use a smaller block or k_slices = 1";
  if (getSharedBytes() > target.sharedBytesPerBlock) {
    int64_t perStage = getStageBytes();
    int64_t fits = target.sharedBytesPerBlock / perStage;
    InFlightDiagnostic diag = emitError();
    diag << "block " << config.getBlockM() << "x" << config.getBlockN() << "x"
         << config.getBlockK() << " with " << config.getStages()
         << " stages needs " << getSharedBytes() << " bytes of shared memory, "
         << target.name << " allows " << target.sharedBytesPerBlock
         << " a block (" << getSharedBytes() - target.sharedBytesPerBlock
         << " too many); ";
    if (fits >= 1)
      diag << "at most stages = " << fits << " fit";
    else
      diag << "one stage alone takes " << perStage << ": use a smaller block k";
    return diag;
  }
  int64_t registers = getRegisterLimit(target);
  int64_t needed = getRegisters(/*fragmentSets=*/1) -
                   (sharesFragmentRegisters() ? kRecomputedRegisters : 0);
  if (needed > registers)
    return emitError() << "warp tile " << config.getWarpM() << "x"
                       << config.getWarpN() << " needs about " << needed
                       << " registers a thread, " << target.name << " allows "
                       << registers << " with " << config.getWarps()
                       << " warps a block; use a smaller warp tile";
  return success(succeeded(verifyEdge(0, target, emitError)) &&
                 succeeded(verifyEdge(1, target, emitError)));
}
