//===- Estimates.cpp - Many configs by the cost model ---------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tt/Tuning/Estimates.h"

#include "tt/Transforms/CostModel.h"
#include "tt/Tuning/Support.h"
#include "tt/Tuning/Tune.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"
#include <cmath>

using namespace mlir;
using namespace mlir::tt;
using namespace mlir::tt::tuning;
namespace json = llvm::json;

static std::string getConstantNames() {
  SmallVector<StringRef> names;
  for (const CostConstants::Field &field : CostConstants::getFields())
    names.push_back(field.name);
  return llvm::join(names, ", ");
}

llvm::Expected<CostConstants> tuning::parseConstants(StringRef text) {
  CostConstants constants;
  SmallVector<StringRef> pairs;
  text.split(pairs, ',', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  for (StringRef pair : pairs) {
    StringRef name = pair.split('=').first.trim();
    StringRef number = pair.split('=').second.trim();
    const auto *field = llvm::find_if(
        CostConstants::getFields(),
        [&](const CostConstants::Field &f) { return f.name == name; });
    if (field == CostConstants::getFields().end())
      return makeError("unknown constant '{0}', expected one of {1}", name,
                       getConstantNames());
    double value;
    if (number.getAsDouble(value) || !(value > 0) || std::isinf(value))
      return makeError("constant '{0}' is '{1}', expected a number above 0",
                       field->name, number);
    constants.*field->member = value;
  }
  return constants;
}

static TuneRequest readRequest(const json::Object &line,
                               const TargetInfo &target) {
  TuneRequest request;
  runtime::Problem &sizes = request.sizes;
  sizes.m = sizes.lda = line.getInteger("m").value_or(0);
  sizes.n = sizes.ldc = line.getInteger("n").value_or(0);
  sizes.k = sizes.ldb = line.getInteger("k").value_or(0);
  request.type = line.getString("type").value_or("").str();
  request.precision = line.getString("precision").value_or("").str();
  request.original = line.getString("config").value_or("").str();
  request.target = target.name.str();
  return request;
}

static std::optional<LineEstimate> estimate(const ParsedRequest &request,
                                            const CostConstants &constants) {
  const auto &[problem, target, config] = request;
  TilePlan plan(config, problem.elementType);
  if (!getRefusal(problem, plan, *target).empty())
    return std::nullopt;
  double seconds = estimateCost(problem, plan, *target, constants).total;
  if (std::isinf(seconds))
    return std::nullopt;
  return LineEstimate{config, seconds * 1e6};
}

llvm::Expected<std::vector<std::optional<LineEstimate>>>
tuning::estimateLines(StringRef text, MLIRContext *context,
                      const TargetInfo &target,
                      const CostConstants &constants) {
  std::vector<std::optional<LineEstimate>> estimates;
  SmallVector<StringRef> lines;
  text.split(lines, '\n', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  for (auto [i, line] : llvm::enumerate(lines)) {
    llvm::Expected<json::Value> value = json::parse(line);
    if (!value)
      return makeError("line {0}: {1}", i + 1,
                       llvm::toString(value.takeError()));
    const json::Object *object = value->getAsObject();
    if (!object)
      return makeError("line {0}: expected an object", i + 1);
    llvm::Expected<ParsedRequest> request =
        parseRequest(readRequest(*object, target), context);
    estimates.push_back(request ? estimate(*request, constants) : std::nullopt);
    llvm::consumeError(request.takeError());
  }
  return std::move(estimates);
}
