//===- LaunchMain.cpp - The command line that runs kernel files -----------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tt/Runtime/RunKernel.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

using namespace mlir::tt::runtime;

static constexpr const char *kHelp = R"(usage: tt-launch KERNEL.ttk... [options]

Runs kernel files that 'tt-run --emit=kernel' wrote, and verifies the results.

  --m M --n N --k K     sizes, for a kernel compiled for dynamic sizes
  --lda L --ldb L --ldc L
                        elements from one row to the next (default: no padding)
  --input KIND          uniform (default), normal or integers
  --seed S              seed of the random inputs (default 0)
  --a F --b F --c F     read A and B from, write C to .npy files
  --no-verify           do not compare C with a reference in f64
  --benchmark           time the kernel
  --device D            auto (default), cuda or emulator
  --json                one JSON line a kernel instead of text
  --help                this text

exit code: 0 right, 1 wrong result, 2 bad input, 3 no device

example: tt-launch matmul.ttk --device cuda --benchmark
)";

namespace {

struct Arguments {
  std::vector<std::string> files;
  Problem sizes = {kDynamic, kDynamic, kDynamic, kDynamic, kDynamic, kDynamic};
  RunOptions run;
  std::string device = "auto";
  bool json = false, help = false;
};

} // namespace

static Status parseInteger(const std::string &option, const std::string &text,
                           int64_t &value) {
  char *end = nullptr;
  value = std::strtoll(text.c_str(), &end, 10);
  if (text.empty() || *end || value < 0)
    return Error{option + " expected a number that is not negative, found '" +
                 text + "'"};
  return Done{};
}

static Status parseValue(const std::string &option, const std::string &value,
                         Arguments &arguments) {
  const std::pair<const char *, int64_t *> numbers[] = {
      {"--m", &arguments.sizes.m},     {"--n", &arguments.sizes.n},
      {"--k", &arguments.sizes.k},     {"--lda", &arguments.sizes.lda},
      {"--ldb", &arguments.sizes.ldb}, {"--ldc", &arguments.sizes.ldc}};
  for (auto [name, number] : numbers)
    if (option == name)
      return parseInteger(option, value, *number);
  const std::pair<const char *, std::string *> texts[] = {
      {"--a", &arguments.run.aFile},
      {"--b", &arguments.run.bFile},
      {"--c", &arguments.run.cFile},
      {"--device", &arguments.device}};
  for (auto [name, text] : texts)
    if (option == name) {
      *text = value;
      return Done{};
    }
  if (option == "--seed") {
    int64_t seed = 0;
    Status status = parseInteger(option, value, seed);
    arguments.run.seed = seed;
    return status;
  }
  if (option == "--input") {
    Result<InputKind> kind = parseInputKind(value);
    if (!kind)
      return kind.error();
    arguments.run.input = *kind;
    return Done{};
  }
  return Error{"unknown option " + option + ", see --help"};
}

static Result<Arguments> parseArguments(int argc, char **argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    std::string option = argv[i];
    if (option == "--help" || option == "-h")
      arguments.help = true;
    else if (option == "--no-verify")
      arguments.run.verify = false;
    else if (option == "--benchmark")
      arguments.run.benchmark = true;
    else if (option == "--json")
      arguments.json = true;
    else if (option.compare(0, 2, "--") != 0)
      arguments.files.push_back(option);
    else {
      std::string value;
      size_t equals = option.find('=');
      if (equals != std::string::npos) {
        value = option.substr(equals + 1);
        option.resize(equals);
      } else if (i + 1 < argc)
        value = argv[++i];
      else
        return Error{option + " expected a value, or is unknown; see --help"};
      if (Status s = parseValue(option, value, arguments); !s)
        return s.error();
    }
  }
  if (arguments.files.empty() && !arguments.help)
    return Error{"expected a kernel file, see --help"};
  return arguments;
}

/// Sizes from the kernel where it is static, else from the options; strides that
/// nobody gave are the widths of the rows.
static Result<Problem> getProblem(const Kernel &kernel, const Problem &given) {
  Problem p = getStaticProblem(kernel);
  auto take = [](int64_t &value, int64_t option, int64_t fallback) {
    if (option != kDynamic)
      value = option;
    else if (value == kDynamic)
      value = fallback;
  };
  take(p.m, given.m, kDynamic);
  take(p.n, given.n, kDynamic);
  take(p.k, given.k, kDynamic);
  if (p.m == kDynamic || p.n == kDynamic || p.k == kDynamic)
    return Error{"the kernel is for dynamic sizes: give --m, --n and --k"};
  take(p.lda, given.lda, p.m);
  take(p.ldb, given.ldb, p.k);
  take(p.ldc, given.ldc, p.n);
  return p;
}

static int runFile(Device &device, const std::string &file,
                   const Arguments &arguments) {
  auto fail = [&](const Error &error) {
    std::fprintf(stderr, "tt-launch: %s\n", error.message.c_str());
    return error.isWrongResult ? kExitWrongResult : kExitBadInput;
  };
  Result<Kernel> kernel = readKernel(file);
  if (!kernel)
    return fail(kernel.error());
  Result<Problem> problem = getProblem(*kernel, arguments.sizes);
  if (!problem)
    return fail(Error{file + ": " + problem.error().message});
  Result<RunReport> report =
      runKernel(device, *kernel, *problem, arguments.run);
  if (!report)
    return fail(Error{file + ": " + report.error().message,
                      report.error().isWrongResult});
  std::string text = arguments.json ? formatReportJson(*report, *kernel)
                                    : formatReport(*report, *kernel);
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
  bool wrong = report->verification && !report->verification->passed;
  return wrong ? kExitWrongResult : kExitSuccess;
}

int mlir::tt::runtime::launchMain(int argc, char **argv,
                                  const OpenDevice &open) {
  Result<Arguments> arguments = parseArguments(argc, argv);
  if (!arguments) {
    std::fprintf(stderr, "tt-launch: %s\n", arguments.error().message.c_str());
    return kExitBadInput;
  }
  if (arguments->help) {
    std::fputs(kHelp, stdout);
    return kExitSuccess;
  }
  Result<std::unique_ptr<Device>> device = open(arguments->device);
  if (!device) {
    std::fprintf(stderr, "tt-launch: %s\n", device.error().message.c_str());
    return kExitNoDevice;
  }
  int code = kExitSuccess;
  for (const std::string &file : arguments->files)
    code = std::max(code, runFile(**device, file, *arguments));
  return code;
}
