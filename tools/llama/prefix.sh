#!/usr/bin/env bash
# Prints the folder where build.sh installs llama.cpp's library, or its server:
#   prefix.sh [llama|llama-server]
# The name depends on this CPU, since every instruction that it has is used, on the compiler, on CUDA where it is, and on
# how it is built. CMake asks here too.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
what=${1:-llama}
case $what in
  llama) name=llama.cpp recipe=(CMakeLists.txt requirements.txt tile_config.h) ;;
  llama-server) name=llama-server recipe=(server/CMakeLists.txt requirements.txt tile_config.h) ;;
  *) echo "prefix.sh: '$what' is neither llama nor llama-server" >&2; exit 2 ;;
esac
machine=-march=native
[ "$(uname -m)" != aarch64 ] || machine=-mcpu=native
version=$(sed -n 's/^llama-cpp-python==\([^ ]*\).*/\1/p' requirements.txt)
nvcc=$(./nvcc.sh)
# The compiler's own macros name its version and the CPU's extensions.
key=$({
  "${CXX:-c++}" $machine -dM -E -x c++ /dev/null | LC_ALL=C sort
  cat "${recipe[@]}"
  [ -z "$nvcc" ] || { "$nvcc" --version; echo "${CUDAARCHS:-}"; }
} | sha256sum | cut -c1-12)
echo "${XDG_CACHE_HOME:-$HOME/.cache}/jetson-nlp/$name-$version-$key"
