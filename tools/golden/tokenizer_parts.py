"""What tools/golden/tokenizers.py makes its small tokenizers of: texts, vocabularies and models, all written here."""
import base64
import collections
import struct

TEXTS = [
    "", " ", "Hello, world!", "The quick brown foxes aren't jumping; they've slept.",
    "  two  spaces\tand a tab\nnew line\r\n\n  end ", "Grüße aus Köln: 3,50 €!", "naïve café e\u0301te\u0301 — cre\u0300me",
    "İstanbul Ǆ ǈ ſt ﬁne ß ẞ", "ＦＵＬＬ　ｗｉｄｔｈ １２３", "中文字符和English混合。", "日本語のテキスト、カ゛ー", "한국어 문장 각\u1100\u1161\u11a8",
    "हिन्दी में क्षि", "ภาษาไทย ไม่มี", "نصٌّ عربي مع تشكيل", "שָׁלוֹם עולם", "Привет, мир! Ёлка", "Σίσυφος ΟΔΟΣ ΐ", "😀👍🏽 👨‍👩‍👧 🇩🇪❤️",
    "x²+½=Ⅳ ٣ 12 345.67", "a_b-c d.e@f.gh ?q=1#z", "\u00a0nbsp\u2003em\u200bzero\ufeffbom\u3000", "ctl\x01\x7f\x85 nul\x00 \ufffd",
    "[CLS] real [MASK] text[SEP]", "<s>a</s> <mask>  b <unk>", "▁under ▁▁ Ġ ##ing", "T\u0301 \u0301start q\u0323\u0307\u0301 \u0344",
    "I'LL we'd it's 'tis rock'n'roll", "a" * 60, "𝔘𝔫𝔦 𐐀 ﷺ ㎏ ① \u1e9b\u0323",
]
# For the components that only look at letters, digits, spaces and marks.
SHORT = ["", "Hello, world!", "  two  spaces\tand\n\n a12b345 ", "!!a?? b...c d-e", "中文1２，三。½Ⅳ", "a  b\u00a0c\u3000", "Привет,мир! ΣΑ日本ー語a", "aabaa--aa"]
# English with words that come back, for the trained vocabularies.
ENGLISH = ("the quick brown fox jumps over the lazy dog the dogs sleep and the foxes are jumping again while the world turns "
           "slowly hello world says the sleeping dog and the jumping fox says hello again they have slept they are not slow "
           "reading and writing texts in many words makes the vocabulary grow longer and longer until the training ends").split()


def byte_letters():
    """GPT-2's letter of each byte."""
    own = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    letters, extra = {}, 0x100
    for byte in range(256):
        letters[byte] = chr(byte) if byte in own else chr(extra)
        extra += byte not in own
    return letters


def train_bpe(words, merges, prefix="", suffix=""):
    """Symbols and merges, most frequent pair first (ties: the smaller pair), in the plain way."""
    counts = collections.Counter(words)
    split = {w: [(prefix if i else "") + c + (suffix if i == len(w) - 1 else "") for i, c in enumerate(w)] for w in counts}
    vocab = sorted({s for symbols in split.values() for s in symbols})
    rules = []
    for _ in range(merges):
        pairs = collections.Counter()
        for word, symbols in split.items():
            for pair in zip(symbols, symbols[1:]):
                pairs[pair] += counts[word]
        if not pairs:
            break
        best = min(pairs, key=lambda p: (-pairs[p], p))
        joined = best[0] + best[1][len(prefix):]
        rules.append(list(best))
        if joined not in vocab:
            vocab.append(joined)
        for symbols in split.values():
            i = 0
            while i + 1 < len(symbols):
                if (symbols[i], symbols[i + 1]) == best:
                    symbols[i:i + 2] = [joined]
                i += 1
    return vocab, rules


def numbered(tokens):
    return {token: i for i, token in enumerate(dict.fromkeys(tokens))}


def bpe(vocab, merges, **options):
    return dict(dict(type="BPE", dropout=None, unk_token=None, continuing_subword_prefix=None, end_of_word_suffix=None, fuse_unk=False,
                     byte_fallback=False, ignore_merges=False), vocab=numbered(vocab), merges=merges) | options


BYTES = [f"<0x{byte:02X}>" for byte in range(256)]


def probe_model():
    """Every byte a token of its own: shows the text that reaches the model, its pieces and where each byte came from."""
    return bpe(BYTES, [], byte_fallback=True)


SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def wordpiece_tokens(prefix="##"):
    vocab, _ = train_bpe(ENGLISH, 60, prefix)
    letters = [chr(c) for c in range(ord("a"), ord("z") + 1)]
    marks = list("!?.,;:'-#[]") + ["中", "文", "▁", "é"]
    return SPECIALS + letters + [prefix + c for c in letters] + marks + vocab


def wordpiece(prefix="##", longest=100, tokens=None):
    return dict(type="WordPiece", unk_token="[UNK]", continuing_subword_prefix=prefix, max_input_chars_per_word=longest,
                vocab=numbered(tokens or wordpiece_tokens(prefix)))


def byte_level_bpe(**options):
    letters = byte_letters()
    words = ["".join(letters[b] for b in (" " + w).encode()) for w in ENGLISH] + ENGLISH
    vocab, merges = train_bpe(words, 70)
    return bpe(["<s>", "<pad>", "</s>", "<unk>", "<mask>"] + list(letters.values()) + vocab, merges, **options)


def unigram(byte_fallback=False, unk_id=0, extra=()):
    vocab, _ = train_bpe(["▁" + w for w in ENGLISH], 70)
    counts = {t: sum(("▁" + w).count(t) for w in ENGLISH) for t in vocab}
    pieces = [["<unk>", 0.0], ["<s>", 0.0], ["</s>", 0.0]] + [[t, -8.0 + 0.125 * min(c, 24) + 1.5 * (len(t) - 1)] for t, c in counts.items()]
    return dict(type="Unigram", unk_id=unk_id, vocab=pieces + [[t, -9.5] for t in extra], byte_fallback=byte_fallback)


def word_level(unk="[UNK]", words=None):
    return dict(type="WordLevel", vocab=numbered(SPECIALS + (words or ENGLISH)), unk_token=unk)


def charsmap(replacements):
    """SentencePiece's table of replacements: a double array (darts-clone) over bytes, then the replacements."""
    pool, places = b"", {}
    for text in replacements.values():
        if text not in places:
            places[text] = len(pool)
            pool += text.encode() + b"\0"
    tree = {}
    for key, text in replacements.items():
        node = tree
        for byte in key.encode():
            node = node.setdefault(byte, {})
        node[0] = places[text]
    units, used = {0: 0}, {0}
    bases = set()

    def place(node, position):
        base = 1
        while base in bases or any((base ^ byte) in used for byte in node):
            base += 1
        bases.add(base)
        used.update(base ^ byte for byte in node)
        units[position] = units.get(position, 0) | ((position ^ base) << 10) | (0x100 if 0 in node else 0)
        for byte, child in node.items():
            if byte == 0:
                units[base] = child | 1 << 31
            else:
                units[base ^ byte] = byte
                place(child, base ^ byte)

    place(tree, 0)
    size = (max(used) | 0xFF) + 1
    array = struct.pack(f"<{size}I", *(units.get(i, 0) for i in range(size)))
    return base64.b64encode(struct.pack("<I", len(array)) + array + pool).decode()


def added(content, **flags):
    return dict(dict(id=0, content=content, single_word=False, lstrip=False, rstrip=False, normalized=True, special=False)) | flags


def special_tokens(tokens, vocab):
    """Added tokens as published files have them for what is in the vocabulary."""
    return [added(token, id=vocab[token], normalized=False, special=True) for token in tokens]


def tokenizer(model, normalizer=None, pre_tokenizer=None, post_processor=None, decoder=None, added_tokens=(), **fields):
    vocab = model["vocab"]
    size = len(vocab)
    tokens = []
    for token in added_tokens:  # the ids that the library gives
        known = vocab.get(token["content"]) if isinstance(vocab, dict) else next((i for i, v in enumerate(vocab) if v[0] == token["content"]), None)
        tokens.append(dict(token, id=size if known is None else known))
        size += known is None
    return dict(dict(version="1.0", truncation=None, padding=None), added_tokens=tokens, normalizer=normalizer, pre_tokenizer=pre_tokenizer,
                post_processor=post_processor, decoder=decoder, model=model) | fields
