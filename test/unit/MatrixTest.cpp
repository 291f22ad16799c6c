//===- MatrixTest.cpp - Host matrices and NumPy files ---------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tt/Runtime/Matrix.h"
#include "tt/Runtime/Npy.h"
#include "gtest/gtest.h"

#include <cmath>
#include <fstream>
#include <limits>

using namespace mlir::tt::runtime;

TEST(Matrix, ConversionsRoundToNearestEven) {
  Matrix f16(ElementType::f16, 1, 1, 1), bf16(ElementType::bf16, 1, 1, 1);
  f16.set(0, 0, 1.0f + 0x1p-11f); // a tie
  EXPECT_EQ(f16.get(0, 0), 1.0);
  f16.set(0, 0, 1.0f + 3 * 0x1p-11f);
  EXPECT_EQ(f16.get(0, 0), 1.0 + 0x1p-9);
  bf16.set(0, 0, 1.0f + 0x1p-8f); // a tie
  EXPECT_EQ(bf16.get(0, 0), 1.0);
  bf16.set(0, 0, std::numeric_limits<float>::quiet_NaN());
  EXPECT_TRUE(std::isnan(bf16.get(0, 0)));
  bf16.set(0, 0, std::numeric_limits<float>::infinity());
  EXPECT_TRUE(std::isinf(bf16.get(0, 0)));
}

TEST(Matrix, RandomIsTheSameForTheSameSeed) {
  Matrix x(ElementType::f32, 5, 7, 9), y(ElementType::f32, 5, 7, 9),
      z(ElementType::f32, 5, 7, 9);
  x.fillRandom(InputKind::normal, 1);
  y.fillRandom(InputKind::normal, 1);
  z.fillRandom(InputKind::normal, 2);
  EXPECT_EQ(x.bytes, y.bytes);
  EXPECT_NE(x.bytes, z.bytes);
  EXPECT_TRUE(x.isPaddingPoisoned());
}

TEST(Matrix, OverwrittenPaddingIsSeen) {
  Matrix x(ElementType::f16, 3, 4, 6);
  x.poison();
  EXPECT_TRUE(x.isPaddingPoisoned());
  x.set(1, 5, 1.0f);
  EXPECT_FALSE(x.isPaddingPoisoned());
}

TEST(Npy, RoundTripAndTruncations) {
  std::string path = testing::TempDir() + "matrix.npy";
  Matrix x(ElementType::f32, 3, 4, 6);
  x.fillRandom(InputKind::uniform, 0);
  ASSERT_TRUE(bool(writeNpy(path, x)));
  Result<Matrix> read = readNpy(path, ElementType::f32);
  ASSERT_TRUE(bool(read)) << read.error().message;
  for (int64_t row = 0; row < 3; ++row)
    for (int64_t column = 0; column < 4; ++column)
      EXPECT_EQ(read->get(row, column), x.get(row, column));

  std::ifstream stream(path, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(stream)), {});
  for (size_t length = 0; length < text.size(); ++length) {
    std::ofstream(path, std::ios::binary) << text.substr(0, length);
    EXPECT_FALSE(bool(readNpy(path, ElementType::f32))) << length;
  }
}

TEST(Matrix, SizesThatNoMemoryHoldsAreAnError) {
  constexpr int64_t kMany = int64_t(1) << 62;
  for (int64_t rows : {int64_t(1) << 40, kMany})
    EXPECT_FALSE(bool(Matrix::create(ElementType::f32, rows, 8, 8))) << rows;
  EXPECT_TRUE(bool(Matrix::create(ElementType::f32, 0, kMany, kMany)));
}

TEST(Npy, ArraysOfAnyRank) {
  std::string path = testing::TempDir() + "array.npy";
  for (std::vector<int64_t> shape :
       {std::vector<int64_t>{}, {5}, {0}, {2, 3, 4, 5}}) {
    int64_t count = 1;
    for (int64_t size : shape)
      count *= size;
    NpyArray array{"<i2", shape, std::string(2 * count, 'x')};
    ASSERT_TRUE(bool(writeNpyArray(path, array)));
    Result<NpyArray> read = readNpyArray(path);
    ASSERT_TRUE(bool(read)) << read.error().message;
    EXPECT_EQ(read->descr, array.descr);
    EXPECT_EQ(read->shape, array.shape);
    EXPECT_EQ(read->data, array.data);
  }
}

TEST(Npy, ImpossibleHeadersAreErrors) {
  std::string path = testing::TempDir() + "header.npy";
  for (const char *header :
       {"{'descr': '<f4', 'fortran_order': False, 'shape': (-1, 2)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, "
        "4294967296, 4)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (a, b)}",
        "{'descr': '<f4', 'fortran_order': True, 'shape': (1, 1)}",
        "{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (1, 1)}",
        "{'descr': '<f4', 'fortran_order': False}", "{}"}) {
    std::string text = header;
    std::string length = {char(text.size()), '\0'};
    std::ofstream(path, std::ios::binary)
        << "\x93NUMPY" << std::string("\1\0", 2) << length << text
        << "datadata";
    EXPECT_FALSE(bool(readNpyArray(path))) << header;
  }
}
