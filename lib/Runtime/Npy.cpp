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

#include "tt/Runtime/Matrix.h"

#include <cinttypes>
#include <cstring>
#include <fstream>
#include <sstream>

using namespace mlir::tt::runtime;

static constexpr char kMagic[] = "\x93NUMPY";
static constexpr size_t kMagicBytes = 6;

namespace {
struct Header {
  std::string descr;
  int64_t rows = 0, columns = 0;
  size_t dataOffset = 0;
};
} // namespace

/// The text between `open` and `close` behind `key` in a header.
static std::string findField(const std::string &header, const std::string &key,
                             char open, char close) {
  size_t at = header.find("'" + key + "'");
  size_t first = at == std::string::npos ? at : header.find(open, at + key.size() + 2);
  size_t last = first == std::string::npos ? first : header.find(close, first + 1);
  if (last == std::string::npos)
    return {};
  return header.substr(first + 1, last - first - 1);
}

static Result<Header> parseHeader(const std::string &file) {
  constexpr size_t kFixedBytes = 12;
  if (file.size() < kFixedBytes || std::memcmp(file.data(), kMagic, kMagicBytes))
    return Error{"not a NumPy file"};
  auto byte = [&](size_t i) { return size_t(uint8_t(file[i])); };
  bool isVersion1 = byte(6) == 1;
  size_t length = byte(8) | byte(9) << 8;
  if (!isVersion1)
    length |= byte(10) << 16 | byte(11) << 24;
  Header header;
  header.dataOffset = (isVersion1 ? 10 : 12) + length;
  if (file.size() < header.dataOffset)
    return Error{"truncated NumPy header"};
  std::string text = file.substr(header.dataOffset - length, length);
  header.descr = findField(text, "descr", '\'', '\'');
  if (text.find("'fortran_order': True") != std::string::npos)
    return Error{"column-major (fortran_order) array, expected row-major"};
  int used = 0;
  std::string shape = findField(text, "shape", '(', ')');
  if (std::sscanf(shape.c_str(), "%" SCNd64 ", %" SCNd64 "%n", &header.rows,
                  &header.columns, &used) != 2 ||
      size_t(used) != shape.size() || header.rows < 0 || header.columns < 0)
    return Error{"shape (" + shape + "), expected two dimensions"};
  return header;
}

static Result<Matrix> decode(const std::string &file, ElementType type) {
  Result<Header> header = parseHeader(file);
  if (!header)
    return header.error();
  const char *native = type == ElementType::f32   ? "<f4"
                       : type == ElementType::f16 ? "<f2"
                                                  : "<u2";
  int64_t bytes = header->descr == "<f8" ? 8 : getBytes(type);
  if (header->descr != native && header->descr != "<f8")
    return Error{"elements of type '" + header->descr + "', expected '" +
                 native + "' or '<f8'"};
  // Before anything of that size is allocated; the product may overflow.
  size_t found = file.size() - header->dataOffset;
  if (header->columns > 0 &&
      size_t(header->rows) > found / bytes / size_t(header->columns))
    return Error{"truncated: " + std::to_string(header->rows) + " x " +
                 std::to_string(header->columns) + " elements expected, " +
                 std::to_string(found) + " bytes found"};
  size_t needed = size_t(header->rows) * header->columns * bytes;
  Matrix matrix(type, header->rows, header->columns, header->columns);
  const char *data = file.data() + header->dataOffset;
  if (header->descr == native) {
    std::memcpy(matrix.bytes.data(), data, needed);
    return matrix;
  }
  for (int64_t i = 0; i < header->rows * header->columns; ++i) {
    double value;
    std::memcpy(&value, data + 8 * i, sizeof value);
    matrix.set(i / header->columns, i % header->columns, float(value));
  }
  return matrix;
}

Result<Matrix> mlir::tt::runtime::readNpy(const std::string &path,
                                          ElementType type) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream)
    return Error{"cannot open '" + path + "'"};
  std::ostringstream text;
  text << stream.rdbuf();
  Result<Matrix> matrix = decode(text.str(), type);
  if (!matrix)
    return Error{path + ": " + matrix.error().message};
  return matrix;
}

Status mlir::tt::runtime::writeNpy(const std::string &path,
                                   const Matrix &matrix) {
  const char *descr = matrix.type == ElementType::f32   ? "<f4"
                      : matrix.type == ElementType::f16 ? "<f2"
                                                        : "<u2";
  std::string header = std::string("{'descr': '") + descr +
                       "', 'fortran_order': False, 'shape': (" +
                       std::to_string(matrix.rows) + ", " +
                       std::to_string(matrix.columns) + "), }";
  // The data begin at a multiple of 64 bytes.
  while ((10 + header.size() + 1) % 64)
    header += ' ';
  header += '\n';
  std::string file(kMagic, kMagicBytes);
  file += '\1';
  file += '\0';
  file += char(header.size() & 0xFF);
  file += char(header.size() >> 8);
  file += header;
  for (int64_t row = 0; row < matrix.rows; ++row)
    file.append(matrix.at(row, 0), matrix.columns * getBytes(matrix.type));
  return writeFile(path, file);
}
