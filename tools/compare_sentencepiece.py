#!/usr/bin/env python3
"""Compares our reading of SentencePiece and tiktoken files with those libraries, token by token.

    python tools/compare_sentencepiece.py --binary build/release/jetson-nlp --data DIR [--fuzz N] [--models FILE ...]

DIR has folders tokenizers/ and unicode/ (see docs/tokenizers.md); its models are compared, and the FILEs. Compared are
ids and byte offsets (tiktoken: ids). With --classes also what the Hugging Face classes make of DIR's models and of the
small ones in tests/golden: all that compare_tokenizers.py compares, single texts and pairs. Prints one line a model and
the first differences; exit code 1 when there are any.
Needs: pip install sentencepiece==0.2.3 tiktoken==0.14.0 tokenizers==0.22.2 transformers==4.57.1
"""
import argparse
import json
import pathlib
import random
import sys
import tempfile

import sentencepiece
import tiktoken
from tiktoken.load import load_tiktoken_bpe
from tiktoken_ext import openai_public

from compare_tokenizers import corpus_texts, expected_records, first_difference, fuzz_texts, our_records

LLAMA3_WORDS = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
                r"|\s+(?!\S)|\s+")


def sentencepiece_records(path, texts):
    processor = sentencepiece.SentencePieceProcessor(model_file=str(path))
    for text in texts:
        pieces = processor.encode(text, return_type="proto").pieces
        yield {"ids": [p.id for p in pieces], "byte_offsets": [[p.begin, p.end] for p in pieces]}


def cl100k_words():
    real = openai_public.load_tiktoken_bpe
    openai_public.load_tiktoken_bpe = lambda *_, **__: {}  # only the expression is wanted, not the download
    try:
        return openai_public.cl100k_base()["pat_str"]
    finally:
        openai_public.load_tiktoken_bpe = real


def tiktoken_records(path, texts):
    words = LLAMA3_WORDS if path.suffix == ".model" else cl100k_words()
    encoding = tiktoken.Encoding(path.stem, pat_str=words, mergeable_ranks=load_tiktoken_bpe(str(path)), special_tokens={})
    for text in texts:
        yield {"ids": encoding.encode_ordinary(text)}


def spaced_texts(count, seed):
    """Runs of white space, where the expressions differ."""
    rng = random.Random(seed)
    parts = ["a", "1", ".", " ", "  ", "\n", "\r\n", "\t", "\u00a0", "\u3000", "\u0085", "\u2028", "'s", "'ſ", "é"]
    return ["".join(rng.choice(parts) for _ in range(rng.randint(1, 10))) for _ in range(count)]


def class_folders(data, scratch):
    """Model directories without a tokenizer.json."""
    models = {"xlm_roberta": ("laser100k/laser_100k.model", "XLMRobertaTokenizer"), "t5": ("t5-small/spiece.model", "T5Tokenizer"),
              "camembert": ("sentencepiece-test/test_model.model", "CamembertTokenizer")}
    for name, (model, class_name) in models.items():
        folder = scratch / name
        folder.mkdir()
        file = "spiece.model" if name == "t5" else "sentencepiece.bpe.model"
        (folder / file).write_bytes((data / "tokenizers" / model).read_bytes())
        (folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": class_name}))
        yield folder
    golden = pathlib.Path(__file__).resolve().parents[1] / "tests/golden/tokenizers/sentencepiece"
    yield from (path.parent for path in sorted(golden.glob("*/tokenizer_config.json")))


def compare_classes(binary, data, texts):
    from transformers import AutoTokenizer
    failed = False
    mode = {"special": True}
    inputs = [(text, None) for text in texts] + [(text, texts[i // 2][:200]) for i, text in enumerate(texts[:2000])]
    with tempfile.TemporaryDirectory() as scratch:
        for folder in class_folders(data, pathlib.Path(scratch)):
            expected = expected_records(AutoTokenizer.from_pretrained(folder)._tokenizer, inputs, mode)
            ours = our_records(binary, folder, inputs, mode)
            wrong = [i for i, (e, o) in enumerate(zip(expected, ours, strict=True)) if first_difference(e, o)]
            print(f"class of {folder.name}: {len(inputs) - len(wrong)} of {len(inputs)} texts and pairs agree", flush=True)
            for i in wrong[:5]:
                print(f"  {inputs[i]!r:.300}\n    ours {str(ours[i]):.400}")
            failed = failed or bool(wrong)
    return failed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--fuzz", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--classes", action="store_true")
    parser.add_argument("--models", type=pathlib.Path, nargs="*", default=[])
    args = parser.parse_args()
    texts = corpus_texts(args.data) + fuzz_texts(args.fuzz, args.seed) + spaced_texts(args.fuzz, args.seed)
    files = [*sorted(args.data.glob("tokenizers/*/*.model")), *sorted(args.data.glob("tokenizers/*/*.tiktoken")), *args.models]
    failed = args.classes and compare_classes(args.binary, args.data, texts[:12000] + texts[-12000:])
    for path in files:
        is_tiktoken = path.suffix == ".tiktoken" or b"\n" in path.read_bytes()[1:50] and path.read_bytes()[0] != 10
        expected = list((tiktoken_records if is_tiktoken else sentencepiece_records)(path, texts))
        ours = our_records(args.binary, path, [(text, None) for text in texts], {"special": True})
        wrong = [i for i, (e, o) in enumerate(zip(expected, ours, strict=True)) if any(o.get(key) != e[key] for key in e)]
        print(f"{path.parent.name}/{path.name}: {len(texts) - len(wrong)} of {len(texts)} texts agree", flush=True)
        for i in wrong[:5]:
            print(f"  {texts[i]!r:.300}\n    expected {str(expected[i]):.400}\n    ours     {str({k: ours[i].get(k, ours[i]) for k in expected[i]}):.400}")
        failed = failed or bool(wrong)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
