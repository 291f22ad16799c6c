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

/// One GPU. Rates are dense, at the clock of `clockHz`.
struct TargetInfo {
  llvm::StringLiteral name;       ///< "rtx4090"
  llvm::StringLiteral chip;       ///< "sm_89"
  llvm::StringLiteral ptxFeature; ///< oldest PTX that knows the chip: "+ptx80"
  int64_t multiprocessors;        ///< SMs
  int64_t sharedBytesPerBlock;    ///< opt-in maximum of one block, bytes
  int64_t sharedBytesPerSM;       ///< bytes
  int64_t registersPerSM;         ///< 32-bit registers
  int64_t registersPerThread;     ///< 32-bit registers
  int64_t threadsPerBlock;
  int64_t threadsPerSM;
  int64_t blocksPerSM;
  double dramBytesPerSecond;
  int64_t l2Bytes;
  double tf32Flops;          ///< TF32, f32 accumulation, flop/s
  double f16Flops;           ///< f16 and bf16, f32 accumulation, flop/s
  double f16AccumulateFlops; ///< f16, f16 accumulation, flop/s
  double clockHz;            ///< boost clock of the SMs
  double l2BytesPerSecond;   ///< from L2 to all SMs together

  int64_t getWarpsPerSM() const;
  /// The clock-independent peak of one SM for TF32 or 16-bit operands with f32
  /// accumulation, flop a clock.
  double getTensorFlopsPerClock(bool isF32) const;
  /// True if accumulating in f32 halves the rate of 16-bit operands (GeForce).
  bool halvesF32Accumulation() const;

  /// The row named `name`, a GPU ("rtx4090") or a chip ("sm_89": its reference
  /// card); null if there is none.
  static const TargetInfo *find(llvm::StringRef name);
  static llvm::ArrayRef<TargetInfo> all();
  /// "rtx4090 (sm_89), ..." for error messages.
  static std::string knownNames();
};

/// Threads of a warp, on every CUDA GPU (PTX ISA, WARP_SZ).
inline constexpr int64_t kThreadsPerWarp = 32;

//===----------------------------------------------------------------------===//
// What all GPUs of the table (compute capability 8.0 to 12.0) share
//===----------------------------------------------------------------------===//

/// Schedulers of an SM, each with its own quarter of the registers and tensor
/// cores; a warp stays on one (CUDA C++ Programming Guide, "Architecture").
inline constexpr int64_t kSubcoresPerSM = 4;
/// Registers that a thread can have: an instruction names one by 8 bits, and
/// the last is zero (PTX ISA, ".maxnreg").
inline constexpr int64_t kMaxRegistersPerThread = 255;
/// Registers are given to a warp in units of this many (NVIDIA's occupancy
/// calculator, "Register allocation unit size").
inline constexpr int64_t kRegisterAllocationUnit = 256;
/// Shared memory is given to a block in units of this many bytes (the same,
/// "Shared memory allocation unit size").
inline constexpr int64_t kSharedAllocationUnit = 128;
/// Bytes of shared memory that the system keeps for each block (CUDA C++
/// Programming Guide, "Compute Capability 8.x": 1 KB a thread block).
inline constexpr int64_t kReservedSharedBytesPerBlock = 1024;
/// Bytes that shared memory moves a clock: 32 banks of 32 bits (the same,
/// "Shared Memory").
inline constexpr int64_t kSharedBytesPerClock = 128;
/// Bytes that one SM takes from L2 a clock (NVIDIA A100 whitepaper: 64 B/clk an
/// SM).
inline constexpr int64_t kL2BytesPerClockPerSM = 64;

} // namespace mlir::tt

#endif // TT_TARGET_TARGETINFO_H
