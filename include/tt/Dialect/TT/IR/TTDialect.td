//===- TTDialect.td - The tt dialect -----------------------*- tablegen -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_DIALECT_TT_IR_TTDIALECT
#define TT_DIALECT_TT_IR_TTDIALECT

include "mlir/IR/OpBase.td"

def TT_Dialect : Dialect {
  let name = "tt";
  let cppNamespace = "::mlir::tt";
  let summary = "Matrix products with transposed operands, for tensor cores";
  let description = [{
    One op, `tt.matmul_transposed`, says what is computed and under which
    precision contract. Three attributes say how: `#tt.precision` (the
    contract), `#tt.config` (the tiling decision that later passes obey) and
    `#tt.target` (a row of the table of GPUs).

    `tt.store_fragments` exists only between `tt-lower-to-mma` and
    `tt-lower-epilogue`.

    The namespace `tt` is also Triton's: the two dialects cannot be loaded
    into one context.
  }];
  let useDefaultAttributePrinterParser = 1;
  // The config, precision and target may stand on any op, as discardable
  // attributes, so that they survive the way through upstream dialects.
  let extraClassDeclaration = "void registerAttributes();";
  let hasOperationAttrVerify = 1;
  let hasConstantMaterializer = 1;
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::tensor::TensorDialect"];
}

#endif // TT_DIALECT_TT_IR_TTDIALECT
