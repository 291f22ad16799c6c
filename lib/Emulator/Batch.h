//===- Batch.h - Warp-wide instructions that run together -------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A lane stops for a warp-wide instruction only where its result is needed. All
// that came before are a batch: the lane has stored their operands in its slots,
// an array of 32-bit words in its frame, and waits; when the whole warp is there,
// the steps of the batch run once for all lanes; each lane then loads results
// from its slots. BatchCollectives.cpp writes both sides.
//
// mma.sync works on whole matrices of the warp. A fragment is gathered from the
// lanes once, however many mma use it, and accumulators stay matrices from one
// mma to the next.
//
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_EMULATOR_BATCH_H
#define TT_LIB_EMULATOR_BATCH_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <vector>

namespace mlir::tt::emulator {

struct Block;

/// Lanes of a warp.
inline constexpr unsigned kLanes = 32;

/// Largest mma: m16n8k16.
inline constexpr unsigned kMmaM = 16, kMmaN = 8, kMmaMaxK = 16;
using MatrixA = float[kMmaM][kMmaMaxK];
using MatrixB = float[kMmaMaxK][kMmaN];
using MatrixC = float[kMmaM][kMmaN];

/// The matrices of the batch that is running.
struct Matrices {
  std::vector<float> a, b, c;

  void reserve(unsigned countA, unsigned countB, unsigned countC);
  MatrixA &getA(unsigned i) {
    return reinterpret_cast<MatrixA *>(a.data())[i];
  }
  MatrixB &getB(unsigned i) {
    return reinterpret_cast<MatrixB *>(b.data())[i];
  }
  MatrixC &getC(unsigned i) {
    return reinterpret_cast<MatrixC *>(c.data())[i];
  }
};

/// The warp that a batch runs for.
struct WarpContext {
  Block *block;
  unsigned warp;
  /// Each lane's slots.
  uint32_t *slots[kLanes];
  Matrices &matrices;
};

struct Step;
using StepFunction = void (*)(const Step &, WarpContext &);

/// One thing to do for a warp.
struct Step {
  StepFunction execute = nullptr;
  /// Words of the slots that hold operands; pointers take two.
  llvm::SmallVector<uint32_t, 4> operands;
  /// First word of the result.
  uint32_t result = 0;
  /// Numbers of the matrices that an mma or a gather works on.
  uint32_t a = 0, b = 0, c = 0, sum = 0;
  uint32_t site = 0;
};

struct Batch {
  std::vector<Step> steps;
  unsigned countA = 0, countB = 0, countC = 0;
  unsigned mma = 0, ldmatrix = 0;
  /// The first warp-wide instruction, for diagnostics.
  uint32_t site = 0;
};

/// How an mma's fragments are laid out and multiplied.
struct MmaShape {
  llvm::StringLiteral intrinsic;
  /// 32-bit registers of A and of B; the sums are four f32.
  unsigned aRegisters, bRegisters;
  StepFunction gatherA, gatherB, multiply;
};

/// Gathers the four sums of a lane into matrix c, and scatters them.
void gatherC(const Step &, WarpContext &);
void scatterC(const Step &, WarpContext &);

/// A warp-wide instruction other than mma.
struct Collective {
  llvm::StringLiteral intrinsic;
  StepFunction execute;
  /// Words of the result.
  unsigned resultWords;
  bool readsMemory;
};

/// Null if the emulator does not know the intrinsic as such.
const MmaShape *findMma(llvm::StringRef intrinsic);
const Collective *findCollective(llvm::StringRef intrinsic);

} // namespace mlir::tt::emulator

#endif // TT_LIB_EMULATOR_BATCH_H
