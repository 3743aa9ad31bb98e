#!/usr/bin/env python3
"""Writes tests/golden/metrics/rouge.json and stems.json: the expected values of tests/evaluate/metrics/rouge_test.cpp.

Needs: rouge_score 0.1.2, nltk 3.10.4, and Python 3.11, whose Unicode 14 the Unicode-aware variant is compared with.
Run: python tools/golden/rouge.py
"""
import json
import pathlib
import random
import re
import unicodedata

from nltk.stem.porter import PorterStemmer
from rouge_score import rouge_scorer

ROOT = pathlib.Path(__file__).resolve().parents[2]
OUT = ROOT / "tests/golden/metrics"
TYPES = ("rouge1", "rouge2", "rougeL", "rougeLsum")


class UnicodeTokenizer:
    """Our variant for other languages, written a second time: rouge_score takes a tokenizer from outside."""

    ALONE = re.compile("CJK UNIFIED IDEOGRAPH|HIRAGANA LETTER|KATAKANA LETTER|IDEOGRAPHIC ITERATION MARK")

    def tokenize(self, text):
        tokens, current = [], ""
        for c in unicodedata.normalize("NFKC", text).lower() + " ":
            alone = self.ALONE.match(unicodedata.name(c, ""))
            if unicodedata.category(c)[0] in "LNM" and not alone:
                current += c
                continue
            if current:
                tokens.append(current)
            current = ""
            if alone:
                tokens.append(c)
        return tokens


SCORERS = {
    "ascii": rouge_scorer.RougeScorer(TYPES),
    "ascii_stemmed": rouge_scorer.RougeScorer(TYPES, use_stemmer=True),
    "unicode": rouge_scorer.RougeScorer(TYPES, tokenizer=UnicodeTokenizer()),
}

# Reference and summary.
PAIRS = [
    ("", ""),
    ("", "a word"),
    ("a word", ""),
    ("\n\n", "\n"),
    ("...", "!?"),
    ("one", "one"),
    ("one", "two"),
    ("one", "one two"),
    ("one two", "two one"),
    ("the the the the", "the the"),
    ("the cat the cat the cat", "cat the cat the"),
    ("a b c d e f g", "a c e g b d f"),
    ("a a b b c c", "a b c a b c"),
    ("police killed the gunman", "police kill the gunman"),
    ("police killed the gunman", "the gunman kill police"),
    ("police killed the gunman", "the gunman police killed"),
    ("The ferry leaves at nine.", "the FERRY, leaves... at nine!"),
    ("Don't stop; the dog's well-fed.", "dont stop the dogs wellfed"),
    ("It cost 3.50 euros in 1999.", "It cost 350 euros in '99"),
    ("A 1,000-page report", "A 1000 page report"),
    ("snake_case and CamelCase", "snake case and camelcase"),
    ("e-mail e.mail email", "email e mail"),
    ("caf\u00e9 na\u00efve r\u00e9sum\u00e9", "cafe naive resume"),
    ("cafe\u0301 au lait", "caf\u00e9 au lait"),
    ("\u212aelvin and \u0130stanbul", "kelvin and istanbul"),
    ("\ufb01nal o\ufb03ce", "final office"),
    ("\u2168 \u00bd \u00b2 \u2460", "9 1/2 2 1"),
    ("\uff21\uff22\uff23 \uff11\uff12", "abc 12"),
    ("Die gr\u00f6\u00dften B\u00e4ume stehen in M\u00fcnchen.", "In M\u00fcnchen stehen gro\u00dfe B\u00e4ume."),
    ("STRASSE Stra\u00dfe", "strasse stra\u00dfe"),
    ("\u039f \u039f\u0394\u039f\u03a3 \u03c4\u03b7\u03c2 \u0391\u0398\u0397\u039d\u0391\u03a3", "\u03bf \u03bf\u03b4\u03cc\u03c2 \u03c4\u03b7\u03c2 \u03b1\u03b8\u03ae\u03bd\u03b1\u03c2"),
    ("\u041c\u043e\u0441\u043a\u0432\u0430 \u2014 \u0441\u0442\u043e\u043b\u0438\u0446\u0430 \u0420\u043e\u0441\u0441\u0438\u0438.", "\u0441\u0442\u043e\u043b\u0438\u0446\u0430 \u0420\u043e\u0441\u0441\u0438\u0438 \u041c\u043e\u0441\u043a\u0432\u0430"),
    ("\u5317\u4eac\u662f\u4e2d\u56fd\u7684\u9996\u90fd\u3002", "\u4e2d\u56fd\u9996\u90fd\u662f\u5317\u4eac"),
    ("\u6771\u4eac\u306f\u65e5\u672c\u306e\u9996\u90fd\u3067\u3059\u3002\u30b3\u30fc\u30d2\u30fc", "\u65e5\u672c\u306e\u9996\u90fd\u306f\u6771\u4eac\u3001\u30b3\u30fc\u30d2\u30fc 2"),
    ("\u6642\u3005\u96e8", "\u6642\u3005 \u96e8"),
    ("\u0928\u092e\u0938\u094d\u0924\u0947 \u0926\u0941\u0928\u093f\u092f\u093e", "\u0926\u0941\u0928\u093f\u092f\u093e \u0928\u092e\u0938\u094d\u0924\u0947"),
    ("\u0645\u0631\u062d\u0628\u0627 \u0628\u0627\u0644\u0639\u0627\u0644\u0645", "\u0627\u0644\u0639\u0627\u0644\u0645 \u0645\u0631\u062d\u0628\u0627"),
    ("\uc11c\uc6b8\uc740 \ud55c\uad6d\uc758 \uc218\ub3c4\ub2e4", "\ud55c\uad6d\uc758 \uc218\ub3c4 \uc11c\uc6b8"),
    ("smile \U0001f600 now", "smile now \U0001f680"),
    ("tab\tand\u00a0space\u2003here", "tab and space here"),
    ("the cat sat\non the mat", "the cat\nsat on\nthe mat"),
    ("the cat sat on the mat", "on the mat\nthe cat sat"),
    ("a b c\na b d", "a b\na b"),
    ("a a a\na a", "a\na\na"),
    ("w1 w2 w3 w4 w5", "w1 w2 w6 w7 w8\nw1 w3 w8 w9 w5"),  # the example of the paper
    ("x y z\n\n\nx y", "\nx z\ny x\n"),
    ("the repairs were running late\nthe runners repaired it", "runner running repair\nlater it was repaired"),
    ("generations of generators generate", "the generator generated a generation"),
    ("Windows line\r\nends here", "windows line ends\r\nhere"),
    ("News of the flying skies, dying and tied", "the new fly sky died ties"),
]

STEMS = """ab abil abl act adopt aer ag allow analog angul anim bab bl bow box bri bus c can car centr ch cl commun comp
conform connect consign control cr cy d dec defens depend derive des di die differ digit du eff elect em en engin eph eq
er ess eval f fail fall feed fil fin fiz fl fly form fr g gen geo ges glo go gr gyr h happ hesit hiss hop hopp hyp i ic
ill in inf innov ir irrit is j just k l lay lie loc log lux m man mat mil motor mult myst n nat nav o oat obey op oper or
oscill ow p pa pe plast play po pr predic q quar qu r radic rail rat re real red rel repl rev roll s say sc sens sh siz
sk sky sl sp spell spy st stat str structur t tan tap tax temp tend th theo ti trip tro troubl try tw ty tyr u un up us
v val vex vi vic viet w wa we will wr x xy y ya yel yy yyy z zz 19 4 2nd b2b""".split()
SUFFIXES = """ s es ies ied sses ss ed eed ing ingly y ys ying yed ational tional enci anci izer bli alli entli eli ousli ization
ation ator alism iveness fulness ousness aliti iviti biliti fulli logi logy icate ative alize iciti ical ful ness al ance
ence er ic able ible ant ement ment ent ion sion tion ou ism ate iti ous ive ize e ee ll lle l at ated atting bl bled
bling iz ized izing tt tted tting ss ssing ssed zz zzed zzing lling lled w wed x xing yes ey eys ally ality ability ization
izations ements ments ions ables""".split()
IRREGULAR = """sky skies die dying lie lying tie tying news innings inning outings outing cannings canning howe proceed exceed succeed
proceeds proceeded exceeding succeeding dies lies ties pies died tied lied flies spied cried enjoy happy fly by say agreed feed
plastered bled motoring sing conflated troubled sized hopping tanned falling hissing fizzed failing filing relational conditional
rational valenci hesitanci digitizer conformabli radicalli differentli vileli analogousli vietnamization predication operator feudalism
decisiveness hopefulness callousness formaliti sensitiviti sensibiliti triplicate formative formalize electriciti electrical hopeful
goodness revival allowance inference airliner gyroscopic adjustable defensible irritant replacement adjustment dependent adoption
homologou communism activate angulariti homologous effective bowdlerize probate rate cease controll roll""".split()


def words_of_smoke_sets():
    text = " ".join(path.read_text() for path in sorted((ROOT / "data/smoke").iterdir()) if path.suffix != ".md")
    return set(re.findall("[a-z0-9]+", text.lower()))


def stems():
    words = words_of_smoke_sets() | set(IRREGULAR)
    words |= {stem + suffix for stem in STEMS for suffix in [""] + SUFFIXES}
    stemmer = PorterStemmer()
    return {word: stemmer.stem(word) for word in sorted(words)}


def case(reference, summary):
    scores = {}
    for name, scorer in SCORERS.items():
        result = scorer.score(reference, summary)
        scores[name] = [list(map(float, result[kind])) for kind in TYPES]
    return {"reference": reference, "summary": summary, **scores}


def random_text(rng, vocabulary, lines, words_per_line):
    return "\n".join(" ".join(rng.choice(vocabulary) for _ in range(words_per_line)) for _ in range(lines))


def random_pairs():
    """Few different words make many longest subsequences, so that the choice among them shows."""
    rng = random.Random(19)
    for size, lines, words in ((2, 1, 9), (2, 3, 7), (3, 2, 12), (4, 4, 6), (5, 1, 70), (6, 2, 64), (6, 2, 65), (9, 5, 20),
                               (30, 3, 130)):
        vocabulary = [f"w{i}" for i in range(size)]
        for _ in range(6):
            yield (random_text(rng, vocabulary, rng.randint(1, lines), rng.randint(1, words)),
                   random_text(rng, vocabulary, rng.randint(1, lines), rng.randint(1, words)))
    vocabulary = [f"{a}{b}" for a in "abcdefghij" for b in "klmnop"]
    yield random_text(rng, vocabulary, 40, 30), random_text(rng, vocabulary, 60, 25)  # a long document
    yield random_text(rng, vocabulary, 1, 900), random_text(rng, vocabulary, 1, 1500)


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    cases = [case(*pair) for pair in PAIRS + list(random_pairs())]
    for name, content in (("rouge", cases), ("stems", stems())):
        path = OUT / f"{name}.json"
        path.write_text(json.dumps(content, allow_nan=False, separators=(",", ":")) + "\n")
        print(path, path.stat().st_size)


if __name__ == "__main__":
    main()
