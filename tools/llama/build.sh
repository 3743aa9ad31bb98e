#!/usr/bin/env bash
# Builds llama.cpp's library for this CPU from the source package llama-cpp-python, which carries it, and installs it in
# the folder that prefix.sh prints. Does nothing when it is there.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
package=llama-cpp-python==0.3.36
package_sha256=832db0699007f1be95a7e41ef12e88926b02ba836461e36a36372db2760c1a2e

prefix=$("$here/prefix.sh")
[ ! -f "$prefix/lib/libllama.a" ] || exit 0
echo "setup: building llama.cpp (MIT) from the source package $package for this CPU into $prefix"
mkdir -p "$(dirname "$prefix")"
work=$(mktemp -d "$prefix.XXXXXX")
trap 'rm -rf "$work"' EXIT

# To download a source package pip asks the package's build program for its metadata. The folder pip_backend has one that
# reads them from the package's PKG-INFO, so that nothing of the package is run, and nothing is fetched to run it.
echo "$package --hash=sha256:$package_sha256" >"$work/requirements.txt"
PYTHONPATH=$here/pip_backend python3 -m pip download --quiet --disable-pip-version-check --no-deps --no-binary :all: \
  --no-build-isolation --require-hashes --requirement "$work/requirements.txt" --dest "$work"
mkdir "$work/source"
tar -xzf "$work"/*.tar.gz -C "$work/source" --strip-components=3 "llama_cpp_python-${package#*==}/vendor/llama.cpp"

launcher=()
if command -v ccache >/dev/null; then
  # ccache does not know what "native" means: the prefix's name, which has the CPU in it, makes the difference.
  define=-DJNLP_LLAMA_KEY=${prefix##*-}
  launcher=(-DCMAKE_{C,CXX}_COMPILER_LAUNCHER=ccache "-DCMAKE_C_FLAGS=$define" "-DCMAKE_CXX_FLAGS=$define")
  export CCACHE_BASEDIR=$work CCACHE_NOHASHDIR=1
fi
cmake -S "$here" -B "$work/build" -G Ninja -DCMAKE_BUILD_TYPE=Release "${launcher[@]}" \
  -DLLAMA_SOURCE_DIR="$work/source" -DCMAKE_INSTALL_PREFIX="$work/install" >"$work/log" ||
  { cat "$work/log" >&2; exit 1; }
cmake --build "$work/build" --target llama -j "${JOBS:-$(nproc)}" >"$work/log" || { tail -n 50 "$work/log" >&2; exit 1; }
cmake --install "$work/build" >"$work/log"
cp "$work/source/LICENSE" "$work/install/"
rm -rf "$prefix"
mv "$work/install" "$prefix"
