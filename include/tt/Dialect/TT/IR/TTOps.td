//===- TTOps.td - Ops of the tt dialect --------------------*- tablegen -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_DIALECT_TT_IR_TTOPS
#define TT_DIALECT_TT_IR_TTOPS

include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "tt/Dialect/TT/IR/TTAttrs.td"

class TT_Op<string mnemonic, list<Trait> traits = []>
    : Op<TT_Dialect, mnemonic, traits>;

def TT_MatrixTensor : TensorRankOf<[F32, F16, BF16], [2]>;

def TT_MatmulTransposedOp : TT_Op<"matmul_transposed", [
    Pure,
    AllElementTypesMatch<["a", "b", "result"]>,
    DeclareOpInterfaceMethods<InferTypeOpInterface>,
    DeclareOpInterfaceMethods<ReifyRankedShapedTypeOpInterface,
                              ["reifyResultShapes"]>]> {
  let summary = "matrix product of two transposed operands, C = AᵀBᵀ";
  let description = [{
    C[m, n] = Σ_k A[k, m] · B[n, k], where A is (K, M), B is (N, K) and C is
    (M, N). Sizes may be 0: with M = 0 or N = 0 the result is empty, with K = 0
    it is all zeros.

    `precision` is the contract (see `#tt.precision`); without one the default
    of the element type holds. `config` fixes the tiling; without one
    `tt-select-config` chooses.

    ```mlir
    %c = tt.matmul_transposed %a, %b
        : tensor<8192x2048xf32>, tensor<4096x8192xf32> -> tensor<2048x4096xf32>
    %d = tt.matmul_transposed %x, %y precision <f32_accumulate>
        config <block = [128, 256, 32], warp = [64, 64], stages = 4>
        : tensor<?x?xf16>, tensor<?x?xf16> -> tensor<?x?xf16>
    ```
  }];
  let arguments = (ins TT_MatrixTensor:$a, TT_MatrixTensor:$b,
                       OptionalAttr<TT_PrecisionAttr>:$precision,
                       OptionalAttr<TT_ConfigAttr>:$config);
  let results = (outs TT_MatrixTensor:$result);
  let assemblyFormat = [{
    $a `,` $b (`precision` $precision^)? (`config` $config^)? attr-dict
    `:` type($a) `,` type($b) `->` type($result)
  }];
  let hasVerifier = 1;
  let hasFolder = 1;
  let hasCanonicalizer = 1;
  let extraClassDeclaration = [{
    /// A result type may know more or less of the sizes than can be inferred,
    /// but must not contradict it (InferTypeOpInterface).
    static bool isCompatibleReturnTypes(::mlir::TypeRange inferred,
                                        ::mlir::TypeRange actual);
    /// The contract that holds: the op's own, or its element type's default.
    PrecisionAttr getContract() {
      if (PrecisionAttr precision = getPrecisionAttr())
        return precision;
      return PrecisionAttr::getDefault(getA().getType().getElementType());
    }
  }];
}

def TT_RoundToTF32Op : TT_Op<"round_to_tf32", [
    Pure, SameOperandsAndResultType]> {
  let summary = "round the f32 elements of a fragment to TF32";
  let description = [{
    Each element becomes the TF32 value (10 mantissa bits) that `rounding` says;
    see `#tt.precision`. An intermediate step between `tt-round-operands` and
    `tt-lower-rounding`, so that the loop can be scheduled before a sequence of
    instructions is chosen.

    ```mlir
    %1 = tt.round_to_tf32 %0 nearest : vector<4x1xf32>
    ```
  }];
  let arguments = (ins VectorOfNonZeroRankOf<[F32]>:$fragment,
                       EnumProp<TT_Rounding>:$rounding);
  let results = (outs VectorOfNonZeroRankOf<[F32]>:$result);
  let assemblyFormat = "$fragment $rounding attr-dict `:` type($fragment)";
}

def TT_StoreFragmentsOp : TT_Op<"store_fragments", [
    MemoryEffects<[MemWrite]>]> {
  let summary = "store a warp's accumulator fragments to its tile of C";
  let description = [{
    Stores what the warp accumulated to the tile of C whose first element is
    `c[row, column]`. `fragments` are the `mma.sync` accumulators of the m16n8
    tiles of the warp tile, row of tiles by row of tiles. Elements outside
    `c`'s sizes are not written. `warp` is the warp tile, in elements.

    Where k-slices or blocks share tiles of C, `tt-combine-sums` adds their sums
    and sets `combined`; `fragments` and `warp` are then the share of the warp
    tile that the slice finishes.

    Rows and columns are permuted inside the warp tile (TileLayout.h draws how)
    so that a lane holds adjacent columns. `tt-lower-epilogue` turns the op into
    stores.
  }];
  let arguments = (ins Variadic<AnyVectorOfNonZeroRank>:$fragments,
                       Arg<MemRefRankOf<[F32, F16, BF16], [2]>, "", [MemWrite]>:$c,
                       Index:$row, Index:$column,
                       DenseI64ArrayAttr:$warp, UnitAttr:$combined);
  let assemblyFormat = [{
    $fragments `to` $c `[` $row `,` $column `]` `warp` $warp
    (`combined` $combined^)? attr-dict `:` type($fragments) `to` type($c)
  }];
  let hasVerifier = 1;
}

#endif // TT_DIALECT_TT_IR_TTOPS
