//===- HostValue.cpp - Arguments and results of functions ----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "HostValue.h"

#include "HostElement.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include <cstring>

using namespace mlir;
using namespace mlir::tt;
using namespace mlir::tt::host;

runtime::Status mlir::tt::host::checkType(Type type, const std::string &what) {
  auto refuse = [&](const char *expected) -> runtime::Status {
    return runtime::Error{
        llvm::formatv("{0} is {1}, expected {2}", what, type, expected)};
  };
  if (getDescr(getElementTypeOrSelf(type)).empty())
    return refuse("elements of type f64, f32, f16, bf16, i64, i32, i16, i8, i1 "
                  "or index");
  if (!isa<ShapedType>(type) || isa<RankedTensorType>(type))
    return runtime::Done{};
  auto memref = dyn_cast<MemRefType>(type);
  if (!memref)
    return refuse("a scalar, a ranked tensor or a memref");
  SmallVector<int64_t> strides;
  int64_t offset;
  if (failed(memref.getStridesAndOffset(strides, offset)) ||
      llvm::any_of(strides, [](int64_t stride) {
        return stride < 0 && !ShapedType::isDynamic(stride);
      }))
    return refuse("a memref with strides that are not negative");
  return runtime::Done{};
}

//===----------------------------------------------------------------------===//
// The C interface
//===----------------------------------------------------------------------===//

SmallVector<int64_t> mlir::tt::host::toWords(const HostValue &value) {
  if (value.isScalar()) {
    SmallVector<int64_t> word = {0};
    std::memcpy(word.data(), value.data,
                getElementBytes(value.getElementType()));
    return word;
  }
  auto address = reinterpret_cast<int64_t>(value.data);
  SmallVector<int64_t> words = {address, address, value.offset};
  words.append(value.sizes);
  words.append(value.strides);
  return words;
}

HostValue mlir::tt::host::fromWords(Type type, const char *words) {
  HostValue value;
  value.type = type;
  if (value.isScalar()) {
    value.data = const_cast<char *>(words);
    return value;
  }
  int64_t rank = cast<ShapedType>(type).getRank();
  SmallVector<int64_t> content(3 + 2 * rank);
  std::memcpy(content.data(), words, content.size() * sizeof(int64_t));
  value.data = reinterpret_cast<char *>(content[1]);
  value.offset = content[2];
  value.sizes = llvm::to_vector(ArrayRef(content).slice(3, rank));
  value.strides = llvm::to_vector(ArrayRef(content).slice(3 + rank, rank));
  return value;
}

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

void mlir::tt::host::forEachElement(const HostValue &value,
                                    llvm::function_ref<void(char *)> visit) {
  int64_t bytes = getElementBytes(value.getElementType());
  int64_t count = llvm::product_of(value.sizes);
  SmallVector<int64_t> index(value.sizes.size(), 0);
  for (int64_t i = 0; i < count; ++i) {
    int64_t at = value.offset;
    for (auto [position, stride] : llvm::zip_equal(index, value.strides))
      at += position * stride;
    visit(value.data + at * bytes);
    for (size_t dim = index.size(); dim-- > 0;) {
      if (++index[dim] < value.sizes[dim])
        break;
      index[dim] = 0;
    }
  }
}

runtime::NpyArray mlir::tt::host::toNpy(const HostValue &value) {
  runtime::NpyArray array;
  array.descr = getDescr(value.getElementType());
  array.shape.assign(value.sizes.begin(), value.sizes.end());
  int64_t bytes = getElementBytes(value.getElementType());
  forEachElement(value,
                 [&](char *address) { array.data.append(address, bytes); });
  return array;
}

double mlir::tt::host::sumElements(const HostValue &value) {
  Type type = value.getElementType();
  double sum = 0;
  forEachElement(value, [&](char *address) {
    if (isa<FloatType>(type))
      sum += loadFloat(type, address);
    else if (type.isInteger(1))
      sum += *address & 1;
    else
      sum += loadInteger(getElementBytes(type), address);
  });
  return sum;
}
