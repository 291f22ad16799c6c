//===- EmulatorOptions.h - Options of tt-run for the emulator ---*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_TOOLS_TTRUN_EMULATOROPTIONS_H
#define TT_TOOLS_TTRUN_EMULATOROPTIONS_H

#include "tt/Runtime/Device.h"
#include "llvm/Support/CommandLine.h"

namespace mlir::tt {

/// The category of all options of tt-run.
llvm::cl::OptionCategory &getCategory();

/// Whether instructions should know where they come from.
bool wantsLocations();

/// A line that says under how many schedules nothing was found; empty if
/// nothing was checked.
std::string describeChecks();

/// Opens "auto", "cuda" or "emulator". auto takes a GPU if there is one, and
/// says so if there is none; options that only the emulator has make it the
/// emulator.
runtime::Result<std::unique_ptr<runtime::Device>>
openDevice(const std::string &name);

/// Takes the emulator's options out of a command line for kernel files, which
/// the runtime library parses. False if they are malformed.
bool takeEmulatorOptions(std::vector<char *> &arguments);

} // namespace mlir::tt

#endif // TT_TOOLS_TTRUN_EMULATOROPTIONS_H
