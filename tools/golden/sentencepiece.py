#!/usr/bin/env python3
"""Small SentencePiece models and the tokens that their reference implementations make with them.

    python tools/golden/sentencepiece.py [OUTPUT]        default: tests/golden/tokenizers/sentencepiece

Trains models of each kind on the text below (no other text goes in) and writes NAME.model beside NAME.jsonl, whose
lines hold a text, the ids and offsets (bytes) of SentencePiece, and the decoded text. Folders hold a model with the
tokenizer_config.json of a Hugging Face class; their expected values come from transformers. The same run gives the same
bytes. Needs: pip install sentencepiece==0.2.3 protobuf transformers==4.57.1
"""
import io
import json
import pathlib
import random
import sys
import tempfile

sys.path = [p for p in sys.path if pathlib.Path(p).resolve() != pathlib.Path(__file__).resolve().parent]  # this file has the package's name
import sentencepiece
from sentencepiece import sentencepiece_model_pb2

SENTENCES = """
The river runs past the old mill, and nobody knows how deep it is.
She counted 12 boats, 345 gulls and one very small dog.
Is it raining in the mountains? The weather report said: perhaps.
We walk to the market every morning; the bread is warm at 7:30.
Don't forget the keys, the letters and the blue umbrella!
A teacher wrote three questions on the board: who, where and why.
The train to the coast leaves at noon and arrives before the rain.
My grandmother's garden has apples, pears, plums and a single fig tree.
Der Zug nach Köln fährt früh, und die Straßen sind noch naß.
Wir zählen die Sterne über dem Dorf: fünf, sechs, sieben.
Où est la bibliothèque? Près de la rivière, à côté du café.
L'été dernier, les élèves ont planté des arbres.
El niño comió una manzana y después cantó una canción.
Река течёт мимо старой мельницы, и никто не знает её глубины.
Мы считаем звёзды над деревней каждую ночь.
Ο ποταμός κυλά δίπλα στον παλιό μύλο.
川は古い水車のそばを流れています。
毎朝、市場まで歩いてパンを買います。
老师在黑板上写了三个问题。
강은 오래된 방앗간을 지나 흐릅니다.
नदी पुरानी चक्की के पास से बहती है।
""".strip().split("\n") * 3

# Custom rules keep the models small: the whole table of NFKC takes 240 kB. There are longer and shorter rules with a
# common begin, deletions, replacements by spaces and by several characters.
RULES = [("Ａ", "A"), ("Ｂ", "B"), ("ﬁ", "fi"), ("ﬃ", "ffi"), ("①", "1"), ("½", "1/2"), ("\u3000", " "), ("\u00a0", " "), ("\t", " "),
         ("\u200b", " "), ("\u00ad", ""), ("\u0301", ""), ("e\u0301", "é"), ("e\u0301\u0323", "ẹ"), ("a\u0308", "ä"), ("が", "ガ"),
         ("か\u3099", "ガ"), ("㍿", "株式会社"), ("…", "..."), ("ſ", "s"), ("\u2003", "  "), ("™", " TM ")]

PARTS = ["the river", "The", " ", "  ", "   ", "\t", "\n", "\u00a0", "\u3000", "\u2003", "\u200b", "▁", "▁▁", "ﬁ", "ﬃ", "①", "½", "…", "™", "\u00ad",
         "e\u0301", "e\u0301\u0323", "\u0301", "a\u0308", "か\u3099", "が", "㍿", "Ａ", "Ｂ", "Straßen", "élèves", "река", "川は", "老师", "강은", "नदी",
         "ไทย", "עברית", "😀", "👨‍👩‍👧", "\x00", "\x01", "\x7f", "\ufffd", "\U0010ffff", "12", "345", "7:30", "don't", "?", "!", ".", "zzz", "QXW",
         "<s>", "</s>", "<unk>", "<pad>", "<mask>", "[CLS]", "[SEP]", "[MASK]", "<extra_id_0>", "<extra_id_7>", "<ctl>", "<sym>", "<symbol>", "<0x41>",
         "<0x0A>", "``", "''", "1,", "12,", "ÀÉ", "é"]


def texts():
    rng = random.Random(20)
    lines = sorted(set(SENTENCES), key=SENTENCES.index)
    lines += ["", " ", "   ", "▁", " ▁ ", "a", " a", "a ", "  a  b  ", "\u3000a\u3000", "a<sym>b", "<sym> <symbol><sym>", "the <ctl> river",
              "x" * 60, "ab" * 30, "the" * 20, "\u00ad", "\u00ad \u00ad", "Ｂ\u200b\u200bＡ", "漢字" * 20, "\n\n\n", "a\n b\n\n c"]
    for _ in range(50):
        lines.append("".join(rng.choice(PARTS) for _ in range(rng.randint(1, 9))))
    return lines


def train(rules=False, **options):
    model = io.BytesIO()
    with tempfile.NamedTemporaryFile("w", suffix=".tsv") as file:
        if rules:
            file.writelines(" ".join(f"{ord(c):X}" for c in a) + "\t" + " ".join(f"{ord(c):X}" for c in b) + "\n" for a, b in RULES)
            file.flush()
            options["normalization_rule_tsv"] = file.name
        else:
            options["normalization_rule_name"] = "identity"
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(SENTENCES), model_writer=model, num_threads=1, shuffle_input_sentence=False,
            **{"character_coverage": 0.98, "minloglevel": 2, **options})
    proto = sentencepiece_model_pb2.ModelProto.FromString(model.getvalue())
    proto.normalizer_spec.ClearField("normalization_rule_tsv")  # the name of a temporary file
    return proto


BYTE_BPE = dict(model_type="bpe", vocab_size=480, byte_fallback=True, remove_extra_whitespaces=False, split_digits=True,
                allow_whitespace_only_pieces=True)


def models():
    yield "unigram_rules", train(model_type="unigram", vocab_size=220, rules=True)
    yield "unigram_bytes", train(model_type="unigram", vocab_size=460, byte_fallback=True, user_defined_symbols=["<sym>", "<symbol>", "mill"],
                                 control_symbols=["<ctl>"])
    suffix = train(model_type="unigram", vocab_size=200, rules=True, treat_whitespace_as_suffix=True, user_defined_symbols=["<sym>", "é"])
    yield "unigram_suffix", suffix
    yield "unigram_spaces", train(model_type="unigram", vocab_size=220, rules=True, remove_extra_whitespaces=False, add_dummy_prefix=False,
                                  split_by_whitespace=False)
    yield "bpe_rules", train(model_type="bpe", vocab_size=240, rules=True, user_defined_symbols=["<sym>", "<symbol>", "ri"],
                             control_symbols=["<ctl>"])
    yield "bpe_bytes", train(**BYTE_BPE)
    unused = train(model_type="bpe", vocab_size=240)
    for piece in [p for p in unused.pieces if p.type == 1][3::5]:
        piece.type = sentencepiece_model_pb2.ModelProto.SentencePiece.UNUSED
    yield "bpe_unused", unused
    flat = train(model_type="unigram", vocab_size=220)
    for i, piece in enumerate(p for p in flat.pieces if p.type == 1):
        piece.score = -float(i % 3)  # ties everywhere
        if i % 11 == 10:
            piece.type = sentencepiece_model_pb2.ModelProto.SentencePiece.UNUSED
    yield "unigram_ties", flat
    no_escape = train(model_type="unigram", vocab_size=200, rules=True)
    no_escape.normalizer_spec.escape_whitespaces = False
    yield "unigram_no_escape", no_escape
    yield "char", train(model_type="char", vocab_size=120, rules=True, user_defined_symbols=["<sym>", "the"], character_coverage=1.0)
    yield "word", train(model_type="word", vocab_size=120, rules=True, hard_vocab_limit=False)


CLASSES = {
    "t5": ("T5Tokenizer", "spiece.model", dict(pad_id=0, eos_id=1, unk_id=2, bos_id=-1)),
    "xlm_roberta": ("XLMRobertaTokenizer", "sentencepiece.bpe.model", {}),
    "camembert": ("CamembertTokenizer", "sentencepiece.bpe.model", {}),
    "albert": ("AlbertTokenizer", "spiece.model", dict(pad_id=0, unk_id=1, bos_id=-1, eos_id=-1,
                                                        control_symbols=["[CLS]", "[SEP]", "[MASK]"], user_defined_symbols=["12,"])),
    "deberta_v2": ("DebertaV2Tokenizer", "spm.model", dict(pad_id=0, bos_id=1, eos_id=2, unk_id=3, pad_piece="[PAD]", bos_piece="[CLS]",
                                                            eos_piece="[SEP]", unk_piece="[UNK]", user_defined_symbols=["<sym>"])),
    "llama": ("LlamaTokenizer", "tokenizer.model", BYTE_BPE),
    "llama_new": ("LlamaTokenizer", "tokenizer.model", BYTE_BPE),
}
CONFIGS = {"t5": {"extra_ids": 10}, "llama_new": {"legacy": False, "add_eos_token": True}, "deberta_v2": {"split_by_punct": True}}


def write_class(folder, name):
    """A directory as the hub has them without a tokenizer.json, and what transformers makes of it."""
    from transformers import AutoTokenizer
    class_name, file, options = CLASSES[name]
    folder.mkdir(exist_ok=True)
    options = {"model_type": "unigram", "vocab_size": 220, "rules": "byte_fallback" not in options, **options}
    (folder / file).write_bytes(train(**options).SerializeToString(deterministic=True))
    config = {"tokenizer_class": class_name, **CONFIGS.get(name, {})}
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=1) + "\n")
    tokenizer = AutoTokenizer.from_pretrained(folder)
    records = []
    for text, pair in zip(texts(), texts()[7:] + texts()[:7]):
        single, double = tokenizer._tokenizer.encode(text), tokenizer._tokenizer.encode(text, pair)
        records.append({"text": text, "ids": single.ids, "offsets": single.offsets, "words": single.word_ids,
                        "pair": pair, "pair_ids": double.ids, "pair_types": double.type_ids, "decoded": tokenizer._tokenizer.decode(single.ids)})
    write_lines(folder / "expected.jsonl", records)


def expected(model):
    processor = sentencepiece.SentencePieceProcessor(model_proto=model)
    for text in texts():
        result = processor.encode(text, return_type="proto")
        ids = [piece.id for piece in result.pieces]
        assert ids == processor.encode(text), text
        yield {"text": text, "ids": ids, "byte_offsets": [[piece.begin, piece.end] for piece in result.pieces],
               "decoded": processor.decode(ids)}


def write_lines(path, records):
    path.write_text("".join(json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n" for record in records), encoding="utf-8")


def main():
    output = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "tests/golden/tokenizers/sentencepiece")
    output.mkdir(parents=True, exist_ok=True)
    for name, proto in models():
        data = proto.SerializeToString(deterministic=True)
        (output / f"{name}.model").write_bytes(data)
        write_lines(output / f"{name}.jsonl", expected(data))
        print(f"{name}: {len(proto.pieces)} pieces, {len(data)} bytes")
    for name in CLASSES:
        write_class(output / name, name)


if __name__ == "__main__":
    main()
