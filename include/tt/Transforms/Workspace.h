//===- Workspace.h - Memory that the blocks of a kernel share ---*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_TRANSFORMS_WORKSPACE_H
#define TT_TRANSFORMS_WORKSPACE_H

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "tt/Transforms/KernelUtils.h"
#include "tt/Transforms/TilePlan.h"

namespace mlir::tt {

/// The workspace of a launch (TilePlan.h draws its layout).
class Workspace {
public:
  /// The workspace of `launch`, whose C is of static type `c`. The first call
  /// for a launch makes it: memory that the host allocates and zeroes before
  /// the launch and frees after it. The kernel takes it as a parameter, and
  /// leaves the zeroed part zero, so that a host may keep it from launch to
  /// launch.
  static Workspace getOrCreate(gpu::LaunchOp launch, const TilePlan &plan,
                               MemRefType c);

  const WorkspaceLayout &getLayout() const { return layout; }
  /// `count` elements of `type`, `firstByte` bytes into the workspace.
  Value view(ImplicitLocOpBuilder &b, int64_t firstByte, int64_t count,
             Type type) const;

private:
  Workspace(Value buffer, WorkspaceLayout layout)
      : buffer(buffer), layout(layout) {}
  Value buffer;
  WorkspaceLayout layout;
};

/// `count` elements of `type` at the start of dynamic shared memory.
Value viewDynamicShared(ImplicitLocOpBuilder &b, int64_t count, Type type);

/// Ends the work of this block on something that `blocks` (index) share, and
/// returns (i1, the same in every thread) whether it is the last of them: then
/// what the others have stored can be read. The last one resets `counter`, an
/// i32 at `position`. All threads of the block must come here; the first bytes
/// of dynamic shared memory are used.
Value arriveLast(ImplicitLocOpBuilder &b, gpu::LaunchOp launch, Value counter,
                 Value position, Value blocks);

} // namespace mlir::tt

#endif // TT_TRANSFORMS_WORKSPACE_H
