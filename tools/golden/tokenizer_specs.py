"""The small tokenizers of tools/golden/tokenizers.py: each component and option of tokenizer.json at least once."""
from tokenizer_parts import (BYTES, ENGLISH, SHORT, SPECIALS, TEXTS, added, bpe, byte_level_bpe, byte_letters, charsmap, numbered, probe_model,
                             special_tokens, tokenizer, train_bpe, unigram, word_level, wordpiece, wordpiece_tokens)

BEHAVIORS = ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"]
CHARSMAP = charsmap({"ﬁ": "fi", "\u3000": " ", "\t": " ", "é": "e\u0301", "e\u0301": "é", "½": "1/2", "①": "1", "\u200b": "", "カ": "ka", "🇩": "D",
                     "㎏": "kg", "ﷺ": "صلى", "Ａ": "A", "ＡＢ": "ab", "ij": "ĳ", "\u1100": "ᄁ"})


def sequence(kind, *parts):
    return dict(type="Sequence") | {kind: list(parts)}


def bert_normalizer(clean, chinese, accents, lower):
    return dict(type="BertNormalizer", clean_text=clean, handle_chinese_chars=chinese, strip_accents=accents, lowercase=lower)


def replace(content, **pattern):
    return dict(type="Replace", pattern=pattern, content=content)


def byte_level(prefix=False, trim=True, regex=True):
    return dict(type="ByteLevel", add_prefix_space=prefix, trim_offsets=trim, use_regex=regex)


def metaspace(scheme="always", split=True, replacement="▁"):
    return dict(type="Metaspace", replacement=replacement, prepend_scheme=scheme, split=split)


def split(behavior, invert=False, **pattern):
    return dict(type="Split", pattern=pattern, behavior=behavior, invert=invert)


def normalizers():
    for name in ["NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents", "Nmt", "ByteLevel"]:
        yield name.lower(), dict(type=name)
    yield "bert", bert_normalizer(True, True, None, True)
    yield "bert_unclean", bert_normalizer(False, True, True, False)
    yield "bert_cased", bert_normalizer(True, False, None, False)
    yield "bert_accents_kept", bert_normalizer(True, True, False, True)
    yield "strip_both", dict(type="Strip", strip_left=True, strip_right=True)
    yield "strip_left", dict(type="Strip", strip_left=True, strip_right=False)
    yield "replace_text", replace("éx", String="a")
    yield "replace_regex", replace("", Regex="[aeiou]+|\\s{2,}")
    yield "prepend", dict(type="Prepend", prepend="▁é")
    yield "precompiled", dict(type="Precompiled", precompiled_charsmap=CHARSMAP)
    yield "sequence", sequence("normalizers", dict(type="NFKD"), dict(type="StripAccents"), dict(type="Lowercase"),
                               dict(type="Strip", strip_left=False, strip_right=True), replace("▁", String=" "), dict(type="Prepend", prepend="_"))
    yield "t5", sequence("normalizers", dict(type="Precompiled", precompiled_charsmap=CHARSMAP), dict(type="NFC"), replace(" ", Regex=" {2,}"))
    yield "prepend_first", sequence("normalizers", dict(type="Prepend", prepend="__"), dict(type="NFD"), dict(type="Lowercase"), replace(" ", String="__"))


def pre_tokenizers():
    """Name, pre-tokenizer, and whether all texts are wanted."""
    for name in ["BertPreTokenizer", "Whitespace", "WhitespaceSplit", "UnicodeScripts"]:
        yield name.lower(), dict(type=name), True
    for prefix, regex in [(True, True), (False, True), (True, False)]:
        yield f"bytelevel_{prefix}_{regex}".lower(), byte_level(prefix, True, regex), prefix and regex
    for scheme in ["always", "first", "never"]:
        yield f"metaspace_{scheme}", metaspace(scheme), scheme == "first"
    yield "metaspace_unsplit", metaspace("always", False, "_"), False
    yield "metaspace_after_split", sequence("pretokenizers", dict(type="WhitespaceSplit"), metaspace("first")), False
    for behavior in BEHAVIORS:
        yield f"split_text_{behavior.lower()}", split(behavior, String="a"), False
        yield f"split_regex_{behavior.lower()}", split(behavior, Regex="\\d+|\\s|\\p{Han}"), False
        yield f"punctuation_{behavior.lower()}", dict(type="Punctuation", behavior=behavior), False
    yield "split_inverted_removed", split("Removed", True, Regex="\\w+"), False
    yield "split_inverted_merged", split("MergedWithPrevious", True, Regex="[ab]+"), False
    yield "split_empty_matches", split("Isolated", Regex="b*|(?=c)"), False
    for individual in [True, False]:
        yield f"digits_{individual}".lower(), dict(type="Digits", individual_digits=individual), False
    yield "char_delimiter", dict(type="CharDelimiterSplit", delimiter="a"), False
    yield "fixed_length", dict(type="FixedLength", length=3), False
    yield "sequence", sequence("pretokenizers", dict(type="Whitespace"), dict(type="Digits", individual_digits=True),
                               split("Isolated", Regex="(?i:'s|'t)|\\p{Lu}?\\p{Ll}+")), True


def bert_parts(**model):
    """WordPiece with all that comes with BERT."""
    model = wordpiece(**model)
    vocab = model["vocab"]
    return dict(model=model, normalizer=bert_normalizer(True, True, None, True), pre_tokenizer=dict(type="BertPreTokenizer"),
                decoder=dict(type="WordPiece", prefix=model["continuing_subword_prefix"], cleanup=True), added_tokens=special_tokens(SPECIALS, vocab))


def models():
    yield "wordpiece", tokenizer(**bert_parts())
    yield "wordpiece_short_words", tokenizer(**bert_parts(prefix="@@", longest=7))
    yield "wordpiece_no_unknown", tokenizer(wordpiece(tokens=[t for t in wordpiece_tokens() if t != "[UNK]"]), pre_tokenizer=dict(type="BertPreTokenizer"))
    vocab, merges = train_bpe(ENGLISH, 60)
    words = dict(pre_tokenizer=dict(type="Whitespace"))
    fuse = dict(type="Fuse")
    for name, options in [("bpe", dict(unk_token="<unk>")), ("bpe_fused_unknown", dict(unk_token="<unk>", fuse_unk=True)), ("bpe_drops_unknown", {}),
                          ("bpe_ignores_merges", dict(unk_token="<unk>", ignore_merges=True)), ("bpe_unknown_missing", dict(unk_token="none"))]:
        yield name, tokenizer(bpe(["<unk>"] + vocab + ["quickly", "!!", "zzz"], merges, **options), **words)
    vocab, merges = train_bpe(ENGLISH, 60, prefix="##")
    yield "bpe_prefix", tokenizer(bpe(["<unk>"] + vocab, merges, unk_token="<unk>", continuing_subword_prefix="##"), **words)
    vocab, merges = train_bpe(ENGLISH, 60, suffix="</w>")
    suffix = bpe(["<unk>"] + vocab, merges, unk_token="<unk>", end_of_word_suffix="</w>")
    yield "bpe_suffix", tokenizer(suffix, **words, decoder=dict(type="BPEDecoder", suffix="</w>"))
    legacy = dict(suffix, merges=[" ".join(m) for m in merges])
    del legacy["type"], legacy["ignore_merges"], legacy["byte_fallback"]
    yield "bpe_legacy_file", tokenizer(legacy, **words, decoder=dict(type="BPEDecoder", suffix="</w>"))
    vocab, merges = train_bpe(["▁" + w for w in ENGLISH], 60)
    llama = dict(normalizer=sequence("normalizers", dict(type="Prepend", prepend="▁"), replace("▁", String=" ")),
                 decoder=sequence("decoders", replace(" ", String="▁"), dict(type="ByteFallback"), fuse, dict(type="Strip", content=" ", start=1, stop=0)),
                 added_tokens=[added("<s>", special=True, normalized=False), added("</s>", special=True, normalized=False, rstrip=True)])
    yield "bpe_byte_fallback", tokenizer(bpe(["<unk>", "<s>", "</s>"] + BYTES + vocab, merges, unk_token="<unk>", byte_fallback=True, fuse_unk=True), **llama)
    yield "bpe_byte_fallback_partly", tokenizer(bpe(["<unk>", "<s>", "</s>"] + BYTES[:200] + vocab, merges, unk_token="<unk>", byte_fallback=True), **llama)
    gpt2 = dict(pre_tokenizer=byte_level(), decoder=byte_level(), post_processor=byte_level(True, False))
    yield "byte_level_bpe", tokenizer(byte_level_bpe(), **gpt2)
    llama3 = sequence("pretokenizers", split("Isolated", Regex="(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"), byte_level(False, True, False))
    yield "byte_level_bpe_ignores_merges", tokenizer(byte_level_bpe(ignore_merges=True), **dict(gpt2, pre_tokenizer=llama3))
    t5 = dict(pre_tokenizer=metaspace(), decoder=metaspace())
    yield "unigram", tokenizer(unigram(), **t5)
    yield "unigram_byte_fallback", tokenizer(unigram(True, extra=BYTES), **dict(t5, decoder=sequence("decoders", dict(type="ByteFallback"), metaspace("first"))))
    yield "unigram_no_unknown", tokenizer(unigram(unk_id=None), **t5)
    yield "word_level", tokenizer(word_level(), **words)
    yield "word_level_no_unknown", tokenizer(word_level("none"), **words)


def post_processors():
    roberta = byte_level_bpe()
    for trim, prefix in [(True, True), (True, False), (False, False)]:
        yield f"roberta_{trim}_{prefix}".lower(), tokenizer(roberta, pre_tokenizer=byte_level(prefix), decoder=byte_level(),
            post_processor=dict(type="RobertaProcessing", sep=["</s>", 2], cls=["<s>", 0], trim_offsets=trim, add_prefix_space=prefix),
            added_tokens=special_tokens(["<s>", "<pad>", "</s>", "<unk>"], roberta["vocab"]) + [added("<mask>", lstrip=True, special=True, normalized=False)])
    for prefix in [True, False]:
        yield f"byte_level_{prefix}".lower(), tokenizer(roberta, pre_tokenizer=byte_level(prefix), post_processor=byte_level(prefix, True))
    parts = bert_parts()
    vocab = parts["model"]["vocab"]
    yield "bert", tokenizer(**parts, post_processor=dict(type="BertProcessing", sep=["[SEP]", vocab["[SEP]"]], cls=["[CLS]", vocab["[CLS]"]]))
    token = lambda t, kind: {"SpecialToken": {"id": t, "type_id": kind}}
    text = lambda t, kind: {"Sequence": {"id": t, "type_id": kind}}
    known = {t: {"id": t, "ids": [vocab[t]], "tokens": [t]} for t in ["[CLS]", "[SEP]"]} | {"[TWO]": {"id": "[TWO]", "ids": [vocab["[MASK]"], vocab["[PAD]"]], "tokens": ["[MASK]", "[PAD]"]}}
    template = lambda single, pair: dict(type="TemplateProcessing", single=single, pair=pair, special_tokens=known)
    bert_like = template([token("[CLS]", 0), text("A", 0), token("[SEP]", 0)],
                         [token("[CLS]", 0), text("A", 0), token("[SEP]", 0), text("B", 1), token("[SEP]", 1)])
    yield "template", tokenizer(**parts, post_processor=bert_like)
    yield "template_odd", tokenizer(**parts, post_processor=template([token("[TWO]", 3), text("A", 2)], [text("B", 5), token("[TWO]", 1), text("A", 4)]))
    yield "sequence", tokenizer(roberta, pre_tokenizer=byte_level(True), post_processor=sequence("processors", byte_level(True, True), dict(
        template([token("[CLS]", 0), text("A", 0)], [token("[CLS]", 0), text("A", 0), text("B", 1)]))))
    # What a file asks for of truncation and padding is not applied; its direction is used.
    padding = dict(strategy={"Fixed": 16}, direction="Right", pad_to_multiple_of=None, pad_id=0, pad_type_id=0, pad_token="[PAD]")
    truncation = lambda direction: dict(direction=direction, max_length=12, strategy="LongestFirst", stride=2)
    yield "cut_right", tokenizer(**parts, post_processor=bert_like, padding=padding, truncation=truncation("Right"))
    yield "cut_left", tokenizer(**parts, post_processor=bert_like, padding=padding, truncation=truncation("Left"))
    yield "cut_plain", tokenizer(**parts)


def decoders():
    tokens = ["a", "b", "##c", " d", "▁e", "▁▁f", "<0xE4>", "<0xB8>", "<0xAD>", "<0xFF>", "h</w>", "|", "<pad>", ".", "n't", "do", " not", "'s", "Ġi", "aa", "é"]
    model = dict(type="WordLevel", vocab=numbered(tokens), unk_token="a")
    yield "none", model, None
    for cleanup in [True, False]:
        yield f"wordpiece_{cleanup}".lower(), model, dict(type="WordPiece", prefix="##", cleanup=cleanup)
        yield f"ctc_{cleanup}".lower(), model, dict(type="CTC", pad_token="<pad>", word_delimiter_token="|", cleanup=cleanup)
    yield "bpe", model, dict(type="BPEDecoder", suffix="</w>")
    yield "byte_level", model, byte_level()
    for scheme in ["always", "first", "never"]:
        yield f"metaspace_{scheme}", model, metaspace(scheme)
    yield "byte_fallback", model, dict(type="ByteFallback")
    yield "fuse", model, dict(type="Fuse")
    yield "strip", model, dict(type="Strip", content="a", start=1, stop=1)
    yield "replace_text", model, replace("[]", String="▁")
    yield "replace_regex", model, replace("*", Regex="[a-c]|\\s")
    yield "sequence", model, sequence("decoders", replace(" ", String="▁"), dict(type="ByteFallback"), dict(type="Fuse"), dict(type="Strip", content=" ", start=2, stop=1))


ADDED_TEXTS = ["", "new york", "in New York, a NEW YORK bus", "x new yorker", "<m> <m>  <m><m>", "a <l>  b <l>c", "d<r>  e <r>", " <b>  <b> ", "wordword word word-word",
               "Straße straße STRASSE", "café CAFÉ cafe\u0301", "[CLS]x[SEP]", "ab abc abcd", "\u3000<b>\u00a0x", "日本word日本 word日本"]


def added_token_sets():
    tokens = [added("New York"), added("<m>", normalized=False), added("<l>", lstrip=True, special=True), added("<r>", rstrip=True, normalized=False, special=True),
              added("<b>", lstrip=True, rstrip=True), added("word", single_word=True), added("Straße", normalized=True), added("CAFÉ"),
              added("[CLS]", special=True, normalized=False), added("ab"), added("abcd", normalized=False), added("fox", special=True)]
    lower = sequence("normalizers", dict(type="NFC"), dict(type="Lowercase"))
    yield "lower", tokenizer(wordpiece(), lower, dict(type="BertPreTokenizer"), decoder=dict(type="WordPiece", prefix="##", cleanup=False), added_tokens=tokens)
    yield "prepend", tokenizer(probe_model(), dict(type="Prepend", prepend="▁"), metaspace("first"), added_tokens=tokens)
    yield "plain", tokenizer(unigram(), None, metaspace("first"), decoder=metaspace("first"), added_tokens=tokens)
    yield "bert", tokenizer(**bert_parts() | dict(added_tokens=tokens))
