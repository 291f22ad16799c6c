//===- EmulatorTest.cpp - What the emulator executes and refuses ----------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tt/Emulator/Emulator.h"
#include "gtest/gtest.h"

#include <cmath>
#include <cstring>
#include <vector>

using namespace mlir::tt::emulator;

/// A module of one kernel, @kernel(ptr %out), with this body.
static std::string makeModule(const std::string &body) {
  return R"(
target datalayout = "e-p6:32:32-i64:64-i128:128-i256:256-v16:16-v32:32-n16:32:64"
target triple = "nvptx64-nvidia-cuda"
@shared = external addrspace(3) global [0 x float], align 16
declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()
declare i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
declare void @llvm.nvvm.barrier.cta.sync.aligned.all(i32)
declare void @llvm.nvvm.cp.async.ca.shared.global.4(ptr addrspace(3), ptr addrspace(1))
declare void @llvm.nvvm.cp.async.commit.group()
declare void @llvm.nvvm.cp.async.wait.group(i32)
declare float @llvm.nvvm.add.rz.f(float, float)
declare i32 @llvm.nvvm.match.any.sync.i32(i32, i32)
define ptx_kernel void @kernel(ptr addrspace(1) %out) {
  %tid = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %at = getelementptr float, ptr addrspace(1) %out, i32 %tid
  %slot = getelementptr float, ptr addrspace(3) @shared, i32 %tid
)" + body + "\n}\n";
}

/// Runs the kernel with one block of `threads` on an array of `threads` floats.
/// Returns the error's message, or "".
static std::string run(const std::string &body, std::vector<float> &data,
                       unsigned blocks = 1, const char *entry = "kernel") {
  std::string text = makeModule(body);
  auto program = Program::load(llvm::MemoryBufferRef(text, "test"));
  if (!program)
    return llvm::toString(program.takeError());
  LaunchGeometry geometry;
  geometry.grid[0] = blocks;
  geometry.block[0] = data.size();
  geometry.dynamicSharedBytes = data.size() * sizeof(float);
  void *address = data.data();
  std::vector<void *> parameters = {&address};
  auto result = (*program)->launch(entry, geometry, parameters);
  return result ? format(result->findings) : llvm::toString(result.takeError());
}

TEST(Emulator, BarrierOrdersSharedMemory) {
  std::vector<float> data(64);
  // Thread t writes t, and reads what thread 63 - t wrote.
  std::string error = run(R"(
  %value = sitofp i32 %tid to float
  store float %value, ptr addrspace(3) %slot
  call void @llvm.nvvm.barrier.cta.sync.aligned.all(i32 0)
  %other = sub i32 63, %tid
  %from = getelementptr float, ptr addrspace(3) @shared, i32 %other
  %read = load float, ptr addrspace(3) %from
  store float %read, ptr addrspace(1) %at
  ret void)",
                          data);
  ASSERT_EQ(error, "");
  for (int t = 0; t < 64; ++t)
    EXPECT_EQ(data[t], 63 - t);
}

TEST(Emulator, SharedMemoryStartsPoisonedInEveryBlock) {
  std::vector<float> data(32, 1.0f);
  // Two blocks one after the other: neither sees the other's values.
  std::string error = run(R"(
  %read = load float, ptr addrspace(3) %slot
  store float 5.0, ptr addrspace(3) %slot
  store float %read, ptr addrspace(1) %at
  ret void)",
                          data, /*blocks=*/4);
  ASSERT_EQ(error, "");
  for (float value : data)
    EXPECT_TRUE(std::isnan(value));
}

TEST(Emulator, AsyncCopyLandsAtTheWaitAndNotBefore) {
  std::vector<float> early(32, 7.0f), late(32, 7.0f);
  std::string copy = R"(
  call void @llvm.nvvm.cp.async.ca.shared.global.4(ptr addrspace(3) %slot, ptr addrspace(1) %at)
  call void @llvm.nvvm.cp.async.commit.group()
  call void @llvm.nvvm.cp.async.wait.group(i32 PENDING)
  %read = load float, ptr addrspace(3) %slot
  store float %read, ptr addrspace(1) %at
  ret void)";
  auto withPending = [&](const char *pending) {
    std::string body = copy;
    return body.replace(body.find("PENDING"), 7, pending);
  };
  ASSERT_EQ(run(withPending("1"), early), "");
  ASSERT_EQ(run(withPending("0"), late), "");
  EXPECT_TRUE(std::isnan(early[3]));
  EXPECT_EQ(late[3], 7.0f);
}

TEST(Emulator, DivergentBarrierIsAnError) {
  std::vector<float> data(64);
  std::string error = run(R"(
  %some = icmp ult i32 %tid, 40
  br i1 %some, label %wait, label %done
wait:
  call void @llvm.nvvm.barrier.cta.sync.aligned.all(i32 0)
  br label %done
done:
  ret void)",
                          data);
  EXPECT_NE(error.find("barrier"), std::string::npos) << error;
}

TEST(Emulator, UnknownIntrinsicIsNamed) {
  std::vector<float> data(32);
  std::string error = run(R"(
  %same = call i32 @llvm.nvvm.match.any.sync.i32(i32 -1, i32 %tid)
  ret void)",
                          data);
  EXPECT_NE(error.find("llvm.nvvm.match.any.sync"), std::string::npos) << error;
}

TEST(Emulator, UnknownEntryAndDamagedModule) {
  std::vector<float> data(32);
  EXPECT_NE(run("  ret void", data, 1, "other").find("other"),
            std::string::npos);
  EXPECT_NE(run("  not LLVM", data), "");
}

TEST(Emulator, AddTowardZeroQuietsNaN) {
  std::vector<float> data = {-std::nanf("1"), 1.5f, -0.0f, INFINITY};
  std::string error = run(R"(
  %x = load float, ptr addrspace(1) %at
  %sum = call float @llvm.nvvm.add.rz.f(float %x, float -0.0)
  store float %sum, ptr addrspace(1) %at
  ret void)",
                          data);
  ASSERT_EQ(error, "");
  uint32_t bits;
  std::memcpy(&bits, data.data(), sizeof bits);
  EXPECT_EQ(bits, 0x7FFFFFFFu);
  EXPECT_EQ(data[1], 1.5f);
  EXPECT_TRUE(std::signbit(data[2]));
  EXPECT_TRUE(std::isinf(data[3]));
}
