//===- CallFunction.cpp - Call a host function in this process ------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CallFunction.h"

#include "MgpuRuntime.h"
#include "mlir/Conversion/AffineToStandard/AffineToStandard.h"
#include "mlir/Conversion/GPUCommon/GPUCommonPass.h"
#include "mlir/Conversion/ReconcileUnrealizedCasts/ReconcileUnrealizedCasts.h"
#include "mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/TargetSelect.h"

using namespace mlir;
using namespace mlir::tt;
using namespace mlir::tt::host;

/// void(void **): calls the entry with the pointers of the array.
static constexpr StringLiteral kCallSymbol = "tt_call_entry";
/// What MLIR's C interface of function f is called.
static constexpr StringLiteral kInterfacePrefix = "_mlir_ciface_";

namespace {

/// A memref of rank 2 as MLIR's C interface passes it.
struct Descriptor {
  char *allocated = nullptr, *aligned = nullptr;
  int64_t offset = 0;
  int64_t sizes[2] = {}, strides[2] = {};
};

} // namespace

static std::optional<runtime::ElementType> getElementType(Type type) {
  if (type.isF32())
    return runtime::ElementType::f32;
  if (type.isF16())
    return runtime::ElementType::f16;
  if (type.isBF16())
    return runtime::ElementType::bf16;
  return std::nullopt;
}

/// Whether a matrix of ours can stand for it.
static bool isRowMajor(MemRefType type) {
  SmallVector<int64_t> strides;
  int64_t offset;
  if (failed(type.getStridesAndOffset(strides, offset)))
    return false;
  return offset == 0 && strides[1] == 1 &&
         (ShapedType::isDynamic(strides[0]) || type.isDynamicDim(1) ||
          strides[0] >= type.getDimSize(1));
}

runtime::Result<Signature>
mlir::tt::host::readSignature(func::FuncOp entry) {
  Signature signature;
  auto collect = [](TypeRange types, std::vector<ShapedType> &shaped,
                    const char *what) -> runtime::Status {
    for (auto [i, type] : llvm::enumerate(types)) {
      auto shape = dyn_cast<ShapedType>(type);
      if (!shape || !isa<RankedTensorType, MemRefType>(type) ||
          shape.getRank() != 2 || !getElementType(shape.getElementType()))
        return runtime::Error{
            llvm::formatv("{0} {1} of the entry is {2}, expected a tensor or "
                          "memref of rank 2 of f32, f16 or bf16",
                          what, i, type)};
      auto memref = dyn_cast<MemRefType>(type);
      if (memref && !isRowMajor(memref))
        return runtime::Error{
            llvm::formatv("{0} {1} of the entry is {2}, expected rows of "
                          "adjacent elements, and no offset",
                          what, i, type)};
      shaped.push_back(shape);
    }
    return runtime::Done{};
  };
  if (auto s = collect(entry.getArgumentTypes(), signature.arguments, "argument");
      !s)
    return s.error();
  if (auto s = collect(entry.getResultTypes(), signature.results, "result"); !s)
    return s.error();
  return signature;
}

//===----------------------------------------------------------------------===//
// Compiling
//===----------------------------------------------------------------------===//

void mlir::tt::host::buildHostPipeline(OpPassManager &pm) {
  pm.addPass(createConvertLinalgToLoopsPass());
  pm.addPass(memref::createExpandStridedMetadataPass());
  pm.addPass(createLowerAffinePass());
  pm.addPass(createSCFToControlFlowPass());
  pm.addPass(createGpuToLLVMConversionPass());
  pm.addPass(createReconcileUnrealizedCastsPass());
}

/// Adds kCallSymbol, so that a call needs no knowledge of how many arguments
/// there are.
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
  SmallVector<llvm::Value *> pointers;
  for (unsigned i = 0; i < callee->arg_size(); ++i) {
    llvm::Value *slot =
        builder.CreateConstGEP1_32(builder.getPtrTy(), call->getArg(0), i);
    pointers.push_back(builder.CreateLoad(builder.getPtrTy(), slot));
  }
  builder.CreateCall(callee, pointers);
  builder.CreateRetVoid();
  return true;
}

static llvm::Expected<std::unique_ptr<llvm::orc::LLJIT>>
makeJIT(std::unique_ptr<llvm::Module> module,
        std::unique_ptr<llvm::LLVMContext> context) {
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  auto jit = llvm::orc::LLJITBuilder().create();
  if (!jit)
    return jit.takeError();
  module->setDataLayout((*jit)->getDataLayout());
  module->setTargetTriple((*jit)->getTargetTriple());
  llvm::orc::SymbolMap symbols;
  for (const host::RuntimeFunction &function : host::getRuntimeFunctions())
    symbols[(*jit)->mangleAndIntern(function.name)] = {
        llvm::orc::ExecutorAddr::fromPtr(function.address),
        llvm::JITSymbolFlags::Exported | llvm::JITSymbolFlags::Callable};
  if (auto error = (*jit)->getMainJITDylib().define(
          llvm::orc::absoluteSymbols(std::move(symbols))))
    return std::move(error);
  if (auto error = (*jit)->addIRModule(llvm::orc::ThreadSafeModule(
          std::move(module), std::move(context))))
    return std::move(error);
  // Constructors of the module load the kernels.
  if (auto error = (*jit)->initialize((*jit)->getMainJITDylib()))
    return std::move(error);
  return jit;
}

//===----------------------------------------------------------------------===//
// Arguments and results
//===----------------------------------------------------------------------===//

/// Elements from one row to the next: what the type says, or none to spare.
static int64_t getRowStride(ShapedType type, int64_t columns) {
  auto memref = dyn_cast<MemRefType>(type);
  if (!memref)
    return columns;
  int64_t stride = memref.getStridesAndOffset().first[0];
  return ShapedType::isDynamic(stride) ? columns : stride;
}

static runtime::Result<Descriptor> makeArgument(host::MgpuSession &session,
                                                ShapedType type, size_t number,
                                                const FunctionRun &run) {
  runtime::ElementType elementType = *getElementType(type.getElementType());
  std::string file = number < run.inputs.size() ? run.inputs[number] : "-";
  if (file == "-" && !type.hasStaticShape())
    return runtime::Error{
        llvm::formatv("argument {0} is {1}: its sizes are not known, give it "
                      "as a file with --inputs",
                      number, type)};
  runtime::Matrix matrix(elementType, 0, 0, 0);
  if (file == "-") {
    matrix = runtime::Matrix(elementType, type.getDimSize(0),
                             type.getDimSize(1), type.getDimSize(1));
    matrix.fillRandom(run.input, run.seed * 64 + number);
  } else {
    auto read = runtime::readNpy(file, elementType);
    if (!read)
      return read.error();
    matrix = std::move(*read);
  }
  int64_t sizes[2] = {matrix.rows, matrix.columns};
  for (int dim : {0, 1})
    if (!type.isDynamicDim(dim) && type.getDimSize(dim) != sizes[dim])
      return runtime::Error{llvm::formatv("{0} is {1} x {2}, argument {3} is "
                                          "{4}",
                                          file, sizes[0], sizes[1], number,
                                          type)};
  int64_t stride = getRowStride(type, matrix.columns);
  int64_t elementBytes = runtime::getBytes(elementType);
  runtime::Matrix padded(elementType, matrix.rows, matrix.columns, stride);
  for (int64_t row = 0; row < matrix.rows; ++row)
    std::copy_n(matrix.at(row, 0), matrix.columns * elementBytes,
                const_cast<char *>(padded.at(row, 0)));
  Descriptor descriptor;
  descriptor.allocated = descriptor.aligned =
      static_cast<char *>(session.allocate(padded.bytes.size()));
  std::copy(padded.bytes.begin(), padded.bytes.end(), descriptor.aligned);
  std::copy(sizes, sizes + 2, descriptor.sizes);
  descriptor.strides[0] = stride;
  descriptor.strides[1] = 1;
  return descriptor;
}

static runtime::Matrix toMatrix(const Descriptor &d, ShapedType type) {
  runtime::ElementType elementType = *getElementType(type.getElementType());
  int64_t bytes = runtime::getBytes(elementType);
  runtime::Matrix matrix(elementType, d.sizes[0], d.sizes[1], d.sizes[1]);
  for (int64_t row = 0; row < d.sizes[0]; ++row)
    for (int64_t column = 0; column < d.sizes[1]; ++column)
      std::copy_n(d.aligned + (d.offset + row * d.strides[0] +
                               column * d.strides[1]) * bytes,
                  bytes, const_cast<char *>(matrix.at(row, column)));
  return matrix;
}

static CallOutputs collectOutputs(ArrayRef<Descriptor> arguments,
                                  ArrayRef<Descriptor> results,
                                  const Signature &signature) {
  bool fromResults = !results.empty();
  CallOutputs outputs;
  outputs.what = fromResults ? "result" : "argument";
  for (auto [value, type] :
       llvm::zip(fromResults ? results : arguments,
                 fromResults ? signature.results : signature.arguments))
    outputs.values.push_back(toMatrix(value, type));
  return outputs;
}

runtime::Result<CallOutputs>
mlir::tt::host::callFunction(ModuleOp module, const Signature &signature,
                             runtime::Device &device, const FunctionRun &run) {
  auto context = std::make_unique<llvm::LLVMContext>();
  auto llvmModule = translateModuleToLLVMIR(module, *context);
  if (!llvmModule || !addCall(*llvmModule, run.entry))
    return runtime::Error{"'" + run.entry +
                          "' could not be translated to LLVM IR"};
  MgpuSession session(device);
  auto jit = makeJIT(std::move(llvmModule), std::move(context));
  if (!jit)
    return runtime::Error{llvm::toString(jit.takeError())};
  auto address = (*jit)->lookup(kCallSymbol);
  if (!address)
    return runtime::Error{llvm::toString(address.takeError())};

  std::vector<Descriptor> arguments, results(signature.results.size());
  for (auto [i, type] : llvm::enumerate(signature.arguments)) {
    auto argument = makeArgument(session, type, i, run);
    if (!argument)
      return argument.error();
    arguments.push_back(*argument);
  }
  std::vector<void *> pointers;
  if (!results.empty())
    pointers.push_back(results.data());
  for (Descriptor &argument : arguments)
    pointers.push_back(&argument);
  if (session.getError().empty())
    address->toPtr<void (*)(void **)>()(pointers.data());
  if (!session.getError().empty())
    return runtime::Error{session.getError()};
  CallOutputs outputs = collectOutputs(arguments, results, signature);
  outputs.launches = session.getLaunches();
  return outputs;
}
