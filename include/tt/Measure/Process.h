//===- Process.h - Child processes with a time limit ------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Compiling or running a candidate may crash or hang. Each does so in a process
// of its own, which costs that candidate only.
//
//===----------------------------------------------------------------------===//

#ifndef TT_MEASURE_PROCESS_H
#define TT_MEASURE_PROCESS_H

#include "tt/Runtime/Support.h"
#include <sys/types.h>
#include <vector>

namespace mlir::tt::measure {

/// How a process ended.
struct Exit {
  int code = 0; ///< exit code, or the signal's number if `signalled`
  bool signalled = false;
  bool timedOut = false;
  double cpuSeconds = 0;
  std::string output; ///< of stdout and stderr, where it was captured

  bool succeeded() const { return !signalled && !timedOut && code == 0; }
  /// "exit code 2", "signal 11 (Segmentation fault)", "no answer for 60 s".
  std::string describe(double limitSeconds) const;
};

/// A process whose output is read line by line. In a group of its own, so that
/// Ctrl-C reaches its parent alone; killed when this object goes.
class Process {
public:
  static runtime::Result<Process>
  start(const std::vector<std::string> &command);
  Process(Process &&other) noexcept;
  ~Process();

  enum class Read { line, end, timeout };
  /// Waits for the next line of output.
  Read readLine(std::string &line, double limitSeconds);
  /// Waits for the end, or kills it.
  Exit wait(double limitSeconds);
  void kill();

private:
  Process(pid_t pid, int output) : pid(pid), output(output) {}
  pid_t pid;
  int output;
  std::string buffer;
};

/// Runs a command to its end and captures what it prints.
Exit run(const std::vector<std::string> &command, double limitSeconds);

/// Set by Ctrl-C after watchInterrupts was called: whatever runs should come to
/// an end and keep what it has. A second Ctrl-C ends the program at once.
void watchInterrupts();
bool wasInterrupted();

} // namespace mlir::tt::measure

#endif // TT_MEASURE_PROCESS_H
