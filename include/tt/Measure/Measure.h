//===- Measure.h - Candidates against the original, on a device -*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A folder of compiled candidates is measured by a session: a process that opens
// the device once, checks each candidate's numbers, and times it in turn with
// the original. If a candidate takes the session down, a new one goes on without
// it. Links nothing of LLVM: the GPU machine needs the folder and tt-measure.
//
// FOLDER/candidates.json  what tt-tune compiled (CandidateSet)
// FOLDER/N.ttk            kernel N
// FOLDER/results.json     what measuring found (Results)
//
//===----------------------------------------------------------------------===//

#ifndef TT_MEASURE_MEASURE_H
#define TT_MEASURE_MEASURE_H

#include "tt/Runtime/RunKernel.h"
#include <limits>

namespace mlir::tt::measure {

struct Candidate {
  std::string config;  ///< "#tt.config<...>"
  std::string file;    ///< in the folder; empty if it was not compiled
  std::string failure; ///< why it was not
  double estimate = 0; ///< seconds, by the cost model
  double compileCpuSeconds = 0;
};

/// The original is the first.
struct CandidateSet {
  runtime::Problem problem;
  std::string type, precision, target, policy, compiler;
  std::vector<Candidate> candidates;
};

enum class State { notMeasured, failed, wrong, dropped, measured };
const char *getName(State state);

/// What measuring found of one candidate. Ratios are the original's time over
/// the candidate's in the same pair: above 1 is faster.
struct CandidateResult {
  State state = State::notMeasured;
  std::string message;
  std::vector<double> milliseconds;
  std::vector<double> ratios;
  std::string code; ///< registers, as the driver says

  double getMilliseconds() const;
  double getRatio() const;
};

struct Results {
  std::string device;
  std::vector<CandidateResult> candidates;
  /// How far two measurements of the original itself differ, relative.
  double noise = 0;
  size_t throttledSamples = 0;
  double seconds = 0; ///< of the whole measuring
  bool interrupted = false;
  size_t winner = 0; ///< 0, the original, unless one is faster beyond noise
  double rankCorrelation = std::numeric_limits<double>::quiet_NaN();
};

runtime::Result<CandidateSet> readCandidates(const std::string &folder);
runtime::Status writeCandidates(const std::string &folder,
                                const CandidateSet &set);
runtime::Result<Results> readResults(const std::string &folder);
runtime::Status writeResults(const std::string &folder, const Results &results);

struct MeasureOptions {
  std::string device = "cuda";
  double limitSeconds = 60; ///< of silence of a session
  int rounds = 6;
  runtime::InputKind input = runtime::InputKind::uniform;
  bool progress = true; ///< on stderr
};

/// Measures all candidates of a folder and writes results.json. `command` starts
/// a session: this executable and what makes it call runSession.
runtime::Result<Results> measureFolder(const std::string &folder,
                                       const std::vector<std::string> &command,
                                       const MeasureOptions &options);

/// The session itself: one JSON event a line on stdout. `indices` are the
/// candidates to measure, without the original.
int runSession(const std::string &folder, const std::vector<size_t> &indices,
               const MeasureOptions &options, const runtime::OpenDevice &open);

/// The winner: the best median ratio that is above 1 by more than the noise of
/// its own pairs, that of the original, and half a percent.
size_t chooseWinner(const Results &results);

/// SM clock in MHz by NVML; 0 if there is no NVML.
double readClock();

/// The command lines "measure FOLDER ..." and, for sessions, "--session ...";
/// `arguments` are what follows the program's name.
int measureMain(const std::string &program,
                const std::vector<std::string> &arguments,
                const runtime::OpenDevice &open);

} // namespace mlir::tt::measure

#endif // TT_MEASURE_MEASURE_H
