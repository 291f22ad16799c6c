//===- BankModel.h - Cost of one warp's access to memory --------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Shared memory has 32 banks of 4 bytes; in one wavefront each bank delivers one
// word, to however many lanes. A request of at most 4 bytes a lane needs one
// wavefront if no bank holds two of its words. 8 bytes a lane are served in two
// halves of the warp, 16 bytes (and the rows of ldmatrix) in four quarters.
// What goes beyond one wavefront a part are bank conflicts.
//
// Global memory is fetched in sectors of 32 bytes, each once a request.
//
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_EMULATOR_BANKMODEL_H
#define TT_LIB_EMULATOR_BANKMODEL_H

#include "Batch.h"

namespace mlir::tt::emulator {

/// The addresses of a warp's lanes; a lane of no bytes does not take part.
struct Request {
  uint64_t address[kLanes] = {};
  uint32_t bytes[kLanes] = {};
};

struct SharedCost {
  unsigned wavefronts = 0, conflicts = 0;
};

/// `width`: bytes of one lane, the same for all that take part.
SharedCost getSharedCost(const Request &request, unsigned width);

unsigned getSectors(const Request &request);

} // namespace mlir::tt::emulator

#endif // TT_LIB_EMULATOR_BANKMODEL_H
