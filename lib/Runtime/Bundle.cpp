//===- Bundle.cpp - Choose a kernel of a bundle ---------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tt/Runtime/Bundle.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <tuple>

using namespace mlir::tt::runtime;
using Json = nlohmann::json;

static constexpr const char *kFormat = "tt-bundle";
static constexpr int kVersion = 1;

static double getDistance(const BundleEntry &entry, const Problem &problem) {
  auto distance = [](int64_t a, int64_t b) {
    return std::abs(std::log2(double(std::max<int64_t>(a, 1)) /
                              double(std::max<int64_t>(b, 1))));
  };
  return distance(problem.m, entry.m) + distance(problem.n, entry.n) +
         distance(problem.k, entry.k);
}

static bool isAligned(const BundleEntry &entry, const Problem &problem) {
  auto type = parseElementType(entry.type);
  int64_t bytes = type ? getBytes(*type) : 1;
  for (int64_t stride : {problem.lda, problem.ldb, problem.ldc})
    if (stride * bytes % entry.rowAlignment != 0)
      return false;
  return true;
}

Result<std::string> Bundle::choose(const Problem &problem,
                                   const std::string &type,
                                   const std::string &precision,
                                   const std::string &target) const {
  const BundleEntry *best = nullptr;
  auto rank = [&](const BundleEntry &entry) {
    // The card itself; the widest copies; the nearest size.
    return std::tuple(entry.target != target, -entry.rowAlignment,
                      getDistance(entry, problem));
  };
  for (const BundleEntry &entry : entries) {
    bool isFor = entry.target == target || entry.chip == target;
    if (entry.type != type || entry.precision != precision || !isFor ||
        !isAligned(entry, problem))
      continue;
    if (!best || rank(entry) < rank(*best))
      best = &entry;
  }
  if (best)
    return folder + "/" + best->file;
  std::string known;
  for (const BundleEntry &entry : entries)
    if (known.find(entry.target + " " + entry.type) == std::string::npos)
      known += (known.empty() ? "" : ", ") + entry.target + " " + entry.type;
  return Error{"the bundle has no kernel for " + target + ", " + type +
               (precision.empty() ? "" : " " + precision) +
               " and these strides; it has " + known};
}

static std::string getString(const Json &object, const char *name) {
  auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>()
                                                     : std::string();
}

static int64_t getInteger(const Json &object, const char *name) {
  auto found = object.find(name);
  return found != object.end() && found->is_number_integer()
             ? found->get<int64_t>()
             : 0;
}

Result<Bundle> mlir::tt::runtime::readBundle(const std::string &folder) {
  std::string path = folder + "/bundle.json";
  std::ifstream stream(path);
  if (!stream)
    return Error{"cannot open '" + path + "'"};
  Json file = Json::parse(stream, nullptr, /*allow_exceptions=*/false);
  if (!file.is_object() || getString(file, "format") != kFormat ||
      getInteger(file, "version") != kVersion || !file["entries"].is_array())
    return Error{path + ": not a bundle of version 1"};
  Bundle bundle;
  bundle.folder = folder;
  for (const Json &object : file["entries"]) {
    BundleEntry entry = {getString(object, "target"),
                         getString(object, "chip"),
                         getString(object, "type"),
                         getString(object, "precision"),
                         getString(object, "file"),
                         getInteger(object, "m"),
                         getInteger(object, "n"),
                         getInteger(object, "k"),
                         getInteger(object, "row_alignment")};
    // A file name, and no way out of the folder.
    if (entry.file.empty() || entry.file.find('/') != std::string::npos ||
        entry.rowAlignment < 1)
      return Error{path + ": an entry is incomplete"};
    bundle.entries.push_back(std::move(entry));
  }
  return bundle;
}

Status mlir::tt::runtime::writeBundle(const Bundle &bundle) {
  Json entries = Json::array();
  for (const BundleEntry &entry : bundle.entries)
    entries.push_back({{"target", entry.target},
                       {"chip", entry.chip},
                       {"type", entry.type},
                       {"precision", entry.precision},
                       {"m", entry.m},
                       {"n", entry.n},
                       {"k", entry.k},
                       {"row_alignment", entry.rowAlignment},
                       {"file", entry.file}});
  Json file = {
      {"format", kFormat}, {"version", kVersion}, {"entries", entries}};
  return writeFile(bundle.folder + "/bundle.json", file.dump(1) + "\n");
}
