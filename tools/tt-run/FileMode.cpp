//===- FileMode.cpp - tt-run on a whole MLIR file -------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FileMode.h"

#include "EmulatorOptions.h"
#include "Support.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Support/FileUtilities.h"
#include "tt/Host/Bisect.h"
#include "tt/Target/CompileKernel.h"
#include "llvm/Support/SourceMgr.h"

using namespace mlir;
using namespace mlir::tt;

static void setOptions(PipelineOptions &options, const FileRequest &request) {
  options.chip = request.chip;
  options.config = request.config;
  options.rowAlignment = request.rowAlignment;
}

static LogicalResult
runPipeline(ModuleOp module, const FileRequest &request, StringRef format,
            void (*build)(OpPassManager &, const PipelineOptions &)) {
  PipelineOptions options;
  setOptions(options, request);
  options.format = format.str();
  PassManager pm(module.getContext(), ModuleOp::getOperationName());
  build(pm, options);
  return pm.run(module);
}

/// The code of all kernels of `module`, which is at the nvvm stage, one after the
/// other.
static FailureOr<std::string>
getCode(ModuleOp module, const FileRequest &request, StringRef format) {
  OwningOpRef<ModuleOp> copy = module.clone();
  if (failed(runPipeline(*copy, request, format, buildNVVMToPTXPipeline)))
    return failure();
  std::string code;
  copy->walk([&](gpu::BinaryOp binary) {
    for (Attribute attribute : binary.getObjects()) {
      StringRef object =
          cast<gpu::ObjectAttr>(attribute).getObject().getValue();
      // PTX text comes with its terminator.
      code += format == "llvm" ? getLLVMText(object) : object.rtrim('\0').str();
    }
  });
  return code;
}

/// Writes the stages that `emit` and `dumpStages` ask for. Takes the way down on a
/// copy of `module`.
static int emitStages(ModuleOp module, const FileRequest &request) {
  OwningOpRef<ModuleOp> copy = module.clone();
  void (*const arrows[])(OpPassManager &, const PipelineOptions &) = {
      buildTTToLinalgPipeline, buildLinalgToGPUPipeline,
      buildGPUToNVGPUPipeline, buildNVGPUToNVVMPipeline};
  std::string emitted;
  int number = 0;
  auto take = [&](StringRef stage, StringRef suffix, const std::string &text) {
    if (request.emit == stage)
      emitted = text;
    std::string name = std::to_string(number++) + "-" + (stage + suffix).str();
    return request.dumpStages.empty()
               ? success()
               : dumpStage(request.dumpStages, name, text);
  };
  for (size_t i = 0; i <= std::size(arrows); ++i) {
    std::string text;
    llvm::raw_string_ostream(text) << *copy << "\n";
    if (failed(take(kStages[i], ".mlir", text)) ||
        (i < std::size(arrows) &&
         failed(runPipeline(*copy, request, "isa", arrows[i]))))
      return runtime::kExitBadInput;
  }
  FailureOr<std::string> llvm = getCode(*copy, request, "llvm");
  FailureOr<std::string> ptx = getCode(*copy, request, "isa");
  if (failed(llvm) || failed(ptx) || failed(take("llvm", ".ll", *llvm)) ||
      failed(take("ptx", ".ptx", *ptx)))
    return runtime::kExitBadInput;
  return request.emit.empty() ? runtime::kExitSuccess
                              : writeOutput(request.outputFile, emitted);
}

static int runEntry(ModuleOp module, const FileRequest &request) {
  auto device = openDevice(request.device);
  if (!device)
    return fail(device.error().message, runtime::kExitNoDevice);
  PipelineOptions options;
  setOptions(options, request);
  options.format = (*device)->runsBitcode() ? "llvm" : "isa";
  FunctionRun run = request.run;
  run.locations = wantsLocations();
  auto report = runFunction(module, **device, options, run);
  if (!report)
    return fail(report.error());
  llvm::outs() << (request.json ? formatReportJson(*report)
                                : formatReport(*report) + describeChecks());
  return runtime::kExitSuccess;
}

/// Runs the entry after every pass, and names the first that changes its numbers.
static int runBisect(ModuleOp module, const FileRequest &request) {
  if (request.device == "cuda")
    return fail("--bisect runs in the emulator, found --device cuda");
  auto device = openDevice("emulator");
  if (!device)
    return fail(device.error());
  PipelineOptions options;
  setOptions(options, request);
  options.format = "llvm";
  FunctionRun run = request.run;
  // Sums of small integers are exact in any order and every type.
  run.input = runtime::InputKind::integers;
  auto steps = bisect(module, **device, options, run);
  if (!steps)
    return fail(steps.error());
  llvm::outs() << formatBisect(*steps);
  return findCulprit(*steps) ? runtime::kExitWrongResult
                             : runtime::kExitSuccess;
}

int mlir::tt::runFileMode(const FileRequest &request) {
  if (request.emit == "cubin" || request.emit == "kernel")
    return fail("--emit=" + request.emit +
                " is for one product: give --m, --n and --k instead of a file");
  if (request.emit.empty() && request.run.entry.empty())
    return fail("--entry must name a function of " + request.file);
  DialectRegistry registry;
  registerAllDialects(registry);
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  context.printOpOnDiagnostic(false);
  if (request.remarks)
    printRemarks(context);
  std::string message;
  auto buffer = request.text.empty()
                    ? openInputFile(request.file, &message)
                    : llvm::MemoryBuffer::getMemBuffer(request.text);
  if (!buffer)
    return fail(message);
  llvm::SourceMgr sources;
  sources.AddNewSourceBuffer(std::move(buffer), llvm::SMLoc());
  SourceMgrDiagnosticHandler diagnostics(sources, &context);
  OwningOpRef<ModuleOp> module = parseSourceFile<ModuleOp>(sources, &context);
  if (!module)
    return runtime::kExitBadInput;
  if (!request.emit.empty() || !request.dumpStages.empty())
    if (int code = emitStages(*module, request); code || !request.emit.empty())
      return code;
  return request.bisect ? runBisect(*module, request)
                        : runEntry(*module, request);
}
