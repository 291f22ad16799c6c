//===- Pipelines.h - The named pipelines, arrow by arrow --------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   tt --> linalg --> gpu tiles --> nvgpu --> nvvm --> PTX
//
// One pipeline for each arrow, and `tt-to-ptx` for all of them. They all run on
// a builtin.module. This is the only list of the order of passes.
//
//===----------------------------------------------------------------------===//

#ifndef TT_PIPELINES_PIPELINES_H
#define TT_PIPELINES_PIPELINES_H

#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassOptions.h"

namespace mlir::tt {

/// Options of every pipeline; each reads those that concern it.
struct PipelineOptions : public PassPipelineOptions<PipelineOptions> {
  PassOptions::Option<std::string> chip{
      *this, "chip", llvm::cl::init("sm_89"),
      llvm::cl::desc("GPU or chip of the target table to compile for, e.g. "
                     "rtx4090 or sm_89 (a tt.target on the module wins)")};
  PassOptions::Option<std::string> config{
      *this, "config", llvm::cl::init(""),
      llvm::cl::desc("#tt.config<...> for products that carry none; without it "
                     "one is chosen")};
  PassOptions::Option<int64_t> rowAlignment{
      *this, "row-alignment", llvm::cl::init(0),
      llvm::cl::desc("Promise that every row of A, B and C whose stride is "
                     "dynamic begins at a multiple of this many bytes (16 "
                     "allows the widest copies; 0: no promise)")};
  PassOptions::Option<std::string> format{
      *this, "format", llvm::cl::init("isa"),
      llvm::cl::desc("What gpu-module-to-binary makes: isa (PTX), llvm "
                     "(bitcode), bin (cubin, needs ptxas)")};
  PassOptions::Option<int64_t> optimizationLevel{
      *this, "opt-level", llvm::cl::init(3),
      llvm::cl::desc("Optimization level of LLVM's NVPTX backend, 0 to 3")};
};

/// tt -> linalg on memrefs: choose the config, convert, bufferize.
void buildTTToLinalgPipeline(OpPassManager &pm, const PipelineOptions &options);
/// linalg -> gpu tiles: blocks, shared memory, warps.
void buildLinalgToGPUPipeline(OpPassManager &pm,
                              const PipelineOptions &options);
/// gpu tiles -> nvgpu: fragments, mma, swizzle, pipelining, epilogue.
void buildGPUToNVGPUPipeline(OpPassManager &pm, const PipelineOptions &options);
/// nvgpu -> nvvm: outline kernels to gpu.module and convert them.
void buildNVGPUToNVVMPipeline(OpPassManager &pm,
                              const PipelineOptions &options);
/// What nvvm -> PTX begins with: says which chip the kernels are for.
void buildAttachTargetPipeline(OpPassManager &pm,
                               const PipelineOptions &options);
/// nvvm -> PTX in a gpu.binary.
void buildNVVMToPTXPipeline(OpPassManager &pm, const PipelineOptions &options);
/// All of the above.
void buildTTToPTXPipeline(OpPassManager &pm, const PipelineOptions &options);

/// Registers the pipelines under the names tt-to-linalg, linalg-to-gpu,
/// gpu-to-nvgpu, nvgpu-to-nvvm, nvvm-to-ptx and tt-to-ptx.
void registerPipelines();

/// Registers the passes and pipelines of this project, and the upstream passes
/// that the pipelines use.
void registerAllPasses();

/// Adds the dialects, interfaces and translations that the pipelines need.
void registerAllDialects(DialectRegistry &registry);

} // namespace mlir::tt

#endif // TT_PIPELINES_PIPELINES_H
