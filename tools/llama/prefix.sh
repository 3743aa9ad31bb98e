#!/usr/bin/env bash
# Prints the folder where build.sh installs llama.cpp. Its name depends on this CPU, since the library uses every
# instruction that it has, on the compiler, and on how it is built. CMake asks here too.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
machine=-march=native
[ "$(uname -m)" != aarch64 ] || machine=-mcpu=native
version=$(sed -n 's/^llama-cpp-python==\([^ ]*\).*/\1/p' requirements.txt)
# The compiler's own macros name its version and the CPU's extensions.
key=$({ "${CXX:-c++}" $machine -dM -E -x c++ /dev/null | LC_ALL=C sort; cat CMakeLists.txt requirements.txt tile_config.h; } |
  sha256sum | cut -c1-12)
echo "${XDG_CACHE_HOME:-$HOME/.cache}/jetson-nlp/llama.cpp-$version-$key"
