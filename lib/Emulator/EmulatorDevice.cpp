//===- EmulatorDevice.cpp - The emulator as a device of the runtime -------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tt/Emulator/EmulatorDevice.h"

#include "tt/Emulator/Emulator.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include <cstdlib>
#include <cstring>

using namespace mlir::tt;
using namespace mlir::tt::emulator;

namespace {

/// What kernels of one device share.
struct DeviceState {
  DeviceOptions options;
  GlobalMemory memory;
  std::vector<Finding> findings;
};

/// The content of memory before or after a launch.
using Snapshot = std::vector<std::vector<char>>;

class EmulatedKernel : public runtime::LoadedKernel {
public:
  EmulatedKernel(std::unique_ptr<Program> program,
                 const runtime::Kernel &kernel, DeviceState &state)
      : program(std::move(program)), entry(kernel.entry),
        arguments(kernel.arguments),
        elementBytes(runtime::getBytes(kernel.elementType)), state(state) {
    geometry.block[0] = kernel.threads;
    geometry.dynamicSharedBytes = kernel.sharedBytes;
    if (state.options.counters)
      resources = getResources(kernel.ptx, kernel.chip, kernel.sharedBytes);
  }

  runtime::Status launch(int64_t blocks,
                         const std::vector<void *> &parameters) override;
  runtime::Result<runtime::Timing> time(int64_t blocks,
                                        const std::vector<void *> &parameters,
                                        double budgetSeconds) override;
  std::string describe() const override;
  std::string describeDetails() const override;
  std::string getMeasurements() const override;

private:
  std::vector<MatrixRange>
  readMatrices(const std::vector<void *> &parameters) const;
  runtime::Status launchOnce(unsigned schedule,
                             const std::vector<void *> &parameters);
  void checkOutputs(const Snapshot &first, unsigned schedule);
  Snapshot takeOutputs() const;

  std::unique_ptr<Program> program;
  std::string entry;
  std::vector<runtime::KernelArgument> arguments;
  int64_t elementBytes;
  LaunchGeometry geometry;
  Measurements measurements;
  Resources resources;
  DeviceState &state;
};

class EmulatorDevice : public runtime::Device {
public:
  explicit EmulatorDevice(const DeviceOptions &options) {
    state.options = options;
  }
  std::string getName() const override { return "emulator (CPU)"; }
  bool runsBitcode() const override { return true; }

  runtime::Result<uint64_t> allocate(size_t bytes) override;
  runtime::Result<uint64_t> allocateManaged(size_t bytes) override {
    return allocate(bytes);
  }
  void free(uint64_t address) override {
    state.memory.remove(address);
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
  load(const runtime::Kernel &kernel) override;

  DeviceState state;
};

} // namespace

//===----------------------------------------------------------------------===//
// Launching
//===----------------------------------------------------------------------===//

/// The kernel takes each matrix as a memref descriptor (Kernel.h): allocated
/// and aligned pointer, offset, two sizes, two strides; a workspace has one
/// size and one stride.
std::vector<MatrixRange>
EmulatedKernel::readMatrices(const std::vector<void *> &parameters) const {
  constexpr size_t kMatrixWords = 7, kWorkspaceWords = 5;
  std::vector<MatrixRange> matrices;
  size_t first = 0;
  for (const runtime::KernelArgument &argument : arguments) {
    bool isMatrix = argument.name.size() == 1;
    size_t words = isMatrix ? kMatrixWords : kWorkspaceWords;
    if (first + words > parameters.size())
      break;
    auto value = [&](size_t field) {
      return *static_cast<const int64_t *>(parameters[first + field]);
    };
    if (isMatrix) {
      MatrixRange matrix;
      matrix.name = argument.name;
      matrix.elementBytes = elementBytes;
      matrix.address = value(1) + value(2) * elementBytes;
      matrix.rows = value(3);
      matrix.columns = value(4);
      matrix.rowStride = value(5);
      matrix.isOutput = argument.name == "C";
      matrices.push_back(matrix);
    }
    first += words;
  }
  return matrices;
}

static Snapshot takeSnapshot(const GlobalMemory &memory) {
  Snapshot snapshot;
  for (auto [address, bytes] : memory.getAllocations()) {
    auto *data = reinterpret_cast<const char *>(address);
    snapshot.emplace_back(data, data + bytes);
  }
  return snapshot;
}

static void restore(const GlobalMemory &memory, const Snapshot &snapshot) {
  for (auto [allocation, content] :
       llvm::zip(memory.getAllocations(), snapshot))
    std::memcpy(reinterpret_cast<char *>(allocation.first), content.data(),
                content.size());
}

/// C, or, if nobody said which that is, all memory.
Snapshot EmulatedKernel::takeOutputs() const {
  Snapshot outputs;
  for (const MatrixRange &matrix : state.memory.getMatrices()) {
    auto *data = reinterpret_cast<const char *>(matrix.address);
    if (matrix.isOutput)
      outputs.emplace_back(data, data + (matrix.getEnd() - matrix.address));
  }
  return outputs.empty() ? takeSnapshot(state.memory) : outputs;
}

void EmulatedKernel::checkOutputs(const Snapshot &first, unsigned schedule) {
  if (takeOutputs() != first)
    state.findings.push_back(
        {Check::ScheduleDependent,
         llvm::formatv("schedule {0} (seed {1}) leaves other values than "
                       "schedule 0",
                       schedule, state.options.seed)});
}

runtime::Status
EmulatedKernel::launchOnce(unsigned schedule,
                           const std::vector<void *> &parameters) {
  bool checks = state.options.checks;
  if (checks)
    state.memory.setMatrices(readMatrices(parameters));
  llvm::Expected<LaunchResult> run = program->launch(
      entry, geometry, parameters, {schedule, state.options.seed},
      checks ? &state.memory : nullptr);
  if (!run)
    return runtime::Error{llvm::toString(run.takeError())};
  measurements = std::move(run->measurements);
  state.findings = std::move(run->findings);
  if (checks && state.findings.empty())
    if (auto missing = state.memory.findMissing(); missing.count)
      state.findings.push_back(
          {Check::OutputNever,
           llvm::formatv("{0} elements of C are never written, the first is "
                         "C[{1}, {2}]",
                         missing.count, missing.row, missing.column)});
  return runtime::Done{};
}

runtime::Status EmulatedKernel::launch(int64_t blocks,
                                       const std::vector<void *> &parameters) {
  geometry.grid[0] = blocks;
  unsigned schedules = state.options.schedules;
  Snapshot before, outputs;
  if (schedules > 1)
    before = takeSnapshot(state.memory);
  Measurements first;
  for (unsigned schedule = 0; schedule < schedules; ++schedule) {
    if (schedule > 0)
      restore(state.memory, before);
    if (runtime::Status s = launchOnce(schedule, parameters); !s)
      return s;
    if (schedule == 0) {
      first = measurements;
      if (schedules > 1)
        outputs = takeOutputs();
    } else {
      checkOutputs(outputs, schedule);
    }
    if (!state.findings.empty()) {
      std::string which =
          schedules > 1 ? " under schedule " + std::to_string(schedule) : "";
      return runtime::Error{"the kernel is wrong" + which + ":\n" +
                                format(state.findings),
                            /*isWrongResult=*/true};
    }
  }
  measurements = first;
  return runtime::Done{};
}

runtime::Result<runtime::Timing>
EmulatedKernel::time(int64_t blocks, const std::vector<void *> &parameters,
                     double) {
  if (runtime::Status s = launch(blocks, parameters); !s)
    return s.error();
  return runtime::Timing{{measurements.seconds * 1e3}};
}

//===----------------------------------------------------------------------===//
// Reporting
//===----------------------------------------------------------------------===//

std::string EmulatedKernel::describe() const {
  if (measurements.seconds == 0)
    return {};
  double seconds = measurements.seconds;
  return llvm::formatv(
      "{0} mma, {1} M LLVM instructions of threads in {2:f2} s on the CPU: "
      "{3:f2} M mma/s, {4:f0} M instructions/s",
      measurements.mma, measurements.instructions / 1000000, seconds,
      measurements.mma / seconds * 1e-6,
      measurements.instructions / seconds * 1e-6);
}

std::string EmulatedKernel::describeDetails() const {
  const DeviceOptions &options = state.options;
  std::string text;
  if (options.checks)
    text = llvm::formatv("checks    no finding in {0} schedule{1}\n",
                         options.schedules, options.schedules == 1 ? "" : "s");
  if (options.counters)
    text += "\n" + formatCounters(program->getSites(), measurements, resources,
                                  options.counterNames);
  return text;
}

std::string EmulatedKernel::getMeasurements() const {
  if (!state.options.counters)
    return {};
  return formatCountersJson(program->getSites(), measurements, resources,
                            state.options.counterNames);
}

std::string mlir::tt::emulator::explainUnknownCounters(
    const std::vector<std::string> &names) {
  std::vector<std::string> known = getCounterNames();
  for (const std::string &name : names)
    if (!llvm::is_contained(known, name))
      return "unknown counter '" + name + "', expected some of " +
             llvm::join(known, ", ");
  return {};
}

//===----------------------------------------------------------------------===//
// The device
//===----------------------------------------------------------------------===//

runtime::Result<uint64_t> EmulatorDevice::allocate(size_t bytes) {
  constexpr size_t kAlignment = 256; // as the CUDA driver's allocations
  size_t rounded =
      (std::max<size_t>(bytes, 1) + kAlignment - 1) / kAlignment * kAlignment;
  void *memory = std::aligned_alloc(kAlignment, rounded);
  if (!memory)
    return runtime::Error{"out of memory: " + std::to_string(bytes) +
                          " bytes wanted"};
  state.memory.add(reinterpret_cast<uint64_t>(memory), bytes);
  return reinterpret_cast<uint64_t>(memory);
}

runtime::Result<std::unique_ptr<runtime::LoadedKernel>>
EmulatorDevice::load(const runtime::Kernel &kernel) {
  if (kernel.bitcode.empty())
    return runtime::Error{"the kernel file carries no LLVM bitcode, which the "
                          "emulator runs"};
  llvm::MemoryBufferRef bitcode(kernel.bitcode, kernel.entry);
  Options options;
  options.checks = state.options.checks;
  options.counters = state.options.counters;
  llvm::Expected<std::unique_ptr<Program>> program =
      Program::load(bitcode, options);
  if (!program)
    return runtime::Error{llvm::toString(program.takeError())};
  return std::unique_ptr<runtime::LoadedKernel>(
      new EmulatedKernel(std::move(*program), kernel, state));
}

std::unique_ptr<runtime::Device>
mlir::tt::emulator::openEmulatorDevice(const DeviceOptions &options) {
  return std::make_unique<EmulatorDevice>(options);
}

const std::vector<Finding> &
mlir::tt::emulator::getFindings(const runtime::Device &device) {
  return static_cast<const EmulatorDevice &>(device).state.findings;
}
