//===- BatchCollectives.cpp - Warp-wide calls become batches --------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Within a basic block:
//
//   %x = ldmatrix(%p)             store %p, slots[..]
//   %y = extractvalue %x, 0
//   %z = mma(%a, %y, ...)   -->   store %a, slots[..]
//   %u = mma(%b, %y, ...)         store %b, slots[..]
//   use(%u)                       run_batch(batch, slots)
//                                 %u = load slots[..]
//                                 use(%u)
//
// A result that only a later instruction of the batch needs never leaves the
// warp's side. A batch ends before the first instruction that needs a result in
// the lane, before one that may write memory if the batch has still to read some,
// and at the end of the basic block.
//
//===----------------------------------------------------------------------===//

#include "BatchCollectives.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"
#include <map>

using namespace llvm;
using namespace mlir::tt::emulator;

StringRef mlir::tt::emulator::getIntrinsicName(const Function &function) {
  StringRef name = function.getName();
  name.consume_back(".p3");
  name.consume_back(".p0");
  return name;
}

static constexpr unsigned kWordBytes = 4, kSumWords = 4;

namespace {

class BatchBuilder {
public:
  BatchBuilder(Function &function, Value *slots, SiteTable &sites,
               std::vector<std::unique_ptr<Batch>> &batches)
      : function(function), slots(slots), sites(sites), batches(batches) {}

  unsigned run();

private:
  /// A result that is still on the warp's side: a call, or a word of one.
  struct Result {
    CallInst *call;
    unsigned word; ///< index into the call's result
  };
  /// A call of the open batch.
  struct Member {
    uint32_t resultWord = 0;
    bool isMma = false;
    uint32_t sumMatrix = 0;
  };

  void visit(Instruction &instruction);
  bool visitView(Instruction &instruction);
  void addCollective(CallInst &call, const Collective &collective);
  void addMma(CallInst &call, const MmaShape &shape);
  uint32_t gatherFragment(CallInst &call, unsigned first, unsigned count,
                          StepFunction gather, bool isA);
  void chooseSum(CallInst &call, unsigned firstOperand, Step &step);

  const Result *findResult(Value *value) const;
  bool usesPending(const Instruction &instruction) const;
  uint32_t getOperandWord(CallInst &call, Value *operand);
  uint32_t storeWords(CallInst &call, ArrayRef<Value *> values);
  uint32_t allocate(unsigned words);
  void open();
  bool canJoin(CallInst &call, const MmaShape *shape) const;
  void flush(Instruction &before);
  void dropInnerUses();
  void loadView(Instruction &view, IRBuilder<> &builder);
  void loadResult(CallInst &call, uint32_t word, IRBuilder<> &builder);
  Value *getSlot(IRBuilder<> &builder, uint32_t word) {
    return builder.CreateConstGEP1_32(builder.getInt32Ty(), slots, word);
  }

  Function &function;
  Value *slots;
  SiteTable &sites;
  std::vector<std::unique_ptr<Batch>> &batches;

  /// The open batch; null if none is.
  std::unique_ptr<Batch> batch;
  MapVector<CallInst *, Member> members;
  DenseMap<Value *, Result> results;
  /// extractvalue and bitcast of results, in order.
  SmallVector<Instruction *> views;
  DenseMap<Value *, uint32_t> stored;
  std::map<std::vector<uint32_t>, uint32_t> fragments;
  uint32_t words = 0, mostWords = 0;
  /// Of the open batch: it reads memory; nothing may join it any more.
  bool readsMemory = false, endsHere = false;
};

} // namespace

void BatchBuilder::open() {
  if (!batch)
    batch = std::make_unique<Batch>();
}

uint32_t BatchBuilder::allocate(unsigned count) {
  // Pointers are two words, and aligned.
  words = alignTo(words, count > 1 ? 2 : 1);
  uint32_t first = words;
  words += count;
  mostWords = std::max(mostWords, words);
  return first;
}

const BatchBuilder::Result *BatchBuilder::findResult(Value *value) const {
  auto found = results.find(value);
  return found == results.end() ? nullptr : &found->second;
}

bool BatchBuilder::usesPending(const Instruction &instruction) const {
  return any_of(instruction.operands(), [&](const Use &use) {
    auto *call = dyn_cast<CallInst>(use.get());
    return (call && members.count(call)) || findResult(use.get());
  });
}

static unsigned getWords(Type *type, const DataLayout &layout) {
  return divideCeil(layout.getTypeStoreSize(type), kWordBytes);
}

/// Stores values side by side, just before `call`, and returns the first word.
uint32_t BatchBuilder::storeWords(CallInst &call, ArrayRef<Value *> values) {
  IRBuilder<> builder(&call);
  const DataLayout &layout = function.getDataLayout();
  unsigned count = 0;
  for (Value *value : values)
    count += getWords(value->getType(), layout);
  uint32_t first = allocate(count), word = first;
  for (Value *value : values) {
    builder.CreateStore(value, getSlot(builder, word));
    word += getWords(value->getType(), layout);
  }
  return first;
}

/// Where the batch finds an operand: among its own results, or stored once.
uint32_t BatchBuilder::getOperandWord(CallInst &call, Value *operand) {
  if (const Result *result = findResult(operand))
    return members.find(result->call)->second.resultWord + result->word;
  auto [entry, isNew] = stored.try_emplace(operand, 0);
  if (isNew)
    entry->second = storeWords(call, operand);
  return stored[operand];
}

uint32_t BatchBuilder::gatherFragment(CallInst &call, unsigned first,
                                      unsigned count, StepFunction gather,
                                      bool isA) {
  Step step;
  step.execute = gather;
  for (unsigned i = 0; i < count; ++i)
    step.operands.push_back(getOperandWord(call, call.getArgOperand(first + i)));
  std::vector<uint32_t> key(step.operands.begin(), step.operands.end());
  key.push_back(isA);
  uint32_t &number = isA ? batch->countA : batch->countB;
  auto [entry, isNew] = fragments.try_emplace(key, number);
  if (!isNew)
    return entry->second;
  step.a = step.b = number++;
  batch->steps.push_back(std::move(step));
  return entry->second;
}

/// The matrix to which products are added: the sum of an earlier mma of the batch,
/// or gathered from the lanes. It is updated in place if nobody else wants it.
void BatchBuilder::chooseSum(CallInst &call, unsigned firstOperand, Step &step) {
  const Result *result = findResult(call.getArgOperand(firstOperand));
  if (!result) {
    SmallVector<Value *, kSumWords> operands;
    for (unsigned i = 0; i < kSumWords; ++i)
      operands.push_back(call.getArgOperand(firstOperand + i));
    Step gather;
    gather.execute = gatherC;
    gather.operands.push_back(storeWords(call, operands));
    gather.c = batch->countC++;
    step.c = step.sum = gather.c;
    batch->steps.push_back(std::move(gather));
    return;
  }
  // canJoin() made sure that all four are of the same mma.
  step.c = members.find(result->call)->second.sumMatrix;
  bool isLastUse = all_of(result->call->users(), [&](User *view) {
    return all_of(view->users(), [&](User *user) { return user == &call; });
  });
  step.sum = isLastUse ? step.c : batch->countC++;
}

void BatchBuilder::addMma(CallInst &call, const MmaShape &shape) {
  open();
  Step step;
  step.execute = shape.multiply;
  step.site = sites.addCall(call, shape.intrinsic);
  unsigned b = shape.aRegisters, c = b + shape.bRegisters;
  step.a = gatherFragment(call, 0, shape.aRegisters, shape.gatherA, true);
  step.b = gatherFragment(call, b, shape.bRegisters, shape.gatherB, false);
  chooseSum(call, c, step);
  if (members.empty())
    batch->site = step.site;
  members[&call] = {allocate(kSumWords), true, step.sum};
  ++batch->mma;
  batch->steps.push_back(std::move(step));
}

void BatchBuilder::addCollective(CallInst &call, const Collective &collective) {
  open();
  Step step;
  step.execute = collective.execute;
  step.site = sites.addCall(call, collective.intrinsic);
  for (Value *operand : call.args())
    step.operands.push_back(getOperandWord(call, operand));
  step.result = allocate(collective.resultWords);
  if (members.empty())
    batch->site = step.site;
  members[&call] = {step.result, false, 0};
  bool isLdMatrix = collective.intrinsic.starts_with("llvm.nvvm.ldmatrix");
  batch->ldmatrix += isLdMatrix;
  readsMemory |= collective.readsMemory;
  endsHere |= collective.resultWords == 0;
  batch->steps.push_back(std::move(step));
}

/// A word of a result, as such or bit-cast, stays on the warp's side.
bool BatchBuilder::visitView(Instruction &instruction) {
  if (auto *extract = dyn_cast<ExtractValueInst>(&instruction)) {
    auto *call = dyn_cast<CallInst>(extract->getAggregateOperand());
    if (!call || !members.count(call) || extract->getNumIndices() != 1)
      return false;
    results[extract] = {call, extract->getIndices()[0]};
    views.push_back(extract);
    return true;
  }
  auto *cast = dyn_cast<BitCastInst>(&instruction);
  const Result *result = cast ? findResult(cast->getOperand(0)) : nullptr;
  if (!result)
    return false;
  Result copy = *result;
  results[cast] = copy;
  views.push_back(cast);
  return true;
}

/// Whether the batch can pass on all operands that are its own results: words to
/// fragments, and the sums of one mma to another mma's sums.
bool BatchBuilder::canJoin(CallInst &call, const MmaShape *shape) const {
  unsigned firstSum = shape ? shape->aRegisters + shape->bRegisters : 0;
  for (auto [i, argument] : enumerate(call.args())) {
    const Result *result = findResult(argument.get());
    if (!result) {
      if (members.count(dyn_cast<CallInst>(argument.get())))
        return false;
      continue;
    }
    bool fromMma = members.find(result->call)->second.isMma;
    if (!shape || fromMma != (i >= firstSum))
      return false;
    if (!fromMma)
      continue;
    const Result *first = findResult(call.getArgOperand(firstSum));
    const Result *last = findResult(call.getArgOperand(firstSum + kSumWords - 1));
    if (!first || !last || first->call != result->call ||
        last->call != result->call || result->word != i - firstSum)
      return false;
  }
  return true;
}

void BatchBuilder::visit(Instruction &instruction) {
  auto *call = dyn_cast<CallInst>(&instruction);
  Function *callee = call ? call->getCalledFunction() : nullptr;
  StringRef name = callee ? getIntrinsicName(*callee) : StringRef();
  if (const MmaShape *shape = findMma(name)) {
    if (!canJoin(*call, shape))
      flush(*call);
    return addMma(*call, *shape);
  }
  if (const Collective *collective = findCollective(name)) {
    if (!canJoin(*call, nullptr))
      flush(*call);
    return addCollective(*call, *collective);
  }
  if (!batch || visitView(instruction))
    return;
  bool mayWrite =
      instruction.mayWriteToMemory() || instruction.mayHaveSideEffects();
  if (usesPending(instruction) || instruction.isTerminator() || endsHere ||
      (mayWrite && readsMemory))
    flush(instruction);
}

/// Gives the lane a word of a result that it needs itself.
void BatchBuilder::loadView(Instruction &view, IRBuilder<> &builder) {
  const Result &result = *findResult(&view);
  uint32_t word =
      members.find(result.call)->second.resultWord + result.word;
  view.replaceAllUsesWith(
      builder.CreateLoad(view.getType(), getSlot(builder, word)));
}

/// The same for a result as a whole.
void BatchBuilder::loadResult(CallInst &call, uint32_t word,
                              IRBuilder<> &builder) {
  auto *structType = dyn_cast<StructType>(call.getType());
  if (!structType) {
    call.replaceAllUsesWith(
        builder.CreateLoad(call.getType(), getSlot(builder, word)));
    return;
  }
  Value *aggregate = PoisonValue::get(structType);
  for (auto [i, element] : enumerate(structType->elements()))
    aggregate = builder.CreateInsertValue(
        aggregate, builder.CreateLoad(element, getSlot(builder, word + i)), i);
  call.replaceAllUsesWith(aggregate);
}

/// Takes away what only the batch itself used; what is left, the lane uses.
void BatchBuilder::dropInnerUses() {
  for (auto &[call, member] : members)
    for (Use &argument : call->args())
      argument.set(PoisonValue::get(argument->getType()));
  SmallVector<Instruction *> used;
  for (Instruction *view : reverse(views))
    if (view->use_empty())
      view->eraseFromParent();
    else
      used.push_back(view);
  views.assign(used.rbegin(), used.rend());
  for (auto &[call, member] : members) {
    if (!member.isMma || call->use_empty())
      continue;
    Step scatter;
    scatter.execute = scatterC;
    scatter.c = member.sumMatrix;
    scatter.result = member.resultWord;
    batch->steps.push_back(std::move(scatter));
  }
}

/// Ends the open batch before an instruction.
void BatchBuilder::flush(Instruction &before) {
  if (!batch)
    return;
  dropInnerUses();
  IRBuilder<> builder(&before);
  FunctionCallee run = function.getParent()->getOrInsertFunction(
      kRunBatchSymbol, builder.getVoidTy(), builder.getPtrTy(),
      builder.getPtrTy());
  Value *pointer = builder.CreateIntToPtr(
      builder.getInt64(reinterpret_cast<uint64_t>(batch.get())),
      builder.getPtrTy());
  builder.CreateCall(run, {pointer, slots});
  for (Instruction *view : views)
    loadView(*view, builder);
  for (Instruction *view : reverse(views))
    view->eraseFromParent();
  for (auto &[call, member] : members) {
    if (!call->use_empty())
      loadResult(*call, member.resultWord, builder);
    call->eraseFromParent();
  }
  batches.push_back(std::move(batch));
  members.clear();
  results.clear();
  views.clear();
  stored.clear();
  fragments.clear();
  words = 0;
  readsMemory = endsHere = false;
}

unsigned BatchBuilder::run() {
  for (BasicBlock &block : function)
    for (Instruction &instruction : make_early_inc_range(block))
      visit(instruction);
  return mostWords;
}

unsigned mlir::tt::emulator::batchCollectives(
    Function &function, Value *slots, SiteTable &sites,
    std::vector<std::unique_ptr<Batch>> &batches) {
  return BatchBuilder(function, slots, sites, batches).run();
}
