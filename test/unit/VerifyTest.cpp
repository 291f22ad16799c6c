//===- VerifyTest.cpp - The verifier sees what is wrong -------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tt/Runtime/Verify.h"
#include "gtest/gtest.h"

#include <cmath>
#include <cstring>
#include <limits>

using namespace mlir::tt::runtime;

static float truncateToTF32(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  bits &= 0xFFFFE000u;
  std::memcpy(&value, &bits, sizeof bits);
  return value;
}

namespace {

/// A product, computed here with or without the low bits of the operands.
struct Product {
  Matrix a{ElementType::f32, 256, 64, 64}, b{ElementType::f32, 80, 256, 256},
      c{ElementType::f32, 64, 80, 84};

  explicit Product(bool truncated) {
    a.fillRandom(InputKind::uniform, 1);
    b.fillRandom(InputKind::uniform, 2);
    c.poison();
    for (int64_t m = 0; m < 64; ++m)
      for (int64_t n = 0; n < 80; ++n) {
        double sum = 0;
        for (int64_t k = 0; k < 256; ++k) {
          float x = float(a.get(k, m)), y = float(b.get(n, k));
          sum += truncated ? double(truncateToTF32(x)) * truncateToTF32(y)
                           : double(x) * y;
        }
        c.set(m, n, float(sum));
      }
  }
};

} // namespace

TEST(Verify, AcceptsTheRightProduct) {
  Product p(/*truncated=*/false);
  Verification v = verify(p.a, p.b, p.c, Rounding::nearest);
  EXPECT_TRUE(v.passed) << v.failure;
  EXPECT_EQ(v.rowsChecked, 64);
}

TEST(Verify, SeesTruncationWhereRoundingIsDue) {
  Product p(/*truncated=*/true);
  EXPECT_FALSE(verify(p.a, p.b, p.c, Rounding::nearest).passed);
  EXPECT_TRUE(verify(p.a, p.b, p.c, Rounding::truncate).passed);
}

TEST(Verify, SeesOneWrongElement) {
  Product p(/*truncated=*/false);
  p.c.set(63, 79, float(p.c.get(63, 79)) * 1.002f);
  Verification v = verify(p.a, p.b, p.c, Rounding::nearest);
  EXPECT_FALSE(v.passed);
  EXPECT_EQ(v.worstRow, 63);
  EXPECT_EQ(v.worstColumn, 79);
}

TEST(Verify, SeesALostAndAnExtraNaN) {
  float nan = std::numeric_limits<float>::quiet_NaN();
  Product lost(/*truncated=*/false);
  lost.a.set(3, 5, nan);
  EXPECT_FALSE(verify(lost.a, lost.b, lost.c, Rounding::nearest).passed);
  Product extra(/*truncated=*/false);
  extra.c.set(0, 0, nan);
  EXPECT_FALSE(verify(extra.a, extra.b, extra.c, Rounding::nearest).passed);
}

TEST(Verify, SeesAWriteBetweenTheRows) {
  Product p(/*truncated=*/false);
  p.c.set(10, 80, 0.0f);
  EXPECT_FALSE(verify(p.a, p.b, p.c, Rounding::nearest).passed);
}

TEST(Verify, EmptyProducts) {
  Matrix a(ElementType::f32, 0, 4, 4), b(ElementType::f32, 5, 0, 0),
      c(ElementType::f32, 4, 5, 5);
  c.poison();
  EXPECT_FALSE(verify(a, b, c, Rounding::nearest).passed); // NaN is not 0
  for (int64_t m = 0; m < 4; ++m)
    for (int64_t n = 0; n < 5; ++n)
      c.set(m, n, 0);
  EXPECT_TRUE(verify(a, b, c, Rounding::nearest).passed);
}
