//===- RunKernel.cpp - Run, verify and time one kernel --------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tt/Runtime/RunKernel.h"

#include <cstdio>
#include <nlohmann/json.hpp>

using namespace mlir::tt::runtime;

double RunReport::getTeraflops() const {
  double flops = 2.0 * problem.m * problem.n * problem.k;
  return timing ? flops / (timing->median() * 1e9) : 0;
}

/// An operand from its file, or random.
static Result<Matrix> makeOperand(const Kernel &kernel, const char *name,
                                  const std::string &file, int64_t rows,
                                  int64_t columns, int64_t rowStride,
                                  InputKind kind, uint64_t seed) {
  Result<Matrix> matrix =
      Matrix::create(kernel.elementType, rows, columns, rowStride);
  if (!matrix)
    return matrix;
  if (file.empty()) {
    matrix->fillRandom(kind, seed);
    return matrix;
  }
  Result<Matrix> read = readNpy(file, kernel.elementType);
  if (!read)
    return read;
  if (read->rows != rows || read->columns != columns)
    return Error{file + ": " + std::to_string(read->rows) + " x " +
                 std::to_string(read->columns) + ", " + name + " is " +
                 std::to_string(rows) + " x " + std::to_string(columns)};
  matrix->poison();
  for (int64_t row = 0; row < rows; ++row)
    std::copy_n(read->at(row, 0), columns * getBytes(matrix->type),
                const_cast<char *>(matrix->at(row, 0)));
  return matrix;
}

static Result<std::unique_ptr<Buffer>> upload(Device &device,
                                              const Matrix &matrix) {
  auto buffer = Buffer::create(device, matrix.bytes.size());
  if (!buffer)
    return buffer;
  Status status = device.copyIn((*buffer)->getAddress(), matrix.bytes.data(),
                                matrix.bytes.size());
  if (!status)
    return status.error();
  return buffer;
}

/// The kernel's workspace, with zeros where it needs them and poison elsewhere.
static Result<std::unique_ptr<Buffer>> makeWorkspace(Device &device,
                                                     const Kernel &kernel) {
  constexpr char kPoison = char(0xFF);
  std::vector<char> bytes(kernel.workspaceBytes, kPoison);
  std::fill_n(bytes.begin(), kernel.workspaceZeroedBytes, 0);
  auto buffer = Buffer::create(device, bytes.size());
  if (!buffer)
    return buffer;
  Status status =
      device.copyIn((*buffer)->getAddress(), bytes.data(), bytes.size());
  if (!status)
    return status.error();
  return buffer;
}

static Status launch(Device &device, const Kernel &kernel,
                     const RunOptions &options, std::vector<void *> parameters,
                     RunReport &report) {
  auto loaded = device.load(kernel);
  if (!loaded)
    return loaded.error();
  int64_t blocks = getBlocks(kernel, report.problem);
  // An empty C needs no launch, and CUDA allows no empty grid.
  if (blocks == 0)
    return Done{};
  if (Status s = (*loaded)->launch(blocks, parameters); !s)
    return s;
  report.launched = true;
  report.code = (*loaded)->describe();
  report.details = (*loaded)->describeDetails();
  report.measurements = (*loaded)->getMeasurements();
  if (!options.benchmark)
    return Done{};
  Result<Timing> timing =
      (*loaded)->time(blocks, parameters, options.benchmarkSeconds);
  if (!timing)
    return timing.error();
  report.timing = *timing;
  return Done{};
}

Result<RunReport> mlir::tt::runtime::runKernel(Device &device,
                                               const Kernel &kernel,
                                               const Problem &p,
                                               const RunOptions &options) {
  if (Status s = checkProblem(kernel, p); !s)
    return s.error();
  Result<Matrix> a = makeOperand(kernel, "A", options.aFile, p.k, p.m, p.lda,
                                 options.input, options.seed * 2 + 1);
  if (!a)
    return a.error();
  Result<Matrix> b = makeOperand(kernel, "B", options.bFile, p.n, p.k, p.ldb,
                                 options.input, options.seed * 2 + 2);
  if (!b)
    return b.error();
  Result<Matrix> c = Matrix::create(kernel.elementType, p.m, p.n, p.ldc);
  if (!c)
    return c.error();
  c->poison();

  auto aBuffer = upload(device, *a), bBuffer = upload(device, *b),
       cBuffer = upload(device, *c);
  for (auto *buffer : {&aBuffer, &bBuffer, &cBuffer})
    if (!*buffer)
      return buffer->error();
  RunReport report;
  report.problem = p;
  report.device = device.getName();
  auto workspace = makeWorkspace(device, kernel);
  if (!workspace)
    return workspace.error();
  Parameters parameters(kernel, p, (*aBuffer)->getAddress(),
                        (*bBuffer)->getAddress(), (*cBuffer)->getAddress(),
                        (*workspace)->getAddress());
  Status status =
      launch(device, kernel, options, parameters.getPointers(), report);
  if (!status)
    return status.error();
  status = device.copyOut(c->bytes.data(), (*cBuffer)->getAddress(),
                          c->bytes.size());
  if (!status)
    return status.error();
  if (options.verify)
    report.verification = verify(*a, *b, *c, kernel.rounding);
  if (!options.cFile.empty())
    if (Status s = writeNpy(options.cFile, *c); !s)
      return s.error();
  return report;
}

//===----------------------------------------------------------------------===//
// Reports
//===----------------------------------------------------------------------===//

template <typename... Ts>
static std::string format(const char *text, Ts... values) {
  char line[512];
  std::snprintf(line, sizeof line, text, values...);
  return line;
}

std::string mlir::tt::runtime::formatReport(const RunReport &report,
                                            const Kernel &kernel) {
  const Problem &p = report.problem;
  std::string text = format(
      "problem   C = A^T B^T, M=%lld N=%lld K=%lld, %s%s%s\n", (long long)p.m,
      (long long)p.n, (long long)p.k, getName(kernel.elementType),
      kernel.elementType == ElementType::f32 ? " as tf32, rounding " : "",
      kernel.elementType == ElementType::f32 ? getName(kernel.rounding) : "");
  text += "config    " + kernel.config + "\n";
  text += "device    " + report.device + ", code for " + kernel.chip + "\n";
  if (!report.code.empty())
    text += "code      " + report.code + "\n";
  if (!report.launched)
    text += "launch    none: C is empty\n";
  if (const auto &v = report.verification) {
    text += format("verified  %s rows against f64: max error %.2e (bound "
                   "%.2e), mean %+.1e (bound %.1e): %s\n",
                   v->rowsChecked == v->rows
                       ? "all"
                       : format("%lld of %lld", (long long)v->rowsChecked,
                                (long long)v->rows)
                             .c_str(),
                   v->maxError, v->bound, v->meanError, v->meanBound,
                   v->passed ? "PASS" : "FAIL");
    if (!v->passed)
      text += "          " + v->failure + "\n";
  }
  if (report.timing)
    text += format("time      %.4f ms median of %zu samples (spread %.1f %%), "
                   "%.1f TFLOP/s\n",
                   report.timing->median(), report.timing->samples.size(),
                   100 * report.timing->spread(), report.getTeraflops());
  if (report.timing && kernel.targetFlops > 0)
    text +=
        format("          %.1f %% of the %.1f TFLOP/s that %s is limited to\n",
               100 * report.getTeraflops() / (kernel.targetFlops * 1e-12),
               kernel.targetFlops * 1e-12, kernel.target.c_str());
  text += report.details;
  return text;
}

std::string mlir::tt::runtime::formatReportJson(const RunReport &report,
                                                const Kernel &kernel) {
  const Problem &p = report.problem;
  nlohmann::json json = {{"m", p.m},
                         {"n", p.n},
                         {"k", p.k},
                         {"lda", p.lda},
                         {"ldb", p.ldb},
                         {"ldc", p.ldc},
                         {"type", getName(kernel.elementType)},
                         {"rounding", getName(kernel.rounding)},
                         {"config", kernel.config},
                         {"device", report.device},
                         {"code", report.code},
                         {"launched", report.launched}};
  if (const auto &v = report.verification)
    json["verification"] = {{"passed", v->passed},
                            {"rows_checked", v->rowsChecked},
                            {"rows", v->rows},
                            {"max_error", v->maxError},
                            {"bound", v->bound},
                            {"mean_error", v->meanError},
                            {"mean_bound", v->meanBound},
                            {"failure", v->failure}};
  if (report.timing)
    json["benchmark"] = {{"milliseconds", report.timing->median()},
                         {"spread", report.timing->spread()},
                         {"samples", report.timing->samples},
                         {"tflops", report.getTeraflops()},
                         {"target", kernel.target},
                         {"target_tflops", kernel.targetFlops * 1e-12}};
  if (!report.measurements.empty())
    json["counters"] = nlohmann::json::parse(report.measurements);
  return json.dump() + "\n";
}
