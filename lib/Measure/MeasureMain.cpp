//===- MeasureMain.cpp - The command line that measures folders -----------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tt/Measure/Measure.h"
#include "tt/Measure/Process.h"

#include <cstdio>
#include <cstdlib>

using namespace mlir::tt;
using namespace mlir::tt::measure;

static constexpr const char *kHelp =
    R"(usage: measure FOLDER... [options]

Measures candidates that 'tt-tune compile' made, on a machine that needs the CUDA
driver only, and writes FOLDER/results.json for 'tt-tune merge'.

  --device D         cuda (default) or emulator
  --rounds R         pairs of original and candidate each (default 6)
  --time-limit S     seconds of silence after which a candidate hangs (default 60)
  --quiet            no progress

exit code: 0 measured, 2 bad input, 3 no device
)";

static int fail(const std::string &message, int code = runtime::kExitBadInput) {
  std::fprintf(stderr, "measure: %s\n", message.c_str());
  return code;
}

static void printTable(const CandidateSet &set, const Results &results) {
  std::printf("%-10s %9s %7s  %s\n", "", "ms", "ratio", "config");
  for (size_t i = 0; i < set.candidates.size(); ++i) {
    const CandidateResult &result = results.candidates[i];
    std::string state = i == 0 && results.winner == 0 ? "stays"
                        : i == results.winner         ? "winner"
                        : i == 0                      ? "original"
                                                      : getName(result.state);
    if (result.ratios.empty())
      std::printf("%-10s %9s %7s  %s  %s\n", state.c_str(), "", "",
                  set.candidates[i].config.c_str(), result.message.c_str());
    else
      std::printf("%-10s %9.4f %7.3f  %s\n", state.c_str(),
                  result.getMilliseconds(), result.getRatio(),
                  set.candidates[i].config.c_str());
  }
  std::printf("%s: noise %.2f %%, %zu throttled samples dropped, rank "
              "correlation of the model %.2f, %.1f s\n",
              results.device.c_str(), 100 * results.noise,
              results.throttledSamples, results.rankCorrelation,
              results.seconds);
}

/// What a session gets: folder, candidates, device, rounds.
static int sessionMain(const std::vector<std::string> &arguments,
                       const runtime::OpenDevice &open) {
  if (arguments.size() != 5)
    return fail("--session is for measure itself");
  std::vector<size_t> indices;
  std::string list = arguments[2];
  for (size_t at = 0; at < list.size();) {
    indices.push_back(std::strtoul(list.c_str() + at, nullptr, 10));
    at = list.find(',', at);
    at = at == std::string::npos ? list.size() : at + 1;
  }
  MeasureOptions options;
  options.device = arguments[3];
  options.rounds = std::atoi(arguments[4].c_str());
  return runSession(arguments[1], indices, options, open);
}

static runtime::Result<double> parsePositive(const std::string &option,
                                             const std::string &text) {
  char *end = nullptr;
  double value = std::strtod(text.c_str(), &end);
  if (text.empty() || *end || !(value > 0))
    return runtime::Error{option + " expected a number above 0, found '" +
                          text + "'"};
  return value;
}

static runtime::Status parseArguments(const std::vector<std::string> &arguments,
                                      std::vector<std::string> &folders,
                                      MeasureOptions &options) {
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string &option = arguments[i];
    if (option.compare(0, 2, "--") != 0) {
      folders.push_back(option);
      continue;
    }
    if (option == "--quiet") {
      options.progress = false;
      continue;
    }
    if (i + 1 == arguments.size())
      return runtime::Error{option + " expected a value, or is unknown"};
    const std::string &text = arguments[++i];
    if (option == "--device") {
      options.device = text;
      continue;
    }
    if (option != "--rounds" && option != "--time-limit")
      return runtime::Error{"unknown option " + option};
    auto value = parsePositive(option, text);
    if (!value)
      return value.error();
    if (option == "--rounds")
      options.rounds = std::max(1, int(*value));
    else
      options.limitSeconds = *value;
  }
  if (folders.empty())
    return runtime::Error{"expected a folder"};
  return runtime::Done{};
}

int measure::measureMain(const std::string &program,
                         const std::vector<std::string> &arguments,
                         const runtime::OpenDevice &open) {
  if (!arguments.empty() && arguments[0] == "--session")
    return sessionMain(arguments, open);
  if (!arguments.empty() && arguments[0] == "--help") {
    std::fputs(kHelp, stdout);
    return runtime::kExitSuccess;
  }
  MeasureOptions options;
  std::vector<std::string> folders;
  if (auto s = parseArguments(arguments, folders, options); !s)
    return fail(s.error().message + "\n" + kHelp);
  // Before anything is measured; sessions open it again.
  if (auto device = open(options.device); !device)
    return fail(device.error().message, runtime::kExitNoDevice);
  watchInterrupts();
  int code = runtime::kExitSuccess;
  for (const std::string &folder : folders) {
    auto set = readCandidates(folder);
    auto results = set ? measureFolder(folder, {program}, options)
                       : runtime::Result<Results>(set.error());
    if (!results) {
      code = fail(folder + ": " + results.error().message);
      continue;
    }
    std::printf("%s\n", folder.c_str());
    printTable(*set, *results);
    std::fflush(stdout);
  }
  return code;
}
