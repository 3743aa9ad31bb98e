#!/usr/bin/env bash
# Builds llama.cpp's library for this CPU, and with CUDA where its compiler is, from the source package that
# requirements.txt names; or the server that comes with it:
#   build.sh [llama|llama-server]
# Installs it in the folder that prefix.sh prints. Does nothing when it is there.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
what=${1:-llama}
prefix=$("$here/prefix.sh" "$what")
nvcc=$("$here/nvcc.sh")
case $what in
  llama) recipe=$here result=lib/libllama.a ;;
  llama-server) recipe=$here/server result=bin/llama-server ;;
esac
[ ! -f "$prefix/$result" ] || exit 0
echo "setup: building $what (llama.cpp, MIT) for this CPU${nvcc:+ and CUDA} into $prefix; it takes minutes"
mkdir -p "$(dirname "$prefix")"
work=$(mktemp -d "$prefix.XXXXXX")
trap 'rm -rf "$work"' EXIT

# To download a source package pip asks the package's build program for its metadata. The folder pip_backend has one that
# reads them from the package's PKG-INFO, so that nothing of the package is run, and nothing is fetched to run it.
PYTHONPATH=$here/pip_backend python3 -m pip download --quiet --disable-pip-version-check --no-deps --no-binary :all: \
  --no-build-isolation --require-hashes --requirement "$here/requirements.txt" --dest "$work"
package=$(basename "$work"/*.tar.gz .tar.gz)
mkdir "$work/source"
tar -xzf "$work/$package.tar.gz" -C "$work/source" --strip-components=3 "$package/vendor/llama.cpp"

options=()
if command -v ccache >/dev/null; then
  # ccache does not know what "native" means: the key in the folder's name, which the CPU is part of, makes the difference.
  flags=-DJNLP_LLAMA_KEY=_${prefix##*-}
  options=(-DCMAKE_{C,CXX}_COMPILER_LAUNCHER=ccache "-DCMAKE_C_FLAGS=$flags" "-DCMAKE_CXX_FLAGS=$flags")
  export CCACHE_BASEDIR=$work CCACHE_NOHASHDIR=1
fi
if [ -n "$nvcc" ]; then
  options+=(-DGGML_CUDA=ON "-DCMAKE_CUDA_COMPILER=$nvcc" ${CUDAARCHS:+"-DCMAKE_CUDA_ARCHITECTURES=$CUDAARCHS"})
fi
logged() { "$@" >"$work/log" 2>&1 || { tail -n 50 "$work/log" >&2; exit 1; }; }
logged cmake -S "$recipe" -B "$work/build" -G Ninja -DCMAKE_BUILD_TYPE=Release "${options[@]}" \
  -DLLAMA_SOURCE_DIR="$work/source" -DCMAKE_INSTALL_PREFIX="$work/install"
logged cmake --build "$work/build" --target "$what" -j "${JOBS:-$(nproc)}"
if [ "$what" = llama ]; then
  logged cmake --install "$work/build"
else
  install -D -t "$work/install/bin" "$work/build/bin/$what"
fi
cp "$work/source/LICENSE" "$work/install/"
rm -rf "$prefix"
mv "$work/install" "$prefix"
