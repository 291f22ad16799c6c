//===- BlockWork.cpp - What one block of a launch computes ----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tt/Transforms/BlockWork.h"

#include <numeric>

using namespace mlir;
using namespace mlir::tt;

BlockWork::BlockWork(ImplicitLocOpBuilder &b, ConfigAttr config, Value block,
                     Value tiles)
    : config(config), tile(block) {
  IndexBuilder index(b), narrow(b, b.getI32Type());
  sharedTile = index.constant(0);
  place = index.constant(0);
  parts = index.constant(1);
  begin = narrow.constant(0);
  end = narrow.constant(1);
  if (config.getStreamTiles() > 0)
    streamTiles(b, block, tiles);
  else if (config.getSplitK() > 1)
    splitTiles(b, block, tiles);
}

void BlockWork::splitTiles(ImplicitLocOpBuilder &b, Value block, Value tiles) {
  IndexBuilder index(b), narrow(b, b.getI32Type());
  Value id = narrow.cast(block), count = narrow.cast(tiles);
  units = config.getSplitK();
  begin = narrow.div(id, count);
  end = narrow.add(begin, 1);
  tile = sharedTile = index.cast(narrow.rem(id, count));
  parts = index.constant(units);
  place = getPlace(b, index.cast(begin));
}

/// x with a * x = 1 mod `modulus`, for coprime `a` and `modulus`.
static int64_t getInverse(int64_t a, int64_t modulus) {
  int64_t x = 1 % modulus;
  while (a % modulus * x % modulus != 1 % modulus)
    ++x;
  return x;
}

Value BlockWork::getCrossedTile(IndexBuilder &index, Value number) const {
  int64_t tiles = config.getStreamTiles(), shares = config.getStreamShares();
  int64_t both = std::gcd(tiles, shares);
  int64_t period = tiles / both;
  Value v = index.sub(index.constant(period - 1), index.div(number, both));
  Value c = index.rem(number, both);
  int64_t inverse = getInverse(shares / both, period);
  return index.add(index.rem(index.mul(v, inverse), period),
                   index.mul(c, period));
}

void BlockWork::streamTiles(ImplicitLocOpBuilder &b, Value block,
                            Value allTiles) {
  IndexBuilder index(b), narrow(b, b.getI32Type());
  int64_t tiles = config.getStreamTiles(), shares = config.getStreamShares();
  units = shares;
  Value zero = narrow.constant(0), one = narrow.constant(1);
  Value whole = narrow.sub(narrow.cast(allTiles), tiles);
  Value id = narrow.cast(block), number = narrow.sub(id, whole);
  Value isWhole = getConstantIndex(whole) == 0
                      ? arith::ConstantIntOp::create(b, 0, /*width=*/1)
                      : narrow.isLess(id, whole);

  // A share, or the end of one; or the beginning of one.
  Value share = number;
  Value t = narrow.div(narrow.sub(narrow.mul(narrow.add(share, 1), tiles), 1),
                       shares);
  Value at = share;
  if (shares % tiles != 0) {
    Value isBeginning = narrow.isLess(narrow.constant(shares - 1), number);
    Value crossed = getCrossedTile(narrow, narrow.sub(number, shares));
    Value its = narrow.div(narrow.mul(crossed, shares), tiles);
    t = narrow.select(isBeginning, narrow.sub(crossed, 1), t);
    share = narrow.select(isBeginning, its, share);
    at = narrow.select(isBeginning, narrow.add(crossed, shares), at);
  }

  Value tileBegin = narrow.mul(t, shares);
  Value tileEnd = narrow.add(tileBegin, shares);
  Value shareBegin = narrow.mul(share, tiles);
  begin = narrow.max(narrow.sub(shareBegin, tileBegin), zero);
  end = narrow.min(narrow.sub(narrow.add(shareBegin, tiles), tileBegin),
                   narrow.constant(shares));
  firstShare = narrow.div(tileBegin, tiles);
  Value lastShare = narrow.div(narrow.sub(tileEnd, 1), tiles);
  lastPart = narrow.sub(lastShare, firstShare);
  Value isCrossed = narrow.isLess(zero, narrow.rem(tileEnd, tiles));
  lastPlace = narrow.select(isCrossed, narrow.add(t, shares + 1), lastShare);

  begin = narrow.select(isWhole, zero, begin);
  end = narrow.select(isWhole, narrow.constant(shares), end);
  parts = index.cast(narrow.select(isWhole, one, narrow.add(lastPart, 1)));
  tile = index.cast(narrow.select(isWhole, id, narrow.add(whole, t)));
  sharedTile = index.cast(t);
  place = index.cast(at);
}

std::pair<Value, Value> BlockWork::getKTiles(ImplicitLocOpBuilder &b,
                                             Value kTiles) const {
  IndexBuilder index(b);
  if (units == 1)
    return {index.constant(0), kTiles};
  Value first = index.div(index.mul(index.cast(begin), kTiles), units);
  Value behind = index.div(index.mul(index.cast(end), kTiles), units);
  return {first, index.sub(behind, first)};
}

Value BlockWork::getPlace(ImplicitLocOpBuilder &b, Value part) const {
  IndexBuilder index(b), narrow(b, b.getI32Type());
  if (!firstShare)
    return index.add(index.mul(sharedTile, config.getSplitK()), part);
  Value number = narrow.cast(part);
  Value isLast = narrow.isLess(narrow.sub(lastPart, 1), number);
  return index.cast(
      narrow.select(isLast, lastPlace, narrow.add(firstShare, number)));
}
