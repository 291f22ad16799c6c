//===- peer.cu - One CUTLASS kernel of C = A^T B^T ------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A CUTLASS 2.x kernel (mma.sync, as for sm_80 and newer), chosen by macros:
//
//   NAME              its name, a string
//   ELEMENT, OUT      cutlass::tfloat32_t reads f32 bits as they are
//                     (truncation); float rounds them
//   TILE_M, _N, _K    block tile
//   WARP_M, _N        warp tile
//   STAGES, ALIGN     tiles in flight; elements that rows are aligned to
//   STREAM_K          defined: stream-K, or split-K where `slices` > 1
//
// build.sh makes all of peers.txt.
//
//===----------------------------------------------------------------------===//

#include "peer.h"

#include "cutlass/gemm/device/gemm_universal.h"
#include "cutlass/gemm/threadblock/threadblock_swizzle_streamk.h"
#include <type_traits>

#ifdef STREAM_K
using Grid = cutlass::gemm::threadblock::ThreadblockSwizzleStreamK;
constexpr bool kStreamK = true;
#else
using Grid = cutlass::gemm::threadblock::GemmIdentityThreadblockSwizzle<8>;
constexpr bool kStreamK = false;
#endif

constexpr int kMmaK = sizeof(OUT) == 4 ? 8 : 16;
// C's rows are as aligned as those of A and B; a lane stores up to 16 bytes.
constexpr int kAlignC = ALIGN * sizeof(ELEMENT) < 16 ? 1 : 16 / sizeof(OUT);

using Column = cutlass::layout::ColumnMajor;
using Epilogue =
    cutlass::epilogue::thread::LinearCombination<OUT, kAlignC, float, float>;
// A is stored (K, M) and B (N, K): to CUTLASS, which thinks of M x K and K x N,
// both are column-major.
using Gemm = cutlass::gemm::device::GemmUniversal<
    ELEMENT, Column, ELEMENT, Column, OUT, cutlass::layout::RowMajor, float,
    cutlass::arch::OpClassTensorOp, cutlass::arch::Sm80,
    cutlass::gemm::GemmShape<TILE_M, TILE_N, TILE_K>,
    cutlass::gemm::GemmShape<WARP_M, WARP_N, TILE_K>,
    cutlass::gemm::GemmShape<16, 8, kMmaK>, Epilogue, Grid, STAGES, ALIGN,
    ALIGN>;

namespace {

struct Handle {
  Gemm gemm;
  void *workspace = nullptr;
};

void release(void *pointer) {
  auto *handle = static_cast<Handle *>(pointer);
  cudaFree(handle->workspace);
  delete handle;
}

void *prepare(void *a, void *b, void *c, int m, int n, int k, int slices) {
  typename Gemm::Arguments arguments(
      cutlass::gemm::GemmUniversalMode::kGemm, {m, n, k},
      kStreamK ? slices : 1, {1.0f, 0.0f}, a, b, c, c, int64_t(m) * k,
      int64_t(n) * k, int64_t(m) * n, int64_t(m) * n, m, k, n, n);
  if (Gemm::can_implement(arguments) != cutlass::Status::kSuccess)
    return nullptr;
  auto *handle = new Handle;
  size_t bytes = Gemm::get_workspace_size(arguments);
  if ((bytes && cudaMalloc(&handle->workspace, bytes) != cudaSuccess) ||
      handle->gemm.initialize(arguments, handle->workspace, nullptr) !=
          cutlass::Status::kSuccess) {
    release(handle);
    return nullptr;
  }
  return handle;
}

// The barriers of stream-K return to 0 after each run: no need to clear again.
int run(void *pointer, void *stream) {
  auto *handle = static_cast<Handle *>(pointer);
  return static_cast<int>(handle->gemm.run(static_cast<cudaStream_t>(stream)));
}

Peer peer = {NAME, ALIGN, kStreamK, prepare, run, release, nullptr};
[[maybe_unused]] const bool registered = (registerPeer(&peer), true);

} // namespace
