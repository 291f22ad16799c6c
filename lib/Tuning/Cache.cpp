//===- Cache.cpp - What tuning found, kept for the user -------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tt/Tuning/Cache.h"

#include "tt/Tuning/Support.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SHA256.h"
#include "llvm/Support/raw_ostream.h"
#include <cstdlib>

using namespace mlir::tt;
using namespace mlir::tt::tuning;
namespace json = llvm::json;
using llvm::StringRef;

static constexpr llvm::StringLiteral kFormat = "tt-tuned";
static constexpr int64_t kVersion = 1;
static constexpr llvm::StringLiteral kOp = "tt.matmul_transposed";
static constexpr llvm::StringLiteral kCompiler = TT_VERSION_TEXT;

//===----------------------------------------------------------------------===//
// Keys
//===----------------------------------------------------------------------===//

static int64_t getSizeClass(int64_t size) {
  constexpr int64_t kSmallest = 16;
  constexpr unsigned kLeadingBits = 4;
  if (size <= kSmallest)
    return kSmallest;
  unsigned bits = llvm::Log2_64(size);
  return llvm::alignTo(size, uint64_t(1) << (bits + 1 - kLeadingBits));
}

static int64_t getAlignmentClass(int64_t rowStride, int64_t elementBytes) {
  constexpr int64_t kWidestCopy = 16;
  return std::min(kWidestCopy,
                  int64_t(1) << llvm::countr_zero(uint64_t(
                      std::max<int64_t>(rowStride, 1) * elementBytes)));
}

CacheKey CacheKey::get(const runtime::Problem &problem, StringRef type,
                       StringRef precision, StringRef target) {
  CacheKey key;
  key.type = type.str();
  key.precision = precision.str();
  if (precision.empty())
    key.precision =
        type == "f32" ? "#tt.precision<tf32>" : "#tt.precision<f32_accumulate>";
  key.m = getSizeClass(problem.m);
  key.n = getSizeClass(problem.n);
  key.k = getSizeClass(problem.k);
  int64_t bytes = type == "f32" ? 4 : 2;
  const int64_t strides[] = {problem.lda, problem.ldb, problem.ldc};
  for (auto [alignment, stride] : llvm::zip_equal(key.alignments, strides))
    alignment = getAlignmentClass(stride, bytes);
  key.target = target.str();
  key.compiler = kCompiler.str();
  return key;
}

json::Value CacheKey::toJSON() const {
  return json::Object{
      {"op", kOp},
      {"precision", precision},
      {"type", type},
      {"sizes", json::Array{m, n, k}},
      {"alignments", json::Array{alignments[0], alignments[1], alignments[2]}},
      {"target", target},
      {"compiler", compiler}};
}

std::string CacheKey::getHash() const {
  std::string text = llvm::formatv("{0}", toJSON());
  auto hash = llvm::SHA256::hash(llvm::arrayRefFromStringRef(text));
  constexpr size_t kBytes = 16;
  return llvm::toHex(llvm::ArrayRef(hash).take_front(kBytes),
                     /*LowerCase=*/true);
}

//===----------------------------------------------------------------------===//
// Entries
//===----------------------------------------------------------------------===//

json::Value CacheEntry::toJSON() const {
  return json::Object{{"key", key.toJSON()},  {"config", config},
                      {"measured", measured}, {"ratio", ratio},
                      {"device", device},     {"policy", policy}};
}

static bool readIntegers(const json::Object &object, StringRef name,
                         std::initializer_list<int64_t *> targets) {
  const json::Array *array = object.getArray(name);
  if (!array || array->size() != targets.size())
    return false;
  for (auto [value, target] : llvm::zip(*array, targets)) {
    std::optional<int64_t> number = value.getAsInteger();
    if (!number)
      return false;
    *target = *number;
  }
  return true;
}

static bool readString(const json::Object &object, StringRef name,
                       std::string &target) {
  std::optional<StringRef> text = object.getString(name);
  if (text)
    target = text->str();
  return text.has_value();
}

static std::optional<CacheEntry> fromJSON(const json::Value &value) {
  const json::Object *object = value.getAsObject();
  const json::Object *key = object ? object->getObject("key") : nullptr;
  CacheEntry entry;
  CacheKey &k = entry.key;
  if (!key || key->getString("op") != StringRef(kOp) ||
      !readString(*key, "precision", k.precision) ||
      !readString(*key, "type", k.type) ||
      !readIntegers(*key, "sizes", {&k.m, &k.n, &k.k}) ||
      !readIntegers(*key, "alignments",
                    {&k.alignments[0], &k.alignments[1], &k.alignments[2]}) ||
      !readString(*key, "target", k.target) ||
      !readString(*key, "compiler", k.compiler) ||
      !readString(*object, "config", entry.config))
    return std::nullopt;
  entry.measured = object->getBoolean("measured").value_or(false);
  entry.ratio = object->getNumber("ratio").value_or(1);
  readString(*object, "device", entry.device);
  readString(*object, "policy", entry.policy);
  return entry;
}

static std::string getChecksum(const json::Value &entry) {
  std::string text = llvm::formatv("{0}", entry);
  auto hash = llvm::SHA256::hash(llvm::arrayRefFromStringRef(text));
  return llvm::toHex(llvm::ArrayRef(hash).take_front(8), /*LowerCase=*/true);
}

//===----------------------------------------------------------------------===//
// The folder
//===----------------------------------------------------------------------===//

static std::string getUserFolder() {
  llvm::SmallString<128> path;
  if (const char *cache = std::getenv("XDG_CACHE_HOME"); cache && *cache)
    path = cache;
  else if (const char *home = std::getenv("HOME"); home && *home) {
    path = home;
    llvm::sys::path::append(path, ".cache");
  } else
    path = ".cache";
  llvm::sys::path::append(path, "tt", "tuned");
  return path.str().str();
}

Cache::Cache(std::string folder)
    : folder(folder.empty() ? getUserFolder() : std::move(folder)) {}

std::string Cache::getPath(const CacheKey &key) const {
  return folder + "/" + key.getHash() + ".json";
}

static void warn(StringRef path, StringRef reason) {
  llvm::errs() << "warning: tuning cache: " << path << " is ignored: " << reason
               << "\n";
}

std::optional<CacheEntry> Cache::read(StringRef path) const {
  llvm::Expected<std::string> text = readFile(path);
  if (!text) {
    warn(path, llvm::toString(text.takeError()));
    return std::nullopt;
  }
  llvm::Expected<json::Value> value = json::parse(*text);
  if (!value) {
    llvm::consumeError(value.takeError());
    warn(path, "damaged JSON");
    return std::nullopt;
  }
  const json::Object *object = value->getAsObject();
  const json::Value *content = object ? object->get("entry") : nullptr;
  if (!content || object->getString("format") != StringRef(kFormat) ||
      object->getInteger("version") != kVersion) {
    warn(path, "not an entry of version 1");
    return std::nullopt;
  }
  if (object->getString("checksum") != StringRef(getChecksum(*content))) {
    warn(path, "its checksum does not fit");
    return std::nullopt;
  }
  std::optional<CacheEntry> entry = fromJSON(*content);
  if (!entry || entry->key.getHash() != llvm::sys::path::stem(path)) {
    warn(path, "it is not what its name says");
    return std::nullopt;
  }
  return entry;
}

std::optional<CacheEntry> Cache::find(const CacheKey &key) const {
  std::string path = getPath(key);
  if (!llvm::sys::fs::exists(path))
    return std::nullopt;
  return read(path);
}

llvm::Error Cache::store(const CacheEntry &entry) const {
  if (std::error_code error = llvm::sys::fs::create_directories(folder))
    return makeError("cannot create '{0}': {1}", folder, error.message());
  std::optional<CacheEntry> old = find(entry.key);
  if (old && old->measured && !entry.measured)
    return llvm::Error::success();
  json::Value content = entry.toJSON();
  std::string checksum = getChecksum(content);
  json::Object file{{"format", kFormat},
                    {"version", kVersion},
                    {"checksum", checksum},
                    {"entry", std::move(content)}};
  runtime::Status status = runtime::writeFile(
      getPath(entry.key),
      llvm::formatv("{0:2}\n", json::Value(std::move(file))).str());
  if (!status)
    return makeError("{0}", status.error().message);
  return llvm::Error::success();
}

std::vector<CacheEntry> Cache::getAll() const {
  std::vector<std::string> paths;
  std::error_code error;
  for (llvm::sys::fs::directory_iterator file(folder, error), end;
       file != end && !error; file.increment(error))
    if (llvm::sys::path::extension(file->path()) == ".json")
      paths.push_back(file->path());
  llvm::sort(paths);
  std::vector<CacheEntry> entries;
  for (const std::string &path : paths)
    if (std::optional<CacheEntry> entry = read(path))
      entries.push_back(std::move(*entry));
  return entries;
}

//===----------------------------------------------------------------------===//
// Exchange
//===----------------------------------------------------------------------===//

std::string tuning::exportEntries(llvm::ArrayRef<CacheEntry> entries) {
  json::Array array;
  for (const CacheEntry &entry : entries)
    array.push_back(entry.toJSON());
  return llvm::formatv("{0:2}\n", json::Value(std::move(array))).str();
}

llvm::Expected<std::vector<CacheEntry>> tuning::importEntries(StringRef text) {
  llvm::Expected<json::Value> value = json::parse(text);
  if (!value)
    return makeError("not JSON: {0}", llvm::toString(value.takeError()));
  const json::Array *array = value->getAsArray();
  if (!array)
    return makeError("expected a list of entries, as 'tt-tune export' writes");
  std::vector<CacheEntry> entries;
  for (const auto &[i, element] : llvm::enumerate(*array)) {
    std::optional<CacheEntry> entry = fromJSON(element);
    if (!entry)
      return makeError("entry {0} is incomplete", i);
    entries.push_back(std::move(*entry));
  }
  return entries;
}
