//===- Pipelines.cpp - The named pipelines, arrow by arrow ----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tt/Pipelines/Pipelines.h"

#include "mlir/Conversion/AffineToStandard/AffineToStandard.h"
#include "mlir/Conversion/GPUToNVVM/GPUToNVVMPass.h"
#include "mlir/Conversion/NVGPUToNVVM/NVGPUToNVVM.h"
#include "mlir/Conversion/ReconcileUnrealizedCasts/ReconcileUnrealizedCasts.h"
#include "mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h"
#include "mlir/Dialect/Bufferization/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/Transforms/Passes.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Transforms/Passes.h"
#include "tt/Conversion/Passes.h"
#include "tt/Target/TargetInfo.h"
#include "tt/Transforms/Passes.h"

using namespace mlir;
using namespace mlir::tt;

void mlir::tt::buildTTToLinalgPipeline(OpPassManager &pm,
                                       const PipelineOptions &options) {
  // Choose first: everything later obeys what stands on the op.
  pm.addPass(createSelectConfig({options.chip, options.config}));
  pm.addPass(createConvertTTToLinalg());
  // Compute in the caller's C, not in a copy of it.
  pm.addPass(bufferization::createEmptyTensorEliminationPass());
  bufferization::OneShotBufferizePassOptions bufferize;
  bufferize.bufferizeFunctionBoundaries = true;
  // A loop may carry products.
  bufferize.allowReturnAllocsFromLoops = true;
  bufferize.functionBoundaryTypeConversion =
      bufferization::LayoutMapOption::IdentityLayoutMap;
  pm.addPass(bufferization::createOneShotBufferizePass(bufferize));
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
}

void mlir::tt::buildLinalgToGPUPipeline(OpPassManager &pm,
                                        const PipelineOptions &options) {
  pm.addPass(createTileToBlocks());
  pm.addPass(createStageOperands({options.rowAlignment}));
  pm.addPass(createGuardTiles());
  pm.addPass(createMapToWarps());
}

void mlir::tt::buildGPUToNVGPUPipeline(OpPassManager &pm,
                                       const PipelineOptions &options) {
  pm.addPass(createLowerToMma());
  pm.addPass(createRoundOperands());
  // Takes away the subviews that only the matmul used.
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createSwizzleShared());
  pm.addPass(createFlattenShared());
  // What depends on the lane only leaves the loop, and equal addresses become
  // one, before the loop's ops are put in order.
  pm.addPass(createCSEPass());
  pm.addPass(createLoopInvariantCodeMotionPass());
  pm.addPass(createAssignStages());
  pm.addPass(createPipelineCopies());
  pm.addPass(createLowerRounding());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  // What the expansion left as iv + step * c is iv + c now.
  pm.addPass(createCountSlots());
  pm.addPass(createNestTiles());
  pm.addPass(createPinFragmentLoads());
  pm.addPass(createRepairRows());
  pm.addPass(createCombineSums());
  pm.addPass(createLowerEpilogue({options.rowAlignment}));
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  pm.addPass(createVerifyKernel({options.chip}));
}

void mlir::tt::buildNVGPUToNVVMPipeline(OpPassManager &pm,
                                        const PipelineOptions &options) {
  pm.addPass(createIsolateKernel());
  pm.addPass(createFuseEdges());
  pm.addPass(createGpuKernelOutliningPass());
  OpPassManager &kernel = pm.nest<gpu::GPUModuleOp>();
  kernel.addPass(createLowerBf16Mma());
  kernel.addPass(createConvertNVGPUToNVVMPass());
  kernel.addPass(memref::createExpandStridedMetadataPass());
  kernel.addPass(createLowerAffinePass());
  kernel.addPass(createSCFToControlFlowPass());
  kernel.addPass(createConvertGpuOpsToNVVMOps());
  kernel.addPass(createCanonicalizerPass());
  kernel.addPass(createCSEPass());
  kernel.addPass(createReconcileUnrealizedCastsPass());
  kernel.addPass(createExternDynamicShared());
  // The host keeps nothing of what the kernels took over.
  pm.addPass(createCanonicalizerPass());
}

/// Chip and PTX feature of a GPU go together: the backend aborts where they do
/// not fit. An unknown name was already refused by tt-select-config.
void mlir::tt::buildAttachTargetPipeline(OpPassManager &pm,
                                         const PipelineOptions &options) {
  const TargetInfo *target = TargetInfo::find(options.chip);
  if (!target)
    return;
  GpuNVVMAttachTargetOptions attach;
  attach.chip = target->chip.str();
  attach.features = target->ptxFeature.str();
  attach.optLevel = options.optimizationLevel;
  pm.addPass(createGpuNVVMAttachTarget(attach));
}

void mlir::tt::buildNVVMToPTXPipeline(OpPassManager &pm,
                                      const PipelineOptions &options) {
  buildAttachTargetPipeline(pm, options);
  GpuModuleToBinaryPassOptions binary;
  binary.compilationTarget = options.format;
  pm.addPass(createGpuModuleToBinaryPass(binary));
}

void mlir::tt::buildTTToPTXPipeline(OpPassManager &pm,
                                    const PipelineOptions &options) {
  buildTTToLinalgPipeline(pm, options);
  buildLinalgToGPUPipeline(pm, options);
  buildGPUToNVGPUPipeline(pm, options);
  buildNVGPUToNVVMPipeline(pm, options);
  buildNVVMToPTXPipeline(pm, options);
}

void mlir::tt::registerPipelines() {
  PassPipelineRegistration<PipelineOptions>(
      "tt-to-linalg", "Choose configs, lower tt to linalg and bufferize",
      buildTTToLinalgPipeline);
  PassPipelineRegistration<PipelineOptions>(
      "linalg-to-gpu", "Tile to blocks, stage in shared memory, map to warps",
      buildLinalgToGPUPipeline);
  PassPipelineRegistration<PipelineOptions>(
      "gpu-to-nvgpu", "Lower to ldmatrix and mma.sync, swizzle and pipeline",
      buildGPUToNVGPUPipeline);
  PassPipelineRegistration<PipelineOptions>(
      "nvgpu-to-nvvm", "Outline the kernels and convert them to nvvm",
      buildNVGPUToNVVMPipeline);
  PassPipelineRegistration<PipelineOptions>(
      "nvvm-to-ptx", "Compile the kernels to PTX", buildNVVMToPTXPipeline);
  PassPipelineRegistration<PipelineOptions>(
      "tt-to-ptx", "The whole way from tt.matmul_transposed to PTX",
      buildTTToPTXPipeline);
}
