#!/usr/bin/env python3
"""Writes src/tokenize/unicode/unicode_tables.inc: the Unicode data of Hugging Face `tokenizers`, asked from itself.

    python tools/unicode_tables.py > src/tokenize/unicode/unicode_tables.inc      (needs: pip install tokenizers==0.23.3)

Why not ICU or utf8proc: the library mixes Unicode versions (normalization and categories come from crates of about
Unicode 9 to 11, lower case from the Rust compiler, regular expressions from Oniguruma, graphemes from another crate),
and the system libraries differ between distributions. Token ids must not depend on either, so every fact used by
src/tokenize is probed here, code point by code point, through the library's own normalizers and pre-tokenizers.
"""
import base64
import struct
import sys
import unicodedata

import tokenizers
from tokenizers import Regex, normalizers, pre_tokenizers

CODE_POINTS = [c for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF]
ALL = "".join(map(chr, CODE_POINTS))
CATEGORIES = ("Cn Cc Cf Cs Co Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Zl Zp").split()
REGEX_SCRIPTS = ("Arabic Armenian Bengali Bopomofo Cyrillic Devanagari Ethiopic Georgian Greek Gujarati Gurmukhi Han Hangul "
                 "Hebrew Hiragana Kannada Katakana Khmer Lao Latin Malayalam Mongolian Myanmar Oriya Sinhala Tamil "
                 "Telugu Thai Tibetan").split()


def removed(pre_tokenizer):
    """Code points that a pre-tokenizer with behavior `removed` takes out."""
    kept = bytearray(len(ALL))
    for _, (begin, end) in pre_tokenizer.pre_tokenize_str(ALL):
        kept[begin:end] = b"\1" * (end - begin)
    return {c for c, k in zip(CODE_POINTS, kept) if not k}


def regex_class(pattern):
    return removed(pre_tokenizers.Split(Regex(pattern), "removed"))


def boundaries(pre_tokenizer):
    """For every code point c of "aca": (c begins a piece, c is in a piece)."""
    begins, inside = set(), set()
    for c in CODE_POINTS:
        for _, (begin, end) in pre_tokenizer.pre_tokenize_str("a" + chr(c) + "a"):
            if begin == 1:
                begins.add(c)
            if begin <= 1 < end:
                inside.add(c)
    return begins, inside


def double_array(key, value):
    """SentencePiece's precompiled_charsmap with the single entry key -> value (UTF-8 strings)."""
    units = {}
    position, free = 0, 1
    for byte in key.encode() + b"\0":
        base = next(b for b in range(free, free + 65536) if b != 0 and (b ^ byte) not in units and (b ^ byte) > 0)
        units.setdefault(position, [0, 0, False])[1] = base ^ position
        child = base ^ byte
        units[child] = [byte, 0, False]
        if byte == 0:
            units[position][2] = True
            units[child] = None
        position, free = child, max(free, base | 0xFF) + 1
    array = [0] * (max(units) + 257)
    for index, unit in units.items():
        if unit is None:
            array[index] = 1 << 31
            continue
        label, offset, leaf = unit
        array[index] = label | (offset << 10) | (1 << 8 if leaf else 0)
    blob = struct.pack("<I", 4 * len(array)) + struct.pack(f"<{len(array)}I", *array) + value.encode() + b"\0"
    return normalizers.Precompiled(blob)


def grapheme_classes():
    """The property each code point has in the grapheme segmentation behind the Precompiled normalizer.

    A replacement is looked up for a grapheme as a whole when it has fewer than six bytes, and then the entry of the
    grapheme's first letters is taken: with the one entry x -> X, "xc" becomes "X" if c belongs to x's grapheme and
    "Xc" if not. Longer graphemes are looked up letter by letter.
    """
    letter = double_array("a", "X").normalize_str
    acute = double_array("\u0301", "X").normalize_str
    copyright_sign = double_array("\u00a9", "X").normalize_str
    ka = double_array("\u0915", "X").normalize_str
    assert letter("ba") == "bX" and acute("\u0301") == "X" and copyright_sign("\u00a9a") == "Xa"
    classes = {}
    for c in CODE_POINTS:
        s = chr(c)
        if s in "a\u0301\u00a9\u0915\u200d":
            continue
        joins_left = letter("a" + s) == "X"
        joins_right = letter(s + "a\u0301").endswith("X\u0301")
        control = acute(s + "\u0301\u0308").endswith("X")
        pictographic = copyright_sign(s + "\u200d\u00a9\u0301").endswith("X\u0301")
        if joins_left:
            linker = ka("\u0915" + s + "\u0915\u0301").endswith("X\u0301")
            # A spacing mark breaks the run between an emoji and its joiner, an extender does not.
            extender = copyright_sign("\u00a9" + s + "\u200d\u00a9\u0301").endswith("X\u0301")
            classes[c] = "linker" if linker else "extend" if extender else "spacing_mark"
        elif control:
            classes[c] = "control"
        elif joins_right:
            classes[c] = "prepend"
        elif pictographic:
            classes[c] = "pictographic"
        elif ka(s + "\u094d\u0915\u0301").endswith("X\u0301"):
            classes[c] = "consonant"
    classes[0x0301], classes[0xA9], classes[0x0915], classes[0x200D] = "extend", "pictographic", "consonant", "zwj"
    classes[0x0D], classes[0x0A] = "cr", "lf"
    for first, last, name in [(0x1F1E6, 0x1F1FF, "regional"), (0x1100, 0x115F, "l"), (0xA960, 0xA97C, "l"),
                              (0x1160, 0x11A7, "v"), (0xD7B0, 0xD7C6, "v"), (0x11A8, 0x11FF, "t"),
                              (0xD7CB, 0xD7FB, "t")]:
        for c in range(first, last + 1):
            classes[c] = name
    for c in range(0xAC00, 0xD7A4):
        classes[c] = "lv" if (c - 0xAC00) % 28 == 0 else "lvt"
    return classes


GRAPHEME = ("other control cr lf extend linker zwj spacing_mark prepend pictographic consonant regional "
            "l v t lv lvt").split()


def properties():
    category = {}
    for index, name in enumerate(CATEGORIES):
        if name in ("Cn", "Cs"):
            continue
        for c in regex_class(r"\p{%s}" % name):
            category[c] = index
    begins_ws, inside_ws = boundaries(pre_tokenizers.Whitespace())
    begins_digit, _ = boundaries(pre_tokenizers.Digits(True))
    clean = normalizers.BertNormalizer(True, False, False, False).normalize_str
    strip_bert = normalizers.BertNormalizer(False, False, True, False).normalize_str
    strip_marks = normalizers.StripAccents().normalize_str
    nfd = normalizers.NFD().normalize_str
    chinese = normalizers.BertNormalizer(False, True, False, False).normalize_str
    flags = [
        ("kWhitespace", removed(pre_tokenizers.WhitespaceSplit())),
        ("kNumeric", begins_digit),
        ("kBertControl", {c for c in CODE_POINTS if clean("a" + chr(c)) == "a"}),
        ("kNonspacingMark", {c for c in CODE_POINTS if not strip_bert(chr(c))}),
        ("kCombiningMark", {c for c in CODE_POINTS if not strip_marks(chr(c))}),
        ("kPunctuation", removed(pre_tokenizers.Punctuation("removed"))),
        ("kWord", {c for c in CODE_POINTS if c in inside_ws and c not in begins_ws}),
        ("kChinese", {c for c in CODE_POINTS if chinese(chr(c)) != chr(c)}),
        ("kRegexSpace", regex_class(r"\s")),
        ("kRegexWord", regex_class(r"\w")),
        ("kRegexDigit", regex_class(r"\d")),
        ("kRegexPunct", regex_class(r"[[:punct:]]")),
        ("kRegexAlpha", regex_class(r"[[:alpha:]]")),
        ("kRegexUpper", regex_class(r"[[:upper:]]")),
        ("kRegexLower", regex_class(r"[[:lower:]]")),
    ]
    # The cleaned text must map every remaining space to " ": nothing else is told apart by the flags above.
    for c in CODE_POINTS:
        cleaned = clean("a" + chr(c))
        assert cleaned == "a" or cleaned[1] == (" " if c in flags[0][1] else chr(c)), hex(c)
        assert len(strip_bert(chr(c))) <= len(nfd(chr(c)))
    graphemes = grapheme_classes()
    values = []
    for c in range(0x110000):
        value = category.get(c, 0) | GRAPHEME.index(graphemes.get(c, "other")) << 5
        for bit, (_, members) in enumerate(flags):
            if c in members:
                value |= 1 << (10 + bit)
        values.append(value)
    return [name for name, _ in flags], values


def scripts():
    """Classes of the UnicodeScripts pre-tokenizer: 0 for the class that never splits."""
    split = pre_tokenizers.UnicodeScripts().pre_tokenize_str
    def same(a, b):
        return len(split(a + b)) == 1
    values, representatives, previous = [], [], None
    for c in range(0x110000):
        if 0xD800 <= c <= 0xDFFF:
            values.append(0)
            continue
        s = chr(c)
        if not split(s):
            values.append(0)
            continue
        if previous is not None and same(previous[0], s):
            values.append(previous[1])
            continue
        for index, representative in enumerate(representatives):
            if same(representative, s):
                break
        else:
            index = len(representatives)
            representatives.append(s)
        values.append(index + 1)
        previous = (s, index + 1)
    return values


def regex_scripts():
    values = [0] * 0x110000
    for index, name in enumerate(REGEX_SCRIPTS):
        for c in regex_class(r"\p{%s}" % name):
            values[c] = index + 1
    return values


def mappings():
    lower = normalizers.Lowercase().normalize_str
    nfd, nfkd, nfc = (f().normalize_str for f in (normalizers.NFD, normalizers.NFKD, normalizers.NFC))
    lowercase, canonical, compatible, compositions = {}, {}, {}, []
    for c in CODE_POINTS:
        s = chr(c)
        if lower(s) != s:
            lowercase[c] = lower(s)
        if 0xAC00 <= c <= 0xD7A3:
            continue
        if nfd(s) != s:
            canonical[c] = nfd(s)
        if nfkd(s) != nfd(s):
            compatible[c] = nfkd(s)
    for c, parts in canonical.items():
        if len(parts) >= 2 and nfc(parts) == chr(c):
            first = nfc(parts[:-1])
            assert len(first) == 1 and nfc(first + parts[-1]) == chr(c), hex(c)
            compositions.append((ord(first), ord(parts[-1]), c))
    return lowercase, canonical, compatible, sorted(compositions)


def combining_classes():
    """Canonical combining classes, told by the order into which NFD puts two marks."""
    nfd = normalizers.NFD().normalize_str
    def less(a, b):  # 0 < ccc(a) < ccc(b)
        return nfd("a" + b + a) == "a" + a + b and a != b
    highest = "\u0345"
    references = {240: highest}
    for c in CODE_POINTS:  # Python's table is newer: it proposes, the order decides
        k = unicodedata.combining(chr(c))
        if k and nfd(chr(c)) == chr(c) and less(chr(c), highest):
            references.setdefault(k, chr(c))
    order = sorted(references)
    for low, high in zip(order, order[1:]):
        assert less(references[low], references[high]), (low, high)
    values = [0] * 0x110000
    for c in CODE_POINTS:
        s = chr(c)
        if nfd(s) != s:
            continue
        moves = less(s, references[240])
        if not moves and not less(references[1], s):
            continue
        low, high = 0, len(order) - 1
        while low < high:
            middle = (low + high) // 2
            if less(references[order[middle]], s):
                low = middle + 1
            else:
                high = middle
        assert not less(s, references[order[low]]), hex(c)
        values[c] = order[low]
    return values


def case_folds():
    """Classes of letters that (?i) takes for one another: every member -> the smallest."""
    lower, upper = str.lower, str.upper
    cased = [c for c in CODE_POINTS if lower(chr(c)) != chr(c) or upper(chr(c)) != chr(c)]
    text = "".join(map(chr, cased))
    folds = {}
    for c in cased:
        if c in folds:
            continue
        pattern = pre_tokenizers.Split(Regex("(?i:%s)" % ("\\x{%x}" % c)), "removed")
        kept = bytearray(len(text))
        for _, (begin, end) in pattern.pre_tokenize_str(text):
            kept[begin:end] = b"\1" * (end - begin)
        members = [m for m, k in zip(cased, kept) if not k]
        for member in members:
            if member != min(members):
                folds[member] = min(members)
    return folds


def ranges(values):
    out, previous = [], None
    for c, value in enumerate(values):
        if value != previous:
            out.append((c, value))
            previous = value
    return out


def emit(name, kind, items):
    print(f"inline constexpr {kind} {name}[] = {{")
    line = "   "
    for item in items:
        if len(line) + len(item) + 2 > 118:
            print(line)
            line = "   "
        line += " " + item + ","
    print(line + "\n};")


def emit_mapping(name, mapping):
    pool, entries = "", []
    for c, target in sorted(mapping.items()):
        at = pool.find(target)
        if at < 0:
            at = len(pool)
            pool += target
        entries.append("{0x%X,%d,%d}" % (c, at, len(target)))
    emit(f"k{name}Pool", "char32_t", ["0x%X" % ord(c) for c in pool])
    emit(f"k{name}", "Mapping", entries)


def main():
    print(f"// Made by tools/unicode_tables.py from Hugging Face tokenizers {tokenizers.__version__}; do not edit.")
    names, values = properties()
    print("// clang-format off")
    print("enum : uint32_t {")
    for bit, name in enumerate(names):
        print(f"  {name} = 1u << {10 + bit},")
    print("};")
    emit("kCategoryNames", "std::string_view", [f'"{name}"' for name in CATEGORIES])
    emit("kRegexScriptNames", "std::string_view", [f'"{name}"' for name in ["", *REGEX_SCRIPTS]])
    print("enum class GraphemeClass : uint8_t { " + ", ".join(GRAPHEME) + " };")
    # The two bytes of a range's value are an index into this list: there are few different property sets.
    distinct = sorted(set(values))
    assert len(distinct) < 256
    emit("kPropertySets", "uint32_t", ["0x%X" % value for value in distinct])
    def pairs(items):
        return ["{0x%X,%d}" % item for item in items]
    emit("kPropertyRanges", "Range", pairs(ranges([distinct.index(v) for v in values])))
    emit("kScriptRanges", "Range", pairs(ranges(scripts())))
    emit("kRegexScriptRanges", "Range", pairs(ranges(regex_scripts())))
    emit("kCombiningClassRanges", "Range", pairs(ranges(combining_classes())))
    lowercase, canonical, compatible, compositions = mappings()
    emit_mapping("Lowercase", lowercase)
    emit_mapping("Canonical", canonical)
    emit_mapping("Compatible", compatible)
    emit("kCompositions", "Composition", ["{0x%X,0x%X,0x%X}" % item for item in compositions])
    emit("kCaseFolds", "CaseFold", ["{0x%X,0x%X}" % item for item in sorted(case_folds().items())])
    print("// clang-format on", flush=True)


if __name__ == "__main__":
    sys.exit(main())
