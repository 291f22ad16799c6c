//===- KernelMatmul.h - The matmul inside a kernel --------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_TRANSFORMS_KERNELMATMUL_H
#define TT_TRANSFORMS_KERNELMATMUL_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "tt/Transforms/KernelUtils.h"

namespace mlir::tt {

/// The products that `tt-tile-to-blocks` made of `op`'s kernels, one for each
/// gpu.launch that carries a config, with that launch.
struct KernelMatmul {
  gpu::LaunchOp launch;
  linalg::MatmulOp matmul;
  ConfigAttr config;
  /// Element type of A and B.
  Type elementType;
};
SmallVector<KernelMatmul> collectKernelMatmuls(Operation *op);

} // namespace mlir::tt

#endif // TT_TRANSFORMS_KERNELMATMUL_H
