//===- tt-run.cpp - Compile, run, verify and time products ----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EmulatorOptions.h"
#include "FileMode.h"
#include "Support.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Support/Timing.h"
#include "tt/Pipelines/Pipelines.h"
#include "tt/Runtime/RunKernel.h"
#include "tt/Target/CompileKernel.h"
#include "tt/Target/StageLocations.h"
#include "tt/Target/TargetInfo.h"
#include "tt/Tuning/Tune.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"

using namespace mlir;
using namespace mlir::tt;
namespace cl = llvm::cl;

//===----------------------------------------------------------------------===//
// Options
//===----------------------------------------------------------------------===//

static cl::OptionCategory &category = getCategory();

static cl::opt<std::string> moduleFile(cl::Positional,
                                       cl::desc("[file.mlir | kernel.ttk]"),
                                       cl::init(""), cl::cat(category));
static cl::opt<std::string> entryName("entry",
                                      cl::desc("Function of the file to run"),
                                      cl::cat(category));
static cl::list<std::string> inputFiles(
    "inputs", cl::CommaSeparated, cl::cat(category),
    cl::desc("With a file: its arguments, in order: .npy files; numbers, for "
             "scalars; sizes such as 64x48, for random elements where the type "
             "does not say them; '-' (default): random"));
static cl::list<std::string> outputFiles(
    "outputs", cl::CommaSeparated, cl::cat(category),
    cl::desc("With a file: .npy files for the results, or, of a function "
             "without results, for its arguments"));
static cl::opt<int64_t> sizeM("m", cl::desc("Rows of C"), cl::init(-1),
                              cl::cat(category));
static cl::opt<int64_t> sizeN("n", cl::desc("Columns of C"), cl::init(-1),
                              cl::cat(category));
static cl::opt<int64_t> sizeK("k", cl::desc("Terms of each sum"), cl::init(-1),
                              cl::cat(category));
static cl::opt<int64_t>
    strideA("lda",
            cl::desc("Elements from one row of A to the next (default M)"),
            cl::init(-1), cl::cat(category));
static cl::opt<int64_t>
    strideB("ldb",
            cl::desc("Elements from one row of B to the next (default K)"),
            cl::init(-1), cl::cat(category));
static cl::opt<int64_t>
    strideC("ldc",
            cl::desc("Elements from one row of C to the next (default N)"),
            cl::init(-1), cl::cat(category));
static cl::opt<std::string> typeName("type", cl::desc("f32, f16 or bf16"),
                                     cl::init("f32"), cl::cat(category));
static cl::opt<std::string> precision(
    "precision",
    cl::desc("Contract: '#tt.precision<tf32, rounding = truncate>', or "
             "short: tf32 (default for f32), f32_accumulate"),
    cl::init(""), cl::cat(category));
static cl::opt<std::string> config(
    "config",
    cl::desc("'#tt.config<block = [128, 256, 32], warp = [64, 64], stages "
             "= 4>'; without it one is chosen"),
    cl::init(""), cl::cat(category));
static cl::opt<std::string>
    chip("chip", cl::desc("GPU or chip to compile for (default sm_89)"),
         cl::init("sm_89"), cl::cat(category));
static cl::opt<bool> dynamicSizes(
    "dynamic", cl::desc("Compile for sizes and strides known at run time only"),
    cl::cat(category));
static cl::opt<int64_t> rowAlignment(
    "row-alignment",
    cl::desc("With --dynamic: promise that every row begins at a multiple of "
             "this many bytes"),
    cl::init(0), cl::cat(category));
static cl::opt<std::string>
    deviceName("device", cl::desc("auto, cuda or emulator (default auto)"),
               cl::init("auto"), cl::cat(category));
static cl::opt<std::string>
    inputKind("input",
              cl::desc("Random inputs: uniform (default), normal or integers"),
              cl::init("uniform"), cl::cat(category));
static cl::opt<uint64_t> seed("seed",
                              cl::desc("Seed of the inputs (default 0)"),
                              cl::init(0), cl::cat(category));
static cl::opt<std::string> aFile("a", cl::desc("Read A from this .npy file"),
                                  cl::cat(category));
static cl::opt<std::string> bFile("b", cl::desc("Read B from this .npy file"),
                                  cl::cat(category));
static cl::opt<std::string> cFile("c", cl::desc("Write C to this .npy file"),
                                  cl::cat(category));
static cl::opt<bool> noVerify("no-verify",
                              cl::desc("Do not compare C with a reference"),
                              cl::cat(category));
static cl::opt<bool> benchmark("benchmark", cl::desc("Time the kernel"),
                               cl::cat(category));
static cl::opt<bool>
    noTuned("no-tuned",
            cl::desc("Do not use configs that tt-tune found before"),
            cl::cat(category));
static cl::opt<bool> json("json", cl::desc("Print one JSON line"),
                          cl::cat(category));
static cl::opt<bool>
    remarks("remarks",
            cl::desc("Say what was chosen, and what was missed "
                     "and why"),
            cl::cat(category));
static cl::opt<bool>
    bisectPasses("bisect",
                 cl::desc("Run the program after every pass, on integers, and "
                          "name the first pass that changes the numbers"),
                 cl::cat(category));
static cl::opt<std::string> emit(
    "emit",
    cl::desc("Stop after compiling and write mlir-tt, mlir-linalg, "
             "mlir-gpu, mlir-nvgpu, mlir-nvvm, llvm, ptx, cubin or kernel"),
    cl::cat(category));
static cl::opt<std::string>
    outputFile("o", cl::desc("Where --emit writes (default -)"), cl::init("-"),
               cl::cat(category));
static cl::opt<std::string>
    dumpStages("dump-stages",
               cl::desc("Write the module at every stage to this folder"),
               cl::cat(category));

static constexpr const char *kOverview =
    R"(Compiles C = A^T B^T for a tensor-core GPU, runs it and verifies the result.

  tt-run --m 2048 --n 4096 --k 8192 --type f32            compile, run, verify
  tt-run --m 256 --n 512 --k 1024 --device emulator       without a GPU
  tt-run --m 4096 --n 4096 --k 4096 --type f16 --benchmark
  tt-run --m 64 --n 64 --k 64 --emit=ptx                  look at the code
  tt-run --m 64 --n 64 --k 64 --emit=kernel -o mm.ttk     keep the kernel
  tt-run mm.ttk --device cuda                             and run it
  tt-run model.mlir --entry f --outputs c.npy             host code and kernels
  tt-run --m 64 --n 64 --k 64 --schedules 8               prove it free of hazards
  tt-run --m 64 --n 64 --k 64 --counters                  what the code costs
  tt-run --bisect model.mlir --entry f                    which pass is wrong?

Exit code: 0 right, 1 wrong result, 2 bad input, 3 no device.
)";

//===----------------------------------------------------------------------===//
// Steps
//===----------------------------------------------------------------------===//

static runtime::Result<KernelRequest> getRequest(runtime::Problem &problem) {
  auto type = runtime::parseElementType(typeName);
  if (!type)
    return type.error();
  for (auto [name, size] : {std::pair("--m", &sizeM), std::pair("--n", &sizeN),
                            std::pair("--k", &sizeK)})
    if (*size < 0)
      return runtime::Error{std::string(name) +
                            " must be given, and not be negative"};
  auto orDefault = [](int64_t stride, int64_t width) {
    return stride < 0 ? width : stride;
  };
  problem = {sizeM,
             sizeN,
             sizeK,
             orDefault(strideA, sizeM),
             orDefault(strideB, sizeK),
             orDefault(strideC, sizeN)};
  for (auto [name, stride, width] :
       {std::tuple("--lda", problem.lda, problem.m),
        std::tuple("--ldb", problem.ldb, problem.k),
        std::tuple("--ldc", problem.ldc, problem.n)})
    if (stride < width)
      return runtime::Error{std::string(name) + " = " + std::to_string(stride) +
                            " is less than the " + std::to_string(width) +
                            " columns of the matrix"};
  KernelRequest request;
  request.problem = problem;
  if (dynamicSizes)
    request.problem = {runtime::kDynamic, runtime::kDynamic, runtime::kDynamic,
                       runtime::kDynamic, runtime::kDynamic, runtime::kDynamic};
  request.elementType = *type;
  request.precision = precision;
  if (!precision.empty() && !StringRef(precision).starts_with("#"))
    request.precision = "#tt.precision<" + precision + ">";
  request.config = config;
  request.chip = chip;
  request.rowAlignment = rowAlignment;
  request.wantCubin = emit == "cubin" || (emit == "kernel" && hasPtxas());
  return request;
}

static int emitArtifact(const runtime::Kernel &kernel,
                        const llvm::StringMap<std::string> &stages) {
  if (emit == "llvm")
    return writeOutput(outputFile, getLLVMText(kernel.bitcode));
  if (emit == "ptx")
    return writeOutput(outputFile, kernel.ptx);
  if (emit == "cubin")
    return writeOutput(outputFile, kernel.cubin);
  if (emit == "kernel") {
    if (kernel.cubin.empty())
      llvm::errs()
          << "tt-run: no ptxas found: the kernel file carries PTX, which "
             "the driver compiles, and no cubin\n";
    return writeOutput(outputFile, runtime::serialize(kernel));
  }
  return writeOutput(outputFile, stages.lookup(emit));
}

static bool isEmitKnown() {
  static constexpr StringLiteral kOthers[] = {"llvm", "ptx", "cubin", "kernel"};
  return emit.empty() || llvm::is_contained(kStages, StringRef(emit)) ||
         llvm::is_contained(kOthers, StringRef(emit));
}

/// Compiles the request; fills `stages` with the module's text at each stage
/// that is to be emitted or dumped.
static FailureOr<runtime::Kernel>
compile(MLIRContext &context, const KernelRequest &request,
        llvm::StringMap<std::string> &stages) {
  DefaultTimingManager timing;
  applyDefaultTimingManagerCLOptions(timing);
  TimingScope root = timing.getRootScope();
  LogicalResult dumped = success();
  int number = 0;
  auto observe = [&](StringRef stage, ModuleOp module) {
    if (wantsLocations() && failed(trackLocations(stage, module)))
      dumped = failure();
    if (emit != stage && dumpStages.empty())
      return;
    std::string &text = stages[stage];
    llvm::raw_string_ostream(text) << module << "\n";
    if (!dumpStages.empty() && succeeded(dumped))
      dumped = dumpStage(dumpStages,
                         std::to_string(number++) + "-" + stage.str() + ".mlir",
                         text);
  };
  FailureOr<runtime::Kernel> kernel =
      compileKernel(context, request, observe,
                    [&](PassManager &pm) { pm.enableTiming(root); });
  if (failed(kernel) || failed(dumped))
    return failure();
  if (!dumpStages.empty() &&
      (failed(dumpStage(dumpStages, std::to_string(number++) + "-llvm.ll",
                        getLLVMText(kernel->bitcode))) ||
       failed(dumpStage(dumpStages, std::to_string(number) + "-ptx.ptx",
                        kernel->ptx))))
    return failure();
  return kernel;
}

/// Without --config, what tt-tune found for this problem, if anything.
static void useTunedConfig(KernelRequest &request, MLIRContext &context) {
  const TargetInfo *target = TargetInfo::find(chip);
  bool isStatic = sizeM > 0 && sizeN > 0 && sizeK > 0 && !dynamicSizes;
  if (!config.empty() || noTuned || !target || !isStatic)
    return;
  tuning::TuneRequest tuned;
  tuned.sizes = request.problem;
  tuned.type = typeName;
  tuned.precision = request.precision;
  tuned.target = target->name.str();
  request.config = tuning::findTunedConfig(tuned, &context);
  if (!request.config.empty())
    llvm::errs() << "tt-run: config from the tuning cache (--no-tuned ignores "
                    "it)\n";
}

static int runProblem() {
  runtime::Problem problem;
  auto request = getRequest(problem);
  if (!request)
    return fail(request.error().message);
  auto kind = runtime::parseInputKind(inputKind);
  if (!kind)
    return fail(kind.error().message);
  DialectRegistry registry;
  registerAllDialects(registry);
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  context.printOpOnDiagnostic(false);
  if (remarks)
    printRemarks(context);
  context.loadDialect<TTDialect>();
  useTunedConfig(*request, context);
  llvm::StringMap<std::string> stages;
  FailureOr<runtime::Kernel> kernel = compile(context, *request, stages);
  if (failed(kernel))
    return runtime::kExitBadInput;
  if (!emit.empty())
    return emitArtifact(*kernel, stages);

  auto device = openDevice(deviceName);
  if (!device)
    return fail(device.error().message, runtime::kExitNoDevice);
  runtime::RunOptions options;
  options.input = *kind;
  options.seed = seed;
  options.aFile = aFile;
  options.bFile = bFile;
  options.cFile = cFile;
  options.verify = !noVerify;
  options.benchmark = benchmark;
  auto report = runtime::runKernel(**device, *kernel, problem, options);
  if (!report)
    return fail(report.error());
  llvm::outs() << (json ? runtime::formatReportJson(*report, *kernel)
                        : runtime::formatReport(*report, *kernel));
  bool wrong = report->verification && !report->verification->passed;
  return wrong ? runtime::kExitWrongResult : runtime::kExitSuccess;
}

/// Refuses options that say nothing in the chosen mode: nobody should believe
/// that they did.
static bool checkOptions() {
  static constexpr StringLiteral ofProblems[] = {
      "m",   "n",    "k",         "lda",       "ldb",
      "ldc", "type", "precision", "dynamic",   "a",
      "b",   "c",    "no-verify", "benchmark", "counters"};
  static constexpr StringLiteral ofFiles[] = {"entry", "inputs", "outputs"};
  bool isFile = !moduleFile.empty();
  auto &options = cl::getRegisteredOptions();
  for (StringRef name : isFile ? ArrayRef(ofProblems) : ArrayRef(ofFiles))
    if (options.lookup(name)->getNumOccurrences()) {
      fail("--" + name +
           (isFile ? " is for a product given by its sizes, not for a file"
                   : " is for a file of MLIR, and none is given"));
      return false;
    }
  return true;
}

/// The settings of file mode, whose module may also be one given by its sizes.
static FileRequest getFileRequest(runtime::InputKind kind) {
  FileRequest request;
  request.file = moduleFile;
  request.run = {entryName, inputFiles, outputFiles, kind, seed};
  request.chip = chip;
  request.config = config;
  request.device = deviceName;
  request.rowAlignment = rowAlignment;
  request.emit = emit;
  request.outputFile = outputFile;
  request.dumpStages = dumpStages;
  request.json = json;
  request.remarks = remarks;
  request.bisect = bisectPasses;
  return request;
}

static int bisectProblem() {
  runtime::Problem problem;
  auto request = getRequest(problem);
  if (!request)
    return fail(request.error());
  FileRequest file = getFileRequest(runtime::InputKind::integers);
  file.text = getProblemText(*request);
  file.run.entry = "matmul";
  return runFileMode(file);
}

static int runFile() {
  auto kind = runtime::parseInputKind(inputKind);
  if (!kind)
    return fail(kind.error().message);
  return runFileMode(getFileRequest(*kind));
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  // A kernel file needs no compiler: the runtime's own command line takes over.
  for (int i = 1; i < argc; ++i)
    if (StringRef(argv[i]).ends_with(".ttk") && argv[i][0] != '-' &&
        StringRef(argv[i - 1]) != "-o") {
      std::vector<char *> arguments(argv, argv + argc);
      if (!takeEmulatorOptions(arguments))
        return runtime::kExitBadInput;
      return runtime::launchMain(arguments.size(), arguments.data(),
                                 openDevice);
    }
  registerDefaultTimingManagerCLOptions();
  cl::HideUnrelatedOptions(category);
  cl::SetVersionPrinter([](raw_ostream &os) {
    os << getCompilerVersion() << ", LLVM " << LLVM_VERSION_STRING << "\n";
  });
  if (!cl::ParseCommandLineOptions(argc, argv, kOverview, &llvm::errs()))
    return runtime::kExitBadInput;
  if (!isEmitKnown())
    return fail("unknown --emit=" + emit +
                ", expected mlir-tt, mlir-linalg, mlir-gpu, mlir-nvgpu, "
                "mlir-nvvm, llvm, ptx, cubin or kernel");
  if (rowAlignment < 0 || (rowAlignment & (rowAlignment - 1)))
    return fail("--row-alignment = " + Twine(rowAlignment) +
                ", expected a power of two (16 allows the widest copies)");
  if (!checkOptions())
    return runtime::kExitBadInput;
  if (!moduleFile.empty())
    return runFile();
  return bisectPasses ? bisectProblem() : runProblem();
}
