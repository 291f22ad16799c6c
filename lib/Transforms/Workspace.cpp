//===- Workspace.cpp - Memory that the blocks of a kernel share -----------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tt/Transforms/Workspace.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace mlir::tt;

/// Of the workspace, as cudaMalloc gives it.
static constexpr int64_t kWorkspaceAlignment = 256;

Workspace Workspace::getOrCreate(gpu::LaunchOp launch, const TilePlan &plan,
                                 MemRefType c) {
  WorkspaceLayout layout = plan.getWorkspace(c.getDimSize(0), c.getDimSize(1));
  for (auto alloc : launch->getBlock()->getOps<memref::AllocOp>())
    if (alloc->hasAttr(kWorkspaceAttrName) &&
        llvm::any_of(alloc->getUsers(), [&](Operation *user) {
          return launch->isProperAncestor(user);
        }))
      return {alloc, layout};
  ImplicitLocOpBuilder b(launch.getLoc(), launch);
  auto type = MemRefType::get({layout.bytes}, b.getI8Type());
  auto buffer = memref::AllocOp::create(
      b, type, b.getI64IntegerAttr(kWorkspaceAlignment));
  buffer->setAttr(kWorkspaceAttrName, b.getI64IntegerAttr(layout.zeroedBytes));
  Value zero = arith::ConstantIntOp::create(b, 0, /*width=*/8);
  auto attr = [&](int64_t value) -> OpFoldResult {
    return b.getIndexAttr(value);
  };
  Value head = memref::SubViewOp::create(
      b, buffer, SmallVector<OpFoldResult>{attr(0)},
      SmallVector<OpFoldResult>{attr(layout.zeroedBytes)},
      SmallVector<OpFoldResult>{attr(1)});
  linalg::FillOp::create(b, zero, head);
  b.setInsertionPointAfter(launch);
  memref::DeallocOp::create(b, buffer);
  return {buffer, layout};
}

Value Workspace::view(ImplicitLocOpBuilder &b, int64_t firstByte, int64_t count,
                      Type type) const {
  Value byte = arith::ConstantIndexOp::create(b, firstByte);
  return memref::ViewOp::create(b, MemRefType::get({count}, type), buffer, byte,
                                ValueRange{});
}

/// fence.acq_rel.gpu: orders this thread's memory accesses, and those it has
/// seen of others, for all threads of the GPU (PTX ISA, membar and fence).
static void fence(ImplicitLocOpBuilder &b) {
  LLVM::FenceOp::create(b, LLVM::AtomicOrdering::acq_rel,
                        /*syncscope=*/"device");
}

/// Adds one to the i32 at `position` of `counter`; the value before. Memory
/// that this block has written before is visible to whoever sees the new value,
/// and the other way round. NVPTX makes `acq_rel` a relaxed `atom`, hence the
/// fences.
static Value countUp(ImplicitLocOpBuilder &b, Value counter, Value position) {
  IndexBuilder index(b);
  Value first = memref::ExtractAlignedPointerAsIndexOp::create(b, counter);
  Value address = index.add(first, index.mul(position, 4));
  Value pointer = LLVM::IntToPtrOp::create(
      b, LLVM::LLVMPointerType::get(b.getContext()),
      Value(arith::IndexCastOp::create(b, b.getI64Type(), address)));
  Value one = arith::ConstantIntOp::create(b, 1, /*width=*/32);
  fence(b);
  Value before = LLVM::AtomicRMWOp::create(b, LLVM::AtomicBinOp::add, pointer,
                                           one, LLVM::AtomicOrdering::monotonic,
                                           /*syncscope=*/"device");
  fence(b);
  return before;
}

Value mlir::tt::viewDynamicShared(ImplicitLocOpBuilder &b, int64_t count,
                                  Type type) {
  auto space =
      gpu::AddressSpaceAttr::get(b.getContext(), gpu::AddressSpace::Workgroup);
  Value bytes = gpu::DynamicSharedMemoryOp::create(
      b, MemRefType::get({ShapedType::kDynamic}, b.getI8Type(),
                         MemRefLayoutAttrInterface(), space));
  Value first = arith::ConstantIndexOp::create(b, 0);
  return memref::ViewOp::create(
      b, MemRefType::get({count}, type, MemRefLayoutAttrInterface(), space),
      bytes, first, ValueRange{});
}

Value mlir::tt::arriveLast(ImplicitLocOpBuilder &b, gpu::LaunchOp launch,
                           Value counter, Value position, Value blocks) {
  IndexBuilder index(b), narrow(b, b.getI32Type());
  Value zero = index.constant(0);
  Value verdict = viewDynamicShared(b, /*count=*/1, b.getI32Type());

  gpu::BarrierOp::create(b);
  Value isFirst = arith::CmpIOp::create(b, arith::CmpIPredicate::eq,
                                        launch.getThreadIds().x, zero);
  auto ifFirst = scf::IfOp::create(b, isFirst);
  b.setInsertionPointToStart(ifFirst.thenBlock());
  Value before = countUp(b, counter, position);
  Value isLast = arith::CmpIOp::create(b, arith::CmpIPredicate::eq, before,
                                       narrow.sub(narrow.cast(blocks), 1));
  memref::StoreOp::create(b, arith::ExtUIOp::create(b, b.getI32Type(), isLast),
                          verdict, zero);
  auto ifLast = scf::IfOp::create(b, isLast);
  b.setInsertionPointToStart(ifLast.thenBlock());
  memref::StoreOp::create(b, arith::ConstantIntOp::create(b, 0, /*width=*/32),
                          counter, position);
  b.setInsertionPointAfter(ifFirst);
  gpu::BarrierOp::create(b);
  Value found = memref::LoadOp::create(b, verdict, zero);
  return arith::CmpIOp::create(b, arith::CmpIPredicate::ne, found,
                               arith::ConstantIntOp::create(b, 0, 32));
}
