//===- Emulator.cpp - Load and launch kernels on the CPU ------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tt/Emulator/Emulator.h"

#include "BlockState.h"
#include "HalfConversions.h"
#include "Instructions.h"
#include "RetargetKernel.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/IRReader/IRReader.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/TargetSelect.h"
#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

// NVPTX is not the native target, and has no header for these.
extern "C" {
void LLVMInitializeNVPTXTargetInfo();
void LLVMInitializeNVPTXTarget();
void LLVMInitializeNVPTXTargetMC();
}

using namespace llvm;
using namespace mlir::tt::emulator;

struct Program::Implementation {
  Options options;
  std::unique_ptr<orc::LLJIT> jit;
  RetargetedModule module;
};

Program::Program(std::unique_ptr<Implementation> implementation)
    : implementation(std::move(implementation)) {}

Program::~Program() = default;

llvm::ArrayRef<Site> Program::getSites() const {
  return implementation->module.sites;
}

//===----------------------------------------------------------------------===//
// Loading
//===----------------------------------------------------------------------===//

static char *getSharedBase() { return currentLane->block->shared.data(); }

static uint64_t *getCounter() { return &currentLane->instructions; }

static void runBatch(const Batch *batch, uint32_t *slots) {
  Lane &lane = *currentLane;
  lane.batch = batch;
  lane.batchSlots = slots;
  lane.wait(Waits::Batch, batch->site);
}

static void noteAccess(uint64_t address, uint32_t site) {
  currentLane->block->noteAccess(*currentLane, site, address);
}

static Error defineSymbols(orc::LLJIT &jit) {
  orc::SymbolMap symbols;
  auto define = [&](StringRef name, void *address) {
    symbols[jit.mangleAndIntern(name)] = {
        orc::ExecutorAddr::fromPtr(address),
        JITSymbolFlags::Exported | JITSymbolFlags::Callable};
  };
  define(kSharedBaseSymbol, reinterpret_cast<void *>(&getSharedBase));
  define(kCounterSymbol, reinterpret_cast<void *>(&getCounter));
  define(kRunBatchSymbol, reinterpret_cast<void *>(&runBatch));
  define(kAccessSymbol, reinterpret_cast<void *>(&noteAccess));
  for (const EmulatedInstruction &known : getInstructions())
    define(getInstructionSymbol(known.name),
           reinterpret_cast<void *>(known.function));
  for (const Libcall &call : getHalfConversions())
    define(call.name, call.address);
  return jit.getMainJITDylib().define(orc::absoluteSymbols(std::move(symbols)));
}

/// Runs `build`'s passes on the module.
static void runPasses(Module &module, TargetMachine &target,
                      function_ref<ModulePassManager(PassBuilder &)> build) {
  PassBuilder builder(&target);
  LoopAnalysisManager loops;
  FunctionAnalysisManager functions;
  CGSCCAnalysisManager graphs;
  ModuleAnalysisManager modules;
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(graphs);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, graphs, modules);
  build(builder).run(module, modules);
}

/// The kernel's IR is optimised already; this cleans up what retargeting added.
static void optimize(Module &module, TargetMachine &host) {
  runPasses(module, host, [](PassBuilder &builder) {
    return builder.buildPerModuleDefaultPipeline(OptimizationLevel::O1);
  });
}

/// NVPTX joins adjacent loads and stores before it selects instructions. What is
/// counted must be what it makes of them.
static Error joinAccesses(Module &module) {
  std::string message;
  const Target *nvptx =
      TargetRegistry::lookupTarget(module.getTargetTriple(), message);
  if (!nvptx)
    return createStringError(message);
  // Any chip of the last ten years has the same vector accesses.
  std::unique_ptr<TargetMachine> machine(nvptx->createTargetMachine(
      module.getTargetTriple(), "sm_80", "+ptx70", {}, std::nullopt));
  Error error = Error::success();
  runPasses(module, *machine, [&](PassBuilder &builder) {
    FunctionPassManager functions;
    if (Error failed = builder.parsePassPipeline(
            functions, "infer-address-spaces,load-store-vectorizer"))
      error = joinErrors(std::move(error), std::move(failed));
    ModulePassManager modules;
    modules.addPass(createModuleToFunctionPassAdaptor(std::move(functions)));
    return modules;
  });
  return error;
}

static Expected<std::unique_ptr<Module>> readModule(MemoryBufferRef buffer,
                                                    LLVMContext &context) {
  SMDiagnostic diagnostic;
  std::unique_ptr<Module> module = parseIR(buffer, diagnostic, context);
  if (!module)
    return createStringError("not a readable LLVM module: " +
                             diagnostic.getMessage());
  if (!module->getTargetTriple().isNVPTX())
    return createStringError("expected a module for nvptx64, found triple '" +
                             module->getTargetTriple().str() + "'");
  return std::move(module);
}

Expected<std::unique_ptr<Program>> Program::load(MemoryBufferRef buffer,
                                                 const Options &options) {
  static std::once_flag once;
  std::call_once(once, [] {
    InitializeNativeTarget();
    InitializeNativeTargetAsmPrinter();
    LLVMInitializeNVPTXTargetInfo();
    LLVMInitializeNVPTXTarget();
    LLVMInitializeNVPTXTargetMC();
  });
  auto implementation = std::make_unique<Implementation>();
  implementation->options = options;

  auto context = std::make_unique<LLVMContext>();
  Expected<std::unique_ptr<Module>> module = readModule(buffer, *context);
  if (!module)
    return module.takeError();
  Expected<orc::JITTargetMachineBuilder> host =
      orc::JITTargetMachineBuilder::detectHost();
  if (!host)
    return host.takeError();
  host->setCodeGenOptLevel(CodeGenOptLevel::Less);
  Expected<std::unique_ptr<TargetMachine>> target = host->createTargetMachine();
  if (!target)
    return target.takeError();
  bool instrument = options.checks || options.counters;
  if (instrument)
    if (Error error = joinAccesses(**module))
      return std::move(error);
  Expected<RetargetedModule> retargeted =
      retargetModule(**module, (*target)->getTargetTriple(),
                     (*target)->createDataLayout(), instrument);
  if (!retargeted)
    return retargeted.takeError();
  implementation->module = std::move(*retargeted);
  optimize(**module, **target);

  Expected<std::unique_ptr<orc::LLJIT>> jit =
      orc::LLJITBuilder().setJITTargetMachineBuilder(*host).create();
  if (!jit)
    return jit.takeError();
  if (Error error = defineSymbols(**jit))
    return std::move(error);
  if (Error error = (*jit)->addIRModule(
          orc::ThreadSafeModule(std::move(*module), std::move(context))))
    return std::move(error);
  implementation->jit = std::move(*jit);
  return std::unique_ptr<Program>(new Program(std::move(implementation)));
}

//===----------------------------------------------------------------------===//
// Launching
//===----------------------------------------------------------------------===//

namespace {

/// Blocks of one launch, handed out to CPU threads.
struct BlockQueue {
  const LaunchGeometry &geometry;
  const Options &options;
  const Schedule &schedule;
  const RetargetedModule &module;
  GlobalMemory *memory;
  Block::Kernel kernel;
  void **parameters;

  BlockOrder order;
  std::atomic<uint64_t> next = 0;
  std::atomic<bool> stop = false;
  std::mutex mutex = {};
  Measurements measurements = {};
  Findings findings = Findings(module.sites);
  std::string error = {};

  void work();
  void finish(Block &block);
};

} // namespace

static uint64_t getBlockCount(const LaunchGeometry &geometry) {
  auto [x, y, z] = geometry.grid;
  return uint64_t(x) * y * z;
}

void BlockQueue::finish(Block &block) {
  std::lock_guard<std::mutex> lock(mutex);
  if (block.requests)
    block.measurements.sites = block.requests->getCounts();
  measurements += block.measurements;
  findings.merge(block.findings);
}

void BlockQueue::work() {
  Block block(module.sites);
  block.kernel = kernel;
  block.parameters = parameters;
  if (!block.prepare(geometry,
                     module.staticSharedBytes + geometry.dynamicSharedBytes)) {
    std::lock_guard<std::mutex> lock(mutex);
    error = "no memory for the stacks of a block's threads";
    return;
  }
  if (options.checks)
    block.checker = std::make_unique<Checker>(geometry, module.sites,
                                              block.findings, memory);
  if (options.counters)
    block.requests =
        std::make_unique<RequestCounter>(module.sites, block.getWarps());
  auto [x, y, z] = geometry.grid;
  uint64_t count = getBlockCount(geometry);
  for (uint64_t i; !stop && (i = next++) < count;) {
    uint64_t number = order[i];
    block.scheduler.start(schedule, number, block.getWarps());
    if (!block.run(number, {unsigned(number % x), unsigned(number / x % y),
                            unsigned(number / x / y)}))
      stop = true;
  }
  finish(block);
}

static Error checkGeometry(const LaunchGeometry &geometry) {
  constexpr uint64_t kMaxThreads = 1024;
  uint64_t threads = 1;
  for (unsigned size : geometry.block)
    threads *= size;
  for (unsigned size : geometry.grid)
    if (size == 0)
      return createStringError("the grid is empty");
  if (threads == 0 || threads > kMaxThreads)
    return createStringError("a block of %llu threads, expected 1 to %llu",
                             static_cast<unsigned long long>(threads),
                             static_cast<unsigned long long>(kMaxThreads));
  return Error::success();
}

/// Errors of the call itself, before anything runs.
static Error checkLaunch(const RetargetedModule &module, StringRef entry,
                         const LaunchGeometry &geometry, size_t parameters) {
  auto kernel = module.kernels.find(entry);
  if (kernel == module.kernels.end())
    return createStringError("the module has no kernel '" + entry + "'");
  if (kernel->second.parameters != parameters)
    return createStringError("kernel '%s' takes %u parameters, %zu were given",
                             entry.str().c_str(), kernel->second.parameters,
                             parameters);
  return checkGeometry(geometry);
}

Expected<LaunchResult> Program::launch(StringRef entry,
                                       const LaunchGeometry &geometry,
                                       ArrayRef<void *> parameters,
                                       const Schedule &schedule,
                                       GlobalMemory *memory) {
  const RetargetedModule &module = implementation->module;
  const Options &options = implementation->options;
  if (Error error = checkLaunch(module, entry, geometry, parameters.size()))
    return std::move(error);
  Expected<orc::ExecutorAddr> address =
      implementation->jit->lookup(getEntrySymbol(entry));
  if (!address)
    return address.takeError();

  auto start = std::chrono::steady_clock::now();
  SmallVector<void *> values(parameters);
  BlockQueue queue{geometry,
                   options,
                   schedule,
                   module,
                   memory,
                   address->toPtr<Block::Kernel>(),
                   values.data(),
                   BlockOrder(schedule, getBlockCount(geometry))};
  unsigned workers = options.workers;
  if (workers == 0)
    workers = std::max(1u, std::thread::hardware_concurrency());
  workers = std::min<uint64_t>(workers, getBlockCount(geometry));
  std::vector<std::thread> threads;
  for (unsigned i = 1; i < workers; ++i)
    threads.emplace_back([&] { queue.work(); });
  queue.work();
  for (std::thread &thread : threads)
    thread.join();
  if (!queue.error.empty())
    return createStringError(queue.error);
  std::chrono::duration<double> elapsed =
      std::chrono::steady_clock::now() - start;
  queue.measurements.seconds = elapsed.count();
  return LaunchResult{std::move(queue.measurements), queue.findings.take()};
}
