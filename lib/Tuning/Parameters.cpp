//===- Parameters.cpp - A config as numbers that may move -----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tt/Tuning/Parameters.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace mlir::tt;
using namespace mlir::tt::tuning;

static constexpr StringLiteral kNames[kParameters] = {
    "block_m",      "block_n",  "block_k_bytes", "warps",      "stages",
    "raster_group", "a_layout", "mma_order",     "copy_slot",  "k_slices",
    "split_k",      "stream_k", "rounding_form", "persistent", "edge"};

StringRef tuning::getName(Parameter parameter) {
  return kNames[static_cast<int>(parameter)];
}

std::optional<Parameter> tuning::parseParameter(StringRef name) {
  const auto *found = llvm::find(kNames, name);
  if (found == std::end(kNames))
    return std::nullopt;
  return static_cast<Parameter>(found - std::begin(kNames));
}

std::string tuning::getParameterNames() {
  return llvm::join(llvm::ArrayRef(kNames), ", ");
}

bool tuning::isNamed(Parameter parameter) {
  return llvm::is_contained({Parameter::aLayout, Parameter::mmaOrder,
                             Parameter::copySlot, Parameter::roundingForm},
                            parameter);
}

std::string tuning::formatValue(Parameter parameter, int64_t value) {
  switch (parameter) {
  case Parameter::aLayout:
    return stringifySharedLayout(SharedLayout(value)).str();
  case Parameter::mmaOrder:
    return stringifyMmaOrder(MmaOrder(value)).str();
  case Parameter::copySlot:
    return stringifyCopySlot(CopySlot(value)).str();
  case Parameter::roundingForm:
    return stringifyRoundingForm(RoundingForm(value)).str();
  default:
    return std::to_string(value);
  }
}

/// The number of an enumerator, if there is one.
template <typename Enum>
static std::optional<int64_t> getNumber(std::optional<Enum> enumerator) {
  if (!enumerator)
    return std::nullopt;
  return int64_t(*enumerator);
}

std::optional<int64_t> tuning::parseValue(Parameter parameter, StringRef text) {
  switch (parameter) {
  case Parameter::aLayout:
    return getNumber(symbolizeSharedLayout(text));
  case Parameter::mmaOrder:
    return getNumber(symbolizeMmaOrder(text));
  case Parameter::copySlot:
    return getNumber(symbolizeCopySlot(text));
  case Parameter::roundingForm:
    return getNumber(symbolizeRoundingForm(text));
  default:
    int64_t value;
    if (text.getAsInteger(10, value))
      return std::nullopt;
    return value;
  }
}

/// Values of `edge`, as bits.
static constexpr int64_t kEdgeInM = 1, kEdgeInN = 2;

int64_t tuning::getEdgesLeft(const ParameterValues &values,
                             const Problem &problem) {
  if (!problem.hasStaticResult())
    return 0;
  return (problem.m % at(values, Parameter::blockM) ? kEdgeInM : 0) |
         (problem.n % at(values, Parameter::blockN) ? kEdgeInN : 0);
}

static int64_t getStreamParts(ConfigAttr config) {
  int64_t tiles = config.getStreamTiles(), shares = config.getStreamShares();
  if (tiles == 0)
    return 0;
  return shares % tiles == 0 ? shares / tiles : 1;
}

ParameterValues tuning::getValues(ConfigAttr config, Type elementType) {
  int64_t elementBytes = elementType.getIntOrFloatBitWidth() / 8;
  return {config.getBlockM(),
          config.getBlockN(),
          config.getBlockK() * elementBytes,
          config.getWarps(),
          config.getStages(),
          config.getRasterGroup(),
          int64_t(config.getALayout()),
          int64_t(config.getMmaOrder()),
          int64_t(config.getCopySlot()),
          config.getKSlices(),
          config.getSplitK(),
          getStreamParts(config),
          int64_t(config.getRoundingForm()),
          int64_t(config.isPersistent()),
          (config.getEdgeM() ? kEdgeInM : 0) |
              (config.getEdgeN() ? kEdgeInN : 0)};
}

ConfigAttr tuning::getConfig(const ParameterValues &values, int64_t warpM,
                             int64_t warpN, const Problem &problem,
                             const TargetInfo &target) {
  MLIRContext *context = problem.elementType.getContext();
  int64_t elementBytes = problem.elementType.getIntOrFloatBitWidth() / 8;
  auto config = ConfigAttr::getOrNull(
      context,
      ArrayRef<int64_t>{at(values, Parameter::blockM),
                        at(values, Parameter::blockN),
                        at(values, Parameter::blockKBytes) / elementBytes},
      ArrayRef<int64_t>{warpM, warpN}, at(values, Parameter::stages),
      at(values, Parameter::rasterGroup),
      SharedLayout(at(values, Parameter::aLayout)),
      MmaOrder(at(values, Parameter::mmaOrder)),
      CopySlot(at(values, Parameter::copySlot)), at(values, Parameter::kSlices),
      at(values, Parameter::splitK),
      /*streamTiles=*/int64_t(0), /*streamShares=*/int64_t(0),
      RoundingForm(at(values, Parameter::roundingForm)),
      /*persistentBlocks=*/int64_t(0), /*edgeM=*/int64_t(0),
      /*edgeN=*/int64_t(0));
  int64_t parts = at(values, Parameter::streamK);
  if (config && parts)
    config = shareLastWave(config, parts, problem, target);
  if (config && at(values, Parameter::persistent))
    config = makePersistent(config, problem, target);
  if (int64_t edge = at(values, Parameter::edge); config && edge)
    config = makeEdges(config, edge & kEdgeInM, edge & kEdgeInN, problem);
  return config;
}
