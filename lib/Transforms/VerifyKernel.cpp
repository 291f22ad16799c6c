//===- VerifyKernel.cpp - The last gate before nvvm -----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the conversion to nvvm or the GPU itself would refuse, with a worse
// message or none, is refused here. tt-select-config already keeps our own
// kernels within the limits; this pass guards hand-written or edited IR.
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/NVGPU/IR/NVGPUDialect.h"
#include "tt/Transforms/ChooseConfig.h"
#include "tt/Transforms/KernelUtils.h"
#include "tt/Transforms/Passes.h"

namespace mlir::tt {
#define GEN_PASS_DEF_VERIFYKERNEL
#include "tt/Transforms/Passes.h.inc"
} // namespace mlir::tt

using namespace mlir;
using namespace mlir::tt;

static LogicalResult verifyThreads(gpu::LaunchOp launch,
                                   const TargetInfo &target) {
  int64_t threads = 1;
  for (Value size : {launch.getBlockSizeX(), launch.getBlockSizeY(),
                     launch.getBlockSizeZ()}) {
    std::optional<int64_t> known = getConstantIndex(size);
    if (!known)
      return launch.emitOpError("expected a constant number of threads");
    threads *= *known;
  }
  if (threads < 1 || threads > target.threadsPerBlock)
    return launch.emitOpError("has ")
           << threads << " threads a block, " << target.name << " allows 1 to "
           << target.threadsPerBlock;
  return success();
}

static LogicalResult verifySharedBytes(gpu::LaunchOp launch,
                                       const TargetInfo &target) {
  Value size = launch.getDynamicSharedMemorySize();
  std::optional<int64_t> bytes = size ? getConstantIndex(size) : 0;
  if (!bytes)
    return launch.emitOpError("expected a constant number of bytes of dynamic "
                              "shared memory");
  if (*bytes < 0 || *bytes > target.sharedBytesPerBlock)
    return launch.emitOpError("asks for ")
           << *bytes << " bytes of shared memory, " << target.name << " allows "
           << target.sharedBytesPerBlock << " a block";
  return success();
}

static LogicalResult verifyOp(Operation *op) {
  StringRef dialect = op->getName().getDialectNamespace();
  if (dialect == "tt" || dialect == "linalg")
    return op->emitOpError("is left in a kernel; run the passes that lower it "
                           "before tt-verify-kernel");
  auto copy = dyn_cast<nvgpu::DeviceAsyncCopyOp>(op);
  if (!copy)
    return success();
  int64_t bytes =
      copy.getDstElements().getSExtValue() *
      cast<MemRefType>(copy.getDst().getType()).getElementTypeBitWidth() / 8;
  if (bytes != 4 && bytes != 8 && bytes != 16)
    return op->emitOpError("copies ")
           << bytes << " bytes, cp.async moves 4, 8 or 16";
  return success();
}

namespace {

struct VerifyKernel : tt::impl::VerifyKernelBase<VerifyKernel> {
  using VerifyKernelBase::VerifyKernelBase;

  void runOnOperation() override {
    FailureOr<const TargetInfo *> target =
        getTarget(getOperation(), this->target);
    if (failed(target))
      return signalPassFailure();
    for (gpu::LaunchOp launch : collectLaunches(getOperation())) {
      bool failedOp = failed(verifyThreads(launch, **target)) ||
                      failed(verifySharedBytes(launch, **target));
      launch.walk([&](Operation *op) { failedOp |= failed(verifyOp(op)); });
      if (failedOp)
        return signalPassFailure();
    }
  }
};

} // namespace
