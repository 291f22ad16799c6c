//===- Npy.cpp - NumPy files ----------------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The format is NumPy's own, "numpy.lib.format": a magic string, a version, the
// length of a header, the header (a Python dictionary as text), the data.
//
//===----------------------------------------------------------------------===//

#include "tt/Runtime/Npy.h"

#include "tt/Runtime/Matrix.h"
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>

using namespace mlir::tt::runtime;

static constexpr char kMagic[] = "\x93NUMPY";
static constexpr size_t kMagicBytes = 6;

int64_t mlir::tt::runtime::getElementBytes(const std::string &descr) {
  return descr.size() < 3 ? 0 : std::atoll(descr.c_str() + 2);
}

std::string mlir::tt::runtime::formatShape(const std::vector<int64_t> &shape) {
  std::string text;
  for (int64_t size : shape)
    text += (text.empty() ? "" : " x ") + std::to_string(size);
  return text.empty() ? "a scalar" : text;
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

/// The text between `open` and `close` behind `key` in a header.
static std::string findField(const std::string &header, const std::string &key,
                             char open, char close) {
  size_t at = header.find("'" + key + "'");
  if (at == std::string::npos)
    return {};
  size_t first = header.find(open, at + key.size() + 2);
  if (first == std::string::npos)
    return {};
  size_t last = header.find(close, first + 1);
  if (last == std::string::npos)
    return {};
  return header.substr(first + 1, last - first - 1);
}

/// "64, 48", "64," or "".
static bool parseShape(const std::string &text, std::vector<int64_t> &shape) {
  const char *at = text.c_str();
  while (*at) {
    char *end = nullptr;
    int64_t size = std::strtoll(at, &end, 10);
    if (end == at || size < 0)
      return false;
    shape.push_back(size);
    at = end + std::strspn(end, ", ");
  }
  return true;
}

/// The bytes of the array; -1 if they are more than can be counted.
static int64_t countBytes(const NpyArray &array) {
  int64_t bytes = getElementBytes(array.descr);
  for (int64_t size : array.shape)
    if (__builtin_mul_overflow(bytes, size, &bytes))
      return -1;
  return bytes;
}

static Result<NpyArray> decode(const std::string &file) {
  constexpr size_t kFixedBytes = 12;
  if (file.size() < kFixedBytes ||
      std::memcmp(file.data(), kMagic, kMagicBytes) != 0)
    return Error{"not a NumPy file"};
  auto byte = [&](size_t i) { return size_t(uint8_t(file[i])); };
  bool isVersion1 = byte(6) == 1;
  size_t length = byte(8) | byte(9) << 8;
  if (!isVersion1)
    length |= byte(10) << 16 | byte(11) << 24;
  size_t dataOffset = (isVersion1 ? 10 : 12) + length;
  if (file.size() < dataOffset)
    return Error{"truncated NumPy header"};
  std::string header = file.substr(dataOffset - length, length);
  NpyArray array;
  array.descr = findField(header, "descr", '\'', '\'');
  if (header.find("'fortran_order': True") != std::string::npos)
    return Error{"column-major (fortran_order) array, expected row-major"};
  std::string shape = findField(header, "shape", '(', ')');
  if (header.find("'shape'") == std::string::npos ||
      !parseShape(shape, array.shape))
    return Error{"shape (" + shape + "), expected sizes"};
  if (getElementBytes(array.descr) < 1)
    return Error{"elements of type '" + array.descr +
                 "', expected numbers such as '<f4'"};
  // Before anything of that size is allocated.
  int64_t needed = countBytes(array);
  size_t found = file.size() - dataOffset;
  if (needed < 0 || size_t(needed) > found)
    return Error{"truncated: " + formatShape(array.shape) + " elements of '" +
                 array.descr + "' expected, " + std::to_string(found) +
                 " bytes found"};
  array.data = file.substr(dataOffset, needed);
  return array;
}

Result<NpyArray> mlir::tt::runtime::readNpyArray(const std::string &path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream)
    return Error{"cannot open '" + path + "'"};
  std::ostringstream text;
  text << stream.rdbuf();
  Result<NpyArray> array = decode(text.str());
  if (!array)
    return Error{path + ": " + array.error().message};
  return array;
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

Status mlir::tt::runtime::writeNpyArray(const std::string &path,
                                        const NpyArray &array) {
  std::string shape;
  for (int64_t size : array.shape)
    shape += std::to_string(size) + ", ";
  std::string header = "{'descr': '" + array.descr +
                       "', 'fortran_order': False, 'shape': (" + shape + "), }";
  // The data begin at a multiple of 64 bytes.
  while ((10 + header.size() + 1) % 64)
    header += ' ';
  header += '\n';
  std::string file(kMagic, kMagicBytes);
  file += '\1';
  file += '\0';
  file += char(header.size() & 0xFF);
  file += char(header.size() >> 8);
  return writeFile(path, file + header + array.data);
}

//===----------------------------------------------------------------------===//
// Matrices
//===----------------------------------------------------------------------===//

/// bf16, which NumPy does not have, goes as its bits.
static const char *getDescr(ElementType type) {
  switch (type) {
  case ElementType::f32:
    return "<f4";
  case ElementType::f16:
    return "<f2";
  case ElementType::bf16:
    return "<u2";
  }
  return "";
}

static Result<Matrix> toMatrix(const NpyArray &array, ElementType type) {
  if (array.shape.size() != 2)
    return Error{"shape " + formatShape(array.shape) +
                 ", expected two dimensions"};
  const char *native = getDescr(type);
  if (array.descr != native && array.descr != "<f8")
    return Error{"elements of type '" + array.descr + "', expected '" + native +
                 "' or '<f8'"};
  int64_t rows = array.shape[0], columns = array.shape[1];
  Matrix matrix(type, rows, columns, columns);
  if (array.descr == native) {
    std::memcpy(matrix.bytes.data(), array.data.data(), array.data.size());
    return matrix;
  }
  for (int64_t i = 0; i < rows * columns; ++i) {
    double value;
    std::memcpy(&value, array.data.data() + 8 * i, sizeof value);
    matrix.set(i / columns, i % columns, float(value));
  }
  return matrix;
}

Result<Matrix> mlir::tt::runtime::readNpy(const std::string &path,
                                          ElementType type) {
  Result<NpyArray> array = readNpyArray(path);
  if (!array)
    return array.error();
  Result<Matrix> matrix = toMatrix(*array, type);
  if (!matrix)
    return Error{path + ": " + matrix.error().message};
  return matrix;
}

Status mlir::tt::runtime::writeNpy(const std::string &path,
                                   const Matrix &matrix) {
  NpyArray array;
  array.descr = getDescr(matrix.type);
  array.shape = {matrix.rows, matrix.columns};
  for (int64_t row = 0; row < matrix.rows; ++row)
    array.data.append(matrix.at(row, 0),
                      matrix.columns * getBytes(matrix.type));
  return writeNpyArray(path, array);
}
