//===- CudaDriver.cpp - The CUDA driver, loaded at run time ---------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CudaDriver.h"

#include <cstdlib>
#include <dlfcn.h>

using namespace mlir::tt::runtime;

Status CudaDriver::check(int result, const char *call) const {
  if (result == 0)
    return Done{};
  const char *name = nullptr, *text = nullptr;
  getErrorName(result, &name);
  getErrorString(result, &text);
  return Error{std::string(call) + " failed: " + (name ? name : "error ") +
               (name ? "" : std::to_string(result)) +
               (text ? std::string(" (") + text + ")" : "")};
}

template <typename FunctionT>
static void find(void *library, const char *name, FunctionT *&function,
                 std::string &missing) {
  function = reinterpret_cast<FunctionT *>(dlsym(library, name));
  if (!function && missing.empty())
    missing = name;
}

/// Names with _v2 are those that cuda.h maps the plain names to.
static std::string findAll(void *library, CudaDriver &driver) {
  std::string missing;
  find(library, "cuInit", driver.init, missing);
  find(library, "cuGetErrorName", driver.getErrorName, missing);
  find(library, "cuGetErrorString", driver.getErrorString, missing);
  find(library, "cuDeviceGet", driver.deviceGet, missing);
  find(library, "cuDeviceGetName", driver.deviceGetName, missing);
  find(library, "cuDeviceGetAttribute", driver.deviceGetAttribute, missing);
  find(library, "cuDevicePrimaryCtxRetain", driver.primaryCtxRetain, missing);
  find(library, "cuCtxSetCurrent", driver.ctxSetCurrent, missing);
  find(library, "cuCtxSynchronize", driver.ctxSynchronize, missing);
  find(library, "cuMemAlloc_v2", driver.memAlloc, missing);
  find(library, "cuMemAllocManaged", driver.memAllocManaged, missing);
  find(library, "cuMemFree_v2", driver.memFree, missing);
  find(library, "cuMemGetInfo_v2", driver.memGetInfo, missing);
  find(library, "cuMemcpyHtoD_v2", driver.memcpyHtoD, missing);
  find(library, "cuMemcpyDtoH_v2", driver.memcpyDtoH, missing);
  find(library, "cuModuleLoadDataEx", driver.moduleLoadDataEx, missing);
  find(library, "cuModuleUnload", driver.moduleUnload, missing);
  find(library, "cuModuleGetFunction", driver.moduleGetFunction, missing);
  find(library, "cuFuncSetAttribute", driver.funcSetAttribute, missing);
  find(library, "cuFuncGetAttribute", driver.funcGetAttribute, missing);
  find(library, "cuLaunchKernel", driver.launchKernel, missing);
  find(library, "cuEventCreate", driver.eventCreate, missing);
  find(library, "cuEventDestroy_v2", driver.eventDestroy, missing);
  find(library, "cuEventRecord", driver.eventRecord, missing);
  find(library, "cuEventSynchronize", driver.eventSynchronize, missing);
  find(library, "cuEventElapsedTime", driver.eventElapsedTime, missing);
  return missing;
}

Result<CudaDriver> CudaDriver::open() {
  const char *path = std::getenv("TT_LIBCUDA");
  if (!path)
    path = "libcuda.so.1";
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!library)
    return Error{std::string("no CUDA driver: cannot load ") + path +
                 "; install NVIDIA's driver, or use the emulator"};
  CudaDriver driver;
  if (std::string missing = findAll(library, driver); !missing.empty())
    return Error{std::string(path) + " is no usable CUDA driver: it has no " +
                 missing};
  if (Status s = driver.check(driver.init(0), "cuInit"); !s)
    return Error{"no CUDA GPU: " + s.error().message};
  return driver;
}
