//===- BatchMma.cpp - mma.sync joins a batch ------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BatchBuilder.h"

#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace mlir::tt::emulator;

uint32_t BatchBuilder::gatherFragment(CallInst &call, unsigned first,
                                      unsigned count, StepFunction gather,
                                      bool isA) {
  Step step;
  step.execute = gather;
  for (unsigned i = 0; i < count; ++i)
    step.operands.push_back(
        getOperandWord(call, call.getArgOperand(first + i)));
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

/// The matrix to which products are added: the sum of an earlier mma of the
/// batch, or gathered from the lanes. It is updated in place if nobody else
/// wants it.
void BatchBuilder::chooseSum(CallInst &call, unsigned firstOperand,
                             Step &step) {
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
