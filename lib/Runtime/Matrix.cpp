//===- Matrix.cpp - Matrices in host memory -------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tt/Runtime/Matrix.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>

using namespace mlir::tt::runtime;

static constexpr unsigned char kPoison = 0xFF;

Result<InputKind> mlir::tt::runtime::parseInputKind(const std::string &name) {
  if (name == "uniform")
    return InputKind::uniform;
  if (name == "normal")
    return InputKind::normal;
  if (name == "integers")
    return InputKind::integers;
  return Error{"unknown input '" + name +
               "', expected uniform, normal or integers"};
}

Matrix::Matrix(ElementType type, int64_t rows, int64_t columns,
               int64_t rowStride)
    : type(type), rows(rows), columns(columns), rowStride(rowStride),
      bytes(size_t(rows) * rowStride * getBytes(type)) {}

Result<Matrix> Matrix::create(ElementType type, int64_t rows, int64_t columns,
                              int64_t rowStride) {
  int64_t bytes = getBytes(type);
  bool tooMany = __builtin_mul_overflow(rows, bytes, &bytes) ||
                 __builtin_mul_overflow(rowStride, bytes, &bytes);
  // Asks first: where LLVM is linked in, an allocation that fails ends the
  // program. Volatile, or the compiler takes the question out.
  void *volatile memory =
      tooMany ? nullptr : std::malloc(std::max<int64_t>(bytes, 1));
  bool exists = memory != nullptr;
  std::free(memory);
  if (exists)
    return Matrix(type, rows, columns, rowStride);
  return Error{"out of memory on the host: " + std::to_string(rows) +
               " rows of " + std::to_string(rowStride) + " " + getName(type)};
}

template <typename T> static T load(const char *address) {
  T value;
  std::memcpy(&value, address, sizeof(T));
  return value;
}

template <typename T> static void store(char *address, T value) {
  std::memcpy(address, &value, sizeof(T));
}

/// To nearest even; NaN stays NaN.
static uint16_t toBF16(float value) {
  uint32_t bits = load<uint32_t>(reinterpret_cast<const char *>(&value));
  if (std::isnan(value))
    return uint16_t(bits >> 16) | 0x40;
  return uint16_t((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
}

double mlir::tt::runtime::loadElement(ElementType type, const char *address) {
  switch (type) {
  case ElementType::f32:
    return load<float>(address);
  case ElementType::f16:
    return static_cast<float>(load<_Float16>(address));
  case ElementType::bf16: {
    uint32_t bits = uint32_t(load<uint16_t>(address)) << 16;
    return load<float>(reinterpret_cast<const char *>(&bits));
  }
  }
  return 0;
}

void mlir::tt::runtime::storeElement(ElementType type, char *address,
                                     float value) {
  switch (type) {
  case ElementType::f32:
    return store(address, value);
  case ElementType::f16:
    return store(address, static_cast<_Float16>(value));
  case ElementType::bf16:
    return store(address, toBF16(value));
  }
}

double Matrix::get(int64_t row, int64_t column) const {
  return loadElement(type, at(row, column));
}

void Matrix::set(int64_t row, int64_t column, float value) {
  storeElement(type, const_cast<char *>(at(row, column)), value);
}

/// SplitMix64: one output for each counter value, so that any element can be
/// made on its own.
static uint64_t mix(uint64_t x) {
  x += 0x9E3779B97F4A7C15u;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return x ^ (x >> 31);
}

/// 24 random bits in [0, 1): exact in f32.
static float toUniform(uint64_t bits) {
  return float(bits >> 40) * (1.0f / (1 << 24));
}

static float draw(InputKind kind, uint64_t counter) {
  uint64_t bits = mix(counter);
  if (kind == InputKind::uniform)
    return toUniform(bits);
  if (kind == InputKind::integers)
    return float(int64_t(bits % 9) - 4);
  // Box and Muller.
  float u = 1.0f - toUniform(bits), v = toUniform(mix(bits));
  return std::sqrt(-2 * std::log(u)) * std::cos(6.2831853f * v);
}

float mlir::tt::runtime::drawRandom(InputKind kind, uint64_t seed,
                                    uint64_t index) {
  return draw(kind, mix(seed) + index);
}

void Matrix::fillRandom(InputKind kind, uint64_t seed) {
  poison();
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t column = 0; column < columns; ++column)
      set(row, column,
          drawRandom(kind, seed, uint64_t(row) * columns + column));
}

void Matrix::poison() { std::memset(bytes.data(), kPoison, bytes.size()); }

bool Matrix::isPaddingPoisoned() const {
  int64_t padding = (rowStride - columns) * getBytes(type);
  for (int64_t row = 0; row < rows; ++row) {
    const char *first = at(row, columns);
    for (int64_t i = 0; i < padding; ++i)
      if (static_cast<unsigned char>(first[i]) != kPoison)
        return false;
  }
  return true;
}
