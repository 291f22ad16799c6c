//===- tt-tune.cpp - The fastest config that a policy allows --------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/IR/MLIRContext.h"
#include "tt/Emulator/EmulatorDevice.h"
#include "tt/Measure/Process.h"
#include "tt/Tuning/Bundle.h"
#include "tt/Tuning/CompilePool.h"
#include "tt/Tuning/Support.h"
#include "tt/Tuning/Tune.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace mlir::tt;
using namespace mlir::tt::tuning;
namespace cl = llvm::cl;

//===----------------------------------------------------------------------===//
// Options
//===----------------------------------------------------------------------===//

static cl::OptionCategory category("tt-tune options");
static cl::list<std::string> words(cl::Positional,
                                   cl::desc("[command] [argument...]"),
                                   cl::cat(category));
static cl::opt<int64_t> sizeM("m", cl::desc("Rows of C"), cl::cat(category));
static cl::opt<int64_t> sizeN("n", cl::desc("Columns of C"), cl::cat(category));
static cl::opt<int64_t> sizeK("k", cl::desc("Terms of each sum"),
                              cl::cat(category));
static cl::opt<int64_t> strideA("lda", cl::desc("Row stride of A (default M)"),
                                cl::cat(category));
static cl::opt<int64_t> strideB("ldb", cl::desc("Row stride of B (default K)"),
                                cl::cat(category));
static cl::opt<int64_t> strideC("ldc", cl::desc("Row stride of C (default N)"),
                                cl::cat(category));
static cl::opt<std::string> typeName("type", cl::desc("f32, f16 or bf16"),
                                     cl::init("f32"), cl::cat(category));
static cl::opt<std::string>
    precision("precision", cl::desc("#tt.precision<...>"), cl::cat(category));
static cl::opt<std::string>
    original("config",
             cl::desc("The original #tt.config<...> (default: the "
                      "default for the problem)"),
             cl::cat(category));
static cl::opt<std::string>
    policyName("policy",
               cl::desc("A preset (final, mapping, tiles, pipelining, "
                        "full) or a JSON file"),
               cl::init("final"), cl::cat(category));
static cl::opt<std::string> targetName("target",
                                       cl::desc("GPU of the target table"),
                                       cl::init("rtx4090"), cl::cat(category));
static cl::opt<std::string> deviceName(
    "device",
    cl::desc("auto (default: CUDA, or none), cuda, emulator, or none: "
             "rank by the model and what the emulator counts"),
    cl::init("auto"), cl::cat(category));
static cl::opt<bool>
    deterministic("deterministic",
                  cl::desc("Pick from the pinned table and the model alone"),
                  cl::cat(category));
static cl::opt<std::string>
    pinnedFile("pinned",
               cl::desc("Table for --deterministic, as 'export' "
                        "writes it"),
               cl::cat(category));
static cl::opt<bool> noBitcode(
    "no-bitcode",
    cl::desc("compile: smaller kernel files, which the emulator cannot "
             "run"),
    cl::cat(category));
static cl::opt<std::string> folder("folder",
                                   cl::desc("Keep kernels and results here"),
                                   cl::cat(category));
static cl::opt<std::string>
    output("o", cl::desc("Where export, bundle and --plot write"),
           cl::cat(category));
static cl::opt<std::string> plotFile("plot", cl::desc("Write pictures (SVG)"),
                                     cl::cat(category));
static cl::opt<bool> noCache("no-cache",
                             cl::desc("Leave the tuning cache as it is"),
                             cl::cat(category));
static cl::opt<bool> quiet("quiet", cl::desc("No progress"), cl::cat(category));
static cl::opt<bool>
    noEmulator("no-emulator", cl::desc("Without a GPU, rank by the model only"),
               cl::cat(category));
static cl::opt<unsigned> jobs("jobs", cl::desc("Compilers at a time"),
                              cl::cat(category));
static cl::opt<double> limitSeconds("time-limit",
                                    cl::desc("Seconds for one candidate"),
                                    cl::init(60), cl::cat(category));
static cl::opt<int> rounds("rounds", cl::desc("Pairs timed of each candidate"),
                           cl::init(6), cl::cat(category));
static cl::opt<std::string>
    compiler("compiler", cl::desc("tt-run to compile with"), cl::cat(category));
static cl::opt<std::string> targets("targets",
                                    cl::desc("GPUs of a bundle, with commas"),
                                    cl::init("rtx4090"), cl::cat(category));

static constexpr const char *kOverview =
    R"(Finds the fastest config of C = A^T B^T that a policy allows.

  tt-tune --m 2048 --n 4096 --k 8192 --policy final     tune, remember the winner
  tt-tune candidates --m ... --policy full              what would be tried: JSON lines
  tt-tune compile --m ... --policy full --folder F      compile candidates to F
  tt-tune measure F...          time them, here or with tt-measure on a GPU machine
  tt-tune merge F...            put what was measured into the cache
  tt-tune list | export [-o FILE] | import FILE         the cache
  tt-tune bundle SIZES --targets rtx4090,l4 -o FOLDER   kernels and dispatch table

Exit code: 0, 2 for bad input, 3 for a device that is not there.
)";

static int fail(const Twine &message, int code = runtime::kExitBadInput) {
  llvm::errs() << "tt-tune: " << message << "\n";
  return code;
}
static int fail(llvm::Error error) {
  return fail(llvm::toString(std::move(error)));
}

static runtime::Result<std::unique_ptr<runtime::Device>>
openDevice(const std::string &name) {
  if (name == "emulator")
    return emulator::openEmulatorDevice();
  if (name == "cuda")
    return runtime::openCudaDevice();
  return runtime::Error{"unknown device '" + name +
                        "', expected auto, cuda, emulator or none"};
}

//===----------------------------------------------------------------------===//
// Tuning
//===----------------------------------------------------------------------===//

static TuneRequest getRequest() {
  TuneRequest request;
  auto orDefault = [](int64_t stride, int64_t width) {
    return stride > 0 ? stride : width;
  };
  request.sizes = {sizeM,
                   sizeN,
                   sizeK,
                   orDefault(strideA, sizeM),
                   orDefault(strideB, sizeK),
                   orDefault(strideC, sizeN)};
  request.type = typeName;
  // "tf32, rounding = truncate" is short for the attribute, as for tt-run.
  request.precision = precision;
  if (!precision.empty() && !StringRef(precision).starts_with("#"))
    request.precision = "#tt.precision<" + precision + ">";
  request.original = original;
  request.target = targetName;
  return request;
}

/// The folder of --folder, or a new one that goes at the end.
namespace {
class WorkFolder {
public:
  llvm::Error create() {
    std::error_code error;
    if (!folder.empty()) {
      path = folder;
      error = llvm::sys::fs::create_directories(path);
    } else {
      llvm::SmallString<128> unique;
      error = llvm::sys::fs::createUniqueDirectory("tt-tune", unique);
      path = unique.str().str();
      isTemporary = true;
    }
    if (error)
      return makeError("cannot create '{0}': {1}", path, error.message());
    return llvm::Error::success();
  }
  ~WorkFolder() {
    if (isTemporary)
      llvm::sys::fs::remove_directories(path);
  }
  std::string path;

private:
  bool isTemporary = false;
};
} // namespace

/// The pinned table's config for the request, else the model's best.
static int pickDeterministically(const TuneRequest &request,
                                 const Space &space) {
  std::string path = pinnedFile;
  if (path.empty() && llvm::sys::fs::exists(getPinnedTable()))
    path = getPinnedTable();
  CacheKey key = CacheKey::get(request.sizes, request.type, request.precision,
                               request.target);
  if (!path.empty()) {
    llvm::Expected<std::string> text = readFile(path);
    if (!text)
      return fail(text.takeError());
    auto entries = importEntries(*text);
    if (!entries)
      return fail(path + ": " + llvm::toString(entries.takeError()));
    for (const CacheEntry &entry : *entries)
      if (entry.key.getHash() == key.getHash()) {
        llvm::outs() << entry.config << "\n";
        return 0;
      }
  }
  const RankedConfig *best = &space.configs.front();
  for (const RankedConfig &ranked : space.configs)
    if (ranked.seconds < best->seconds)
      best = &ranked;
  llvm::outs() << tuning::format(best->config) << "\n";
  return 0;
}

static std::string describe(const Space &space, const Policy &policy) {
  return llvm::formatv(
      "policy {0}: {1} configs considered, {2} illegal and {3} "
      "with too many registers left out before compiling, {4} "
      "pruned by the model, {5} tried with the original",
      policy.name, space.considered, space.illegal, space.spilling,
      space.pruned, space.configs.size());
}

/// Device of --device; empty: none, and `why` says why.
static runtime::Result<std::string> resolveDevice(std::string &why) {
  if (deviceName == "none") {
    why = "--device none";
    return std::string();
  }
  if (deviceName != "auto") {
    auto device = openDevice(deviceName);
    if (!device)
      return device.error();
    return std::string(deviceName);
  }
  auto device = openDevice("cuda");
  if (device)
    return std::string("cuda");
  why = device.error().message;
  return std::string();
}

static llvm::Error writePlot(const measure::CandidateSet &set,
                             const measure::Results &results,
                             MLIRContext *context) {
  if (plotFile.empty())
    return llvm::Error::success();
  TuneRequest request{set.problem, set.type, set.precision, "", set.target};
  auto parsed = parseRequest(request, context);
  if (!parsed)
    return parsed.takeError();
  Roofline roofline = getRoofline(parsed->problem, *parsed->target);
  runtime::Status status = runtime::writeFile(
      plotFile, plotSVG(set, results, roofline, *parsed->target));
  if (!status)
    return makeError("{0}", status.error().message);
  return llvm::Error::success();
}

/// Prints what was found and keeps it.
static int finish(const measure::CandidateSet &set,
                  const measure::Results &results, bool measured,
                  MLIRContext *context) {
  llvm::outs() << formatTable(set, results, measured);
  double cpu = 0;
  for (const measure::Candidate &candidate : set.candidates)
    cpu += candidate.compileCpuSeconds / set.candidates.size();
  if (measured)
    llvm::outs() << llvm::formatv(
        "measured on {0}: ratio {1:f3}, noise {2:f2} %, rank correlation of "
        "the "
        "model {3:f2}; {4:f1} s, compiling {5:f2} s of CPU a config\n",
        results.device, results.candidates[results.winner].getRatio(),
        100 * results.noise, results.rankCorrelation, results.seconds, cpu);
  else
    llvm::outs() << "not measured: ranked by "
                 << StringRef(results.device).split(": ").second << "\n";
  if (results.interrupted)
    llvm::outs() << "interrupted: this is what was found until then\n";
  llvm::outs() << set.candidates[results.winner].config << "\n";
  if (llvm::Error error = writePlot(set, results, context))
    return fail(std::move(error));
  if (noCache)
    return 0;
  if (llvm::Error error = Cache().store(makeEntry(set, results)))
    return fail(std::move(error));
  return 0;
}

static runtime::Status stripBitcode(const std::string &path) {
  auto kernel = runtime::readKernel(path);
  if (!kernel)
    return kernel.error();
  kernel->bitcode.clear();
  return runtime::writeKernel(path, *kernel);
}

static int finishCompiling(const std::string &path,
                           const measure::CandidateSet &set) {
  int64_t compiled = 0;
  double cpu = 0;
  for (const measure::Candidate &candidate : set.candidates) {
    cpu += candidate.compileCpuSeconds;
    if (candidate.file.empty())
      continue;
    ++compiled;
    if (!noBitcode)
      continue;
    if (auto status = stripBitcode(path + "/" + candidate.file); !status)
      return fail(status.error().message);
  }
  llvm::outs() << llvm::formatv("{0} candidates in {1}, {2} compiled, {3:f2} s "
                                "of CPU each\n",
                                set.candidates.size(), path, compiled,
                                cpu / set.candidates.size());
  if (set.candidates[0].file.empty())
    return fail("the original was not compiled: " + set.candidates[0].failure);
  return 0;
}

/// Without --target, the GPU that is there, if the table has it.
static std::string chooseTarget(const std::string &device) {
  if (targetName.getNumOccurrences() || device != "cuda")
    return targetName;
  auto opened = openDevice(device);
  const TargetInfo *found =
      opened ? findTargetOfDevice((*opened)->getName()) : nullptr;
  return found ? found->name.str() : targetName.getValue();
}

/// What the policy leaves for the request.
static llvm::Expected<Space> enumerateSpace(const TuneRequest &request,
                                            const Policy &policy,
                                            MLIRContext *context) {
  auto parsed = parseRequest(request, context);
  if (!parsed)
    return parsed.takeError();
  return enumerate(policy, parsed->original, parsed->problem, *parsed->target);
}

/// JSON lines: the original, then the others by estimate.
static int listCandidates(MLIRContext *context) {
  auto policy = loadPolicy(policyName);
  if (!policy)
    return fail(policy.takeError());
  auto space = enumerateSpace(getRequest(), *policy, context);
  if (!space)
    return fail(space.takeError());
  for (const RankedConfig &ranked : space->configs)
    llvm::outs() << llvm::json::Value(llvm::json::Object{
                        {"config", tuning::format(ranked.config)},
                        {"microseconds", 1e6 * ranked.seconds}})
                 << "\n";
  return 0;
}

static int tune(MLIRContext *context, bool compileOnly) {
  std::string why;
  runtime::Result<std::string> device = std::string();
  if (!compileOnly && !deterministic)
    device = resolveDevice(why);
  if (!device)
    return fail(device.error().message, runtime::kExitNoDevice);
  TuneRequest request = getRequest();
  request.target = chooseTarget(*device);
  auto policy = loadPolicy(policyName);
  if (!policy)
    return fail(policy.takeError());
  auto space = enumerateSpace(request, *policy, context);
  if (!space)
    return fail(space.takeError());
  if (deterministic)
    return pickDeterministically(request, *space);
  WorkFolder work;
  if (llvm::Error error = work.create())
    return fail(std::move(error));

  llvm::outs() << describe(*space, *policy) << "\n";
  measure::watchInterrupts();
  measure::CandidateSet set = makeCandidates(request, *policy, *space);
  bool useEmulator = !compileOnly && device->empty() && !noEmulator;
  if (compileOnly || !device->empty() || useEmulator)
    compileCandidates(work.path, set,
                      {compiler, jobs, limitSeconds, !quiet, {}});
  if (auto status = measure::writeCandidates(work.path, set); !status)
    return fail(status.error().message);
  if (compileOnly)
    return finishCompiling(work.path, set);
  if (device->empty()) {
    llvm::errs() << "tt-tune: no device (" << why << ")\n";
    return finish(set, rankWithoutDevice(work.path, set, useEmulator),
                  /*measured=*/false, context);
  }
  measure::MeasureOptions options;
  options.device = *device;
  options.limitSeconds = limitSeconds;
  options.rounds = rounds;
  options.progress = !quiet;
  auto results =
      measure::measureFolder(work.path, {getExecutablePath()}, options);
  if (!results)
    return fail(results.error().message);
  return finish(set, *results, /*measured=*/true, context);
}

//===----------------------------------------------------------------------===//
// Other commands
//===----------------------------------------------------------------------===//

static int merge(MLIRContext *context) {
  if (words.size() < 2)
    return fail("merge expected a folder that was measured");
  for (const std::string &path : llvm::drop_begin(words)) {
    auto set = measure::readCandidates(path);
    if (!set)
      return fail(set.error().message);
    auto results = measure::readResults(path);
    if (!results)
      return fail(results.error().message);
    if (results->candidates.size() != set->candidates.size())
      return fail(path + ": results of another set of candidates");
    llvm::outs() << path << "\n";
    if (int code = finish(*set, *results, /*measured=*/true, context))
      return code;
  }
  return 0;
}

static int exportCache() {
  std::string text = exportEntries(Cache().getAll());
  if (output.empty() || output == "-") {
    llvm::outs() << text;
    return 0;
  }
  runtime::Status status = runtime::writeFile(output, text);
  return status ? 0 : fail(status.error().message);
}

static int importCache() {
  if (words.size() != 2)
    return fail("import expected one file");
  llvm::Expected<std::string> text = readFile(words[1]);
  if (!text)
    return fail(text.takeError());
  auto entries = importEntries(*text);
  if (!entries)
    return fail(words[1] + ": " + llvm::toString(entries.takeError()));
  for (const CacheEntry &entry : *entries)
    if (llvm::Error error = Cache().store(entry))
      return fail(std::move(error));
  llvm::outs() << entries->size() << " entries imported\n";
  return 0;
}

static int listCache() {
  Cache cache;
  llvm::outs() << cache.getFolder() << "\n";
  for (const CacheEntry &entry : cache.getAll())
    llvm::outs() << llvm::formatv(
        "{0} M<={1} N<={2} K<={3} {4} {5} {6:f3} {7}\n", entry.key.target,
        entry.key.m, entry.key.n, entry.key.k, entry.key.type,
        entry.measured ? "measured" : "estimated", entry.ratio, entry.config);
  return 0;
}

static int bundle(MLIRContext *context) {
  if (words.size() != 2 || output.empty())
    return fail("bundle expected a file of sizes and -o FOLDER");
  llvm::Expected<std::string> text = readFile(words[1]);
  if (!text)
    return fail(text.takeError());
  BundleOptions options;
  options.sizes = *text;
  StringRef(targets).split(options.targets, ',');
  options.folder = output;
  options.compile = {compiler, jobs, limitSeconds, !quiet, {}};
  options.useCache = !noCache;
  auto count = makeBundle(options, context);
  if (!count)
    return fail(count.takeError());
  llvm::outs() << *count << " kernels in " << output << "\n";
  return 0;
}

int main(int argc, char **argv) {
  // Sessions and measuring have a command line of their own.
  for (StringRef word : {"--session", "measure"})
    if (argc > 1 && word == argv[1])
      return measure::measureMain(
          getExecutablePath(),
          {argv + (word == "measure" ? 2 : 1), argv + argc}, openDevice);
  llvm::InitLLVM init(argc, argv);
  cl::HideUnrelatedOptions(category);
  cl::ParseCommandLineOptions(argc, argv, kOverview);
  MLIRContext context(MLIRContext::Threading::DISABLED);
  context.loadDialect<TTDialect>();
  std::string command = words.empty() ? "tune" : words[0];
  if (command == "tune" || command == "compile")
    return tune(&context, command == "compile");
  if (command == "candidates")
    return listCandidates(&context);
  if (command == "merge")
    return merge(&context);
  if (command == "export")
    return exportCache();
  if (command == "import")
    return importCache();
  if (command == "list")
    return listCache();
  if (command == "bundle")
    return bundle(&context);
  return fail(
      "unknown command '" + command +
      "', expected tune, candidates, compile, measure, merge, list, export, "
      "import or bundle");
}
