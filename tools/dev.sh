#!/bin/sh
# One command from a fresh Debian 12 to a result:
#
#   tools/dev.sh demo    install what is missing, build, run the main job
#   tools/dev.sh test    install what is missing, build, run all tests
#   tools/dev.sh build   install what is missing, build
#   tools/dev.sh cuda-tools   ptxas and nvdisasm from PyPI, into build/venv
#
# Needs root, or sudo, only if a package is missing. Binaries: build/bin.
set -eu
cd "$(dirname "$0")/.."

packages="cmake ninja-build ccache g++ python3
  libmlir-22-dev mlir-22-tools llvm-22-dev llvm-22-tools clang-22 lld-22
  libzstd-dev zlib1g-dev libxml2-dev libcurl4-openssl-dev
  libboost-context-dev nlohmann-json3-dev libgtest-dev python3-venv"

find_missing() {
  for package in $packages; do
    dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null |
      grep -qx installed || printf '%s ' "$package"
  done
}

install_missing() {
  id=unknown
  version=unknown
  release=${TT_OS_RELEASE:-/etc/os-release} # another one for the tests
  if [ -r "$release" ]; then
    id=$(. "$release" && echo "${ID:-unknown}")
    version=$(. "$release" && echo "${VERSION_ID:-unknown}")
  fi
  if [ "$id" != debian ] || ! command -v dpkg-query >/dev/null; then
    echo "tools/dev.sh installs packages on Debian 12 only; this is $id" \
      "$version. Bring LLVM and MLIR 22.1 (with clang, lld, lit and FileCheck)" \
      "and what these Debian packages hold, then run 'cmake --preset default':"
    echo $packages
    exit 1
  fi
  missing=$(find_missing)
  [ -n "$missing" ] || return 0
  echo "installing: $missing"
  as_root=
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || {
      echo "not root and no sudo: install these packages first: $missing"
      exit 1
    }
    as_root=sudo
  fi
  $as_root apt-get update -qq
  $as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends $missing
}

# ptxas, nvdisasm and matplotlib, for tests that are unsupported without them.
install_from_pypi() {
  wanted=test/requirements.txt
  cmp -s "$wanted" build/venv/installed.txt && return 0
  if python3 -m venv build/venv &&
    build/venv/bin/pip install -q --disable-pip-version-check -r "$wanted"; then
    cp "$wanted" build/venv/installed.txt
  else
    echo "tools/dev.sh: $wanted cannot be installed: the tests that need ptxas," \
      "nvdisasm or matplotlib will be unsupported"
  fi
}

build() {
  install_missing
  [ -f build/build.ninja ] || cmake --preset default
  cmake --build build
}

case ${1:-} in
build) build ;;
cuda-tools) install_from_pypi ;;
demo)
  build
  echo
  build/bin/tt-run --m 256 --n 512 --k 1024 --type f32
  ;;
test)
  build
  install_from_pypi
  cmake --build build --target check-tt
  ;;
*)
  sed -n '2,10s/^# \{0,1\}//p' "$0"
  exit 1
  ;;
esac
