//===- Resources.cpp - What ptxas says of a kernel ------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tt/Emulator/Measurements.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace mlir::tt::emulator;

/// The number before `unit` in ptxas's report, e.g. "Used 40 registers".
static uint64_t findNumber(StringRef report, StringRef unit) {
  size_t end = report.find(unit);
  if (end == StringRef::npos)
    return 0;
  uint64_t value = 0;
  StringRef before = report.take_front(end).rtrim();
  before.substr(before.find_last_not_of("0123456789") + 1)
      .getAsInteger(10, value);
  return value;
}

Resources mlir::tt::emulator::getResources(StringRef ptx, StringRef chip,
                                           uint64_t dynamicSharedBytes) {
  Resources resources;
  resources.dynamicSharedBytes = dynamicSharedBytes;
  ErrorOr<std::string> ptxas = sys::findProgramByName("ptxas");
  SmallString<128> input, output;
  int descriptor;
  if (!ptxas || ptx.empty() ||
      sys::fs::createTemporaryFile("kernel", "ptx", descriptor, input) ||
      sys::fs::createTemporaryFile("ptxas", "txt", output))
    return resources;
  FileRemover removeInput(input), removeOutput(output);
  raw_fd_ostream(descriptor, /*shouldClose=*/true) << ptx;
  std::string arch = ("-arch=" + chip).str();
  StringRef report(output);
  int code = sys::ExecuteAndWait(
      *ptxas, {*ptxas, "-v", arch, input, "-o", "/dev/null"}, std::nullopt,
      {StringRef(), report, report});
  auto text = MemoryBuffer::getFile(output);
  if (code != 0 || !text)
    return resources;
  StringRef content = (*text)->getBuffer();
  resources.known = content.contains(" registers");
  resources.registers = findNumber(content, " registers");
  resources.spillStoreBytes = findNumber(content, " bytes spill stores");
  resources.spillLoadBytes = findNumber(content, " bytes spill loads");
  resources.staticSharedBytes = findNumber(content, " bytes smem");
  return resources;
}
