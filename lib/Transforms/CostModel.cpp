//===- CostModel.cpp - How long a product takes, by arithmetic ------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A launch is a number of waves. In a wave each SM works on r blocks at once (r
// is the occupancy; in the last wave perhaps less), each through its k-tiles.
// For the time of one k-tile of all r blocks we ask what each part of the
// machine needs for it alone:
//
//   tensor         r x flops / rate of an SM
//   issue          r x warp instructions / 4 schedulers
//   shared memory  r x (bytes copied in + bytes of fragments) / 128 a clock
//   L2             bytes copied in / bandwidth of L2, or of the SM's port
//   DRAM           bytes of A and B that the wave touches first, and of C that
//                  it writes / bandwidth
//   latency        the way of a copy / how many k-tiles ahead it is started
//                  (and the same of copies through registers, a term apart)
//   steps          a chain that more blocks do not shorten: each k-step waits
//                  for the fragments of the one before, each k-tile for a
//                  barrier
//
// The parts overlap, but not wholly: two that are busy all the time get in each
// other's way. We take the 3.1-norm of the terms: one dominant term counts
// alone, two equal ones cost 1.25 times one. That exponent, and the others of
// CostConstants.h, were fitted to the times of kernels on an H100 and an H200
// (docs/tuning.md).
//
// Edges, blocks with tiles of their own, fill the last wave. What of them does
// not fit there is added.
//
//===----------------------------------------------------------------------===//

#include "tt/Transforms/CostModel.h"

#include "tt/Transforms/TileWork.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>
#include <cmath>

using namespace mlir;
using namespace mlir::tt;

//===----------------------------------------------------------------------===//
// Constants that are not fitted (CostConstants.h)
//===----------------------------------------------------------------------===//

/// Clocks of a shared load, and of an mma whose sum the next k-step needs; both
/// are near to this on Ampere, Ada and Hopper.
static constexpr double kStepClocks = 32;
/// Clocks that a block's warps lose at a barrier, if no other block fills them.
static constexpr double kBarrierClocks = 50;
/// What two stages have in flight although tilesLost leaves less.
static constexpr double kLeastAhead = 0.4;
/// 16-bit rows at odd strides go through registers (tt-stage-operands): two
/// loads and a store of 128 bytes, each, which take the way of shared memory.
static constexpr double kStagedWavefronts = 3;
/// Parts of L2 that operands can fill before they push each other out.
static constexpr double kUsableL2 = 0.8;
/// What a main loop that DRAM limits takes longer with one block an SM and so
/// many stages or fewer: a late k-tile holds up the SM. Of kernels beside those
/// of the same problem.
static constexpr double kFewInFlight = 1.05;
static constexpr int64_t kFewStages = 3;
/// How near slices can bring a k-tile to the time that its mma take alone:
/// where that is nearly all, they measured slower (f32 4096x4096x4096 in
/// 128x128, two slices 693 us, one 675).
static constexpr double kLeastOfTensor = 1.04;
/// The end of a guarded block: a fence and an atomic addition; and what a
/// k-tile takes longer by looks for NaN where a scheduler has one warp. Of
/// kernels beside those of the same problem.
static constexpr double kGuardSeconds = 1.5e-6, kGuardedAlone = 1.05;

/// What a main loop loses where sums and fragments leave hardly any registers:
/// tiles of 192x192 beside those of 256x128, of the model's estimate for each;
/// and where fragments are rounded, which takes registers of its own.
static constexpr double kTightLoop = 1.02, kTightRounding = 1.06;

/// What 16-bit main loops of 256x64 take where an SM has two such blocks and
/// the operands are in L2, of the model's estimate; those of 64x256 and of
/// 128x128 take all of it.
static constexpr double kTallPairs = 0.92;

/// What f32 main loops of tiles of 256 rows take, of the model's estimate:
/// beside 128x256 in 27 pairs of kernels 256x128 took 1.010, beside 64x256 in
/// 10 pairs 256x64 1.027. In 16 bits it makes no difference.
static constexpr int64_t kTallRows = 256;
static constexpr double kTallF32 = 1.012;

/// What a persistent block saves at each tile but its first, since the next
/// one's copies and mma overlap with the end of it, and at most this part of
/// the tile's time; and what its main loop loses by more values to keep, with
/// rounding and without. Of pairs of kernels at 14 sizes (docs/performance.md).
static constexpr double kPersistentSaved = 2.5e-6, kMostSaved = 0.15;
static constexpr double kPersistentLoop = 1.015, kPersistentRounding = 1.05;

int64_t mlir::tt::getModelSize(int64_t size) {
  constexpr int64_t kLarge = 8192;
  return ShapedType::isDynamic(size) ? kLarge : std::max<int64_t>(size, 1);
}

//===----------------------------------------------------------------------===//
// DRAM
//===----------------------------------------------------------------------===//

/// Bytes of A and B that come from DRAM. Blocks of a wave walk down the raster
/// group together, so a wave touches a rectangle of tiles of C, and each row
/// and column of tiles once. What an earlier wave has touched is still in L2 if
/// both operands fit there. Where C is narrower than a wave, columns are
/// counted once for each raster group of it, which is too often; the constants
/// are fitted to that, and without it choices were no better
/// (docs/performance.md, "narrower than a wave").
static double getOperandBytes(const Problem &problem, const TilePlan &plan,
                              const TargetInfo &target, int64_t slots) {
  ConfigAttr config = plan.getConfig();
  double m = getModelSize(problem.m), n = getModelSize(problem.n);
  double kBytes = double(getModelSize(problem.k)) * plan.getElementBytes();
  double compulsory = (m + n) * kBytes;
  if (compulsory <= kUsableL2 * target.l2Bytes)
    return compulsory;
  int64_t tilesM = llvm::divideCeil(int64_t(m), config.getBlockM());
  int64_t tilesN = llvm::divideCeil(int64_t(n), config.getBlockN());
  int64_t rows = std::min(config.getRasterGroup(), tilesM);
  int64_t columns = std::min(llvm::divideCeil(slots, rows), uint64_t(tilesN));
  double waves = std::max(1.0, double(tilesM) * tilesN / (rows * columns));
  double touched = waves *
                   (rows * config.getBlockM() + columns * config.getBlockN()) *
                   kBytes;
  return std::max(compulsory, touched);
}

//===----------------------------------------------------------------------===//
// A wave
//===----------------------------------------------------------------------===//

namespace {

/// Seconds that a wave takes, and that its SMs are busy.
struct WaveEstimate {
  double seconds = 0, busy = 0;
};

class Estimator {
public:
  Estimator(const Problem &problem, const TilePlan &plan,
            const TargetInfo &target, const CostConstants &constants)
      : problem(problem), plan(plan), config(plan.getConfig()), target(target),
        constants(constants), work(problem, plan, target, constants) {}

  CostEstimate run();
  /// Of one wave of `active` blocks. Operands are in L2 if they fit, and if all
  /// else does.
  WaveEstimate estimateWave(int64_t active, bool allFitsL2);

private:
  void occupy();
  /// Adds waves of `blocks` blocks in all, each of `kTiles` k-tiles.
  void addWaves(int64_t blocks, double kTiles);
  /// Adds a wave in which `active` blocks run, `count` times.
  void addWave(int64_t active, int64_t count, double kTiles);
  void addStream();
  /// The part of the tensor cores and schedulers that `blocks` on an SM reach:
  /// each warp has one of four, and six take as long as eight.
  double getBusySubcores(int64_t blocks) const;
  double getRereadBytes() const;
  double getDramBytes(int64_t active) const;
  double getStagedLatency() const;
  double getLossAlone(int64_t blocks, bool isDramBound) const;
  /// `perTile` where k-slices are more warps, which wait less.
  double applySlices(double perTile, double tensor, double longest) const;
  /// What terms that overlap take together: their norm, see above.
  double combine(ArrayRef<double> terms) const;
  void addEnds(int64_t blocks, int64_t count);
  void addSlices(int64_t blocks, int64_t count);
  void addMeeting(int64_t active, int64_t count, double parts);
  void addGuard();
  bool isTallPair() const;
  void addLosses();
  void addPersistence();
  /// How `blocks` blocks, or tiles of persistent blocks, follow each other.
  Waves countWaves(int64_t blocks) const;

  double getClock() const { return target.clockHz; }
  double getLatency() const {
    return fitsL2 ? constants.l2Latency : constants.dramLatency;
  }

  const Problem &problem;
  const TilePlan &plan;
  ConfigAttr config;
  const TargetInfo &target;
  const CostConstants &constants;
  TileWork work;
  CostEstimate cost;
  double operandBytes = 0;
  bool fitsL2 = false;
  /// Whether the blocks are those of shares that cross from tile to tile.
  bool isStreaming = false;
  /// Block tiles of C, and k-tiles of each.
  int64_t tiles = 0, kTiles = 0;
};

} // namespace

void Estimator::occupy() {
  // Half of a k-tile is on its way through registers, of 16 bits each.
  constexpr double kBytesPerRegister = 2, kOnTheWay = 0.5;
  int64_t staged =
      kOnTheWay * work.stagedBytes / plan.getThreads() / kBytesPerRegister;
  cost.registers = std::min(plan.getRegisters(/*fragmentSets=*/2) + staged,
                            plan.getRegisterLimit(target));
  cost.occupancy = getOccupancy(
      {plan.getThreads(), cost.registers, plan.getSharedBytes()}, target);
  int64_t m = getModelSize(problem.m), n = getModelSize(problem.n);
  tiles = plan.countTiles(m, n);
  cost.waves =
      countWaves(config.isPersistent() ? tiles : plan.countBlocks(m, n));
  kTiles = problem.countKTiles(config.getBlockK());
  // Short tiles of persistent blocks are filled up (tt-tile-to-blocks).
  if (config.isPersistent())
    kTiles = std::max(kTiles, config.getTilesAhead());
  cost.kTiles = llvm::divideCeil(kTiles, config.getSplitK());
  operandBytes = getOperandBytes(problem, plan, target,
                                 cost.waves.slots / config.getSplitK());
  double resultBytes = double(m) * n * plan.getElementBytes();
  cost.dramBytes = operandBytes + resultBytes;
  // Data that fits stays in L2 from one launch to the next, or from whatever
  // wrote it.
  fitsL2 = cost.dramBytes <= kUsableL2 * target.l2Bytes;
}

double Estimator::getBusySubcores(int64_t blocks) const {
  double warps = double(blocks) * config.getWarps();
  return warps / std::ceil(warps / kSubcoresPerSM);
}

/// Of shares that cross from tile to tile, bytes that a block reads from DRAM
/// for a k-tile although another block has read them: of an operand whose
/// `readers`, tiles that want the same rows at different times, are so few that
/// all of A and B goes through L2 between one and the next.
double Estimator::getRereadBytes() const {
  auto countRows = [&](int64_t block, double readers) {
    bool isGone = operandBytes / readers > kUsableL2 * target.l2Bytes;
    return isGone ? block * (1 - 1 / readers) : 0;
  };
  int64_t tilesM =
      llvm::divideCeil(getModelSize(problem.m), config.getBlockM());
  int64_t tilesN =
      llvm::divideCeil(getModelSize(problem.n), config.getBlockN());
  return (countRows(config.getBlockM(), tilesN) +
          countRows(config.getBlockN(), tilesM)) *
         config.getBlockK() * plan.getElementBytes();
}

/// From and to DRAM for a k-tile of each of `active` blocks: of A and B, and of
/// C as much as is due to a k-tile. Blocks in which shares end or begin are not
/// all at the same k, and lose a part of what they could have read after each
/// other from L2.
double Estimator::getDramBytes(int64_t active) const {
  if (fitsL2)
    return 0;
  double bytes = operandBytes * active / tiles / kTiles;
  if (isStreaming)
    bytes = std::max(bytes + active * getRereadBytes(),
                     constants.streamMisses * active * work.copiedBytes);
  double resultBytes = cost.dramBytes - operandBytes;
  return bytes * (1 + constants.rowBytesLost * work.pieces) +
         resultBytes * active / tiles / kTiles;
}

/// Of copies through registers, which are on their way for a part of a k-tile.
double Estimator::getStagedLatency() const {
  if (work.stagedBytes == 0)
    return 0;
  constexpr double kBytesPerCopy = 4, kMostAhead = 0.5;
  double copies = work.stagedBytes / plan.getThreads() / kBytesPerCopy;
  double ahead = countRegisterCopies(4 * plan.getFragments()) / copies;
  return constants.stagedLatency * getLatency() / std::min(ahead, kMostAhead);
}

/// What a k-tile takes longer where nothing else runs meanwhile: no other warp
/// on the scheduler, no other block on the SM.
double Estimator::getLossAlone(int64_t blocks, bool isDramBound) const {
  double loss = 1;
  if (blocks * config.getWarps() <= kSubcoresPerSM &&
      config.getCopySlot() != CopySlot::second_half)
    loss *= config.getRoundingForm() == RoundingForm::guarded ? kGuardedAlone
                                                              : constants.alone;
  if (blocks == 1 && isDramBound && config.getStages() <= kFewStages)
    loss *= kFewInFlight;
  return loss;
}

double Estimator::applySlices(double perTile, double tensor,
                              double longest) const {
  if (work.roundingSlots == 0 || config.getKSlices() == 1)
    return perTile;
  double doublings = std::log2(config.getKSlices());
  double sliced = perTile * std::pow(constants.slicedRounding, doublings);
  return std::min(perTile,
                  std::max({sliced, longest, kLeastOfTensor * tensor}));
}

double Estimator::combine(ArrayRef<double> terms) const {
  double sum = 0;
  for (double term : terms)
    sum += std::pow(term, constants.exponent);
  return std::pow(sum, 1 / constants.exponent);
}

void Estimator::addWave(int64_t active, int64_t count, double kTiles) {
  int64_t blocks = llvm::divideCeil(active, target.multiprocessors);
  double subcores = getBusySubcores(blocks);
  double clock = getClock();
  double tensorRate = target.getTensorFlopsPerClock(plan.isF32()) * clock *
                      subcores / kSubcoresPerSM;
  double warps = double(blocks) * config.getWarps();
  double rounding = blocks * work.roundingSlots / (subcores * clock);
  double tensor = blocks * work.flops / tensorRate +
                  constants.roundingAlone * rounding *
                      std::min(1.0, kSubcoresPerSM / warps);
  double issue = blocks * work.issueSlots / (subcores * clock);
  double sharedBytes =
      work.copiedBytes + work.fragmentBytes +
      (kStagedWavefronts - 1) * work.stagedBytes +
      constants.narrowWavefronts * kSharedBytesPerClock * work.narrowCopies;
  double shared = blocks * sharedBytes / (kSharedBytesPerClock * clock);
  double l2 =
      std::max(active * work.readBytes / target.l2BytesPerSecond,
               blocks * work.readBytes / (kL2BytesPerClockPerSM * clock));
  double dram = getDramBytes(active) / target.dramBytesPerSecond;
  // One buffer: nothing is copied while anything is computed, see below.
  double ahead =
      std::max(config.getStages() - constants.tilesLost, kLeastAhead);
  double latency = config.getStages() > 1 ? getLatency() / ahead : 0;
  double staged = getStagedLatency();
  double steps = (work.steps * kStepClocks + kBarrierClocks / blocks) / clock;

  const double terms[] = {tensor, issue,   shared, l2,
                          dram,   latency, staged, steps};
  double perTile = combine(terms);
  // Of one buffer, a block's copies overlap with other blocks' mma only.
  if (config.getStages() == 1)
    perTile += std::max(0.0, getLatency() + l2 + kBarrierClocks / clock -
                                 perTile * (blocks - 1) / blocks);
  double longest = *std::max_element(std::begin(terms), std::end(terms));
  perTile *= getLossAlone(blocks, /*isDramBound=*/dram == longest);
  perTile = applySlices(perTile, tensor, longest);
  double steppedTiles = count * kTiles;
  cost.mainLoop += steppedTiles * perTile;
  for (auto [total, term] :
       {std::pair(&cost.tensor, tensor), std::pair(&cost.issue, issue),
        std::pair(&cost.sharedMemory, shared), std::pair(&cost.l2, l2),
        std::pair(&cost.dram, dram), std::pair(&cost.latency, latency + staged),
        std::pair(&cost.steps, steps)})
    *total += steppedTiles * term;
  addEnds(blocks, count);
  addSlices(blocks, count);
}

void Estimator::addWaves(int64_t blocks, double kTiles) {
  Waves waves = countWaves(blocks);
  if (waves.count > 1)
    addWave(waves.slots, waves.count - 1, kTiles);
  if (waves.lastBlocks > 0)
    addWave(waves.lastBlocks, 1, kTiles);
}

/// The shares of stream_k run at the same time, after the whole tiles. One that
/// crosses from a tile into the next fills its stages twice.
void Estimator::addStream() {
  double streamTiles = config.getStreamTiles();
  int64_t shares = config.getStreamShares();
  double blocks = streamTiles + countExtraBlocks(config);
  isStreaming = blocks > shares;
  addWaves(shares, std::max(1.0, streamTiles * kTiles / shares));
  if (isStreaming) {
    cost.prologue += constants.fillSeconds;
    cost.reduction +=
        constants.crossingSeconds * llvm::divideCeil(shares, cost.waves.slots);
  }
  addMeeting(std::min(shares, cost.waves.slots),
             llvm::divideCeil(shares, cost.waves.slots), blocks / streamTiles);
}

/// Where several blocks share an SM, one computes while another begins or ends.
void Estimator::addEnds(int64_t blocks, int64_t count) {
  double portBytesPerSecond = kL2BytesPerClockPerSM * getClock();
  double fill = constants.fillSeconds + work.readBytes / portBytesPerSecond;
  double stored =
      double(config.getBlockM()) * config.getBlockN() * plan.getElementBytes();
  double drain = blocks * stored / portBytesPerSecond;
  cost.prologue += count * fill / blocks;
  cost.epilogue += count * drain / blocks;
}

/// Slices write and read f32 sums in shared memory.
void Estimator::addSlices(int64_t blocks, int64_t count) {
  if (config.getKSlices() == 1)
    return;
  double bytes = 4.0 * plan.getTileSums() * (config.getKSlices() - 1);
  cost.reduction +=
      count * (blocks * 2 * bytes / kSharedBytesPerClock + kBarrierClocks) /
      getClock();
}

/// Blocks that share a tile write their sums to L2; the last one reads those of
/// all its `parts`.
void Estimator::addMeeting(int64_t active, int64_t count, double parts) {
  double sumBytes = 4.0 * plan.getTileSums();
  int64_t blocks = llvm::divideCeil(active, target.multiprocessors);
  double bytes = (blocks * constants.meetingWrites + parts) * sumBytes;
  cost.reduction +=
      count *
      (bytes / (constants.meetingPort * kL2BytesPerClockPerSM * getClock()) +
       constants.meetingSeconds);
}

void Estimator::addGuard() {
  if (config.getRoundingForm() != RoundingForm::guarded)
    return;
  cost.reduction += cost.waves.count * kGuardSeconds;
  if (config.getStreamTiles() > 0)
    cost.mainLoop *= constants.guardedShares;
}

/// Tiles of persistent blocks come in waves as blocks of one tile do.
Waves Estimator::countWaves(int64_t blocks) const {
  Waves waves = getWaves(blocks, cost.occupancy.blocks, target);
  if (!config.isPersistent())
    return waves;
  return getWaves(blocks, std::min(waves.slots, config.getPersistentBlocks()));
}

/// See kTallPairs.
bool Estimator::isTallPair() const {
  constexpr int64_t kTallM = 256, kTallN = 64, kPair = 2;
  return !plan.isF32() && work.stagedBytes == 0 && fitsL2 &&
         cost.occupancy.blocks == kPair && config.getBlockM() == kTallM &&
         config.getBlockN() == kTallN;
}

/// What main loops of some kinds take more or less than their terms say.
void Estimator::addLosses() {
  bool rounds = work.roundingSlots > 0;
  if (plan.sharesFragmentRegisters())
    cost.mainLoop *= constants.sharedFragments;
  if (plan.leavesFewRegisters(target))
    cost.mainLoop *= rounds ? kTightRounding : kTightLoop;
  if (isTallPair())
    cost.mainLoop *= kTallPairs;
  if (plan.isF32() && config.getBlockM() >= kTallRows)
    cost.mainLoop *= kTallF32;
  bool isRagged = getModelSize(problem.m) % config.getBlockM() ||
                  getModelSize(problem.n) % config.getBlockN();
  if (rounds && cost.occupancy.blocks == 1 && isRagged)
    cost.mainLoop *= constants.raggedRounding;
}

void Estimator::addPersistence() {
  if (!config.isPersistent())
    return;
  cost.mainLoop *=
      work.roundingSlots > 0 ? kPersistentRounding : kPersistentLoop;
  double ofTile =
      (cost.mainLoop + cost.prologue + cost.epilogue) / cost.waves.count;
  cost.overlap =
      (cost.waves.count - 1) * std::min(kPersistentSaved, kMostSaved * ofTile);
}

CostEstimate Estimator::run() {
  occupy();
  if (cost.occupancy.blocks == 0) {
    cost.total = HUGE_VAL;
    return cost;
  }
  addWaves((tiles - config.getStreamTiles()) * config.getSplitK(), cost.kTiles);
  int64_t active = std::min(cost.waves.grid, cost.waves.slots);
  if (config.getSplitK() > 1)
    addMeeting(active, cost.waves.count, config.getSplitK());
  if (config.getStreamTiles() > 0)
    addStream();
  addGuard();
  addLosses();
  addPersistence();
  int64_t blocks = llvm::divideCeil(active, target.multiprocessors);
  cost.launch = constants.launchSeconds + constants.startSeconds * (blocks - 1);
  cost.total = cost.mainLoop + cost.prologue + cost.epilogue + cost.reduction +
               cost.launch - cost.overlap;
  return cost;
}

WaveEstimate Estimator::estimateWave(int64_t active, bool allFitsL2) {
  occupy();
  fitsL2 &= allFitsL2;
  addWave(active, 1, cost.kTiles);
  return {cost.mainLoop + cost.prologue + cost.epilogue + cost.reduction,
          std::max({cost.tensor, cost.issue, cost.sharedMemory})};
}

//===----------------------------------------------------------------------===//
// Edges
//===----------------------------------------------------------------------===//

/// The last wave of block tiles: how many it has, how many an SM has room for,
/// and how long it takes.
struct LastWave {
  int64_t blocks, perSM, multiprocessors;
  double seconds;
};

/// What `count` edges add to the last wave. Where an SM has a block tile less
/// than others, or none, edges take its place, one after the other. Those for
/// which there is no time share SMs with as many block tiles as others have, if
/// there is room: as edges mostly wait for operands, these end later by what
/// edges are busy. Else they follow behind the wave.
static double getEdgeSeconds(int64_t count, const WaveEstimate &edge,
                             const LastWave &wave) {
  int64_t tiles = llvm::divideCeil(wave.blocks, wave.multiprocessors);
  int64_t places = tiles * wave.multiprocessors - wave.blocks;
  int64_t atOnce = tiles == 1 ? wave.perSM : 1;
  int64_t inTime = atOnce * int64_t(wave.seconds / edge.seconds);
  int64_t ofPlace = std::min(inTime, int64_t(wave.seconds / tiles / edge.busy));
  int64_t rest = std::max<int64_t>(0, count - places * ofPlace);
  double busy = llvm::divideCeil(rest, wave.multiprocessors) * edge.busy;
  double behind =
      llvm::divideCeil(rest, wave.multiprocessors * wave.perSM) * edge.seconds;
  if (wave.perSM > tiles)
    behind -= wave.seconds;
  return std::max(busy, behind);
}

static CostEstimate estimateWithEdges(const Problem &problem,
                                      const TilePlan &plan,
                                      const TargetInfo &target,
                                      const CostConstants &constants) {
  SmallVector<ResultPart> parts = plan.getParts(problem.m, problem.n);
  ResultPart main = parts.front();
  TilePlan mainPlan(main.config, plan.getElementType());
  CostEstimate cost =
      estimateCost(problem.getPart(main), mainPlan, target, constants);
  if (cost.occupancy.blocks == 0 || parts.size() == 1)
    return cost;
  bool fitsL2 = cost.dramBytes <= kUsableL2 * target.l2Bytes;
  auto estimateWave = [&](const ResultPart &part, int64_t active) {
    TilePlan its(part.config, plan.getElementType());
    Problem product = problem.getPart(part);
    return Estimator(product, its, target, constants)
        .estimateWave(active, fitsL2);
  };
  int64_t last = cost.waves.lastBlocks, all = target.multiprocessors;
  LastWave wave = {last, cost.occupancy.blocks, all,
                   estimateWave(main, last).seconds};
  int64_t blocks = 0;
  WaveEstimate edge;
  for (const ResultPart &part : ArrayRef(parts).drop_front()) {
    int64_t count = TilePlan(part.config, plan.getElementType())
                        .countBlocks(part.rows, part.columns);
    int64_t active = std::min(count, last < all ? all - last : all);
    WaveEstimate its = estimateWave(part, active);
    edge.seconds += count * its.seconds;
    edge.busy += count * its.busy;
    blocks += count;
  }
  edge.seconds /= blocks;
  edge.busy /= blocks;
  cost.edges = getEdgeSeconds(blocks, edge, wave);
  cost.total += cost.edges;
  cost.waves.grid += blocks;
  return cost;
}

CostEstimate mlir::tt::estimateCost(const Problem &problem,
                                    const TilePlan &plan,
                                    const TargetInfo &target,
                                    const CostConstants &constants) {
  if (plan.getConfig().hasEdges())
    return estimateWithEdges(problem, plan, target, constants);
  return Estimator(problem, plan, target, constants).run();
}

StringRef CostEstimate::getBound() const {
  const std::pair<double, StringRef> terms[] = {
      {tensor, "tensor cores"},
      {issue, "instruction issue"},
      {sharedMemory, "shared memory"},
      {l2, "L2"},
      {dram, "DRAM"},
      {latency, "latency of copies"},
      {steps, "k-steps and barriers"}};
  return std::max_element(std::begin(terms), std::end(terms))->second;
}

//===----------------------------------------------------------------------===//
// Roofline
//===----------------------------------------------------------------------===//

Roofline mlir::tt::getRoofline(const Problem &problem,
                               const TargetInfo &target) {
  double m = getModelSize(problem.m), n = getModelSize(problem.n),
         k = getModelSize(problem.k);
  bool isF32 = problem.elementType.isF32();
  Roofline roofline;
  roofline.flops = 2 * m * n * k;
  roofline.compulsoryBytes =
      (k * m + n * k + m * n) * problem.getElementBytes();
  roofline.peakFlops = isF32 ? target.tf32Flops : target.f16Flops;
  roofline.tensorSeconds = roofline.flops / roofline.peakFlops;
  roofline.dramSeconds = roofline.compulsoryBytes / target.dramBytesPerSecond;
  return roofline;
}
