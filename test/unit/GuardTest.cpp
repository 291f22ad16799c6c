//===- GuardTest.cpp - Every element is looked at for NaN -----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Kernels with guarded rounding get a NaN that their rounding alone would lose
// in each element of A and B in turn. One launch has one NaN in every second
// column of A and every third row of B, so that each of them, and no other,
// shows as a row or a column of C.
//
//===----------------------------------------------------------------------===//

#include "tt/Emulator/EmulatorDevice.h"
#include "tt/Pipelines/Pipelines.h"
#include "tt/Runtime/Device.h"
#include "tt/Target/CompileKernel.h"
#include "gtest/gtest.h"

#include <cmath>
#include <cstring>

using namespace mlir;
using namespace mlir::tt;

namespace {

/// The addition wraps around to a zero.
float getLostNaN() {
  constexpr uint32_t kBits = 0xFFFFFFFF;
  float value;
  std::memcpy(&value, &kBits, sizeof(value));
  return value;
}

class GuardedProduct {
public:
  GuardedProduct(int64_t m, int64_t n, int64_t k, const std::string &config)
      : p{m, n, k, m, k, n} {
    KernelRequest request;
    request.problem = p;
    request.elementType = runtime::ElementType::f32;
    request.config = "#tt.config<" + config + ", rounding_form = guarded>";
    DialectRegistry registry;
    registerAllDialects(registry);
    MLIRContext context(registry, MLIRContext::Threading::DISABLED);
    FailureOr<runtime::Kernel> compiled = compileKernel(context, request);
    if (succeeded(compiled))
      kernel = *compiled;
    a.assign(k * m, 1.0f);
    b.assign(n * k, 1.0f);
    c.assign(m * n, 0.0f);
    workspace.assign(kernel.workspaceBytes, 0);
  }

  /// Elements of C that are wrong in any of the launches, of which the first
  /// has its NaN at k = 0.
  int64_t countWrong() {
    auto device = emulator::openEmulatorDevice();
    auto loaded = device->load(kernel);
    if (!loaded)
      return -1;
    int64_t wrong = 0;
    for (int64_t first = 0; first < p.k; ++first) {
      for (int64_t parity : {0, 1})
        for (int64_t third : {0, 1, 2}) {
          // Half of the pairs: each parity and each third still is there at
          // every k.
          if ((first + parity + third) % 2)
            continue;
          poison(first, parity, third, getLostNaN());
          if (!(*loaded)->launch(runtime::getBlocks(kernel, p),
                                 getParameters().getPointers()))
            return -1;
          wrong += check(parity, third);
          poison(first, parity, third, 1.0f);
        }
    }
    return wrong;
  }

  bool usesWorkspace() const { return kernel.workspaceZeroedBytes > 0; }
  /// What a launch leaves of marks.
  bool isWorkspaceClean() const {
    return llvm::all_of(
        ArrayRef(workspace).take_front(kernel.workspaceZeroedBytes),
        [](char byte) { return byte == 0; });
  }

private:
  static uint64_t getAddress(const void *data) {
    return reinterpret_cast<uint64_t>(data);
  }
  runtime::Parameters getParameters() {
    return {kernel,
            p,
            getAddress(a.data()),
            getAddress(b.data()),
            getAddress(c.data()),
            getAddress(workspace.data())};
  }
  /// One element of each chosen column of A and row of B, all at other k.
  void poison(int64_t first, int64_t parity, int64_t third, float value) {
    for (int64_t m = parity; m < p.m; m += 2)
      a[(first + m) % p.k * p.m + m] = value;
    for (int64_t n = third; n < p.n; n += 3)
      b[n * p.k + (first + n) % p.k] = value;
  }
  int64_t check(int64_t parity, int64_t third) const {
    int64_t wrong = 0;
    for (int64_t m = 0; m < p.m; ++m)
      for (int64_t n = 0; n < p.n; ++n) {
        float found = c[m * p.n + n];
        bool isNaN = m % 2 == parity || n % 3 == third;
        wrong += isNaN ? !std::isnan(found) : found != float(p.k);
      }
    return wrong;
  }

  runtime::Problem p;
  runtime::Kernel kernel;
  std::vector<float> a, b, c;
  std::vector<char> workspace;
};

void checkProduct(int64_t m, int64_t n, int64_t k, const std::string &config) {
  GuardedProduct product(m, n, k, config);
  ASSERT_TRUE(product.usesWorkspace()) << "no guarded kernel";
  EXPECT_EQ(product.countWrong(), 0);
  EXPECT_TRUE(product.isWorkspaceClean());
}

} // namespace

/// Whole tiles, and more blocks than parts of a k-tile.
TEST(Guard, ManyBlocks) {
  checkProduct(160, 160, 32,
               "block = [32, 32, 16], warp = [16, 32], stages = 3");
}

/// One block a dimension looks at all; more threads than rows share one.
TEST(Guard, OneBlock) {
  checkProduct(32, 16, 80,
               "block = [32, 16, 32], warp = [16, 16], stages = 2, "
               "k_slices = 2");
}

/// Numbers of threads, rows and blocks that do not divide each other.
TEST(Guard, OddShares) {
  checkProduct(99, 240, 37,
               "block = [96, 96, 16], warp = [48, 48], stages = 3, "
               "a_layout = xor");
  checkProduct(70, 150, 40,
               "block = [64, 48, 16], warp = [64, 48], stages = 4");
}

/// Each of the blocks that share a tile has some of its k-tiles.
TEST(Guard, SharedTiles) {
  checkProduct(70, 100, 100,
               "block = [64, 64, 16], warp = [32, 32], stages = 3, "
               "split_k = 3");
  checkProduct(130, 70, 90,
               "block = [64, 64, 16], warp = [32, 32], stages = 3, "
               "stream_k = [3, 5]");
}

/// Edges round exactly; of what they share with block tiles, rows of A and of B,
/// each sees what it has staged itself.
TEST(Guard, BesideEdges) {
  checkProduct(72, 84, 40,
               "block = [64, 64, 16], warp = [32, 32], stages = 5, "
               "edge = [16, 32]");
  checkProduct(136, 64, 36,
               "block = [64, 32, 16], warp = [32, 16], stages = 6, "
               "edge = [16, 0]");
}
