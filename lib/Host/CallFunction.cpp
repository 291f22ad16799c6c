//===- CallFunction.cpp - Call a host function in this process ------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CallFunction.h"

#include "mlir/Conversion/AffineToStandard/AffineToStandard.h"
#include "mlir/Conversion/GPUCommon/GPUCommonPass.h"
#include "mlir/Conversion/MathToLibm/MathToLibm.h"
#include "mlir/Conversion/ReconcileUnrealizedCasts/ReconcileUnrealizedCasts.h"
#include "mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "tt/Transforms/Passes.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/TargetSelect.h"

using namespace mlir;
using namespace mlir::tt;

/// void(void **): calls the entry with the pointers of the array.
static constexpr StringLiteral kCallSymbol = "tt_call_entry";
/// What MLIR's C interface of function f is called.
static constexpr StringLiteral kInterfacePrefix = "_mlir_ciface_";

//===----------------------------------------------------------------------===//
// Compiling
//===----------------------------------------------------------------------===//

void mlir::tt::host::buildHostPipeline(OpPassManager &pm) {
  pm.addPass(createShareHostMemory());
  pm.addPass(createConvertLinalgToLoopsPass());
  pm.addPass(createConvertMathToLibmPass());
  pm.addPass(memref::createExpandStridedMetadataPass());
  pm.addPass(createLowerAffinePass());
  pm.addPass(createSCFToControlFlowPass());
  pm.addPass(createGpuToLLVMConversionPass());
  pm.addPass(createReconcileUnrealizedCastsPass());
}

/// Adds kCallSymbol, so that a call needs no knowledge of how many arguments
/// there are: it takes the addresses of the result, if there is one, and of each
/// argument. Memrefs go by address, scalars by value.
static bool addCall(llvm::Module &module, StringRef entry) {
  llvm::Function *callee =
      module.getFunction((kInterfacePrefix + entry).str());
  if (!callee)
    return false;
  llvm::IRBuilder<> builder(module.getContext());
  auto *type = llvm::FunctionType::get(builder.getVoidTy(), builder.getPtrTy(),
                                       /*isVarArg=*/false);
  auto *call = llvm::Function::Create(type, llvm::Function::ExternalLinkage,
                                      kCallSymbol, module);
  builder.SetInsertPoint(
      llvm::BasicBlock::Create(module.getContext(), "", call));
  unsigned next = 0;
  auto getAddress = [&] {
    return builder.CreateLoad(builder.getPtrTy(),
                              builder.CreateConstGEP1_32(
                                  builder.getPtrTy(), call->getArg(0), next++));
  };
  bool returnsScalar = !callee->getReturnType()->isVoidTy();
  llvm::Value *result = returnsScalar ? getAddress() : nullptr;
  SmallVector<llvm::Value *> values;
  for (llvm::Argument &argument : callee->args()) {
    llvm::Value *address = getAddress();
    values.push_back(argument.getType()->isPointerTy()
                         ? address
                         : builder.CreateLoad(argument.getType(), address));
  }
  llvm::Value *returned = builder.CreateCall(callee, values);
  if (returnsScalar)
    builder.CreateStore(returned, result);
  builder.CreateRetVoid();
  return true;
}

/// Where the results lie in what the entry returns.
struct ResultLayout {
  int64_t bytes = 0;
  SmallVector<int64_t> offsets;
};

/// Several results come as one struct, one result as itself.
static ResultLayout getResultLayout(const llvm::Module &module, StringRef entry,
                                    size_t count) {
  const llvm::DataLayout &layout = module.getDataLayout();
  llvm::Type *type = module.getFunction(entry)->getReturnType();
  if (count == 0)
    return {};
  ResultLayout result;
  result.bytes = layout.getTypeAllocSize(type);
  if (count == 1) {
    result.offsets = {0};
    return result;
  }
  const llvm::StructLayout *fields =
      layout.getStructLayout(cast<llvm::StructType>(type));
  for (size_t i = 0; i < count; ++i)
    result.offsets.push_back(fields->getElementOffset(i));
  return result;
}

static llvm::Expected<std::unique_ptr<llvm::orc::LLJIT>> makeJIT() {
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  auto jit = llvm::orc::LLJITBuilder().create();
  if (!jit)
    return jit.takeError();
  llvm::orc::SymbolMap symbols;
  for (const host::RuntimeFunction &function : host::getRuntimeFunctions())
    symbols[(*jit)->mangleAndIntern(function.name)] = {
        llvm::orc::ExecutorAddr::fromPtr(function.address),
        llvm::JITSymbolFlags::Exported | llvm::JITSymbolFlags::Callable};
  if (auto error = (*jit)->getMainJITDylib().define(
          llvm::orc::absoluteSymbols(std::move(symbols))))
    return std::move(error);
  return jit;
}

using Entry = void (*)(void **);

static llvm::Expected<Entry>
loadModule(llvm::orc::LLJIT &jit, std::unique_ptr<llvm::Module> module,
           std::unique_ptr<llvm::LLVMContext> context) {
  if (auto error = jit.addIRModule(llvm::orc::ThreadSafeModule(
          std::move(module), std::move(context))))
    return std::move(error);
  // Constructors of the module load the kernels.
  if (auto error = jit.initialize(jit.getMainJITDylib()))
    return std::move(error);
  auto address = jit.lookup(kCallSymbol);
  if (!address)
    return address.takeError();
  return address->toPtr<Entry>();
}

/// Translates the lowered module, and finds where its results will lie.
static llvm::Expected<Entry> loadEntry(llvm::orc::LLJIT &jit, ModuleOp module,
                                       StringRef entry, size_t results,
                                       ResultLayout &layout) {
  auto context = std::make_unique<llvm::LLVMContext>();
  auto llvmModule = translateModuleToLLVMIR(module, *context);
  if (!llvmModule || !addCall(*llvmModule, entry))
    return llvm::createStringError("'" + entry +
                                   "' could not be translated to LLVM IR");
  llvmModule->setDataLayout(jit.getDataLayout());
  llvmModule->setTargetTriple(jit.getTargetTriple());
  layout = getResultLayout(*llvmModule, entry, results);
  return loadModule(jit, std::move(llvmModule), std::move(context));
}

//===----------------------------------------------------------------------===//
// Arguments and results
//===----------------------------------------------------------------------===//

static runtime::Status checkSignature(func::FuncOp entry,
                                      const FunctionRun &run) {
  auto check = [](TypeRange types, const char *what) -> runtime::Status {
    for (auto [i, type] : llvm::enumerate(types))
      if (auto s = host::checkType(
              type, what + (" " + std::to_string(i)) + " of the entry");
          !s)
        return s;
    return runtime::Done{};
  };
  if (auto s = check(entry.getArgumentTypes(), "argument"); !s)
    return s;
  if (auto s = check(entry.getResultTypes(), "result"); !s)
    return s;
  auto tooMany = [](size_t files, size_t values, const char *kind,
                    const char *what) -> runtime::Status {
    if (files <= values)
      return runtime::Done{};
    return runtime::Error{
        llvm::formatv("{0} {1} for {2} {3}", files, kind, values, what)};
  };
  if (auto s = tooMany(run.inputs.size(), entry.getNumArguments(), "inputs",
                       "arguments");
      !s)
    return s;
  bool fromResults = entry.getNumResults() > 0;
  return tooMany(run.outputs.size(),
                 fromResults ? entry.getNumResults() : entry.getNumArguments(),
                 "outputs", fromResults ? "results" : "arguments");
}

runtime::Result<host::Signature>
mlir::tt::host::readSignature(ModuleOp module, const FunctionRun &run) {
  auto entry = module.lookupSymbol<func::FuncOp>(run.entry);
  if (!entry || entry.isExternal())
    return runtime::Error{"the module defines no function '" + run.entry + "'"};
  if (auto s = checkSignature(entry, run); !s)
    return s.error();
  entry->setAttr(LLVM::LLVMDialect::getEmitCWrapperAttrName(),
                 UnitAttr::get(module.getContext()));
  return Signature{llvm::to_vector(entry.getArgumentTypes()),
                   llvm::to_vector(entry.getResultTypes())};
}

static runtime::Result<std::vector<host::HostValue>>
makeArguments(host::MgpuSession &session, TypeRange types,
              const FunctionRun &run) {
  std::vector<host::HostValue> arguments;
  for (auto [i, type] : llvm::enumerate(types)) {
    host::ValueSource source;
    if (i < run.inputs.size())
      source.text = run.inputs[i];
    source.kind = run.input;
    source.seed = run.seed * 64 + i;
    auto argument = host::makeArgument(session, type, source);
    if (!argument)
      return runtime::Error{"argument " + std::to_string(i) + ": " +
                            argument.error().message};
    arguments.push_back(*argument);
  }
  return arguments;
}

/// Copies what the call left out of the session's memory.
static host::CallOutputs collectOutputs(ArrayRef<host::HostValue> arguments,
                                        const host::Signature &signature,
                                        const ResultLayout &layout,
                                        const char *results) {
  host::CallOutputs outputs;
  bool fromResults = !signature.results.empty();
  outputs.what = fromResults ? "result" : "argument";
  size_t count = fromResults ? signature.results.size() : arguments.size();
  for (size_t i = 0; i < count; ++i) {
    host::HostValue value =
        fromResults ? host::fromWords(signature.results[i],
                                      results + layout.offsets[i])
                    : arguments[i];
    outputs.values.push_back({value.getElementType(), value.isScalar(),
                              host::toNpy(value), host::sumElements(value)});
  }
  return outputs;
}

runtime::Result<host::CallOutputs>
mlir::tt::host::callFunction(ModuleOp module, const Signature &signature,
                             runtime::Device &device, const FunctionRun &run) {
  MgpuSession session(device);
  auto jit = makeJIT();
  if (!jit)
    return runtime::Error{llvm::toString(jit.takeError())};
  ResultLayout layout;
  auto call =
      loadEntry(**jit, module, run.entry, signature.results.size(), layout);
  if (!call)
    return runtime::Error{llvm::toString(call.takeError())};
  auto arguments = makeArguments(session, signature.arguments, run);
  if (!arguments)
    return arguments.error();

  std::vector<char> results(layout.bytes);
  std::vector<SmallVector<int64_t>> words;
  for (const HostValue &argument : *arguments)
    words.push_back(toWords(argument));
  std::vector<void *> pointers;
  if (!signature.results.empty())
    pointers.push_back(results.data());
  for (auto &argument : words)
    pointers.push_back(argument.data());
  (*call)(pointers.data());
  if (!session.getError().empty())
    return runtime::Error{session.getError(), session.isWrongResult()};
  CallOutputs outputs =
      collectOutputs(*arguments, signature, layout, results.data());
  outputs.launches = session.getLaunches();
  return outputs;
}
