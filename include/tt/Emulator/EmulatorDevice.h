//===- EmulatorDevice.h - The emulator as a device of the runtime -*- C++ -*-=//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_EMULATOR_EMULATORDEVICE_H
#define TT_EMULATOR_EMULATORDEVICE_H

#include "tt/Runtime/Device.h"

namespace mlir::tt::emulator {

/// A device whose memory is the host's and whose kernels run in the emulator,
/// from the bitcode in the kernel artifact.
std::unique_ptr<runtime::Device> openEmulatorDevice();

} // namespace mlir::tt::emulator

#endif // TT_EMULATOR_EMULATORDEVICE_H
