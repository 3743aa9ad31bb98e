#!/usr/bin/env python3
"""Finds the layers that lose most in INT8: each alone stays in FP32, and the outputs are held against the FP32 model's.

    tools/int8_sweep.py MODEL TEXTS [--build build/release] [--top N]

MODEL is a full model directory (of an adapter: `jetson-nlp prepare MODEL --dtype fp32 -o DIR` makes one), TEXTS a file
with a text per line, or JSON lines of {"text", "pair"}. Needs a build with -DJNLP_BENCH=ON. Prints, best first, what
keeping each layer would gain: the error of the logits in dB below their spread, and how many rows change their best label.
What helps goes to --keep-fp32.
"""
import argparse
import json
import math
import pathlib
import subprocess
import tempfile


def token_ids(program, model, texts):
    lines = pathlib.Path(texts).read_text().splitlines()
    as_json = lines and lines[0].lstrip().startswith("{")
    command = [program, "tokenize", "--model", model, "--json", "--max-length", "512", "--truncation", "only_second"]
    if not as_json:
        command[-1] = "longest_first"
    run = subprocess.run(command + (["--jsonl"] if as_json else []), input="\n".join(lines) + "\n", capture_output=True,
                         text=True, check=True)
    return [json.loads(line)["ids"] for line in run.stdout.splitlines()]


def logits(worker, model, workloads, arguments):
    command = [worker, "--model", model, "--workloads", workloads, *arguments]
    run = subprocess.run(command, input="logits texts\nquit\n", capture_output=True, text=True, check=True)
    reply = json.loads(run.stdout.splitlines()[1])
    if "err" in reply:
        raise SystemExit(f"{worker}: {reply['err']}")
    return reply["logits"]


def rows_of(flat, columns):
    return [flat[i:i + columns] for i in range(0, len(flat), columns)]


def compare(expected, actual, columns):
    """(dB, changed rows): the mean squared error below the variance of what was expected."""
    values = [x for text in expected for x in text]
    mean = sum(values) / len(values)
    variance = sum((x - mean) ** 2 for x in values) / len(values)
    error = sum((x - y) ** 2 for a, b in zip(expected, actual) for x, y in zip(a, b)) / len(values)
    changed = 0
    for a, b in zip(expected, actual):
        for row, other in zip(rows_of(a, columns), rows_of(b, columns)):
            changed += row.index(max(row)) != other.index(max(other))
    return 10 * math.log10(variance / error) if error > 0 else math.inf, changed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("texts")
    parser.add_argument("--build", default="build/release", type=pathlib.Path)
    parser.add_argument("--top", default=10, type=int, help="lines to print")
    args = parser.parse_args()
    worker, program = str(args.build / "bench/peer_worker"), str(args.build / "jetson-nlp")
    config = json.loads((pathlib.Path(args.model) / "config.json").read_text())
    layers = config.get("num_hidden_layers") or config["n_layers"]
    columns = len(config.get("id2label") or "ab")
    ids = token_ids(program, args.model, args.texts)
    with tempfile.NamedTemporaryFile("w", suffix=".json") as workloads:
        groups = {"one": [[i] for i in range(len(ids))]}
        json.dump({"workloads": {"texts": {"ids": ids, "groups": groups}}}, workloads)
        workloads.flush()
        expected = logits(worker, args.model, workloads.name, [])

        def measure(keep):
            arguments = ["--dtype", "int8"] + (["--keep-fp32", keep] if keep else [])
            return compare(expected, logits(worker, args.model, workloads.name, arguments), columns)

        base, changed = measure("")
        print(f"{len(ids)} texts, {sum(map(len, ids))} tokens; all layers INT8: {base:.2f} dB, {changed} rows changed")
        found = []
        for layer in range(layers):
            for part in ("attention.query", "attention.output", "ffn.up", "ffn.down"):
                name = f"layers.{layer}.{part}"
                found.append((*measure(name), name))
    for db, changed, name in sorted(found, key=lambda line: -line[0])[:args.top]:
        print(f"{name:<28} {db - base:+6.2f} dB   {changed} rows changed")


if __name__ == "__main__":
    main()
