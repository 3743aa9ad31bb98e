#!/usr/bin/env python3
"""Fails when a folder of src/ includes a header of a folder that it may not see.

The table is the dependency direction of docs/architecture.md. A folder also sees what the folders that it names see.
"""
import pathlib
import re
import sys

MAY_INCLUDE = {
    "base": [],
    "formats": ["base"],
    "tokenize": ["formats"],
    "kernels": ["base"],
    "ops": ["kernels"],
    "generate": ["backends"],
    "models": ["ops", "formats", "generate"],
    "backends": ["base"],
    "backends/native": ["models"],
    "backends/llama": ["backends"],
    "net": ["base"],
    "http": ["base"],
    "hub": ["formats", "net"],
    "tasks": ["tokenize", "backends"],
    "report": ["base"],
    "device": ["base"],
    "serve": ["tasks", "report"],
    "server": ["serve", "http", "device"],
    "evaluate": ["tasks", "hub", "report"],
    "llm": ["net", "backends/llama", "evaluate"],
    "train": ["models", "evaluate"],
    "cli": ["backends/native", "backends/llama", "evaluate", "llm", "server", "train"],
}
SRC = pathlib.Path(__file__).resolve().parent.parent / "src"


def folder_of(path):
    """The folder of the table that a path (relative to src/) is in."""
    parts = pathlib.PurePosixPath(path).parts[:-1]
    for length in range(len(parts), 0, -1):
        if "/".join(parts[:length]) in MAY_INCLUDE:
            return "/".join(parts[:length])
    return None


def visible(folder):
    seen, waiting = set(), [folder]
    while waiting:
        current = waiting.pop()
        if current not in seen:
            seen.add(current)
            waiting += MAY_INCLUDE[current]
    return seen


def faults():
    for path in sorted(SRC.rglob("*")):
        if path.suffix not in (".h", ".cpp", ".inc"):
            continue
        name = path.relative_to(SRC).as_posix()
        folder = folder_of(name)
        if folder is None:
            yield f"src/{name}: its folder is not in the table of tools/check_layers.py"
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            match = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
            if not match:
                continue
            target = folder_of(match[1])
            if target is None:
                yield f'src/{name}:{number}: "{match[1]}" must be named from src/, as "folder/file.h"'
            elif target not in visible(folder):
                yield f"src/{name}:{number}: {folder} may not include {target} ({match[1]})"


def main():
    found = list(faults())
    for fault in found:
        print(fault, file=sys.stderr)
    if found:
        sys.exit(1)
    print("layers: ok")


if __name__ == "__main__":
    main()
