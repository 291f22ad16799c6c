//===- Device.h - Where kernels run -----------------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_RUNTIME_DEVICE_H
#define TT_RUNTIME_DEVICE_H

#include "tt/Runtime/Kernel.h"
#include <functional>
#include <memory>

namespace mlir::tt::runtime {

/// Samples of one benchmark, milliseconds a launch.
struct Timing {
  std::vector<double> samples;
  double median() const;
  /// Half of the distance between the quartiles, relative to the median.
  double spread() const;
};

/// A kernel that is loaded on a device.
class LoadedKernel {
public:
  virtual ~LoadedKernel() = default;
  /// Starts the kernel and waits for its end. `parameters` as for
  /// cuLaunchKernel.
  virtual Status launch(int64_t blocks,
                        const std::vector<void *> &parameters) = 0;
  /// Times back-to-back launches with the device's own clock, after a warm-up.
  virtual Result<Timing> time(int64_t blocks,
                              const std::vector<void *> &parameters,
                              double budgetSeconds) = 0;
  /// One line about the code, e.g. registers; may be empty.
  virtual std::string describe() const { return {}; }
  /// What the device noted about the last launch: lines for a person, and a JSON
  /// object; either may be empty.
  virtual std::string describeDetails() const { return {}; }
  virtual std::string getMeasurements() const { return {}; }
};

/// A CUDA GPU, or the emulator.
class Device {
public:
  virtual ~Device() = default;
  virtual std::string getName() const = 0;
  /// Whether load takes a kernel's bitcode, and not its PTX or cubin.
  virtual bool runsBitcode() const { return false; }
  /// Memory of the device; its address, aligned to 256 bytes.
  virtual Result<uint64_t> allocate(size_t bytes) = 0;
  /// Memory that the host reaches at the same address as well.
  virtual Result<uint64_t> allocateManaged(size_t bytes) = 0;
  virtual void free(uint64_t address) = 0;
  virtual Status copyIn(uint64_t destination, const void *source,
                        size_t bytes) = 0;
  virtual Status copyOut(void *destination, uint64_t source, size_t bytes) = 0;
  virtual Result<std::unique_ptr<LoadedKernel>> load(const Kernel &kernel) = 0;
};

/// The first CUDA GPU. An error says why there is none. TT_LIBCUDA names another
/// driver library than libcuda.so.1.
Result<std::unique_ptr<Device>> openCudaDevice();

/// Frees memory of a device when it goes out of scope.
class Buffer {
public:
  static Result<std::unique_ptr<Buffer>> create(Device &device, size_t bytes);
  /// Owns memory that was allocated before.
  static std::unique_ptr<Buffer> adopt(Device &device, uint64_t address) {
    return std::unique_ptr<Buffer>(new Buffer(device, address));
  }
  ~Buffer() { device.free(address); }
  uint64_t getAddress() const { return address; }

private:
  Buffer(Device &device, uint64_t address) : device(device), address(address) {}
  Device &device;
  uint64_t address;
};

} // namespace mlir::tt::runtime

#endif // TT_RUNTIME_DEVICE_H
