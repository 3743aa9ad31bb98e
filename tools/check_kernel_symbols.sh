#!/usr/bin/env bash
# usage: check_kernel_symbols.sh OBJECT...
# Fails when an object file compiled for one instruction set has a symbol that the linker could share with other files
# (weak, vague linkage, unique): an older CPU might then run that copy and crash. A kernel file may define nothing but
# its table.
set -euo pipefail
checked=0
for object in "$@"; do
  case "$object" in
    */dispatch.cpp.o) continue ;; # no instruction set's flags
  esac
  checked=$((checked + 1))
  shared=$(nm --defined-only "$object" | awk '$2 ~ /^[A-Zuvw]$/ { print $2, $3 }' | grep -v '^[DR] _ZN4jnlp[0-9]*k[A-Za-z0-9]*KernelsE$' || true)
  if [ -n "$shared" ]; then
    echo "$object defines symbols that are not its own:" >&2
    echo "$shared" >&2
    exit 1
  fi
done
[ "$checked" -gt 0 ] || { echo "no kernel object files given" >&2; exit 1; }
echo "kernel symbols: ok ($checked files)"
