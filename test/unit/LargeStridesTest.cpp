//===- LargeStridesTest.cpp - Buffers of more than 2^31 elements ----------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Matrices of few rows, so far apart that indices pass 2^32 elements. Pages that
// nobody touches take no memory. An address cut to 32 bits anywhere between the
// tt op and the kernel's last store would hit one of those and give zeros, or end
// the process.
//
//===----------------------------------------------------------------------===//

#include "tt/Emulator/EmulatorDevice.h"
#include "tt/Pipelines/Pipelines.h"
#include "tt/Runtime/Device.h"
#include "tt/Runtime/Matrix.h"
#include "tt/Target/CompileKernel.h"
#include "gtest/gtest.h"

#include <sys/mman.h>

using namespace mlir;
using namespace mlir::tt;

namespace {

/// Memory that is only reserved until it is touched.
class SparseMatrix {
public:
  SparseMatrix(runtime::ElementType type, int64_t rows, int64_t stride)
      : type(type), stride(stride),
        bytes(size_t(rows) * stride * runtime::getBytes(type)) {
    void *mapped = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    address = mapped == MAP_FAILED ? nullptr : static_cast<char *>(mapped);
  }
  ~SparseMatrix() {
    if (address)
      munmap(address, bytes);
  }
  SparseMatrix(const SparseMatrix &) = delete;

  bool exists() const { return address; }
  uint64_t getAddress() const { return reinterpret_cast<uint64_t>(address); }
  char *at(int64_t row, int64_t column) const {
    return address + (row * stride + column) * runtime::getBytes(type);
  }
  void set(int64_t row, int64_t column, float value) {
    runtime::storeElement(type, at(row, column), value);
  }
  double get(int64_t row, int64_t column) const {
    return runtime::loadElement(type, at(row, column));
  }

private:
  runtime::ElementType type;
  int64_t stride;
  size_t bytes;
  char *address;
};

float aValue(int64_t k, int64_t m) { return (3 * k + 5 * m) % 7 - 3; }
float bValue(int64_t n, int64_t k) { return (2 * n + 3 * k) % 5 - 2; }

/// Rows of A, B and C are 2^29, 2^28 and 2^28 elements apart, and `extra`.
void checkProduct(runtime::ElementType type, int64_t extra, bool isStatic) {
  runtime::Problem p = {20,
                        24,
                        11,
                        (int64_t(1) << 29) + extra,
                        (int64_t(1) << 28) + extra,
                        (int64_t(1) << 28) + extra};
  KernelRequest request;
  request.elementType = type;
  if (isStatic)
    request.problem = p;
  else
    request.problem = {runtime::kDynamic, runtime::kDynamic, runtime::kDynamic,
                       runtime::kDynamic, runtime::kDynamic, runtime::kDynamic};
  DialectRegistry registry;
  registerAllDialects(registry);
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  FailureOr<runtime::Kernel> kernel = compileKernel(context, request);
  ASSERT_TRUE(succeeded(kernel));
  ASSERT_TRUE(bool(runtime::checkProblem(*kernel, p)));

  SparseMatrix a(type, p.k, p.lda), b(type, p.n, p.ldb), c(type, p.m, p.ldc);
  if (!a.exists() || !b.exists() || !c.exists())
    GTEST_SKIP() << "no 60 GB of address space";
  for (int64_t k = 0; k < p.k; ++k) {
    for (int64_t m = 0; m < p.m; ++m)
      a.set(k, m, aValue(k, m));
    for (int64_t n = 0; n < p.n; ++n)
      b.set(n, k, bValue(n, k));
  }
  auto device = emulator::openEmulatorDevice();
  auto loaded = device->load(*kernel);
  ASSERT_TRUE(bool(loaded)) << loaded.error().message;
  runtime::Parameters parameters(*kernel, p, a.getAddress(), b.getAddress(),
                                 c.getAddress());
  runtime::Status launched = (*loaded)->launch(runtime::getBlocks(*kernel, p),
                                               parameters.getPointers());
  ASSERT_TRUE(bool(launched)) << launched.error().message;
  for (int64_t m = 0; m < p.m; ++m)
    for (int64_t n = 0; n < p.n; ++n) {
      double want = 0;
      for (int64_t k = 0; k < p.k; ++k)
        want += aValue(k, m) * bValue(n, k);
      ASSERT_EQ(c.get(m, n), want) << m << ", " << n;
    }
}

} // namespace

TEST(LargeStrides, WideCopies) {
  checkProduct(runtime::ElementType::f32, /*extra=*/4, /*isStatic=*/true);
  checkProduct(runtime::ElementType::f16, /*extra=*/8, /*isStatic=*/true);
}

TEST(LargeStrides, DynamicSizes) {
  checkProduct(runtime::ElementType::f32, /*extra=*/1, /*isStatic=*/false);
  checkProduct(runtime::ElementType::bf16, /*extra=*/2, /*isStatic=*/false);
}

TEST(LargeStrides, ThroughRegisters) {
  checkProduct(runtime::ElementType::f16, /*extra=*/1, /*isStatic=*/true);
}
