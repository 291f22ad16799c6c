//===- CudaDriver.h - The CUDA driver, loaded at run time -------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_RUNTIME_CUDADRIVER_H
#define TT_LIB_RUNTIME_CUDADRIVER_H

#include "tt/Runtime/Support.h"
#include <cstddef>
#include <cstdint>

namespace mlir::tt::runtime {

/// Types and constants of the CUDA driver API (cuda.h) that are used here.
namespace cuda {
using Module = void *;
using Function = void *;
using Event = void *;
using Stream = void *;

inline constexpr int kOutOfMemory = 2;       // CUDA_ERROR_OUT_OF_MEMORY
inline constexpr unsigned kAttachGlobal = 1; // CU_MEM_ATTACH_GLOBAL
inline constexpr int kMaxDynamicShared = 8;  // CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_...
inline constexpr int kLocalBytes = 3;        // CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES
inline constexpr int kRegisters = 4;         // CU_FUNC_ATTRIBUTE_NUM_REGS
inline constexpr int kCapabilityMajor = 75;  // CU_DEVICE_ATTRIBUTE_COMPUTE_...
inline constexpr int kCapabilityMinor = 76;
inline constexpr int kJitErrorLog = 5;       // CU_JIT_ERROR_LOG_BUFFER
inline constexpr int kJitErrorLogBytes = 6;  // CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES
} // namespace cuda

/// The driver's entry points. Every one returns a CUresult, 0 for success.
struct CudaDriver {
  /// Loads libcuda.so.1, or what TT_LIBCUDA names, and initialises it.
  static Result<CudaDriver> open();
  /// An error that names `call` and what the driver says of `result`.
  Status check(int result, const char *call) const;

  int (*init)(unsigned);
  int (*getErrorName)(int, const char **);
  int (*getErrorString)(int, const char **);
  int (*deviceGet)(int *, int);
  int (*deviceGetName)(char *, int, int);
  int (*deviceGetAttribute)(int *, int, int);
  int (*primaryCtxRetain)(void **, int);
  int (*ctxSetCurrent)(void *);
  int (*ctxSynchronize)();
  int (*memAlloc)(uint64_t *, size_t);
  int (*memAllocManaged)(uint64_t *, size_t, unsigned);
  int (*memFree)(uint64_t);
  int (*memGetInfo)(size_t *, size_t *);
  int (*memcpyHtoD)(uint64_t, const void *, size_t);
  int (*memcpyDtoH)(void *, uint64_t, size_t);
  int (*moduleLoadDataEx)(cuda::Module *, const void *, unsigned, int *,
                          void **);
  int (*moduleUnload)(cuda::Module);
  int (*moduleGetFunction)(cuda::Function *, cuda::Module, const char *);
  int (*funcSetAttribute)(cuda::Function, int, int);
  int (*funcGetAttribute)(int *, int, cuda::Function);
  int (*launchKernel)(cuda::Function, unsigned, unsigned, unsigned, unsigned,
                      unsigned, unsigned, unsigned, cuda::Stream, void **,
                      void **);
  int (*eventCreate)(cuda::Event *, unsigned);
  int (*eventDestroy)(cuda::Event);
  int (*eventRecord)(cuda::Event, cuda::Stream);
  int (*eventSynchronize)(cuda::Event);
  int (*eventElapsedTime)(float *, cuda::Event, cuda::Event);
};

} // namespace mlir::tt::runtime

#endif // TT_LIB_RUNTIME_CUDADRIVER_H
