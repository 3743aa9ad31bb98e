#!/usr/bin/env bash
# Fails when a C++ file is not formatted as .clang-format says (clang-format 14, so that nobody's version differs).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
git ls-files 'src/*.h' 'src/*.cpp' 'tests/*.h' 'tests/*.cpp' 'bench/*.h' 'bench/*.cpp' 'fuzz/*.h' 'fuzz/*.cpp' |
  xargs clang-format-14 --dry-run --Werror
echo "format: ok"
