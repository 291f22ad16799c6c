//===- PinFragmentLoads.cpp - Loads stay in the iteration they are in -----===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The first fragments of the next k-tile are loaded before the last k-step's
// mma, so that their latency hides under it. To LLVM, ordinary loads there that
// only the next iteration uses are better done in the next iteration
// (InstCombine makes a phi of loads a load of a phi), unless something between
// them and the end of the body may write memory.
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/NVGPU/IR/NVGPUDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "tt/Transforms/KernelUtils.h"
#include "tt/Transforms/Passes.h"

namespace mlir::tt {
#define GEN_PASS_DEF_PINFRAGMENTLOADS
#include "tt/Transforms/Passes.h.inc"
} // namespace mlir::tt

using namespace mlir;
using namespace mlir::tt;

namespace {

struct PinFragmentLoads : tt::impl::PinFragmentLoadsBase<PinFragmentLoads> {
  void runOnOperation() override {
    for (gpu::LaunchOp launch : collectLaunches(getOperation()))
      launch.walk([&](scf::ForOp loop) {
        if (!loop.getBody()->getOps<nvgpu::MmaSyncOp>().empty())
          pin(loop);
      });
  }

private:
  static void pin(scf::ForOp loop) {
    ImplicitLocOpBuilder b(loop.getLoc(), loop.getBody()->getTerminator());
    createEmptyAssembly(b, TypeRange{}, ValueRange{}, "~{memory}",
                        /*hasSideEffects=*/true);
  }
};

} // namespace
