//===- tt-fuzz.cpp - Random products against the reference ----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FuzzCase.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "tt/Emulator/EmulatorDevice.h"
#include "tt/Pipelines/Pipelines.h"
#include "tt/Target/CompileKernel.h"
#include "tt/Target/StageLocations.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/PrettyStackTrace.h"
#include <chrono>

using namespace mlir;
using namespace mlir::tt;
namespace cl = llvm::cl;

static cl::OptionCategory category("tt-fuzz options");
static cl::opt<uint64_t> cases("cases", cl::cat(category), cl::init(100),
                               cl::desc("How many cases (default 100; 0: until "
                                        "stopped)"));
static cl::opt<uint64_t> seed("seed", cl::cat(category), cl::init(0),
                              cl::desc("Seed of the sequence (default 0)"));
static cl::opt<uint64_t> first("first", cl::cat(category), cl::init(0),
                               cl::desc("Number of the first case"));
static cl::opt<uint64_t>
    seconds("seconds", cl::cat(category), cl::init(0),
            cl::desc("Stop after this time (default 0: do not)"));
static cl::opt<bool> list("list", cl::cat(category),
                          cl::desc("Print the commands and run nothing"));

static constexpr const char *kOverview =
    R"(Compiles random products (sizes 0 to 200, strides, alignment, types, contracts,
configs), runs each in the emulator under several schedules with all checks, and
compares with the reference in f64. A failure prints the command that runs the case
alone.

  tt-fuzz --cases 200                the first 200 cases of seed 0
  tt-fuzz --cases 0 --seed 7         until stopped

Exit code: 0 all right, 1 some case failed, 2 bad input.
)";

namespace {

enum class Verdict { Passed, Refused, Failed };

/// What became of one case; the message says why it failed.
struct Result {
  Verdict verdict;
  std::string message;
};

} // namespace

static KernelRequest makeRequest(const FuzzCase &fuzzCase) {
  KernelRequest request;
  request.problem = fuzzCase.problem;
  if (fuzzCase.dynamic) {
    constexpr int64_t d = runtime::kDynamic;
    request.problem = {d, d, d, d, d, d};
  }
  request.elementType = fuzzCase.type;
  request.config = fuzzCase.config;
  request.rowAlignment = fuzzCase.rowAlignment;
  if (!fuzzCase.precision.empty())
    request.precision = "#tt.precision<" + fuzzCase.precision + ">";
  return request;
}

static Result runCase(MLIRContext &context, const FuzzCase &fuzzCase) {
  std::string diagnostics;
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
    if (diagnostic.getSeverity() == DiagnosticSeverity::Error)
      diagnostics += diagnostic.str() + "\n";
    return success();
  });
  FailureOr<runtime::Kernel> kernel = compileKernel(
      context, makeRequest(fuzzCase), [](StringRef stage, ModuleOp module) {
        (void)trackLocations(stage, module);
      });
  if (failed(kernel)) {
    // A random config may be illegal, and must then be refused with reasons.
    bool mayRefuse = !fuzzCase.config.empty() && !diagnostics.empty();
    return {mayRefuse ? Verdict::Refused : Verdict::Failed,
            "does not compile: " + diagnostics};
  }
  emulator::DeviceOptions options;
  options.checks = true;
  options.schedules = fuzzCase.schedules;
  options.seed = fuzzCase.seed;
  auto device = emulator::openEmulatorDevice(options);
  runtime::RunOptions run;
  run.input = fuzzCase.input;
  run.seed = fuzzCase.seed;
  auto report = runtime::runKernel(*device, *kernel, fuzzCase.problem, run);
  if (!report)
    return {Verdict::Failed, report.error().message};
  if (!report->verification->passed)
    return {Verdict::Failed, report->verification->failure};
  return {Verdict::Passed, {}};
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  cl::HideUnrelatedOptions(category);
  cl::ParseCommandLineOptions(argc, argv, kOverview);
  DialectRegistry registry;
  registerAllDialects(registry);
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  uint64_t refused = 0, failed = 0, done = 0;
  auto start = std::chrono::steady_clock::now();
  auto elapsed = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() -
                                         start)
        .count();
  };
  for (; cases == 0 || done < cases; ++done) {
    if (seconds && elapsed() >= seconds)
      break;
    FuzzCase fuzzCase = makeCase(seed, first + done);
    std::string command = getReproducer(fuzzCase);
    if (list) {
      llvm::outs() << command << "\n";
      continue;
    }
    // A crash names the case, too.
    llvm::PrettyStackTraceString trace(command.c_str());
    Result result = runCase(context, fuzzCase);
    constexpr uint64_t kReport = 500;
    if ((done + 1) % kReport == 0)
      llvm::errs() << llvm::formatv("{0} cases, {1} failed, {2:f0} s\n",
                                    done + 1, failed, elapsed());
    refused += result.verdict == Verdict::Refused;
    if (result.verdict != Verdict::Failed)
      continue;
    ++failed;
    llvm::outs() << "case " << first + done << " of seed " << seed << ": "
                 << command << "\n"
                 << result.message << "\n";
    llvm::outs().flush();
  }
  if (!list)
    llvm::outs() << llvm::formatv(
        "{0} cases, {1} refused configs, {2} failed; {3:f0} s\n", done, refused,
        failed, elapsed());
  return failed ? 1 : 0;
}
