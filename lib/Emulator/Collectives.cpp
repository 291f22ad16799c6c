//===- Collectives.cpp - Warp-wide instructions ---------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each lane leaves its operands in its slots and waits; the scheduler calls the
// execute function once for the warp; each lane finds its results in its slots.
//
// Fragment layouts (PTX ISA, "Matrix Fragments for mma.m16n8k*"), with
// g = lane / 4 and t = lane % 4. E elements to a 32-bit register: 1 for tf32, 2
// for f16 and bf16, 4 for s8.
//
//   A, 16 x K   register r, element e:  row g + 8 (r % 2)
//                                       column E t + e + 4 E (r / 2)
//   B, K x 8    register r, element e:  row E t + e + 4 E r, column g
//   C, 16 x 8   register r:             row g + 8 (r / 2), column 2 t + r % 2
//
//===----------------------------------------------------------------------===//

#include "Instructions.h"

#include <cstring>

using namespace mlir::tt::emulator;

template <typename To, typename From> static To bitCast(From value) {
  static_assert(sizeof(To) <= sizeof(From), "reads beyond the slot");
  To result;
  std::memcpy(&result, &value, sizeof(To));
  return result;
}

//===----------------------------------------------------------------------===//
// mma.sync
//===----------------------------------------------------------------------===//

namespace {

/// Decodes element `e` of a 32-bit operand register to f32, exactly.
struct TF32 {
  static constexpr unsigned perRegister = 1;
  // The instruction ignores the low 13 bits of each operand.
  static float decode(uint32_t bits, unsigned) {
    return bitCast<float>(bits & 0xFFFFE000u);
  }
};
struct F16 {
  static constexpr unsigned perRegister = 2;
  static float decode(uint32_t bits, unsigned e) {
    return static_cast<float>(bitCast<_Float16>(uint16_t(bits >> (16 * e))));
  }
};
struct BF16 {
  static constexpr unsigned perRegister = 2;
  static float decode(uint32_t bits, unsigned e) {
    return bitCast<float>((bits >> (16 * e)) << 16);
  }
};

constexpr unsigned kM = 16, kN = 8, kMaxK = 16;
constexpr unsigned kSumRegisters = 4;

/// C += A B for one warp. Products of operands are exact in f32; sums are f32,
/// in order of k.
template <typename Operand, unsigned kK> struct Mma {
  static constexpr unsigned aRegisters =
      kM * kK / (kLanes * Operand::perRegister);
  static constexpr unsigned bRegisters =
      kN * kK / (kLanes * Operand::perRegister);

  static void execute(Slots const *slots) {
    float a[kM][kMaxK], b[kMaxK][kN], c[kM][kN];
    for (unsigned lane = 0; lane < kLanes; ++lane)
      gather(slots[lane], lane / 4, lane % 4, a, b, c);
    for (unsigned k = 0; k < kK; ++k)
      for (unsigned m = 0; m < kM; ++m)
        for (unsigned n = 0; n < kN; ++n)
          c[m][n] += a[m][k] * b[k][n];
    for (unsigned lane = 0; lane < kLanes; ++lane)
      for (unsigned r = 0; r < kSumRegisters; ++r)
        std::memcpy(&slots[lane][r],
                    &c[lane / 4 + 8 * (r / 2)][2 * (lane % 4) + r % 2],
                    sizeof(float));
  }

  static void gather(const uint64_t *slots, unsigned g, unsigned t,
                     float (&a)[kM][kMaxK], float (&b)[kMaxK][kN],
                     float (&c)[kM][kN]) {
    constexpr unsigned E = Operand::perRegister;
    for (unsigned r = 0; r < aRegisters; ++r)
      for (unsigned e = 0; e < E; ++e)
        a[g + 8 * (r % 2)][E * t + e + 4 * E * (r / 2)] =
            Operand::decode(bitCast<uint32_t>(slots[r]), e);
    for (unsigned r = 0; r < bRegisters; ++r)
      for (unsigned e = 0; e < E; ++e)
        b[E * t + e + 4 * E * r][g] =
            Operand::decode(bitCast<uint32_t>(slots[aRegisters + r]), e);
    for (unsigned r = 0; r < kSumRegisters; ++r)
      c[g + 8 * (r / 2)][2 * t + r % 2] =
          bitCast<float>(slots[aRegisters + bRegisters + r]);
  }

  static void call(Slots slots) {
    Lane &lane = *currentLane;
    lane.slots = slots;
    lane.collective = execute;
    // Counted once a warp.
    lane.block->counters.mma += lane.index % kLanes == 0;
    lane.wait("mma.sync");
  }
};

//===----------------------------------------------------------------------===//
// ldmatrix
//===----------------------------------------------------------------------===//

/// Loads `count` 8x8 matrices of 16-bit elements. Lane 8 i + j gives the address
/// of row j of matrix i; lane (g, t) gets elements 2 t and 2 t + 1 of row g, or
/// transposed rows 2 t and 2 t + 1 of column g (PTX ISA, ldmatrix).
template <unsigned count, bool transposed> struct LdMatrix {
  static void execute(Slots const *slots) {
    uint16_t matrices[count][8][8];
    for (unsigned lane = 0; lane < 8 * count; ++lane)
      std::memcpy(matrices[lane / 8][lane % 8],
                  reinterpret_cast<const void *>(slots[lane][0]), 16);
    for (unsigned lane = 0; lane < kLanes; ++lane)
      for (unsigned i = 0; i < count; ++i) {
        unsigned g = lane / 4, t = lane % 4;
        auto &matrix = matrices[i];
        uint32_t low = transposed ? matrix[2 * t][g] : matrix[g][2 * t];
        uint32_t high =
            transposed ? matrix[2 * t + 1][g] : matrix[g][2 * t + 1];
        slots[lane][i] = low | high << 16;
      }
  }

  static void call(Slots slots) {
    Lane &lane = *currentLane;
    lane.slots = slots;
    lane.collective = execute;
    lane.block->counters.ldmatrix += lane.index % kLanes == 0;
    lane.wait("ldmatrix");
  }
};

} // namespace

static constexpr EmulatedInstruction kCollectives[] = {
    {"llvm.nvvm.mma.m16n8k8.row.col.tf32", Mma<TF32, 8>::call},
    {"llvm.nvvm.mma.m16n8k4.row.col.tf32", Mma<TF32, 4>::call},
    {"llvm.nvvm.mma.m16n8k16.row.col.f32.f32", Mma<F16, 16>::call},
    {"llvm.nvvm.mma.m16n8k8.row.col.f32.f32", Mma<F16, 8>::call},
    {"llvm.nvvm.mma.m16n8k16.row.col.bf16", Mma<BF16, 16>::call},
    {"llvm.nvvm.mma.m16n8k8.row.col.bf16", Mma<BF16, 8>::call},
    {"llvm.nvvm.ldmatrix.sync.aligned.m8n8.x1.b16", LdMatrix<1, false>::call},
    {"llvm.nvvm.ldmatrix.sync.aligned.m8n8.x2.b16", LdMatrix<2, false>::call},
    {"llvm.nvvm.ldmatrix.sync.aligned.m8n8.x4.b16", LdMatrix<4, false>::call},
    {"llvm.nvvm.ldmatrix.sync.aligned.m8n8.x1.trans.b16",
     LdMatrix<1, true>::call},
    {"llvm.nvvm.ldmatrix.sync.aligned.m8n8.x2.trans.b16",
     LdMatrix<2, true>::call},
    {"llvm.nvvm.ldmatrix.sync.aligned.m8n8.x4.trans.b16",
     LdMatrix<4, true>::call},
};

llvm::ArrayRef<EmulatedInstruction> mlir::tt::emulator::getCollectives() {
  return kCollectives;
}
