#!/bin/sh
# build_one.sh HERE CUTLASS_INCLUDE FOLDER KIND TILE WARP STAGES
set -eu
case $4 in
truncate) types="-DPEER_TF32 -DELEMENT=cutlass::tfloat32_t -DOUT=float" ;;
round) types="-DPEER_TF32 -DELEMENT=float -DOUT=float" ;;
f16) types="-DELEMENT=cutlass::half_t -DOUT=cutlass::half_t" ;;
esac
name=cutlass-$4-$(echo "$5" | tr , x)-s$7
nvcc -std=c++17 -O3 -shared -Xcompiler -fPIC -I "$2" \
  -gencode arch=compute_89,code=compute_89 $types \
  $(echo "$5,$6" | awk -F, '{ print "-DTILE_M=" $1, "-DTILE_N=" $2,
    "-DTILE_K=" $3, "-DWARP_M=" $4, "-DWARP_N=" $5 }') "-DSTAGES=$7" -o "$3/$name.so" "$1/peer.cu"
echo "$name"
