//===- TTAttrs.cpp - Parsing, printing and verifying of attributes --------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "tt/Dialect/TT/IR/TTDialect.h"
#include "tt/Target/TargetInfo.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::tt;

#include "tt/Dialect/TT/IR/TTEnums.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "tt/Dialect/TT/IR/TTAttrs.cpp.inc"

void TTDialect::registerAttributes() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "tt/Dialect/TT/IR/TTAttrs.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// Parsing helpers
//===----------------------------------------------------------------------===//

/// Parses the keyword of one case of an enum; `symbolize` is its generated
/// string conversion.
template <typename EnumT>
static ParseResult parseEnum(AsmParser &parser, EnumT &value,
                             std::optional<EnumT> (*symbolize)(StringRef),
                             StringRef accepted) {
  StringRef keyword;
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseKeyword(&keyword))
    return failure();
  std::optional<EnumT> parsed = symbolize(keyword);
  if (!parsed)
    return parser.emitError(loc)
           << "expected one of " << accepted << ", found '" << keyword << "'";
  value = *parsed;
  return success();
}

static ParseResult parseSizes(AsmParser &parser, SmallVector<int64_t> &sizes) {
  return parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, [&] {
    return parser.parseInteger(sizes.emplace_back());
  });
}

static void printSizes(AsmPrinter &printer, ArrayRef<int64_t> sizes) {
  printer << '[';
  llvm::interleaveComma(sizes, printer);
  printer << ']';
}

//===----------------------------------------------------------------------===//
// PrecisionAttr
//===----------------------------------------------------------------------===//

static constexpr StringRef kContracts = "'tf32', 'f32_accumulate'";
static constexpr StringRef kRoundings =
    "'nearest', 'nearest_finite', 'truncate'";

Attribute PrecisionAttr::parse(AsmParser &parser, Type) {
  Contract contract;
  Rounding rounding = Rounding::nearest;
  if (parser.parseLess() ||
      parseEnum(parser, contract, symbolizeContract, kContracts))
    return {};
  if (succeeded(parser.parseOptionalComma()) &&
      (parser.parseKeyword("rounding") || parser.parseEqual() ||
       parseEnum(parser, rounding, symbolizeRounding, kRoundings)))
    return {};
  if (parser.parseGreater())
    return {};
  return parser.getChecked<PrecisionAttr>(parser.getContext(), contract,
                                          rounding);
}

void PrecisionAttr::print(AsmPrinter &printer) const {
  printer << '<' << stringifyContract(getContract());
  if (getRounding() != Rounding::nearest)
    printer << ", rounding = " << stringifyRounding(getRounding());
  printer << '>';
}

LogicalResult
PrecisionAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                      Contract contract, Rounding rounding) {
  if (contract != Contract::tf32 && rounding != Rounding::nearest)
    return emitError() << "rounding '" << stringifyRounding(rounding)
                       << "' applies to the contract 'tf32' only; '"
                       << stringifyContract(contract)
                       << "' operands are not rounded";
  return success();
}

PrecisionAttr PrecisionAttr::getDefault(Type elementType) {
  MLIRContext *context = elementType.getContext();
  if (elementType.isF32())
    return get(context, Contract::tf32, Rounding::nearest);
  if (elementType.isF16() || elementType.isBF16())
    return get(context, Contract::f32_accumulate, Rounding::nearest);
  return {};
}

bool PrecisionAttr::accepts(Type elementType) const {
  PrecisionAttr ofType = getDefault(elementType);
  return ofType && ofType.getContract() == getContract();
}

//===----------------------------------------------------------------------===//
// ConfigAttr
//===----------------------------------------------------------------------===//

static constexpr StringRef kConfigKeys =
    "'block', 'warp', 'stages', 'raster_group', 'a_layout', 'mma_order', "
    "'copy_slot', 'k_slices', 'split_k', 'stream_k', 'rounding_form', "
    "'persistent_blocks', 'edge'";

namespace {
/// What has been read of a config so far.
struct ConfigFields {
  SmallVector<int64_t> block, warp;
  int64_t stages = 0;
  int64_t rasterGroup = 8;
  SharedLayout aLayout = SharedLayout::padded;
  MmaOrder mmaOrder = MmaOrder::b_stationary;
  CopySlot copySlot = CopySlot::before_barrier;
  int64_t kSlices = 1, splitK = 1;
  int64_t streamTiles = 0, streamShares = 0;
  RoundingForm roundingForm = RoundingForm::every_fragment;
  int64_t persistentBlocks = 0;
  int64_t edgeM = 0, edgeN = 0;
  SmallVector<StringRef> seen;

  ParseResult parseField(AsmParser &parser);
  ParseResult parsePair(AsmParser &parser, StringRef text, int64_t &first,
                        int64_t &second);
};
} // namespace

/// Two sizes, as in `text`.
ParseResult ConfigFields::parsePair(AsmParser &parser, StringRef text,
                                    int64_t &first, int64_t &second) {
  SMLoc loc = parser.getCurrentLocation();
  SmallVector<int64_t> sizes;
  if (parseSizes(parser, sizes))
    return failure();
  if (sizes.size() != 2)
    return parser.emitError(loc)
           << "expected " << text << ", found " << sizes.size() << " sizes";
  first = sizes[0];
  second = sizes[1];
  return success();
}

ParseResult ConfigFields::parseField(AsmParser &parser) {
  StringRef key;
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseKeyword(&key) || parser.parseEqual())
    return failure();
  if (llvm::is_contained(seen, key))
    return parser.emitError(loc) << "config says '" << key << "' twice";
  seen.push_back(key);
  if (key == "block")
    return parseSizes(parser, block);
  if (key == "warp")
    return parseSizes(parser, warp);
  if (key == "stages")
    return parser.parseInteger(stages);
  if (key == "raster_group")
    return parser.parseInteger(rasterGroup);
  if (key == "a_layout")
    return parseEnum(parser, aLayout, symbolizeSharedLayout, "'padded', 'xor'");
  if (key == "mma_order")
    return parseEnum(parser, mmaOrder, symbolizeMmaOrder,
                     "'b_stationary', 'a_stationary', 'b_pairs', 'b_quads'");
  if (key == "copy_slot")
    return parseEnum(parser, copySlot, symbolizeCopySlot,
                     "'before_barrier', 'after_barrier', 'second_half'");
  if (key == "k_slices")
    return parser.parseInteger(kSlices);
  if (key == "split_k")
    return parser.parseInteger(splitK);
  if (key == "stream_k")
    return parsePair(parser, "stream_k = [tiles, shares]", streamTiles,
                     streamShares);
  if (key == "rounding_form")
    return parseEnum(parser, roundingForm, symbolizeRoundingForm,
                     "'every_fragment', 'guarded'");
  if (key == "persistent_blocks")
    return parser.parseInteger(persistentBlocks);
  if (key == "edge")
    return parsePair(parser, "edge = [m, n]", edgeM, edgeN);
  return parser.emitError(loc) << "unknown config key '" << key
                               << "', expected one of " << kConfigKeys;
}

Attribute ConfigAttr::parse(AsmParser &parser, Type) {
  SMLoc loc = parser.getCurrentLocation();
  ConfigFields fields;
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::LessGreater,
                                     [&] { return fields.parseField(parser); }))
    return {};
  for (StringRef key : {"block", "warp", "stages"}) {
    if (llvm::is_contained(fields.seen, key))
      continue;
    parser.emitError(loc) << "config must say '" << key << "'";
    return {};
  }
  return parser.getChecked<ConfigAttr>(
      loc, parser.getContext(), fields.block, fields.warp, fields.stages,
      fields.rasterGroup, fields.aLayout, fields.mmaOrder, fields.copySlot,
      fields.kSlices, fields.splitK, fields.streamTiles, fields.streamShares,
      fields.roundingForm, fields.persistentBlocks, fields.edgeM, fields.edgeN);
}

void ConfigAttr::print(AsmPrinter &printer) const {
  printer << "<block = ";
  printSizes(printer, getBlock());
  printer << ", warp = ";
  printSizes(printer, getWarp());
  printer << ", stages = " << getStages();
  if (getRasterGroup() != 8)
    printer << ", raster_group = " << getRasterGroup();
  if (getALayout() != SharedLayout::padded)
    printer << ", a_layout = " << stringifySharedLayout(getALayout());
  if (getMmaOrder() != MmaOrder::b_stationary)
    printer << ", mma_order = " << stringifyMmaOrder(getMmaOrder());
  if (getCopySlot() != CopySlot::before_barrier)
    printer << ", copy_slot = " << stringifyCopySlot(getCopySlot());
  if (getKSlices() != 1)
    printer << ", k_slices = " << getKSlices();
  if (getSplitK() != 1)
    printer << ", split_k = " << getSplitK();
  if (getStreamTiles() != 0)
    printer << ", stream_k = [" << getStreamTiles() << ", " << getStreamShares()
            << ']';
  if (getRoundingForm() != RoundingForm::every_fragment)
    printer << ", rounding_form = " << stringifyRoundingForm(getRoundingForm());
  if (isPersistent())
    printer << ", persistent_blocks = " << getPersistentBlocks();
  if (hasEdges())
    printer << ", edge = [" << getEdgeM() << ", " << getEdgeN() << ']';
  printer << '>';
}

/// Tile sizes come in whole m16n8 mma tiles; N in pairs of them, since one
/// `ldmatrix.x4` brings B for two.
static constexpr int64_t kTileGranule = 16;
static constexpr int64_t kMaxBlockSide = 256;
static constexpr int64_t kMaxStages = 8;
static constexpr int64_t kMaxSplitK = 64;
/// Keeps the arithmetic of stream-K in 32 bits.
static constexpr int64_t kMaxStreamShares = 4096;
/// More than any GPU runs at the same time.
static constexpr int64_t kMaxPersistentBlocks = 65536;

/// `stream_k`: [0, 0] is none.
static LogicalResult verifyStreamK(function_ref<InFlightDiagnostic()> emitError,
                                   int64_t splitK, int64_t tiles,
                                   int64_t shares) {
  if (tiles == 0 && shares == 0)
    return success();
  if (tiles < 1 || shares < tiles || shares > kMaxStreamShares)
    return emitError() << "stream_k = [" << tiles << ", " << shares
                       << "], expected 1 <= tiles <= shares <= "
                       << kMaxStreamShares;
  if (splitK != 1)
    return emitError() << "stream_k needs split_k = 1, found split_k = "
                       << splitK;
  return success();
}

/// A persistent block computes whole tiles, with nothing in shared memory
/// between two of them but operands.
static LogicalResult
verifyPersistence(function_ref<InFlightDiagnostic()> emitError, int64_t blocks,
                  int64_t kSlices, int64_t splitK, int64_t streamTiles,
                  RoundingForm form) {
  if (blocks == 0)
    return success();
  if (blocks < 1 || blocks > kMaxPersistentBlocks)
    return emitError() << "persistent_blocks = " << blocks
                       << " is not between 0 and " << kMaxPersistentBlocks;
  if (kSlices != 1 || splitK != 1 || streamTiles != 0)
    return emitError() << "persistent_blocks needs k_slices = 1, split_k = 1 "
                          "and no stream_k";
  if (form == RoundingForm::guarded)
    return emitError() << "persistent_blocks needs rounding_form = "
                          "every_fragment, found guarded";
  return success();
}

/// `edge`: block tiles of its own for what is left of rows and of columns.
static LogicalResult verifyEdges(function_ref<InFlightDiagnostic()> emitError,
                                 ArrayRef<int64_t> block, int64_t edgeM,
                                 int64_t edgeN, int64_t warps, bool sharesTiles,
                                 bool isPersistent) {
  if (edgeM == 0 && edgeN == 0)
    return success();
  const int64_t edges[] = {edgeM, edgeN};
  for (auto [name, edge, side] : llvm::zip("mn", edges, block))
    if (edge < 0 || edge > kMaxEdge || edge % kTileGranule || edge >= side)
      return emitError() << "edge " << StringRef(&name, 1) << " = " << edge
                         << ", expected 0 or a multiple of " << kTileGranule
                         << " up to " << kMaxEdge << " below block "
                         << StringRef(&name, 1) << " = " << side;
  if (!llvm::is_contained({4, 8}, warps))
    return emitError() << "edge needs 4 or 8 warps, found " << warps;
  if (sharesTiles || isPersistent)
    return emitError() << "edge needs a block for each tile: no split_k, "
                          "stream_k or persistent_blocks";
  return success();
}

ConfigAttr ConfigAttr::withSchedule(int64_t stages, CopySlot slot,
                                    RoundingForm form) const {
  return get(getContext(), getBlock(), getWarp(), stages, getRasterGroup(),
             getALayout(), getMmaOrder(), slot, getKSlices(), getSplitK(),
             getStreamTiles(), getStreamShares(), form, getPersistentBlocks(),
             getEdgeM(), getEdgeN());
}

ConfigAttr ConfigAttr::withBlocks(int64_t streamTiles, int64_t streamShares,
                                  int64_t persistentBlocks) const {
  return getOrNull(getContext(), getBlock(), getWarp(), getStages(),
                   getRasterGroup(), getALayout(), getMmaOrder(), getCopySlot(),
                   getKSlices(), getSplitK(), streamTiles, streamShares,
                   getRoundingForm(), persistentBlocks, getEdgeM(), getEdgeN());
}

ConfigAttr ConfigAttr::withEdges(int64_t m, int64_t n) const {
  return getOrNull(getContext(), getBlock(), getWarp(), getStages(),
                   getRasterGroup(), getALayout(), getMmaOrder(), getCopySlot(),
                   getKSlices(), getSplitK(), getStreamTiles(),
                   getStreamShares(), getRoundingForm(), getPersistentBlocks(),
                   m, n);
}

LogicalResult
ConfigAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                   ArrayRef<int64_t> block, ArrayRef<int64_t> warp,
                   int64_t stages, int64_t rasterGroup, SharedLayout, MmaOrder,
                   CopySlot copySlot, int64_t kSlices, int64_t splitK,
                   int64_t streamTiles, int64_t streamShares, RoundingForm form,
                   int64_t persistentBlocks, int64_t edgeM, int64_t edgeN) {
  if (block.size() != 3)
    return emitError() << "expected block = [m, n, k], found " << block.size()
                       << " sizes";
  if (warp.size() != 2)
    return emitError() << "expected warp = [m, n], found " << warp.size()
                       << " sizes";
  for (auto [name, size] : llvm::zip("mn", block.take_front(2)))
    if (size < kTileGranule || size > kMaxBlockSide || size % kTileGranule)
      return emitError() << "block " << StringRef(&name, 1) << " = " << size
                         << " is not a multiple of " << kTileGranule
                         << " between " << kTileGranule << " and "
                         << kMaxBlockSide;
  if (block[2] < 8 || block[2] > 256 || !llvm::isPowerOf2_64(block[2]))
    return emitError() << "block k = " << block[2]
                       << " is not a power of two between 8 and 256";
  for (auto [name, size, whole] : llvm::zip("mn", warp, block))
    if (size < kTileGranule || size % kTileGranule || whole % size)
      return emitError() << "warp " << StringRef(&name, 1) << " = " << size
                         << " is not a multiple of " << kTileGranule
                         << " that divides block " << StringRef(&name, 1)
                         << " = " << whole;
  if (!llvm::is_contained({1, 2, 4}, kSlices))
    return emitError() << "k_slices = " << kSlices << ", expected 1, 2 or 4";
  int64_t warps = (block[0] / warp[0]) * (block[1] / warp[1]) * kSlices;
  if (!llvm::is_contained({1, 2, 4, 8, 16}, warps))
    return emitError() << "block and warp tile make " << warps
                       << " warps, expected 1, 2, 4, 8 or 16";
  if (splitK < 1 || splitK > kMaxSplitK)
    return emitError() << "split_k = " << splitK << " is not between 1 and "
                       << kMaxSplitK;
  if (failed(verifyStreamK(emitError, splitK, streamTiles, streamShares)) ||
      failed(verifyPersistence(emitError, persistentBlocks, kSlices, splitK,
                               streamTiles, form)) ||
      failed(verifyEdges(emitError, block, edgeM, edgeN, warps,
                         splitK > 1 || streamTiles > 0, persistentBlocks > 0)))
    return failure();
  if (stages < 1 || stages > kMaxStages)
    return emitError() << "stages = " << stages << " is not between 1 and "
                       << kMaxStages;
  if (copySlot != CopySlot::before_barrier && stages < 2)
    return emitError() << "copy_slot = " << stringifyCopySlot(copySlot)
                       << " needs at least 2 stages, found stages = " << stages;
  if (rasterGroup < 1)
    return emitError() << "raster_group = " << rasterGroup
                       << " is not positive";
  return success();
}

//===----------------------------------------------------------------------===//
// SwizzleAttr
//===----------------------------------------------------------------------===//

LogicalResult SwizzleAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                  ArrayRef<int64_t> rowBits, int64_t shift) {
  if (rowBits.empty() || shift < 0)
    return emitError() << "expected at least one row bit and a shift of 0 or "
                          "more";
  if (llvm::any_of(rowBits, [](int64_t bit) { return bit < 0 || bit > 31; }))
    return emitError() << "row bits must be between 0 and 31";
  return success();
}

//===----------------------------------------------------------------------===//
// TargetAttr
//===----------------------------------------------------------------------===//

LogicalResult TargetAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                 StringRef name) {
  if (TargetInfo::find(name))
    return success();
  return emitError() << "unknown target '" << name << "', expected one of "
                     << TargetInfo::knownNames();
}
