//===- PolicyText.cpp - A policy in words ---------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What is understood, wherever it stands in a line:
//
//   `num_warps`: {2, 4, 8, 16}            its only values; also num_stages
//   num_stages only by ±1                 its only steps; also +/-1, +-1
//   Do not modify BLOCK sizes             tiles are frozen (which they are
//                                         anyway: only what is named moves)
//   3–6 configs                           how many candidates
//
//===----------------------------------------------------------------------===//

#include "tt/Tuning/Document.h"
#include "tt/Tuning/Support.h"
#include "llvm/Support/Regex.h"

using namespace mlir;
using namespace mlir::tt;
using namespace mlir::tt::tuning;

/// Dashes and signs that prose has beside ASCII's.
static std::string toASCII(StringRef text) {
  const std::pair<StringRef, StringRef> replacements[] = {{"\u00B1", "+-"},
                                                          {"+/-", "+-"},
                                                          {"\u2013", "-"},
                                                          {"\u2014", "-"},
                                                          {"\u2212", "-"}};
  std::string result = text.str();
  for (auto [from, to] : replacements)
    for (size_t at = 0; (at = result.find(from.str(), at)) != std::string::npos;
         at += to.size())
      result.replace(at, from.size(), to.str());
  return result;
}

static const std::pair<StringRef, Parameter> kTritonNames[] = {
    {"num_warps", Parameter::warps}, {"num_stages", Parameter::stages}};

static llvm::Error readValues(StringRef line, Policy &policy) {
  for (auto [name, parameter] : kTritonNames) {
    llvm::Regex pattern((name + "`?[^A-Za-z{]*[{]([^}]*)[}]").str());
    SmallVector<StringRef> groups;
    if (!pattern.match(line, &groups))
      continue;
    SmallVector<StringRef> parts;
    groups[1].split(parts, ',');
    std::vector<int64_t> values;
    for (StringRef part : parts) {
      int64_t value;
      if (part.trim().getAsInteger(10, value))
        return makeError("policy: '{0}' has the value '{1}', expected numbers",
                         name, part.trim());
      values.push_back(value);
    }
    std::vector<int64_t> &known = policy.moves[parameter].values;
    if (!known.empty() && known != values)
      return makeError("policy: contradiction: '{0}' is given two different "
                       "sets of values",
                       name);
    known = values;
  }
  return llvm::Error::success();
}

static void readSteps(StringRef line, Policy &policy) {
  for (auto [name, parameter] : kTritonNames) {
    llvm::Regex pattern((name + "[^.]* [+]-([0-9]+)").str());
    SmallVector<StringRef> groups;
    int64_t limit;
    if (!pattern.match(line, &groups) || groups[1].getAsInteger(10, limit))
      continue;
    std::vector<int64_t> &steps = policy.moves[parameter].steps;
    steps.clear();
    for (int64_t step = -limit; step <= limit; ++step)
      steps.push_back(step);
  }
}

static llvm::Error readCount(StringRef line, Policy &policy) {
  llvm::Regex pattern("([0-9]+) *-+ *([0-9]+) config");
  SmallVector<StringRef> groups;
  if (!pattern.match(line, &groups))
    return llvm::Error::success();
  groups[1].getAsInteger(10, policy.minCandidates);
  groups[2].getAsInteger(10, policy.maxCandidates);
  if (policy.minCandidates < 1 || policy.minCandidates > policy.maxCandidates)
    return makeError("policy: contradiction: '{0}'", groups[0]);
  return llvm::Error::success();
}

/// A line that forbids what another allows.
static llvm::Error readFreezes(StringRef line, const Policy &policy) {
  std::string lower = line.lower();
  StringRef text = lower;
  if (!text.contains("do not") && !text.contains("don't") &&
      !text.contains("never") && !text.contains("must not"))
    return llvm::Error::success();
  for (auto [name, parameter] : kTritonNames)
    if (text.contains(name) && policy.moves.count(parameter))
      return makeError("policy: contradiction: '{0}' may move, and: '{1}'",
                       name, line.trim());
  return llvm::Error::success();
}

llvm::Expected<std::optional<Policy>> tuning::parsePolicyText(StringRef text) {
  std::string ascii = toASCII(text);
  SmallVector<StringRef> lines;
  StringRef(ascii).split(lines, '\n');
  Policy policy;
  policy.name = "document";
  policy.description = "as the document states it";
  for (StringRef line : lines) {
    if (llvm::Error error = readValues(line, policy))
      return error;
    readSteps(line, policy);
    if (llvm::Error error = readCount(line, policy))
      return error;
  }
  for (StringRef line : lines)
    if (llvm::Error error = readFreezes(line, policy))
      return error;
  if (policy.moves.empty())
    return std::optional<Policy>();
  return std::optional<Policy>(policy);
}
