//===- MatrixMultiply.cpp - mma.sync on the matrices of a warp ------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Fragment layouts (PTX ISA, "Matrix Fragments for mma.m16n8k*") are the same for
// all operand types when K is counted in 32-bit words, with g = lane / 4 and
// t = lane % 4:
//
//   A, 16 x words   register r:  row g + 8 (r % 2), word t + 4 (r / 2)
//   B, words x 8    register r:  word t + 4 r, column g
//   C, 16 x 8       register r:  row g + 8 (r / 2), column 2 t + r % 2
//
// A word holds one element of TF32 or two of f16 and bf16, the first in its low
// bits. Products of operands are exact in f32; sums are f32, in order of k.
//
//===----------------------------------------------------------------------===//

#include "Batch.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/bit.h"
#include <cstring>

using namespace mlir::tt::emulator;

// The multiplication is compiled for several vector widths; the CPU picks.
#if defined(__x86_64__)
#define TT_VECTOR_CLONES                                                       \
  __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define TT_VECTOR_CLONES
#endif

void Matrices::reserve(unsigned countA, unsigned countB, unsigned countC) {
  auto grow = [](std::vector<float> &values, size_t count) {
    if (values.size() < count)
      values.resize(count);
  };
  grow(a, countA * sizeof(MatrixA) / sizeof(float));
  grow(b, countB * sizeof(MatrixB) / sizeof(float));
  grow(c, countC * sizeof(MatrixC) / sizeof(float));
}

//===----------------------------------------------------------------------===//
// Gathering operands
//===----------------------------------------------------------------------===//

namespace {

/// Decodes one 32-bit word to elements, exactly.
struct TF32 {
  static constexpr unsigned elements = 1;
  // The instruction ignores the low 13 bits of each operand.
  static void decode(uint32_t word, float *to) {
    to[0] = llvm::bit_cast<float>(word & 0xFFFFE000u);
  }
};
struct F16 {
  static constexpr unsigned elements = 2;
  static void decode(uint32_t word, float *to) {
    to[0] = widen(word & 0xFFFF);
    to[1] = widen(word >> 16);
  }
  /// The bits of a half, moved to where a float has them, are the value times
  /// 2^-112, subnormal or not; infinity and NaN need the largest exponent.
  static float widen(uint32_t half) {
    constexpr uint32_t kExponent = 0x7C00, kFloatExponent = 0x7F800000;
    uint32_t bits = (half & 0x7FFF) << 13, sign = (half & 0x8000) << 16;
    float value = llvm::bit_cast<float>(bits) * 0x1p112f;
    if ((half & kExponent) == kExponent)
      value = llvm::bit_cast<float>(bits | kFloatExponent);
    return llvm::bit_cast<float>(llvm::bit_cast<uint32_t>(value) | sign);
  }
};
struct BF16 {
  static constexpr unsigned elements = 2;
  static void decode(uint32_t word, float *to) {
    to[0] = llvm::bit_cast<float>(word << 16);
    to[1] = llvm::bit_cast<float>(word & 0xFFFF0000u);
  }
};

} // namespace

template <typename Type, unsigned registers>
static void gatherA(const Step &step, WarpContext &warp) {
  MatrixA &a = warp.matrices.getA(step.a);
  for (unsigned lane = 0; lane < kLanes; ++lane)
    for (unsigned r = 0; r < registers; ++r)
      Type::decode(warp.slots[lane][step.operands[r]],
                   &a[lane / 4 + 8 * (r % 2)]
                     [(lane % 4 + 4 * (r / 2)) * Type::elements]);
}

template <typename Type, unsigned registers>
static void gatherB(const Step &step, WarpContext &warp) {
  MatrixB &b = warp.matrices.getB(step.b);
  for (unsigned lane = 0; lane < kLanes; ++lane)
    for (unsigned r = 0; r < registers; ++r) {
      float values[Type::elements];
      Type::decode(warp.slots[lane][step.operands[r]], values);
      for (unsigned e = 0; e < Type::elements; ++e)
        b[(lane % 4 + 4 * r) * Type::elements + e][lane / 4] = values[e];
    }
}

void mlir::tt::emulator::gatherC(const Step &step, WarpContext &warp) {
  MatrixC &c = warp.matrices.getC(step.c);
  for (unsigned lane = 0; lane < kLanes; ++lane) {
    const uint32_t *from = warp.slots[lane] + step.operands[0];
    std::memcpy(&c[lane / 4][2 * (lane % 4)], from, 8);
    std::memcpy(&c[lane / 4 + 8][2 * (lane % 4)], from + 2, 8);
  }
}

void mlir::tt::emulator::scatterC(const Step &step, WarpContext &warp) {
  const MatrixC &c = warp.matrices.getC(step.c);
  for (unsigned lane = 0; lane < kLanes; ++lane) {
    uint32_t *to = warp.slots[lane] + step.result;
    std::memcpy(to, &c[lane / 4][2 * (lane % 4)], 8);
    std::memcpy(to + 2, &c[lane / 4 + 8][2 * (lane % 4)], 8);
  }
}

//===----------------------------------------------------------------------===//
// Multiplying
//===----------------------------------------------------------------------===//

/// sum = c + a b for `depth` terms. Eight rows at a time, so that the sums are
/// independent enough to hide the latency of an addition.
template <unsigned depth>
static inline __attribute__((always_inline)) void
multiplyAdd(MatrixC &sum, const MatrixC &c, const MatrixA &a,
            const MatrixB &b) {
  constexpr unsigned kRows = 8;
  using Row = float __attribute__((vector_size(kMmaN * sizeof(float))));
  for (unsigned m = 0; m < kMmaM; m += kRows) {
    Row rows[kRows];
    std::memcpy(rows, c[m], sizeof rows);
    for (unsigned k = 0; k < depth; ++k) {
      Row factor;
      std::memcpy(&factor, b[k], sizeof factor);
      for (unsigned i = 0; i < kRows; ++i)
        rows[i] += a[m + i][k] * factor;
    }
    std::memcpy(sum[m], rows, sizeof rows);
  }
}

TT_VECTOR_CLONES static void multiplyAdd4(MatrixC &sum, const MatrixC &c,
                                          const MatrixA &a, const MatrixB &b) {
  multiplyAdd<4>(sum, c, a, b);
}
TT_VECTOR_CLONES static void multiplyAdd8(MatrixC &sum, const MatrixC &c,
                                          const MatrixA &a, const MatrixB &b) {
  multiplyAdd<8>(sum, c, a, b);
}
TT_VECTOR_CLONES static void multiplyAdd16(MatrixC &sum, const MatrixC &c,
                                           const MatrixA &a, const MatrixB &b) {
  multiplyAdd<16>(sum, c, a, b);
}

template <void (*function)(MatrixC &, const MatrixC &, const MatrixA &,
                           const MatrixB &)>
static void multiply(const Step &step, WarpContext &warp) {
  Matrices &m = warp.matrices;
  function(m.getC(step.sum), m.getC(step.c), m.getA(step.a), m.getB(step.b));
}

static constexpr MmaShape kShapes[] = {
    {"llvm.nvvm.mma.m16n8k4.row.col.tf32", 2, 1, gatherA<TF32, 2>,
     gatherB<TF32, 1>, multiply<multiplyAdd4>},
    {"llvm.nvvm.mma.m16n8k8.row.col.tf32", 4, 2, gatherA<TF32, 4>,
     gatherB<TF32, 2>, multiply<multiplyAdd8>},
    {"llvm.nvvm.mma.m16n8k8.row.col.f32.f32", 2, 1, gatherA<F16, 2>,
     gatherB<F16, 1>, multiply<multiplyAdd8>},
    {"llvm.nvvm.mma.m16n8k16.row.col.f32.f32", 4, 2, gatherA<F16, 4>,
     gatherB<F16, 2>, multiply<multiplyAdd16>},
    {"llvm.nvvm.mma.m16n8k8.row.col.bf16", 2, 1, gatherA<BF16, 2>,
     gatherB<BF16, 1>, multiply<multiplyAdd8>},
    {"llvm.nvvm.mma.m16n8k16.row.col.bf16", 4, 2, gatherA<BF16, 4>,
     gatherB<BF16, 2>, multiply<multiplyAdd16>},
};

const MmaShape *mlir::tt::emulator::findMma(llvm::StringRef intrinsic) {
  auto *found = llvm::find_if(kShapes, [&](const MmaShape &shape) {
    return shape.intrinsic == intrinsic;
  });
  return found == std::end(kShapes) ? nullptr : found;
}
