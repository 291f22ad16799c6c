//===- Document.cpp - Tuning requests and profiles as text ----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tt/Tuning/Document.h"

#include "tt/Tuning/Support.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/Regex.h"
#include <cmath>

using namespace mlir;
using namespace mlir::tt;
using namespace mlir::tt::tuning;
namespace json = llvm::json;

static constexpr StringLiteral kKnownMetrics[] = {
    metric::kSMThroughput, metric::kDramThroughput, metric::kWarpsActive,
    metric::kL2HitRate,    metric::kGridSize,       metric::kBlockSize,
    metric::kRegisters,    metric::kDynamicShared,  metric::kDuration};

std::optional<double> Profile::get(StringRef name) const {
  auto found = metrics.find(name.str());
  if (found == metrics.end())
    return std::nullopt;
  return found->second;
}

static bool isKnown(StringRef name) {
  return llvm::is_contained(kKnownMetrics, name);
}

/// Counters of a profiler are neither negative nor infinite; percentages may
/// pass 100 by a rounding only.
static llvm::Error checkValue(StringRef name, double value) {
  bool isPercentage = name.contains("pct");
  if (!std::isfinite(value) || value < 0 || (isPercentage && value > 101))
    return makeError("metric '{0}' has the impossible value {1}", name, value);
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// JSON
//===----------------------------------------------------------------------===//

static llvm::Error makeUnknownMetric(StringRef name) {
  StringRef nearest =
      *std::min_element(std::begin(kKnownMetrics), std::end(kKnownMetrics),
                        [&](StringRef a, StringRef b) {
                          return name.edit_distance(a) < name.edit_distance(b);
                        });
  return makeError("unknown metric '{0}'; did you mean '{1}'? "
                   "--ignore-unknown-metrics goes on without it",
                   name, nearest);
}

static llvm::Error readProfile(StringRef kernel, const json::Value &value,
                               bool ignoreUnknown, Document &document) {
  const json::Object *object = value.getAsObject();
  if (!object)
    return makeError("metrics of '{0}' must be a JSON object", kernel);
  Profile profile;
  profile.kernel = kernel.str();
  for (const auto &[key, content] : *object) {
    std::string name = StringRef(key).str();
    if (!isKnown(name) && !ignoreUnknown)
      return makeUnknownMetric(name);
    if (!isKnown(name)) {
      ++document.ignoredMetrics;
      continue;
    }
    std::optional<double> number = content.getAsNumber();
    if (!number)
      return makeError("metric '{0}' must be a number, found {1}", name,
                       content);
    if (llvm::Error error = checkValue(name, *number))
      return error;
    profile.metrics[name] = *number;
  }
  document.profiles.push_back(std::move(profile));
  return llvm::Error::success();
}

/// From the first brace of `text` to its partner: braces in strings are left to
/// the JSON parser, which would then refuse the piece.
static StringRef getBraced(StringRef text) {
  text = text.drop_until([](char c) { return c == '{'; });
  int depth = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    depth += text[i] == '{' ? 1 : text[i] == '}' ? -1 : 0;
    if (depth == 0)
      return text.take_front(i + 1);
  }
  return text;
}

static llvm::Error readMetricsJSON(StringRef text, bool ignoreUnknown,
                                   Document &document) {
  llvm::Expected<json::Value> value = json::parse(getBraced(text));
  if (!value)
    return makeError("metrics are not JSON: {0}",
                     llvm::toString(value.takeError()));
  const json::Object *object = value->getAsObject();
  if (!object || object->empty())
    return makeError(
        "metrics must be a JSON object: kernel names with an object "
        "of metrics each");
  for (const auto &[kernel, metrics] : *object)
    if (llvm::Error error =
            readProfile(kernel, metrics, ignoreUnknown, document))
      return error;
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// ncu --csv
//===----------------------------------------------------------------------===//

/// Fields of one CSV line, quoted or not.
static std::vector<std::string> splitCSV(StringRef line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (char c : line) {
    if (c == '"')
      quoted = !quoted;
    else if (c == ',' && !quoted)
      fields.emplace_back();
    else if (c != '\r')
      fields.back() += c;
  }
  return fields;
}

/// "1,024" or "20.38".
static std::optional<double> parseNumber(StringRef text) {
  std::string digits = text.trim().str();
  digits.erase(std::remove(digits.begin(), digits.end(), ','), digits.end());
  double value;
  if (digits.empty() || StringRef(digits).getAsDouble(value))
    return std::nullopt;
  return value;
}

/// Nanoseconds, the base unit of a duration's metric.
static double toBaseUnit(StringRef unit, double value) {
  const std::pair<StringRef, double> scales[] = {
      {"second", 1e9},      {"s", 1e9},       {"msecond", 1e6},
      {"ms", 1e6},          {"usecond", 1e3}, {"us", 1e3},
      {"Kbyte/block", 1e3}, {"Kbyte", 1e3},   {"Mbyte", 1e6}};
  for (auto [name, scale] : scales)
    if (unit == name)
      return value * scale;
  return value;
}

static llvm::Error addMetric(StringRef id, StringRef kernel, StringRef name,
                             StringRef unit, StringRef text,
                             std::map<std::string, Profile> &profiles,
                             Document &document) {
  std::optional<double> value = parseNumber(text);
  if (!isKnown(name) || !value) {
    ++document.ignoredMetrics;
    return llvm::Error::success();
  }
  if (llvm::Error error = checkValue(name, *value))
    return error;
  Profile &profile = profiles[id.str()];
  profile.kernel = kernel.str();
  profile.metrics[name.str()] = toBaseUnit(unit, *value);
  return llvm::Error::success();
}

static std::optional<size_t> findColumn(ArrayRef<std::string> header,
                                        StringRef name) {
  const auto *found = llvm::find(header, name);
  if (found == header.end())
    return std::nullopt;
  return found - header.begin();
}

/// Of the row `fields`: the metric that it holds (details), or all (raw).
static llvm::Error readRow(ArrayRef<std::string> header,
                           ArrayRef<std::string> units,
                           ArrayRef<std::string> fields,
                           std::map<std::string, Profile> &profiles,
                           Document &document) {
  size_t id = *findColumn(header, "ID");
  std::string kernel;
  if (auto column = findColumn(header, "Kernel Name"))
    kernel = fields[*column];
  if (auto name = findColumn(header, "Metric Name")) {
    auto unit = findColumn(header, "Metric Unit");
    auto value = findColumn(header, "Metric Value");
    if (!value)
      return makeError("ncu CSV: no column 'Metric Value'");
    return addMetric(fields[id], kernel, fields[*name],
                     unit ? fields[*unit] : "", fields[*value], profiles,
                     document);
  }
  for (size_t i = 0; i < header.size(); ++i)
    if (StringRef(header[i]).contains("__"))
      if (llvm::Error error = addMetric(fields[id], kernel, header[i],
                                        i < units.size() ? units[i] : "",
                                        fields[i], profiles, document))
        return error;
  return llvm::Error::success();
}

static llvm::Error readCSV(StringRef text, Document &document) {
  std::vector<std::string> header, units;
  std::map<std::string, Profile> profiles;
  SmallVector<StringRef> lines;
  text.split(lines, '\n');
  for (StringRef line : lines) {
    if (line.trim().empty() || line.starts_with("=="))
      continue; // what ncu and the program print beside
    std::vector<std::string> fields = splitCSV(line);
    if (header.empty()) {
      if (llvm::is_contained(fields, "ID"))
        header = fields;
      continue;
    }
    if (fields.size() != header.size())
      continue;
    size_t id = *findColumn(header, "ID");
    if (fields[id].empty()) { // the row of units in a raw export
      units = fields;
      continue;
    }
    if (llvm::Error error = readRow(header, units, fields, profiles, document))
      return error;
  }
  for (auto &[id, profile] : profiles)
    document.profiles.push_back(std::move(profile));
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// ncu --page raw
//===----------------------------------------------------------------------===//

static llvm::Error readRaw(StringRef text, Document &document) {
  std::map<std::string, Profile> profiles;
  std::string kernel = "kernel";
  int64_t number = 0;
  SmallVector<StringRef> lines;
  text.split(lines, '\n');
  for (StringRef line : lines) {
    SmallVector<StringRef> words;
    line.trim().split(words, ' ', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
    // "name (1024, 1, 1)x(128, 1, 1), Context 1, Stream 7, Device 0, CC 8.9"
    if (line.contains("Context ") && line.contains(")x(") && !words.empty()) {
      kernel = words[0].str();
      ++number;
    }
    if (words.size() < 2 || !words[0].contains("__"))
      continue;
    StringRef unit = words.size() > 2 ? words[1] : "";
    if (llvm::Error error = addMetric(std::to_string(number), kernel, words[0],
                                      unit, words.back(), profiles, document))
      return error;
  }
  for (auto &[id, profile] : profiles)
    document.profiles.push_back(std::move(profile));
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Requests
//===----------------------------------------------------------------------===//

/// "GPU Name: 4090" names a row by its end.
static std::string findTarget(StringRef text) {
  llvm::Regex pattern("GPU[ _]?[Nn]ame: *([^\n]+)");
  SmallVector<StringRef> groups;
  if (!pattern.match(text, &groups))
    return {};
  std::string name = groups[1].lower();
  name.erase(llvm::remove_if(name, [](char c) { return !llvm::isAlnum(c); }),
             name.end());
  for (const TargetInfo &target : TargetInfo::all())
    if (StringRef(name).ends_with(target.name) || target.name.ends_with(name))
      return target.name.str();
  return {};
}

static llvm::Error readRequest(StringRef text, bool ignoreUnknown,
                               Document &document) {
  auto configs = parseTritonConfigs(text);
  if (!configs)
    return configs.takeError();
  document.configs = std::move(*configs);
  auto policy = parsePolicyText(text);
  if (!policy)
    return policy.takeError();
  document.policy = std::move(*policy);
  document.targetName = findTarget(text);
  StringRef metrics = text.split("[NCU PROFILING METRICS]").second;
  if (!metrics.empty())
    return readMetricsJSON(metrics, ignoreUnknown, document);
  return llvm::Error::success();
}

llvm::Expected<Document> tuning::parseDocument(StringRef text,
                                               bool ignoreUnknown) {
  Document document;
  llvm::Error error = llvm::Error::success();
  consumeError(std::move(error));
  bool isRequest = text.contains("triton.Config") ||
                   text.contains("[NCU PROFILING METRICS]");
  bool isCSV = text.contains("\"ID\",") || text.starts_with("ID,") ||
               text.contains("\nID,");
  if (isRequest)
    error = readRequest(text, ignoreUnknown, document);
  else if (isCSV)
    error = readCSV(text, document);
  else if (text.ltrim().starts_with("{"))
    error = readMetricsJSON(text, ignoreUnknown, document);
  else
    error = readRaw(text, document);
  if (error)
    return error;
  if (document.profiles.empty() && document.configs.empty())
    return makeError(
        "found neither triton.Config(...) nor counters; expected a tuning "
        "request with '[NCU PROFILING METRICS]', JSON metrics, or an export of "
        "'ncu --csv' or 'ncu --page raw'");
  return document;
}
