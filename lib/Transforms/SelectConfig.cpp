//===- SelectConfig.cpp - Choose and check a #tt.config -------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Decides, and rewrites nothing but the `config` of the op. The choice itself
// is chooseConfig (tt/Transforms/ChooseConfig.h).
//
//===----------------------------------------------------------------------===//

#include "mlir/AsmParser/AsmParser.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Remarks.h"
#include "tt/Dialect/TT/IR/TTDialect.h"
#include "tt/Transforms/ChooseConfig.h"
#include "tt/Transforms/Passes.h"
#include "tt/Transforms/TilePlan.h"

namespace mlir::tt {
#define GEN_PASS_DEF_SELECTCONFIG
#include "tt/Transforms/Passes.h.inc"
} // namespace mlir::tt

using namespace mlir;
using namespace mlir::tt;

FailureOr<const TargetInfo *> mlir::tt::getTarget(Operation *op,
                                                  StringRef fallback) {
  auto module =
      isa<ModuleOp>(op) ? cast<ModuleOp>(op) : op->getParentOfType<ModuleOp>();
  TargetAttr attribute =
      module ? module->getAttrOfType<TargetAttr>(kTargetAttrName) : nullptr;
  StringRef name = attribute ? attribute.getName() : fallback;
  if (const TargetInfo *target = TargetInfo::find(name))
    return target;
  return op->emitError("unknown target '")
         << name << "', expected one of " << TargetInfo::knownNames();
}

namespace {

struct SelectConfig : tt::impl::SelectConfigBase<SelectConfig> {
  using SelectConfigBase::SelectConfigBase;

  void runOnOperation() override {
    FailureOr<const TargetInfo *> target =
        getTarget(getOperation(), this->target);
    FailureOr<ConfigAttr> given = parseGivenConfig();
    if (failed(target) || failed(given))
      return signalPassFailure();
    WalkResult result = getOperation()->walk([&](MatmulTransposedOp op) {
      return succeeded(select(op, **target, *given)) ? WalkResult::advance()
                                                     : WalkResult::interrupt();
    });
    if (result.wasInterrupted())
      signalPassFailure();
  }

private:
  /// The option `config`; null if it was not given.
  FailureOr<ConfigAttr> parseGivenConfig() {
    if (config.empty())
      return ConfigAttr();
    Attribute parsed = parseAttribute(config, &getContext());
    if (auto given = dyn_cast_or_null<ConfigAttr>(parsed))
      return given;
    return getOperation()->emitError("option 'config' expected a #tt.config, "
                                     "found '")
           << config << "'";
  }

  /// What a config that needs a workspace demands of the product.
  static LogicalResult verifyWorkspace(MatmulTransposedOp op,
                                       const Problem &problem,
                                       const TilePlan &plan) {
    ConfigAttr config = plan.getConfig();
    if (config.sharesTiles() && !problem.hasStaticResult())
      return op.emitOpError("config is not legal: split_k and stream_k need a "
                            "C of static sizes, found ")
             << op.getType();
    if (config.getRoundingForm() == RoundingForm::guarded &&
        !canGuard(problem, plan))
      return op.emitOpError("config is not legal: rounding_form = guarded "
                            "needs f32 operands rounded to nearest, a C of "
                            "static sizes and at least two k-tiles, found ")
             << op.getContract() << ", " << op.getA().getType() << " and "
             << op.getB().getType() << " with block k = " << config.getBlockK();
    if (std::string misfit = getMisfit(problem, plan); !misfit.empty())
      return op.emitOpError("config is not legal: ") << misfit;
    return success();
  }

  LogicalResult select(MatmulTransposedOp op, const TargetInfo &target,
                       ConfigAttr given) {
    Type elementType = getElementTypeOrSelf(op.getA());
    StringRef origin = "kept from the op";
    auto a = cast<RankedTensorType>(op.getA().getType());
    auto b = cast<RankedTensorType>(op.getB().getType());
    Problem problem = {a.getDimSize(1), b.getDimSize(0), a.getDimSize(0),
                       elementType, op.getContract().getRounding()};
    if (!op.getConfigAttr()) {
      origin = given ? "given as option" : "chosen";
      op.setConfigAttr(given ? given : chooseConfig(problem, target));
    }
    TilePlan plan(op.getConfigAttr(), elementType);
    if (failed(plan.verify(
            target, [&] { return op.emitOpError("config is not legal: "); })) ||
        failed(verifyWorkspace(op, problem, plan)))
      return failure();
    remark::passed(op.getLoc(), remark::RemarkOpts::name("tt-select-config")
                                    .category("tt-select-config"))
        << (origin + " for " + target.name).str()
        << remark::metric("SharedBytes", plan.getSharedBytes());
    // Fragments of the next k-step then share registers with this one's.
    int64_t wanted = plan.getRegisters(/*fragmentSets=*/2);
    if (wanted > plan.getRegisterLimit(target))
      remark::missed(op.getLoc(), remark::RemarkOpts::name("tt-select-config")
                                      .category("tt-select-config"))
          << remark::reason("double-buffered fragments take about {0} "
                            "registers a thread, {1} are there",
                            wanted, plan.getRegisterLimit(target));
    return success();
  }
};

} // namespace
