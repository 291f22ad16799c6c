//===- Folder.cpp - Candidates and results as files -----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tt/Measure/Measure.h"
#include "tt/Measure/Statistics.h"

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

using namespace mlir::tt;
using namespace mlir::tt::measure;
using Json = nlohmann::json;

static constexpr const char *kCandidates = "/candidates.json";
static constexpr const char *kResults = "/results.json";
static constexpr const char *kStates[] = {"not measured", "failed", "wrong",
                                          "dropped", "measured"};

const char *measure::getName(State state) {
  return kStates[static_cast<int>(state)];
}

double CandidateResult::getMilliseconds() const {
  return getMedian(milliseconds);
}
double CandidateResult::getRatio() const { return getMedian(ratios); }

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

/// An object whose members have the types that are asked for, or else an error.
template <typename Read>
static auto readObject(const std::string &path, Read read)
    -> runtime::Result<decltype(read(Json()))> {
  std::ifstream stream(path);
  if (!stream)
    return runtime::Error{"cannot open '" + path + "'"};
  Json json = Json::parse(stream, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object())
    return runtime::Error{path + ": damaged or truncated JSON"};
  return read(json);
}

static std::string getString(const Json &json, const char *name) {
  auto found = json.find(name);
  return found != json.end() && found->is_string() ? found->get<std::string>()
                                                   : std::string();
}

static double getNumber(const Json &json, const char *name,
                        double missing = 0) {
  auto found = json.find(name);
  return found != json.end() && found->is_number() ? found->get<double>()
                                                   : missing;
}

static std::vector<double> getNumbers(const Json &json, const char *name) {
  std::vector<double> numbers;
  auto found = json.find(name);
  if (found != json.end() && found->is_array())
    for (const Json &value : *found)
      if (value.is_number())
        numbers.push_back(value.get<double>());
  return numbers;
}

static const Json &getArray(const Json &json, const char *name) {
  static const Json empty = Json::array();
  auto found = json.find(name);
  return found != json.end() && found->is_array() ? *found : empty;
}

static CandidateSet toCandidates(const Json &json) {
  CandidateSet set;
  const std::pair<const char *, int64_t *> sizes[] = {
      {"m", &set.problem.m},     {"n", &set.problem.n},
      {"k", &set.problem.k},     {"lda", &set.problem.lda},
      {"ldb", &set.problem.ldb}, {"ldc", &set.problem.ldc}};
  for (auto [name, size] : sizes)
    *size = int64_t(getNumber(json, name));
  set.type = getString(json, "type");
  set.precision = getString(json, "precision");
  set.target = getString(json, "target");
  set.policy = getString(json, "policy");
  set.compiler = getString(json, "compiler");
  for (const Json &object : getArray(json, "candidates"))
    set.candidates.push_back(
        {getString(object, "config"), getString(object, "file"),
         getString(object, "failure"), getNumber(object, "estimate"),
         getNumber(object, "compile_cpu_seconds")});
  return set;
}

runtime::Result<CandidateSet>
measure::readCandidates(const std::string &folder) {
  std::string path = folder + kCandidates;
  auto set = readObject(path, toCandidates);
  if (set && (set->candidates.empty() || set->candidates[0].file.empty()))
    return runtime::Error{path + ": no compiled original in it"};
  return set;
}

static Results toResults(const Json &json) {
  Results results;
  results.device = getString(json, "device");
  results.noise = getNumber(json, "noise");
  results.seconds = getNumber(json, "seconds");
  results.throttledSamples = size_t(getNumber(json, "throttled_samples"));
  results.winner = size_t(getNumber(json, "winner"));
  results.rankCorrelation = getNumber(json, "rank_correlation", NAN);
  results.interrupted = json.value("interrupted", false);
  for (const Json &object : getArray(json, "candidates")) {
    CandidateResult result;
    for (size_t i = 0; i < std::size(kStates); ++i)
      if (getString(object, "state") == kStates[i])
        result.state = State(i);
    result.message = getString(object, "message");
    result.code = getString(object, "code");
    result.milliseconds = getNumbers(object, "milliseconds");
    result.ratios = getNumbers(object, "ratios");
    results.candidates.push_back(std::move(result));
  }
  return results;
}

runtime::Result<Results> measure::readResults(const std::string &folder) {
  auto results = readObject(folder + kResults, toResults);
  if (results && results->winner >= results->candidates.size())
    return runtime::Error{folder + kResults + ": the winner is none of the " +
                          std::to_string(results->candidates.size()) +
                          " candidates"};
  return results;
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

runtime::Status measure::writeCandidates(const std::string &folder,
                                         const CandidateSet &set) {
  Json candidates = Json::array();
  for (const Candidate &candidate : set.candidates)
    candidates.push_back(
        {{"config", candidate.config},
         {"file", candidate.file},
         {"failure", candidate.failure},
         {"estimate", candidate.estimate},
         {"compile_cpu_seconds", candidate.compileCpuSeconds}});
  const runtime::Problem &p = set.problem;
  Json json = {{"m", p.m},
               {"n", p.n},
               {"k", p.k},
               {"lda", p.lda},
               {"ldb", p.ldb},
               {"ldc", p.ldc},
               {"type", set.type},
               {"precision", set.precision},
               {"target", set.target},
               {"policy", set.policy},
               {"compiler", set.compiler},
               {"candidates", candidates}};
  return runtime::writeFile(folder + kCandidates, json.dump(1) + "\n");
}

runtime::Status measure::writeResults(const std::string &folder,
                                      const Results &results) {
  Json candidates = Json::array();
  for (const CandidateResult &result : results.candidates)
    candidates.push_back({{"state", getName(result.state)},
                          {"message", result.message},
                          {"code", result.code},
                          {"milliseconds", result.milliseconds},
                          {"ratios", result.ratios}});
  Json json = {{"device", results.device},
               {"noise", results.noise},
               {"throttled_samples", results.throttledSamples},
               {"seconds", results.seconds},
               {"interrupted", results.interrupted},
               {"winner", results.winner},
               {"candidates", candidates}};
  if (std::isfinite(results.rankCorrelation))
    json["rank_correlation"] = results.rankCorrelation;
  return runtime::writeFile(folder + kResults, json.dump(1) + "\n");
}
