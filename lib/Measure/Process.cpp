//===- Process.cpp - Child processes with a time limit --------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tt/Measure/Process.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace mlir::tt;
using namespace mlir::tt::measure;
using Clock = std::chrono::steady_clock;

extern char **environ;

static double secondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::string Exit::describe(double limitSeconds) const {
  if (timedOut)
    return "no answer for " + std::to_string(int(limitSeconds)) + " s";
  if (signalled)
    return "signal " + std::to_string(code) + " (" + strsignal(code) + ")";
  return "exit code " + std::to_string(code);
}

//===----------------------------------------------------------------------===//
// Process
//===----------------------------------------------------------------------===//

runtime::Result<Process>
Process::start(const std::vector<std::string> &command) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0)
    return runtime::Error{std::string("no pipe: ") + std::strerror(errno)};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
  posix_spawn_file_actions_adddup2(&actions, ends[1], 2);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  std::vector<char *> arguments;
  for (const std::string &argument : command)
    arguments.push_back(const_cast<char *>(argument.c_str()));
  arguments.push_back(nullptr);
  pid_t pid = -1;
  int error = posix_spawnp(&pid, arguments[0], &actions, &attributes,
                           arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  close(ends[1]);
  if (error != 0) {
    close(ends[0]);
    return runtime::Error{"cannot start '" + command[0] +
                          "': " + std::strerror(error)};
  }
  return Process(pid, ends[0]);
}

Process::Process(Process &&other) noexcept
    : pid(other.pid), output(other.output), buffer(std::move(other.buffer)) {
  other.pid = -1;
  other.output = -1;
}

Process::~Process() {
  if (pid > 0) {
    kill();
    waitpid(pid, nullptr, 0);
  }
  if (output >= 0)
    close(output);
}

void Process::kill() {
  if (pid > 0)
    ::kill(-pid, SIGKILL);
}

Process::Read Process::readLine(std::string &line, double limitSeconds) {
  Clock::time_point start = Clock::now();
  while (true) {
    size_t end = buffer.find('\n');
    if (end != std::string::npos) {
      line = buffer.substr(0, end);
      buffer.erase(0, end + 1);
      return Read::line;
    }
    double left = limitSeconds - secondsSince(start);
    if (left <= 0)
      return Read::timeout;
    pollfd waited = {output, POLLIN, 0};
    // Short waits, so that Ctrl-C is seen.
    constexpr double kWaitMilliseconds = 100;
    int ready = poll(&waited, 1, int(std::min(kWaitMilliseconds, 1e3 * left)));
    if (wasInterrupted())
      return Read::timeout;
    if (ready <= 0)
      continue;
    char bytes[4096];
    ssize_t count = ::read(output, bytes, sizeof bytes);
    if (count <= 0)
      return Read::end;
    buffer.append(bytes, count);
  }
}

Exit Process::wait(double limitSeconds) {
  Clock::time_point start = Clock::now();
  Exit result;
  rusage usage = {};
  int status = 0;
  // The pipe may close long before the end, and the end come before the pipe
  // closes: a grandchild may hold it.
  while (wait4(pid, &status, WNOHANG, &usage) == 0) {
    if (secondsSince(start) > limitSeconds || wasInterrupted()) {
      result.timedOut = true;
      kill();
      wait4(pid, &status, 0, &usage);
      break;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  pid = -1;
  auto seconds = [](const timeval &time) {
    return time.tv_sec + time.tv_usec * 1e-6;
  };
  result.cpuSeconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  result.signalled = WIFSIGNALED(status);
  result.code = result.signalled ? WTERMSIG(status) : WEXITSTATUS(status);
  return result;
}

Exit measure::run(const std::vector<std::string> &command,
                  double limitSeconds) {
  Clock::time_point start = Clock::now();
  auto process = Process::start(command);
  if (!process) {
    Exit failed;
    failed.code = 127; // as a shell says it
    failed.output = process.error().message;
    return failed;
  }
  std::string output, line;
  Process::Read read;
  while ((read = process->readLine(line, limitSeconds - secondsSince(start))) ==
         Process::Read::line)
    output += line + "\n";
  double left =
      read == Process::Read::timeout ? 0 : limitSeconds - secondsSince(start);
  Exit result = process->wait(left);
  result.output = std::move(output);
  return result;
}

//===----------------------------------------------------------------------===//
// Ctrl-C
//===----------------------------------------------------------------------===//

static volatile std::sig_atomic_t interrupted = 0;

void measure::watchInterrupts() {
  struct sigaction action = {};
  action.sa_handler = [](int) { interrupted = 1; };
  action.sa_flags = SA_RESETHAND;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

bool measure::wasInterrupted() { return interrupted != 0; }
