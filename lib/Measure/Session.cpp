//===- Session.cpp - Verify and time candidates on a device ---------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Order of a session, with O the original and 1, 2, ... the candidates:
//
//   O is compared with f64; 1, 2, ... with O's result, on every element
//   O 1 O 2 O 3 ... O 1 O 2 O 3 ... in rounds; each pair gives one ratio
//
// An element of a candidate may differ from the original's by twice the bound of
// one of them. Inputs are not negative, so that the bound, which is relative to
// the sum of absolute products, is relative to the element itself.
//
//===----------------------------------------------------------------------===//

#include "tt/Measure/Measure.h"
#include "tt/Measure/Statistics.h"

#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

using namespace mlir::tt;
using namespace mlir::tt::measure;
using runtime::Done;
using runtime::Error;
using Json = nlohmann::json;

static void emit(const Json &event) {
  std::printf("%s\n", event.dump().c_str());
  std::fflush(stdout);
}

namespace {

struct Loaded {
  runtime::Kernel kernel;
  std::unique_ptr<runtime::LoadedKernel> code;
  std::unique_ptr<runtime::Buffer> workspace;
  std::unique_ptr<runtime::Parameters> parameters;
  int64_t blocks = 0;
};

class Session {
public:
  Session(std::string folder, CandidateSet set, const MeasureOptions &options,
          std::unique_ptr<runtime::Device> device)
      : folder(std::move(folder)), set(std::move(set)), options(options),
        device(std::move(device)) {}

  runtime::Status prepare();
  runtime::Status check(size_t index);
  void timeAll(std::vector<size_t> indices);

private:
  runtime::Status load(size_t index, Loaded &loaded);
  runtime::Result<std::unique_ptr<runtime::Buffer>>
  upload(const runtime::Matrix &matrix);
  runtime::Status launch(Loaded &loaded, runtime::Matrix &c);
  runtime::Status compare(const runtime::Matrix &c) const;
  /// Milliseconds of one launch: the median of a few batches.
  runtime::Result<double> time(Loaded &loaded);
  runtime::Result<double> timePair(size_t index);

  std::string folder;
  CandidateSet set;
  MeasureOptions options;
  std::unique_ptr<runtime::Device> device;
  std::unique_ptr<runtime::Matrix> a, b, original;
  std::unique_ptr<runtime::Buffer> aBuffer, bBuffer, cBuffer;
  double bound = 0; ///< of an element of the original
  std::vector<Loaded> loaded;
};

} // namespace

runtime::Result<std::unique_ptr<runtime::Buffer>>
Session::upload(const runtime::Matrix &matrix) {
  auto buffer = runtime::Buffer::create(*device, matrix.bytes.size());
  if (!buffer)
    return buffer;
  auto status = device->copyIn((*buffer)->getAddress(), matrix.bytes.data(),
                               matrix.bytes.size());
  if (!status)
    return status.error();
  return buffer;
}

runtime::Status Session::load(size_t index, Loaded &result) {
  auto kernel = runtime::readKernel(folder + "/" + set.candidates[index].file);
  if (!kernel)
    return kernel.error();
  result.kernel = std::move(*kernel);
  if (auto s = runtime::checkProblem(result.kernel, set.problem); !s)
    return s;
  auto code = device->load(result.kernel);
  if (!code)
    return code.error();
  result.code = std::move(*code);
  result.blocks = runtime::getBlocks(result.kernel, set.problem);
  std::vector<char> zeros(result.kernel.workspaceBytes, 0);
  auto workspace = runtime::Buffer::create(*device, zeros.size());
  if (!workspace)
    return workspace.error();
  result.workspace = std::move(*workspace);
  if (auto s = device->copyIn(result.workspace->getAddress(), zeros.data(),
                              zeros.size());
      !s)
    return s;
  result.parameters = std::make_unique<runtime::Parameters>(
      result.kernel, set.problem, aBuffer->getAddress(), bBuffer->getAddress(),
      cBuffer->getAddress(), result.workspace->getAddress());
  return Done{};
}

/// C is poisoned before, so that what a kernel does not write is wrong.
runtime::Status Session::launch(Loaded &kernel, runtime::Matrix &c) {
  c.poison();
  if (auto s =
          device->copyIn(cBuffer->getAddress(), c.bytes.data(), c.bytes.size());
      !s)
    return s;
  if (auto s =
          kernel.code->launch(kernel.blocks, kernel.parameters->getPointers());
      !s)
    return s;
  return device->copyOut(c.bytes.data(), cBuffer->getAddress(), c.bytes.size());
}

runtime::Status Session::prepare() {
  auto type = runtime::parseElementType(set.type);
  if (!type)
    return type.error();
  const runtime::Problem &p = set.problem;
  a = std::make_unique<runtime::Matrix>(*type, p.k, p.m, p.lda);
  b = std::make_unique<runtime::Matrix>(*type, p.n, p.k, p.ldb);
  original = std::make_unique<runtime::Matrix>(*type, p.m, p.n, p.ldc);
  a->fillRandom(options.input, 1);
  b->fillRandom(options.input, 2);
  for (auto [matrix, buffer] :
       {std::pair(&a, &aBuffer), std::pair(&b, &bBuffer),
        std::pair(&original, &cBuffer)}) {
    auto uploaded = upload(**matrix);
    if (!uploaded)
      return uploaded.error();
    *buffer = std::move(*uploaded);
  }
  loaded.resize(set.candidates.size());
  if (auto s = load(0, loaded[0]); !s)
    return s;
  if (auto s = launch(loaded[0], *original); !s)
    return s;
  runtime::Verification verification =
      runtime::verify(*a, *b, *original, loaded[0].kernel.rounding);
  bound = verification.bound;
  if (!verification.passed)
    return Error{"the original's result is wrong: " + verification.failure};
  emit({{"event", "checked"},
        {"index", 0},
        {"code", loaded[0].code->describe()}});
  return Done{};
}

runtime::Status Session::compare(const runtime::Matrix &c) const {
  for (int64_t row = 0; row < c.rows; ++row)
    for (int64_t column = 0; column < c.columns; ++column) {
      double expected = original->get(row, column);
      double difference = std::abs(c.get(row, column) - expected);
      if (!(difference <= 2 * bound * std::abs(expected) + 1e-30))
        return Error{"C[" + std::to_string(row) + ", " +
                     std::to_string(column) + "] is " +
                     std::to_string(c.get(row, column)) +
                     ", the original says " + std::to_string(expected)};
    }
  return Done{};
}

runtime::Status Session::check(size_t index) {
  if (auto s = load(index, loaded[index]); !s) {
    emit({{"event", "failed"},
          {"index", index},
          {"message", s.error().message}});
    return s;
  }
  runtime::Matrix c(original->type, original->rows, original->columns,
                    original->rowStride);
  auto status = launch(loaded[index], c);
  const char *event = "failed";
  if (status) {
    status = compare(c);
    event = "wrong";
  }
  if (!status) {
    emit({{"event", event},
          {"index", index},
          {"message", status.error().message}});
    return status;
  }
  emit({{"event", "checked"},
        {"index", index},
        {"code", loaded[index].code->describe()}});
  return Done{};
}

runtime::Result<double> Session::time(Loaded &kernel) {
  // A budget of nothing still takes the least number of batches.
  auto timing =
      kernel.code->time(kernel.blocks, kernel.parameters->getPointers(), 0);
  if (!timing)
    return timing.error();
  return timing->median();
}

/// The original's time over the candidate's, each taken once.
runtime::Result<double> Session::timePair(size_t index) {
  auto first = time(loaded[0]);
  double firstClock = readClock();
  if (!first)
    return first;
  auto second = time(loaded[index]);
  double secondClock = readClock();
  if (!second)
    return second;
  emit({{"event", "pair"},
        {"index", index},
        {"original", *first},
        {"candidate", *second},
        {"clocks", {firstClock, secondClock}}});
  return *first / *second;
}

/// The candidates that are not far behind the best; the others are done.
static std::vector<size_t>
dropFarBehind(const std::vector<size_t> &indices,
              const std::vector<std::vector<double>> &ratios) {
  constexpr double kFarBehind = 0.87;
  double best = 1;
  for (size_t index : indices)
    best = std::max(best, getMedian(ratios[index]));
  std::vector<size_t> kept;
  for (size_t index : indices) {
    if (getMedian(ratios[index]) >= kFarBehind * best)
      kept.push_back(index);
    else
      emit({{"event", "dropped"}, {"index", index}});
  }
  return kept;
}

void Session::timeAll(std::vector<size_t> indices) {
  constexpr int kTrialRounds = 2;
  std::vector<std::vector<double>> ratios(set.candidates.size());
  for (int round = 0; round < options.rounds; ++round) {
    if (round == kTrialRounds)
      indices = dropFarBehind(indices, ratios);
    std::vector<size_t> good;
    for (size_t index : indices) {
      emit({{"event", "begin"}, {"index", index}});
      auto ratio = timePair(index);
      if (!ratio) {
        emit({{"event", "failed"},
              {"index", index},
              {"message", ratio.error().message}});
        continue;
      }
      ratios[index].push_back(*ratio);
      good.push_back(index);
    }
    indices = std::move(good);
  }
}

int measure::runSession(const std::string &folder,
                        const std::vector<size_t> &indices,
                        const MeasureOptions &options,
                        const runtime::OpenDevice &open) {
  auto fail = [](const Error &error) {
    emit({{"event", "failed"}, {"index", 0}, {"message", error.message}});
    return runtime::kExitBadInput;
  };
  auto set = readCandidates(folder);
  if (!set)
    return fail(set.error());
  auto device = open(options.device);
  if (!device)
    return fail(device.error());
  emit({{"event", "device"}, {"name", (*device)->getName()}});
  Session session(folder, *set, options, std::move(*device));
  emit({{"event", "begin"}, {"index", 0}});
  if (auto s = session.prepare(); !s)
    return fail(s.error());
  std::vector<size_t> good;
  for (size_t index : indices) {
    emit({{"event", "begin"}, {"index", index}});
    if (session.check(index))
      good.push_back(index);
  }
  session.timeAll(good);
  emit({{"event", "end"}});
  return runtime::kExitSuccess;
}
