//===- RetargetKernel.cpp - Kernel IR -> host IR --------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A call of an intrinsic becomes
//
//   store its arguments into slots; call its function(slots); load its results
//
// where the slots are one small array in the kernel's frame. Pointers to shared
// and global memory are plain host pointers: the host's code generator treats
// the address spaces of NVPTX as one.
//
//===----------------------------------------------------------------------===//

#include "RetargetKernel.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/ReplaceConstant.h"
#include "llvm/IR/Verifier.h"

using namespace llvm;
using namespace mlir::tt::emulator;

/// The most arguments of an intrinsic that the emulator knows: mma.m16n8k16
/// takes 4 + 2 + 4.
static constexpr unsigned kSlots = 16;
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
  Retargeter(Module &module, const DataLayout &layout)
      : module(module), layout(layout), context(module.getContext()) {
    for (const EmulatedInstruction &known : getInstructions())
      names.insert(known.name);
    for (const EmulatedInstruction &known : getCollectives())
      names.insert(known.name);
  }

  Expected<RetargetedModule> run(const Triple &triple);

private:
  void placeSharedArrays();
  Error rewriteFunction(Function &function);
  Error rewriteCall(CallInst &call, Value *slots);
  void createEntry(Function &kernel);
  Value *getSlot(IRBuilder<> &builder, Value *slots, unsigned index) {
    return builder.CreateConstGEP1_32(builder.getInt64Ty(), slots, index);
  }

  Module &module;
  const DataLayout &layout;
  LLVMContext &context;
  StringSet<> names;
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

/// "llvm.nvvm.x.p3" is "llvm.nvvm.x": the suffix names an address space.
static StringRef getIntrinsicName(const Function &function) {
  StringRef name = function.getName();
  name.consume_back(".p3");
  name.consume_back(".p0");
  return name;
}

Error Retargeter::rewriteCall(CallInst &call, Value *slots) {
  StringRef name = getIntrinsicName(*call.getCalledFunction());
  if (!names.contains(name))
    return createStringError("the emulator does not know '%s', called in '%s'",
                             call.getCalledFunction()->getName().str().c_str(),
                             call.getFunction()->getName().str().c_str());
  IRBuilder<> builder(&call);
  for (auto [index, argument] : enumerate(call.args())) {
    if (index >= kSlots)
      return createStringError("'%s' has more than %u arguments",
                               name.str().c_str(), kSlots);
    builder.CreateStore(argument.get(), getSlot(builder, slots, index));
  }
  FunctionCallee callee = module.getOrInsertFunction(
      getInstructionSymbol(name), builder.getVoidTy(), builder.getPtrTy());
  builder.CreateCall(callee, slots);

  Type *type = call.getType();
  if (auto *structType = dyn_cast<StructType>(type)) {
    Value *aggregate = PoisonValue::get(type);
    for (auto [index, element] : enumerate(structType->elements()))
      aggregate = builder.CreateInsertValue(
          aggregate,
          builder.CreateLoad(element, getSlot(builder, slots, index)), index);
    call.replaceAllUsesWith(aggregate);
  } else if (!type->isVoidTy()) {
    call.replaceAllUsesWith(builder.CreateLoad(type, slots));
  }
  call.eraseFromParent();
  return Error::success();
}

Error Retargeter::rewriteFunction(Function &function) {
  // Attributes speak of the GPU, or of intrinsics that are plain calls now.
  function.setAttributes(AttributeList());
  function.setCallingConv(CallingConv::C);
  BasicBlock &entry = function.getEntryBlock();
  IRBuilder<> builder(&entry, entry.begin());
  Value *slots = builder.CreateAlloca(builder.getInt64Ty(),
                                      builder.getInt32(kSlots), "slots");
  FunctionCallee getBase = module.getOrInsertFunction(
      kSharedBaseSymbol, PointerType::get(context, kSharedAddressSpace));
  Value *base = builder.CreateCall(getBase);
  for (auto [global, offset] : sharedOffsets) {
    Value *address = builder.CreateConstGEP1_64(builder.getInt8Ty(), base,
                                                offset);
    convertUsersOfConstantsToInstructions({global}, &function);
    global->replaceUsesWithIf(address, [&](Use &use) {
      auto *user = dyn_cast<Instruction>(use.getUser());
      return user && user->getFunction() == &function;
    });
  }
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
                                   const DataLayout &layout) {
  return Retargeter(module, layout).run(triple);
}
