//===- Kernel.cpp - Launching rules of a kernel artifact ------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tt/Runtime/Kernel.h"

#include <algorithm>
#include <cstdio>

using namespace mlir::tt::runtime;

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

const char *mlir::tt::runtime::getName(ElementType type) {
  constexpr const char *names[] = {"f32", "f16", "bf16"};
  return names[static_cast<int>(type)];
}

Result<ElementType>
mlir::tt::runtime::parseElementType(const std::string &name) {
  for (ElementType type :
       {ElementType::f32, ElementType::f16, ElementType::bf16})
    if (name == getName(type))
      return type;
  return Error{"unknown element type '" + name +
               "', expected f32, f16 or bf16"};
}

int64_t mlir::tt::runtime::getBytes(ElementType type) {
  return type == ElementType::f32 ? 4 : 2;
}

const char *mlir::tt::runtime::getName(Rounding rounding) {
  constexpr const char *names[] = {"nearest", "nearest_finite", "truncate"};
  return names[static_cast<int>(rounding)];
}

Result<Rounding> mlir::tt::runtime::parseRounding(const std::string &name) {
  for (Rounding rounding :
       {Rounding::nearest, Rounding::nearestFinite, Rounding::truncate})
    if (name == getName(rounding))
      return rounding;
  return Error{"unknown rounding '" + name +
               "', expected nearest, nearest_finite or truncate"};
}

//===----------------------------------------------------------------------===//
// Problems
//===----------------------------------------------------------------------===//

const KernelArgument *Kernel::find(const std::string &name) const {
  for (const KernelArgument &argument : arguments)
    if (argument.name == name)
      return &argument;
  return nullptr;
}

Problem mlir::tt::runtime::getStaticProblem(const Kernel &kernel) {
  const KernelArgument *a = kernel.find("A"), *b = kernel.find("B"),
                       *c = kernel.find("C");
  return {c->sizes[0],  c->sizes[1],  a->sizes[0],
          a->rowStride, b->rowStride, c->rowStride};
}

static Status checkValue(const std::string &what, int64_t expected,
                         int64_t found) {
  if (expected == kDynamic || expected == found)
    return Done{};
  return Error{what + " is " + std::to_string(found) +
               ", the kernel was compiled for " + std::to_string(expected)};
}

static Status checkMatrix(const Kernel &kernel, const std::string &name,
                          int64_t rows, int64_t columns, int64_t rowStride) {
  const KernelArgument &argument = *kernel.find(name);
  if (rows < 0 || columns < 0)
    return Error{name + " has a negative size: " + std::to_string(rows) +
                 " x " + std::to_string(columns)};
  if (Status s = checkValue("rows of " + name, argument.sizes[0], rows); !s)
    return s;
  if (Status s = checkValue("columns of " + name, argument.sizes[1], columns);
      !s)
    return s;
  if (Status s =
          checkValue("row stride of " + name, argument.rowStride, rowStride);
      !s)
    return s;
  if (rowStride < columns)
    return Error{"row stride of " + name + " is " + std::to_string(rowStride) +
                 ", less than its " + std::to_string(columns) + " columns"};
  int64_t strideBytes = 0, bytes = 0;
  if (__builtin_mul_overflow(rowStride, getBytes(kernel.elementType),
                             &strideBytes) ||
      __builtin_mul_overflow(rows, strideBytes, &bytes))
    return Error{name + " has " + std::to_string(rows) + " rows of " +
                 std::to_string(rowStride) +
                 " elements, more bytes than 64 bits count"};
  if (rows > 1 && strideBytes % argument.rowAlignment != 0)
    return Error{"rows of " + name + " lie " + std::to_string(strideBytes) +
                 " bytes apart, the kernel needs a multiple of " +
                 std::to_string(argument.rowAlignment) + " bytes"};
  return Done{};
}

Status mlir::tt::runtime::checkProblem(const Kernel &kernel, const Problem &p) {
  if (Status s = checkMatrix(kernel, "A", p.k, p.m, p.lda); !s)
    return s;
  if (Status s = checkMatrix(kernel, "B", p.n, p.k, p.ldb); !s)
    return s;
  if (Status s = checkMatrix(kernel, "C", p.m, p.n, p.ldc); !s)
    return s;
  if (p.m > 0 && p.n > 0 && getBlocks(kernel, p) < 1)
    return Error{"the kernel's launch geometry leaves no block for C"};
  constexpr int64_t kMaxBlocks = 0x7FFFFFFF; // gridDim.x, every CUDA GPU
  if (getBlocks(kernel, p) > kMaxBlocks)
    return Error{"C has " + std::to_string(getBlocks(kernel, p)) +
                 " tiles, a launch has at most " + std::to_string(kMaxBlocks) +
                 " blocks"};
  return Done{};
}

int64_t mlir::tt::runtime::getBlocks(const Kernel &kernel, const Problem &p) {
  int64_t tiles = ((p.m + kernel.blockM - 1) / kernel.blockM) *
                  ((p.n + kernel.blockN - 1) / kernel.blockN);
  if (tiles == 0)
    return 0;
  int64_t blocks = tiles * kernel.blocksPerTile + kernel.extraBlocks;
  return kernel.mostBlocks ? std::min(blocks, kernel.mostBlocks) : blocks;
}

Parameters::Parameters(const Kernel &kernel, const Problem &p, uint64_t a,
                       uint64_t b, uint64_t c, uint64_t workspace) {
  auto add = [&](uint64_t address, int64_t rows, int64_t columns,
                 int64_t rowStride) {
    // Allocated pointer, aligned pointer, offset, sizes, strides.
    for (uint64_t value : {address, address, uint64_t(0), uint64_t(rows),
                           uint64_t(columns), uint64_t(rowStride), uint64_t(1)})
      values.push_back(value);
  };
  for (const KernelArgument &argument : kernel.arguments) {
    if (argument.name == "A")
      add(a, p.k, p.m, p.lda);
    else if (argument.name == "B")
      add(b, p.n, p.k, p.ldb);
    else if (argument.name == "C")
      add(c, p.m, p.n, p.ldc);
    else
      for (uint64_t value : {workspace, workspace, uint64_t(0),
                             uint64_t(kernel.workspaceBytes), uint64_t(1)})
        values.push_back(value);
  }
}

std::vector<void *> Parameters::getPointers() {
  std::vector<void *> pointers;
  for (uint64_t &value : values)
    pointers.push_back(&value);
  return pointers;
}
