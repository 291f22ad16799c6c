//===- EmulatorTest.cpp - What the emulator executes and refuses ----------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tt/Emulator/Emulator.h"
#include "gtest/gtest.h"

#include <cmath>
#include <cstring>
#include <set>
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
declare void @llvm.nvvm.barrier.cta.sync.aligned.count(i32, i32)
declare i1 @llvm.nvvm.barrier.cta.red.or.aligned.all(i32, i1)
declare i32 @llvm.nvvm.shfl.sync.idx.i32(i32, i32, i32, i32)
declare float @llvm.nvvm.shfl.sync.bfly.f32(i32, float, i32, i32)
declare i32 @llvm.nvvm.shfl.sync.up.i32(i32, i32, i32, i32)
declare i32 @llvm.nvvm.shfl.sync.down.i32(i32, i32, i32, i32)
declare i32 @llvm.nvvm.vote.ballot.sync(i32, i1)
declare i1 @llvm.nvvm.vote.any.sync(i32, i1)
declare void @llvm.nvvm.bar.warp.sync(i32)
declare void @llvm.nvvm.membar.gl()
define ptx_kernel void @kernel(ptr addrspace(1) %out) {
  %tid = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %at = getelementptr float, ptr addrspace(1) %out, i32 %tid
  %slot = getelementptr float, ptr addrspace(3) @shared, i32 %tid
)" + body +
         "\n}\n";
}

/// Runs the kernel with one block of `threads` on an array of `threads` floats.
/// Returns the error's message, or "".
static std::string run(const std::string &body, std::vector<float> &data,
                       unsigned blocks = 1, const char *entry = "kernel",
                       bool checks = false, Schedule schedule = {}) {
  std::string text = makeModule(body);
  Options options;
  options.checks = checks;
  auto program = Program::load(llvm::MemoryBufferRef(text, "test"), options);
  if (!program)
    return llvm::toString(program.takeError());
  LaunchGeometry geometry;
  geometry.grid[0] = blocks;
  geometry.block[0] = data.size();
  geometry.dynamicSharedBytes = data.size() * sizeof(float);
  void *address = data.data();
  std::vector<void *> parameters = {&address};
  GlobalMemory memory;
  memory.add(reinterpret_cast<uint64_t>(address), data.size() * sizeof(float));
  auto result = (*program)->launch(entry, geometry, parameters, schedule,
                                   checks ? &memory : nullptr);
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

//===----------------------------------------------------------------------===//
// Schedules
//===----------------------------------------------------------------------===//

TEST(Emulator, CopyLandsAtOnceInTheOtherExtreme) {
  std::vector<float> data(32, 7.0f);
  std::string error = run(R"(
  call void @llvm.nvvm.cp.async.ca.shared.global.4(ptr addrspace(3) %slot, ptr addrspace(1) %at)
  %read = load float, ptr addrspace(3) %slot
  store float %read, ptr addrspace(1) %at
  ret void)",
                          data, 1, "kernel", false, Schedule{1, 0});
  ASSERT_EQ(error, "");
  EXPECT_EQ(data[3], 7.0f);
}

/// Which warp writes a place last depends on the schedule, and on nothing else.
TEST(Emulator, SchedulesOrderWarps) {
  std::string body = R"(
  %warp = lshr i32 %tid, 5
  %value = sitofp i32 %warp to float
  %lane = and i32 %tid, 31
  %place = getelementptr float, ptr addrspace(1) %out, i32 %lane
  store float %value, ptr addrspace(1) %place
  ret void)";
  auto getLast = [&](unsigned number) {
    std::vector<float> data(128);
    EXPECT_EQ(run(body, data, 1, "kernel", false, Schedule{number, 5}), "");
    return data[0];
  };
  EXPECT_EQ(getLast(0), 3.0f);
  EXPECT_EQ(getLast(1), 0.0f);
  std::set<float> seen;
  for (unsigned number = 2; number < 40; ++number) {
    seen.insert(getLast(number));
    EXPECT_EQ(getLast(number), getLast(number));
  }
  EXPECT_EQ(seen.size(), 4u);
}

//===----------------------------------------------------------------------===//
// Warp-wide instructions, atomics, fences
//===----------------------------------------------------------------------===//

/// Runs a body that stores i32 %result, and returns the integers.
static std::vector<int> runIntegers(const std::string &body,
                                    unsigned threads = 32,
                                    unsigned blocks = 1) {
  std::vector<float> data(threads);
  std::string error = run(body + R"(
  store i32 %result, ptr addrspace(1) %at
  ret void)",
                          data, blocks);
  EXPECT_EQ(error, "");
  std::vector<int> result(threads);
  std::memcpy(result.data(), data.data(), threads * sizeof(float));
  return result;
}

TEST(Emulator, Shuffles) {
  auto indexed = runIntegers("%result = call i32 @llvm.nvvm.shfl.sync.idx.i32("
                             "i32 -1, i32 %tid, i32 5, i32 31)");
  auto segments = runIntegers("%result = call i32 @llvm.nvvm.shfl.sync.idx.i32("
                              "i32 -1, i32 %tid, i32 1, i32 6175)"); // width 8
  auto up = runIntegers("%result = call i32 @llvm.nvvm.shfl.sync.up.i32("
                        "i32 -1, i32 %tid, i32 3, i32 0)");
  auto down = runIntegers("%result = call i32 @llvm.nvvm.shfl.sync.down.i32("
                          "i32 -1, i32 %tid, i32 3, i32 31)");
  auto butterfly = runIntegers(R"(
  %f = sitofp i32 %tid to float
  %s = call float @llvm.nvvm.shfl.sync.bfly.f32(i32 -1, float %f, i32 1, i32 31)
  %result = fptosi float %s to i32)");
  for (int lane = 0; lane < 32; ++lane) {
    EXPECT_EQ(indexed[lane], 5);
    EXPECT_EQ(segments[lane], lane / 8 * 8 + 1);
    EXPECT_EQ(up[lane], lane < 3 ? lane : lane - 3);
    EXPECT_EQ(down[lane], lane > 28 ? lane : lane + 3);
    EXPECT_EQ(butterfly[lane], lane ^ 1);
  }
}

TEST(Emulator, Votes) {
  auto ballot = runIntegers(R"(
  %odd = trunc i32 %tid to i1
  %result = call i32 @llvm.nvvm.vote.ballot.sync(i32 -1, i1 %odd))");
  auto any = runIntegers(R"(
  %last = icmp eq i32 %tid, 31
  %some = call i1 @llvm.nvvm.vote.any.sync(i32 -1, i1 %last)
  %result = zext i1 %some to i32)");
  for (int lane = 0; lane < 32; ++lane) {
    EXPECT_EQ(unsigned(ballot[lane]), 0xAAAAAAAAu);
    EXPECT_EQ(any[lane], 1);
  }
}

TEST(Emulator, BarrierReduces) {
  auto some = runIntegers(R"(
  %one = icmp eq i32 %tid, 77
  %or = call i1 @llvm.nvvm.barrier.cta.red.or.aligned.all(i32 0, i1 %one)
  %result = zext i1 %or to i32)",
                          128);
  for (int value : some)
    EXPECT_EQ(value, 1);
}

/// Blocks take tickets: each of 64 blocks of a thread adds one.
TEST(Emulator, AtomicsAndFencesAcrossBlocks) {
  auto total = runIntegers(R"(
  call void @llvm.nvvm.membar.gl()
  fence seq_cst
  %old = atomicrmw add ptr addrspace(1) %out, i32 1 seq_cst
  %result = load atomic i32, ptr addrspace(1) %out acquire, align 4)",
                           1, 64);
  EXPECT_EQ(total[0], 64);
}

//===----------------------------------------------------------------------===//
// Checks
//===----------------------------------------------------------------------===//

static std::string check(const std::string &body, unsigned threads = 64) {
  std::vector<float> data(threads);
  return run(body + "\n  ret void", data, 1, "kernel", /*checks=*/true);
}

TEST(Checks, BarriersOfHalvesOrderTheirHalf) {
  // Each half writes and reads its own part, behind a barrier of its own.
  std::string body = R"(
  store float 1.0, ptr addrspace(3) %slot
  %half = lshr i32 %tid, 5
  %id = add i32 %half, 1
  call void @llvm.nvvm.barrier.cta.sync.aligned.count(i32 %id, i32 32)
  %other = xor i32 %tid, MASK
  %from = getelementptr float, ptr addrspace(3) @shared, i32 %other
  %read = load float, ptr addrspace(3) %from
  store float %read, ptr addrspace(1) %at)";
  auto withMask = [&](const char *mask) {
    std::string text = body;
    return check(text.replace(text.find("MASK"), 4, mask));
  };
  EXPECT_EQ(withMask("1"), "");
  EXPECT_NE(withMask("32").find("shared-race"), std::string::npos);
}

TEST(Checks, WarpSyncOrdersTheWarp) {
  std::string body = R"(
  store float 1.0, ptr addrspace(3) %slot
  SYNC
  %other = xor i32 %tid, 1
  %from = getelementptr float, ptr addrspace(3) @shared, i32 %other
  %read = load float, ptr addrspace(3) %from
  store float %read, ptr addrspace(1) %at)";
  std::string with = body, without = body;
  with.replace(with.find("SYNC"), 4,
               "call void @llvm.nvvm.bar.warp.sync(i32 -1)");
  without.replace(without.find("SYNC"), 4, "");
  EXPECT_EQ(check(with), "");
  EXPECT_NE(check(without).find("shared-race"), std::string::npos);
}

TEST(Checks, GlobalBounds) {
  std::string error = check(R"(
  %beyond = getelementptr float, ptr addrspace(1) %at, i32 1
  store float 1.0, ptr addrspace(1) %beyond)");
  EXPECT_NE(error.find("global-bounds: block (0, 0, 0) warp 1 lane 31: "
                       "st.global.b32"),
            std::string::npos)
      << error;
  EXPECT_NE(error.find("4 bytes past the end of the allocation of 256 bytes"),
            std::string::npos)
      << error;
}

TEST(Checks, Uninitialized) {
  std::string error = check(R"(
  %read = load float, ptr addrspace(3) %slot
  store float %read, ptr addrspace(1) %at)");
  EXPECT_NE(error.find("uninitialized-shared"), std::string::npos) << error;
  EXPECT_NE(error.find("which nothing has written"), std::string::npos)
      << error;
}
