//===- TTAttrs.td - Attributes of the tt dialect -----------*- tablegen -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_DIALECT_TT_IR_TTATTRS
#define TT_DIALECT_TT_IR_TTATTRS

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "tt/Dialect/TT/IR/TTDialect.td"

class TT_Enum<string name, string summary, list<I32EnumAttrCase> cases>
    : I32EnumAttr<name, summary, cases> {
  let genSpecializedAttr = 0;
  let cppNamespace = "::mlir::tt";
}

class TT_Attr<string name, string attrMnemonic> : AttrDef<TT_Dialect, name> {
  let mnemonic = attrMnemonic;
}

//===----------------------------------------------------------------------===//
// Precision contract
//===----------------------------------------------------------------------===//

def TT_Contract : TT_Enum<"Contract", "what the products and sums keep", [
  I32EnumAttrCase<"tf32", 0>,
  I32EnumAttrCase<"f32_accumulate", 1>
]> {}

def TT_Rounding : TT_Enum<"Rounding", "how f32 operands become TF32", [
  I32EnumAttrCase<"nearest", 0>,
  I32EnumAttrCase<"nearest_finite", 1>,
  I32EnumAttrCase<"truncate", 2>
]> {}

def TT_PrecisionAttr : TT_Attr<"Precision", "precision"> {
  let summary = "precision contract of a matrix product";
  let description = [{
    | contract         | operands  | meaning                                  |
    |------------------|-----------|------------------------------------------|
    | `tf32`           | f32       | operands become TF32 (10 mantissa bits), products are exact, sums are f32 |
    | `f32_accumulate` | f16, bf16 | products are exact, sums are f32, the result is rounded once to the operand type |

    `rounding` says how f32 operands become TF32 and applies to `tf32` only:

    - `nearest` (default): to nearest, ties away from zero, for every bit
      pattern; NaN stays NaN and infinity stays infinity (PTX ISA, `cvt.rna.tf32.f32`).
    - `nearest_finite`: the same for every finite value and infinity, one
      integer addition an operand; 16,382 NaN patterns become zero.
    - `truncate`: the low 13 bits are dropped (what `mma.sync` does to raw f32
      bits). Right for operands that are TF32 already; on others a bias of
      about 7e-4 relative.

    ```mlir
    #tt.precision<tf32>
    #tt.precision<tf32, rounding = truncate>
    #tt.precision<f32_accumulate>
    ```
  }];
  let parameters = (ins
    EnumParameter<TT_Contract>:$contract,
    DefaultValuedParameter<"::mlir::tt::Rounding",
                           "::mlir::tt::Rounding::nearest">:$rounding
  );
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// The contract of an op that names none: `tf32` for f32 operands,
    /// `f32_accumulate` for f16 and bf16; null for any other element type.
    static PrecisionAttr getDefault(::mlir::Type elementType);
    /// True if operands of `elementType` can be multiplied under this contract.
    bool accepts(::mlir::Type elementType) const;
  }];
}

//===----------------------------------------------------------------------===//
// Config
//===----------------------------------------------------------------------===//

def TT_SharedLayout : TT_Enum<"SharedLayout", "layout of A in shared memory", [
  I32EnumAttrCase<"padded", 0>,
  I32EnumAttrCase<"xor_swizzle", 1, "xor">
]> {}

def TT_MmaOrder : TT_Enum<"MmaOrder", "which fragment consecutive mma share", [
  I32EnumAttrCase<"b_stationary", 0>,
  I32EnumAttrCase<"a_stationary", 1>,
  I32EnumAttrCase<"b_pairs", 2>,
  I32EnumAttrCase<"b_quads", 3>
]> {}

def TT_CopySlot : TT_Enum<"CopySlot", "where in the main loop copies are issued", [
  I32EnumAttrCase<"before_barrier", 0>,
  I32EnumAttrCase<"after_barrier", 1>,
  I32EnumAttrCase<"second_half", 2>
]> {}

def TT_RoundingForm : TT_Enum<"RoundingForm", "how `nearest` is realised", [
  I32EnumAttrCase<"every_fragment", 0>,
  I32EnumAttrCase<"guarded", 1>
]> {}

def TT_ConfigAttr : TT_Attr<"Config", "config"> {
  let summary = "tiling decision for one matrix product";
  let description = [{
    Written once (by `tt-select-config` or by the user), obeyed by every later
    pass. All sizes are in elements.

    - `block` = [m, n, k]: the tile of C that one block computes, and the
      depth of one pipeline stage.
    - `warp` = [m, n]: the tile of C that one warp computes. It divides
      `block`; the quotients multiply to the number of warps.
    - `stages`: shared-memory buffers of one k-tile each; `stages` - 1 tiles are
      in flight (with `copy_slot = after_barrier` for a part of the time all). 1
      means no overlap.
    - `raster_group`: consecutive blocks walk down this many block rows
      before they step to the next block column, so that they share B in L2.
    - `a_layout`: `padded` (rows of A padded in shared memory) or `xor` (16-byte
      chunks XORed by row; no padding bytes).
    - `mma_order`: `b_stationary` holds a fragment of B over the column of
      fragments of A; `a_stationary` a fragment of A over the row of fragments
      of B. `b_pairs` goes down the fragments of A with two fragments of B at
      each, `b_quads` with four.
    - `copy_slot`: copies are issued among the mma `before_barrier`, those of all
      k-steps but the last, into the buffer that the barrier before freed; or
      `after_barrier`, among the last k-step's, into the buffer that this one
      freed: a part of a k-tile earlier. `second_half` is before the barrier, but
      from the middle of each k-step on, as copies always are where there is
      rounding. Both need 2 stages. Tiles that are copied through registers do
      not heed it.
    - `k_slices`: so many groups of warps share a block tile; each takes its part
      of every k-tile's k-steps, and their sums are added in shared memory. The
      block has `k_slices` times the warps that `block` and `warp` make.
    - `split_k`: so many blocks share a tile of C, each with its part of the
      k-tiles. Their f32 sums meet in global memory, where the last block to
      finish adds them in the order of k: the result does not depend on which
      block that is.
    - `stream_k` = [tiles, shares]: the last `tiles` tiles of C, in raster order,
      are cut along K into `shares` equal pieces of work as if they were one long
      row of k-tiles (stream-K, Osama et al., PPoPP 2023). A share that crosses
      from one tile into the next is done by two blocks. Their sums meet as those
      of `split_k` do, which must be 1. `tiles` is at most `shares`.
    - `rounding_form`, for the contract `tf32` with rounding `nearest`:
      `every_fragment` rounds exactly whatever the bits; `guarded` rounds finite
      values with one instruction, looks for NaN in every element once, and sets
      the rows and columns of C that one belongs to. Both keep the contract.
    - `persistent_blocks` = p: the launch has p blocks (or as many as C has tiles,
      if fewer), and block b computes tiles b, b + p, b + 2 p, ... one after the
      other. Its copies run on from one tile into the next, and the stores of a
      tile overlap with the mma of the next. 0: a block for each tile. It needs
      whole tiles: `k_slices` = 1, no split or stream, and no guard.
    - `edge` = [m, n]: block tiles cover whole multiples of `block` only. The rows
      of C (m > 0), and the columns (n > 0), that are left are computed by
      further blocks of the launch, with block tiles of their own that are m high,
      or n wide. 0: block tiles stick out of C there. Edges need 4 or 8 warps and
      no split, stream or persistent blocks.

    ```mlir
    #tt.config<block = [128, 256, 32], warp = [64, 64], stages = 3>
    ```

    The verifier checks what holds on every target; what depends on the
    element type and the target (shared-memory bytes, registers) is checked by
    `tt-select-config`.
  }];
  let parameters = (ins
    ArrayRefParameter<"int64_t", "block tile, m n k">:$block,
    ArrayRefParameter<"int64_t", "warp tile, m n">:$warp,
    "int64_t":$stages,
    DefaultValuedParameter<"int64_t", "8">:$rasterGroup,
    DefaultValuedParameter<"::mlir::tt::SharedLayout",
                           "::mlir::tt::SharedLayout::padded">:$aLayout,
    DefaultValuedParameter<"::mlir::tt::MmaOrder",
                           "::mlir::tt::MmaOrder::b_stationary">:$mmaOrder,
    DefaultValuedParameter<"::mlir::tt::CopySlot",
                           "::mlir::tt::CopySlot::before_barrier">:$copySlot,
    DefaultValuedParameter<"int64_t", "1">:$kSlices,
    DefaultValuedParameter<"int64_t", "1">:$splitK,
    DefaultValuedParameter<"int64_t", "0">:$streamTiles,
    DefaultValuedParameter<"int64_t", "0">:$streamShares,
    DefaultValuedParameter<"::mlir::tt::RoundingForm",
                           "::mlir::tt::RoundingForm::every_fragment">:$roundingForm,
    DefaultValuedParameter<"int64_t", "0">:$persistentBlocks,
    DefaultValuedParameter<"int64_t", "0">:$edgeM,
    DefaultValuedParameter<"int64_t", "0">:$edgeN
  );
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    int64_t getBlockM() const { return getBlock()[0]; }
    int64_t getBlockN() const { return getBlock()[1]; }
    int64_t getBlockK() const { return getBlock()[2]; }
    int64_t getWarpM() const { return getWarp()[0]; }
    int64_t getWarpN() const { return getWarp()[1]; }
    int64_t getWarpsM() const { return getBlockM() / getWarpM(); }
    int64_t getWarpsN() const { return getBlockN() / getWarpN(); }
    /// Warps of one k-slice, and of the block.
    int64_t getWarpsPerSlice() const { return getWarpsM() * getWarpsN(); }
    int64_t getWarps() const { return getWarpsPerSlice() * getKSlices(); }
    /// Whether several blocks may share a tile of C.
    bool sharesTiles() const { return getSplitK() > 1 || getStreamTiles() > 0; }
    /// Whether several slices or blocks sum up parts of a tile of C.
    bool hasPartialSums() const { return getKSlices() > 1 || sharesTiles(); }
    /// Whether a block may compute several tiles of C.
    bool isPersistent() const { return getPersistentBlocks() > 0; }
    /// Whether blocks with tiles of their own compute the edges of C.
    bool hasEdges() const { return getEdgeM() > 0 || getEdgeN() > 0; }
    /// The config of these parameters; null, without a diagnostic, if the
    /// verifier refuses them.
    template <typename... Parameters>
    static ConfigAttr getOrNull(::mlir::MLIRContext *context,
                                const Parameters &...parameters) {
      ::mlir::ScopedDiagnosticHandler quiet(
          context, [](::mlir::Diagnostic &) { return ::mlir::success(); });
      return getChecked(
          [&] {
            return ::mlir::emitError(::mlir::UnknownLoc::get(context));
          },
          context, parameters...);
    }
    /// This config with other stages, another slot of copies and form of
    /// rounding, which must be legal.
    ConfigAttr withSchedule(int64_t stages, ::mlir::tt::CopySlot slot,
                            ::mlir::tt::RoundingForm form) const;
    /// This config with other blocks; null if the verifier refuses them: small
    /// tiles leave room for thousands, more than a config can say.
    ConfigAttr withBlocks(int64_t streamTiles, int64_t streamShares,
                          int64_t persistentBlocks) const;
    /// This config with `edge` = [m, n]; null if the verifier refuses that.
    ConfigAttr withEdges(int64_t m, int64_t n) const;
    /// How many k-tiles copies are ahead of the mma among which they stand.
    int64_t getTilesAhead() const {
      return getCopySlot() == CopySlot::after_barrier ? getStages()
                                                      : getStages() - 1;
    }
  }];
}

//===----------------------------------------------------------------------===//
// Swizzle
//===----------------------------------------------------------------------===//

def TT_SwizzleAttr : TT_Attr<"Swizzle", "swizzle"> {
  let summary = "XOR of a row's 16-byte chunks with bits of the row's index";
  let description = [{
    Stands on a shared-memory buffer as `tt.swizzle`. Chunk c of row r lies where
    chunk c XOR f(r) would lie unswizzled; bit `shift` + i of f(r) is bit
    `row_bits`[i] of r:

    ```mlir
    // f(r) = (r & 1) | ((r >> 3) & 3) << 1
    #tt.swizzle<row_bits = [0, 3, 4], shift = 0>
    ```
  }];
  let parameters = (ins ArrayRefParameter<"int64_t">:$rowBits,
                        "int64_t":$shift);
  let assemblyFormat = "`<` `row_bits` `=` `[` $rowBits `]` `,` `shift` `=` $shift `>`";
  let genVerifyDecl = 1;
}

//===----------------------------------------------------------------------===//
// Target
//===----------------------------------------------------------------------===//

def TT_TargetAttr : TT_Attr<"Target", "target"> {
  let summary = "a row of the table of GPUs (tt/Target/TargetInfo.h)";
  let description = [{
    Names the GPU that decisions are made for and code is generated for:
    `#tt.target<"rtx4090">` or, by chip, `#tt.target<"sm_89">` (then the
    figures are those of the chip's reference card).
  }];
  let parameters = (ins StringRefParameter<"name of a GPU or chip">:$name);
  let assemblyFormat = "`<` $name `>`";
  let genVerifyDecl = 1;
}

#endif // TT_DIALECT_TT_IR_TTATTRS
