#!/usr/bin/env python3
"""Prints JSON lines for `jetson-nlp calibrate`: a sample of training data, the same for the same seed.

    tools/calibration_texts.py --count 256 train-44articles.json.gz > qa.jsonl
    tools/calibration_texts.py --count 192 train.tsv.gz > sentiment.jsonl

Reads SQuAD's JSON, CoNLL columns (*.txt), TSV with a header and the text first, and JSON lines with "text"; all may be
packed (.gz).
"""
import argparse
import gzip
import json
import pathlib
import random


def read(path):
    raw = pathlib.Path(path).read_bytes()
    return (gzip.decompress(raw) if path.endswith(".gz") else raw).decode()


def conll_sentences(text):
    words = []
    for line in text.splitlines() + [""]:
        columns = line.split()
        if columns and columns[0] != "-DOCSTART-":
            words.append(columns[0])
        elif words:
            yield {"text": " ".join(words)}
            words = []


def records(path):
    text, kind = read(path), pathlib.Path(path.removesuffix(".gz")).suffix
    if kind == ".json":
        return [{"question": question["question"], "context": paragraph["context"]}
                for article in json.loads(text)["data"] for paragraph in article["paragraphs"]
                for question in paragraph["qas"]]
    if kind == ".txt":
        return list(conll_sentences(text))
    if kind == ".tsv":
        return [{"text": line.split("\t")[0]} for line in text.strip("\n").split("\n")[1:]]
    if kind == ".jsonl":
        return [{"text": json.loads(line)["text"]} for line in text.strip("\n").split("\n")]
    raise SystemExit(f"{path}: not a .json, .txt, .tsv or .jsonl file")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("--count", type=int, default=256)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    found = records(arguments.file)
    for record in random.Random(arguments.seed).sample(found, min(arguments.count, len(found))):
        print(json.dumps(record))


if __name__ == "__main__":
    main()
