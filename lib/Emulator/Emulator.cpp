//===- Emulator.cpp - Load and launch kernels on the CPU ------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tt/Emulator/Emulator.h"

#include "BlockState.h"
#include "HalfConversions.h"
#include "RetargetKernel.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/IRReader/IRReader.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/TargetSelect.h"
#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

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

Counters &Counters::operator+=(const Counters &other) {
  mma += other.mma;
  ldmatrix += other.ldmatrix;
  barriers += other.barriers;
  asyncCopies += other.asyncCopies;
  asyncCopyBytes += other.asyncCopyBytes;
  seconds += other.seconds;
  return *this;
}

//===----------------------------------------------------------------------===//
// Loading
//===----------------------------------------------------------------------===//

static char *getSharedBase() { return currentLane->block->shared.data(); }

static Error defineSymbols(orc::LLJIT &jit) {
  orc::SymbolMap symbols;
  auto define = [&](StringRef name, void *address) {
    symbols[jit.mangleAndIntern(name)] = {
        orc::ExecutorAddr::fromPtr(address),
        JITSymbolFlags::Exported | JITSymbolFlags::Callable};
  };
  define(kSharedBaseSymbol, reinterpret_cast<void *>(&getSharedBase));
  for (ArrayRef<EmulatedInstruction> table : {getInstructions(), getCollectives()})
    for (const EmulatedInstruction &known : table)
      define(getInstructionSymbol(known.name),
             reinterpret_cast<void *>(known.function));
  for (const Libcall &call : getHalfConversions())
    define(call.name, call.address);
  return jit.getMainJITDylib().define(orc::absoluteSymbols(std::move(symbols)));
}

/// The kernel's IR is optimised already; this cleans up what retargeting added
/// and makes use of the host's vectors.
static void optimize(Module &module, TargetMachine &target) {
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
  builder.buildPerModuleDefaultPipeline(OptimizationLevel::O1)
      .run(module, modules);
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
  Expected<RetargetedModule> retargeted =
      retargetModule(**module, (*target)->getTargetTriple(),
                     (*target)->createDataLayout());
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
  size_t sharedBytes;
  Block::Kernel kernel;
  void **parameters;

  std::atomic<uint64_t> next = 0;
  std::atomic<bool> stop = false;
  std::mutex mutex = {};
  Counters counters = {};
  std::string error = {};

  void work();
  void finish(const Block &block);
};

} // namespace

void BlockQueue::finish(const Block &block) {
  std::lock_guard<std::mutex> lock(mutex);
  counters += block.counters;
  if (error.empty())
    error = block.error;
  if (!error.empty())
    stop = true;
}

void BlockQueue::work() {
  Block block;
  block.kernel = kernel;
  block.parameters = parameters;
  if (!block.prepare(geometry, sharedBytes)) {
    block.error = "no memory for the stacks of a block's threads";
    return finish(block);
  }
  auto [x, y, z] = geometry.grid;
  uint64_t count = uint64_t(x) * y * z;
  for (uint64_t i; !stop && (i = next++) < count;)
    if (!block.run({unsigned(i % x), unsigned(i / x % y), unsigned(i / x / y)}))
      break;
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

Expected<Counters> Program::launch(StringRef entry,
                                   const LaunchGeometry &geometry,
                                   ArrayRef<void *> parameters) {
  auto kernel = implementation->module.kernels.find(entry);
  if (kernel == implementation->module.kernels.end())
    return createStringError("the module has no kernel '" + entry + "'");
  if (kernel->second.parameters != parameters.size())
    return createStringError("kernel '%s' takes %u parameters, %zu were given",
                             entry.str().c_str(), kernel->second.parameters,
                             parameters.size());
  if (Error error = checkGeometry(geometry))
    return std::move(error);
  Expected<orc::ExecutorAddr> address =
      implementation->jit->lookup(getEntrySymbol(entry));
  if (!address)
    return address.takeError();

  auto start = std::chrono::steady_clock::now();
  SmallVector<void *> values(parameters);
  BlockQueue queue{geometry,
                   implementation->module.staticSharedBytes +
                       geometry.dynamicSharedBytes,
                   address->toPtr<Block::Kernel>(), values.data()};
  unsigned workers = implementation->options.workers;
  if (workers == 0)
    workers = std::max(1u, std::thread::hardware_concurrency());
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
  queue.counters.seconds = elapsed.count();
  return queue.counters;
}
