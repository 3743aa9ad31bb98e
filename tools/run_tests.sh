#!/usr/bin/env bash
# Builds a preset and runs its tests: tools/run_tests.sh PRESET [REGEX of test names]. With a regex only the test
# programs that it names are built.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
preset=$1 filter=${2:-}
echo "== $preset"
# A clone in another folder finds what was compiled in this one.
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
launcher=()
if command -v ccache >/dev/null; then launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
cmake --preset "$preset" "${launcher[@]}" >/dev/null
targets=()
if [ -n "$filter" ]; then
  known=$(ninja -C "build/$preset" -t targets all)
  for name in $(grep -oE '[a-z]+' <<<"$filter"); do
    ! grep -q "^test_$name: phony" <<<"$known" || targets+=(--target "test_$name")
  done
fi
cmake --build "build/$preset" -j "$(nproc)" "${targets[@]}" | tail -n 1
ctest --preset "$preset" -j "$(nproc)" ${filter:+-R "$filter"}
