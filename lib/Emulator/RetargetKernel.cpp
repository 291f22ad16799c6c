//===- RetargetKernel.cpp - Kernel IR -> host IR --------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A call of an intrinsic becomes
//
//   store its arguments into slots; call its function(slots, site); load its result
//
// where the slots are an array in the kernel's frame; warp-wide intrinsics are
// batched (BatchCollectives.cpp) and use the part of it behind the first few.
// Pointers to shared and global memory are plain host pointers: the host's code
// generator treats the address spaces of NVPTX as one.
//
//===----------------------------------------------------------------------===//

#include "RetargetKernel.h"

#include "Instructions.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/IR/DebugInfo.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/ReplaceConstant.h"
#include "llvm/IR/Verifier.h"

using namespace llvm;
using namespace mlir::tt::emulator;

/// The most arguments of an intrinsic of one lane.
static constexpr unsigned kSlots = 8;
static constexpr unsigned kSharedAddressSpace = 3;

std::string mlir::tt::emulator::getEntrySymbol(StringRef kernel) {
  return ("tt_emulator_entry." + kernel).str();
}

std::string mlir::tt::emulator::getInstructionSymbol(StringRef intrinsic) {
  return ("tt_emulator." + intrinsic).str();
}

namespace {

class Retargeter {
public:
  Retargeter(Module &module, const DataLayout &layout, bool instrument)
      : module(module), layout(layout), context(module.getContext()),
        instrument(instrument) {
    for (const EmulatedInstruction &known : getInstructions())
      names.insert(known.name);
  }

  Expected<RetargetedModule> run(const Triple &triple);

private:
  void placeSharedArrays();
  void useSharedBase(Function &function, IRBuilder<> &builder);
  void countInstructions(Function &function);
  void announceAccesses(ArrayRef<Instruction *> accesses);
  Error rewriteFunction(Function &function);
  Error rewriteCalls(Function &function, Value *slots);
  Error rewriteCall(CallInst &call, Value *slots);
  void createEntry(Function &kernel);
  Value *getSlot(IRBuilder<> &builder, Value *slots, unsigned index) {
    return builder.CreateConstGEP1_32(builder.getInt64Ty(), slots, index);
  }

  Module &module;
  const DataLayout &layout;
  LLVMContext &context;
  bool instrument;
  StringSet<> names;
  SiteTable sites;
  RetargetedModule result;
  /// Offset of each shared array in the block's memory.
  MapVector<GlobalVariable *, size_t> sharedOffsets;
};

} // namespace

/// Static arrays first, then the dynamic one, which has no elements.
void Retargeter::placeSharedArrays() {
  SmallVector<GlobalVariable *> dynamic;
  size_t offset = 0;
  for (GlobalVariable &global : module.globals()) {
    if (global.getAddressSpace() != kSharedAddressSpace)
      continue;
    size_t bytes = layout.getTypeAllocSize(global.getValueType());
    if (bytes == 0) {
      dynamic.push_back(&global);
      continue;
    }
    offset = alignTo(offset, global.getAlign().valueOrOne());
    sharedOffsets[&global] = offset;
    offset += bytes;
  }
  constexpr size_t kDynamicAlignment = 16;
  result.staticSharedBytes = alignTo(offset, kDynamicAlignment);
  for (GlobalVariable *global : dynamic)
    sharedOffsets[global] = result.staticSharedBytes;
}

/// x + (-0.0) is x, whatever the rounding; any NaN becomes the canonical one (PTX
/// ISA, add). As code of the kernel, since it stands in main loops.
static Value *expandQuieting(CallInst &call) {
  auto *zero = dyn_cast<ConstantFP>(call.getArgOperand(1));
  if (!zero || !zero->isZero() || !zero->isNegative())
    return nullptr;
  constexpr uint32_t kCanonicalNaN = 0x7FFFFFFF;
  IRBuilder<> builder(&call);
  Value *x = call.getArgOperand(0);
  Value *nan = ConstantExpr::getBitCast(builder.getInt32(kCanonicalNaN),
                                        builder.getFloatTy());
  return builder.CreateSelect(builder.CreateFCmpUNO(x, x), nan, x);
}

Error Retargeter::rewriteCall(CallInst &call, Value *slots) {
  StringRef name = getIntrinsicName(*call.getCalledFunction());
  if (!names.contains(name))
    return createStringError("the emulator does not know '%s', called in '%s'",
                             call.getCalledFunction()->getName().str().c_str(),
                             call.getFunction()->getName().str().c_str());
  if (name == "llvm.nvvm.add.rz.f")
    if (Value *value = expandQuieting(call)) {
      call.replaceAllUsesWith(value);
      call.eraseFromParent();
      return Error::success();
    }
  IRBuilder<> builder(&call);
  for (auto [index, argument] : enumerate(call.args())) {
    if (index >= kSlots)
      return createStringError("'%s' has more than %u arguments",
                               name.str().c_str(), kSlots);
    builder.CreateStore(argument.get(), getSlot(builder, slots, index));
  }
  bool hasSite = isBarrier(name) || getCopyBytes(name);
  uint32_t site = hasSite ? sites.addCall(call, name) : 0;
  FunctionCallee callee =
      module.getOrInsertFunction(getInstructionSymbol(name), builder.getVoidTy(),
                                 builder.getPtrTy(), builder.getInt32Ty());
  builder.CreateCall(callee, {slots, builder.getInt32(site)});

  if (!call.getType()->isVoidTy())
    call.replaceAllUsesWith(builder.CreateLoad(call.getType(), slots));
  call.eraseFromParent();
  return Error::success();
}

void Retargeter::useSharedBase(Function &function, IRBuilder<> &builder) {
  FunctionCallee getBase = module.getOrInsertFunction(
      kSharedBaseSymbol, PointerType::get(context, kSharedAddressSpace));
  Value *base = builder.CreateCall(getBase);
  for (auto [global, offset] : sharedOffsets) {
    Value *address =
        builder.CreateConstGEP1_64(builder.getInt8Ty(), base, offset);
    convertUsersOfConstantsToInstructions({global}, &function);
    global->replaceUsesWithIf(address, [&](Use &use) {
      auto *user = dyn_cast<Instruction>(use.getUser());
      return user && user->getFunction() == &function;
    });
  }
}

/// Each basic block adds its length to the lane's counter.
void Retargeter::countInstructions(Function &function) {
  SmallVector<std::pair<BasicBlock *, unsigned>> lengths;
  for (BasicBlock &block : function)
    lengths.push_back({&block, unsigned(block.size())});
  BasicBlock &entry = function.getEntryBlock();
  IRBuilder<> builder(&entry, entry.begin());
  Value *counter = builder.CreateCall(
      module.getOrInsertFunction(kCounterSymbol, builder.getPtrTy()));
  for (auto [block, length] : lengths) {
    if (block == &entry)
      builder.SetInsertPoint(&entry, std::next(entry.begin()));
    else
      builder.SetInsertPoint(block, block->getFirstInsertionPt());
    Value *old = builder.CreateLoad(builder.getInt64Ty(), counter);
    builder.CreateStore(builder.CreateAdd(old, builder.getInt64(length)),
                        counter);
  }
}

static SmallVector<Instruction *> findAccesses(Function &function) {
  SmallVector<Instruction *> accesses;
  for (BasicBlock &block : function)
    for (Instruction &instruction : block)
      if (getAccessedPointer(instruction))
        accesses.push_back(&instruction);
  return accesses;
}

/// Calls kAccessSymbol before each load, store and atomic.
void Retargeter::announceAccesses(ArrayRef<Instruction *> accesses) {
  for (Instruction *access : accesses) {
    std::optional<uint32_t> site = sites.addAccess(*access);
    if (!site)
      continue;
    IRBuilder<> builder(access);
    Value *address = builder.CreateAddrSpaceCast(
        const_cast<Value *>(getAccessedPointer(*access)), builder.getPtrTy());
    FunctionCallee callee =
        module.getOrInsertFunction(kAccessSymbol, builder.getVoidTy(),
                                   builder.getPtrTy(), builder.getInt32Ty());
    builder.CreateCall(callee, {address, builder.getInt32(*site)});
  }
}

Error Retargeter::rewriteCalls(Function &function, Value *slots) {
  SmallVector<CallInst *> calls;
  for (BasicBlock &block : function)
    for (Instruction &instruction : block)
      if (auto *call = dyn_cast<CallInst>(&instruction))
        calls.push_back(call);
  for (CallInst *call : calls) {
    call->setAttributes(AttributeList());
    if (auto *assembly = dyn_cast<InlineAsm>(call->getCalledOperand())) {
      // No instruction, only a fence for the compiler.
      if (assembly->getAsmString().empty())
        continue;
      return createStringError("the emulator does not know the inline assembly "
                               "'%s' in '%s'",
                               std::string(assembly->getAsmString()).c_str(),
                               function.getName().str().c_str());
    }
    Function *callee = call->getCalledFunction();
    if (callee && callee->getName().starts_with("llvm.nvvm."))
      if (Error error = rewriteCall(*call, slots))
        return error;
  }
  return Error::success();
}

Error Retargeter::rewriteFunction(Function &function) {
  // Attributes speak of the GPU, or of intrinsics that are plain calls now.
  function.setAttributes(AttributeList());
  function.setCallingConv(CallingConv::C);
  SmallVector<Instruction *> accesses = findAccesses(function);
  countInstructions(function);
  if (instrument)
    announceAccesses(accesses);
  BasicBlock &entry = function.getEntryBlock();
  IRBuilder<> builder(&entry, entry.begin());
  AllocaInst *slots = builder.CreateAlloca(builder.getInt64Ty(),
                                           builder.getInt32(kSlots), "slots");
  Value *words = builder.CreateConstGEP1_32(builder.getInt64Ty(), slots, kSlots);
  useSharedBase(function, builder);
  unsigned count = batchCollectives(function, words, sites, result.batches);
  slots->setOperand(0, builder.getInt32(kSlots + divideCeil(count, 2)));
  return rewriteCalls(function, slots);
}

/// void entry(void **parameters) { kernel(*parameters[0], ...); }
void Retargeter::createEntry(Function &kernel) {
  IRBuilder<> builder(context);
  auto *type = FunctionType::get(builder.getVoidTy(), builder.getPtrTy(),
                                 /*isVarArg=*/false);
  auto *entry = Function::Create(type, Function::ExternalLinkage,
                                 getEntrySymbol(kernel.getName()), module);
  builder.SetInsertPoint(BasicBlock::Create(context, "", entry));
  SmallVector<Value *> arguments;
  for (auto [index, argument] : enumerate(kernel.args())) {
    Value *slot = builder.CreateConstGEP1_32(builder.getPtrTy(),
                                             entry->getArg(0), index);
    Value *pointer = builder.CreateLoad(builder.getPtrTy(), slot);
    arguments.push_back(builder.CreateLoad(argument.getType(), pointer));
  }
  builder.CreateCall(&kernel, arguments);
  builder.CreateRetVoid();
  result.kernels[kernel.getName()] = {unsigned(kernel.arg_size())};
}

Expected<RetargetedModule> Retargeter::run(const Triple &triple) {
  SmallVector<Function *> defined, kernels;
  for (Function &function : module) {
    if (function.isDeclaration())
      continue;
    defined.push_back(&function);
    if (function.getCallingConv() == CallingConv::PTX_Kernel)
      kernels.push_back(&function);
  }
  if (kernels.empty())
    return createStringError("the module has no kernel");
  placeSharedArrays();
  for (Function *function : defined)
    if (Error error = rewriteFunction(*function))
      return std::move(error);
  for (Function *kernel : kernels)
    createEntry(*kernel);
  result.sites = sites.take();
  StripDebugInfo(module);
  module.setTargetTriple(triple);
  module.setDataLayout(layout);
  std::string message;
  raw_string_ostream stream(message);
  if (verifyModule(module, &stream))
    return createStringError("the retargeted module is malformed: " + message);
  return std::move(result);
}

Expected<RetargetedModule>
mlir::tt::emulator::retargetModule(Module &module, const Triple &triple,
                                   const DataLayout &layout, bool instrument) {
  return Retargeter(module, layout, instrument).run(triple);
}
