//===- EmulatorDevice.h - The emulator as a device of the runtime -*- C++ -*-=//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_EMULATOR_EMULATORDEVICE_H
#define TT_EMULATOR_EMULATORDEVICE_H

#include "tt/Emulator/Findings.h"
#include "tt/Runtime/Device.h"

namespace mlir::tt::emulator {

/// How the device runs its kernels.
struct DeviceOptions {
  bool checks = false;
  bool counters = false;
  /// How often each launch runs, each time with another schedule (Emulator.h) and
  /// from the same memory; the outputs must not differ.
  unsigned schedules = 1;
  uint64_t seed = 0;
  /// The counters to report; empty: all.
  std::vector<std::string> counterNames = {};
};

/// A device whose memory is the host's and whose kernels run in the emulator,
/// from the bitcode in the kernel artifact. A launch with findings is an error
/// that lists them.
std::unique_ptr<runtime::Device>
openEmulatorDevice(const DeviceOptions &options = {});

/// Why these names are no counters; empty if they all are.
std::string explainUnknownCounters(const std::vector<std::string> &names);

/// The findings of a device from openEmulatorDevice, of its last launch.
const std::vector<Finding> &getFindings(const runtime::Device &device);

} // namespace mlir::tt::emulator

#endif // TT_EMULATOR_EMULATORDEVICE_H
