#!/usr/bin/env python3
"""Speed of our tokenizer and of Hugging Face `tokenizers`, one thread each, in turns on the same text.

    cmake --preset release -DJNLP_BENCH=ON && cmake --build build/release --target tokenizer_bench
    python bench/compare_tokenizer_speed.py --binary build/release/bench/tokenizer_bench --tokenizer tokenizer.json TEXT ...

TEXT is plain text, one text a line, or JSON lines, SQuAD JSON or tab-separated rows, each also as .gz: their texts are taken out.
The library makes full encodings (encode) and, without offsets, ids (encode_batch_fast); ours always makes full encodings.
Prints MB per second of processor time and the ratios of each round, so that a shared core falsifies nothing. Needs: pip install tokenizers==0.23.3
"""
import argparse
import gzip
import json
import os
import pathlib
import statistics
import subprocess
import tempfile
import time

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["RAYON_NUM_THREADS"] = "1"


def read_lines(path):
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8")
    name = path.name.removesuffix(".gz")
    if name.endswith(".jsonl"):
        texts = [json.loads(line)["text"] for line in text.split("\n") if line]
    elif name.endswith(".json"):
        texts = [p["context"] for article in json.loads(text)["data"] for p in article["paragraphs"]]
    elif name.endswith(".tsv"):
        texts = [line.split("\t")[0] for line in text.split("\n")[1:]]
    else:
        texts = text.split("\n")
    return [line for t in texts for line in t.split("\n") if line.strip()]


def timed(function, seconds):
    """Median time of a pass, in seconds of the processor: what else runs on the core does not count."""
    times = []
    while sum(times) < seconds or len(times) < 2:
        start = time.process_time()
        function()
        times.append(time.process_time() - start)
    return statistics.median(times)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts", type=pathlib.Path, nargs="+")
    parser.add_argument("--binary", required=True)
    parser.add_argument("--tokenizer", required=True, help="a tokenizer.json")
    parser.add_argument("--bytes", type=int, default=1_000_000, help="of each file so much is used")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.0, help="for each measurement of a round")
    parser.add_argument("--json", type=pathlib.Path, help="write the figures to this file")
    args = parser.parse_args()
    import tokenizers

    reference = tokenizers.Tokenizer.from_file(args.tokenizer)
    reference.no_truncation()
    reference.no_padding()
    results = []
    for path in args.texts:
        lines, size = [], 0
        for line in read_lines(path):
            if size >= args.bytes:
                break
            lines.append(line)
            size += len(line.encode())
        results.append(dict(text=path.name, **compare(args, reference, lines, size)))
    if args.json:
        args.json.write_text(json.dumps(dict(tokenizers=tokenizers.__version__, results=results), indent=1))


def compare(args, reference, lines, size):
    whole = "\n".join(lines) + "\n"
    with tempfile.NamedTemporaryFile(suffix=".txt") as file:
        file.write(whole.encode())
        file.flush()
        rounds = []
        for _ in range(args.rounds):
            run = subprocess.run([args.binary, args.tokenizer, file.name, "--json", "--seconds", str(args.seconds)], capture_output=True, check=True)
            ours = json.loads(run.stdout)
            rate = lambda function, count: count / timed(function, args.seconds) / 1e6
            rounds.append({
                "ours, lines": ours["lines"]["mb_per_s"], "ours, whole text": ours["whole"]["mb_per_s"],
                "encode, lines": rate(lambda: [reference.encode(line) for line in lines], size),
                "encode_batch_fast, lines": rate(lambda: reference.encode_batch_fast(lines), size),
                "encode, whole text": rate(lambda: reference.encode(whole), len(whole.encode()))})
    tokens = sum(len(reference.encode(line).ids) for line in lines)
    assert ours["lines"]["tokens"] == tokens, "the numbers of tokens differ"
    print(f"{size} bytes in {len(lines)} lines, {tokens} tokens, {args.rounds} rounds")
    for name in rounds[0]:
        values = [r[name] for r in rounds]
        print(f"  {name:<26}{statistics.median(values):8.2f} MB/s  [{min(values):.2f}-{max(values):.2f}]")
    ratios = {}
    for ours_name, name in [("ours, lines", "encode, lines"), ("ours, lines", "encode_batch_fast, lines"), ("ours, whole text", "encode, whole text")]:
        values = ratios[name] = [r[ours_name] / r[name] for r in rounds]
        print(f"  ratio to {name:<26}{statistics.median(values):6.2f}       [{min(values):.2f}-{max(values):.2f}]", flush=True)
    return dict(bytes=size, tokens=tokens, rounds=rounds, ratios=ratios)


if __name__ == "__main__":
    main()
