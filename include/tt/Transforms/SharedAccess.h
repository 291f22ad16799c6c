//===- SharedAccess.h - Addresses in shared memory --------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_TRANSFORMS_SHAREDACCESS_H
#define TT_TRANSFORMS_SHAREDACCESS_H

#include "tt/Transforms/KernelUtils.h"

namespace mlir::tt {

/// The operands that index `buffer` in `op`; nothing for an op that is not an
/// access to shared memory that our passes make.
std::optional<MutableOperandRange> getAccessIndices(Operation *op,
                                                    Value buffer);

/// Whether `op` loads a single element of shared memory, which is looked at for
/// NaN (tt-guard-tiles). Other single elements that a loop loads come from
/// global memory (tt-stage-operands).
bool isLookLoad(Operation *op);

/// The bits of an index that can be set, as far as arithmetic on thread ids and
/// constants shows.
uint64_t getPossibleBits(Value value);

/// Takes the constants out of the sum `value`: returns theirs and leaves the
/// rest.
int64_t splitConstant(ImplicitLocOpBuilder &b, Value &value);

} // namespace mlir::tt

#endif // TT_TRANSFORMS_SHAREDACCESS_H
