//===- TTDialect.cpp - Registration of the tt dialect ---------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tt/Dialect/TT/IR/TTDialect.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace mlir::tt;

#include "tt/Dialect/TT/IR/TTDialect.cpp.inc"

void TTDialect::initialize() {
  registerAttributes();
  addOperations<
#define GET_OP_LIST
#include "tt/Dialect/TT/IR/TTOps.cpp.inc"
      >();
}

LogicalResult TTDialect::verifyOperationAttribute(Operation *op,
                                                  NamedAttribute named) {
  StringRef name = named.getName();
  Attribute value = named.getValue();
  auto expect = [&](bool ok, StringRef form) -> LogicalResult {
    if (ok)
      return success();
    return op->emitOpError("attribute '")
           << name << "' expected a " << form << ", found " << value;
  };
  if (name == kConfigAttrName)
    return expect(isa<ConfigAttr>(value), "#tt.config");
  if (name == kPrecisionAttrName)
    return expect(isa<PrecisionAttr>(value), "#tt.precision");
  if (name == kTargetAttrName)
    return expect(isa<TargetAttr>(value), "#tt.target");
  return success();
}
