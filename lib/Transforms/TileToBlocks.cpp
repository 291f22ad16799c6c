//===- TileToBlocks.cpp - linalg.matmul -> one gpu.launch of blocks -------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One block for each block tile of C, and in it a loop over the k-tiles. After
// this pass every thread of a block computes the whole block tile on its own:
// a slow program, but a right one, which later passes divide among the threads.
//
// With persistent_blocks = p, block b computes tiles b, b + p, b + 2 p, ... in
// one loop over the k-tiles of all of them. Of 4 k-tiles a tile:
//
//   i           0    1    2    3    4      5      6      7      8        ...
//   tile        b    b    b    b    b + p  b + p  b + p  b + p  b + 2 p
//   k-tile      0    1    2    3    0      1      2      3      0
//   store, zero                *                         *
//
// To what pipelines the loop, the next tile is then but the next k-tile.
//
// With edges, each part of C (TilePlan::getParts) has a launch, on subviews of
// A, B and C; tt-fuse-edges makes one of them.
//
// Sizes are read from the memrefs inside the launch, so that A, B and C are all
// that the kernel captures: its parameters are their three descriptors.
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Matchers.h"
#include "tt/Conversion/MatmulMaps.h"
#include "tt/Transforms/BlockWork.h"
#include "tt/Transforms/Passes.h"
#include "tt/Transforms/TilePlan.h"

namespace mlir::tt {
#define GEN_PASS_DEF_TILETOBLOCKS
#include "tt/Transforms/Passes.h.inc"
} // namespace mlir::tt

using namespace mlir;
using namespace mlir::tt;

namespace {

/// A product as bufferization leaves it.
struct BufferizedProduct {
  linalg::MatmulOp matmul;
  /// Zeroes the destination; moves into the launch.
  linalg::FillOp fill;
  /// Rounds f32 sums to C; null if the matmul writes C itself.
  linalg::CopyOp rounding;
  Value a, b, c;
};

/// Builds the launch of one product.
class BlockTiler {
public:
  /// Of the part of C that `config` is for, if it is not all of it.
  BlockTiler(BufferizedProduct product, ConfigAttr config,
             std::optional<ResultPart> part = std::nullopt)
      : product(product), config(config), part(part),
        builder(product.matmul.getLoc(), product.matmul), index(builder) {}

  void run();

private:
  /// The number of tiles of `tile` elements that dimension `dim` of `memref`
  /// takes.
  Value countTiles(Value memref, int64_t dim, int64_t tile);
  /// The number of block tiles of C.
  Value countTiles();
  Value countBlocks();
  /// Makes A, B and C those of the part.
  void narrowToPart();
  Value getSize(Value memref, int64_t dim);
  /// Row and column, in tiles, of the tile with number `tile`.
  std::pair<Value, Value> rasterize(Value tile);
  /// A block tile of C: its first row and column, and how many of its rows and
  /// columns lie inside C.
  struct BlockTile {
    Value m, n;
    OpFoldResult validM, validN;
  };
  BlockTile locate(Value tile);
  /// min(tile, size - offset); the constant `tile` if tiles divide the size.
  OpFoldResult getValidSize(Value memref, int64_t dim, Value offset,
                            int64_t tile);
  void buildBody(Value block);
  void buildKLoop(const BlockWork &work, const BlockTile &tile, Value sums);
  void buildPersistentLoop(Value block);
  /// Multiplies the k-tile that begins at `k` and has `validK` elements inside
  /// the operands into `sums`.
  void buildKTile(Value k, OpFoldResult validK, const BlockTile &tile,
                  Value sums);
  void buildStore(const BlockTile &tile, Value sums);
  void createSums();
  void zeroSums();
  /// The part of the sums that lies inside C.
  Value getSums(const BlockTile &tile);
  Value subview(Value memref, ArrayRef<OpFoldResult> offsets,
                ArrayRef<OpFoldResult> sizes);

  BufferizedProduct product;
  ConfigAttr config;
  std::optional<ResultPart> part;
  ImplicitLocOpBuilder builder;
  IndexBuilder index;
  /// The block tile's f32 sums.
  Value accumulator;
};

} // namespace

Value BlockTiler::getSize(Value memref, int64_t dim) {
  int64_t size = cast<MemRefType>(memref.getType()).getDimSize(dim);
  if (!ShapedType::isDynamic(size))
    return index.constant(size);
  return memref::DimOp::create(builder, memref, dim);
}

Value BlockTiler::countTiles(Value memref, int64_t dim, int64_t tile) {
  return index.div(index.add(getSize(memref, dim), tile - 1), tile);
}

/// Consecutive blocks walk down `raster_group` block rows, then step one block
/// column to the right, so that a wave of blocks shares rows and columns in L2.
/// With raster_group = 2 on 5 x 3 tiles the order is
///
///    0  2  4
///    1  3  5
///    6  8 10
///    7  9 11
///   12 13 14      <- the last group is as high as what is left
///
std::pair<Value, Value> BlockTiler::rasterize(Value tile) {
  IndexBuilder narrow(builder, builder.getI32Type());
  Value rows = narrow.cast(countTiles(product.c, 0, config.getBlockM()));
  Value columns = narrow.cast(countTiles(product.c, 1, config.getBlockN()));
  Value group = narrow.constant(config.getRasterGroup());
  Value id = narrow.cast(tile);
  Value perGroup = narrow.mul(group, columns);
  Value firstRow = narrow.mul(narrow.div(id, perGroup), group);
  Value height = narrow.min(narrow.sub(rows, firstRow), group);
  Value inGroup = narrow.rem(id, perGroup);
  Value row = narrow.add(firstRow, narrow.rem(inGroup, height));
  Value column = narrow.div(inGroup, height);
  return {index.cast(row), index.cast(column)};
}

OpFoldResult BlockTiler::getValidSize(Value memref, int64_t dim, Value offset,
                                      int64_t tile) {
  int64_t size = cast<MemRefType>(memref.getType()).getDimSize(dim);
  if (!ShapedType::isDynamic(size) && size % tile == 0)
    return builder.getIndexAttr(tile);
  return index.min(index.constant(tile),
                   index.sub(getSize(memref, dim), offset));
}

Value BlockTiler::subview(Value memref, ArrayRef<OpFoldResult> offsets,
                          ArrayRef<OpFoldResult> sizes) {
  SmallVector<OpFoldResult> ones(2, builder.getIndexAttr(1));
  return memref::SubViewOp::create(builder, memref, offsets, sizes, ones);
}

BlockTiler::BlockTile BlockTiler::locate(Value tile) {
  auto [row, column] = rasterize(tile);
  Value m = index.mul(row, config.getBlockM());
  Value n = index.mul(column, config.getBlockN());
  return {m, n, getValidSize(product.c, 0, m, config.getBlockM()),
          getValidSize(product.c, 1, n, config.getBlockN())};
}

Value BlockTiler::getSums(const BlockTile &tile) {
  OpFoldResult origin = builder.getIndexAttr(0);
  return subview(accumulator, {origin, origin}, {tile.validM, tile.validN});
}

void BlockTiler::zeroSums() {
  Value zero =
      arith::ConstantOp::create(builder, builder.getF32FloatAttr(0.0f));
  linalg::FillOp::create(builder, zero, accumulator);
}

void BlockTiler::buildKTile(Value k, OpFoldResult validK, const BlockTile &tile,
                            Value sums) {
  Value aTile = subview(product.a, {k, tile.m}, {validK, tile.validM});
  Value bTile = subview(product.b, {tile.n, k}, {tile.validN, validK});
  NamedAttribute maps = builder.getNamedAttr(
      "indexing_maps", getTransposedMaps(builder.getContext()));
  linalg::MatmulOp::create(builder, ValueRange{aTile, bTile}, ValueRange{sums},
                           maps);
}

void BlockTiler::buildStore(const BlockTile &tile, Value sums) {
  Value c = subview(product.c, {tile.m, tile.n}, {tile.validM, tile.validN});
  linalg::CopyOp::create(builder, sums, c);
}

void BlockTiler::buildKLoop(const BlockWork &work, const BlockTile &tile,
                            Value sums) {
  int64_t blockK = config.getBlockK();
  auto [first, tiles] =
      work.getKTiles(builder, countTiles(product.b, 1, blockK));
  auto loop =
      scf::ForOp::create(builder, index.constant(0), tiles, index.constant(1));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  Value k = index.mul(index.add(loop.getInductionVar(), first), blockK);
  buildKTile(k, getValidSize(product.b, 1, k, blockK), tile, sums);
}

void BlockTiler::buildPersistentLoop(Value block) {
  int64_t blocks = config.getPersistentBlocks(), blockK = config.getBlockK();
  // Copies run ahead by no more than a tile (tt-nest-tiles). The k-tiles that
  // fill up a shorter one are zeros; so is the product of an empty K.
  int64_t fewest = std::max<int64_t>(config.getTilesAhead(), 1);
  Value kTilesOfK = countTiles(product.b, 1, blockK);
  Value kTiles = index.max(kTilesOfK, index.constant(fewest));
  bool isFilledUp = getConstantIndex(kTilesOfK).value_or(fewest) < fewest;
  Value tiles =
      index.div(index.add(index.sub(countTiles(), block), blocks - 1), blocks);
  auto loop = scf::ForOp::create(builder, index.constant(0),
                                 index.mul(tiles, kTiles), index.constant(1));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  Value i = loop.getInductionVar();
  Value kTile = index.rem(i, kTiles);
  Value number = index.div(i, kTiles);
  // Copies run ahead of the last tile, too. They read nothing there, but to
  // locate a tile that is none may divide by zero. tt-nest-tiles sees to that
  // where a tile has several k-tiles.
  if (getConstantIndex(kTiles) == 1)
    number = index.min(number, index.sub(tiles, 1));
  BlockTile tile = locate(index.add(index.mul(number, blocks), block));
  Value k = index.mul(kTile, blockK), sums = getSums(tile);
  OpFoldResult validK =
      isFilledUp ? index.clamp(index.sub(getSize(product.b, 1), k), blockK)
                 : getValidSize(product.b, 1, k, blockK);
  buildKTile(k, validK, tile, sums);
  Value isLast = arith::CmpIOp::create(builder, arith::CmpIPredicate::eq, kTile,
                                       index.sub(kTiles, 1));
  auto ifLast = scf::IfOp::create(builder, isLast);
  builder.setInsertionPointToStart(ifLast.thenBlock());
  buildStore(tile, sums);
  zeroSums();
}

void BlockTiler::createSums() {
  auto tileType = MemRefType::get({config.getBlockM(), config.getBlockN()},
                                  builder.getF32Type());
  accumulator = memref::AllocaOp::create(builder, tileType);
  zeroSums();
}

void BlockTiler::buildBody(Value block) {
  if (config.isPersistent()) {
    createSums();
    return buildPersistentLoop(block);
  }
  BlockWork work(builder, config, block, countTiles());
  BlockTile tile = locate(work.getTile());
  createSums();
  Value sums = getSums(tile);
  buildKLoop(work, tile, sums);
  buildStore(tile, sums);
}

Value BlockTiler::countTiles() {
  Value rows = countTiles(product.c, 0, config.getBlockM());
  Value columns = countTiles(product.c, 1, config.getBlockN());
  return index.mul(rows, columns);
}

Value BlockTiler::countBlocks() {
  if (part)
    return index.constant(TilePlan(config, getElementTypeOrSelf(product.c))
                              .countBlocks(part->rows, part->columns));
  Value blocks = index.add(index.mul(countTiles(), config.getSplitK()),
                           countExtraBlocks(config));
  if (config.isPersistent())
    blocks = index.min(blocks, index.constant(config.getPersistentBlocks()));
  return blocks;
}

void BlockTiler::narrowToPart() {
  auto attr = [&](int64_t value) -> OpFoldResult {
    return builder.getIndexAttr(value);
  };
  OpFoldResult k = getAsOpFoldResult(getSize(product.b, 1));
  OpFoldResult m = attr(part->firstM), n = attr(part->firstN);
  OpFoldResult rows = attr(part->rows), columns = attr(part->columns);
  product.a = subview(product.a, {attr(0), m}, {k, rows});
  product.b = subview(product.b, {n, attr(0)}, {columns, k});
  product.c = subview(product.c, {m, n}, {rows, columns});
}

void BlockTiler::run() {
  Value blocks = countBlocks();
  Value one = index.constant(1);
  // A launch of no blocks is an error in CUDA: an empty C needs no launch.
  std::optional<int64_t> known = getConstantIndex(blocks);
  if (known && *known == 0)
    return;
  if (!known) {
    Value any = arith::CmpIOp::create(builder, arith::CmpIPredicate::ne, blocks,
                                      index.constant(0));
    auto ifAny = scf::IfOp::create(builder, any);
    builder.setInsertionPointToStart(ifAny.thenBlock());
  }
  Value threads = index.constant(config.getWarps() * kThreadsPerWarp);
  auto launch =
      gpu::LaunchOp::create(builder, blocks, one, one, threads, one, one);
  launch->setAttr(kConfigAttrName, config);
  launch->setAttr(kPrecisionAttrName,
                  product.matmul->getAttr(kPrecisionAttrName));
  if (part && part->firstM + part->firstN > 0)
    launch->setAttr(kEdgeAttrName, builder.getUnitAttr());
  builder.setInsertionPointToStart(&launch.getBody().front());
  if (part)
    narrowToPart();
  buildBody(launch.getBlockIds().x);
  gpu::TerminatorOp::create(builder);
}

/// The op of type OpT that uses `destination` and stands in the same block as
/// `op`, before (or after) it, with no other use of the memory between the two.
template <typename OpT>
static OpT findNeighbour(Operation *op, Value destination, bool before) {
  while ((op = before ? op->getPrevNode() : op->getNextNode())) {
    if (auto found = dyn_cast<OpT>(op))
      if (llvm::is_contained(found->getOperands(), destination))
        return found;
    if (llvm::is_contained(op->getOperands(), destination))
      return nullptr;
  }
  return nullptr;
}

/// Bufferization may zero one buffer and copy it to the matmul's destination:
/// zeroes the destination itself instead.
static void forwardFill(linalg::MatmulOp matmul) {
  Value c = matmul.getOutputs()[0];
  auto copy = findNeighbour<memref::CopyOp>(matmul, c, /*before=*/true);
  if (!copy || copy.getTarget() != c)
    return;
  Value source = copy.getSource();
  auto fill = findNeighbour<linalg::FillOp>(copy, source, /*before=*/true);
  if (!fill)
    return;
  OpBuilder builder(copy);
  linalg::FillOp::create(builder, copy.getLoc(), fill.getInputs(),
                         ValueRange{c});
  copy.erase();
  if (!source.getDefiningOp<memref::AllocOp>() || !source.hasOneUse())
    return;
  fill.erase();
  source.getDefiningOp()->erase();
}

/// Copies and stores take adjacent elements of a row to be adjacent in memory.
static LogicalResult checkRows(linalg::MatmulOp matmul, StringRef name,
                               Value memref) {
  auto type = cast<MemRefType>(memref.getType());
  if (type.getRank() == 2 && type.isLastDimUnitStride())
    return success();
  return matmul.emitOpError("expected the elements of a row of ")
         << name << " to be adjacent (a stride of 1), found " << type
         << "; copy it to memory of its own";
}

/// 16-bit products: C is where the f32 sums are rounded to.
static LogicalResult findRounding(BufferizedProduct &product,
                                  Type elementType) {
  product.rounding = findNeighbour<linalg::CopyOp>(product.matmul, product.c,
                                                   /*before=*/false);
  if (!product.rounding)
    return product.matmul.emitOpError("expected its f32 sums to be copied to a "
                                      "memref of ")
           << elementType << " just after it";
  product.c = product.rounding.getOutputs()[0];
  return success();
}

static FailureOr<BufferizedProduct> matchProduct(linalg::MatmulOp matmul) {
  if (!matmul.hasPureBufferSemantics())
    return matmul.emitOpError("expected memrefs: bufferize before "
                              "tt-tile-to-blocks");
  BufferizedProduct product;
  product.matmul = matmul;
  product.a = matmul.getInputs()[0];
  product.b = matmul.getInputs()[1];
  product.c = matmul.getOutputs()[0];
  forwardFill(matmul);
  product.fill =
      findNeighbour<linalg::FillOp>(matmul, product.c, /*before=*/true);
  if (!product.fill ||
      !matchPattern(product.fill.getInputs()[0], m_AnyZeroFloat()))
    return matmul.emitOpError("expected its destination to be filled with "
                              "zeros just before it");
  if (failed(checkRows(matmul, "A", product.a)) ||
      failed(checkRows(matmul, "B", product.b)))
    return failure();
  Type elementType = getElementTypeOrSelf(product.a);
  if (!elementType.isF32() && failed(findRounding(product, elementType)))
    return failure();
  if (failed(checkRows(matmul, "C", product.c)))
    return failure();
  return product;
}

namespace {

struct TileToBlocks : tt::impl::TileToBlocksBase<TileToBlocks> {
  void runOnOperation() override {
    SmallVector<linalg::MatmulOp> matmuls;
    getOperation()->walk([&](linalg::MatmulOp matmul) {
      if (matmul->hasAttr(kConfigAttrName) &&
          !matmul->getParentOfType<gpu::LaunchOp>())
        matmuls.push_back(matmul);
    });
    for (linalg::MatmulOp matmul : matmuls)
      if (failed(tile(matmul)))
        return signalPassFailure();
  }

private:
  LogicalResult tile(linalg::MatmulOp matmul) {
    FailureOr<BufferizedProduct> product = matchProduct(matmul);
    if (failed(product))
      return failure();
    // The launch stands where C is complete: after the rounding, if any.
    if (product->rounding)
      matmul->moveBefore(product->rounding);
    if (failed(createLaunches(*product)))
      return failure();
    product->fill.erase();
    matmul.erase();
    if (product->rounding)
      eraseRounding(product->rounding);
    return success();
  }

  LogicalResult createLaunches(const BufferizedProduct &product) {
    linalg::MatmulOp matmul = product.matmul;
    auto config = matmul->getAttrOfType<ConfigAttr>(kConfigAttrName);
    if (!config.hasEdges()) {
      BlockTiler(product, config).run();
      return success();
    }
    auto type = cast<MemRefType>(product.c.getType());
    if (!type.hasStaticShape())
      return matmul.emitOpError("has a config with edges, expected a C of "
                                "static sizes, found ")
             << type;
    TilePlan plan(config, type.getElementType());
    for (const ResultPart &part :
         plan.getParts(type.getDimSize(0), type.getDimSize(1)))
      BlockTiler(product, part.config, part).run();
    return success();
  }

  /// The f32 sums are never stored: their buffer goes with the rounding.
  void eraseRounding(linalg::CopyOp rounding) {
    Operation *alloc = rounding.getInputs()[0].getDefiningOp();
    rounding.erase();
    if (!alloc || !isa<memref::AllocOp>(alloc))
      return;
    for (Operation *user : llvm::make_early_inc_range(alloc->getUsers()))
      if (isa<memref::DeallocOp>(user))
        user->erase();
    if (alloc->use_empty())
      alloc->erase();
  }
};

} // namespace
