//===- Support.h - Errors and results of the runtime ------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The runtime links nothing of LLVM, so that a machine that only runs kernels
// needs nothing of it. It throws no exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef TT_RUNTIME_SUPPORT_H
#define TT_RUNTIME_SUPPORT_H

#include <string>
#include <utility>
#include <variant>

namespace mlir::tt::runtime {

/// What went wrong, for a person: what was found and what would be accepted.
struct Error {
  std::string message;
  /// The kernel ran, and what it did is wrong.
  bool isWrongResult = false;
};

/// A value, or the error that prevented it.
template <typename T> class Result {
public:
  Result(T value) : content(std::move(value)) {}
  Result(Error error) : content(std::move(error)) {}

  explicit operator bool() const { return content.index() == 0; }
  T &operator*() { return std::get<0>(content); }
  const T &operator*() const { return std::get<0>(content); }
  T *operator->() { return &std::get<0>(content); }
  const T *operator->() const { return &std::get<0>(content); }
  const Error &error() const { return std::get<1>(content); }

private:
  std::variant<T, Error> content;
};

/// Success of something that has no value.
struct Done {};
using Status = Result<Done>;

} // namespace mlir::tt::runtime

#endif // TT_RUNTIME_SUPPORT_H
