//===- TargetInfo.h - The table of GPUs -------------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every fact about hardware that a pass, tool or report uses stands in this
// table, with its unit. Nothing here needs the GPU or its driver.
//
//===----------------------------------------------------------------------===//

#ifndef TT_TARGET_TARGETINFO_H
#define TT_TARGET_TARGETINFO_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <string>

namespace mlir::tt {

/// One GPU. Rates are dense, at the vendor's boost clock.
struct TargetInfo {
  llvm::StringLiteral name;        ///< "rtx4090"
  llvm::StringLiteral chip;        ///< "sm_89"
  llvm::StringLiteral ptxFeature;  ///< oldest PTX that knows the chip: "+ptx80"
  int64_t multiprocessors;         ///< SMs
  int64_t sharedBytesPerBlock;     ///< opt-in maximum of one block, bytes
  int64_t sharedBytesPerSM;        ///< bytes
  int64_t registersPerSM;          ///< 32-bit registers
  int64_t registersPerThread;      ///< 32-bit registers
  int64_t threadsPerBlock;
  int64_t threadsPerSM;
  int64_t blocksPerSM;
  double dramBytesPerSecond;
  int64_t l2Bytes;
  double tf32Flops;                ///< TF32, f32 accumulation, flop/s
  double f16Flops;                 ///< f16 and bf16, f32 accumulation, flop/s

  /// The row named `name`, a GPU ("rtx4090") or a chip ("sm_89": its reference
  /// card); null if there is none.
  static const TargetInfo *find(llvm::StringRef name);
  static llvm::ArrayRef<TargetInfo> all();
  /// "rtx4090 (sm_89), ..." for error messages.
  static std::string knownNames();
};

/// Threads of a warp, on every CUDA GPU (PTX ISA, WARP_SZ).
inline constexpr int64_t kThreadsPerWarp = 32;

} // namespace mlir::tt

#endif // TT_TARGET_TARGETINFO_H
