//===- BlockWork.h - What one block of a launch computes --------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Which tile of C, and which of its k-tiles, a block computes, and where the
// sums of blocks that share a tile meet. Without split_k and stream_k block b
// computes the whole of tile b.
//
// split_k = s: block b computes part b / tiles of tile b mod tiles.
//
// stream_k = [R, W]: the last R tiles are one row of R * I k-tiles, cut into W
// shares of R * I / W each. A share may cross from one tile into the next; then
// two blocks do it, so that a block has one tile. With R = 3, W = 5:
//
//   tile        |      0      |      1      |      2      |
//   share       |   0   |   1    |   2   |    3   |   4   |
//   part        |  0    | 1   | 0|   1   | 2|  0  |   1   |
//   block       |  0    |*5   | 1|   2   |*6|  3  |   4   |
//
// counted from the first block behind those of the other tiles. Each of blocks
// 0 ... W - 1 does a share; of one that crosses into a tile, only the end,
// which begins at k = 0. Blocks W ... (*) do the beginnings of those. A GPU
// starts blocks in the order of their ids as others are over, so the longest
// beginning comes first: it follows the shortest end, and all are over at the
// same time. So at any time most ends are at the same k, and so are most
// beginnings, and what one block brings to L2 serves the others. No block waits
// for another.
//
// In units of 1 / W of a tile share w covers [w R, (w + 1) R), and tile t [t W,
// (t + 1) W). The beginning of a share that crosses into tile t has length t W
// mod R. By falling t W mod R, with g = gcd(R, W), t runs through
//
//   t = v * (W / g)^-1 mod (R / g) + c R / g
//   v = R / g - 1 ... 1, c = 0 ... g - 1
//
//===----------------------------------------------------------------------===//

#ifndef TT_TRANSFORMS_BLOCKWORK_H
#define TT_TRANSFORMS_BLOCKWORK_H

#include "tt/Transforms/KernelUtils.h"
#include "tt/Transforms/TilePlan.h"

namespace mlir::tt {

/// Index arithmetic on a block's id. Values that a config makes constant are
/// constants.
class BlockWork {
public:
  /// The work of block `block` of `tiles` tiles of C; with stream_k, `tiles` is
  /// a constant.
  BlockWork(ImplicitLocOpBuilder &b, ConfigAttr config, Value block,
            Value tiles);

  /// The tile's number in raster order.
  Value getTile() const { return tile; }
  /// First and number of the block's k-tiles, of `kTiles` that a tile has.
  std::pair<Value, Value> getKTiles(ImplicitLocOpBuilder &b,
                                    Value kTiles) const;

  /// Among the tiles that blocks may share: the tile's number. Meaningless
  /// where `getParts` is 1.
  Value getSharedTile() const { return sharedTile; }
  /// How many blocks the tile has.
  Value getParts() const { return parts; }
  /// Where the block's sums lie among the partial sums.
  Value getPlace() const { return place; }
  /// Where those of `part` of the block's tile lie.
  Value getPlace(ImplicitLocOpBuilder &b, Value part) const;

private:
  void splitTiles(ImplicitLocOpBuilder &b, Value block, Value tiles);
  void streamTiles(ImplicitLocOpBuilder &b, Value block, Value tiles);
  /// The tile into which the share crosses of which block W + `number` does the
  /// beginning.
  Value getCrossedTile(IndexBuilder &index, Value number) const;

  ConfigAttr config;
  // Indices; the rest is i32.
  Value tile, sharedTile, parts, place;
  /// The block's part of the tile is [begin, end) of `units`.
  Value begin, end;
  int64_t units = 1;
  /// stream_k, of the block's tile: its first share, its last part, and the
  /// place of the sums of that.
  Value firstShare, lastPart, lastPlace;
};

} // namespace mlir::tt

#endif // TT_TRANSFORMS_BLOCKWORK_H
