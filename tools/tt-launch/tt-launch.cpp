//===- tt-launch.cpp - Run kernel files, without LLVM ---------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tt/Runtime/RunKernel.h"

using namespace mlir::tt::runtime;

static Result<std::unique_ptr<Device>> open(const std::string &name) {
  if (name == "auto" || name == "cuda")
    return openCudaDevice();
  if (name == "emulator")
    return Error{"the emulator is not part of tt-launch, use tt-run"};
  return Error{"unknown device '" + name + "', expected auto or cuda"};
}

int main(int argc, char **argv) { return launchMain(argc, argv, open); }
