//===- Support.cpp - What the modes of tt-run share -----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Support.h"

#include "mlir/IR/Remarks.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/IRReader/IRReader.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"

using namespace mlir;
using namespace mlir::tt;

int mlir::tt::fail(const Twine &message, int code) {
  llvm::errs() << "tt-run: " << message << "\n";
  return code;
}

int mlir::tt::fail(const runtime::Error &error) {
  return fail(error.message, error.isWrongResult ? runtime::kExitWrongResult
                                                 : runtime::kExitBadInput);
}

int mlir::tt::writeOutput(StringRef path, StringRef content) {
  if (path == "-") {
    llvm::outs() << content;
    return runtime::kExitSuccess;
  }
  runtime::Status status = runtime::writeFile(path.str(), content.str());
  return status ? runtime::kExitSuccess : fail(status.error().message);
}

LogicalResult mlir::tt::dumpStage(StringRef folder, StringRef name,
                                  StringRef text) {
  llvm::SmallString<128> path(folder);
  llvm::sys::fs::create_directories(path);
  llvm::sys::path::append(path, name);
  runtime::Status status = runtime::writeFile(std::string(path), text.str());
  if (status)
    return success();
  fail(status.error().message);
  return failure();
}

namespace {
struct RemarkPrinter : remark::detail::MLIRRemarkStreamerBase {
  void streamOptimizationRemark(const remark::detail::Remark &remark) override {
    llvm::errs() << "remark: " << remark.getMsg() << "\n";
  }
};
} // namespace

void mlir::tt::printRemarks(MLIRContext &context) {
  remark::RemarkCategories ours;
  ours.passed = ours.missed = ours.analysis = ours.failed = "tt-.*";
  (void)remark::enableOptimizationRemarks(
      context, std::make_unique<RemarkPrinter>(),
      std::make_unique<remark::RemarkEmittingPolicyAll>(), ours);
}

std::string mlir::tt::getLLVMText(StringRef bitcode) {
  llvm::LLVMContext context;
  llvm::SMDiagnostic diagnostic;
  std::unique_ptr<llvm::Module> module = llvm::parseIR(
      llvm::MemoryBufferRef(bitcode, "kernel"), diagnostic, context);
  std::string text;
  llvm::raw_string_ostream stream(text);
  if (module)
    stream << *module;
  return text;
}
