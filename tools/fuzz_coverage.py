#!/usr/bin/env python3
"""Reads what `llvm-cov export -summary-only` writes and tells how many lines of our sources were run.

Sources of which no line was run are left out: the fuzz targets do not use them.
"""
import collections
import json
import os
import sys


def main():
    files = collections.defaultdict(list)
    for entry in json.load(sys.stdin)["data"][0]["files"]:
        lines = entry["summary"]["lines"]
        _, src, name = entry["filename"].partition("/src/")  # the compiler was given relative paths
        if src and lines["covered"] > 0:
            files[os.path.dirname(name)].append((name, lines["covered"], lines["count"]))
    for folder, found in sorted(files.items()):
        covered, count = (sum(item[i] for item in found) for i in (1, 2))
        print(f"src/{folder}: {covered} of {count} lines of {len(found)} files ({100 * covered / count:.0f} %)")
        for name, covered, count in sorted(found):
            print(f"    {name:44} {covered:5} of {count:5} ({100 * covered / count:.0f} %)")


if __name__ == "__main__":
    main()
