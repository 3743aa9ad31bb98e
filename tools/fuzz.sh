#!/usr/bin/env bash
# Runs the fuzz targets of fuzz/ under libFuzzer:
#   tools/fuzz.sh run [SECONDS [TARGET...]]   all of them unless some are named; then a table of what was run and covered
#   tools/fuzz.sh report [TARGET...]          the table of the runs before
#   tools/fuzz.sh merge [TARGET...]           takes into fuzz/corpus/ what the runs found and it does not cover
# What is found stays in build/fuzz/corpus/ for the next run. An input that breaks something is kept, and fails the run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build=build/fuzz
jobs=${jobs:-$(nproc)}

# Builds the named targets.
prepare() {
  # A clone in another folder finds what was compiled in this one.
  export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
  local launcher=()
  if command -v ccache >/dev/null; then launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
  cmake --preset fuzz "${launcher[@]}" >/dev/null
  cmake --build "$build" -j "$jobs" --target "${@/#/fuzz_}" | tail -n 1
}

all_targets() { ls fuzz/corpus; }

program() { echo "$build/fuzz/fuzz_$1"; }

fuzz_one() {
  local target=$1 seconds=$2 found=$build/corpus/$1 log=$build/log/$1 dictionary=()
  mkdir -p "$found" "$build/log" "$build/found"
  if [ -f "fuzz/words/$target.txt" ]; then dictionary=(-dict="fuzz/words/$target.txt"); fi
  if LLVM_PROFILE_FILE=/dev/null "$(program "$target")" -max_total_time="$seconds" -max_len=4096 -timeout=10 \
    -rss_limit_mb=1024 -print_final_stats=1 -artifact_prefix="$build/found/$target-" "${dictionary[@]}" \
    "$found" "fuzz/corpus/$target" >"$log" 2>&1; then
    return 0
  fi
  grep -E 'does not hold|ERROR:|runtime error|terminate called|^  what\(\)' "$log" >&2 || tail -n 30 "$log" >&2
  echo "fuzz: $target broke on the input $(sed -n 's/^artifact_prefix.*Test unit written to //p' "$log"); see $log" >&2
  return 1
}

# One pass over all inputs, whose lines are counted then.
profile_one() {
  LLVM_PROFILE_FILE=$build/profile/$1 "$(program "$1")" -runs=0 "$build/corpus/$1" "fuzz/corpus/$1" >/dev/null 2>&1
}

table() {
  printf '%-16s %12s %8s %9s %7s %8s\n' target executions seconds execs/s edges inputs
  for target in "$@"; do
    awk -v target="$target" '
      match($0, /cov: [0-9]+/) { edges = substr($0, RSTART + 5, RLENGTH - 5) }
      match($0, /corp: [0-9]+/) { inputs = substr($0, RSTART + 6, RLENGTH - 6) }
      /^Done / { seconds = $5 }
      /number_of_executed_units/ { executions = $2 }
      END { printf "%-16s %12d %8s %9d %7d %8d\n", target, executions, seconds ? seconds : "broke",
            executions / (seconds ? seconds : 1), edges, inputs }' "$build/log/$target"
  done
}

# By folder of src/, of the sources that some target runs at all.
covered_lines() {
  local objects=()
  rm -rf "$build/profile"
  for target in "$@"; do
    profile_one "$target" || rm -f "$build/profile/$target"
    objects+=(-object "$(program "$target")")
  done
  llvm-profdata merge -sparse -o "$build/profile.data" "$build"/profile/*
  llvm-cov export -summary-only -instr-profile="$build/profile.data" "${objects[@]}" | python3 tools/fuzz_coverage.py
}

report() {
  local targets=("$@")
  if [ ${#targets[@]} = 0 ]; then mapfile -t targets < <(all_targets); fi
  table "${targets[@]}"
  covered_lines "${targets[@]}"
}

run() {
  local seconds=${1:-60} failed=0 running=0
  shift || true
  local targets=("$@")
  if [ ${#targets[@]} = 0 ]; then mapfile -t targets < <(all_targets); fi
  prepare "${targets[@]}"
  for target in "${targets[@]}"; do
    if [ "$running" -ge "$jobs" ]; then
      wait -n || failed=1
      running=$((running - 1))
    fi
    echo "fuzz: $target, $seconds s"
    fuzz_one "$target" "$seconds" &
    running=$((running + 1))
  done
  for (( ; running > 0; --running)); do wait -n || failed=1; done
  report "${targets[@]}"
  return $failed
}

# The stored corpus stays small: short inputs, those first that cover most edges which it does not, up to so many of them.
most_stored=40

merge() {
  local targets=("$@") stored work
  if [ ${#targets[@]} = 0 ]; then mapfile -t targets < <(all_targets); fi
  prepare "${targets[@]}"
  for target in "${targets[@]}"; do
    stored=fuzz/corpus/$target work=$build/merged/$target
    rm -rf "$work"
    mkdir -p "$build/merged"
    cp -r "$stored" "$work"
    LLVM_PROFILE_FILE=/dev/null "$(program "$target")" -set_cover_merge=1 -use_counters=0 -max_len=512 "$work" \
      "$build/corpus/$target" >"$build/log/$target.merge" 2>&1
    # Written in the order of what they add.
    for name in $(ls -tr "$work"); do
      [ "$(ls "$stored" | wc -l)" -lt $most_stored ] || break
      [ -e "$stored/$name" ] || cp "$work/$name" "$stored/"
    done
    echo "$target: $(ls "$stored" | wc -l) inputs, $(du -bs --apparent-size "$stored" | cut -f1) bytes"
  done
}

case ${1:-} in
  run | report | merge) "$@" ;;
  *) sed -n '2,6s/^# //p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
esac
