//===- tt-plugin.cpp - Dialect, passes and pipelines for mlir-opt ---------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   mlir-opt-22 --load-dialect-plugin=TTPlugin.so
//     --pass-pipeline='builtin.module(tt-to-ptx{chip=sm_89})' input.mlir
//
// The one flag loads the dialect and registers the passes. Passes of a plugin
// are reached through --pass-pipeline only.
//
//===----------------------------------------------------------------------===//

#include "mlir/Config/mlir-config.h"
#include "mlir/Tools/Plugins/DialectPlugin.h"
#include "mlir/Tools/Plugins/PassPlugin.h"
#include "tt/Conversion/Passes.h"
#include "tt/Dialect/TT/IR/TTDialect.h"
#include "tt/Pipelines/Pipelines.h"
#include "tt/Transforms/Passes.h"

/// The host has registered its own passes: only ours are added.
static void registerOwnPasses() {
  mlir::tt::registerTTConversionPasses();
  mlir::tt::registerTTTransformsPasses();
  mlir::tt::registerPipelines();
}

extern "C" LLVM_ATTRIBUTE_WEAK mlir::DialectPluginLibraryInfo
mlirGetDialectPluginInfo() {
  return {MLIR_PLUGIN_API_VERSION, "TTPlugin", LLVM_VERSION_STRING,
          [](mlir::DialectRegistry *registry) {
            registry->insert<mlir::tt::TTDialect>();
            registerOwnPasses();
          }};
}

extern "C" LLVM_ATTRIBUTE_WEAK mlir::PassPluginLibraryInfo
mlirGetPassPluginInfo() {
  return {MLIR_PLUGIN_API_VERSION, "TTPlugin", LLVM_VERSION_STRING,
          registerOwnPasses};
}
