#!/bin/sh
# Builds the CUTLASS peers into FOLDER/cutlass-peers.so:
#
#   build.sh CUTLASS_INCLUDE FOLDER [LIST]
#
# CUTLASS_INCLUDE is the include folder of CUTLASS 4 (in PyPI's nvidia-cutlass:
# cutlass_library/source/include). Needs nvcc; the result needs only the driver.
# Objects that exist are kept. TT_PEER_CODE names what else than PTX to put in.
set -eu
here=$(dirname "$0")
include=$1
folder=$2
list=${3:-$here/peers.txt}
objects=$folder/objects
mkdir -p "$objects"
# PTX for sm_89, as ours is, and what ptxas makes of that PTX for a Hopper card:
# the driver's own compiler would spend minutes on so many kernels.
code=${TT_PEER_CODE:-compute_89,sm_90}

# nvcc takes a comma for the end of an argument: one macro for each number.
define() {
  echo "$2" | awk -F, -v name="$1" '{
    split("M N K", axis, " ")
    for (i = 1; i <= NF; ++i) printf "-D%s_%s=%s ", name, axis[i], $i }'
}

compile() {
  kind=$1 tile=$2 warp=$3 stages=$4 grid=$5 align=$6
  case $kind in
  truncate) types="-DELEMENT=cutlass::tfloat32_t -DOUT=float" ;;
  round) types="-DELEMENT=float -DOUT=float" ;;
  f16) types="-DELEMENT=cutlass::half_t -DOUT=cutlass::half_t" ;;
  bf16) types="-DELEMENT=cutlass::bfloat16_t -DOUT=cutlass::bfloat16_t" ;;
  *) echo "build.sh: unknown kind '$kind'" >&2 && return 1 ;;
  esac
  name=$kind-$(echo "$tile" | tr , x)-w$(echo "$warp" | tr , x)-s$stages-$grid-a$align
  [ -f "$objects/$name.o" ] && return
  [ "$grid" = streamk ] && types="$types -DSTREAM_K"
  nvcc -std=c++17 -O3 -w -Xcompiler -fPIC -I "$include" -c "$here/peer.cu" \
    -gencode "arch=compute_89,code=[$code]" $types "-DNAME=\"$name\"" \
    $(define TILE "$tile") $(define WARP "$warp") "-DSTAGES=$stages" \
    "-DALIGN=$align" -o "$objects/$name.tmp.o"
  mv "$objects/$name.tmp.o" "$objects/$name.o"
  echo "$name"
}

grep -v '^#' "$list" | while read -r line; do
  compile $line || echo "build.sh: failed: $line" >&2
done
rm -f "$objects"/*.tmp.o
nvcc -shared -Xcompiler -fPIC -Xlinker -s "$here/registry.cpp" "$objects"/*.o \
  -o "$folder/cutlass-peers.so"
