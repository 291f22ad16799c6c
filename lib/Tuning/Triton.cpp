//===- Triton.cpp - What a Triton config asks of the GPU ------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tt/Tuning/Triton.h"

#include "tt/Tuning/Support.h"
#include "llvm/Support/MathExtras.h"
#include <tuple>

using namespace mlir;
using namespace mlir::tt;
using namespace mlir::tt::tuning;

std::string TritonConfig::describe() const {
  return llvm::formatv("{0}x{1}x{2}, num_stages {3}, num_warps {4}", blockM,
                       blockN, blockK, stages, warps);
}

bool TritonConfig::operator==(const TritonConfig &other) const {
  auto tie = [](const TritonConfig &c) {
    return std::tie(c.blockM, c.blockN, c.blockK, c.groupM, c.stages, c.warps);
  };
  return tie(*this) == tie(other);
}

int64_t TritonConfig::getBlocks(int64_t m, int64_t n) const {
  return llvm::divideCeil(m, blockM) * llvm::divideCeil(n, blockN);
}

std::pair<int64_t, int64_t> TritonConfig::getWarpGrid() const {
  int64_t rows = 1, columns = 1;
  while (rows * columns < warps) {
    if (blockM / kMmaM / rows >= blockN / (2 * kMmaN) / columns &&
        rows < blockM / kMmaM)
      rows *= 2;
    else
      columns *= 2;
  }
  return {rows, columns};
}

ConfigAttr TritonConfig::getConfig(MLIRContext *context) const {
  auto [rows, columns] = getWarpGrid();
  return ConfigAttr::getOrNull(
      context, ArrayRef<int64_t>{blockM, blockN, blockK},
      ArrayRef<int64_t>{blockM / rows, blockN / columns}, getBuffers(), groupM,
      SharedLayout::xor_swizzle, MmaOrder::b_stationary,
      CopySlot::before_barrier, /*kSlices=*/int64_t(1), /*splitK=*/int64_t(1),
      /*streamTiles=*/int64_t(0), /*streamShares=*/int64_t(0),
      RoundingForm::every_fragment, /*persistentBlocks=*/int64_t(0),
      /*edgeM=*/int64_t(0), /*edgeN=*/int64_t(0));
}

int64_t TritonConfig::estimateRegisters(Type elementType) const {
  ConfigAttr config = getConfig(elementType.getContext());
  return config ? TilePlan(config, elementType).getRegisters(1) : 0;
}

std::string tuning::getIllegality(const TritonConfig &config,
                                  int64_t elementBytes,
                                  const TargetInfo &target) {
  int64_t bytes = config.getSharedBytes(elementBytes);
  if (bytes > target.sharedBytesPerBlock)
    return llvm::formatv(
        "{0} buffers of ({1} + {2}) x {3} x {4} bytes take {5} bytes of shared "
        "memory, {6} allows {7} a block: {8} too many",
        config.getBuffers(), config.blockM, config.blockN, config.blockK,
        elementBytes, withCommas(bytes), target.name,
        withCommas(target.sharedBytesPerBlock),
        withCommas(bytes - target.sharedBytesPerBlock));
  if (config.getThreads() > target.threadsPerBlock)
    return llvm::formatv("{0} warps are {1} threads, {2} allows {3} a block",
                         config.warps, config.getThreads(), target.name,
                         target.threadsPerBlock);
  return {};
}

//===----------------------------------------------------------------------===//
// Python
//===----------------------------------------------------------------------===//

/// Text without comments; a # inside quotes does not begin one.
static std::string stripComments(StringRef python) {
  std::string text;
  char quote = 0;
  for (size_t i = 0; i < python.size(); ++i) {
    char c = python[i];
    if (quote && c == quote)
      quote = 0;
    else if (!quote && (c == '\'' || c == '"'))
      quote = c;
    else if (c == '\n')
      quote = 0; // an apostrophe in prose
    else if (!quote && c == '#') {
      while (i < python.size() && python[i] != '\n')
        ++i;
      c = '\n';
    }
    text += c;
  }
  return text;
}

/// The text between the parenthesis at `text[0]` and its partner.
static std::optional<StringRef> getParenthesized(StringRef text) {
  int depth = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (StringRef("([{").contains(text[i]))
      ++depth;
    if (StringRef(")]}").contains(text[i]) && --depth == 0)
      return text.slice(1, i);
  }
  return std::nullopt;
}

/// Where `name` is a field of the config: names as published kernels have them.
static int64_t *findField(StringRef name, TritonConfig &config) {
  const std::pair<int64_t *, std::vector<StringRef>> fields[] = {
      {&config.blockM, {"BLOCK_M", "BLOCK_SIZE_M", "BM"}},
      {&config.blockN, {"BLOCK_N", "BLOCK_SIZE_N", "BN"}},
      {&config.blockK, {"BLOCK_K", "BLOCK_SIZE_K", "BK"}},
      {&config.groupM, {"GROUP_M", "GROUP_SIZE_M", "GROUP_SIZE"}},
      {&config.stages, {"num_stages"}},
      {&config.warps, {"num_warps"}}};
  for (auto &[field, names] : fields)
    if (llvm::is_contained(names, name))
      return field;
  return nullptr;
}

/// Reads `NAME: 64` and `num_warps=4`, split at commas.
static llvm::Error readPairs(StringRef pairs, TritonConfig &config) {
  SmallVector<StringRef> parts;
  pairs.split(parts, ',');
  for (StringRef part : parts) {
    auto [key, value] = part.split(part.contains('=') ? '=' : ':');
    key = key.trim(" \t\n\r'\"{}");
    value = value.trim(" \t\n\r{}");
    int64_t *field = findField(key, config);
    if (!field)
      continue; // other meta-parameters change neither tile nor pipeline
    if (value.getAsInteger(10, *field) || *field < 1)
      return makeError("triton.Config: '{0}' must be a number above 0, found "
                       "'{1}'",
                       key, value);
  }
  return llvm::Error::success();
}

static llvm::Error checkTile(const TritonConfig &config) {
  for (auto [name, size] : {std::pair("BLOCK_M", config.blockM),
                            std::pair("BLOCK_N", config.blockN),
                            std::pair("BLOCK_K", config.blockK),
                            std::pair("num_warps", config.warps)}) {
    if (size == 0)
      return makeError("triton.Config: no {0} in '{1}'", name,
                       config.describe());
    if (!llvm::isPowerOf2_64(size))
      return makeError("triton.Config: {0} = {1} is not a power of two, as "
                       "Triton wants it",
                       name, size);
  }
  return llvm::Error::success();
}

/// GROUP_M has a default in the kernel's parameter list.
static int64_t findDefaultGroup(StringRef python) {
  for (StringRef name : {"GROUP_M", "GROUP_SIZE_M", "GROUP_SIZE"}) {
    StringRef rest = python;
    while (!rest.empty()) {
      rest = rest.split(name).second;
      StringRef line = rest.take_until([](char c) { return c == '\n'; });
      int64_t value;
      if (!line.split('=').second.trim(" \t,").consumeInteger(10, value))
        return value;
    }
  }
  return TritonConfig().groupM;
}

llvm::Expected<std::vector<TritonConfig>>
tuning::parseTritonConfigs(StringRef python) {
  constexpr StringLiteral kCall = "triton.Config";
  std::string text = stripComments(python);
  int64_t group = findDefaultGroup(text);
  std::vector<TritonConfig> configs;
  StringRef rest = text;
  while (true) {
    size_t start = rest.find(kCall);
    if (start == StringRef::npos)
      return configs;
    rest = rest.drop_front(start + kCall.size()).ltrim();
    if (!rest.starts_with("("))
      continue;
    std::optional<StringRef> arguments = getParenthesized(rest);
    if (!arguments)
      return makeError("triton.Config({0}...: no closing parenthesis",
                       rest.drop_front().take_front(30));
    TritonConfig config;
    config.groupM = group;
    if (llvm::Error error = readPairs(*arguments, config))
      return error;
    if (llvm::Error error = checkTile(config))
      return error;
    configs.push_back(config);
  }
}
