#!/bin/sh
# Builds the CUTLASS peers: build.sh CUTLASS_INCLUDE FOLDER [JOBS]
#
# CUTLASS_INCLUDE is the include folder of CUTLASS 4 (PyPI: nvidia-cutlass).
set -eu
here=$(dirname "$0")
include=$1
folder=$2
mkdir -p "$folder"
# kind  tile        warp       stages
cat <<LIST | xargs -P "${3:-2}" -L 1 sh "$here/build_one.sh" "$here" "$include" "$folder"
truncate 128,256,16 64,64,16 4
truncate 256,128,16 64,64,16 4
truncate 128,128,32 64,64,32 3
truncate 128,128,16 64,64,16 5
truncate 128,64,32 64,32,32 4
truncate 64,64,32 32,32,32 5
round 128,256,16 64,64,16 4
round 256,128,16 64,64,16 4
round 128,128,32 64,64,32 3
round 64,64,32 32,32,32 5
f16 128,256,32 64,64,32 4
f16 256,128,32 64,64,32 4
f16 128,128,64 64,64,64 3
f16 128,128,32 64,64,32 5
f16 128,64,64 64,32,64 4
f16 64,64,64 32,32,64 5
LIST
