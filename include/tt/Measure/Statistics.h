//===- Statistics.h - Of samples ---------------------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_MEASURE_STATISTICS_H
#define TT_MEASURE_STATISTICS_H

#include <vector>

namespace mlir::tt::measure {

/// 0 of no samples; of an even number the mean of the middle two.
double getMedian(std::vector<double> samples);

/// Half of the distance between the quartiles.
double getSpread(std::vector<double> samples);

/// Spearman's rank correlation; ties share their mean rank. NaN of fewer than
/// two, or if all are equal.
double getRankCorrelation(const std::vector<double> &a,
                          const std::vector<double> &b);

} // namespace mlir::tt::measure

#endif // TT_MEASURE_STATISTICS_H
