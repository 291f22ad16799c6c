//===- KernelFile.cpp - The kernel artifact as a file ---------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   { "format": "tt-kernel", "version": 3,
//     "checksum": FNV-1a of the text of "kernel",
//     "kernel": { "entry": ..., "arguments": [...], "ptx": ..., ... } }
//
//===----------------------------------------------------------------------===//

#include "tt/Runtime/Kernel.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <unistd.h>

using namespace mlir::tt::runtime;
using Json = nlohmann::json;

static constexpr const char *kFormat = "tt-kernel";
static constexpr int kVersion = 3;

//===----------------------------------------------------------------------===//
// Encoding
//===----------------------------------------------------------------------===//

/// FNV-1a, 64 bits: finds damage, not malice.
static std::string getChecksum(const std::string &text) {
  uint64_t hash = 0xCBF29CE484222325u;
  for (unsigned char c : text)
    hash = (hash ^ c) * 0x100000001B3u;
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016llx",
                static_cast<unsigned long long>(hash));
  return digits;
}

static std::string toHex(const std::string &bytes) {
  constexpr const char *digits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * bytes.size());
  for (unsigned char c : bytes) {
    text += digits[c >> 4];
    text += digits[c & 15];
  }
  return text;
}

static int fromHexDigit(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool fromHex(const std::string &text, std::string &bytes) {
  if (text.size() % 2)
    return false;
  for (size_t i = 0; i < text.size(); i += 2) {
    int high = fromHexDigit(text[i]), low = fromHexDigit(text[i + 1]);
    if (high < 0 || low < 0)
      return false;
    bytes += char(high << 4 | low);
  }
  return true;
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

std::string mlir::tt::runtime::serialize(const Kernel &kernel) {
  Json arguments = Json::array();
  for (const KernelArgument &argument : kernel.arguments)
    arguments.push_back({{"name", argument.name},
                         {"sizes", argument.sizes},
                         {"row_stride", argument.rowStride},
                         {"row_alignment", argument.rowAlignment}});
  Json content = {{"entry", kernel.entry},
                  {"chip", kernel.chip},
                  {"element_type", getName(kernel.elementType)},
                  {"rounding", getName(kernel.rounding)},
                  {"arguments", arguments},
                  {"block", {kernel.blockM, kernel.blockN}},
                  {"blocks_per_tile", kernel.blocksPerTile},
                  {"extra_blocks", kernel.extraBlocks},
                  {"most_blocks", kernel.mostBlocks},
                  {"workspace_bytes", kernel.workspaceBytes},
                  {"workspace_zeroed_bytes", kernel.workspaceZeroedBytes},
                  {"threads", kernel.threads},
                  {"shared_bytes", kernel.sharedBytes},
                  {"target", kernel.target},
                  {"target_flops", kernel.targetFlops},
                  {"config", kernel.config},
                  {"compiler", kernel.compiler},
                  {"ptx", kernel.ptx},
                  {"cubin", toHex(kernel.cubin)},
                  {"bitcode", toHex(kernel.bitcode)}};
  Json file = {{"format", kFormat},
               {"version", kVersion},
               {"checksum", getChecksum(content.dump())},
               {"kernel", content}};
  return file.dump(1) + "\n";
}

Status mlir::tt::runtime::writeFile(const std::string &path,
                                    const std::string &content) {
  // Never takes the place of a device such as /dev/null.
  std::error_code ignored;
  bool isPlain = !std::filesystem::exists(path, ignored) ||
                 std::filesystem::is_regular_file(path, ignored);
  std::string temporary =
      isPlain ? path + ".tmp" + std::to_string(getpid()) : path;
  {
    std::ofstream stream(temporary, std::ios::binary);
    stream << content;
    stream.flush();
    if (!stream) {
      if (isPlain)
        std::remove(temporary.c_str());
      return Error{"cannot write '" + path + "'"};
    }
  }
  if (isPlain && std::rename(temporary.c_str(), path.c_str()) != 0) {
    std::remove(temporary.c_str());
    return Error{"cannot write '" + path + "'"};
  }
  return Done{};
}

Status mlir::tt::runtime::writeKernel(const std::string &path,
                                      const Kernel &kernel) {
  return writeFile(path, serialize(kernel));
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

namespace {

/// Reads members of a JSON object; the first that is missing or of another type
/// is remembered.
struct Reader {
  const Json &object;
  std::string missing;

  template <typename T>
  T get(const char *name, bool (Json::*isType)() const noexcept) {
    auto found = object.find(name);
    if (found != object.end() && ((*found).*isType)())
      return found->get<T>();
    if (missing.empty())
      missing = name;
    return T();
  }
  std::string string(const char *name) {
    return get<std::string>(name, &Json::is_string);
  }
  int64_t integer(const char *name) {
    return get<int64_t>(name, &Json::is_number_integer);
  }
  std::array<int64_t, 2> pair(const char *name) {
    auto found = object.find(name);
    if (found != object.end() && found->is_array() && found->size() == 2 &&
        (*found)[0].is_number_integer() && (*found)[1].is_number_integer())
      return {(*found)[0].get<int64_t>(), (*found)[1].get<int64_t>()};
    if (missing.empty())
      missing = name;
    return {};
  }
};

} // namespace

static Status readArguments(const Json &content, Kernel &kernel) {
  auto found = content.find("arguments");
  if (found == content.end() || !found->is_array())
    return Error{"kernel file has no 'arguments'"};
  for (const Json &object : *found) {
    Reader reader{object, {}};
    KernelArgument argument;
    argument.name = reader.string("name");
    argument.sizes = reader.pair("sizes");
    argument.rowStride = reader.integer("row_stride");
    argument.rowAlignment = reader.integer("row_alignment");
    if (!reader.missing.empty() || argument.rowAlignment < 1)
      return Error{"kernel file has an incomplete argument"};
    kernel.arguments.push_back(argument);
  }
  size_t expected = kernel.workspaceBytes > 0 ? 4 : 3;
  if (kernel.arguments.size() != expected || !kernel.find("A") ||
      !kernel.find("B") || !kernel.find("C") ||
      (expected == 4 && !kernel.find("workspace")))
    return Error{
        "kernel file must have the arguments A, B and C, and workspace "
        "if it needs one"};
  return Done{};
}

static Result<Kernel> readContent(const Json &content) {
  Reader reader{content, {}};
  Kernel kernel;
  kernel.entry = reader.string("entry");
  kernel.chip = reader.string("chip");
  kernel.threads = reader.integer("threads");
  kernel.sharedBytes = reader.integer("shared_bytes");
  auto block = reader.pair("block");
  kernel.blockM = block[0];
  kernel.blockN = block[1];
  kernel.blocksPerTile = reader.integer("blocks_per_tile");
  kernel.extraBlocks = reader.integer("extra_blocks");
  kernel.mostBlocks = reader.integer("most_blocks");
  kernel.workspaceBytes = reader.integer("workspace_bytes");
  kernel.workspaceZeroedBytes = reader.integer("workspace_zeroed_bytes");
  kernel.target = reader.string("target");
  kernel.targetFlops = reader.integer("target_flops");
  kernel.config = reader.string("config");
  kernel.compiler = reader.string("compiler");
  kernel.ptx = reader.string("ptx");
  Result<ElementType> type = parseElementType(reader.string("element_type"));
  Result<Rounding> rounding = parseRounding(reader.string("rounding"));
  std::string cubin = reader.string("cubin"),
              bitcode = reader.string("bitcode");
  if (!reader.missing.empty())
    return Error{"kernel file has no usable '" + reader.missing + "'"};
  if (!type)
    return type.error();
  if (!rounding)
    return rounding.error();
  kernel.elementType = *type;
  kernel.rounding = *rounding;
  if (!fromHex(cubin, kernel.cubin) || !fromHex(bitcode, kernel.bitcode))
    return Error{"kernel file has malformed binary data"};
  if (kernel.blockM < 1 || kernel.blockN < 1 || kernel.threads < 1 ||
      kernel.sharedBytes < 0 || kernel.blocksPerTile < 1 ||
      kernel.mostBlocks < 0 || kernel.workspaceBytes < 0 ||
      kernel.workspaceZeroedBytes < 0 ||
      kernel.workspaceZeroedBytes > kernel.workspaceBytes)
    return Error{"kernel file has an impossible launch geometry"};
  if (Status status = readArguments(content, kernel); !status)
    return status.error();
  return kernel;
}

Result<Kernel> mlir::tt::runtime::deserialize(const std::string &text) {
  Json file = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (file.is_discarded() || !file.is_object())
    return Error{"not a kernel file: damaged or truncated JSON"};
  Reader reader{file, {}};
  if (reader.string("format") != kFormat)
    return Error{std::string("not a kernel file: expected format '") + kFormat +
                 "'"};
  if (int64_t version = reader.integer("version"); version != kVersion)
    return Error{"kernel file has version " + std::to_string(version) +
                 ", this runtime reads version " + std::to_string(kVersion)};
  auto content = file.find("kernel");
  if (content == file.end() || !content->is_object())
    return Error{"kernel file has no 'kernel'"};
  if (reader.string("checksum") != getChecksum(content->dump()))
    return Error{"kernel file is damaged: its checksum does not fit"};
  return readContent(*content);
}

Result<Kernel> mlir::tt::runtime::readKernel(const std::string &path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream)
    return Error{"cannot open '" + path + "'"};
  std::ostringstream text;
  text << stream.rdbuf();
  Result<Kernel> kernel = deserialize(text.str());
  if (!kernel)
    return Error{path + ": " + kernel.error().message};
  return kernel;
}
