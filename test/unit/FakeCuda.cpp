//===- FakeCuda.cpp - A CUDA driver for tests -----------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What TT_LIBCUDA names in tests of the error paths. Memory is host memory and
// kernels do nothing. TT_FAKE_CUDA says what fails: init, memory, ptx, launch,
// or "old" for a GPU of compute capability 7.5.
//
//===----------------------------------------------------------------------===//

#include <cstdint>
#include <cstdlib>
#include <cstring>

static bool fails(const char *what) {
  const char *wanted = std::getenv("TT_FAKE_CUDA");
  return wanted && !std::strcmp(wanted, what);
}

extern "C" {

int cuInit(unsigned) { return fails("init") ? 100 : 0; }
int cuGetErrorName(int, const char **name) {
  *name = "CUDA_ERROR_FAKE";
  return 0;
}
int cuGetErrorString(int, const char **text) {
  *text = "as the test asked for";
  return 0;
}
int cuDeviceGet(int *device, int) { return *device = 0; }
int cuDeviceGetName(char *name, int bytes, int) {
  std::strncpy(name, "Fake GPU", bytes);
  return 0;
}
int cuDeviceGetAttribute(int *value, int attribute, int) {
  constexpr int kMajor = 75;
  if (fails("old"))
    *value = attribute == kMajor ? 7 : 5;
  else
    *value = attribute == kMajor ? 8 : 9;
  return 0;
}
int cuDevicePrimaryCtxRetain(void **context, int) {
  *context = nullptr;
  return 0;
}
int cuCtxSetCurrent(void *) { return 0; }
int cuCtxSynchronize() { return 0; }
int cuMemAlloc_v2(uint64_t *address, size_t bytes) {
  if (fails("memory"))
    return 2;
  *address = reinterpret_cast<uint64_t>(std::malloc(bytes));
  return 0;
}
int cuMemAllocManaged(uint64_t *address, size_t bytes, unsigned) {
  return cuMemAlloc_v2(address, bytes);
}
int cuMemFree_v2(uint64_t address) {
  std::free(reinterpret_cast<void *>(address));
  return 0;
}
int cuMemGetInfo_v2(size_t *free, size_t *total) {
  *free = 1 << 20;
  *total = 1 << 30;
  return 0;
}
int cuMemcpyHtoD_v2(uint64_t to, const void *from, size_t bytes) {
  std::memcpy(reinterpret_cast<void *>(to), from, bytes);
  return 0;
}
int cuMemcpyDtoH_v2(void *to, uint64_t from, size_t bytes) {
  std::memcpy(to, reinterpret_cast<void *>(from), bytes);
  return 0;
}
int cuModuleLoadDataEx(void **module, const void *, unsigned, int *, void **) {
  *module = nullptr;
  return fails("ptx") ? 218 : 0;
}
int cuModuleLoadData(void **module, const void *image) {
  return cuModuleLoadDataEx(module, image, 0, nullptr, nullptr);
}
int cuModuleUnload(void *) { return 0; }
int cuModuleGetFunction(void **function, void *, const char *) {
  *function = nullptr;
  return 0;
}
int cuFuncSetAttribute(void *, int, int) { return 0; }
int cuFuncGetAttribute(int *value, int, void *) { return *value = 0; }
int cuLaunchKernel(void *, unsigned, unsigned, unsigned, unsigned, unsigned,
                   unsigned, unsigned, void *, void **, void **) {
  return fails("launch") ? 700 : 0;
}
int cuEventCreate(void **event, unsigned) {
  *event = nullptr;
  return 0;
}
int cuEventDestroy_v2(void *) { return 0; }
int cuEventRecord(void *, void *) { return 0; }
int cuEventSynchronize(void *) { return 0; }
int cuEventElapsedTime(float *milliseconds, void *, void *) {
  *milliseconds = 1;
  return 0;
}

} // extern "C"
