//===- EmulatorDevice.cpp - The emulator as a device of the runtime -------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tt/Emulator/EmulatorDevice.h"

#include "tt/Emulator/Emulator.h"
#include "llvm/Support/FormatVariadic.h"
#include <cstdlib>
#include <cstring>

using namespace mlir::tt;
using namespace mlir::tt::emulator;

namespace {

class EmulatedKernel : public runtime::LoadedKernel {
public:
  EmulatedKernel(std::unique_ptr<Program> program,
                 const runtime::Kernel &kernel)
      : program(std::move(program)), entry(kernel.entry) {
    geometry.block[0] = kernel.threads;
    geometry.dynamicSharedBytes = kernel.sharedBytes;
  }

  runtime::Status launch(int64_t blocks,
                         const std::vector<void *> &parameters) override {
    geometry.grid[0] = blocks;
    llvm::Expected<Counters> run = program->launch(entry, geometry, parameters);
    if (!run)
      return runtime::Error{llvm::toString(run.takeError())};
    counters = *run;
    return runtime::Done{};
  }

  runtime::Result<runtime::Timing>
  time(int64_t blocks, const std::vector<void *> &parameters,
       double) override {
    if (runtime::Status s = launch(blocks, parameters); !s)
      return s.error();
    return runtime::Timing{{counters.seconds * 1e3}};
  }

  std::string describe() const override {
    if (counters.seconds == 0)
      return {};
    return llvm::formatv("{0} mma in {1:f2} s on the CPU ({2:f2} M mma/s)",
                         counters.mma, counters.seconds,
                         counters.mma / counters.seconds * 1e-6);
  }

private:
  std::unique_ptr<Program> program;
  std::string entry;
  LaunchGeometry geometry;
  Counters counters;
};

class EmulatorDevice : public runtime::Device {
public:
  std::string getName() const override { return "emulator (CPU)"; }

  runtime::Result<uint64_t> allocate(size_t bytes) override {
    constexpr size_t kAlignment = 256; // as the CUDA driver's allocations
    size_t rounded = (std::max<size_t>(bytes, 1) + kAlignment - 1) /
                     kAlignment * kAlignment;
    void *memory = std::aligned_alloc(kAlignment, rounded);
    if (!memory)
      return runtime::Error{"out of memory: " + std::to_string(bytes) +
                            " bytes wanted"};
    return reinterpret_cast<uint64_t>(memory);
  }
  runtime::Result<uint64_t> allocateManaged(size_t bytes) override {
    return allocate(bytes);
  }
  bool runsBitcode() const override { return true; }
  void free(uint64_t address) override {
    std::free(reinterpret_cast<void *>(address));
  }
  runtime::Status copyIn(uint64_t destination, const void *source,
                         size_t bytes) override {
    std::memcpy(reinterpret_cast<void *>(destination), source, bytes);
    return runtime::Done{};
  }
  runtime::Status copyOut(void *destination, uint64_t source,
                          size_t bytes) override {
    std::memcpy(destination, reinterpret_cast<const void *>(source), bytes);
    return runtime::Done{};
  }

  runtime::Result<std::unique_ptr<runtime::LoadedKernel>>
  load(const runtime::Kernel &kernel) override {
    if (kernel.bitcode.empty())
      return runtime::Error{"the kernel file carries no LLVM bitcode, which the "
                            "emulator runs"};
    llvm::MemoryBufferRef bitcode(kernel.bitcode, kernel.entry);
    llvm::Expected<std::unique_ptr<Program>> program = Program::load(bitcode);
    if (!program)
      return runtime::Error{llvm::toString(program.takeError())};
    return std::unique_ptr<runtime::LoadedKernel>(
        new EmulatedKernel(std::move(*program), kernel));
  }
};

} // namespace

std::unique_ptr<runtime::Device> mlir::tt::emulator::openEmulatorDevice() {
  return std::make_unique<EmulatorDevice>();
}
