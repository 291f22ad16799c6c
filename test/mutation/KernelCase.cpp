//===- KernelCase.cpp - Compile a kernel, perhaps break it, run it --------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "KernelCase.h"

#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/Verifier.h"
#include "tt/Pipelines/Pipelines.h"
#include "tt/Runtime/RunKernel.h"
#include "tt/Target/StageLocations.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/JSON.h"

using namespace mlir;
using namespace mlir::tt;
using namespace mlir::tt::test;

runtime::Problem mlir::tt::test::makeProblem(int64_t m, int64_t n, int64_t k) {
  auto pad = [](int64_t size) { return (size / 8 + 1) * 8; };
  return {m, n, k, pad(m), pad(k), pad(n)};
}

runtime::Problem mlir::tt::test::makeDenseProblem(int64_t m, int64_t n,
                                                  int64_t k) {
  return {m, n, k, m, k, n};
}

bool Outcome::has(llvm::StringRef name) const {
  return llvm::is_contained(found, name);
}

static FailureOr<runtime::Kernel> compile(MLIRContext &context,
                                          const KernelCase &kernelCase,
                                          const Mutation &mutate) {
  KernelRequest request;
  request.problem = kernelCase.problem;
  if (kernelCase.dynamic) {
    constexpr int64_t d = runtime::kDynamic;
    request.problem = {d, d, d, d, d, d};
  }
  request.elementType = kernelCase.type;
  request.config = kernelCase.config;
  LogicalResult valid = success();
  auto observe = [&](StringRef stage, ModuleOp module) {
    if (stage == "mlir-nvgpu" && mutate) {
      mutate(module);
      valid = verify(module);
    }
    if (failed(trackLocations(stage, module)))
      valid = failure();
  };
  FailureOr<runtime::Kernel> kernel = compileKernel(context, request, observe);
  if (failed(valid))
    return failure();
  return kernel;
}

static int64_t getLoadConflicts(const std::string &measurements) {
  auto json = llvm::json::parse(measurements);
  if (!json) {
    llvm::consumeError(json.takeError());
    return 0;
  }
  return json->getAsObject()
      ->getObject("totals")
      ->getInteger(
          "l1tex__data_bank_conflicts_pipe_lsu_mem_shared_op_ld.sum")
      .value_or(0);
}

Outcome mlir::tt::test::runCase(const KernelCase &kernelCase,
                                const Mutation &mutate) {
  DialectRegistry registry;
  registerAllDialects(registry);
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  Outcome outcome;
  FailureOr<runtime::Kernel> kernel = compile(context, kernelCase, mutate);
  if (failed(kernel)) {
    outcome.found.push_back("error: does not compile");
    return outcome;
  }
  emulator::DeviceOptions options;
  options.checks = options.counters = true;
  options.schedules = kernelCase.schedules;
  auto device = emulator::openEmulatorDevice(options);
  auto report =
      runtime::runKernel(*device, *kernel, kernelCase.problem, {});
  for (const emulator::Finding &finding : emulator::getFindings(*device))
    outcome.found.push_back(emulator::getName(finding.check).str());
  if (!report) {
    outcome.text = report.error().message;
    if (outcome.found.empty())
      outcome.found.push_back("error: " + outcome.text);
    return outcome;
  }
  if (!report->verification->passed) {
    outcome.found.push_back("numbers");
    outcome.text += report->verification->failure;
  }
  if (getLoadConflicts(report->measurements) != 0)
    outcome.found.push_back("bank-conflicts");
  return outcome;
}
