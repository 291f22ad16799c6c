//===- Report.cpp - Findings as text and JSON -----------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tt/Tuning/Advice.h"
#include "tt/Tuning/Support.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"
#include <cmath>

using namespace mlir;
using namespace mlir::tt;
using namespace mlir::tt::tuning;
namespace json = llvm::json;

void Report::add(StringRef topic, std::string text,
                 std::vector<std::pair<std::string, double>> numbers) {
  findings.push_back({topic.str(), std::move(text), std::move(numbers)});
}

/// Breaks lines at `width`; each begins with `indent` spaces.
static void printWrapped(raw_ostream &os, StringRef text, size_t indent,
                         size_t width) {
  size_t column = 0;
  SmallVector<StringRef> words;
  text.split(words, ' ', -1, false);
  for (StringRef word : words) {
    if (column && column + 1 + word.size() > width) {
      os << '\n';
      column = 0;
    }
    if (column == 0)
      os.indent(indent), column = indent;
    else
      os << ' ', ++column;
    os << word;
    column += word.size();
  }
  os << '\n';
}

static std::string formatNumber(double value) {
  if (value == std::floor(value) && std::abs(value) < 1e15)
    return withCommas(int64_t(value));
  return llvm::formatv(std::abs(value) < 0.01 ? "{0:e2}" : "{0:f2}", value);
}

std::string tuning::formatText(const Report &report) {
  std::string text;
  llvm::raw_string_ostream os(text);
  constexpr size_t kWidth = 80;
  StringRef topic;
  for (const Finding &finding : report.findings) {
    if (finding.topic != topic)
      os << (topic.empty() ? "" : "\n") << finding.topic << "\n";
    topic = finding.topic;
    printWrapped(os, finding.text, 2, kWidth);
    std::string numbers;
    for (const auto &[name, value] : finding.numbers)
      numbers +=
          (numbers.empty() ? "[" : "; ") + name + " " + formatNumber(value);
    if (!numbers.empty())
      printWrapped(os, numbers + "]", 4, kWidth);
  }
  return text;
}

std::string tuning::formatJSON(const Report &report, const TargetInfo &target) {
  json::Array findings;
  for (const Finding &finding : report.findings) {
    json::Object numbers;
    for (const auto &[name, value] : finding.numbers)
      numbers[name] = value;
    findings.push_back(json::Object{{"topic", finding.topic},
                                    {"text", finding.text},
                                    {"numbers", std::move(numbers)}});
  }
  std::string text;
  llvm::raw_string_ostream(text) << llvm::formatv(
      "{0:2}\n", json::Value(json::Object{{"target", target.name.str()},
                                          {"findings", std::move(findings)}}));
  return text;
}
