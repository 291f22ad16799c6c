//===- Passes.td - The passes from linalg to nvvm ----------*- tablegen -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// In the order in which they run. From tt-tile-to-blocks to tt-pipeline-copies
// the IR is an executable SIMT program after every pass: at first each thread
// computes the whole block tile on its own, then each pass takes one level of
// redundancy away.
//
//===----------------------------------------------------------------------===//

#ifndef TT_TRANSFORMS_PASSES
#define TT_TRANSFORMS_PASSES

include "mlir/Pass/PassBase.td"

def SelectConfig : Pass<"tt-select-config"> {
  let summary = "Choose a #tt.config for each product and check it on the target";
  let description = [{
    Writes `config` on every `tt.matmul_transposed` that has none and leaves one
    that the user wrote. Either is then checked against the target and the
    element type: shared memory, registers, threads. A config that breaks a
    limit is an error here, before anything is rewritten; it names tile, stages
    and bytes, and the nearest legal value. A remark says what was chosen.

    The target is the module's `tt.target`, or else the option.
  }];
  let options = [
    Option<"target", "target", "std::string", /*default=*/"\"sm_89\"",
           "GPU or chip of the target table, if the module has no tt.target">,
    Option<"config", "config", "std::string", /*default=*/"\"\"",
           "Config for products that have none, as text: '#tt.config<...>'">
  ];
  let dependentDialects = ["::mlir::tt::TTDialect"];
}

def TileToBlocks : Pass<"tt-tile-to-blocks"> {
  let summary = "Tile a bufferized matmul to one gpu.launch of blocks";
  let description = [{
    A `linalg.matmul` on memrefs that carries `tt.config` becomes a `gpu.launch`
    with one block per block tile of C and a loop over k-tiles. The fill before
    it and the rounding copy after it move into the launch:

    ```mlir
    linalg.fill ins(%zero) outs(%c)
    linalg.matmul {tt.config = ...} ins(%a, %b) outs(%c)
    ```
    becomes
    ```mlir
    gpu.launch blocks(...) in (%tiles, 1, 1) threads(...) in (256, 1, 1) {
      // blocks are numbered in groups of raster_group rows
      %acc = memref.alloca() : memref<128x128xf32>
      linalg.fill ins(%zero) outs(%acc)
      scf.for %tile = %c0 to %k_tiles step %c1 {
        %a_tile = memref.subview %a[%k, %m] [...]
        %b_tile = memref.subview %b[%n, %k] [...]
        linalg.matmul ins(%a_tile, %b_tile) outs(%acc_valid)
      }
      linalg.copy ins(%acc_valid) outs(%c_tile)
    }
    ```
    Every thread of a block computes the whole block tile on its own.

    With `edge`, each edge of C is a launch of its own, marked `tt.edge`, on
    subviews of A, B and C (see `tt-fuse-edges`).
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::gpu::GPUDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect"];
}

def StageOperands : Pass<"tt-stage-operands"> {
  let summary = "Copy the operands of each k-tile to shared memory with cp.async";
  let description = [{
    Each k-tile's operands are copied to one of `stages` buffers in dynamic
    shared memory, the threads sharing the work, and the matmul reads them there:

    ```mlir
    %slot = tile mod stages
    %t0 = nvgpu.device_async_copy %a_tile[..], %a_shared[%slot, ..], 4, %valid
    %group = nvgpu.device_async_create_group %t0, ...
    nvgpu.device_async_wait %group
    gpu.barrier
    linalg.matmul ins(%a_slot, %b_slot) outs(%acc)
    gpu.barrier
    ```
    Elements outside A and B arrive as zeros (the source size of `cp.async`), so
    the matmul is of static size from here on. Copies are 16 bytes wide where
    base and row stride are multiples of 16 bytes by type or by the assumption
    on the function's arguments (see `tt-tile-to-blocks`), else 8 or 4. Rows of
    16-bit elements at odd strides go through registers, two elements a thread:

    ```mlir
    %x = scf.if %inside_x -> (f16) { memref.load %a_tile[..] } else { zero }
    %y = scf.if %inside_y -> (f16) { memref.load %a_tile[..] } else { zero }
    %pair = vector.from_elements %x, %y
    vector.store %pair, %a_shared[%slot, ..] : vector<2xf16>
    ```
    A remark says which and why.

    How the buffers are swizzled is decided here and recorded in `tt.swizzle`.
  }];
  let options = [
    Option<"rowAlignment", "row-alignment", "int64_t", /*default=*/"0",
           "Promise that every row of A, B and C whose stride is dynamic begins "
           "at a multiple of this many bytes (0: no promise)">
  ];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::gpu::GPUDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::memref::MemRefDialect",
                           "::mlir::nvgpu::NVGPUDialect",
                           "::mlir::scf::SCFDialect",
                           "::mlir::vector::VectorDialect"];
}

def GuardTiles : Pass<"tt-guard-tiles"> {
  let summary = "Look for NaN in a share of what a block stages";
  let description = [{
    For configs with `rounding_form = guarded`: in the k-tile loop, each thread
    loads a few elements of the tiles of A and B from shared memory and keeps
    maxima, which are NaN if one of the elements is. After the loop these mark
    the rows and columns of C that a NaN belongs to. The blocks share the tiles,
    so that each element is looked at once or a few times.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::gpu::GPUDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect"];
}

def MapToWarps : Pass<"tt-map-to-warps"> {
  let summary = "Give each warp its tile of the block tile";
  let description = [{
    The matmul on shared memory, its accumulator and the final copy shrink from
    the block tile to the warp tile. Warps are laid out row by row: warp w has
    row w / (block n / warp n) and column w mod (block n / warp n).
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::gpu::GPUDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::memref::MemRefDialect"];
}

def LowerToMma : Pass<"tt-lower-to-mma"> {
  let summary = "Turn a warp tile's matmul into ldmatrix and mma.sync";
  let description = [{
    The accumulator becomes `mma.sync` fragments in registers, carried by the
    k-tile loop; the matmul becomes fragment loads (`nvgpu.ldmatrix`, and 64-bit
    loads for f32 A) and `nvgpu.mma.sync`; the final copy becomes
    `tt.store_fragments`. Rows and columns are permuted inside the warp tile;
    LowerToMma.cpp draws how.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::gpu::GPUDialect",
                           "::mlir::nvgpu::NVGPUDialect",
                           "::mlir::tt::TTDialect",
                           "::mlir::vector::VectorDialect"];
}

def RoundOperands : Pass<"tt-round-operands"> {
  let summary = "Round the f32 fragments of tf32 mma.sync as the contract says";
  let description = [{
    Each fragment that a tf32 `nvgpu.mma.sync` uses goes through
    `tt.round_to_tf32` once, right after it was loaded, however many mma use it.
    Under `truncate` nothing happens, since the instruction ignores the low 13
    bits.
  }];
  let dependentDialects = ["::mlir::tt::TTDialect"];
}

def LowerRounding : Pass<"tt-lower-rounding"> {
  let summary = "Lower tt.round_to_tf32 to arithmetic on each element";
  let description = [{
    `nearest` has two forms, equal for all 2^32 bit patterns up to the bits that
    the instruction ignores: `maximum`, a quieting addition, an integer addition
    and a maximum (2 instructions on sm_90, 3 on sm_89), and `cvt`,
    cvt.rna.tf32.f32, which ptxas expands to about 3. `nearest_finite` adds half
    a unit in the last place of TF32 to the element's bits; `truncate` becomes
    nothing.
  }];
  let options = [
    Option<"nearestForm", "nearest-form", "std::string",
           /*default=*/"\"maximum\"", "How `nearest` rounds: maximum or cvt">
  ];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::LLVM::LLVMDialect",
                           "::mlir::NVVM::NVVMDialect",
                           "::mlir::vector::VectorDialect"];
}

def SwizzleShared : Pass<"tt-swizzle-shared"> {
  let summary = "Apply the XOR swizzle recorded on shared-memory buffers";
  let description = [{
    Every access to a buffer with a `tt.swizzle` attribute has the 16-byte chunk
    of its column index XORed with bits of its row index, the same for writes
    and reads, so that no access of a warp hits a bank twice.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

def FlattenShared : Pass<"tt-flatten-shared"> {
  let summary = "Address shared memory as one row of elements";
  let description = [{
    Accesses to the operands' slots become accesses to the row of elements that
    all slots are, at `(slot * size + lane part) + constant`, so that the k-tile
    loop computes one address for all accesses of a lane that differ by
    constants. Runs after `tt-swizzle-shared`.

    ```mlir
    nvgpu.ldmatrix %b[%slot, %row, %column] : memref<3x64x32xf32, strided<...>>
    ```
    becomes
    ```mlir
    nvgpu.ldmatrix %stages[%element] : memref<13056xf32>
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

def AssignStages : Pass<"tt-assign-stages"> {
  let summary = "Decide stage and order of each op of the k-tile loop";
  let description = [{
    Writes `tt.stage` and `tt.order` on every op of the loop, takes away the
    barrier at its end, and sets how many groups the wait leaves in flight:
    copies are stage 0, the wait and the first fragments of a tile stage
    `stages` - 2, the rest stage `stages` - 1. In the order, the fragments of
    the next k-step load before a k-step's mma, the copies are spread over the
    mma, and the one barrier stands before the last k-step. Where registers do
    not hold two sets of fragments, as with warp tiles of 64x96, each fragment
    loads behind the last mma that needs the one in its place. A config with
    one stage is left alone.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

def PipelineCopies : Pass<"tt-pipeline-copies"> {
  let summary = "Expand the k-tile loop into prologue, steady state and drain";
  let description = [{
    Obeys `tt.stage` and `tt.order` through `scf::pipelineForLoop`. Copies beyond
    the last k-tile are predicated to zero-fill; after the loop all copies are
    waited for.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::LLVM::LLVMDialect",
                           "::mlir::nvgpu::NVGPUDialect"];
}

def NestTiles : Pass<"tt-nest-tiles"> {
  let summary = "Split the loop of a persistent block into tiles and k-tiles";
  let description = [{
    The loop of a persistent block computes its tile and k-tile by dividing the
    iteration by the k-tiles of a tile, and stores where a tile ends. It becomes
    a loop over tiles, which stores, around two over k-tiles: for those whose
    copies are of the same tile, and for those whose copies are of the next one.
    What depends on the tile only, such as its row and column in C, is computed
    once a tile. Copies must be ahead by one number of k-tiles.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::scf::SCFDialect"];
}

def CountSlots : Pass<"tt-count-slots"> {
  let summary = "Turn `tile mod stages` into counters that the k-tile loop carries";
  let description = [{
    A slot number `(i + c) mod stages` becomes a value that the loop carries and
    counts up, back to 0 at `stages`: no division where `stages` is not a power
    of two, and one register to which every address in the slot is a constant
    distance.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::scf::SCFDialect"];
}

def PinFragmentLoads : Pass<"tt-pin-fragment-loads"> {
  let summary = "Keep LLVM from moving fragment loads to the next iteration";
  let description = [{
    LLVM turns a value that is loaded at the end of the loop body and used in
    the next iteration into a load at the start of that iteration, where its
    latency is exposed. An empty piece of assembly that may write memory, at the
    end of the k-tile loop's body, forbids that and costs no instruction.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

def CombineSums : Pass<"tt-combine-sums"> {
  let summary = "Add the sums of k-slices and of the blocks that split K";
  let description = [{
    Before `tt.store_fragments`, the k-slices of a block hand their sums over in
    shared memory, each finishing a share of every warp tile, as far as it has
    whole shares: that is what the op stores then. The blocks that share a tile
    of C (`split_k`, `stream_k`) hand theirs over in a workspace in global
    memory, where the last one to arrive adds them in the order of k and stores
    C. Nothing happens where a config has neither, or where the pass has run
    before.

    The workspace is allocated and zeroed on the host before the launch. Each
    launch leaves it as it must be for the next.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::gpu::GPUDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::LLVM::LLVMDialect",
                           "::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect",
                           "::mlir::vector::VectorDialect"];
}

def RepairRows : Pass<"tt-repair-rows"> {
  let summary = "Set the rows and columns of C that were marked to NaN";
  let description = [{
    For configs with `rounding_form = guarded`: at the end of the kernel the
    block that arrives last sets the rows and columns of C that other blocks have
    marked (`tt-guard-tiles`) to NaN. Runs before `tt-lower-epilogue`.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::gpu::GPUDialect",
                           "::mlir::LLVM::LLVMDialect",
                           "::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect"];
}

def LowerEpilogue : Pass<"tt-lower-epilogue"> {
  let summary = "Lower tt.store_fragments to the widest stores that are legal";
  let description = [{
    Each lane's adjacent columns are rounded to C's type and stored as one
    vector of 16 bytes where C's rows allow it, element by element at the edges of
    C. Where they do not, each warp passes its rows through shared memory and
    adjacent lanes store adjacent 8, 4 or 2 bytes.
  }];
  let options = [
    Option<"rowAlignment", "row-alignment", "int64_t", /*default=*/"0",
           "Promise that every row of C begins at a multiple of this many bytes, "
           "where the type does not say (0: no promise)">
  ];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::gpu::GPUDialect",
                           "::mlir::memref::MemRefDialect",
                           "::mlir::NVVM::NVVMDialect",
                           "::mlir::scf::SCFDialect",
                           "::mlir::vector::VectorDialect"];
}

def VerifyKernel : Pass<"tt-verify-kernel"> {
  let summary = "Refuse kernels that the conversion to nvvm or the GPU would";
  let description = [{
    The last gate before nvvm: no op of the tt or linalg dialect is left in a
    `gpu.launch`, its threads and shared bytes are within the target's limits,
    and every asynchronous copy moves 4, 8 or 16 bytes.
  }];
  let options = [
    Option<"target", "target", "std::string", /*default=*/"\"sm_89\"",
           "GPU or chip of the target table, if the module has no tt.target">
  ];
}

def IsolateKernel : Pass<"tt-isolate-kernel"> {
  let summary = "Leave a kernel nothing to capture but its memrefs";
  let description = [{
    Constants, sizes and index arithmetic that a `gpu.launch` with `tt.config`
    takes from outside are computed inside it instead, so that outlining gives
    every kernel the same parameters: the descriptors of A, B and C.
  }];
  let dependentDialects = ["::mlir::gpu::GPUDialect"];
}

def FuseEdges : Pass<"tt-fuse-edges"> {
  let summary = "Make one launch of a product's block tiles and edges";
  let description = [{
    The launches of edges (`tt.edge`) go into the launch of block tiles before
    them:

    ```mlir
    gpu.launch blocks(%b, ...) in (%c128, ...) { tiles }
    gpu.launch blocks(%b, ...) in (%c16, ...) { edge } {tt.edge}
    ```
    becomes
    ```mlir
    gpu.launch blocks(%b, ...) in (%c144, ...) {
      %is_tile = arith.cmpi slt, %b, %c128
      scf.if %is_tile { tiles } else { edge, as block %b - 128 }
    }
    ```
    Each has as much shared memory as the one that needs most.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::gpu::GPUDialect",
                           "::mlir::scf::SCFDialect"];
}

def ExternDynamicShared : Pass<"tt-extern-dynamic-shared"> {
  let summary = "Declare dynamic shared memory extern, as PTX wants it";
  let description = [{
    The array of no elements in shared memory that stands for the dynamic shared
    memory gets external linkage: `.extern .shared` in PTX.
  }];
}

def LowerBf16Mma : Pass<"tt-lower-bf16-mma"> {
  let summary = "Lower bf16 nvgpu.mma.sync to nvvm.mma.sync";
  let description = [{
    Upstream's conversion from nvgpu to nvvm lowers f16, TF32 and s8 only. This
    pass lowers bf16 beside it: operands are pairs of bf16 in 32-bit registers.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect",
                           "::mlir::NVVM::NVVMDialect",
                           "::mlir::vector::VectorDialect"];
}

def ShareHostMemory : Pass<"tt-share-host-memory"> {
  let summary = "Put host memory that only the CPU reaches where kernels do too";
  let description = [{
    Constants (`memref.get_global`) and stack memory (`memref.alloca`) lie where
    a GPU cannot read them. Outside kernels, a constant is copied to allocated
    memory when its function starts, and stack memory is allocated instead: what
    `malloc` returns is shared with the device.
  }];
  let dependentDialects = ["::mlir::memref::MemRefDialect"];
}

#endif // TT_TRANSFORMS_PASSES
