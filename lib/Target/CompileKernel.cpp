//===- CompileKernel.cpp - From a problem to a kernel artifact ------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tt/Target/CompileKernel.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Target/LLVM/NVVM/Utils.h"
#include "tt/Pipelines/Pipelines.h"
#include "tt/Target/SerializeKernel.h"
#include "tt/Target/TargetInfo.h"
#include "tt/Transforms/KernelUtils.h"
#include "tt/Transforms/TilePlan.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"

using namespace mlir;
using namespace mlir::tt;

/// Part of every artifact: which compiler made it.
static constexpr StringLiteral kCompilerVersion = "tt 0.1.0";

//===----------------------------------------------------------------------===//
// The problem as MLIR
//===----------------------------------------------------------------------===//

/// A size of 0 becomes dynamic too: a product without elements or terms folds
/// away, and no kernel would be left to run.
static std::string getSize(int64_t size) {
  return size == runtime::kDynamic || size == 0 ? "?" : std::to_string(size);
}

std::string mlir::tt::getProblemText(const KernelRequest &request) {
  const runtime::Problem &p = request.problem;
  auto tensor = [&](int64_t rows, int64_t columns) {
    return getSize(rows) + "x" + getSize(columns) + "x" +
           runtime::getName(request.elementType);
  };
  auto memref = [&](int64_t rows, int64_t columns, int64_t rowStride) {
    return tensor(rows, columns) + ", strided<[" + getSize(rowStride) + ", 1]>";
  };
  std::string attributes;
  if (!request.precision.empty())
    attributes += " precision " +
                  StringRef(request.precision).split("precision").second.str();
  if (!request.config.empty())
    attributes +=
        " config " + StringRef(request.config).split("config").second.str();
  return llvm::formatv(R"(module attributes {{tt.target = #tt.target<"{7}">} {{
  func.func @matmul(%A: memref<{0}>, %B: memref<{1}>, %C: memref<{2}>) {{
    %a = bufferization.to_tensor %A restrict : memref<{0}> to tensor<{3}>
    %b = bufferization.to_tensor %B restrict : memref<{1}> to tensor<{4}>
    %c = tt.matmul_transposed %a, %b{5} : tensor<{3}>, tensor<{4}> -> tensor<{6}>
    bufferization.materialize_in_destination %c in restrict writable %C : (tensor<{6}>, memref<{2}>) -> ()
    return
  }
}
)",
                       memref(p.k, p.m, p.lda), memref(p.n, p.k, p.ldb),
                       memref(p.m, p.n, p.ldc), tensor(p.k, p.m),
                       tensor(p.n, p.k), attributes, tensor(p.m, p.n),
                       request.chip)
      .str();
}

//===----------------------------------------------------------------------===//
// The way down
//===----------------------------------------------------------------------===//

StringRef mlir::tt::getCompilerVersion() { return kCompilerVersion; }

bool mlir::tt::hasPtxas() {
  if (llvm::sys::findProgramByName("ptxas"))
    return true;
  SmallString<128> path(NVVM::getCUDAToolkitPath());
  llvm::sys::path::append(path, "bin", "ptxas");
  return llvm::sys::fs::can_execute(path);
}

using BuildPipeline =
    function_ref<void(OpPassManager &, const PipelineOptions &)>;

static LogicalResult runPipeline(ModuleOp module, BuildPipeline build,
                                 const PipelineOptions &options,
                                 const PassManagerHook &hook) {
  PassManager pm(module.getContext(), ModuleOp::getOperationName());
  if (hook)
    hook(pm);
  build(pm, options);
  return pm.run(module);
}

//===----------------------------------------------------------------------===//
// The artifact
//===----------------------------------------------------------------------===//

static runtime::KernelArgument describeArgument(StringRef name, MemRefType type,
                                                int64_t promised) {
  runtime::KernelArgument argument;
  argument.name = name.str();
  auto orDynamic = [](int64_t size) {
    return ShapedType::isDynamic(size) ? runtime::kDynamic : size;
  };
  argument.sizes = {orDynamic(type.getDimSize(0)),
                    orDynamic(type.getDimSize(1))};
  argument.rowStride = orDynamic(type.getStridesAndOffset().first[0]);
  argument.rowAlignment = getRowAlignment(type, promised);
  return argument;
}

/// Reads geometry and parameters off the host side's launch.
static LogicalResult describeLaunch(ModuleOp module,
                                    const KernelRequest &request,
                                    runtime::Kernel &kernel) {
  SmallVector<gpu::LaunchFuncOp> launches;
  module.walk([&](gpu::LaunchFuncOp op) { launches.push_back(op); });
  if (launches.size() != 1)
    return module.emitError("expected one kernel, found ") << launches.size();
  gpu::LaunchFuncOp launch = launches.front();
  kernel.entry = launch.getKernelName().str();
  kernel.threads = getConstantIndex(launch.getBlockSizeX()).value_or(0);
  kernel.sharedBytes =
      getConstantIndex(launch.getDynamicSharedMemorySize()).value_or(0);
  static constexpr StringLiteral kNames[] = {"A", "B", "C"};
  for (Value operand : launch.getKernelOperands()) {
    if (auto alloc = operand.getDefiningOp<memref::AllocOp>();
        alloc && alloc->hasAttr(kWorkspaceAttrName)) {
      kernel.workspaceBytes = alloc.getType().getNumElements();
      kernel.workspaceZeroedBytes =
          alloc->getAttrOfType<IntegerAttr>(kWorkspaceAttrName).getInt();
      kernel.arguments.push_back({"workspace", {}, runtime::kDynamic, 1});
      continue;
    }
    auto argument = dyn_cast<BlockArgument>(operand);
    auto type = dyn_cast<MemRefType>(operand.getType());
    if (!argument || !type || argument.getArgNumber() >= std::size(kNames))
      return launch.emitOpError("expected the function's memrefs A, B and C as "
                                "the kernel's arguments");
    kernel.arguments.push_back(describeArgument(kNames[argument.getArgNumber()],
                                                type, request.rowAlignment));
  }
  return success();
}

/// Blocks beside those of C's tiles: with edges, what theirs are more, or less,
/// than the tiles that would stick out of C.
static int64_t countBlocksBesideTiles(linalg::MatmulOp matmul,
                                      ConfigAttr config) {
  if (!config.hasEdges())
    return countExtraBlocks(config);
  auto c = cast<ShapedType>(matmul.getOutputs()[0].getType());
  int64_t m = c.getDimSize(0), n = c.getDimSize(1);
  TilePlan plan(config, getElementTypeOrSelf(matmul.getInputs()[0]));
  return plan.countBlocks(m, n) - plan.countTiles(m, n);
}

/// Reads config and contract off the matmul, before it is lowered.
static LogicalResult describeDecision(ModuleOp module,
                                      runtime::Kernel &kernel) {
  ConfigAttr config;
  PrecisionAttr precision;
  module.walk([&](linalg::MatmulOp op) {
    if (auto found = op->getAttrOfType<ConfigAttr>(kConfigAttrName)) {
      config = found;
      precision = op->getAttrOfType<PrecisionAttr>(kPrecisionAttrName);
      kernel.extraBlocks = countBlocksBesideTiles(op, config);
    }
  });
  if (!config || !precision)
    return module.emitError(
        "found no product to compile: C has no elements, or "
        "K is 0");
  llvm::raw_string_ostream(kernel.config) << config;
  kernel.blockM = config.getBlockM();
  kernel.blockN = config.getBlockN();
  kernel.blocksPerTile = config.getSplitK();
  kernel.mostBlocks = config.getPersistentBlocks();
  kernel.rounding = static_cast<runtime::Rounding>(precision.getRounding());
  return success();
}

FailureOr<runtime::Kernel>
mlir::tt::compileModule(ModuleOp module, const KernelRequest &request,
                        const StageObserver &observe,
                        const PassManagerHook &hook) {
  PipelineOptions options;
  options.chip = request.chip;
  options.rowAlignment = request.rowAlignment;
  runtime::Kernel kernel;
  kernel.compiler = kCompilerVersion.str();
  kernel.elementType = request.elementType;
  const TargetInfo *target = TargetInfo::find(request.chip);
  if (!target)
    return module.emitError("unknown target '")
           << request.chip << "', expected one of " << TargetInfo::knownNames();
  kernel.chip = target->chip.str();
  kernel.target = target->name.str();
  kernel.targetFlops = int64_t(request.elementType == runtime::ElementType::f32
                                   ? target->tf32Flops
                                   : target->f16Flops);

  const BuildPipeline arrows[] = {
      buildTTToLinalgPipeline, buildLinalgToGPUPipeline,
      buildGPUToNVGPUPipeline, buildNVGPUToNVVMPipeline};
  for (auto [i, build] : llvm::enumerate(arrows)) {
    if (observe)
      observe(kStages[i], module);
    if (failed(runPipeline(module, build, options, hook)) ||
        (i == 0 && failed(describeDecision(module, kernel))))
      return failure();
  }
  if (observe)
    observe(kStages[std::size(arrows)], module);
  if (failed(describeLaunch(module, request, kernel)))
    return failure();

  auto serialize = [&](OpPassManager &pm, const PipelineOptions &options) {
    buildAttachTargetPipeline(pm, options);
    pm.addPass(createSerializeKernelPass(kernel, request.wantCubin));
  };
  if (failed(runPipeline(module, serialize, options, hook)))
    return failure();
  return kernel;
}

FailureOr<runtime::Kernel>
mlir::tt::compileKernel(MLIRContext &context, const KernelRequest &request,
                        const StageObserver &observe,
                        const PassManagerHook &hook) {
  OwningOpRef<ModuleOp> module =
      parseSourceString<ModuleOp>(getProblemText(request), &context);
  if (!module)
    return failure();
  return compileModule(*module, request, observe, hook);
}
