//===- MeasureFolder.cpp - Sessions until all candidates are measured -----===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tt/Measure/Measure.h"
#include "tt/Measure/Process.h"
#include "tt/Measure/Statistics.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

using namespace mlir::tt;
using namespace mlir::tt::measure;
using Json = nlohmann::json;
using Clock = std::chrono::steady_clock;

namespace {

/// One original and one candidate, timed one after the other.
struct Pair {
  size_t index;
  double original, candidate; ///< milliseconds a launch
  double clock;               ///< MHz, the lower of the two; 0: not known
};

class Measuring {
public:
  Measuring(std::string folder, CandidateSet set,
            std::vector<std::string> command, const MeasureOptions &options)
      : folder(std::move(folder)), set(std::move(set)),
        command(std::move(command)), options(options) {
    for (const Candidate &candidate : this->set.candidates) {
      CandidateResult &result = results.candidates.emplace_back();
      if (candidate.file.empty()) {
        result.state = State::failed;
        result.message = candidate.failure;
      }
    }
  }

  runtime::Result<Results> run();

private:
  /// Candidates that no session has finished with.
  std::vector<size_t> getOpen() const;
  /// True if the session came to its end.
  bool runSession(const std::vector<size_t> &indices);
  void handle(const Json &event);
  void blame(const std::string &reason);
  void finish();
  void report() const;

  std::string folder;
  CandidateSet set;
  std::vector<std::string> command;
  MeasureOptions options;
  Results results;
  std::vector<Pair> pairs;
  size_t current = 0; ///< which candidate the session is at
  size_t expectedPairs = 1;
  Clock::time_point start = Clock::now();
};

} // namespace

std::vector<size_t> Measuring::getOpen() const {
  std::vector<size_t> open;
  for (size_t i = 1; i < set.candidates.size(); ++i)
    if (results.candidates[i].state == State::notMeasured)
      open.push_back(i);
  return open;
}

void Measuring::report() const {
  if (!options.progress || pairs.empty())
    return;
  double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  double left = seconds / pairs.size() * (expectedPairs - pairs.size());
  std::fprintf(stderr,
               "\rmeasuring: pair %zu of at most %zu, about %.0f s left  ",
               pairs.size(), expectedPairs, std::max(left, 0.0));
  std::fflush(stderr);
}

void Measuring::handle(const Json &event) {
  std::string kind = event.value("event", "");
  size_t index = event.value("index", size_t(0));
  if (kind == "device")
    results.device = event.value("name", "");
  if (index >= results.candidates.size())
    return;
  CandidateResult &result = results.candidates[index];
  if (kind == "begin")
    current = index;
  else if (kind == "checked")
    result.code = event.value("code", "");
  else if (kind == "failed" || kind == "wrong") {
    result.state = kind == "wrong" ? State::wrong : State::failed;
    result.message = event.value("message", "");
  } else if (kind == "dropped")
    result.state = State::dropped;
  else if (kind == "pair") {
    auto clocks = event.value("clocks", std::vector<double>());
    pairs.push_back(
        {index, event.value("original", 0.0), event.value("candidate", 0.0),
         clocks.empty() ? 0 : *std::min_element(clocks.begin(), clocks.end())});
    report();
  }
}

/// The session died or hangs: its current candidate is at fault.
void Measuring::blame(const std::string &reason) {
  results.candidates[current].state = State::failed;
  results.candidates[current].message = reason;
}

bool Measuring::runSession(const std::vector<size_t> &indices) {
  std::vector<std::string> arguments = command;
  std::string list;
  for (size_t index : indices)
    list += (list.empty() ? "" : ",") + std::to_string(index);
  for (const std::string &argument :
       {std::string("--session"), folder, list, options.device,
        std::to_string(options.rounds)})
    arguments.push_back(argument);
  current = 0;
  auto process = Process::start(arguments);
  if (!process) {
    blame(process.error().message);
    return false;
  }
  std::string line;
  Process::Read read;
  while ((read = process->readLine(line, options.limitSeconds)) ==
         Process::Read::line) {
    Json event = Json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (event.is_object()) // else what libraries print
      handle(event);
    if (event.is_object() && event.value("event", "") == "end")
      return true;
  }
  if (wasInterrupted())
    return false;
  Exit end = process->wait(read == Process::Read::timeout ? 0 : 5);
  if (results.candidates[current].state != State::failed)
    blame(end.describe(options.limitSeconds));
  return false;
}

/// Samples at a clock that is well below the usual one are dropped. Without
/// NVML clocks are 0 and nothing is.
void Measuring::finish() {
  constexpr double kThrottled = 0.93;
  std::vector<double> clocks;
  for (const Pair &pair : pairs)
    clocks.push_back(pair.clock);
  double usual = getMedian(clocks);
  std::vector<double> originals, drifts;
  for (const Pair &pair : pairs) {
    if (pair.clock < kThrottled * usual) {
      ++results.throttledSamples;
      continue;
    }
    CandidateResult &result = results.candidates[pair.index];
    result.milliseconds.push_back(pair.candidate);
    result.ratios.push_back(pair.original / pair.candidate);
    if (!originals.empty())
      drifts.push_back(pair.original / originals.back() - 1);
    originals.push_back(pair.original);
  }
  results.candidates[0].milliseconds = originals;
  results.candidates[0].ratios.assign(originals.size(), 1);
  results.noise = getSpread(drifts);
  for (CandidateResult &result : results.candidates)
    if (result.state == State::notMeasured && !result.ratios.empty())
      result.state = State::measured;
  results.winner = chooseWinner(results);
  std::vector<double> estimates, measured;
  for (size_t i = 0; i < set.candidates.size(); ++i)
    if (!results.candidates[i].ratios.empty()) {
      estimates.push_back(set.candidates[i].estimate);
      // By ratio, which drift of the clock does not move.
      measured.push_back(1 / results.candidates[i].getRatio());
    }
  results.rankCorrelation = getRankCorrelation(estimates, measured);
  results.seconds = std::chrono::duration<double>(Clock::now() - start).count();
}

size_t measure::chooseWinner(const Results &results) {
  constexpr double kLeast = 0.005;
  size_t winner = 0;
  double best = 1;
  for (size_t i = 1; i < results.candidates.size(); ++i) {
    const CandidateResult &result = results.candidates[i];
    if (result.state != State::measured)
      continue;
    double ratio = result.getRatio();
    double doubt =
        std::max({2 * getSpread(result.ratios), 2 * results.noise, kLeast});
    if (ratio <= 1 + doubt || ratio <= best)
      continue;
    best = ratio;
    winner = i;
  }
  return winner;
}

runtime::Result<Results> Measuring::run() {
  while (!wasInterrupted()) {
    std::vector<size_t> open = getOpen();
    if (results.candidates[0].state == State::failed || open.empty())
      break;
    expectedPairs = pairs.size() + open.size() * options.rounds;
    bool ended = runSession(open);
    if (ended)
      break;
  }
  if (options.progress && !pairs.empty())
    std::fprintf(stderr, "\n");
  results.interrupted = wasInterrupted();
  const CandidateResult &original = results.candidates[0];
  if (original.state == State::failed)
    return runtime::Error{"the original cannot be measured: " +
                          original.message};
  finish();
  if (auto s = writeResults(folder, results); !s)
    return s.error();
  return results;
}

runtime::Result<Results>
measure::measureFolder(const std::string &folder,
                       const std::vector<std::string> &command,
                       const MeasureOptions &options) {
  auto set = readCandidates(folder);
  if (!set)
    return set.error();
  return Measuring(folder, *set, command, options).run();
}
