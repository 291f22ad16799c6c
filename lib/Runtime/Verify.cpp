//===- Verify.cpp - Is a result within its contract? ----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tt/Runtime/Verify.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <mutex>
#include <thread>

using namespace mlir::tt::runtime;

namespace {

/// Sums over the elements that one thread has checked.
struct Tally {
  double worst = -1, error = 0, bound = 0;
  int64_t row = 0, column = 0;
  double signedSum = 0;
  int64_t counted = 0;
  bool special = false; ///< a NaN or infinity where there should be none, or
                        ///< the other way round, was found
  int64_t specialRow = 0, specialColumn = 0;

  void merge(const Tally &other);
};

class Checker {
public:
  Checker(const Matrix &a, const Matrix &b, const Matrix &c, Rounding rounding);
  Verification run();

private:
  std::vector<int64_t> pickRows() const;
  void checkRow(int64_t m, Tally &tally) const;
  void checkElement(int64_t m, int64_t n, double want, double scale,
                    Tally &tally) const;

  const Matrix &a, &c;
  std::vector<float> bValues; ///< B as f32: exact for every type
  int64_t m, n, k;
  double operandBound, resultBound, meanBound;
};

} // namespace

void Tally::merge(const Tally &other) {
  double sum = signedSum + other.signedSum;
  int64_t count = counted + other.counted;
  bool anySpecial = special || other.special;
  int64_t r = special ? specialRow : other.specialRow;
  int64_t col = special ? specialColumn : other.specialColumn;
  if (other.worst > worst)
    *this = other;
  signedSum = sum;
  counted = count;
  special = anySpecial;
  specialRow = r;
  specialColumn = col;
}

Checker::Checker(const Matrix &a, const Matrix &b, const Matrix &c,
                 Rounding rounding)
    : a(a), c(c), m(a.columns), n(b.rows), k(a.rows) {
  bool isF32 = a.type == ElementType::f32;
  double u =
      !isF32 ? 0 : std::ldexp(1, rounding == Rounding::truncate ? -10 : -11);
  double steps = double(k) / (isF32 ? 8 : 16) + 1;
  operandBound = 2 * u + u * u + steps * std::ldexp(1, -23);
  resultBound =
      isF32 ? 0 : std::ldexp(1, a.type == ElementType::f16 ? -11 : -8);
  meanBound = std::ldexp(1, -13) + steps * std::ldexp(1, -24);
  if (rounding == Rounding::truncate)
    meanBound = operandBound;
  bValues.resize(n * k);
  for (int64_t row = 0; row < n; ++row)
    for (int64_t column = 0; column < k; ++column)
      bValues[row * k + column] = float(b.get(row, column));
}

std::vector<int64_t> Checker::pickRows() const {
  constexpr double kMaxWork = double(1 << 30);
  double perRow = double(n) * k;
  int64_t count = m;
  if (perRow * m > kMaxWork)
    count = std::clamp<int64_t>(kMaxWork / perRow, 4, m);
  std::vector<int64_t> rows;
  for (int64_t i = 0; i < count; ++i)
    rows.push_back(count == m ? i : i * (m - 1) / (count - 1));
  return rows;
}

void Checker::checkElement(int64_t row, int64_t column, double want,
                           double scale, Tally &tally) const {
  double got = c.get(row, column);
  // The largest finite f16; beyond it (and half a unit) rounds to infinity.
  constexpr double kF16Overflow = 65520;
  if (c.type == ElementType::f16 && std::abs(want) >= kF16Overflow)
    want = std::copysign(INFINITY, want);
  if (!std::isfinite(want) || !std::isfinite(got)) {
    bool same = std::isnan(want) ? std::isnan(got) : got == want;
    if (!same && !tally.special) {
      tally.special = true;
      tally.specialRow = row;
      tally.specialColumn = column;
    }
    return;
  }
  // The smallest numbers of a type have fewer bits: an absolute allowance.
  double tiny = c.type == ElementType::f16 ? std::ldexp(1, -25) : 1e-37;
  double bound = operandBound * scale + resultBound * std::abs(want) + tiny;
  double error = std::abs(got - want);
  if (error / bound > tally.worst) {
    tally.worst = error / bound;
    tally.error = scale > 0 ? error / scale : error;
    tally.bound = scale > 0 ? bound / scale : bound;
    tally.row = row;
    tally.column = column;
  }
  if (scale > 0)
    tally.signedSum += (got - want) / scale;
  ++tally.counted;
}

void Checker::checkRow(int64_t row, Tally &tally) const {
  std::vector<float> aValues(k);
  for (int64_t i = 0; i < k; ++i)
    aValues[i] = float(a.get(i, row));
  for (int64_t column = 0; column < n; ++column) {
    const float *bRow = bValues.data() + column * k;
    constexpr int kLanes = 8; // independent sums: the compiler vectorises them
    double sums[kLanes] = {}, scales[kLanes] = {};
    int64_t i = 0;
    for (; i + kLanes <= k; i += kLanes)
      for (int lane = 0; lane < kLanes; ++lane) {
        double product = double(aValues[i + lane]) * bRow[i + lane];
        sums[lane] += product;
        scales[lane] += std::abs(product);
      }
    for (; i < k; ++i) {
      double product = double(aValues[i]) * bRow[i];
      sums[0] += product;
      scales[0] += std::abs(product);
    }
    double want = 0, scale = 0;
    for (int lane = 0; lane < kLanes; ++lane) {
      want += sums[lane];
      scale += scales[lane];
    }
    checkElement(row, column, want, scale, tally);
  }
}

Verification Checker::run() {
  std::vector<int64_t> rows = pickRows();
  std::atomic<size_t> next{0};
  std::mutex mutex;
  Tally total;
  auto work = [&] {
    Tally tally;
    for (size_t i; (i = next++) < rows.size();)
      checkRow(rows[i], tally);
    std::lock_guard<std::mutex> lock(mutex);
    total.merge(tally);
  };
  std::vector<std::thread> threads;
  for (unsigned i = 1; i < std::thread::hardware_concurrency(); ++i)
    threads.emplace_back(work);
  work();
  for (std::thread &thread : threads)
    thread.join();

  Verification result;
  result.rows = m;
  result.rowsChecked = rows.size();
  result.maxError = total.error;
  result.bound = total.bound;
  result.worstRow = total.row;
  result.worstColumn = total.column;
  result.meanError = total.counted ? total.signedSum / total.counted : 0;
  result.meanBound = meanBound;
  auto at = [](int64_t row, int64_t column) {
    return " at C[" + std::to_string(row) + ", " + std::to_string(column) + "]";
  };
  if (total.special)
    result.failure =
        "a NaN or infinity where none is due, or none where one is" +
        at(total.specialRow, total.specialColumn);
  else if (total.worst > 1)
    result.failure = "error beyond the bound" + at(total.row, total.column);
  // A mean over few elements says little.
  else if (total.counted >= 4096 && std::abs(result.meanError) > meanBound)
    result.failure = "errors lean to one side, as from operands that were "
                     "truncated instead of rounded";
  else if (!c.isPaddingPoisoned())
    result.failure = "elements between the rows of C were overwritten";
  result.passed = result.failure.empty();
  return result;
}

Verification mlir::tt::runtime::verify(const Matrix &a, const Matrix &b,
                                       const Matrix &c, Rounding rounding) {
  return Checker(a, b, c, rounding).run();
}
