//===- CudaDevice.cpp - Kernels on a CUDA GPU -----------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The driver is loaded at run time: neither its headers nor its library are
// needed to build, and a machine without a GPU gets an error, not a crash.
//
//===----------------------------------------------------------------------===//

#include "CudaDriver.h"
#include "tt/Runtime/Device.h"

#include <algorithm>
#include <cstdlib>

using namespace mlir::tt::runtime;

namespace {

class CudaKernel : public LoadedKernel {
public:
  CudaKernel(CudaDriver &driver, cuda::Module module, cuda::Function function,
             const Kernel &kernel)
      : driver(driver), module(module), function(function),
        threads(kernel.threads), sharedBytes(kernel.sharedBytes) {}
  ~CudaKernel() override { driver.moduleUnload(module); }

  Status launch(int64_t blocks,
                const std::vector<void *> &parameters) override {
    if (Status s = enqueue(blocks, parameters); !s)
      return s;
    return driver.check(driver.ctxSynchronize(), "cuCtxSynchronize");
  }
  Result<Timing> time(int64_t blocks, const std::vector<void *> &parameters,
                      double budgetSeconds) override;
  std::string describe() const override {
    int registers = 0, localBytes = 0;
    driver.funcGetAttribute(&registers, cuda::kRegisters, function);
    driver.funcGetAttribute(&localBytes, cuda::kLocalBytes, function);
    return std::to_string(registers) + " registers, " +
           std::to_string(localBytes) + " bytes of local memory";
  }

private:
  Status enqueue(int64_t blocks, const std::vector<void *> &parameters) {
    return driver.check(
        driver.launchKernel(function, unsigned(blocks), 1, 1, unsigned(threads),
                            1, 1, unsigned(sharedBytes), nullptr,
                            const_cast<void **>(parameters.data()), nullptr),
        "cuLaunchKernel");
  }
  /// Milliseconds of `count` launches together.
  Result<double> timeBatch(int64_t blocks,
                           const std::vector<void *> &parameters, int64_t count,
                           cuda::Event begin, cuda::Event end);

  CudaDriver &driver;
  cuda::Module module;
  cuda::Function function;
  int64_t threads, sharedBytes;
};

class CudaDevice : public Device {
public:
  CudaDevice(CudaDriver driver, std::string name, int capability)
      : driver(std::move(driver)), name(std::move(name)),
        capability(capability) {}

  std::string getName() const override { return name; }
  Result<uint64_t> allocate(size_t bytes) override;
  Result<uint64_t> allocateManaged(size_t bytes) override;
  void free(uint64_t address) override {
    if (address)
      driver.memFree(address);
  }
  Status copyIn(uint64_t destination, const void *source,
                size_t bytes) override {
    if (!bytes)
      return Done{};
    return driver.check(driver.memcpyHtoD(destination, source, bytes),
                        "cuMemcpyHtoD");
  }
  Status copyOut(void *destination, uint64_t source, size_t bytes) override {
    if (!bytes)
      return Done{};
    return driver.check(driver.memcpyDtoH(destination, source, bytes),
                        "cuMemcpyDtoH");
  }
  Result<std::unique_ptr<LoadedKernel>> load(const Kernel &kernel) override;

private:
  Result<uint64_t> checkAllocation(int result, uint64_t address, size_t bytes);
  Result<cuda::Module> loadModule(const Kernel &kernel);

  CudaDriver driver;
  std::string name;
  int capability; ///< 89 for compute capability 8.9
};

} // namespace

//===----------------------------------------------------------------------===//
// Timing
//===----------------------------------------------------------------------===//

double Timing::median() const {
  std::vector<double> sorted = samples;
  std::sort(sorted.begin(), sorted.end());
  return sorted.empty() ? 0 : sorted[sorted.size() / 2];
}

double Timing::spread() const {
  std::vector<double> sorted = samples;
  std::sort(sorted.begin(), sorted.end());
  if (sorted.empty() || median() == 0)
    return 0;
  double low = sorted[sorted.size() / 4], high = sorted[sorted.size() * 3 / 4];
  return (high - low) / 2 / median();
}

Result<double> CudaKernel::timeBatch(int64_t blocks,
                                     const std::vector<void *> &parameters,
                                     int64_t count, cuda::Event begin,
                                     cuda::Event end) {
  driver.eventRecord(begin, nullptr);
  for (int64_t i = 0; i < count; ++i)
    if (Status s = enqueue(blocks, parameters); !s)
      return s.error();
  driver.eventRecord(end, nullptr);
  if (Status s =
          driver.check(driver.eventSynchronize(end), "cuEventSynchronize");
      !s)
    return s.error();
  float milliseconds = 0;
  driver.eventElapsedTime(&milliseconds, begin, end);
  return double(milliseconds);
}

/// Batches of launches long enough that the events' resolution and the launch
/// latency do not count.
Result<Timing> CudaKernel::time(int64_t blocks,
                                const std::vector<void *> &parameters,
                                double budgetSeconds) {
  constexpr double kBatchMilliseconds = 5;
  constexpr int64_t kWarmUp = 3, kMaxBatch = 1000, kMinSamples = 5;
  cuda::Event begin = nullptr, end = nullptr;
  driver.eventCreate(&begin, 0);
  driver.eventCreate(&end, 0);
  Timing timing;
  Result<double> total = timeBatch(blocks, parameters, kWarmUp, begin, end);
  if (!total)
    return total.error();
  double one = std::max(*total / kWarmUp, 1e-4);
  int64_t batch = std::clamp<int64_t>(kBatchMilliseconds / one, 1, kMaxBatch);
  int64_t samples = std::max<int64_t>(
      kMinSamples, budgetSeconds * 1e3 / std::max(one * batch, 1e-3));
  for (int64_t i = 0; i < samples && total; ++i) {
    total = timeBatch(blocks, parameters, batch, begin, end);
    if (total)
      timing.samples.push_back(*total / batch);
  }
  driver.eventDestroy(begin);
  driver.eventDestroy(end);
  if (!total)
    return total.error();
  return timing;
}

//===----------------------------------------------------------------------===//
// Memory and loading
//===----------------------------------------------------------------------===//

/// What an allocation of `bytes` gave: `address`, or the reason why not.
Result<uint64_t> CudaDevice::checkAllocation(int result, uint64_t address,
                                             size_t bytes) {
  if (result == cuda::kOutOfMemory) {
    size_t free = 0, total = 0;
    driver.memGetInfo(&free, &total);
    return Error{"out of memory on " + name + ": " + std::to_string(bytes) +
                 " bytes wanted, " + std::to_string(free) + " of " +
                 std::to_string(total) + " are free"};
  }
  if (Status s = driver.check(result, "cuMemAlloc"); !s)
    return s.error();
  return address;
}

Result<uint64_t> CudaDevice::allocate(size_t bytes) {
  if (bytes == 0)
    return uint64_t(0);
  uint64_t address = 0;
  int result = driver.memAlloc(&address, bytes);
  return checkAllocation(result, address, bytes);
}

Result<uint64_t> CudaDevice::allocateManaged(size_t bytes) {
  if (bytes == 0)
    return uint64_t(0);
  uint64_t address = 0;
  int result = driver.memAllocManaged(&address, bytes, cuda::kAttachGlobal);
  return checkAllocation(result, address, bytes);
}

/// PTX runs on its own chip and every newer one; a cubin on its own only.
Result<cuda::Module> CudaDevice::loadModule(const Kernel &kernel) {
  int wanted = std::atoi(kernel.chip.c_str() + 3);
  if (capability < wanted)
    return Error{name + " has compute capability " +
                 std::to_string(capability / 10) + "." +
                 std::to_string(capability % 10) + ", the kernel needs " +
                 std::to_string(wanted / 10) + "." +
                 std::to_string(wanted % 10) + " or newer"};
  bool useCubin = capability == wanted && !kernel.cubin.empty();
  const std::string &image = useCubin ? kernel.cubin : kernel.ptx;
  if (image.empty())
    return Error{"the kernel has no PTX"};
  std::vector<char> log(8192, '\0');
  int options[] = {cuda::kJitErrorLog, cuda::kJitErrorLogBytes};
  void *values[] = {log.data(), reinterpret_cast<void *>(log.size())};
  cuda::Module module = nullptr;
  int result =
      driver.moduleLoadDataEx(&module, image.c_str(), 2, options, values);
  if (Status s = driver.check(result, "cuModuleLoadDataEx"); !s)
    return Error{s.error().message + "\n" + log.data()};
  return module;
}

Result<std::unique_ptr<LoadedKernel>> CudaDevice::load(const Kernel &kernel) {
  Result<cuda::Module> module = loadModule(kernel);
  if (!module)
    return module.error();
  cuda::Function function = nullptr;
  int result =
      driver.moduleGetFunction(&function, *module, kernel.entry.c_str());
  if (Status s = driver.check(result, "cuModuleGetFunction"); !s)
    return s.error();
  result = driver.funcSetAttribute(function, cuda::kMaxDynamicShared,
                                   int(kernel.sharedBytes));
  if (Status s = driver.check(result, "cuFuncSetAttribute"); !s)
    return Error{s.error().message + " for " +
                 std::to_string(kernel.sharedBytes) +
                 " bytes of shared memory"};
  return std::unique_ptr<LoadedKernel>(
      new CudaKernel(driver, *module, function, kernel));
}

Result<std::unique_ptr<Buffer>> Buffer::create(Device &device, size_t bytes) {
  Result<uint64_t> address = device.allocate(bytes);
  if (!address)
    return address.error();
  return std::unique_ptr<Buffer>(new Buffer(device, *address));
}

Result<std::unique_ptr<Device>> mlir::tt::runtime::openCudaDevice() {
  Result<CudaDriver> driver = CudaDriver::open();
  if (!driver)
    return driver.error();
  int device = 0;
  if (Status s = driver->check(driver->deviceGet(&device, 0), "cuDeviceGet");
      !s)
    return s.error();
  char name[256] = {};
  driver->deviceGetName(name, sizeof name, device);
  int major = 0, minor = 0;
  driver->deviceGetAttribute(&major, cuda::kCapabilityMajor, device);
  driver->deviceGetAttribute(&minor, cuda::kCapabilityMinor, device);
  void *context = nullptr;
  int result = driver->primaryCtxRetain(&context, device);
  if (Status s = driver->check(result, "cuDevicePrimaryCtxRetain"); !s)
    return s.error();
  if (Status s =
          driver->check(driver->ctxSetCurrent(context), "cuCtxSetCurrent");
      !s)
    return s.error();
  return std::unique_ptr<Device>(
      new CudaDevice(*driver, name, 10 * major + minor));
}
