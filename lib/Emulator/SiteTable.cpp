//===- SiteTable.cpp - Numbers the instructions of a kernel ---------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SiteTable.h"

#include "BatchCollectives.h"
#include "Instructions.h"
#include "llvm/Analysis/ValueTracking.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;
using namespace mlir::tt::emulator;

/// NVPTX's address spaces.
enum { kGlobalSpace = 1, kSharedSpace = 3, kConstantSpace = 4 };

uint32_t SiteTable::add(const Instruction &instruction, Site site) {
  if (const DILocation *location = instruction.getDebugLoc().get())
    if (location->getLine())
      site.location = formatv("{0}:{1}:{2}", location->getFilename(),
                              location->getLine(), location->getColumn());
  sites.push_back(std::move(site));
  return sites.size() - 1;
}

uint32_t SiteTable::addCall(const CallInst &call, StringRef intrinsic) {
  Site site;
  intrinsic.consume_front("llvm.nvvm.");
  site.name = intrinsic.str();
  constexpr unsigned kLdMatrixRow = 16;
  StringRef fullName = getIntrinsicName(*call.getCalledFunction());
  if (unsigned bytes = getCopyBytes(fullName)) {
    site.kind = SiteKind::Copy;
    site.bytes = bytes;
  } else if (findMma(fullName)) {
    site.kind = SiteKind::Mma;
  } else if (StringRef(site.name).starts_with("ldmatrix")) {
    site.kind = SiteKind::LdMatrix;
    site.bytes = kLdMatrixRow;
  } else if (isBarrier(fullName)) {
    site.kind = SiteKind::Barrier;
  }
  return add(call, std::move(site));
}

const Value *
mlir::tt::emulator::getAccessedPointer(const Instruction &instruction) {
  if (auto *load = dyn_cast<LoadInst>(&instruction))
    return load->getPointerOperand();
  if (auto *store = dyn_cast<StoreInst>(&instruction))
    return store->getPointerOperand();
  if (auto *atomic = dyn_cast<AtomicRMWInst>(&instruction))
    return atomic->getPointerOperand();
  if (auto *exchange = dyn_cast<AtomicCmpXchgInst>(&instruction))
    return exchange->getPointerOperand();
  return nullptr;
}

static Site::Space getSpace(const Value *pointer) {
  for (const Value *value : {pointer, getUnderlyingObject(pointer)})
    switch (value->getType()->getPointerAddressSpace()) {
    case kSharedSpace:
      return Site::Shared;
    case kGlobalSpace:
      return Site::Global;
    }
  return Site::Generic;
}

static Type *getAccessedType(const Instruction &access) {
  if (auto *store = dyn_cast<StoreInst>(&access))
    return store->getValueOperand()->getType();
  if (auto *exchange = dyn_cast<AtomicCmpXchgInst>(&access))
    return exchange->getCompareOperand()->getType();
  return access.getType();
}

/// NVPTX splits what is wider than 16 bytes or not aligned to its size.
static void setWidth(const Instruction &access, Site &site) {
  constexpr uint64_t kWidest = 16;
  const DataLayout &layout = access.getModule()->getDataLayout();
  uint64_t bytes = layout.getTypeStoreSize(getAccessedType(access));
  uint64_t alignment = bytes;
  if (auto *load = dyn_cast<LoadInst>(&access))
    alignment = load->getAlign().value();
  if (auto *store = dyn_cast<StoreInst>(&access))
    alignment = store->getAlign().value();
  site.bytes = std::min({bytes, alignment, kWidest});
  site.pieces = divideCeil(bytes, site.bytes);
}

std::optional<uint32_t> SiteTable::addAccess(const Instruction &access) {
  const Value *pointer = getAccessedPointer(access);
  if (!pointer || isa<AllocaInst>(getUnderlyingObject(pointer)) ||
      pointer->getType()->getPointerAddressSpace() == kConstantSpace)
    return std::nullopt;
  Site site;
  site.space = getSpace(pointer);
  setWidth(access, site);
  site.kind = isa<LoadInst>(access)    ? SiteKind::Load
              : isa<StoreInst>(access) ? SiteKind::Store
                                       : SiteKind::Atomic;
  static constexpr StringLiteral kNames[] = {"ld", "st", "atom"};
  static constexpr StringLiteral kSpaces[] = {"shared", "global", "generic"};
  site.name = formatv("{0}.{1}.b{2}", kNames[int(site.kind)],
                      kSpaces[int(site.space)], site.bytes * 8);
  return add(access, std::move(site));
}
