#!/usr/bin/env bash
# Prints the folder where build.sh installs llama.cpp for this CPU and compiler. Both are in its name: the library uses
# every instruction that the CPU has, so that another CPU needs another build. CMake asks here too.
set -euo pipefail
version=0.3.36 # of llama-cpp-python, the package whose llama.cpp it is
machine=-march=native
[ "$(uname -m)" != aarch64 ] || machine=-mcpu=native
key=$("${CXX:-c++}" $machine -dM -E -x c++ /dev/null | LC_ALL=C sort | sha256sum | cut -c1-12)
echo "${XDG_CACHE_HOME:-$HOME/.cache}/jetson-nlp/llama.cpp-$version-$key"
