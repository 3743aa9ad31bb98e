#!/usr/bin/env python3
"""Compares our tokenizers with Hugging Face `tokenizers`, token by token.

    python tools/compare_tokenizers.py --binary build/release/jetson-nlp --data DIR [--fuzz N] [--only NAME ...]

DIR has folders tokenizers/ and unicode/ (see docs/tokenizers.md). Compared are ids, offsets in code points, type ids,
word ids, sequence ids, the special tokens mask and the decoded text: single texts with and without special tokens,
pairs, truncation, and windows with a stride. Inputs on which the library panics (a window of one text of a pair that is
not longer than the stride) have no expected value; they are counted. Sequence ids of further windows are not compared
where the file has no post-processor, since the library does not set them then. Prints one line a tokenizer and the first
differences; exit code 1 when there are any. Needs: pip install tokenizers==0.23.3
"""
import argparse
import contextlib
import gzip
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

os.environ["RUST_BACKTRACE"] = "0"  # a panic would look up symbols for seconds
from tokenizers import BertWordPieceTokenizer, Tokenizer  # noqa: E402

FIELDS = ["ids", "offsets", "type_ids", "word_ids", "sequence_ids", "special_tokens_mask", "decoded"]
FUZZ_PARTS = ["the", "Hello", "WORLD", "naïve", "e\u0301", "\u0301", "\u0344\u0316", "ﬁ", "ſ", "İ", "ß", "Å", "\u1e9b\u0323", " ", "  ",
              "\t", "\n", "\r\n", "\u00a0", "\u3000", "\u200b", "\u200d", "\ufeff", "\ufffd", "\x00", "\x01", "\x7f", "\x85",
              "中文", "日本語", "カ゛", "한국어", "\u1100\u1161\u11a8", "각", "हिन्दी", "क्षि", "ไทย", "العربية", "עברית", "Привет", "Ελλάς",
              "😀", "👨‍👩‍👧", "🇩🇪", "❤️", "1234567", "3.14", "½", "Ⅳ", "²", "٣", "'s", "'S", "'ſ", "don't", "I'LL", "...", "!?", "—", "$", "€", "_",
              "[CLS]", "[SEP]", "[MASK]", " <mask> ", "<s>", "</s>", "<unk>", "<|endoftext|>", "<extra_id_0>", "▁", "▁▁", "Ġ",
              "##ing", "http://a.b/c?d=e", "a_b-c", "x" * 101, "ab" * 30, "\u0600", "\u0903", "©\u200d©", "\U0001d400", "\U0010ffff", "\u0378", "\ue000"]


def fuzz_texts(count, seed):
    rng = random.Random(seed)
    texts = []
    for _ in range(count):
        parts = []
        for _ in range(rng.randint(1, 12)):
            kind = rng.random()
            if kind < 0.7:
                parts.append(rng.choice(FUZZ_PARTS))
            elif kind < 0.85:
                parts.append("".join(chr(rng.randint(0x20, 0x7E)) for _ in range(rng.randint(1, 8))))
            else:
                c = rng.choice([rng.randint(0, 0x2FF), rng.randint(0x300, 0xD7FF), rng.randint(0xE000, 0x10FFFF)])
                parts.append(chr(c))
        texts.append("".join(parts))
    return texts


def corpus_texts(data):
    texts = [json.loads(line)["text"] for line in gzip.open(data / "tokenizers/golden/texts.jsonl.gz")]
    unicode = data / "unicode"
    files = [unicode / "blns.txt", *sorted(unicode.glob("lipsum/*.txt")), *sorted(unicode.glob("wikipedia_mars/*.txt"))]
    for path in files:
        texts.extend(line for line in path.read_text(encoding="utf-8").split("\n") if line)
    for path in [*unicode.glob("*.txt.gz"), *unicode.glob("ucd15/emoji-test.txt.gz")]:
        text = gzip.open(path).read().decode("utf-8")
        texts.extend(text[i:i + 500] for i in range(0, len(text), 500))
    for line in gzip.open(unicode / "ucd15/NormalizationTest.txt.gz", "rt", encoding="utf-8"):
        if line[0] not in "#@":
            columns = line.split(";")[:3]
            texts.append(" ".join("".join(chr(int(c, 16)) for c in column.split()) for column in columns))
    for name in ["GraphemeBreakTest", "WordBreakTest"]:
        for line in gzip.open(unicode / f"ucd15/{name}.txt.gz", "rt", encoding="utf-8"):
            codes = [int(c, 16) for c in line.split("#")[0].replace("÷", " ").replace("×", " ").split()]
            if codes and not any(0xD800 <= c <= 0xDFFF for c in codes):
                texts.append("".join(map(chr, codes)))
    points = [c for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF and (c < 0x32000 or c % 16 == 0 or c >= 0xE0000 and c < 0xE0200)]
    texts.extend("a".join(chr(c) for c in points[i:i + 150]) for i in range(0, len(points), 150))
    return texts


@contextlib.contextmanager
def quiet():
    """The library's panics write to the error output themselves."""
    kept, nothing = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nothing)


def reference_tokenizers(data, scratch):
    """Name, our file or folder, and the library's tokenizer."""
    base = data / "tokenizers"
    for path in sorted(base.glob("*/tokenizer.json")):
        yield path.parent.name, path, Tokenizer.from_file(str(path))
    packed = base / "qwen2/tokenizer.json.gz"
    if packed.exists():
        path = scratch / "tokenizer.json"
        path.write_bytes(gzip.open(packed).read())
        qwen2 = Tokenizer.from_file(str(path))
        yield "qwen2", path, qwen2
        yield "qwen2 (vocab.json)", base / "qwen2/vocab.json", qwen2
    for name in ["gpt2", "roberta-base"]:
        yield f"{name} (vocab.json)", base / name / "vocab.json", Tokenizer.from_file(str(base / name / "tokenizer.json"))
    for path in sorted(base.glob("*/vocab.txt")):
        # Google's own code lower-cases for the Chinese model, whose vocabulary has no capital letters.
        lower = "uncased" in path.parent.name or "chinese" in path.parent.name
        tokenizer = BertWordPieceTokenizer(str(path), lowercase=lower)
        yield f"{path.parent.name} (vocab.txt)", path, tokenizer._tokenizer


def as_record(encoding):
    return {"ids": encoding.ids, "offsets": [list(o) for o in encoding.offsets], "type_ids": encoding.type_ids,
            "word_ids": encoding.word_ids, "sequence_ids": encoding.sequence_ids,
            "special_tokens_mask": encoding.special_tokens_mask}


def expected_records(tokenizer, inputs, mode):
    tokenizer.no_padding()
    tokenizer.no_truncation()
    if mode.get("max_length"):
        tokenizer.enable_truncation(mode["max_length"], stride=mode.get("stride", 0), strategy=mode["strategy"])
    for text, pair in inputs:
        try:
            encoding = tokenizer.encode(text, pair, add_special_tokens=mode["special"])
        except Exception as error:
            yield {"error": str(error)[:80]}
            continue
        except BaseException as error:  # a panic of the library is no ordinary exception
            if isinstance(error, KeyboardInterrupt):
                raise
            yield {"panic": str(error)[:80]}
            continue
        record = as_record(encoding)
        record["decoded"] = tokenizer.decode(encoding.ids)
        if "stride" in mode:
            record["overflowing"] = [as_record(e) for e in encoding.overflowing]
            if tokenizer.post_processor is None:
                for window in record["overflowing"]:
                    del window["sequence_ids"]
        yield record


def our_records(binary, path, inputs, mode):
    command = [binary, "tokenize", "-t", str(path), "--json", "--jsonl", "--keep-going", "--decode"]
    if not mode["special"]:
        command.append("--no-special-tokens")
    if mode.get("max_length"):
        command += ["--max-length", str(mode["max_length"]), "--truncation", mode["strategy"]]
    if "stride" in mode:
        command += ["--stride", str(mode["stride"])]
    lines = "".join(json.dumps({"text": t, "pair": p} if p is not None else {"text": t}) + "\n" for t, p in inputs)
    run = subprocess.run(command, input=lines.encode(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if run.returncode != 0:
        raise SystemExit(f"{' '.join(command)}: {run.stderr.decode()}")
    return [json.loads(line) for line in run.stdout.decode("utf-8").split("\n") if line]


def first_difference(expected, ours):
    if "panic" in expected:
        return None
    if "error" in expected or "error" in ours:
        return None if ("error" in expected) == ("error" in ours) else "error"
    for field in FIELDS:
        if field in expected and expected[field] != ours[field]:
            return field
    if "overflowing" in expected:
        if len(expected["overflowing"]) != len(ours["overflowing"]):
            return "number of windows"
        for e, o in zip(expected["overflowing"], ours["overflowing"]):
            difference = first_difference(e, o)
            if difference:
                return "window: " + difference
    return None


def modes(texts, rng):
    singles = [(t, None) for t in texts]
    pairs = [(t, rng.choice(texts)[:300]) for t in rng.sample(texts, min(len(texts), 3000))]
    yield "single", singles, dict(special=True)
    yield "plain", rng.sample(singles, min(len(singles), 3000)), dict(special=False)
    yield "pair", pairs, dict(special=True)
    yield "plain pair", pairs[:1000], dict(special=False)
    yield "truncated", rng.sample(singles, min(len(singles), 3000)), dict(special=True, max_length=16, strategy="longest_first")
    yield "truncated pair", pairs, dict(special=True, max_length=17, strategy="longest_first")
    yield "windows", rng.sample(singles, min(len(singles), 3000)), dict(special=True, max_length=20, stride=5,
                                                                       strategy="longest_first")
    short = [(t[:20], p) for t, p in pairs]
    yield "pair windows", short, dict(special=True, max_length=40, stride=7, strategy="only_second")
    yield "pair windows, plain", short[:1000], dict(special=False, max_length=40, stride=7, strategy="only_first")
    yield "pair windows, both", short[:500], dict(special=True, max_length=24, stride=3, strategy="longest_first")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--fuzz", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="*")
    parser.add_argument("--no-corpora", action="store_true")
    parser.add_argument("--most", type=int, help="of all texts take so many at random")
    args = parser.parse_args()
    rng = random.Random(args.seed)
    texts = fuzz_texts(args.fuzz, args.seed)
    if not args.no_corpora:
        texts = corpus_texts(args.data) + texts
    if args.most:
        texts = rng.sample(texts, min(args.most, len(texts)))
    failed = False
    with tempfile.TemporaryDirectory() as scratch:
        for name, path, tokenizer in reference_tokenizers(args.data, pathlib.Path(scratch)):
            if args.only and name not in args.only:
                continue
            summary = []
            for label, inputs, mode in modes(texts, rng):
                with quiet():
                    expected = list(expected_records(tokenizer, inputs, mode))
                panics = sum("panic" in e for e in expected)
                ours = our_records(args.binary, path, inputs, mode)
                assert len(ours) == len(expected), (len(ours), len(expected))
                wrong = [(i, d) for i, (e, o) in enumerate(zip(expected, ours)) if (d := first_difference(e, o))]
                total = len(inputs) - panics
                summary.append(f"{label} {total - len(wrong)}/{total}" + (f" ({panics} panics)" if panics else ""))
                for i, field in wrong[:3]:
                    print(f"  {name}, {label}, {field}: {inputs[i]!r:.300}\n    expected {str(expected[i].get(field, expected[i])):.300}\n"
                          f"    ours     {str(ours[i].get(field, ours[i])):.300}")
                failed = failed or bool(wrong)
            print(f"{name}: " + ", ".join(summary), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
