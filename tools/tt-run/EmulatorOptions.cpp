//===- EmulatorOptions.cpp - Options of tt-run for the emulator -----------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EmulatorOptions.h"

#include "tt/Emulator/EmulatorDevice.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir::tt;
namespace cl = llvm::cl;

cl::OptionCategory &mlir::tt::getCategory() {
  static cl::OptionCategory category("tt-run options");
  return category;
}

static cl::opt<bool> check(
    "check", cl::cat(getCategory()),
    cl::desc("Emulator: check every access to memory, every barrier and every "
             "element of C (docs/emulator.md)"));
static cl::opt<int64_t> schedules(
    "schedules", cl::cat(getCategory()), cl::init(-1),
    cl::desc("Emulator: check, and run N orders of warps and cp.async, all "
             "landing at once and all landing at the wait among them"));
static cl::opt<uint64_t> scheduleSeed(
    "schedule-seed", cl::cat(getCategory()), cl::init(0),
    cl::desc("Emulator: seed of the random schedules (default 0)"));
static cl::opt<std::string> counters(
    "counters", cl::cat(getCategory()), cl::ValueOptional,
    cl::value_desc("name,..."),
    cl::desc(
        "Emulator: count bank conflicts, sectors and instructions, for each "
        "instruction and in total; with names, those totals only"));

static bool wantsEmulator() {
  return check || schedules.getNumOccurrences() || counters.getNumOccurrences();
}

bool mlir::tt::wantsLocations() { return wantsEmulator(); }

std::string mlir::tt::describeChecks() {
  if (schedules.getNumOccurrences())
    return "checks    no finding in " + std::to_string(schedules) +
           " schedules\n";
  return check ? "checks    no finding in 1 schedule\n" : "";
}

static runtime::Result<std::unique_ptr<runtime::Device>> openEmulator() {
  emulator::DeviceOptions options;
  constexpr int64_t kMostSchedules = 1 << 20;
  if (schedules.getNumOccurrences()) {
    // Both extremes belong to every set of schedules.
    if (schedules < 2 || schedules > kMostSchedules)
      return runtime::Error{"--schedules = " + std::to_string(schedules) +
                            ", expected 2 (the extremes) to " +
                            std::to_string(kMostSchedules)};
    options.schedules = schedules;
  }
  options.checks = check || options.schedules > 1;
  options.seed = scheduleSeed;
  options.counters = counters.getNumOccurrences() != 0;
  llvm::SmallVector<llvm::StringRef> names;
  llvm::StringRef(counters).split(names, ',', -1, /*KeepEmpty=*/false);
  for (llvm::StringRef name : names)
    options.counterNames.push_back(name.str());
  if (std::string why = emulator::explainUnknownCounters(options.counterNames);
      !why.empty())
    return runtime::Error{"--counters: " + why};
  return emulator::openEmulatorDevice(options);
}

runtime::Result<std::unique_ptr<runtime::Device>>
mlir::tt::openDevice(const std::string &name) {
  if (name != "auto" && name != "cuda" && name != "emulator")
    return runtime::Error{"unknown device '" + name +
                          "', expected auto, cuda or emulator"};
  if (name == "cuda" && wantsEmulator())
    return runtime::Error{"--check, --schedules and --counters need the "
                          "emulator, found --device cuda"};
  if (name == "emulator" || (name == "auto" && wantsEmulator()))
    return openEmulator();
  auto cuda = runtime::openCudaDevice();
  if (cuda || name == "cuda")
    return cuda;
  llvm::errs() << "tt-run: " << cuda.error().message
               << "; running in the emulator\n";
  return openEmulator();
}

bool mlir::tt::takeEmulatorOptions(std::vector<char *> &arguments) {
  std::vector<char *> own = {arguments.front()}, others = own;
  auto isOwn = [](llvm::StringRef argument, llvm::StringRef &rest) {
    rest = argument.ltrim('-');
    for (const char *name : {"check", "schedules", "schedule-seed", "counters"})
      if (argument.starts_with("--") && rest.split('=').first == name)
        return true;
    return false;
  };
  for (size_t i = 1; i < arguments.size(); ++i) {
    llvm::StringRef rest;
    if (!isOwn(arguments[i], rest)) {
      others.push_back(arguments[i]);
      continue;
    }
    own.push_back(arguments[i]);
    bool takesNext = rest == "schedules" || rest == "schedule-seed";
    if (takesNext && i + 1 < arguments.size())
      own.push_back(arguments[++i]);
  }
  arguments = others;
  return cl::ParseCommandLineOptions(own.size(), own.data(), "", &llvm::errs());
}
