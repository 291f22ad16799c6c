//===- peer.cu - CUTLASS kernels of C = A^T B^T as peers ------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A shared library of one CUTLASS 2.x kernel (mma.sync, as for sm_80 and newer):
//
//   nvcc -std=c++17 -O3 -shared -Xcompiler -fPIC -I CUTLASS/include
//     -gencode arch=compute_89,code=compute_89
//     -DELEMENT=... -DOUT=... [-DPEER_TF32] -DTILE_M=... -DTILE_N=... -DTILE_K=...
//     -DWARP_M=... -DWARP_N=... -DSTAGES=... peer.cu
//
// build.sh makes all of them. The code is PTX for sm_89, which the driver
// compiles for the GPU that runs it, as it does ours. An ELEMENT of
// cutlass::tfloat32_t reads f32 bits as they are (truncation), float rounds.
//
//===----------------------------------------------------------------------===//

#include "cutlass/gemm/device/gemm.h"

#ifdef PEER_TF32
constexpr int kMmaK = 8;
#else
constexpr int kMmaK = 16;
#endif
constexpr int kAligned = 16 / sizeof(ELEMENT);

using Column = cutlass::layout::ColumnMajor;
using Row = cutlass::layout::RowMajor;
using Epilogue =
    cutlass::epilogue::thread::LinearCombination<OUT, 16 / sizeof(OUT), float,
                                                 float>;
// A is stored (K, M) and B (N, K): to CUTLASS, which thinks of M x K and K x N,
// both are column-major.
using Gemm = cutlass::gemm::device::Gemm<
    ELEMENT, Column, ELEMENT, Column, OUT, Row, float,
    cutlass::arch::OpClassTensorOp, cutlass::arch::Sm80,
    cutlass::gemm::GemmShape<TILE_M, TILE_N, TILE_K>, cutlass::gemm::GemmShape<WARP_M, WARP_N, TILE_K>,
    cutlass::gemm::GemmShape<16, 8, kMmaK>, Epilogue,
    cutlass::gemm::threadblock::GemmIdentityThreadblockSwizzle<8>, STAGES,
    kAligned, kAligned>;

/// Launches C = A^T B^T on `stream`; 0 if that worked.
extern "C" int run(void *a, void *b, void *c, int m, int n, int k,
                   void *stream) {
  Gemm gemm;
  auto *out = static_cast<OUT *>(c);
  typename Gemm::Arguments arguments({m, n, k},
                                     {static_cast<ELEMENT *>(a), m},
                                     {static_cast<ELEMENT *>(b), k}, {out, n},
                                     {out, n}, {1.0f, 0.0f});
  return static_cast<int>(
      gemm(arguments, nullptr, static_cast<cudaStream_t>(stream)));
}
