//===- Bundle.cpp - Kernels for several sizes and GPUs --------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each size of the list gives two kernels a target: one for rows that are
// multiples of 16 bytes, and one for any rows. Both take any sizes, so that the
// nearest entry of the table always can run.
//
//===----------------------------------------------------------------------===//

#include "tt/Tuning/Bundle.h"

#include "mlir/AsmParser/AsmParser.h"
#include "tt/Runtime/Bundle.h"
#include "tt/Tuning/Support.h"
#include "tt/Tuning/Tune.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"

using namespace mlir;
using namespace mlir::tt;
using namespace mlir::tt::tuning;

namespace {
/// One kernel to compile.
struct Item {
  TuneRequest request;
  runtime::BundleEntry entry;
};
} // namespace

/// Splitting K needs a workspace of a size that dynamic sizes do not give.
static std::string withoutSplit(ConfigAttr config, const Problem &problem,
                                const TargetInfo &target) {
  ParameterValues values = getValues(config, problem.elementType);
  at(values, Parameter::splitK) = 1;
  at(values, Parameter::streamK) = 0;
  at(values, Parameter::roundingForm) = int64_t(RoundingForm::every_fragment);
  return format(
      getConfig(values, config.getWarpM(), config.getWarpN(), problem, target));
}

static llvm::Expected<std::string>
chooseFor(const TuneRequest &request, bool useCache, MLIRContext *context) {
  auto parsed = parseRequest(request, context);
  if (!parsed)
    return parsed.takeError();
  ConfigAttr config = parsed->original;
  if (useCache)
    if (auto entry = Cache().find(CacheKey::get(
            request.sizes, request.type, request.precision, request.target)))
      if (auto cached = dyn_cast_or_null<ConfigAttr>(
              parseAttribute(entry->config, context)))
        config = cached;
  return withoutSplit(config, parsed->problem, *parsed->target);
}

static llvm::Expected<std::vector<TuneRequest>> readSizes(StringRef text) {
  std::vector<TuneRequest> requests;
  SmallVector<StringRef> lines;
  text.split(lines, '\n');
  for (const auto &[number, line] : llvm::enumerate(lines)) {
    SmallVector<StringRef> words;
    line.take_until([](char c) { return c == '#'; })
        .trim()
        .split(words, ' ', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
    if (words.empty())
      continue;
    TuneRequest request;
    runtime::Problem &p = request.sizes;
    if (words.size() < 4 || words[0].getAsInteger(10, p.m) ||
        words[1].getAsInteger(10, p.n) || words[2].getAsInteger(10, p.k))
      return makeError("line {0} of the sizes: expected 'M N K type "
                       "[precision]', found '{1}'",
                       number + 1, line);
    p.lda = p.m;
    p.ldb = p.k;
    p.ldc = p.n;
    request.type = words[3].str();
    request.precision = llvm::join(ArrayRef(words).drop_front(4), " ");
    requests.push_back(std::move(request));
  }
  if (requests.empty())
    return makeError("the file of sizes has none");
  return requests;
}

static llvm::Expected<std::vector<Item>> makeItems(const BundleOptions &options,
                                                   MLIRContext *context) {
  auto sizes = readSizes(options.sizes);
  if (!sizes)
    return sizes.takeError();
  std::vector<Item> items;
  for (StringRef target : options.targets)
    for (TuneRequest request : *sizes) {
      request.target = target.str();
      auto config = chooseFor(request, options.useCache, context);
      if (!config)
        return config.takeError();
      request.original = *config;
      int64_t elementBytes = request.type == "f32" ? 4 : 2;
      for (int64_t alignment : {int64_t(16), elementBytes}) {
        const runtime::Problem &p = request.sizes;
        items.push_back(
            {request,
             {request.target, TargetInfo::find(target)->chip.str(),
              request.type, request.precision, "", p.m, p.n, p.k, alignment}});
      }
    }
  return items;
}

llvm::Expected<size_t> tuning::makeBundle(const BundleOptions &options,
                                          MLIRContext *context) {
  auto items = makeItems(options, context);
  if (!items)
    return items.takeError();
  if (std::error_code error = llvm::sys::fs::create_directories(options.folder))
    return makeError("cannot create '{0}': {1}", options.folder,
                     error.message());
  runtime::Bundle bundle;
  bundle.folder = options.folder;
  for (auto [index, item] : llvm::enumerate(*items)) {
    std::string name = std::to_string(index) + ".ttk";
    std::string failure = compileDynamic(
        options.folder + "/" + name, item.request.type, item.request.precision,
        item.request.target, item.request.original, item.entry.rowAlignment,
        options.compile);
    if (!failure.empty())
      return makeError("{0} of {1} for {2}: {3}", item.request.original,
                       item.request.type, item.request.target, failure);
    item.entry.file = name;
    bundle.entries.push_back(item.entry);
  }
  runtime::Status status = runtime::writeBundle(bundle);
  if (!status)
    return makeError("{0}", status.error().message);
  return bundle.entries.size();
}
