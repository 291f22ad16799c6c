// Thread t writes element t of shared memory and reads what thread 63 - t wrote;
// @reversed waits in between, @racy does not.
func.func @racy(%out: memref<64xf32>) {
  %c1 = arith.constant 1 : index
  %c63 = arith.constant 63 : index
  %c64 = arith.constant 64 : index
  gpu.launch blocks(%bx, %by, %bz) in (%gx = %c1, %gy = %c1, %gz = %c1)
             threads(%t, %ty, %tz) in (%nt = %c64, %ny = %c1, %nz = %c1)
             workgroup(%shared : memref<64xf32, #gpu.address_space<workgroup>>) {
    %i = arith.index_cast %t : index to i32
    %x = arith.sitofp %i : i32 to f32
    memref.store %x, %shared[%t] : memref<64xf32, #gpu.address_space<workgroup>>
    %other = arith.subi %c63, %t : index
    %y = memref.load %shared[%other] : memref<64xf32, #gpu.address_space<workgroup>>
    memref.store %y, %out[%t] : memref<64xf32>
    gpu.terminator
  }
  return
}
func.func @reversed(%out: memref<64xf32>) {
  %c1 = arith.constant 1 : index
  %c63 = arith.constant 63 : index
  %c64 = arith.constant 64 : index
  gpu.launch blocks(%bx, %by, %bz) in (%gx = %c1, %gy = %c1, %gz = %c1)
             threads(%t, %ty, %tz) in (%nt = %c64, %ny = %c1, %nz = %c1)
             workgroup(%shared : memref<64xf32, #gpu.address_space<workgroup>>) {
    %i = arith.index_cast %t : index to i32
    %x = arith.sitofp %i : i32 to f32
    memref.store %x, %shared[%t] : memref<64xf32, #gpu.address_space<workgroup>>
    gpu.barrier
    %other = arith.subi %c63, %t : index
    %y = memref.load %shared[%other] : memref<64xf32, #gpu.address_space<workgroup>>
    memref.store %y, %out[%t] : memref<64xf32>
    gpu.terminator
  }
  return
}
