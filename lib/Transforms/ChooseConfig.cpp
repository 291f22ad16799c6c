//===- ChooseConfig.cpp - The default config of a problem -----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The cost model (CostModel.cpp) estimates the time of every candidate: a list
// of tiles, each with three depths of a k-tile, every number of stages that
// fits, both layouts of A, k-slices, split-K, stream-K and persistent blocks.
// The shortest estimate wins; where two differ by less than the model can tell
// apart, the earlier in the list does. Order of mma, raster group and form of
// rounding follow from the rest.
//
//===----------------------------------------------------------------------===//

#include "tt/Transforms/ChooseConfig.h"

#include "mlir/IR/Diagnostics.h"
#include "tt/Transforms/ConfigVariants.h"
#include "tt/Transforms/CostModel.h"
#include "tt/Transforms/TilePlan.h"
#include "llvm/Support/FormatVariadic.h"
#include <limits>
#include <numeric>

using namespace mlir;
using namespace mlir::tt;

namespace {
struct Tile {
  int64_t blockM, blockN, warpM, warpN;

  Tile transposed() const { return {blockN, blockM, warpN, warpM}; }
};
} // namespace

/// From large to small; each stands for its transposed as well. Warp tiles are
/// as large as registers and the number of warps allow: a larger one reads
/// shared memory less often an mma. Multiples of 48, 80 and 112 are for sizes
/// that leave powers of two a bad last wave.
static constexpr Tile kTiles[] = {
    {128, 256, 64, 64}, {192, 192, 48, 96},  {128, 128, 64, 64},
    {128, 128, 64, 32}, {96, 192, 48, 96},   {64, 256, 64, 64},
    {64, 256, 32, 64},  {112, 128, 112, 32}, {96, 128, 48, 64},
    {96, 96, 48, 48},   {64, 128, 64, 64},   {64, 128, 32, 128},
    {64, 128, 32, 64},  {64, 128, 64, 32},   {64, 128, 32, 32},
    {64, 112, 32, 112}, {64, 112, 16, 112},  {64, 96, 64, 48},
    {64, 96, 32, 48},   {64, 64, 64, 64},    {64, 64, 32, 64},
    {64, 64, 32, 32},   {48, 96, 48, 48},    {48, 64, 48, 64},
    {48, 64, 48, 32},   {32, 128, 32, 32},   {32, 128, 16, 64},
    {32, 96, 32, 96},   {32, 112, 32, 112},  {32, 112, 16, 112},
    {32, 64, 32, 64},   {32, 64, 32, 32},    {32, 64, 16, 32},
    {32, 32, 32, 32},   {16, 256, 16, 64},   {16, 256, 16, 32},
    {16, 192, 16, 48},  {16, 144, 16, 144},  {16, 128, 16, 32},
    {16, 112, 16, 112}, {16, 96, 16, 48},    {16, 80, 16, 80},
    {16, 64, 16, 64},   {16, 64, 16, 16},    {16, 48, 16, 48},
    {16, 32, 16, 32},   {16, 32, 16, 16},    {16, 16, 16, 16},
};
/// Long rows of a k-tile are few pieces for DRAM, which limits products of few
/// rows; others have no shared memory for enough stages of them.
static constexpr int64_t kTileKBytes[] = {64, 128, 256};
static constexpr int64_t kLongTileKBytes = 256, kFewRows = 16,
                         kMostRowsOfLong = 64;
/// Whichever comes first wins where both are estimated to be as good: padded
/// rows, whose addresses need fewer registers, but for rows that copies cannot
/// write free of bank conflicts once they are padded.
static constexpr SharedLayout kPaddedFirst[] = {SharedLayout::padded,
                                                SharedLayout::xor_swizzle};
static constexpr SharedLayout kXorFirst[] = {SharedLayout::xor_swizzle,
                                             SharedLayout::padded};
/// Three stages of a longer k-tile, which one slice of large warp tiles works
/// on for long, measured slower than the model has it.
static constexpr int64_t kFewestStages = 2, kMinStages = 3,
                         kMinStagesOfOneSlice = 4, kMaxStages = 8;
/// Four slices hand over three times the sums of a tile: where those are many
/// and not all slices can finish a share of them, measured slower than the
/// model has it, unless C is so thin that it is one row or column of tiles:
/// there slices spare shares of split_k.
static constexpr int64_t kSlices[] = {1, 2, 4};
static constexpr int64_t kManySlices = 4, kMostRowsOfManySlices = 32,
                         kThin = 64;
static constexpr int64_t kSplits[] = {1, 2, 3, 4, 6, 8, 12, 16};
/// Blocks an SM beyond which K is not split any further.
static constexpr int64_t kSplitBlocksPerSM = 3;
/// Of persistent blocks: how many an SM may hold, and the fewest tiles for each
/// if it holds more than one, unless tiles are as short as so many k-tiles.
static constexpr int64_t kPersistentBlocksPerSM = 4, kManyTiles = 8,
                         kMostKTilesOfShort = 4;
/// Elements of the smallest tile that gained by it where it was measured.
static constexpr int64_t kPersistentTile = 128 * 64;
/// Of shareLastWave.
static constexpr int64_t kStreamParts[] = {1, 2, 3, 4, 6};
/// Larger edges measured slower as often as faster (docs/performance.md). Beside
/// thin tiles, of products that DRAM limits, and short loops they were not
/// measured.
static constexpr int64_t kLargestEdge = 32, kSmallestBesideEdges = 64;
/// Of a block (ConfigAttr).
static constexpr int64_t kMaxWarps = 16;
/// How much shorter an estimate must be to count.
static constexpr double kMargin = 0.998;

/// The order of mma that measured best (docs/performance.md, "Order of mma"):
/// narrow panels, wider ones where each fragment is rounded in the loop.
static MmaOrder chooseMmaOrder(const Problem &problem) {
  if (!problem.elementType.isF32())
    return MmaOrder::b_pairs;
  if (problem.rounding == Rounding::truncate)
    return MmaOrder::b_stationary;
  return MmaOrder::b_quads;
}

bool Problem::hasWideCopies() const {
  return getCopyBytes(getPitchOfA()) == kChunkBytes &&
         getCopyBytes(k) == kChunkBytes;
}

int64_t Problem::countKTiles(int64_t blockK) const {
  return llvm::divideCeil(getModelSize(k), blockK);
}

int64_t Problem::getCopyBytes(int64_t length) const {
  if (ShapedType::isDynamic(length))
    return getElementBytes();
  return std::gcd(length * getElementBytes(), kChunkBytes);
}

std::string mlir::tt::getIllegality(const TilePlan &plan,
                                    const TargetInfo &target) {
  MLIRContext *context = plan.getConfig().getContext();
  std::string reason;
  ScopedDiagnosticHandler handler(context, [&](Diagnostic &diagnostic) {
    reason = diagnostic.str();
    return success();
  });
  (void)plan.verify(target,
                    [&] { return emitError(UnknownLoc::get(context)); });
  return reason;
}

Problem Problem::getPart(const ResultPart &part) const {
  Problem its = *this;
  its.m = part.rows;
  its.n = part.columns;
  its.pitchOfA = getPitchOfA();
  return its;
}

static std::string getMisfitOfEdges(const Problem &problem, ConfigAttr config) {
  if (!config.hasEdges())
    return {};
  if (!problem.hasStaticResult())
    return "edge needs a C of static sizes";
  const std::tuple<StringRef, int64_t, int64_t, int64_t> dims[] = {
      {"m", config.getEdgeM(), problem.m, config.getBlockM()},
      {"n", config.getEdgeN(), problem.n, config.getBlockN()}};
  for (auto [name, edge, size, block] : dims)
    if (edge > 0 && (size < block || size % block == 0))
      return llvm::formatv("edge {0} = {1} needs a size beyond whole block "
                           "tiles of {2}, C has {3}",
                           name, edge, block, size);
  return {};
}

std::string mlir::tt::getMisfit(const Problem &problem, const TilePlan &plan) {
  ConfigAttr config = plan.getConfig();
  if (config.getRoundingForm() == RoundingForm::guarded &&
      !canGuard(problem, plan))
    return "rounding_form = guarded does not apply to the problem";
  if (std::string misfit = getMisfitOfEdges(problem, config); !misfit.empty())
    return misfit;
  if (!config.sharesTiles())
    return {};
  if (!problem.hasStaticResult())
    return "split_k and stream_k need a C of static sizes";
  int64_t tiles = plan.countTiles(problem.m, problem.n);
  if (config.getStreamTiles() <= tiles)
    return {};
  return llvm::formatv("stream_k cuts the last {0} tiles of C, which has {1}",
                       config.getStreamTiles(), tiles);
}

std::string mlir::tt::getRefusal(const Problem &problem, const TilePlan &plan,
                                 const TargetInfo &target) {
  std::string illegality = getIllegality(plan, target);
  return illegality.empty() ? getMisfit(problem, plan) : illegality;
}

bool mlir::tt::canGuard(const Problem &problem, const TilePlan &plan) {
  constexpr int64_t kMinKTiles = 2;
  return problem.elementType.isF32() && problem.rounding == Rounding::nearest &&
         problem.hasStaticResult() &&
         getModelSize(problem.k) >= kMinKTiles * plan.getConfig().getBlockK();
}

/// Whether ptxas would spill some registers so that two blocks of 8 warps or
/// more fit an SM's register file, as it does where they nearly fit.
static bool isTightForTwo(const TilePlan &plan, const TargetInfo &target) {
  constexpr int64_t kThreads = 256, kNearly = 12;
  int64_t ofTwo = target.registersPerSM / (2 * plan.getThreads());
  int64_t registers = plan.getRegisters(/*fragmentSets=*/2);
  return plan.getThreads() >= kThreads && registers > ofTwo &&
         registers <= ofTwo + kNearly;
}

/// Whether no tile sticks out of its matrix, so that no copy has a limit.
static bool hasWholeTiles(const Problem &problem, ConfigAttr config) {
  return llvm::all_of(
      llvm::zip_equal(ArrayRef({problem.m, problem.n, problem.k}),
                      config.getBlock()),
      [](auto sizes) {
        auto [size, block] = sizes;
        return !ShapedType::isDynamic(size) && size % block == 0;
      });
}

/// Copies that bring a k-tile of both operands.
static int64_t countCopies(const Problem &problem, const TilePlan &plan) {
  ConfigAttr config = plan.getConfig();
  int64_t kBytes = config.getBlockK() * plan.getElementBytes();
  return config.getBlockM() * kBytes /
             problem.getCopyBytes(problem.getPitchOfA()) +
         config.getBlockN() * kBytes / problem.getCopyBytes(problem.k);
}

/// Whether threads of a guarded block look at so many elements of a k-tile that
/// a loop without registers to spare spills: few blocks share them.
static bool hasManyLooks(const Problem &problem, const TilePlan &plan) {
  constexpr int64_t kLooks = 4;
  auto countLooks = [&](unsigned dim) {
    return plan.getGuardShare(dim, problem.m, problem.n).looks;
  };
  return std::max(countLooks(0), countLooks(1)) > kLooks;
}

/// Whether warp tiles of 48x96 leave ptxas too few registers: for rounded
/// fragments beside those as loaded, and for addresses, of which XORed rows of
/// A need one each, and so do copies if they are many. Rounded exactly,
/// fragments are slower than with smaller tiles; guarded loops spill but for
/// wide warp tiles, padded rows, few looks, and blocks that have their tiles
/// alone, or share them by split_k with wide copies; those of few warps, so of
/// many copies a thread, but for whole tiles.
static bool isTightForOne(const Problem &problem, const TilePlan &plan,
                          const TargetInfo &target) {
  constexpr int64_t kCopies = 8;
  if (!plan.leavesFewRegisters(target))
    return false;
  ConfigAttr config = plan.getConfig();
  bool isXor = config.getALayout() == SharedLayout::xor_swizzle;
  if (problem.rounds())
    return config.getRoundingForm() != RoundingForm::guarded || isXor ||
           config.getWarpM() > config.getWarpN() ||
           config.getStreamTiles() > 0 ||
           (config.getSplitK() > 1 && !problem.hasWideCopies()) ||
           hasManyLooks(problem, plan) ||
           (config.getWarps() < kWarpsOfLargeBlock &&
            !hasWholeTiles(problem, config));
  return isXor && countCopies(problem, plan) > kCopies * plan.getThreads();
}

/// Whether the addresses of XORed rows of a long k-tile, beside the fragments
/// of a large warp tile, leave ptxas no registers for shares of tiles: it
/// spills.
static bool hasManyAddresses(ConfigAttr config, const Problem &problem) {
  int64_t kBytes = config.getBlockK() * problem.getElementBytes();
  return problem.rounds() && kBytes >= kLongTileKBytes &&
         config.getALayout() == SharedLayout::xor_swizzle &&
         config.getWarpM() * config.getWarpN() >= kLargeWarpTile;
}

/// A default neither breaks a limit nor has fragments that share registers.
static bool isAcceptable(const TilePlan &plan, const TargetInfo &target) {
  // What fails most often first, since texts of refusals take time.
  return plan.getSharedBytes() <= target.sharedBytesPerBlock &&
         plan.getRegisters(/*fragmentSets=*/2) <=
             plan.getRegisterLimit(target) &&
         !isTightForTwo(plan, target) && getIllegality(plan, target).empty();
}

/// Whether so many rows of a tile are no multiple of what a round of copies of
/// narrow pieces brings.
static bool isUneven(int64_t rows) {
  constexpr int64_t kManyRows = 64, kEven = 32;
  return rows > kManyRows && rows % kEven != 0;
}

/// Whether narrow copies share such a tile in strips (TileRounds).
static bool isInStrips(int64_t blockM, int64_t blockN) {
  return !llvm::isPowerOf2_64(blockM) || !llvm::isPowerOf2_64(blockN);
}

/// Whether rows of 16 bits at odd strides, which go through registers, do not
/// divide the tile into rounds evenly, or are cut into strips: measured slower
/// than tiles of powers of two.
static bool cutsStagedRows(const Problem &problem, const Tile &tile) {
  bool isStagedA = problem.isStaged(problem.getPitchOfA());
  bool isStagedB = problem.isStaged(problem.k);
  if ((isStagedA && isUneven(tile.blockM)) ||
      (isStagedB && isUneven(tile.blockN)))
    return true;
  return problem.hasStagedRows() &&
         std::min(tile.blockM, tile.blockN) > kFewRows &&
         isInStrips(tile.blockM, tile.blockN);
}

/// Whether narrow copies in strips are so many that registers for their
/// addresses and bounds run out: tiles of 96x64 spill with 40 a thread, those
/// of 112x64 with 44 measured five times slower than 128x64.
static bool hasManyStripCopies(const Problem &problem, const TilePlan &plan) {
  constexpr int64_t kCopies = 32;
  ConfigAttr config = plan.getConfig();
  return isInStrips(config.getBlockM(), config.getBlockN()) &&
         !problem.hasStagedRows() && !problem.hasWideCopies() &&
         countCopies(problem, plan) > kCopies * plan.getThreads();
}

/// See kManySlices.
static bool hasManySums(const Problem &problem, const TilePlan &plan) {
  ConfigAttr config = plan.getConfig();
  bool isThin =
      problem.hasStaticResult() && std::min(problem.m, problem.n) <= kThin;
  return config.getKSlices() >= kManySlices && !isThin &&
         std::min(config.getBlockM(), config.getBlockN()) >
             kMostRowsOfManySlices &&
         plan.getSliceShares().count() < config.getKSlices();
}

/// Whether it can help to let `splits` blocks share each tile of C: tiles alone
/// leave SMs idle, and each block keeps some k-tiles.
static bool canSplit(const Problem &problem, const Tile &tile, int64_t blockK,
                     int64_t splits, const TargetInfo &target) {
  if (splits == 1)
    return true;
  if (!problem.hasStaticResult())
    return false;
  int64_t tiles = llvm::divideCeil(problem.m, tile.blockM) *
                  llvm::divideCeil(problem.n, tile.blockN);
  return tiles * splits <= kSplitBlocksPerSM * target.multiprocessors &&
         getModelSize(problem.k) >= kMinKTilesOfShare * splits * blockK;
}

namespace {

/// Keeps the candidate with the shortest estimate.
class Chooser {
public:
  Chooser(const Problem &problem, const TargetInfo &target)
      : problem(problem), target(target) {}

  void considerAll();
  ConfigAttr chosen;

private:
  void considerTile(const Tile &tile, int64_t kBytes, int64_t slices,
                    int64_t splits, SharedLayout layout);
  /// `config`, and with the last wave shared by more blocks.
  void considerStreams(ConfigAttr config);
  /// `config` with blocks of their own for the edges of C. Rows of 16 bits at
  /// odd strides, whose copies take more than edges gain, do without.
  void considerEdges(ConfigAttr config);
  /// `config`, and guarded: where the tensor cores are slow enough to hide the
  /// rounding of every fragment, that is slower; as it is beside narrow copies,
  /// but for tiles that have no registers for the other (isTightForOne).
  void considerForms(ConfigAttr config);
  /// `config` with blocks that compute several tiles. Where an SM holds more
  /// than one, others compute already while one begins or ends, so that it is
  /// of use for very short tiles alone, or many; and loops that round lose more
  /// by it than they gain unless they are as short (docs/performance.md).
  void considerPersistence(ConfigAttr config);
  void consider(ConfigAttr candidate);

  const Problem &problem;
  const TargetInfo &target;
  double best = std::numeric_limits<double>::infinity();
};

} // namespace

void Chooser::consider(ConfigAttr candidate) {
  // What block tiles cover decides.
  TilePlan candidatePlan(candidate, problem.elementType);
  ResultPart main = candidatePlan.getParts(problem.m, problem.n).front();
  if (isTightForOne(problem.getPart(main),
                    TilePlan(main.config, problem.elementType), target))
    return;
  ConfigAttr config = withBestCopySlot(candidate, problem, target);
  TilePlan plan(config, problem.elementType);
  double seconds = estimateCost(problem, plan, target).total;
  if (seconds >= kMargin * best)
    return;
  best = seconds;
  chosen = config;
}

void Chooser::considerForms(ConfigAttr config) {
  consider(config);
  TilePlan plan(config, problem.elementType);
  if (!canGuard(problem, plan) ||
      (!problem.hasWideCopies() && !plan.leavesFewRegisters(target)))
    return;
  ConfigAttr guarded = config.withSchedule(
      config.getStages(), config.getCopySlot(), RoundingForm::guarded);
  if (getIllegality(TilePlan(guarded, problem.elementType), target).empty())
    consider(guarded);
}

void Chooser::considerEdges(ConfigAttr config) {
  if (problem.hasStagedRows() ||
      std::min(config.getBlockM(), config.getBlockN()) < kSmallestBesideEdges ||
      problem.countKTiles(config.getBlockK()) < kLongLoop * config.getStages())
    return;
  for (auto [inM, inN] :
       {std::pair(true, false), {false, true}, {true, true}}) {
    ConfigAttr edged = makeEdges(config, inM, inN, problem);
    if (!edged || std::max(edged.getEdgeM(), edged.getEdgeN()) > kLargestEdge)
      continue;
    TilePlan plan(edged, problem.elementType);
    if (getIllegality(plan, target).empty())
      considerForms(edged);
  }
}

void Chooser::considerPersistence(ConfigAttr config) {
  int64_t kTiles = problem.countKTiles(config.getBlockK());
  bool isShort = kTiles <= kMostKTilesOfShort;
  if (config.hasPartialSums() || !problem.hasStaticResult() ||
      ShapedType::isDynamic(problem.k) ||
      config.getBlockM() * config.getBlockN() < kPersistentTile ||
      (problem.rounds() && !isShort))
    return;
  // Copies need not be further ahead than a tile is long.
  if (config.getTilesAhead() > kTiles)
    config = config.withSchedule(kTiles + 1, config.getCopySlot(),
                                 config.getRoundingForm());
  // With two, so with one k-tile, it is slower, and ptxas spills.
  if (config.getStages() < kMinStages)
    return;
  TilePlan plan(config, problem.elementType);
  int64_t slots = countSlots(plan, target);
  int64_t tiles = plan.countTiles(problem.m, problem.n);
  if (slots > kPersistentBlocksPerSM * target.multiprocessors ||
      (slots > target.multiprocessors && !isShort &&
       tiles < kManyTiles * slots))
    return;
  if (ConfigAttr persistent = makePersistent(config, problem, target))
    consider(persistent);
}

void Chooser::considerStreams(ConfigAttr config) {
  considerForms(config);
  considerEdges(config);
  considerPersistence(config);
  if (hasManyAddresses(config, problem))
    return;
  for (int64_t parts : kStreamParts)
    if (ConfigAttr stream = shareLastWave(config, parts, problem, target))
      considerForms(stream);
}

void Chooser::considerTile(const Tile &tile, int64_t kBytes, int64_t slices,
                           int64_t splits, SharedLayout layout) {
  int64_t blockK = kBytes / problem.getElementBytes();
  int64_t warps =
      (tile.blockM / tile.warpM) * (tile.blockN / tile.warpN) * slices;
  bool isLongShared = problem.elementType.isF32() || slices >= kManySlices;
  int64_t mostRowsOfLong = isLongShared ? kMostRowsOfLong : kFewRows;
  if (warps > kMaxWarps || cutsStagedRows(problem, tile) ||
      !canSplit(problem, tile, blockK, splits, target) ||
      (kBytes == kLongTileKBytes && tile.blockM > mostRowsOfLong &&
       tile.blockN > kFewRows))
    return;
  bool isShort = kBytes == kTileKBytes[0] || tile.blockM <= kFewRows ||
                 tile.warpM * tile.warpN < kLargeWarpTile;
  int64_t minStages =
      slices == 1 && !isShort ? kMinStagesOfOneSlice : kMinStages;
  // More stages than k-tiles would stay empty.
  int64_t kTiles = problem.countKTiles(blockK);
  minStages = std::min(minStages, std::max(kTiles, kFewestStages));
  // Fewer stages are of use only where an SM has room for more blocks then.
  int64_t mostSlots = 0;
  for (int64_t stages = kMaxStages; stages >= minStages; --stages) {
    ConfigAttr config = ConfigAttr::get(
        problem.elementType.getContext(), {tile.blockM, tile.blockN, blockK},
        {tile.warpM, tile.warpN}, stages,
        chooseRasterGroup(tile.blockM, tile.blockN, target), layout,
        chooseMmaOrder(problem), CopySlot::before_barrier, slices, splits,
        /*streamTiles=*/0, /*streamShares=*/0, RoundingForm::every_fragment,
        /*persistentBlocks=*/0, /*edgeM=*/0, /*edgeN=*/0);
    TilePlan plan(config, problem.elementType);
    int64_t slots = countSlots(plan, target);
    if (slots <= mostSlots || hasManySums(problem, plan) ||
        hasManyStripCopies(problem, plan) || !isAcceptable(plan, target))
      continue;
    mostSlots = slots;
    considerStreams(config);
  }
}

/// Both layouts of A, in the order of preference.
static ArrayRef<SharedLayout> getLayouts(const Problem &problem,
                                         const Tile &tile) {
  constexpr int64_t kBanks = 32; // each as wide as an f32
  bool isPaddedFirst = problem.elementType.isF32() && tile.blockM % kBanks == 0;
  return isPaddedFirst ? kPaddedFirst : kXorFirst;
}

void Chooser::considerAll() {
  // Where both take the same time by the model, tall tiles are a little faster
  // with 16-bit elements, wide ones with f32 (docs/performance.md).
  bool isWideFirst = problem.elementType.isF32();
  for (const Tile &wide : kTiles)
    for (bool isWide : {isWideFirst, !isWideFirst}) {
      Tile tile = isWide ? wide : wide.transposed();
      for (int64_t kBytes : kTileKBytes)
        for (int64_t slices : kSlices)
          for (int64_t splits : kSplits)
            for (SharedLayout layout : getLayouts(problem, tile))
              considerTile(tile, kBytes, slices, splits, layout);
    }
}

ConfigAttr mlir::tt::chooseConfig(const Problem &problem,
                                  const TargetInfo &target) {
  Chooser chooser(problem, target);
  chooser.considerAll();
  assert(chooser.chosen && "the smallest tiles fit every target");
  return chooser.chosen;
}
