//===- MgpuRuntime.cpp - MLIR's GPU runtime functions ---------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What gpu-to-llvm and gpu.select_object call. A kernel is launched and waited
// for at once: every stream is the same.
//
//===----------------------------------------------------------------------===//

#include "MgpuRuntime.h"

#include "tt/Runtime/RunKernel.h"
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>

using namespace mlir::tt;
using namespace mlir::tt::host;

namespace {

/// The image that a gpu.binary carries: PTX text, or LLVM bitcode.
struct Image {
  std::string content;
};

struct Function {
  const Image *image;
  std::string name;
  std::unique_ptr<runtime::LoadedKernel> loaded;
  int64_t threads = 0, sharedBytes = 0;
};

struct Session {
  runtime::Device &device;
  std::string error;
  bool isWrongResult = false;
  size_t launches = 0;
  std::vector<std::unique_ptr<Image>> images;
  std::map<std::pair<const Image *, std::string>, Function> functions;
  std::vector<std::unique_ptr<runtime::Buffer>> memory;

  void fail(const std::string &message) {
    if (error.empty())
      error = message;
  }
};

} // namespace

static Session *session = nullptr;

MgpuSession::MgpuSession(runtime::Device &device) {
  session = new Session{device, {}, false, 0, {}, {}, {}};
}
MgpuSession::~MgpuSession() {
  delete session;
  session = nullptr;
}
const std::string &MgpuSession::getError() const { return session->error; }
bool MgpuSession::isWrongResult() const { return session->isWrongResult; }
size_t MgpuSession::getLaunches() const { return session->launches; }

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

/// Kept to the end of the session: a descriptor may outlive the host's free.
static void *allocate(size_t bytes) {
  auto address = session->device.allocateManaged(std::max<size_t>(bytes, 1));
  if (!address) {
    session->fail(address.error().message);
    // Host code does not look at what malloc returns: give it some memory, or
    // end here.
    if (void *memory = std::malloc(std::max<size_t>(bytes, 1)))
      return memory;
    std::fprintf(stderr, "tt-run: %s\n", session->error.c_str());
    std::_Exit(runtime::kExitBadInput);
  }
  session->memory.push_back(runtime::Buffer::adopt(session->device, *address));
  return reinterpret_cast<void *>(*address);
}

void *MgpuSession::allocate(size_t bytes) { return ::allocate(bytes); }

static void release(void *) {}

/// What cf.assert calls where it fails: a message, and the end of the program.
static void printMessage(const char *message) {
  std::fprintf(stderr, "tt-run: %s\n", message);
}
static void endProgram() { std::_Exit(runtime::kExitBadInput); }

//===----------------------------------------------------------------------===//
// Modules and launches
//===----------------------------------------------------------------------===//

static void *loadModule(const void *data, size_t bytes) {
  auto image = std::make_unique<Image>();
  image->content.assign(static_cast<const char *>(data), bytes);
  session->images.push_back(std::move(image));
  return session->images.back().get();
}

/// PTX text ends with a zero.
static void *loadText(const void *data, int) {
  return loadModule(data, std::strlen(static_cast<const char *>(data)));
}

static void *getFunction(void *module, const char *name) {
  auto *image = static_cast<const Image *>(module);
  Function &function = session->functions[{image, name}];
  function.image = image;
  function.name = name;
  return &function;
}

static runtime::Status load(Function &function, int64_t threads,
                            int64_t sharedBytes) {
  runtime::Kernel kernel;
  kernel.entry = function.name;
  kernel.chip = "sm_80";
  kernel.threads = function.threads = threads;
  kernel.sharedBytes = function.sharedBytes = sharedBytes;
  kernel.ptx = kernel.bitcode = function.image->content;
  auto loaded = session->device.load(kernel);
  if (!loaded)
    return loaded.error();
  function.loaded = std::move(*loaded);
  return runtime::Done{};
}

static void launch(void *handle, intptr_t gridX, intptr_t gridY, intptr_t gridZ,
                   intptr_t blockX, intptr_t blockY, intptr_t blockZ,
                   int32_t sharedBytes, void *, void **parameters, void **,
                   size_t count) {
  auto &function = *static_cast<Function *>(handle);
  if (gridY != 1 || gridZ != 1 || blockY != 1 || blockZ != 1)
    return session->fail("kernel '" + function.name +
                         "' has a grid or block of more than one dimension");
  if (gridX == 0 || !session->error.empty())
    return;
  if (!function.loaded || function.threads != blockX ||
      function.sharedBytes != sharedBytes)
    if (runtime::Status s = load(function, blockX, sharedBytes); !s)
      return session->fail(s.error().message);
  std::vector<void *> pointers(parameters, parameters + count);
  if (runtime::Status s = function.loaded->launch(gridX, pointers); !s) {
    session->isWrongResult = s.error().isWrongResult;
    return session->fail(s.error().message);
  }
  ++session->launches;
}

//===----------------------------------------------------------------------===//
// What gpu.alloc, gpu.memcpy and gpu.memset call
//===----------------------------------------------------------------------===//

static void *allocateOnDevice(uint64_t bytes, void *, bool) {
  return allocate(bytes);
}

/// All memory of a session is reached by host and device, and no kernel runs.
static void copyMemory(void *destination, void *source, size_t bytes, void *) {
  std::memcpy(destination, source, bytes);
}

template <typename T>
static void setMemory(void *destination, T value, size_t count, void *) {
  std::fill_n(static_cast<T *>(destination), count, value);
}

static void nothing(void *) {}
static void *noStream() { return nullptr; }

llvm::ArrayRef<RuntimeFunction> mlir::tt::host::getRuntimeFunctions() {
  static const RuntimeFunction functions[] = {
      {"malloc", reinterpret_cast<void *>(&allocate)},
      {"free", reinterpret_cast<void *>(&release)},
      {"puts", reinterpret_cast<void *>(&printMessage)},
      {"abort", reinterpret_cast<void *>(&endProgram)},
      {"memrefCopy", reinterpret_cast<void *>(&copyMemRef)},
      {"mgpuModuleLoad", reinterpret_cast<void *>(&loadModule)},
      {"mgpuModuleLoadJIT", reinterpret_cast<void *>(&loadText)},
      {"mgpuModuleUnload", reinterpret_cast<void *>(&nothing)},
      {"mgpuModuleGetFunction", reinterpret_cast<void *>(&getFunction)},
      {"mgpuLaunchKernel", reinterpret_cast<void *>(&launch)},
      {"mgpuMemAlloc", reinterpret_cast<void *>(&allocateOnDevice)},
      {"mgpuMemFree", reinterpret_cast<void *>(&nothing)},
      {"mgpuMemcpy", reinterpret_cast<void *>(&copyMemory)},
      {"mgpuMemset32", reinterpret_cast<void *>(&setMemory<uint32_t>)},
      {"mgpuMemset16", reinterpret_cast<void *>(&setMemory<uint16_t>)},
      {"mgpuEventCreate", reinterpret_cast<void *>(&noStream)},
      {"mgpuEventRecord", reinterpret_cast<void *>(&nothing)},
      {"mgpuEventSynchronize", reinterpret_cast<void *>(&nothing)},
      {"mgpuEventDestroy", reinterpret_cast<void *>(&nothing)},
      {"mgpuStreamWaitEvent", reinterpret_cast<void *>(&nothing)},
      {"mgpuStreamCreate", reinterpret_cast<void *>(&noStream)},
      {"mgpuStreamSynchronize", reinterpret_cast<void *>(&nothing)},
      {"mgpuStreamDestroy", reinterpret_cast<void *>(&nothing)},
  };
  return functions;
}
