#!/usr/bin/env python3
"""Writes tests/golden/tokenizers/: small tokenizer.json files and what Hugging Face `tokenizers` makes of our texts with them.

One file for each tokenizer of tokenizer_specs.py: `tokenizer`, `encodings` (one or two texts and options to ids, offsets in code
points, word, type and sequence ids and the special tokens mask, each left out when all zero; the windows of a stride; or an error), `decodings` and
`tokens`. regex.json has the matches of expressions. The same bytes on every run.
Needs: tokenizers 0.23.3.  Run: python tools/golden/tokenizers.py
"""
import json
import pathlib
import random
import sys

import tokenizer_specs as specs
from tokenizer_parts import SHORT, TEXTS, probe_model, tokenizer

HERE = pathlib.Path(__file__).resolve().parent
sys.path = [p for p in sys.path if pathlib.Path(p).resolve() != HERE]  # this file has the name of the library
from tokenizers import Regex, Tokenizer, pre_tokenizers  # noqa: E402

OUT = HERE.parents[1] / "tests/golden/tokenizers"
PAIRS = [("hello", "world"), ("the fox says hello", "and the dogs aren't slow!"), ("", "jumping"), ("foxes", ""), ("", ""), (" two  spaces", "中文 é "),
         ("a very long first text with many words in it", "b")]
WINDOWS = [(3, 0), (5, 0), (6, 1), (8, 2), (9, 3), (16, 5)]
STRATEGIES = ["longest_first", "only_first", "only_second"]

EXPRESSIONS = [
    "a", "a|b", "a|ab|abc", "(a|ab)(c|bcd)", "a*", "a+?", "a??b", "a{2}", "a{2,}", "a{,2}b", "a{1,3}?", "a{2}{2}", "a{x", "(?:ab)+", "(ab|a)*b", "(a*)*b", "(a*)+", "(?:a|b)*?c",
    "a*+a", "a++b", "a?+a", "(?>a|ab)c", "(?>a+)b", "[abc]", "[^abc ]+", "[a-c]+", "[a\\-c]+", "[]a]+", "[a-]+", "[-a]+", "[[:alpha:]]+", "[[:digit:]a]+", "[^[:space:]]+", "[a-z&&[^aeiou]]+",
    "[a[bc]d]+", "[\\w&&[^\\d]]+", "\\d+", "\\D+", "\\w+", "\\W+", "[\\w]+", "[\\W]+", "[^\\w]+", "[[:word:]]+", "[[:punct:]]+", "\\p{Punct}+", "\\p{^Punct}+", "\\s+", "\\S+", "\\h+", "\\bb", "\\Ba", "\\b", "^a", "a$", "^", "$", "\\Aa", "a\\z", "a\\Z", "^\\w+$", ".", ".+", "(?m:.+)", "(?m).+a",
    "(?i)AB", "(?i:a)B", "a(?i)B|C", "(?-i:A)", "(?i)stra", "(?i)σ", "(?i)k", "(?i)[à-é]", "(?x) a b # c\n c", "(?#x)a", "(?<n>a)b", "a(?=b)", "a(?!b)", "(?<=a)b", "(?<!a)b", "(?<=a|bc)c", "(?<!a|bc)c", "(?=a*b)a",
    "\\p{L}+", "\\P{L}+", "\\p{^L}+", "\\p{Lu}", "\\p{Ll}+", "\\p{N}+", "\\p{Nd}", "\\p{P}", "\\p{S}+", "\\p{Z}", "\\p{M}", "\\p{Han}+", "\\p{Hiragana}+", "\\p{Greek}", "\\p{Cyrillic}+", "\\p{Letter}", "\\p{Alpha}+",
    "\\x61", "\\x{e9}", "\\u00e9", "\\t", "\\n", "[\\n\\r]+", "\\r?\\n", "\\.", "\\\\", "[\\]]", "\\s+(?!\\S)|\\s+", " ?\\p{L}+| ?\\p{N}+", "'s|'t|'re", "[^\\r\\n\\p{L}\\p{N}]?\\p{L}+", "\\p{N}{1,3}", "(?:\\p{L}\\p{M}*)+", "()", "(|a)b", "a||b",
]
REGEX_TEXTS = ["", "a", "aaab abc", "abcd ab\nbc\n", "a-b]c[a 12.5\\", "AB ab Ab k\u212a", "é É Straße STRASSE ΣΑΣ ς", "日本ひら Привет x½٣", "$+<=>^`|~ ¢£²½×÷«»§¶ €‰∑", "it's  two\t\r\n\r\n lines ", "e\u0301 \u0301 a\u200bb_c 1f", "aaaa{x a{x"]


def flat(encoding):
    fields = dict(ids=encoding.ids, offsets=[n for pair in encoding.offsets for n in pair], words=[-1 if w is None else w for w in encoding.word_ids],
                  types=encoding.type_ids, sequences=[-1 if s is None else s for s in encoding.sequence_ids], special=encoding.special_tokens_mask)
    return {name: values for name, values in fields.items() if any(values)}


def encode(reference, text, pair=None, special=True, cut=None):
    """One case; nothing where the library panics or its arithmetic wraps around, which is no answer."""
    if cut and special and cut[0] < reference.num_special_tokens_to_add(pair is not None):
        return None
    case = dict(text=text) | ({} if pair is None else dict(pair=pair)) | ({} if special else dict(plain=True))
    reference.no_truncation()
    try:
        if cut:
            length, stride, strategy, direction = cut
            case |= dict(max_length=length, stride=stride, strategy=strategy)
            reference.enable_truncation(length, stride=stride, strategy=strategy, direction=direction)
        encoding = reference.encode(text, pair, add_special_tokens=special)
    except Exception:
        return case | dict(error=True)
    except BaseException:
        return None
    case |= dict(tokens=flat(encoding))
    if cut:
        case |= dict(windows=[flat(e) for e in encoding.overflowing])
        if reference.post_processor is None:  # the library forgets of which text the tokens of further windows are
            for window in case["windows"]:
                window.pop("sequences", None)
    return case


def decode(reference, ids, skip):
    try:
        return reference.decode(ids, skip_special_tokens=skip)
    except BaseException:  # a panic of the library (Strip at both ends of one letter) is no answer
        return None


def golden(name, spec, texts, pairs=(), plain=False, cuts=False, decodings=()):
    reference = Tokenizer.from_str(json.dumps(spec))
    reference.no_padding()
    cases = [encode(reference, text) for text in texts] + [encode(reference, *pair) for pair in pairs]
    if plain:
        cases += [encode(reference, text, special=False) for text in texts[:4]] + [encode(reference, *pair, special=False) for pair in pairs]
    if cuts:
        direction = (spec["truncation"] or {"direction": "Right"})["direction"].lower()
        for length, stride in WINDOWS:
            for strategy in STRATEGIES:
                for pair in PAIRS[1:3] + PAIRS[5:]:
                    cases.append(encode(reference, *pair, length != 8, (length, stride, strategy, direction)))
            cases.append(encode(reference, PAIRS[-1][0], cut=(length, stride, "longest_first", direction)))
    cases = [case for case in cases if case]
    lists = list(decodings) or [case["tokens"].get("ids", []) for case in cases if "tokens" in case][:12]
    skips = [True, False] if spec["added_tokens"] else [True]
    decoded = [[ids, skip, text] for ids in lists for skip in skips if (text := decode(reference, ids, skip)) is not None]
    size = reference.get_vocab_size()
    names = {i: t for t, i in reference.get_vocab().items()}
    tokens = [[i, reference.id_to_token(i), names[i]] for i in sorted({0, size - 1, *range(3, size, size // 9 + 1)}) if i in names]
    write(name, dict(tokenizer=spec, max_length=(spec["truncation"] or {}).get("max_length"), vocab_size=size, tokens=tokens, encodings=cases, decodings=decoded))


def write(name, content):
    lines = []
    for key, value in content.items():
        line = lambda v: json.dumps(v, ensure_ascii=False, separators=(",", ":"))
        body = "[\n" + ",\n".join(map(line, value)) + "\n]" if key in ("encodings", "decodings", "cases") else line(value)
        lines.append(f'"{key}":{body}')
    (OUT / f"{name}.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def regex_cases():
    """The matches that are not empty: what a split at them leaves when the rest is removed."""
    for expression in EXPRESSIONS:
        matches = []
        for text in REGEX_TEXTS:
            parts = pre_tokenizers.Split(Regex(expression), "removed", invert=True).pre_tokenize_str(text)
            matches.append([n for _, span in parts for n in span])
        yield [expression, matches]


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    for old in OUT.glob("*.json"):
        old.unlink()
    rng = random.Random(5)
    for name, normalizer in specs.normalizers():
        golden(f"normalizer_{name}", tokenizer(probe_model(), normalizer), TEXTS)
    for name, pre_tokenizer, everything in specs.pre_tokenizers():
        golden(f"pre_tokenizer_{name}", tokenizer(probe_model(), pre_tokenizer=pre_tokenizer), TEXTS if everything else SHORT)
    for name, spec in specs.models():
        golden(f"model_{name}", spec, TEXTS, PAIRS[:3])
    for name, spec in specs.post_processors():
        cut = name.startswith("cut") or "roberta_true_true" in name or "odd" in name
        golden(f"post_processor_{name}", spec, TEXTS[:6] + TEXTS[23:25] + TEXTS[9:10], PAIRS, plain=True, cuts=cut)
    for name, model, decoder in specs.decoders():
        size = len(model["vocab"])
        lists = [[], [0]] + [[rng.randrange(size + (rng.random() < 0.1)) for _ in range(rng.randint(1, 12))] for _ in range(25)]
        golden(f"decoder_{name}", tokenizer(model, decoder=decoder), [], decodings=lists)
    for name, spec in specs.added_token_sets():
        golden(f"added_tokens_{name}", spec, specs.ADDED_TEXTS)
    write("regex", dict(texts=REGEX_TEXTS, cases=list(regex_cases())))


if __name__ == "__main__":
    main()
