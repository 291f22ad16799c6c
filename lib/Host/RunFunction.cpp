//===- RunFunction.cpp - Run a host function around kernels ---------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   our pipelines -> gpu.binary   the kernels, as the device wants them
//   loops, gpu-to-llvm            the rest, for the host
//   LLVM IR -> ORC                with the functions of MgpuRuntime.cpp
//
//===----------------------------------------------------------------------===//

#include "tt/Host/RunFunction.h"

#include "CallFunction.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace mlir::tt;

static LogicalResult lowerModule(ModuleOp module,
                                 const PipelineOptions &options) {
  PassManager pm(module.getContext(), ModuleOp::getOperationName());
  buildTTToPTXPipeline(pm, options);
  host::buildHostPipeline(pm);
  return pm.run(module);
}

static runtime::Result<std::string>
writeOutputs(const host::CallOutputs &outputs, const FunctionRun &run) {
  if (run.outputs.size() > outputs.values.size())
    return runtime::Error{llvm::formatv(
        "{0} output files for {1} {2}s", run.outputs.size(),
        outputs.values.size(), outputs.what)};
  std::string report;
  for (auto [i, matrix] : llvm::enumerate(outputs.values)) {
    double sum = 0;
    for (int64_t row = 0; row < matrix.rows; ++row)
      for (int64_t column = 0; column < matrix.columns; ++column)
        sum += matrix.get(row, column);
    report += llvm::formatv("{0} {1}  {2} x {3} {4}, sum {5:e6}", outputs.what,
                            i, matrix.rows, matrix.columns,
                            runtime::getName(matrix.type), sum);
    if (i < run.outputs.size()) {
      if (auto s = runtime::writeNpy(run.outputs[i], matrix); !s)
        return s.error();
      report += ", written to " + run.outputs[i];
    }
    report += "\n";
  }
  return report;
}

runtime::Result<std::string> mlir::tt::runFunction(
    ModuleOp module, runtime::Device &device, const PipelineOptions &options,
    const FunctionRun &run) {
  auto entry = module.lookupSymbol<func::FuncOp>(run.entry);
  if (!entry || entry.isExternal())
    return runtime::Error{"the module defines no function '" + run.entry + "'"};
  auto signature = host::readSignature(entry);
  if (!signature)
    return signature.error();
  entry->setAttr(LLVM::LLVMDialect::getEmitCWrapperAttrName(),
                 UnitAttr::get(module.getContext()));
  if (failed(lowerModule(module, options)))
    return runtime::Error{"'" + run.entry + "' could not be compiled"};
  auto outputs = host::callFunction(module, *signature, device, run);
  if (!outputs)
    return outputs.error();
  auto report = writeOutputs(*outputs, run);
  if (!report)
    return report;
  return llvm::formatv("entry     {0}, {1} kernel launches on {2}\n{3}",
                       run.entry, outputs->launches, device.getName(), *report)
      .str();
}
