#!/bin/sh
# Verifies kernel files on a GPU, some of them under compute-sanitizer.
#
#   python3 benchmarks/make_kernels.py build/bin/tt-run FOLDER test/gpu/problems.txt
#   test/gpu/verify.sh TT_LAUNCH FOLDER
#
# Needs the CUDA driver, compute-sanitizer, and PyTorch for nan.py; exits with 0 if
# all is right.
set -u
launch=$1
folder=$2
failed=0
run() {
  echo "== $*"
  "$@" || { echo "FAILED: $*"; failed=1; }
}
# Kernels for dynamic sizes need them at run time.
for file in "$folder"/*.ttk; do
  case $(basename "$file" .ttk) in
  no-terms-*) sizes="--m 100 --n 200 --k 0" ;;
  empty-m-*) sizes="--m 0 --n 200 --k 100" ;;
  empty-n-*) sizes="--m 200 --n 0 --k 100" ;;
  *) sizes="" ;;
  esac
  run "$launch" "$file" $sizes --device cuda
done
for name in ragged-f32 odd-f16 strided-bf16 xor-f32 xor-16-f16 one-stage-f32 \
  slices-f16 four-slices-odd-bf16 split-f32 split-slices-bf16 stream-f32 \
  stream-slices-bf16 guarded-f32 guarded-stream-f32 persistent-f32 \
  persistent-short-f16 late-guarded-f32 late-two-f16 late-persistent-f32 \
  large-f16 edges-f16 edges-guarded-f32 edges-slices-bf16 strips-f16 \
  strips-odd-bf16; do
  for tool in memcheck racecheck; do
    run compute-sanitizer --tool $tool --error-exitcode 9 \
      "$launch" "$folder/$name.ttk" --device cuda
  done
done
here=$(dirname "$0")
run env PYTHONPATH="$here/../../python" python3 "$here/nan.py" \
  "$folder"/*guarded-*.ttk "$folder/slices-f32.ttk"
[ $failed = 0 ] && echo "all right" || echo "some FAILED"
exit $failed
