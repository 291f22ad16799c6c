//===- HostArgument.cpp - From files and numbers to arguments ------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "HostElement.h"
#include "HostValue.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"
#include <cstring>

using namespace mlir;
using namespace mlir::tt;
using namespace mlir::tt::host;

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

/// Sets offset and strides: those of the type, and where it does not say them,
/// those of an array without gaps.
static void setLayout(HostValue &value) {
  SmallVector<int64_t> strides;
  int64_t offset = 0;
  auto memref = dyn_cast<MemRefType>(value.type);
  if (!memref || failed(memref.getStridesAndOffset(strides, offset)))
    strides.assign(value.sizes.size(), ShapedType::kDynamic);
  value.offset = ShapedType::isDynamic(offset) ? 0 : offset;
  int64_t next = 1;
  for (size_t dim = strides.size(); dim-- > 0;) {
    if (ShapedType::isDynamic(strides[dim]))
      strides[dim] = next;
    next = std::max<int64_t>(value.sizes[dim], 1) * strides[dim];
  }
  value.strides = strides;
}

/// The bytes that the elements of `value` span; an error if 64 bits cannot count
/// them.
static runtime::Result<int64_t> countBytes(const HostValue &value) {
  int64_t last = value.offset, bytes = 0;
  bool tooMany = false;
  for (auto [size, stride] : llvm::zip_equal(value.sizes, value.strides)) {
    int64_t reach = 0;
    tooMany |= llvm::MulOverflow(size - 1, stride, reach) ||
               llvm::AddOverflow(last, reach, last);
  }
  if (llvm::is_contained(value.sizes, 0))
    return int64_t(0);
  if (tooMany || llvm::MulOverflow(
                     last + 1, getElementBytes(value.getElementType()), bytes))
    return runtime::Error{llvm::formatv(
        "{0} of {1} elements: more bytes than 64 bits count", value.type,
        llvm::join(
            llvm::map_range(value.sizes,
                            [](int64_t size) { return std::to_string(size); }),
            "x"))};
  return bytes;
}

/// Memory for a value whose type and sizes are set, all bits set: NaN.
static runtime::Status allocate(MgpuSession &session, HostValue &value) {
  setLayout(value);
  runtime::Result<int64_t> bytes = countBytes(value);
  if (!bytes)
    return bytes.error();
  value.data = static_cast<char *>(session.allocate(*bytes));
  if (!session.getError().empty())
    return runtime::Error{session.getError()};
  std::memset(value.data, 0xFF, *bytes);
  return runtime::Done{};
}

//===----------------------------------------------------------------------===//
// Elements
//===----------------------------------------------------------------------===//

/// "64x48".
static bool parseSizes(StringRef text, SmallVectorImpl<int64_t> &sizes) {
  SmallVector<StringRef> pieces;
  text.split(pieces, 'x');
  return llvm::all_of(pieces, [&](StringRef piece) {
    return !piece.getAsInteger(10, sizes.emplace_back()) && sizes.back() >= 0;
  });
}

static runtime::Status checkSizes(Type type, ArrayRef<int64_t> sizes,
                                  const std::string &origin) {
  auto shaped = dyn_cast<ShapedType>(type);
  ArrayRef<int64_t> expected = shaped ? shaped.getShape() : ArrayRef<int64_t>();
  bool same = sizes.size() == expected.size();
  for (size_t i = 0; same && i < sizes.size(); ++i)
    same = ShapedType::isDynamic(expected[i]) || expected[i] == sizes[i];
  if (same)
    return runtime::Done{};
  return runtime::Error{
      llvm::formatv("{0} is {1}, expected {2}", origin,
                    runtime::formatShape({sizes.begin(), sizes.end()}), type)};
}

static runtime::Status fillRandom(HostValue &value, const ValueSource &source) {
  Type type = value.getElementType();
  if (type.isIndex())
    return runtime::Error{llvm::formatv(
        "{0} has no random value, give it with --inputs", value.type)};
  uint64_t number = 0;
  forEachElement(value, [&](char *address) {
    if (isa<FloatType>(type))
      return storeFloat(
          type, address,
          runtime::drawRandom(source.kind, source.seed, number++));
    auto kind = runtime::InputKind::integers;
    storeInteger(type, address,
                 int64_t(runtime::drawRandom(kind, source.seed, number++)) &
                     (type.isInteger(1) ? 1 : -1));
  });
  return runtime::Done{};
}

static runtime::Status setNumber(HostValue &value, StringRef text) {
  Type type = value.getElementType();
  double number = 0;
  int64_t integer = 0;
  bool isFloat = isa<FloatType>(type);
  if (isFloat ? text.getAsDouble(number)
              : text.getAsInteger(10, integer) ||
                    !storeInteger(type, value.data, integer))
    return runtime::Error{llvm::formatv("'{0}' is neither a number of type {1} "
                                        "nor a .npy file",
                                        text, type)};
  if (isFloat)
    storeFloat(type, value.data, number);
  return runtime::Done{};
}

/// Takes the elements of a file: of the type itself, or of a wider one that holds
/// the same numbers.
static runtime::Status setElements(HostValue &value,
                                   const runtime::NpyArray &array,
                                   const std::string &file) {
  Type type = value.getElementType();
  std::string native = getDescr(type);
  int64_t bytes = runtime::getElementBytes(array.descr);
  bool isFloat = isa<FloatType>(type);
  const char *wide = isFloat ? "<f8" : "<i8";
  bool sameBits = array.descr == native || (!isFloat && array.descr[1] == 'u' &&
                                            bytes == getElementBytes(type));
  if (!sameBits && array.descr != wide)
    return runtime::Error{llvm::formatv("{0} has elements of type '{1}', "
                                        "expected '{2}' or '{3}'",
                                        file, array.descr, native, wide)};
  const char *next = array.data.data();
  bool inRange = true;
  forEachElement(value, [&](char *address) {
    if (sameBits)
      std::memcpy(address, next, bytes);
    else if (isFloat)
      storeFloat(type, address,
                 loadFloat(Float64Type::get(type.getContext()), next));
    else
      inRange &= storeInteger(type, address, loadInteger(bytes, next));
    next += bytes;
  });
  if (inRange)
    return runtime::Done{};
  return runtime::Error{
      llvm::formatv("{0} has elements that do not fit {1}", file, type)};
}

runtime::Result<HostValue>
mlir::tt::host::makeArgument(MgpuSession &session, Type type,
                             const ValueSource &source) {
  HostValue value;
  value.type = type;
  runtime::NpyArray array;
  auto shaped = dyn_cast<ShapedType>(type);
  bool isRandom = source.text == "-";
  bool isFile = StringRef(source.text).ends_with(".npy");
  if (isFile) {
    auto read = runtime::readNpyArray(source.text);
    if (!read)
      return read.error();
    array = std::move(*read);
    value.sizes.assign(array.shape.begin(), array.shape.end());
  } else if (shaped && isRandom && shaped.hasStaticShape()) {
    value.sizes = llvm::to_vector(shaped.getShape());
  } else if (shaped) {
    if (isRandom || !parseSizes(source.text, value.sizes))
      return runtime::Error{llvm::formatv(
          "{0}: expected a .npy file or, for random elements, sizes such as "
          "64x48; found '{1}'",
          type, source.text)};
    isRandom = true;
  }
  if (auto s = checkSizes(type, value.sizes, source.text); !s)
    return s.error();
  if (auto s = allocate(session, value); !s)
    return s.error();
  runtime::Status filled = isFile     ? setElements(value, array, source.text)
                           : isRandom ? fillRandom(value, source)
                                      : setNumber(value, source.text);
  if (!filled)
    return filled.error();
  return value;
}
