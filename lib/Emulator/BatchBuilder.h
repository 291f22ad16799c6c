//===- BatchBuilder.h - Finds what can run in one batch ---------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_EMULATOR_BATCHBUILDER_H
#define TT_LIB_EMULATOR_BATCHBUILDER_H

#include "BatchCollectives.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/IR/IRBuilder.h"
#include <map>

namespace mlir::tt::emulator {

/// Bytes of a word of the slots; words of the sums of one mma.
inline constexpr unsigned kWordBytes = 4, kSumWords = 4;

/// Walks a function and turns its warp-wide calls into batches.
class BatchBuilder {
public:
  BatchBuilder(llvm::Function &function, llvm::Value *slots, SiteTable &sites,
               std::vector<std::unique_ptr<Batch>> &batches)
      : function(function), slots(slots), sites(sites), batches(batches) {}

  unsigned run();

private:
  /// A result that is still on the warp's side: a call, or a word of one.
  struct Result {
    llvm::CallInst *call;
    unsigned word; ///< index into the call's result
  };
  /// A call of the open batch.
  struct Member {
    uint32_t resultWord = 0;
    bool isMma = false;
    uint32_t sumMatrix = 0;
  };

  void visit(llvm::Instruction &instruction);
  bool visitView(llvm::Instruction &instruction);
  void addCollective(llvm::CallInst &call, const Collective &collective);
  void addMma(llvm::CallInst &call, const MmaShape &shape);
  uint32_t gatherFragment(llvm::CallInst &call, unsigned first, unsigned count,
                          StepFunction gather, bool isA);
  void chooseSum(llvm::CallInst &call, unsigned firstOperand, Step &step);

  const Result *findResult(llvm::Value *value) const;
  bool usesPending(const llvm::Instruction &instruction) const;
  uint32_t getOperandWord(llvm::CallInst &call, llvm::Value *operand);
  uint32_t storeWords(llvm::CallInst &call,
                      llvm::ArrayRef<llvm::Value *> values);
  uint32_t allocate(unsigned words);
  void open();
  bool canJoin(llvm::CallInst &call, const MmaShape *shape) const;
  void flush(llvm::Instruction &before);
  void dropInnerUses();
  void loadView(llvm::Instruction &view, llvm::IRBuilder<> &builder);
  void loadResult(llvm::CallInst &call, uint32_t word,
                  llvm::IRBuilder<> &builder);
  llvm::Value *getSlot(llvm::IRBuilder<> &builder, uint32_t word) {
    return builder.CreateConstGEP1_32(builder.getInt32Ty(), slots, word);
  }

  llvm::Function &function;
  llvm::Value *slots;
  SiteTable &sites;
  std::vector<std::unique_ptr<Batch>> &batches;

  /// The open batch; null if none is.
  std::unique_ptr<Batch> batch;
  llvm::MapVector<llvm::CallInst *, Member> members;
  llvm::DenseMap<llvm::Value *, Result> results;
  /// extractvalue and bitcast of results, in order.
  llvm::SmallVector<llvm::Instruction *> views;
  llvm::DenseMap<llvm::Value *, uint32_t> stored;
  std::map<std::vector<uint32_t>, uint32_t> fragments;
  uint32_t words = 0, mostWords = 0;
  /// Of the open batch: it reads memory; nothing may join it any more.
  bool readsMemory = false, endsHere = false;
};

} // namespace mlir::tt::emulator

#endif // TT_LIB_EMULATOR_BATCHBUILDER_H
