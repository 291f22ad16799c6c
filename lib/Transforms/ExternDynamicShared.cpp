//===- ExternDynamicShared.cpp - Declare dynamic shared memory extern -----===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// gpu.dynamic_shared_memory becomes an *internal* array of no elements, for
// which the NVPTX backend reserves one byte of static shared memory: a kernel
// that asks for all the shared memory of a block then asks for one byte too
// many. PTX wants `.extern .shared` (PTX ISA, "Dynamic shared memory").
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "tt/Transforms/Passes.h"

namespace mlir::tt {
#define GEN_PASS_DEF_EXTERNDYNAMICSHARED
#include "tt/Transforms/Passes.h.inc"
} // namespace mlir::tt

using namespace mlir;
using namespace mlir::tt;

namespace {

struct ExternDynamicShared
    : tt::impl::ExternDynamicSharedBase<ExternDynamicShared> {
  void runOnOperation() override {
    getOperation()->walk([](LLVM::GlobalOp global) {
      auto array = dyn_cast<LLVM::LLVMArrayType>(global.getGlobalType());
      bool isShared = global.getAddrSpace() ==
                      static_cast<unsigned>(NVVM::NVVMMemorySpace::Shared);
      if (isShared && array && array.getNumElements() == 0)
        global.setLinkage(LLVM::Linkage::External);
    });
  }
};

} // namespace
