//===- Fiber.cpp - One GPU thread's stack and context ---------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Fiber.h"

#include <sys/mman.h>

using namespace mlir::tt::emulator;
using namespace boost::context::detail;

// A kernel's accumulators and fragments live on its stack when they are more
// than the host has registers. The lowest page is left unmapped: an overflow
// faults instead of writing into another fiber's stack.
static constexpr size_t kGuardBytes = 4096;
static constexpr size_t kStackBytes = 256 * 1024;

// Stacks are pages apart: without an offset of its own, the same variable of all
// lanes would compete for the same few lines of the cache.
static constexpr size_t kColors = 32, kColorBytes = 192;

Fiber::Fiber(unsigned color)
    : topOffset(kGuardBytes + kStackBytes - color % kColors * kColorBytes) {
  void *mapped = mmap(nullptr, kGuardBytes + kStackBytes, PROT_NONE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapped == MAP_FAILED)
    return;
  memory = mapped;
  mprotect(static_cast<char *>(memory) + kGuardBytes, kStackBytes,
           PROT_READ | PROT_WRITE);
}

Fiber::~Fiber() {
  if (memory)
    munmap(memory, kGuardBytes + kStackBytes);
}

void Fiber::start(transfer_t transfer) {
  auto *fiber = static_cast<Fiber *>(transfer.data);
  fiber->caller = transfer.fctx;
  fiber->function(fiber->argument);
  fiber->done = true;
  jump_fcontext(fiber->caller, nullptr);
}

void Fiber::reset(Function newFunction, void *newArgument) {
  function = newFunction;
  argument = newArgument;
  done = false;
  void *top = static_cast<char *>(memory) + topOffset;
  context = make_fcontext(top, topOffset - kGuardBytes, &Fiber::start);
}

bool Fiber::ownsAddress(uint64_t address) const {
  return address - reinterpret_cast<uint64_t>(memory) <
         kGuardBytes + kStackBytes;
}

void Fiber::resume() { context = jump_fcontext(context, this).fctx; }

void Fiber::suspend() { caller = jump_fcontext(caller, this).fctx; }
