//===- Tune.cpp - From a request to the config that won -------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tt/Tuning/Tune.h"

#include "mlir/AsmParser/AsmParser.h"
#include "mlir/IR/BuiltinTypes.h"
#include "tt/Emulator/Emulator.h"
#include "tt/Measure/Process.h"
#include "tt/Tuning/Support.h"
#include "llvm/ADT/StringExtras.h"
#include <cmath>

using namespace mlir;
using namespace mlir::tt;
using namespace mlir::tt::tuning;

//===----------------------------------------------------------------------===//
// Requests
//===----------------------------------------------------------------------===//

/// Parses an attribute; the parser's own message becomes part of the error.
template <typename AttributeT>
static llvm::Expected<AttributeT> parse(StringRef text, StringRef option,
                                        MLIRContext *context) {
  std::string reason;
  ScopedDiagnosticHandler handler(context, [&](Diagnostic &diagnostic) {
    reason = diagnostic.str();
    return success();
  });
  if (auto attribute =
          dyn_cast_or_null<AttributeT>(parseAttribute(text, context)))
    return attribute;
  return makeError("{0} '{1}' is not an attribute of its kind{2}", option, text,
                   reason.empty() ? "" : ": " + reason);
}

Type tuning::parseElementType(StringRef name, MLIRContext *context) {
  if (name == "f32")
    return Float32Type::get(context);
  if (name == "f16")
    return Float16Type::get(context);
  return name == "bf16" ? Type(BFloat16Type::get(context)) : Type();
}

llvm::Expected<ParsedRequest> tuning::parseRequest(const TuneRequest &request,
                                                   MLIRContext *context) {
  ParsedRequest parsed;
  const runtime::Problem &p = request.sizes;
  if (p.m < 1 || p.n < 1 || p.k < 1)
    return makeError("--m, --n and --k must be given, and be above 0");
  if (p.lda < p.m || p.ldb < p.k || p.ldc < p.n)
    return makeError(
        "a row stride is less than the row: lda {0} of {1}, ldb {2} "
        "of {3}, ldc {4} of {5}",
        p.lda, p.m, p.ldb, p.k, p.ldc, p.n);
  Type type = parseElementType(request.type, context);
  if (!type)
    return makeError("unknown type '{0}', expected f32, f16 or bf16",
                     request.type);
  parsed.target = TargetInfo::find(request.target);
  if (!parsed.target)
    return makeError("unknown target '{0}', expected one of {1}",
                     request.target, TargetInfo::knownNames());
  PrecisionAttr contract = PrecisionAttr::getDefault(type);
  if (!request.precision.empty()) {
    auto given =
        parse<PrecisionAttr>(request.precision, "--precision", context);
    if (!given)
      return given.takeError();
    contract = *given;
  }
  if (!contract.accepts(type))
    return makeError("--precision '{0}' does not accept operands of type {1}",
                     request.precision, request.type);
  parsed.problem = {p.m, p.n, p.k, type, contract.getRounding()};
  if (request.original.empty()) {
    parsed.original = chooseConfig(parsed.problem, *parsed.target);
    return parsed;
  }
  auto original = parse<ConfigAttr>(request.original, "--config", context);
  if (!original)
    return original.takeError();
  parsed.original = *original;
  return parsed;
}

measure::CandidateSet tuning::makeCandidates(const TuneRequest &request,
                                             const Policy &policy,
                                             const Space &space) {
  measure::CandidateSet set;
  set.problem = request.sizes;
  set.type = request.type;
  set.precision = request.precision;
  set.target = request.target;
  set.policy = policy.name;
  set.compiler = CacheKey::get(request.sizes, request.type, request.precision,
                               request.target)
                     .compiler;
  for (const RankedConfig &ranked : space.configs) {
    measure::Candidate candidate;
    candidate.config = format(ranked.config);
    candidate.estimate = ranked.seconds;
    set.candidates.push_back(std::move(candidate));
  }
  return set;
}

//===----------------------------------------------------------------------===//
// Without a device
//===----------------------------------------------------------------------===//

llvm::Expected<BlockCounters>
tuning::countBlock(const std::string &kernelFile,
                   const runtime::Problem &problem) {
  runtime::Result<runtime::Kernel> kernel = runtime::readKernel(kernelFile);
  if (!kernel)
    return makeError("{0}", kernel.error().message);
  auto program = emulator::Program::load(
      llvm::MemoryBufferRef(kernel->bitcode, kernel->entry));
  if (!program)
    return program.takeError();
  // Memory that is never written costs nothing: pages come zeroed on demand.
  int64_t bytes = runtime::getBytes(kernel->elementType);
  constexpr size_t kSlack = 256;
  auto allocate = [&](int64_t size) {
    return std::unique_ptr<void, decltype(&std::free)>(
        std::calloc(size + kSlack, 1), &std::free);
  };
  auto a = allocate(problem.k * problem.lda * bytes),
       b = allocate(problem.n * problem.ldb * bytes),
       c = allocate(problem.m * problem.ldc * bytes),
       workspace = allocate(kernel->workspaceBytes);
  auto address = [&](auto &memory) {
    return llvm::alignTo(reinterpret_cast<uint64_t>(memory.get()), kSlack);
  };
  runtime::Parameters parameters(*kernel, problem, address(a), address(b),
                                 address(c), address(workspace));
  emulator::LaunchGeometry geometry;
  geometry.block[0] = kernel->threads;
  geometry.dynamicSharedBytes = kernel->sharedBytes;
  auto launch =
      (*program)->launch(kernel->entry, geometry, parameters.getPointers());
  if (!launch)
    return launch.takeError();
  if (!launch->findings.empty())
    return makeError("the kernel does not come to its end");
  const emulator::Measurements &counted = launch->measurements;
  return BlockCounters{counted.mma, counted.ldmatrix, counted.barriers,
                       counted.asyncCopies};
}

/// Instructions of all blocks; infinite if the emulator cannot run the kernel.
static double countInstructions(const std::string &folder,
                                const measure::CandidateSet &set, size_t index,
                                std::string &text) {
  std::string file = folder + "/" + set.candidates[index].file;
  auto counters = countBlock(file, set.problem);
  if (!counters) {
    text = "emulator: " + llvm::toString(counters.takeError());
    return HUGE_VAL;
  }
  text = llvm::formatv(
      "a block: {0} mma, {1} ldmatrix, {2} barriers, {3} copies", counters->mma,
      counters->ldmatrix, counters->barriers, counters->copies);
  auto kernel = runtime::readKernel(file);
  double blocks = kernel ? runtime::getBlocks(*kernel, set.problem) : 1;
  return blocks * double(counters->mma + counters->ldmatrix +
                         counters->barriers + counters->copies);
}

measure::Results tuning::rankWithoutDevice(const std::string &folder,
                                           const measure::CandidateSet &set,
                                           bool useEmulator) {
  constexpr double kModelError = 0.02;
  measure::Results results;
  results.device = useEmulator ? "none: model and emulator" : "none: model";
  results.candidates.resize(set.candidates.size());
  double bestSeconds = HUGE_VAL, bestInstructions = HUGE_VAL;
  for (size_t i = 0; i < set.candidates.size(); ++i) {
    const measure::Candidate &candidate = set.candidates[i];
    if (candidate.file.empty() && useEmulator) {
      results.candidates[i].state = measure::State::failed;
      results.candidates[i].message = candidate.failure;
      continue;
    }
    if (measure::wasInterrupted())
      break;
    double instructions = 0;
    if (useEmulator)
      instructions =
          countInstructions(folder, set, i, results.candidates[i].message);
    if (!std::isfinite(instructions)) {
      results.candidates[i].state = measure::State::failed;
      continue;
    }
    bool isFaster = candidate.estimate < (1 - kModelError) * bestSeconds;
    bool isSmaller = candidate.estimate < (1 + kModelError) * bestSeconds &&
                     instructions < bestInstructions;
    if (!isFaster && !isSmaller)
      continue;
    bestSeconds = std::min(bestSeconds, candidate.estimate);
    bestInstructions = instructions;
    results.winner = i;
  }
  results.interrupted = measure::wasInterrupted();
  return results;
}

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

const TargetInfo *tuning::findTargetOfDevice(StringRef deviceName) {
  // "NVIDIA GeForce RTX 4090" and "rtx4090".
  std::string name = deviceName.lower();
  name.erase(llvm::remove_if(name, [](char c) { return !llvm::isAlnum(c); }),
             name.end());
  const TargetInfo *found = nullptr;
  for (const TargetInfo &target : TargetInfo::all())
    // The longest name: "l4" is in "l40s" as well.
    if (StringRef(name).contains(target.name) &&
        (!found || target.name.size() > found->name.size()))
      found = &target;
  return found;
}

CacheEntry tuning::makeEntry(const measure::CandidateSet &set,
                             const measure::Results &results) {
  CacheEntry entry;
  entry.key = CacheKey::get(set.problem, set.type, set.precision, set.target);
  entry.config = set.candidates[results.winner].config;
  const TargetInfo *device = findTargetOfDevice(results.device);
  entry.measured = device && device->name == set.target;
  entry.ratio = entry.measured ? results.candidates[results.winner].getRatio()
                               : set.candidates[0].estimate /
                                     set.candidates[results.winner].estimate;
  entry.device = results.device;
  entry.policy = set.policy;
  return entry;
}

std::string tuning::findTunedConfig(const TuneRequest &request,
                                    MLIRContext *context) {
  Cache cache;
  auto entry = cache.find(CacheKey::get(request.sizes, request.type,
                                        request.precision, request.target));
  if (!entry)
    return {};
  TuneRequest tuned = request;
  tuned.original = entry->config;
  auto parsed = parseRequest(tuned, context);
  std::string reason =
      parsed ? getIllegality(
                   TilePlan(parsed->original, parsed->problem.elementType),
                   *parsed->target)
             : llvm::toString(parsed.takeError());
  if (reason.empty())
    return entry->config;
  llvm::errs() << "warning: tuning cache: " << entry->config
               << " is ignored: " << reason << "\n";
  return {};
}

std::string tuning::formatTable(const measure::CandidateSet &set,
                                const measure::Results &results,
                                bool measured) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << llvm::formatv("{0,-9} {1,12} {2,12} {3,7}  config\n", "",
                      "estimated us", "measured us", "ratio");
  for (size_t i = 0; i < set.candidates.size(); ++i) {
    const measure::Candidate &candidate = set.candidates[i];
    measure::CandidateResult result;
    if (i < results.candidates.size())
      result = results.candidates[i];
    std::string state = i == 0 && results.winner == 0 ? "stays"
                        : i == results.winner         ? "winner"
                        : i == 0                      ? "original"
                        : measured || result.state == measure::State::failed
                            ? measure::getName(result.state)
                            : "";
    bool hasTime = !result.ratios.empty();
    os << llvm::formatv(
        "{0,-9} {1,12:f1} {2,12} {3,7}  {4}\n", state, candidate.estimate * 1e6,
        hasTime ? llvm::formatv("{0:f1}", result.getMilliseconds() * 1e3).str()
                : "",
        hasTime ? llvm::formatv("{0:f3}", result.getRatio()).str() : "",
        candidate.config);
    std::string message =
        result.message.empty() ? candidate.failure : result.message;
    if (!message.empty())
      os << "          " << message << "\n";
  }
  return text;
}
