// Functions of the kinds that a larger compiler puts around products. The tests
// compare each with exact integers (functions.py).

// Batches: slices of a tensor of rank 3 go in and come out, then a bias of rank 1
// and a scalar.
func.func @batch(%a: tensor<2x24x20xf32>, %b: tensor<18x24xf32>, %bias: tensor<18xf32>, %scale: f32) -> tensor<2x20x18xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %empty = tensor.empty() : tensor<2x20x18xf32>
  %products = scf.for %i = %c0 to %c2 step %c1 iter_args(%all = %empty) -> tensor<2x20x18xf32> {
    %slice = tensor.extract_slice %a[%i, 0, 0] [1, 24, 20] [1, 1, 1] : tensor<2x24x20xf32> to tensor<24x20xf32>
    %c = tt.matmul_transposed %slice, %b : tensor<24x20xf32>, tensor<18x24xf32> -> tensor<20x18xf32>
    %next = tensor.insert_slice %c into %all[%i, 0, 0] [1, 20, 18] [1, 1, 1] : tensor<20x18xf32> into tensor<2x20x18xf32>
    scf.yield %next : tensor<2x20x18xf32>
  }
  %out = tensor.empty() : tensor<2x20x18xf32>
  %r = linalg.generic {
      indexing_maps = [affine_map<(i, m, n) -> (i, m, n)>, affine_map<(i, m, n) -> (n)>, affine_map<(i, m, n) -> (i, m, n)>],
      iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%products, %bias : tensor<2x20x18xf32>, tensor<18xf32>) outs(%out : tensor<2x20x18xf32>) {
  ^bb0(%x: f32, %y: f32, %z: f32):
    %p = arith.mulf %x, %scale : f32
    %q = arith.addf %p, %y : f32
    linalg.yield %q : f32
  } -> tensor<2x20x18xf32>
  return %r : tensor<2x20x18xf32>
}

// The product is a part of a larger matrix, whose other elements stay.
func.func @insert(%a: tensor<24x20xf32>, %b: tensor<18x24xf32>, %d: tensor<30x40xf32>) -> tensor<30x40xf32> {
  %c = tt.matmul_transposed %a, %b : tensor<24x20xf32>, tensor<18x24xf32> -> tensor<20x18xf32>
  %e = tensor.insert_slice %c into %d[3, 5] [20, 18] [1, 1] : tensor<20x18xf32> into tensor<30x40xf32>
  return %e : tensor<30x40xf32>
}

// A is padded, as other layers leave it.
func.func @pad(%a: tensor<22x19xf32>, %b: tensor<18x24xf32>) -> tensor<20x18xf32> {
  %zero = arith.constant 0.0 : f32
  %p = tensor.pad %a low[1, 0] high[1, 1] {
  ^bb0(%i: index, %j: index):
    tensor.yield %zero : f32
  } : tensor<22x19xf32> to tensor<24x20xf32>
  %c = tt.matmul_transposed %p, %b : tensor<24x20xf32>, tensor<18x24xf32> -> tensor<20x18xf32>
  return %c : tensor<20x18xf32>
}

// A product, or the argument as it is.
func.func @branch(%a: tensor<16x16xf32>, %b: tensor<16x16xf32>, %multiply: i1) -> tensor<16x16xf32> {
  %r = scf.if %multiply -> tensor<16x16xf32> {
    %c = tt.matmul_transposed %a, %b : tensor<16x16xf32>, tensor<16x16xf32> -> tensor<16x16xf32>
    scf.yield %c : tensor<16x16xf32>
  } else {
    scf.yield %a : tensor<16x16xf32>
  }
  return %r : tensor<16x16xf32>
}

// Products of products, as often as the caller says.
func.func @repeat(%a: tensor<16x16xf32>, %b: tensor<16x16xf32>, %count: index) -> tensor<16x16xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r = scf.for %i = %c0 to %count step %c1 iter_args(%x = %a) -> tensor<16x16xf32> {
    %c = func.call @once(%x, %b) : (tensor<16x16xf32>, tensor<16x16xf32>) -> tensor<16x16xf32>
    scf.yield %c : tensor<16x16xf32>
  }
  return %r : tensor<16x16xf32>
}
func.func private @once(%a: tensor<16x16xf32>, %b: tensor<16x16xf32>) -> tensor<16x16xf32> {
  %c = tt.matmul_transposed %a, %b : tensor<16x16xf32>, tensor<16x16xf32> -> tensor<16x16xf32>
  return %c : tensor<16x16xf32>
}

// B is a constant: it lies in the host's module, where no GPU reaches.
func.func @constant(%a: tensor<4x6xf32>) -> tensor<6x2xf32> {
  %b = arith.constant dense<[[1.0, 2.0, 3.0, 4.0], [-1.0, 0.0, 5.0, 2.0]]> : tensor<2x4xf32>
  %c = tt.matmul_transposed %a, %b : tensor<4x6xf32>, tensor<2x4xf32> -> tensor<6x2xf32>
  return %c : tensor<6x2xf32>
}

// Rows with gaps between them, a size that the caller says, a result in place.
func.func @views(%a: memref<24x20xf16, strided<[40, 1], offset: 8>>, %b: memref<18x24xf16, strided<[25, 1]>>,
                 %c: memref<?x18xf16, strided<[19, 1], offset: 3>>) {
  %x = bufferization.to_tensor %a restrict : memref<24x20xf16, strided<[40, 1], offset: 8>> to tensor<24x20xf16>
  %y = bufferization.to_tensor %b restrict : memref<18x24xf16, strided<[25, 1]>> to tensor<18x24xf16>
  %c0 = arith.constant 0 : index
  %m = memref.dim %c, %c0 : memref<?x18xf16, strided<[19, 1], offset: 3>>
  %s = tensor.extract_slice %x[0, 0] [24, %m] [1, 1] : tensor<24x20xf16> to tensor<24x?xf16>
  %z = tt.matmul_transposed %s, %y : tensor<24x?xf16>, tensor<18x24xf16> -> tensor<?x18xf16>
  bufferization.materialize_in_destination %z in restrict writable %c : (tensor<?x18xf16>, memref<?x18xf16, strided<[19, 1], offset: 3>>) -> ()
  return
}

// Slices whose rows are at odd strides and begin at odd offsets.
func.func @odd_slices(%a: tensor<75x21xf16>, %b: tensor<23x75xf16>) -> tensor<13x18xf16> {
  %x = tensor.extract_slice %a[3, 5] [70, 13] [1, 1] : tensor<75x21xf16> to tensor<70x13xf16>
  %y = tensor.extract_slice %b[2, 1] [18, 70] [1, 1] : tensor<23x75xf16> to tensor<18x70xf16>
  %z = tt.matmul_transposed %x, %y config <block = [32, 32, 32], warp = [16, 16], stages = 3> : tensor<70x13xf16>, tensor<18x70xf16> -> tensor<13x18xf16>
  return %z : tensor<13x18xf16>
}

// A function that manages device memory itself.
func.func @device_memory(%a: memref<24x20xf32>, %b: memref<18x24xf32>, %c: memref<20x18xf32>) {
  %start = gpu.wait async
  %x, %t0 = gpu.alloc async [%start] () : memref<24x20xf32>
  %z, %t1 = gpu.alloc async [%t0] () : memref<20x18xf32>
  %t2 = gpu.memcpy async [%t1] %x, %a : memref<24x20xf32>, memref<24x20xf32>
  %zero = arith.constant 0.0 : f32
  %t3 = gpu.memset async [%t2] %z, %zero : memref<20x18xf32>, f32
  gpu.wait [%t3]
  %p = bufferization.to_tensor %x restrict : memref<24x20xf32> to tensor<24x20xf32>
  %q = bufferization.to_tensor %b restrict : memref<18x24xf32> to tensor<18x24xf32>
  %r = tt.matmul_transposed %p, %q : tensor<24x20xf32>, tensor<18x24xf32> -> tensor<20x18xf32>
  bufferization.materialize_in_destination %r in restrict writable %z : (tensor<20x18xf32>, memref<20x18xf32>) -> ()
  %again = gpu.wait async
  %t4 = gpu.memcpy async [%again] %c, %z : memref<20x18xf32>, memref<20x18xf32>
  %t5 = gpu.dealloc async [%t4] %x : memref<24x20xf32>
  %t6 = gpu.dealloc async [%t5] %z : memref<20x18xf32>
  gpu.wait [%t6]
  return
}

// Every type that goes in and comes out, and no product at all.
func.func @types(%a: f64, %b: f16, %c: bf16, %d: i64, %e: i16, %f: i8, %g: i1, %h: index,
                 %i: tensor<3xi32>, %j: tensor<2x2xf64>, %k: tensor<i8>)
    -> (i1, f64, tensor<3xi32>, bf16, i8, tensor<2x2xf64>, f16, i16, tensor<i8>, index, i64) {
  return %g, %a, %i, %c, %f, %j, %b, %e, %k, %h, %d
    : i1, f64, tensor<3xi32>, bf16, i8, tensor<2x2xf64>, f16, i16, tensor<i8>, index, i64
}

func.func @unranked(%a: memref<*xf32>) {
  return
}
func.func @complex(%a: complex<f32>) {
  return
}
func.func @huge(%n: index) -> tensor<?xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty(%n) : tensor<?xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<?xf32>) -> tensor<?xf32>
  return %f : tensor<?xf32>
}
