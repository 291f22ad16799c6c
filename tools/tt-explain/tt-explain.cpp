//===- tt-explain.cpp - Advice from configs and counters ------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/AsmParser/AsmParser.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/MLIRContext.h"
#include "tt/Tuning/Advice.h"
#include "tt/Tuning/Estimates.h"
#include "tt/Tuning/Support.h"
#include "tt/Tuning/Tune.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace mlir::tt;
namespace cl = llvm::cl;

static cl::OptionCategory category("tt-explain options");
static cl::opt<std::string> documentFile(cl::Positional, cl::desc("[document]"),
                                         cl::cat(category));
static cl::opt<int64_t> sizeM("m", cl::desc("Rows of C"), cl::cat(category));
static cl::opt<int64_t> sizeN("n", cl::desc("Columns of C"), cl::cat(category));
static cl::opt<int64_t> sizeK("k", cl::desc("Terms of each sum"),
                              cl::cat(category));
static cl::opt<std::string> typeName("type", cl::desc("f32, f16 or bf16"),
                                     cl::cat(category));
static cl::opt<std::string>
    precision("precision", cl::desc("#tt.precision<...>, default nearest"),
              cl::cat(category));
static cl::opt<std::string> config("config",
                                   cl::desc("#tt.config<...>; without it the "
                                            "default for the problem"),
                                   cl::cat(category));
static cl::opt<std::string>
    targetName("target",
               cl::desc("GPU of the target table (default: the "
                        "document's, or rtx4090)"),
               cl::cat(category));
static cl::opt<bool> json("json", cl::desc("Print JSON"), cl::cat(category));
static cl::opt<bool>
    ignoreUnknown("ignore-unknown-metrics",
                  cl::desc("Go on without metrics that are not understood"),
                  cl::cat(category));

static cl::opt<std::string>
    occupancyFile("check-occupancy",
                  cl::desc("Compare our occupancies with CUDA's in this file, "
                           "which test/gpu/occupancy.py writes"),
                  cl::cat(category));

static cl::opt<std::string> estimateFile(
    "estimate",
    cl::desc("Print the model's microseconds and the config for each line "
             "of this file: JSON with m, n, k, type, precision, config"),
    cl::cat(category));
static cl::opt<std::string> constantsText(
    "constants",
    cl::desc("With --estimate: name=value,... in place of some of "
             "the model's constants (CostConstants.h)"),
    cl::cat(category));

static cl::opt<bool> listConstants(
    "list-constants",
    cl::desc("Print the constants that --constants can name, and their values"),
    cl::cat(category));

static constexpr const char *kOverview =
    R"(Says what limits a kernel, and what a change of its config would do, without a GPU.

  tt-explain request.txt                       a tuning request with Triton configs
                                               and NCU counters
  tt-explain export.csv                        ncu --csv, or ncu --page raw
  tt-explain --m 2048 --n 4096 --k 8192 --type f32 --target rtx4090
  tt-explain --m 64 --n 64 --k 64 --config "#tt.config<...>" --json
  tt-explain --estimate kernels.jsonl --target h200

Exit code: 0, or 2 for bad input.
)";

static int fail(const Twine &message) {
  llvm::errs() << "tt-explain: " << message << "\n";
  return 2;
}

static int print(const tuning::Report &report, const TargetInfo &target) {
  llvm::outs() << (json ? tuning::formatJSON(report, target)
                        : tuning::formatText(report));
  return 0;
}

/// The target that is named, or the default; null, and says so, if none is.
static const TargetInfo *findTarget(StringRef name) {
  const TargetInfo *target = TargetInfo::find(name.empty() ? "rtx4090" : name);
  if (!target)
    fail("unknown target '" + name + "', expected one of " +
         TargetInfo::knownNames());
  return target;
}

static int explainDocument(MLIRContext *context, Type elementType) {
  llvm::Expected<std::string> text = tuning::readFile(documentFile);
  if (!text)
    return fail(llvm::toString(text.takeError()));
  llvm::Expected<tuning::Document> document =
      tuning::parseDocument(*text, ignoreUnknown);
  if (!document)
    return fail(documentFile + ": " + llvm::toString(document.takeError()));
  const TargetInfo *target = findTarget(
      targetName.empty() ? document->targetName : targetName.getValue());
  if (!target)
    return 2;
  return print(tuning::adviseOnDocument(*document, {sizeM, sizeN, sizeK},
                                        elementType, context, *target),
               *target);
}

static int explainConfig(MLIRContext *context, Type elementType) {
  if (sizeM < 1 || sizeN < 1 || sizeK < 1)
    return fail("give a document, or --m, --n and --k above 0");
  if (!elementType)
    elementType = Float32Type::get(context);
  const TargetInfo *target = findTarget(targetName);
  if (!target)
    return 2;
  PrecisionAttr contract = PrecisionAttr::getDefault(elementType);
  if (!precision.empty())
    contract = dyn_cast_or_null<PrecisionAttr>(
        parseAttribute(precision.getValue(), context));
  if (!contract || !contract.accepts(elementType))
    return fail(
        "--precision must be a #tt.precision<...> for the type, found '" +
        precision + "'");
  Problem problem = {sizeM, sizeN, sizeK, elementType, contract.getRounding()};
  ConfigAttr attribute;
  if (config.empty())
    attribute = chooseConfig(problem, *target);
  else
    attribute = dyn_cast_or_null<ConfigAttr>(
        parseAttribute(config.getValue(), context));
  if (!attribute)
    return fail("--config must be a #tt.config<...>, found '" + config + "'");
  return print(tuning::adviseOnConfig(problem, attribute, *target), *target);
}

static int explainOccupancies() {
  const TargetInfo *target = TargetInfo::find(targetName);
  if (!target)
    return fail("--check-occupancy needs --target, one of " +
                TargetInfo::knownNames());
  llvm::Expected<std::string> text = tuning::readFile(occupancyFile);
  if (!text)
    return fail(llvm::toString(text.takeError()));
  auto report = tuning::checkOccupancy(*text, *target);
  if (!report)
    return fail(occupancyFile + ": " + llvm::toString(report.takeError()));
  bool isRight = report->findings.size() == 1;
  return print(*report, *target) || !isRight;
}

static int printConstants() {
  CostConstants constants;
  for (const CostConstants::Field &field : CostConstants::getFields())
    llvm::outs() << field.name << "="
                 << llvm::formatv("{0:e12}", constants.*field.member) << "\n";
  return 0;
}

static int printEstimates(MLIRContext *context) {
  const TargetInfo *target = findTarget(targetName);
  if (!target)
    return 2;
  llvm::Expected<CostConstants> constants =
      tuning::parseConstants(constantsText);
  if (!constants)
    return fail("--constants: " + llvm::toString(constants.takeError()));
  llvm::Expected<std::string> text = tuning::readFile(estimateFile);
  if (!text)
    return fail(llvm::toString(text.takeError()));
  auto estimates = tuning::estimateLines(*text, context, *target, *constants);
  if (!estimates)
    return fail(estimateFile + ": " + llvm::toString(estimates.takeError()));
  for (const std::optional<tuning::LineEstimate> &line : *estimates) {
    if (line)
      llvm::outs() << llvm::formatv("{0:f3} {1}\n", line->microseconds,
                                    line->config);
    else
      llvm::outs() << "refused\n";
  }
  return 0;
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  cl::HideUnrelatedOptions(category);
  cl::ParseCommandLineOptions(argc, argv, kOverview);
  if (!occupancyFile.empty())
    return explainOccupancies();
  if (listConstants)
    return printConstants();
  MLIRContext context(MLIRContext::Threading::DISABLED);
  context.loadDialect<TTDialect>();
  Type elementType = tuning::parseElementType(typeName, &context);
  if (!typeName.empty() && !elementType)
    return fail("unknown type '" + typeName + "', expected f32, f16 or bf16");
  if (!estimateFile.empty())
    return printEstimates(&context);
  return documentFile.empty() ? explainConfig(&context, elementType)
                              : explainDocument(&context, elementType);
}
