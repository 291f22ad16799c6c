//===- Statistics.cpp - Of samples ----------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tt/Measure/Statistics.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

using namespace mlir::tt;

double measure::getMedian(std::vector<double> samples) {
  if (samples.empty())
    return 0;
  std::sort(samples.begin(), samples.end());
  size_t half = samples.size() / 2;
  return samples.size() % 2 ? samples[half]
                            : (samples[half - 1] + samples[half]) / 2;
}

double measure::getSpread(std::vector<double> samples) {
  if (samples.empty())
    return 0;
  std::sort(samples.begin(), samples.end());
  return (samples[samples.size() * 3 / 4] - samples[samples.size() / 4]) / 2;
}

/// 0 for the smallest; equal values get the mean of their places.
static std::vector<double> getRanks(const std::vector<double> &values) {
  std::vector<size_t> order(values.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(),
            [&](size_t a, size_t b) { return values[a] < values[b]; });
  std::vector<double> ranks(values.size());
  for (size_t i = 0; i < order.size();) {
    size_t end = i;
    while (end < order.size() && values[order[end]] == values[order[i]])
      ++end;
    for (size_t j = i; j < end; ++j)
      ranks[order[j]] = (i + end - 1) / 2.0;
    i = end;
  }
  return ranks;
}

double measure::getRankCorrelation(const std::vector<double> &a,
                                   const std::vector<double> &b) {
  if (a.size() != b.size() || a.size() < 2)
    return NAN;
  std::vector<double> x = getRanks(a), y = getRanks(b);
  double mean = (x.size() - 1) / 2.0, xy = 0, xx = 0, yy = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    xy += (x[i] - mean) * (y[i] - mean);
    xx += (x[i] - mean) * (x[i] - mean);
    yy += (y[i] - mean) * (y[i] - mean);
  }
  return xy / std::sqrt(xx * yy);
}
