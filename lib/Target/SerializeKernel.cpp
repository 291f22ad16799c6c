//===- SerializeKernel.cpp - One run of LLVM for all of a kernel ----------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// gpu-module-to-binary makes one format a run, and runs LLVM for each:
//
//   nvvm -> LLVM IR -> optimized LLVM IR -> PTX -> cubin
//                      ("llvm")            ("isa")  ("bin")
//
// Each is a step on the way to the next. Here all that come before the last one
// are kept as they are made.
//
//===----------------------------------------------------------------------===//

#include "tt/Target/SerializeKernel.h"

#include "mlir/Dialect/GPU/IR/CompilationInterfaces.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/GPU/Transforms/Passes.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace mlir::tt;

namespace {

class SerializeKernel
    : public PassWrapper<SerializeKernel, OperationPass<ModuleOp>> {
public:
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(SerializeKernel)

  SerializeKernel(runtime::Kernel &kernel, bool wantCubin)
      : kernel(kernel), wantCubin(wantCubin) {}

  StringRef getName() const override { return "SerializeKernel"; }

  void runOnOperation() override {
    auto keepBitcode = [&](llvm::Module &module) {
      llvm::raw_string_ostream stream(kernel.bitcode);
      llvm::WriteBitcodeToFile(module, stream);
    };
    auto keepPTX = [&](StringRef ptx) { kernel.ptx = ptx.str(); };
    gpu::TargetOptions options(
        /*toolkitPath=*/{}, /*librariesToLink=*/{}, /*cmdOptions=*/{},
        /*elfSection=*/{},
        wantCubin ? gpu::CompilationTarget::Binary
                  : gpu::CompilationTarget::Assembly,
        /*getSymbolTableCallback=*/{}, /*initialLlvmIRCallback=*/{},
        /*linkedLlvmIRCallback=*/{}, keepBitcode, keepPTX);
    if (failed(gpu::transformGpuModulesToBinaries(
            getOperation(), /*handler=*/nullptr, options)))
      return signalPassFailure();
    if (wantCubin)
      getOperation().walk(
          [&](gpu::BinaryOp binary) { kernel.cubin = getObject(binary); });
  }

private:
  static std::string getObject(gpu::BinaryOp binary) {
    auto object = cast<gpu::ObjectAttr>(binary.getObjects()[0]);
    return object.getObject().getValue().str();
  }

  runtime::Kernel &kernel;
  bool wantCubin;
};

} // namespace

std::unique_ptr<Pass>
mlir::tt::createSerializeKernelPass(runtime::Kernel &kernel, bool wantCubin) {
  return std::make_unique<SerializeKernel>(kernel, wantCubin);
}
