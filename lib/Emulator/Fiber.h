//===- Fiber.h - One GPU thread's stack and context -------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_EMULATOR_FIBER_H
#define TT_LIB_EMULATOR_FIBER_H

#include <boost/context/detail/fcontext.hpp>
#include <cstddef>
#include <cstdint>

namespace mlir::tt::emulator {

/// A function on a stack of its own that can be left and entered again. The
/// stack is kept from one use to the next. No system call on any switch.
class Fiber {
public:
  using Function = void (*)(void *argument);

  /// Fibers with different `color` use different sets of the caches.
  explicit Fiber(unsigned color);
  ~Fiber();
  Fiber(const Fiber &) = delete;
  Fiber &operator=(const Fiber &) = delete;

  /// False if the system gave no memory for the stack.
  bool isValid() const { return memory != nullptr; }

  /// Prepares to run `function(argument)` from its start.
  void reset(Function function, void *argument);
  /// Runs until the fiber suspends or its function returns.
  void resume();
  /// Called on the fiber: goes back to the caller of resume().
  void suspend();
  bool isDone() const { return done; }
  /// Whether the address lies on this stack.
  bool ownsAddress(uint64_t address) const;

private:
  static void start(boost::context::detail::transfer_t transfer);

  void *memory = nullptr;
  size_t topOffset;
  Function function = nullptr;
  void *argument = nullptr;
  bool done = true;
  /// Where to go on: the fiber's own context, or its caller's while it runs.
  boost::context::detail::fcontext_t context = nullptr, caller = nullptr;
};

} // namespace mlir::tt::emulator

#endif // TT_LIB_EMULATOR_FIBER_H
