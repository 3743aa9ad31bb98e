#!/usr/bin/env bash
# Prints where CUDA's compiler is, and nothing where it is not, or where JNLP_LLAMA_CUDA=OFF says to do without it.
set -euo pipefail
[ "${JNLP_LLAMA_CUDA:-}" != OFF ] || exit 0
command -v nvcc || { [ -x /usr/local/cuda/bin/nvcc ] && echo /usr/local/cuda/bin/nvcc; } || true
