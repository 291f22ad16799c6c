//===- CompilePool.cpp - Candidates compiled side by side -----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tt/Tuning/CompilePool.h"

#include "tt/Measure/Process.h"
#include "tt/Tuning/Support.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

using namespace mlir;
using llvm::SmallVector;
using llvm::StringRef;
using namespace mlir::tt;
using namespace mlir::tt::tuning;

static std::string findCompiler() {
  llvm::SmallString<128> path(
      llvm::sys::path::parent_path(getExecutablePath()));
  llvm::sys::path::append(path, "tt-run");
  return path.str().str();
}

static std::vector<std::string> getCommand(const std::string &folder,
                                           const measure::CandidateSet &set,
                                           size_t index,
                                           const CompileOptions &options) {
  const runtime::Problem &p = set.problem;
  auto text = [](int64_t value) { return std::to_string(value); };
  std::vector<std::string> command = {
      options.compiler.empty() ? findCompiler() : options.compiler,
      "--m=" + text(p.m),
      "--n=" + text(p.n),
      "--k=" + text(p.k),
      "--lda=" + text(p.lda),
      "--ldb=" + text(p.ldb),
      "--ldc=" + text(p.ldc),
      "--type=" + set.type,
      "--chip=" + set.target,
      "--config=" + set.candidates[index].config,
      "--emit=kernel",
      "-o",
      folder + "/" + text(index) + ".ttk"};
  if (!set.precision.empty())
    command.push_back("--precision=" + set.precision);
  command.insert(command.end(), options.extra.begin(), options.extra.end());
  return command;
}

/// The line of a compiler's output that says what was wrong.
static std::string getReason(StringRef output) {
  SmallVector<StringRef> lines;
  output.split(lines, '\n', -1, false);
  for (StringRef line : lines)
    if (line.contains("error:"))
      return line.split("error:").second.trim().str();
  return lines.empty() ? std::string() : lines.back().str();
}

static void compileOne(const std::string &folder, measure::CandidateSet &set,
                       size_t index, const CompileOptions &options) {
  measure::Candidate &candidate = set.candidates[index];
  measure::Exit exit = measure::run(getCommand(folder, set, index, options),
                                    options.limitSeconds);
  candidate.compileCpuSeconds = exit.cpuSeconds;
  std::string file = std::to_string(index) + ".ttk";
  if (exit.succeeded() && llvm::sys::fs::exists(folder + "/" + file)) {
    candidate.file = file;
    return;
  }
  std::string reason = getReason(exit.output);
  candidate.failure = exit.describe(options.limitSeconds) +
                      (reason.empty() ? "" : ": " + reason);
}

std::string
tuning::compileDynamic(const std::string &file, const std::string &type,
                       const std::string &precision, const std::string &target,
                       const std::string &config, int64_t rowAlignment,
                       const CompileOptions &options) {
  std::vector<std::string> command = {
      options.compiler.empty() ? findCompiler() : options.compiler,
      // Sizes are needed, and not used.
      "--m=1", "--n=1", "--k=1", "--dynamic",
      "--row-alignment=" + std::to_string(rowAlignment), "--type=" + type,
      "--chip=" + target, "--config=" + config, "--emit=kernel", "-o", file};
  if (!precision.empty())
    command.push_back("--precision=" + precision);
  measure::Exit exit = measure::run(command, options.limitSeconds);
  if (exit.succeeded() && llvm::sys::fs::exists(file))
    return {};
  return exit.describe(options.limitSeconds) + ": " + getReason(exit.output);
}

void tuning::compileCandidates(const std::string &folder,
                               measure::CandidateSet &set,
                               const CompileOptions &options) {
  using Clock = std::chrono::steady_clock;
  Clock::time_point start = Clock::now();
  size_t count = set.candidates.size();
  std::atomic<size_t> next = 0;
  size_t done = 0;
  std::mutex mutex;
  auto work = [&] {
    for (size_t index = next++; index < count && !measure::wasInterrupted();
         index = next++) {
      compileOne(folder, set, index, options);
      std::lock_guard<std::mutex> lock(mutex);
      ++done;
      double seconds =
          std::chrono::duration<double>(Clock::now() - start).count();
      if (options.progress)
        llvm::errs() << llvm::formatv(
            "\rcompiling: {0} of {1}, about {2:f0} s left  ", done, count,
            seconds / done * (count - done));
    }
  };
  unsigned jobs = options.jobs
                      ? options.jobs
                      : std::max(1u, std::thread::hardware_concurrency());
  std::vector<std::thread> threads;
  for (size_t i = 0; i < std::min<size_t>(jobs, count); ++i)
    threads.emplace_back(work);
  for (std::thread &thread : threads)
    thread.join();
  if (options.progress)
    llvm::errs() << "\n";
}
