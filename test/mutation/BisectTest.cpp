//===- BisectTest.cpp - The bisection names a pass that breaks numbers ----===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tt/Host/Bisect.h"
#include "Mutations.h"

#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassManager.h"
#include "tt/Dialect/TT/IR/TTDialect.h"
#include "tt/Emulator/EmulatorDevice.h"
#include "tt/Target/CompileKernel.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace mlir::tt;
using namespace mlir::tt::test;

namespace {

/// A pass that does `function` to the module.
class TestPass : public PassWrapper<TestPass, OperationPass<ModuleOp>> {
public:
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(TestPass)
  using Function = void (*)(ModuleOp);
  explicit TestPass(Function function) : function(function) {}
  StringRef getArgument() const final { return "test-break"; }
  void runOnOperation() override { function(getOperation()); }

private:
  Function function;
};

} // namespace

/// A and B change places, which square sizes allow.
static void exchangeOperands(ModuleOp module) {
  module.walk([](MatmulTransposedOp product) {
    Value a = product->getOperand(0);
    product->setOperand(0, product->getOperand(1));
    product->setOperand(1, a);
  });
}

/// Puts a breaking pass before all of ours, or behind the nvgpu stage.
static std::string findBrokenPass(TestPass::Function broken, bool first,
                                  std::string config = "") {
  DialectRegistry registry;
  registerAllDialects(registry);
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  KernelRequest request;
  request.problem = {48, 48, 48, 48, 48, 48};
  request.elementType = runtime::ElementType::f16;
  request.config = std::move(config);
  OwningOpRef<ModuleOp> module =
      parseSourceString<ModuleOp>(getProblemText(request), &context);
  auto device = emulator::openEmulatorDevice();
  PipelineOptions options;
  options.format = "llvm";
  FunctionRun run;
  run.entry = "matmul";
  run.input = runtime::InputKind::integers;
  auto build = [&](OpPassManager &pm, const PipelineOptions &pipeline) {
    if (broken && first)
      pm.addPass(std::make_unique<TestPass>(broken));
    buildTTToLinalgPipeline(pm, pipeline);
    buildLinalgToGPUPipeline(pm, pipeline);
    buildGPUToNVGPUPipeline(pm, pipeline);
    if (broken && !first)
      pm.addPass(std::make_unique<TestPass>(broken));
    buildNVGPUToNVVMPipeline(pm, pipeline);
  };
  auto steps = bisect(*module, *device, options, run, build);
  if (!steps)
    return "error: " + steps.error().message;
  const BisectStep *culprit = findCulprit(*steps);
  return culprit ? culprit->pass : "";
}

TEST(Bisect, NamesNoPassOfOurs) {
  EXPECT_EQ(findBrokenPass(nullptr, false), "");
}

/// Before their sums are added, blocks and slices store over each other's.
/// Persistent blocks store in the middle of a loop, and edges are launches of
/// their own at first.
TEST(Bisect, NamesNoPassThatDividesSums) {
  for (const char *parts : {"stream_k = [3, 4]", "split_k = 2", "k_slices = 2",
                            "persistent_blocks = 2", "edge = [16, 16]"})
    EXPECT_EQ(findBrokenPass(nullptr, false,
                             std::string("#tt.config<block = [32, 32, 64], "
                                         "warp = [16, 16], stages = 2, ") +
                                 parts + ">"),
              "")
        << parts;
}

TEST(Bisect, NamesThePassThatBreaksAKernel) {
  EXPECT_EQ(findBrokenPass(forgetSwizzleOfReads, false), "test-break");
}

TEST(Bisect, NamesThePassThatBreaksTheOp) {
  EXPECT_EQ(findBrokenPass(exchangeOperands, true), "test-break");
}
