//===- Bisect.cpp - After which pass do the numbers change? ---------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The IR is executable after every pass (Passes.td). What is left of the way
// down is gone without any optimisation: a tensor program is bufferized, linalg
// becomes loops (in a kernel, each thread's own), and ops of ours are lowered.
//
//===----------------------------------------------------------------------===//

#include "tt/Host/Bisect.h"

#include "CallFunction.h"
#include "HostElement.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Bufferization/Transforms/Passes.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassInstrumentation.h"
#include "mlir/Pass/PassManager.h"
#include "tt/Conversion/Passes.h"
#include "tt/Dialect/TT/IR/TTDialect.h"
#include "tt/Transforms/KernelUtils.h"
#include "tt/Transforms/Passes.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace mlir::tt;

namespace {

/// The module as one pass left it.
struct Snapshot {
  std::string pass;
  OwningOpRef<ModuleOp> module; ///< null if the pass changed nothing
};

/// Clones the module after each pass.
class SnapshotTaker : public PassInstrumentation {
public:
  SnapshotTaker(std::vector<Snapshot> &snapshots, std::string text)
      : snapshots(snapshots), text(std::move(text)) {}

  void runAfterPass(Pass *pass, Operation *op) override {
    // An adaptor runs other passes, and has no name of its own.
    if (pass->getArgument().empty())
      return;
    auto module = dyn_cast<ModuleOp>(op);
    if (!module)
      module = op->getParentOfType<ModuleOp>();
    std::string now = print(module);
    Snapshot snapshot{pass->getArgument().str(), {}};
    if (now != text)
      snapshot.module = module.clone();
    text = std::move(now);
    snapshots.push_back(std::move(snapshot));
  }

  static std::string print(ModuleOp module) {
    std::string text;
    llvm::raw_string_ostream stream(text);
    module->print(stream);
    return text;
  }

private:
  std::vector<Snapshot> &snapshots;
  std::string text;
};

} // namespace

void mlir::tt::buildTTToNVVM(OpPassManager &pm,
                             const PipelineOptions &options) {
  buildTTToLinalgPipeline(pm, options);
  buildLinalgToGPUPipeline(pm, options);
  buildGPUToNVGPUPipeline(pm, options);
  buildNVGPUToNVVMPipeline(pm, options);
}

static bool hasTensors(ModuleOp module) {
  return module
      .walk([](Operation *op) {
        auto isTensor = [](Type type) { return isa<TensorType>(type); };
        bool found = llvm::any_of(op->getOperandTypes(), isTensor) ||
                     llvm::any_of(op->getResultTypes(), isTensor);
        return found ? WalkResult::interrupt() : WalkResult::advance();
      })
      .wasInterrupted();
}

/// tt-assign-stages relies on the barriers and waits that tt-pipeline-copies
/// makes of its schedule: between the two, the program is not complete.
static bool isScheduled(ModuleOp module) {
  return module
      .walk([](Operation *op) {
        return op->hasAttr(kStageAttrName) ? WalkResult::interrupt()
                                           : WalkResult::advance();
      })
      .wasInterrupted();
}

/// Whether `pass` leaves a kernel whose blocks, or slices of a block, share a
/// tile of C and store their sums over each other's, until tt-combine-sums.
static bool dividesSums(StringRef pass, ModuleOp module) {
  bool isOfBlocks = pass == "tt-tile-to-blocks";
  if (!isOfBlocks && pass != "tt-map-to-warps")
    return false;
  return llvm::any_of(collectLaunches(module), [&](gpu::LaunchOp launch) {
    ConfigAttr config = getConfig(launch);
    return isOfBlocks ? config.sharesTiles() : config.getKSlices() > 1;
  });
}

/// The shortest way from any point of the way down to code.
static LogicalResult finish(ModuleOp module, const PipelineOptions &options) {
  PassManager pm(module.getContext(), ModuleOp::getOperationName());
  if (hasTensors(module)) {
    pm.addPass(createConvertTTToLinalg());
    bufferization::OneShotBufferizePassOptions bufferize;
    bufferize.bufferizeFunctionBoundaries = true;
    bufferize.functionBoundaryTypeConversion =
        bufferization::LayoutMapOption::IdentityLayoutMap;
    pm.addPass(bufferization::createOneShotBufferizePass(bufferize));
  }
  pm.addPass(createLowerRounding());
  pm.addPass(createLowerEpilogue({options.rowAlignment}));
  pm.addPass(createConvertLinalgToLoopsPass());
  buildNVGPUToNVVMPipeline(pm, options);
  buildNVVMToPTXPipeline(pm, options);
  host::buildHostPipeline(pm);
  return pm.run(module);
}

static runtime::Result<host::CallOutputs>
execute(ModuleOp module, const host::Signature &signature,
        runtime::Device &device, const PipelineOptions &options,
        const FunctionRun &run) {
  std::string diagnostics;
  ScopedDiagnosticHandler handler(module.getContext(), [&](Diagnostic &d) {
    if (d.getSeverity() == DiagnosticSeverity::Error && diagnostics.empty())
      diagnostics = d.str();
    return success();
  });
  if (failed(finish(module, options)))
    return runtime::Error{"cannot be lowered: " + diagnostics};
  return host::callFunction(module, signature, device, run);
}

/// "[3, 5]" for an element's number in row-major order.
static std::string formatIndex(ArrayRef<int64_t> shape, int64_t number) {
  std::string text;
  for (int64_t size : llvm::reverse(shape)) {
    text = std::to_string(number % size) + (text.empty() ? "" : ", ") + text;
    number /= size;
  }
  return "[" + text + "]";
}

static std::string formatElement(Type type, const char *address) {
  if (isa<FloatType>(type))
    return llvm::formatv("{0}", host::loadFloat(type, address));
  return std::to_string(
      host::loadInteger(host::getElementBytes(type), address));
}

/// Where two sets of outputs differ first; empty if they do not.
static std::string findDifference(const host::CallOutputs &before,
                                  const host::CallOutputs &after) {
  for (auto [i, was, is] : llvm::enumerate(before.values, after.values)) {
    const std::string &x = was.array.data, &y = is.array.data;
    int64_t bytes = host::getElementBytes(was.elementType);
    for (size_t at = 0; at < x.size(); at += bytes)
      if (x.compare(at, bytes, y, at, bytes) != 0)
        return llvm::formatv("{0} {1}, element {2} is {3} instead of {4}",
                             before.what, i,
                             formatIndex(was.array.shape, at / bytes),
                             formatElement(is.elementType, y.data() + at),
                             formatElement(was.elementType, x.data() + at));
  }
  return {};
}

static runtime::Result<std::vector<Snapshot>>
takeSnapshots(ModuleOp module, const PipelineOptions &options,
              const PipelineBuilder &build) {
  std::vector<Snapshot> snapshots;
  OwningOpRef<ModuleOp> copy = module.clone();
  PassManager pm(module.getContext(), ModuleOp::getOperationName());
  pm.addInstrumentation(
      std::make_unique<SnapshotTaker>(snapshots, SnapshotTaker::print(*copy)));
  build(pm, options);
  if (failed(pm.run(*copy)))
    return runtime::Error{"the pipeline fails" +
                          (snapshots.empty()
                               ? std::string()
                               : " after " + snapshots.back().pass)};
  return snapshots;
}

runtime::Result<std::vector<BisectStep>>
mlir::tt::bisect(ModuleOp module, runtime::Device &device,
                 const PipelineOptions &options, const FunctionRun &run,
                 const PipelineBuilder &build) {
  auto signature = host::readSignature(module, run);
  if (!signature)
    return signature.error();
  auto snapshots = takeSnapshots(module, options, build);
  if (!snapshots)
    return snapshots.error();
  OwningOpRef<ModuleOp> input = module.clone();
  auto reference = execute(*input, *signature, device, options, run);
  if (!reference)
    return runtime::Error{"the input itself: " + reference.error().message};

  std::vector<BisectStep> steps;
  bool isDivided = false;
  for (Snapshot &snapshot : *snapshots) {
    BisectStep &step = steps.emplace_back();
    step.pass = snapshot.pass;
    step.verdict = BisectStep::Unchanged;
    if (!snapshot.module)
      continue;
    isDivided = snapshot.pass != "tt-combine-sums" &&
                (isDivided || dividesSums(snapshot.pass, *snapshot.module));
    if (isDivided || isScheduled(*snapshot.module)) {
      step.verdict = BisectStep::Deferred;
      continue;
    }
    auto outputs = execute(*snapshot.module, *signature, device, options, run);
    step.detail = outputs ? findDifference(*reference, *outputs)
                          : outputs.error().message;
    step.verdict = !outputs              ? BisectStep::Fails
                   : step.detail.empty() ? BisectStep::Same
                                         : BisectStep::Differs;
  }
  return steps;
}

const BisectStep *mlir::tt::findCulprit(const std::vector<BisectStep> &steps) {
  for (const BisectStep &step : steps)
    if (step.verdict == BisectStep::Differs ||
        step.verdict == BisectStep::Fails)
      return &step;
  return nullptr;
}

std::string mlir::tt::formatBisect(const std::vector<BisectStep> &steps) {
  static constexpr const char *kVerdicts[] = {
      "unchanged", "same", "judged with a later pass", "DIFFERS", "FAILS"};
  std::string text;
  for (const BisectStep &step : steps) {
    text += llvm::formatv("{0,-36} {1}", step.pass, kVerdicts[step.verdict]);
    text += step.detail.empty() ? "\n" : "  " + step.detail + "\n";
  }
  const BisectStep *culprit = findCulprit(steps);
  if (!culprit)
    return text + "the numbers are the same after every pass\n";
  bool fails = culprit->verdict == BisectStep::Fails;
  return text + "the first pass after which " +
         (fails ? "the program cannot be executed" : "numbers differ") +
         " is " + culprit->pass + "\n";
}
