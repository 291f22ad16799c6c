//===- Clock.cpp - The SM clock, by NVML ----------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tt/Measure/Measure.h"

#include <dlfcn.h>

using namespace mlir::tt;

namespace {

/// The three functions of libnvidia-ml.so.1 (nvml.h) that are used. The library
/// comes with the driver, but not into every container.
struct Nvml {
  using Handle = void *;
  static constexpr int kClockSM = 1; // NVML_CLOCK_SM
  int (*getClockInfo)(Handle, int, unsigned *) = nullptr;
  Handle device = nullptr;

  Nvml() {
    void *library = dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!library)
      return;
    auto init = reinterpret_cast<int (*)()>(dlsym(library, "nvmlInit_v2"));
    auto getHandle = reinterpret_cast<int (*)(unsigned, Handle *)>(
        dlsym(library, "nvmlDeviceGetHandleByIndex_v2"));
    auto getClock = reinterpret_cast<int (*)(Handle, int, unsigned *)>(
        dlsym(library, "nvmlDeviceGetClockInfo"));
    if (init && getHandle && getClock && init() == 0 &&
        getHandle(0, &device) == 0)
      getClockInfo = getClock;
  }
};

} // namespace

double measure::readClock() {
  static const Nvml nvml;
  unsigned megahertz = 0;
  if (!nvml.getClockInfo ||
      nvml.getClockInfo(nvml.device, Nvml::kClockSM, &megahertz) != 0)
    return 0;
  return megahertz;
}
