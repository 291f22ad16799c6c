//===- BlockWorkTest.cpp - Do blocks compute everything once? -------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Of a block whose id is a constant all that BlockWork says is constant, so the
// blocks of a launch can be asked one after another.
//
//===----------------------------------------------------------------------===//

#include "tt/Transforms/BlockWork.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "gtest/gtest.h"
#include <map>
#include <set>

using namespace mlir;
using namespace mlir::tt;

namespace {

struct Part {
  int64_t tile, first, count, parts, place;
  /// Places of all parts of the tile; empty where the block is alone.
  std::vector<int64_t> places;
};

class BlockWorkTest : public testing::Test {
protected:
  BlockWorkTest() { context.loadDialect<TTDialect, arith::ArithDialect>(); }

  ConfigAttr getConfig(int64_t splits, int64_t streamTiles, int64_t shares) {
    return ConfigAttr::get(&context, {64, 64, 32}, {32, 32}, 3, 8,
                           SharedLayout::padded, MmaOrder::b_stationary,
                           CopySlot::before_barrier, /*kSlices=*/1, splits,
                           streamTiles, shares, RoundingForm::every_fragment,
                           /*persistentBlocks=*/0, /*edgeM=*/0, /*edgeN=*/0);
  }

  /// What block `id` of `tiles` tiles of `kTiles` k-tiles computes.
  Part ask(ConfigAttr config, int64_t id, int64_t tiles, int64_t kTiles) {
    Location loc = UnknownLoc::get(&context);
    OwningOpRef<ModuleOp> module = ModuleOp::create(loc);
    auto builder = ImplicitLocOpBuilder::atBlockEnd(loc, module->getBody());
    IndexBuilder index(builder);
    BlockWork work(builder, config, index.constant(id), index.constant(tiles));
    auto [first, count] = work.getKTiles(builder, index.constant(kTiles));
    Part part = {know(work.getTile()),  know(first), know(count),
                 know(work.getParts()), -1,          {}};
    if (part.parts == 1)
      return part;
    part.place = know(work.getPlace());
    for (int64_t i = 0; i < part.parts; ++i)
      part.places.push_back(know(work.getPlace(builder, index.constant(i))));
    return part;
  }

  /// Checks all blocks of an M x N product of so many block tiles.
  void check(ConfigAttr config, int64_t tiles, int64_t kTiles);

  MLIRContext context;

private:
  static int64_t know(Value value) {
    std::optional<int64_t> known = getConstantIndex(value);
    EXPECT_TRUE(known);
    return known.value_or(-1);
  }
};

void BlockWorkTest::check(ConfigAttr config, int64_t tiles, int64_t kTiles) {
  TilePlan plan(config, Float32Type::get(&context));
  std::map<int64_t, std::vector<Part>> ofTile;
  std::set<int64_t> places;
  int64_t blocks = plan.countBlocks(tiles * config.getBlockM(), 1);
  for (int64_t id = 0; id < blocks; ++id) {
    Part part = ask(config, id, tiles, kTiles);
    ofTile[part.tile].push_back(part);
    if (part.parts > 1) {
      EXPECT_TRUE(places.insert(part.place).second) << part.place;
    }
  }
  EXPECT_LE(int64_t(places.size()),
            plan.countPartialSums(tiles * config.getBlockM(), 1));
  ASSERT_EQ(int64_t(ofTile.size()), tiles);
  for (auto &[tile, parts] : ofTile) {
    // In the order in which their sums are added: that of k.
    llvm::sort(parts, [](const Part &a, const Part &b) {
      return llvm::find(a.places, a.place) - a.places.begin() <
             llvm::find(b.places, b.place) - b.places.begin();
    });
    int64_t next = 0;
    for (auto [i, part] : llvm::enumerate(parts)) {
      EXPECT_EQ(part.first, next) << "tile " << tile;
      EXPECT_EQ(part.parts, int64_t(parts.size())) << "tile " << tile;
      EXPECT_EQ(part.places, parts[0].places) << "tile " << tile;
      if (part.parts > 1) {
        EXPECT_EQ(part.places[i], part.place) << "tile " << tile;
      }
      next = part.first + part.count;
    }
    EXPECT_EQ(next, kTiles) << "tile " << tile;
  }
}

TEST_F(BlockWorkTest, WholeTilesAndSplits) {
  for (int64_t splits : {1, 2, 3, 7})
    for (int64_t kTiles : {1, 5, 64})
      check(getConfig(splits, 0, 0), 6, kTiles);
}

TEST_F(BlockWorkTest, Streams) {
  for (int64_t streamTiles : {1, 2, 3, 4, 6, 12})
    for (int64_t more : {0, 1, 2, 5, 6, 12, 20})
      for (int64_t whole : {0, 1, 5})
        for (int64_t kTiles : {4, 37, 128})
          check(getConfig(1, streamTiles, streamTiles + more),
                whole + streamTiles, kTiles);
}

/// The blocks that begin shares come last, the longest first; the other part of
/// such a share begins at k = 0.
TEST_F(BlockWorkTest, BeginningsByLength) {
  constexpr int64_t kTiles = 1000;
  for (auto [tiles, shares] : {std::pair(72, 132), std::pair(12, 32)}) {
    ConfigAttr config = getConfig(1, tiles, shares);
    int64_t last = kTiles;
    for (int64_t id = shares; id < tiles + countExtraBlocks(config); ++id) {
      Part part = ask(config, id, tiles, kTiles);
      EXPECT_EQ(part.first + part.count, kTiles);
      EXPECT_LE(part.count, last + 1);
      last = part.count;
    }
    EXPECT_LT(last, kTiles / 4);
  }
}

} // namespace
