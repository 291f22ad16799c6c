//===- FuseEdges.cpp - A product's launches -> one launch -----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A product whose config has edges comes down as up to three launches, each
// with tiles of its own (tt-tile-to-blocks). Here they become one, whose blocks
// are those of all, one launch's after the other's:
//
//   block    0 ... 127       128 ... 143     144 ... 151
//            block tiles     edge in M       edge in N
//
// The GPU starts blocks in this order, so that edges fill the SMs which the
// last wave of block tiles leaves idle. Which launch a block belongs to is asked
// once, when it starts: the loops of each stay as they are.
//
//===----------------------------------------------------------------------===//

#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/RegionUtils.h"
#include "tt/Transforms/KernelUtils.h"
#include "tt/Transforms/Passes.h"
#include "llvm/ADT/SetVector.h"

namespace mlir::tt {
#define GEN_PASS_DEF_FUSEEDGES
#include "tt/Transforms/Passes.h.inc"
} // namespace mlir::tt

using namespace mlir;
using namespace mlir::tt;

/// The launches of one product: of block tiles, then of edges.
using ProductLaunches = SmallVector<gpu::LaunchOp>;

static SmallVector<ProductLaunches> collectProducts(Operation *op) {
  SmallVector<ProductLaunches> products;
  for (gpu::LaunchOp launch : collectLaunches(op)) {
    bool isEdge = launch->hasAttr(kEdgeAttrName) && !products.empty() &&
                  products.back().front()->getBlock() == launch->getBlock();
    if (!isEdge)
      products.emplace_back();
    products.back().push_back(launch);
  }
  return products;
}

namespace {

struct Geometry {
  int64_t blocks = 0, threads = 0, sharedBytes = 0;
};

/// Makes one launch of those of a product.
class EdgeFuser {
public:
  explicit EdgeFuser(const ProductLaunches &launches)
      : launches(launches), rewriter(this->launches.front()),
        builder(this->launches.front().getLoc(), rewriter) {}

  LogicalResult run();

private:
  gpu::LaunchOp createLaunch(const Geometry &geometry);
  /// Moves the body of `launch` to where the builder stands, in `fused`. Its
  /// blocks are those from number `first` on.
  void moveBody(gpu::LaunchOp launch, gpu::LaunchOp fused, int64_t first);

  ProductLaunches launches;
  IRRewriter rewriter;
  ImplicitLocOpBuilder builder;
};

} // namespace

static FailureOr<int64_t> getConstant(gpu::LaunchOp launch, Value value,
                                      StringRef what) {
  if (std::optional<int64_t> constant = getConstantIndex(value))
    return *constant;
  return launch.emitOpError("belongs to a product with edges (tt.edge), "
                            "expected a constant number of ")
         << what;
}

static FailureOr<Geometry> getGeometry(gpu::LaunchOp launch) {
  FailureOr<int64_t> blocks =
      getConstant(launch, launch.getGridSizeX(), "blocks");
  FailureOr<int64_t> threads =
      getConstant(launch, launch.getBlockSizeX(), "threads");
  FailureOr<int64_t> bytes = 0;
  if (Value size = launch.getDynamicSharedMemorySize())
    bytes = getConstant(launch, size, "bytes of shared memory");
  if (failed(blocks) || failed(threads) || failed(bytes))
    return failure();
  return Geometry{*blocks, *threads, *bytes};
}

/// Whether `launch` has what tt-tile-to-blocks and the passes behind it make.
static LogicalResult verifyForm(gpu::LaunchOp launch) {
  auto isOne = [](Value size) { return getConstantIndex(size) == 1; };
  bool isLine = isOne(launch.getGridSizeY()) && isOne(launch.getGridSizeZ()) &&
                isOne(launch.getBlockSizeY()) && isOne(launch.getBlockSizeZ());
  if (!isLine || launch.hasClusterSize() || launch.getAsyncToken() ||
      launch.getNumWorkgroupAttributions() > 0 ||
      launch.getNumPrivateAttributions() > 0)
    return launch.emitOpError(
        "belongs to a product with edges (tt.edge), expected a grid and blocks "
        "of one dimension, no clusters, no async token and no attributions");
  if (!llvm::hasSingleElement(launch.getBody()))
    return launch.emitOpError("expected structured control flow: run "
                              "tt-fuse-edges before convert-scf-to-cf");
  return success();
}

/// What an edge captures must be there before the first launch.
static LogicalResult verifyCaptures(gpu::LaunchOp launch, gpu::LaunchOp first) {
  llvm::SetVector<Value> captured;
  getUsedValuesDefinedAbove(launch.getBody(), captured);
  for (Value value : captured) {
    Operation *producer = value.getDefiningOp();
    if (producer && producer->getBlock() == first->getBlock() &&
        !producer->isBeforeInBlock(first))
      return launch.emitOpError("is an edge (tt.edge) that uses a value made "
                                "behind the launch of block tiles; run "
                                "tt-isolate-kernel first");
  }
  return success();
}

gpu::LaunchOp EdgeFuser::createLaunch(const Geometry &geometry) {
  IndexBuilder index(builder);
  gpu::LaunchOp first = launches.front();
  Value one = index.constant(1);
  Value bytes = arith::ConstantIntOp::create(builder, builder.getI32Type(),
                                             geometry.sharedBytes);
  auto fused =
      gpu::LaunchOp::create(builder, index.constant(geometry.blocks), one, one,
                            index.constant(geometry.threads), one, one, bytes);
  fused->setDiscardableAttrs(first->getDiscardableAttrDictionary());
  builder.setInsertionPointToStart(&fused.getBody().front());
  gpu::TerminatorOp::create(builder);
  builder.setInsertionPointToStart(&fused.getBody().front());
  return fused;
}

void EdgeFuser::moveBody(gpu::LaunchOp launch, gpu::LaunchOp fused,
                         int64_t first) {
  IndexBuilder index(builder);
  SmallVector<Value> arguments(fused.getBody().getArguments());
  auto replace = [&](Value argument, Value value) {
    arguments[cast<BlockArgument>(argument).getArgNumber()] = value;
  };
  replace(launch.getBlockIds().x, index.sub(fused.getBlockIds().x, first));
  replace(launch.getGridSize().x,
          index.constant(*getConstantIndex(launch.getGridSizeX())));
  Block &body = launch.getBody().front();
  rewriter.eraseOp(body.getTerminator());
  rewriter.inlineBlockBefore(&body, builder.getInsertionBlock(),
                             builder.getInsertionPoint(), arguments);
}

LogicalResult EdgeFuser::run() {
  Geometry all;
  SmallVector<int64_t> ends;
  for (gpu::LaunchOp launch : launches) {
    FailureOr<Geometry> geometry = getGeometry(launch);
    if (failed(geometry) || failed(verifyForm(launch)) ||
        failed(verifyCaptures(launch, launches.front())))
      return failure();
    if (!ends.empty() && geometry->threads != all.threads)
      return launch.emitOpError("is an edge (tt.edge) in blocks of ")
             << geometry->threads << " threads, expected " << all.threads
             << " as in the launch of block tiles before it";
    all.blocks += geometry->blocks;
    all.threads = geometry->threads;
    all.sharedBytes = std::max(all.sharedBytes, geometry->sharedBytes);
    ends.push_back(all.blocks);
  }
  gpu::LaunchOp fused = createLaunch(all);
  int64_t first = 0;
  for (auto [launch, end] : llvm::zip_equal(launches, ends)) {
    if (end == all.blocks) {
      moveBody(launch, fused, first);
      break;
    }
    IndexBuilder index(builder);
    Value isInside = index.isLess(fused.getBlockIds().x, index.constant(end));
    auto ifInside = scf::IfOp::create(builder, isInside,
                                      /*withElseRegion=*/true);
    builder.setInsertionPointToStart(ifInside.thenBlock());
    moveBody(launch, fused, first);
    builder.setInsertionPointToStart(ifInside.elseBlock());
    first = end;
  }
  for (gpu::LaunchOp launch : launches)
    rewriter.eraseOp(launch);
  return success();
}

namespace {

struct FuseEdges : tt::impl::FuseEdgesBase<FuseEdges> {
  void runOnOperation() override {
    for (const ProductLaunches &launches : collectProducts(getOperation()))
      if (launches.size() > 1 && failed(EdgeFuser(launches).run()))
        return signalPassFailure();
  }
};

} // namespace
