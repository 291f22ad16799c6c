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
#include "mlir/Dialect/LLVMIR/Transforms/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "tt/Host/Bisect.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

using namespace mlir;
using namespace mlir::tt;

static LogicalResult
lowerModule(ModuleOp module, const PipelineOptions &options, bool locations) {
  PassManager pm(module.getContext(), ModuleOp::getOperationName());
  buildTTToNVVM(pm, options);
  if (locations)
    pm.addPass(LLVM::createDIScopeForLLVMFuncOpPass());
  buildNVVMToPTXPipeline(pm, options);
  host::buildHostPipeline(pm);
  return pm.run(module);
}

static runtime::Result<FunctionReport::Value>
describeValue(const host::CallOutputs::Value &value, std::string name,
              std::string file) {
  FunctionReport::Value result;
  result.name = std::move(name);
  result.sizes = value.array.shape;
  llvm::raw_string_ostream(result.elementType) << value.elementType;
  result.isScalar = value.isScalar;
  result.sum = value.sum;
  result.file = std::move(file);
  if (!result.file.empty())
    if (auto s = runtime::writeNpyArray(result.file, value.array); !s)
      return s.error();
  return result;
}

runtime::Result<FunctionReport>
mlir::tt::runFunction(ModuleOp module, runtime::Device &device,
                      const PipelineOptions &options, const FunctionRun &run) {
  auto signature = host::readSignature(module, run);
  if (!signature)
    return signature.error();
  if (failed(lowerModule(module, options, run.locations)))
    return runtime::Error{"'" + run.entry + "' could not be compiled"};
  auto outputs = host::callFunction(module, *signature, device, run);
  if (!outputs)
    return outputs.error();
  FunctionReport report{run.entry, device.getName(), outputs->launches, {}};
  for (auto [i, value] : llvm::enumerate(outputs->values)) {
    auto described =
        describeValue(value, outputs->what + (" " + std::to_string(i)),
                      i < run.outputs.size() ? run.outputs[i] : "");
    if (!described)
      return described.error();
    report.values.push_back(std::move(*described));
  }
  return report;
}

//===----------------------------------------------------------------------===//
// Reports
//===----------------------------------------------------------------------===//

std::string mlir::tt::formatReport(const FunctionReport &report) {
  std::string text =
      llvm::formatv("entry     {0}, {1} kernel launches on {2}\n", report.entry,
                    report.launches, report.device);
  for (const FunctionReport::Value &value : report.values) {
    text += value.name + "  ";
    if (value.isScalar)
      text += llvm::formatv("{0} {1}", value.elementType,
                            llvm::format("%.9g", value.sum));
    else
      text += llvm::formatv("{0} {1}, sum {2:e6}",
                            runtime::formatShape(value.sizes),
                            value.elementType, value.sum);
    if (!value.file.empty())
      text += ", written to " + value.file;
    text += "\n";
  }
  return text;
}

std::string mlir::tt::formatReportJson(const FunctionReport &report) {
  llvm::json::Array values;
  for (const FunctionReport::Value &value : report.values)
    values.push_back(llvm::json::Object{{"name", value.name},
                                        {"sizes", value.sizes},
                                        {"type", value.elementType},
                                        {"sum", value.sum},
                                        {"file", value.file}});
  llvm::json::Value json =
      llvm::json::Object{{"entry", report.entry},
                         {"device", report.device},
                         {"launches", int64_t(report.launches)},
                         {"values", std::move(values)}};
  return llvm::formatv("{0}\n", json);
}
