//===- Plot.cpp - Pictures of a tuning as SVG -----------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   +-- roofline ---------------+  +-- measured against estimated --+
//   | log flop/s over log flop/ |  | log microseconds, both axes;   |
//   | byte; one point each      |  | the diagonal is a perfect model|
//   +---------------------------+  +--------------------------------+
//
//===----------------------------------------------------------------------===//

#include "tt/Tuning/Support.h"
#include "tt/Tuning/Tune.h"
#include <cmath>

using namespace mlir;
using namespace mlir::tt;
using namespace mlir::tt::tuning;

namespace {

/// A chart with logarithmic axes.
struct Chart {
  double left, top, width, height; ///< pixels
  double xMin, xMax, yMin, yMax;   ///< values
  std::string title, xLabel, yLabel;

  double x(double value) const {
    return left + width * std::log(value / xMin) / std::log(xMax / xMin);
  }
  double y(double value) const {
    return top + height * (1 - std::log(value / yMin) / std::log(yMax / yMin));
  }
  void frame(raw_ostream &os) const;
  void line(raw_ostream &os, double x0, double y0, double x1, double y1,
            StringRef color) const;
  void point(raw_ostream &os, double px, double py, StringRef color,
             StringRef label) const;
};

} // namespace

static std::string escape(StringRef text) {
  std::string result;
  for (char c : text)
    result += c == '<'   ? "&lt;"
              : c == '>' ? "&gt;"
              : c == '&' ? "&amp;"
                         : std::string(1, c);
  return result;
}

/// 1, 2 and 5 times powers of ten.
static std::vector<double> getTicks(double low, double high) {
  std::vector<double> ticks;
  for (double power = std::pow(10, std::floor(std::log10(low))); power <= high;
       power *= 10)
    for (double factor : {1.0, 2.0, 5.0})
      if (factor * power >= low && factor * power <= high)
        ticks.push_back(factor * power);
  return ticks;
}

void Chart::frame(raw_ostream &os) const {
  os << llvm::formatv("<rect x='{0}' y='{1}' width='{2}' height='{3}' "
                      "fill='none' stroke='#888'/>\n"
                      "<text x='{4}' y='{5}' text-anchor='middle' "
                      "font-weight='bold'>{6}</text>\n",
                      left, top, width, height, left + width / 2, top - 10,
                      escape(title));
  for (double tick : getTicks(xMin, xMax))
    os << llvm::formatv("<text x='{0:f1}' y='{1}' text-anchor='middle'>{2}"
                        "</text>\n",
                        x(tick), top + height + 16, tick);
  for (double tick : getTicks(yMin, yMax))
    os << llvm::formatv("<text x='{0}' y='{1:f1}' text-anchor='end'>{2}"
                        "</text>\n",
                        left - 5, y(tick) + 4, tick);
  os << llvm::formatv("<text x='{0}' y='{1}' text-anchor='middle'>{2}</text>\n",
                      left + width / 2, top + height + 34, escape(xLabel));
  os << llvm::formatv("<text x='{0}' y='{1}' text-anchor='middle' "
                      "transform='rotate(-90 {0} {1})'>{2}</text>\n",
                      left - 48, top + height / 2, escape(yLabel));
}

void Chart::line(raw_ostream &os, double x0, double y0, double x1, double y1,
                 StringRef color) const {
  os << llvm::formatv("<line x1='{0:f1}' y1='{1:f1}' x2='{2:f1}' y2='{3:f1}' "
                      "stroke='{4}'/>\n",
                      x(x0), y(y0), x(x1), y(y1), color);
}

void Chart::point(raw_ostream &os, double px, double py, StringRef color,
                  StringRef label) const {
  os << llvm::formatv("<circle cx='{0:f1}' cy='{1:f1}' r='4' fill='{2}' "
                      "fill-opacity='0.7'><title>{3}</title></circle>\n",
                      x(px), y(py), color, escape(label));
}

static StringRef getColor(size_t index, const measure::Results &results) {
  if (index == results.winner)
    return "#d62728";
  return index == 0 ? "#000000" : "#1f77b4";
}

static void plotRoofline(raw_ostream &os, Chart chart,
                         const measure::CandidateSet &set,
                         const measure::Results &results,
                         const Roofline &roofline, const TargetInfo &target) {
  double peak = roofline.peakFlops * 1e-12, ridge = roofline.getRidge(target);
  double intensity = roofline.getIntensity();
  chart.xMin = std::min(intensity, ridge) / 8;
  chart.xMax = std::max(intensity, ridge) * 8;
  chart.yMin = peak * chart.xMin / ridge;
  chart.yMax = peak * 2;
  chart.title = llvm::formatv("Roofline of {0}", target.name);
  chart.xLabel = "flop a byte";
  chart.yLabel = "TFLOP/s";
  chart.frame(os);
  chart.line(os, chart.xMin, chart.yMin, ridge, peak, "#888");
  chart.line(os, ridge, peak, chart.xMax, peak, "#888");
  for (size_t i = 0; i < set.candidates.size(); ++i) {
    double seconds = set.candidates[i].estimate;
    if (!results.candidates[i].ratios.empty())
      seconds = results.candidates[i].getMilliseconds() * 1e-3;
    double reached = roofline.flops / seconds * 1e-12;
    chart.point(os, intensity, std::max(reached, chart.yMin),
                getColor(i, results), set.candidates[i].config);
  }
}

static void plotModel(raw_ostream &os, Chart chart,
                      const measure::CandidateSet &set,
                      const measure::Results &results) {
  double low = HUGE_VAL, high = 0;
  for (size_t i = 0; i < set.candidates.size(); ++i)
    if (!results.candidates[i].ratios.empty())
      for (double value : {set.candidates[i].estimate * 1e6,
                           results.candidates[i].getMilliseconds() * 1e3}) {
        low = std::min(low, value);
        high = std::max(high, value);
      }
  if (high == 0)
    return;
  chart.xMin = chart.yMin = low / 1.2;
  chart.xMax = chart.yMax = high * 1.2;
  chart.title = llvm::formatv("Measured against estimated (rank correlation "
                              "{0:f2})",
                              results.rankCorrelation);
  chart.xLabel = "estimated microseconds";
  chart.yLabel = "measured microseconds";
  chart.frame(os);
  chart.line(os, chart.xMin, chart.yMin, chart.xMax, chart.yMax, "#888");
  for (size_t i = 0; i < set.candidates.size(); ++i)
    if (!results.candidates[i].ratios.empty())
      chart.point(os, set.candidates[i].estimate * 1e6,
                  results.candidates[i].getMilliseconds() * 1e3,
                  getColor(i, results), set.candidates[i].config);
}

std::string tuning::plotSVG(const measure::CandidateSet &set,
                            const measure::Results &results,
                            const Roofline &roofline,
                            const TargetInfo &target) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << "<svg xmlns='http://www.w3.org/2000/svg' width='1040' height='460' "
        "font-family='sans-serif' font-size='11'>\n"
        "<rect width='1040' height='460' fill='white'/>\n";
  const runtime::Problem &p = set.problem;
  os << llvm::formatv("<text x='520' y='20' text-anchor='middle' "
                      "font-size='14'>M={0} N={1} K={2} {3}, policy {4}: "
                      "original black, winner red</text>\n",
                      p.m, p.n, p.k, set.type, escape(set.policy));
  Chart chart = {80, 60, 400, 340, 1, 10, 1, 10, "", "", ""};
  plotRoofline(os, chart, set, results, roofline, target);
  chart.left = 600;
  plotModel(os, chart, set, results);
  os << "</svg>\n";
  return text;
}
