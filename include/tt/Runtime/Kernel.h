//===- Kernel.h - The kernel artifact ---------------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A compiled product with all that is needed to launch it: one JSON file with a
// checksum. `tt-run --emit=kernel` writes it; tt-launch and tt-run run it.
//
//===----------------------------------------------------------------------===//

#ifndef TT_RUNTIME_KERNEL_H
#define TT_RUNTIME_KERNEL_H

#include "tt/Runtime/Support.h"
#include <array>
#include <cstdint>
#include <vector>

namespace mlir::tt::runtime {

/// A size or stride that a kernel takes at run time.
inline constexpr int64_t kDynamic = -1;

enum class ElementType { f32, f16, bf16 };
const char *getName(ElementType type);
Result<ElementType> parseElementType(const std::string &name);
int64_t getBytes(ElementType type);

enum class Rounding { nearest, nearestFinite, truncate };
const char *getName(Rounding rounding);
Result<Rounding> parseRounding(const std::string &name);

/// One matrix of a kernel: "A" (K, M), "B" (N, K) or "C" (M, N). The kernel
/// takes it as an MLIR memref descriptor: two pointers, the offset, two sizes
/// and two strides (64-bit, in elements). A fourth argument, "workspace", is a
/// row of bytes: two pointers, the offset, the size and the stride.
struct KernelArgument {
  std::string name;
  std::array<int64_t, 2> sizes = {kDynamic, kDynamic};
  /// Elements from one row to the next.
  int64_t rowStride = kDynamic;
  /// Bytes of which the address of every row must be a multiple.
  int64_t rowAlignment = 1;
};

struct Kernel {
  std::string entry;
  std::string chip; ///< "sm_89"
  ElementType elementType = ElementType::f32;
  Rounding rounding = Rounding::nearest;
  /// In the order of the kernel's parameters.
  std::vector<KernelArgument> arguments;
  /// Tile of C of one block, blocks that share each, and further blocks (with
  /// edges perhaps fewer than none): the grid is ceil(M / m) * ceil(N / n) *
  /// blocksPerTile + extraBlocks blocks, or mostBlocks (0: no limit), if that
  /// is less.
  int64_t blockM = 0, blockN = 0, blocksPerTile = 1, extraBlocks = 0,
          mostBlocks = 0;
  /// Memory that the blocks share: its bytes, and how many of them, from its
  /// start, must be zero before the first launch; each launch leaves them zero.
  /// Launches that may run at the same time need a workspace each. 0: none.
  int64_t workspaceBytes = 0, workspaceZeroedBytes = 0;
  int64_t threads = 0;
  int64_t sharedBytes = 0;
  std::string target;      ///< "rtx4090": the card it was compiled for
  int64_t targetFlops = 0; ///< that card's limit for the contract, flop/s
  std::string config;      ///< "#tt.config<...>", provenance
  std::string compiler;    ///< version of tt, provenance
  std::string ptx;
  std::string cubin;   ///< binary; empty if ptxas was not there
  std::string bitcode; ///< LLVM bitcode for the emulator; may be empty

  const KernelArgument *find(const std::string &name) const;
};

/// Sizes of one product, and elements from one row to the next.
struct Problem {
  int64_t m = 0, n = 0, k = 0;
  int64_t lda = 0, ldb = 0, ldc = 0;
};

/// The problem of a kernel whose sizes and strides are all static.
Problem getStaticProblem(const Kernel &kernel);

/// Refuses a problem that the kernel was not compiled for.
Status checkProblem(const Kernel &kernel, const Problem &problem);

/// Blocks of the launch; 0 if C is empty and nothing is to be launched.
int64_t getBlocks(const Kernel &kernel, const Problem &problem);

/// The values of a kernel's parameters for matrices at these addresses.
class Parameters {
public:
  Parameters(const Kernel &kernel, const Problem &problem, uint64_t a,
             uint64_t b, uint64_t c, uint64_t workspace = 0);
  /// As cuLaunchKernel takes them.
  std::vector<void *> getPointers();

private:
  std::vector<uint64_t> values;
};

/// Text of the artifact, and back. A damaged or truncated text is an error.
std::string serialize(const Kernel &kernel);
Result<Kernel> deserialize(const std::string &text);

/// The same to and from a file; an existing file is replaced as a whole.
Status writeKernel(const std::string &path, const Kernel &kernel);
Result<Kernel> readKernel(const std::string &path);

/// Writes a file as a whole or not at all.
Status writeFile(const std::string &path, const std::string &content);

} // namespace mlir::tt::runtime

#endif // TT_RUNTIME_KERNEL_H
