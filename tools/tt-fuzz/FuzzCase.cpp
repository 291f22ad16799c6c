//===- FuzzCase.cpp - A random product and how to run it again ------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FuzzCase.h"

#include "llvm/Support/FormatVariadic.h"

using namespace mlir::tt;
using runtime::ElementType;

namespace {

/// Choices from one stream of random bits. std's distributions differ from
/// library to library, so none is used.
class Chooser {
public:
  Chooser(uint64_t seed, uint64_t number) {
    std::seed_seq sequence{seed, seed >> 32, number, number >> 32};
    random.seed(sequence);
  }
  uint64_t below(uint64_t limit) { return random() % limit; }
  bool oneIn(uint64_t n) { return below(n) == 0; }
  template <typename T, size_t n> T pick(const T (&values)[n]) {
    return values[below(n)];
  }
  uint64_t next() { return random(); }

private:
  std::mt19937_64 random;
};

} // namespace

/// 0 to 200, half of the time at or beside a multiple of what tiles are made
/// of.
static int64_t chooseSize(Chooser &choose) {
  constexpr int64_t kLargest = 200;
  constexpr int64_t kEdges[] = {0,  1,  2,  3,  4,  7,  8,   9,   15,  16, 17,
                                31, 32, 33, 63, 64, 65, 127, 128, 129, 200};
  return choose.oneIn(2) ? choose.pick(kEdges) : choose.below(kLargest + 1);
}

/// Elements from one row to the next: none to spare, a multiple of 16 bytes, or
/// anything.
static int64_t chooseStride(Chooser &choose, int64_t width, int64_t bytes) {
  int64_t chunk = 16 / bytes;
  switch (choose.below(4)) {
  case 0:
  case 1:
    return width;
  case 2:
    return (width + chunk - 1) / chunk * chunk + choose.below(2) * chunk;
  default:
    return width + choose.below(10);
  }
}

static std::string chooseConfig(Chooser &choose, int64_t elementBytes,
                                bool mayGuard) {
  constexpr int64_t kBlocks[] = {16, 32, 64, 128};
  constexpr int64_t kWarps[] = {16, 32, 64};
  constexpr int64_t kRowBytes[] = {64, 64, 128};
  constexpr const char *kLayouts[] = {"padded", "padded", "xor"};
  constexpr const char *kOrders[] = {"a_stationary", "b_stationary"};
  constexpr const char *kCopySlots[] = {"before_barrier", "after_barrier",
                                        "second_half"};
  constexpr int64_t kSlices[] = {1, 1, 1, 2};
  constexpr int64_t kSplits[] = {1, 1, 1, 2, 3, 4};
  int64_t m = choose.pick(kBlocks), n = choose.pick(kBlocks);
  int64_t warpM = std::min(m, choose.pick(kWarps));
  int64_t warpN = std::min(n, choose.pick(kWarps));
  int64_t k = choose.pick(kRowBytes) / elementBytes;
  int64_t stages = 1 + choose.below(5), splits = choose.pick(kSplits);
  std::string config = llvm::formatv(
      "#tt.config<block = [{0}, {1}, {2}], warp = [{3}, {4}], stages = {5}, "
      "raster_group = {6}, a_layout = {7}, mma_order = {8}, copy_slot = {9}",
      m, n, k, warpM, warpN, stages, 1 + choose.below(9), choose.pick(kLayouts),
      choose.pick(kOrders), choose.pick(kCopySlots));
  // Some that are refused stay among them.
  if (int64_t slices = choose.pick(kSlices);
      slices > 1 && k * elementBytes > 64)
    config += ", k_slices = " + std::to_string(slices);
  if (splits > 1) {
    config += ", split_k = " + std::to_string(splits);
  } else if (choose.oneIn(3)) {
    int64_t tiles = 1 + choose.below(6);
    config += llvm::formatv(", stream_k = [{0}, {1}]", tiles,
                            tiles + choose.below(12));
  }
  if (mayGuard && choose.oneIn(2))
    config += ", rounding_form = guarded";
  else if (choose.oneIn(4))
    config += ", persistent_blocks = " + std::to_string(1 + choose.below(8));
  constexpr int64_t kEdges[] = {0, 16, 32, 48};
  if (splits == 1 && choose.oneIn(4))
    config += llvm::formatv(", edge = [{0}, {1}]", choose.pick(kEdges),
                            choose.pick(kEdges));
  return config + ">";
}

/// The largest promise about rows that is true.
static int64_t getAlignment(const FuzzCase &fuzzCase) {
  constexpr int64_t kWidest = 16;
  const runtime::Problem &p = fuzzCase.problem;
  int64_t bytes = runtime::getBytes(fuzzCase.type), alignment = kWidest;
  for (int64_t stride : {p.lda, p.ldb, p.ldc})
    while (stride * bytes % alignment != 0)
      alignment /= 2;
  return alignment;
}

FuzzCase mlir::tt::makeCase(uint64_t seed, uint64_t number) {
  Chooser choose(seed, number);
  FuzzCase result;
  constexpr ElementType kTypes[] = {ElementType::f32, ElementType::f16,
                                    ElementType::bf16};
  constexpr const char *kPrecisions[] = {"", "tf32, rounding = nearest_finite",
                                         "tf32, rounding = truncate"};
  constexpr runtime::InputKind kInputs[] = {runtime::InputKind::uniform,
                                            runtime::InputKind::normal,
                                            runtime::InputKind::integers};
  result.type = choose.pick(kTypes);
  if (result.type == ElementType::f32)
    result.precision = choose.pick(kPrecisions);
  int64_t bytes = runtime::getBytes(result.type);
  runtime::Problem &p = result.problem;
  p.m = chooseSize(choose);
  p.n = chooseSize(choose);
  p.k = chooseSize(choose);
  p.lda = chooseStride(choose, p.m, bytes);
  p.ldb = chooseStride(choose, p.k, bytes);
  p.ldc = chooseStride(choose, p.n, bytes);
  result.dynamic = choose.below(5) < 2;
  if (result.dynamic && choose.oneIn(2))
    result.rowAlignment = getAlignment(result);
  if (choose.below(5) < 3)
    result.config = chooseConfig(choose, bytes,
                                 result.type == ElementType::f32 &&
                                     result.precision.empty());
  result.input = choose.pick(kInputs);
  result.seed = choose.below(1 << 20);
  result.schedules = 2 + choose.below(3);
  return result;
}

std::string mlir::tt::getReproducer(const FuzzCase &fuzzCase) {
  const runtime::Problem &p = fuzzCase.problem;
  constexpr const char *kInputs[] = {"uniform", "normal", "integers"};
  std::string command = llvm::formatv(
      "tt-run --device emulator --m {0} --n {1} --k {2} --lda {3} --ldb {4} "
      "--ldc {5} --type {6} --input {7} --seed {8} --schedules {9} "
      "--schedule-seed {8}",
      p.m, p.n, p.k, p.lda, p.ldb, p.ldc, runtime::getName(fuzzCase.type),
      kInputs[static_cast<int>(fuzzCase.input)], fuzzCase.seed,
      fuzzCase.schedules);
  if (fuzzCase.dynamic)
    command += " --dynamic";
  if (fuzzCase.rowAlignment)
    command += " --row-alignment " + std::to_string(fuzzCase.rowAlignment);
  if (!fuzzCase.precision.empty())
    command += " --precision '" + fuzzCase.precision + "'";
  if (!fuzzCase.config.empty())
    command += " --config '" + fuzzCase.config + "'";
  return command;
}
