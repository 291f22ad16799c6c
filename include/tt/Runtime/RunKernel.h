//===- RunKernel.h - Run, verify and time one kernel ------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_RUNTIME_RUNKERNEL_H
#define TT_RUNTIME_RUNKERNEL_H

#include "tt/Runtime/Device.h"
#include "tt/Runtime/Verify.h"
#include <optional>

namespace mlir::tt::runtime {

/// Exit codes of tt-run and tt-launch.
enum ExitCode : int {
  kExitSuccess = 0,
  kExitWrongResult = 1, ///< the kernel ran and C is wrong
  kExitBadInput = 2,    ///< options, files, IR
  kExitNoDevice = 3,    ///< the device that was asked for cannot be used
};

struct RunOptions {
  InputKind input = InputKind::uniform;
  uint64_t seed = 0;
  std::string aFile, bFile, cFile; ///< .npy; empty: random, not written
  bool verify = true;
  bool benchmark = false;
  double benchmarkSeconds = 0.3;
};

struct RunReport {
  Problem problem;
  std::string device, code;
  bool launched = false; ///< false if C is empty
  std::optional<Verification> verification;
  std::optional<Timing> timing;
  /// What the device noted (Device.h): text, and JSON.
  std::string details, measurements;

  double getTeraflops() const;
};

/// Makes the inputs, runs `kernel` on `device` and checks C.
Result<RunReport> runKernel(Device &device, const Kernel &kernel,
                            const Problem &problem, const RunOptions &options);

/// What a person reads, and what a machine reads (one line).
std::string formatReport(const RunReport &report, const Kernel &kernel);
std::string formatReportJson(const RunReport &report, const Kernel &kernel);

/// The body of tt-launch, and of tt-run for a kernel file: parses options, runs
/// the kernel file, prints a report. `open` opens the device by its option's
/// value ("auto", "cuda", "emulator").
using OpenDevice =
    std::function<Result<std::unique_ptr<Device>>(const std::string &name)>;
int launchMain(int argc, char **argv, const OpenDevice &open);

} // namespace mlir::tt::runtime

#endif // TT_RUNTIME_RUNKERNEL_H
