//===- tt-measure.cpp - Measure compiled candidates on a GPU --------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tt/Measure/Measure.h"

using namespace mlir::tt;

static runtime::Result<std::unique_ptr<runtime::Device>>
openDevice(const std::string &name) {
  if (name != "cuda")
    return runtime::Error{"tt-measure runs on a CUDA device only, not on '" +
                          name + "'; tt-tune measure can"};
  return runtime::openCudaDevice();
}

int main(int argc, char **argv) {
  return measure::measureMain("/proc/self/exe", {argv + 1, argv + argc},
                              openDevice);
}
