//===- CompileKernel.h - From a problem to a kernel artifact ----*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_TARGET_COMPILEKERNEL_H
#define TT_TARGET_COMPILEKERNEL_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "tt/Runtime/Kernel.h"
#include <functional>

namespace mlir {
class PassManager;
} // namespace mlir

namespace mlir::tt {

/// One product to compile a kernel for. A size or stride that is
/// runtime::kDynamic becomes a parameter of the kernel.
struct KernelRequest {
  runtime::Problem problem;
  runtime::ElementType elementType = runtime::ElementType::f32;
  std::string precision; ///< "#tt.precision<...>"; empty: the type's default
  std::string config;    ///< "#tt.config<...>"; empty: chosen
  std::string chip = "sm_89"; ///< GPU or chip of the target table
  int64_t rowAlignment = 0;   ///< promise about dynamic strides, bytes
  bool wantCubin = false;     ///< needs ptxas
};

/// The compiler's name and version, part of every kernel file.
StringRef getCompilerVersion();

/// Whether there is a ptxas where gpu-module-to-binary looks for it.
bool hasPtxas();

/// The stages of the way down, in order, as `--emit` and `--dump-stages` name
/// them: what the module is after each arrow.
inline constexpr const char *kStages[] = {"mlir-tt", "mlir-linalg", "mlir-gpu",
                                          "mlir-nvgpu", "mlir-nvvm"};

/// Called with the module at each stage.
using StageObserver = std::function<void(StringRef stage, ModuleOp module)>;
/// Called on each pass manager before it runs, e.g. to set up timing.
using PassManagerHook = std::function<void(PassManager &)>;

/// The MLIR text of a function that computes the request's product from and to
/// memrefs: func @matmul(A, B, C).
std::string getProblemText(const KernelRequest &request);

/// Compiles a request. Errors are diagnostics of the context.
FailureOr<runtime::Kernel> compileKernel(MLIRContext &context,
                                         const KernelRequest &request,
                                         const StageObserver &observe = {},
                                         const PassManagerHook &hook = {});

/// Compiles the kernel of a module of one function on memrefs A, B and C, as
/// getProblemText makes it.
FailureOr<runtime::Kernel> compileModule(ModuleOp module,
                                         const KernelRequest &request,
                                         const StageObserver &observe = {},
                                         const PassManagerHook &hook = {});

} // namespace mlir::tt

#endif // TT_TARGET_COMPILEKERNEL_H
