#!/usr/bin/env python3
"""Writes tests/golden/metrics/: the expected values of tests/evaluate/metrics.

Needs: numpy 2.4.6, scikit-learn 1.9.1, seqeval 1.2.2, torchmetrics 1.9.0, and Python 3.11, whose str methods (Unicode 14)
the answer metrics are compared with.  Run: python tools/golden/metrics.py
"""
import collections
import json
import pathlib
import random
import re
import string
import sys
import unicodedata
import warnings

import numpy
from seqeval.metrics.sequence_labeling import precision_recall_fscore_support as entity_scores
from seqeval.metrics.v1 import precision_recall_fscore_support as strict_entity_scores
from seqeval.scheme import IOB2
from sklearn.metrics import accuracy_score, matthews_corrcoef, precision_recall_fscore_support
from torchmetrics.functional.text.squad import squad

OUT = pathlib.Path(__file__).resolve().parents[2] / "tests/golden/metrics"
warnings.filterwarnings("ignore")


def triple(values):
    """Precision, recall and F1; null where the reference divides nothing by nothing."""
    return [None if numpy.isnan(value) else float(value) for value in values[:3]]


# --- classification: scikit-learn ---


def classification_case(classes, expected, predicted):
    labels = list(range(classes))
    scores = lambda **how: precision_recall_fscore_support(expected, predicted, zero_division=0, **how)
    per_class = scores(labels=labels)
    return {
        "classes": classes,
        "expected": expected,
        "predicted": predicted,
        "accuracy": float(accuracy_score(expected, predicted)),
        "matthews": float(matthews_corrcoef(expected, predicted)),
        "per_class": [[float(per_class[k][c]) for k in range(4)] for c in labels],
        "micro": triple(scores(average="micro")),
        "macro": triple(scores(average="macro")),
        "weighted": triple(scores(average="weighted")),
    }


def classification():
    rng = random.Random(7)
    cases = []
    for classes, samples, right in [(2, 200, 0.9), (2, 50, 0.5), (3, 120, 0.7), (6, 300, 0.6), (5, 7, 0.3)]:
        expected = [rng.randrange(classes) for _ in range(samples)]
        predicted = [e if rng.random() < right else rng.randrange(classes) for e in expected]
        cases.append(classification_case(classes, expected, predicted))
    cases.append(classification_case(2, [0, 1, 1, 0], [1, 1, 1, 1]))  # only one class predicted
    cases.append(classification_case(2, [1, 1, 1], [1, 1, 1]))  # one class on both sides
    cases.append(classification_case(3, [0, 0, 2], [2, 2, 0]))  # nothing right, one class absent
    return cases


# --- entities: seqeval ---


def entity_result(scores, expected, predicted, **how):
    per_type = scores(expected, predicted, average=None, zero_division=0, **how)
    averages = {
        name: triple(scores(expected, predicted, average=name, zero_division=0, **how))
        for name in ("micro", "macro", "weighted")
    }
    return {"per_type": [[float(per_type[k][t]) for k in range(4)] for t in range(len(per_type[3]))], **averages}


def entity_case(expected, predicted, strict=True):
    case = {
        "expected": expected,
        "predicted": predicted,
        "lenient": entity_result(entity_scores, expected, predicted),
    }
    if strict:
        case["strict"] = entity_result(strict_entity_scores, expected, predicted, scheme=IOB2)
    return case


def random_tags(rng, letters, types, length):
    return [rng.choice(["O"] + [f"{letter}-{kind}" for letter in letters for kind in types]) for _ in range(length)]


def entities():
    rng = random.Random(11)
    cases = []
    for letters, strict in (("BI", True), ("BI", True), ("BIES", False), ("BILU", False)):
        expected, predicted = [], []
        for _ in range(60):
            length = rng.randint(1, 12)
            tags = random_tags(rng, letters, ["PER", "LOC", "ORG"], length)
            expected.append(tags)
            predicted.append([t if rng.random() < 0.8 else random_tags(rng, letters, ["PER", "LOC", "MISC"], 1)[0]
                              for t in tags])
        cases.append(entity_case(expected, predicted, strict))
    pair = lambda expected, predicted: entity_case([expected.split()], [predicted.split()])
    cases += [
        pair("B-PER I-PER O B-LOC", "B-PER I-PER O B-LOC"),
        pair("B-PER I-PER O", "I-PER I-PER O"),  # an entity that begins with I-
        pair("B-PER I-LOC O", "B-PER I-LOC I-PER"),  # the type changes inside
        pair("B-PER B-PER I-PER", "B-PER I-PER I-PER"),
        pair("O O I-LOC", "O O B-LOC"),
        pair("B-A-B I-A-B O", "B-A-B I-A-B B-A"),  # hyphens in the type
        pair("O O O", "B-PER O I-LOC"),  # nothing to find
        pair("B-PER O", "O O"),  # nothing found
        pair("O", "O"),
        entity_case([["B-PER"], ["I-PER", "O"]], [["B-PER"], ["I-PER", "I-PER"]]),  # entities end with the sentence
    ]
    return cases


# --- answers: the functions of the official SQuAD scripts evaluate-v1.1.py and evaluate-v2.0.py ---


def normalize_answer(text):
    text = text.lower()
    text = "".join(c for c in text if c not in set(string.punctuation))
    text = re.sub(r"\b(a|an|the)\b", " ", text)
    return " ".join(text.split())


def f1_v1(prediction, reference):
    prediction, reference = normalize_answer(prediction).split(), normalize_answer(reference).split()
    same = sum((collections.Counter(prediction) & collections.Counter(reference)).values())
    if same == 0:
        return 0.0
    precision, recall = same / len(prediction), same / len(reference)
    return 2 * precision * recall / (precision + recall)


def f1_v2(prediction, reference):
    prediction = normalize_answer(prediction).split() if prediction else []
    reference = normalize_answer(reference).split() if reference else []
    if not prediction or not reference:
        return float(prediction == reference)
    return f1_v1(" ".join(prediction), " ".join(reference))


def exact(prediction, reference):
    return float(normalize_answer(prediction) == normalize_answer(reference))


def answer_case(prediction, references):
    case = {"prediction": prediction, "references": references}
    if references:
        case["v1"] = [max(exact(prediction, r) for r in references), max(f1_v1(prediction, r) for r in references)]
        check_against_torchmetrics(prediction, references)
    kept = [r for r in references if normalize_answer(r)] or [""]
    case["v2"] = [max(exact(prediction, r) for r in kept), max(f1_v2(prediction, r) for r in kept)]
    return case


def check_against_torchmetrics(prediction, references):
    """torchmetrics computes EM as v1.1 does, and F1 as v2.0 does, over all references."""
    result = squad([{"prediction_text": prediction, "id": "1"}],
                   [{"answers": {"answer_start": [0] * len(references), "text": references}, "id": "1"}])
    assert abs(float(result["exact_match"]) / 100 - max(exact(prediction, r) for r in references)) < 1e-6
    assert abs(float(result["f1"]) / 100 - max(f1_v2(prediction, r) for r in references)) < 1e-6


TEXTS = [
    "", " ", "the", "The cat's hat.", "an apple a day", "theatre, another, banana", "A-Team", "the_end", "U.S.",
    "  many\t blanks\n here\u00a0and\u2003there\u3000. ", "a1 the2 an", "\u00c9cole THE \u00dcber", "the\u0301 a\u0300",
    "\u0130stanbul THE \u0130", "\u039f\u0394\u039f\u03a3 the \u03a3\u0391\u03a3", "\u03a3", "\u039f\u03a3'\u0391", "\u039f\u03a3\u0301.",
    "the\u200bdog", "\u201cthe\u201d \u2014 a \u2014 an", "\u4e00the\u4e8c a", "\u0663a\u0664", "\u00bd a \u00bd", "\u1e9e STRASSE \u00df",
    "a\x1cthe\x85an", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", "\U0001d7d8a", "the\u00aa a\u00ba", "\ufb01 The \ufb01", "\u01c5 \u1f88 THE",
    "x the", "the x", "x the the y", "\U00010400 the \U0001f600 a",
]


def code_points():
    """What Python says about every code point that Unicode 14 has assigned."""
    word, lower, assigned = [], {}, []

    def extend(ranges, c):
        if ranges and ranges[-1][1] == c:
            ranges[-1][1] = c + 1
        else:
            ranges.append([c, c + 1])

    for c in range(sys.maxunicode + 1):
        if unicodedata.category(chr(c)) in ("Cn", "Cs"):
            continue
        extend(assigned, c)
        if re.match(r"\w", chr(c)):
            extend(word, c)
        if chr(c).lower() != chr(c):
            lower[str(c)] = chr(c).lower()
    space = [c for c in range(sys.maxunicode + 1) if chr(c).isspace()]
    return {"assigned": assigned, "word": word, "lower": lower, "space": space}


def answers():
    rng = random.Random(13)
    words = ["the", "a", "An", "Broncos", "Denver", "1876", "U.S.", "na\u00efve", "of", "\u039f\u0394\u039f\u03a3", "-", "\u201cx\u201d"]
    pick = lambda: " ".join(rng.choice(words) for _ in range(rng.randint(0, 5)))
    cases = [answer_case(pick(), [pick() for _ in range(rng.randint(0, 3))]) for _ in range(150)]
    cases += [answer_case("", []), answer_case("", ["the"]), answer_case("the", ["a"]), answer_case("x", []),
              answer_case("Denver Broncos", ["The Denver Broncos", "Broncos", "a"])]
    return {
        "texts": [[text, normalize_answer(text)] for text in TEXTS],
        "cases": cases,
        "code_points": code_points(),
    }


# --- bootstrap: numpy on the same draws ---


class MersenneTwister64:
    """The generator that C++ calls std::mt19937_64 (Nishimura 2000), written from its definition."""

    def __init__(self, seed):
        self.state = [seed]
        for i in range(1, 312):
            previous = self.state[-1]
            self.state.append((6364136223846793005 * (previous ^ (previous >> 62)) + i) % 2**64)
        self.index = 312

    def twist(self):
        for i in range(312):
            x = (self.state[i] & 0xFFFFFFFF80000000) | (self.state[(i + 1) % 312] & 0x7FFFFFFF)
            self.state[i] = self.state[(i + 156) % 312] ^ (x >> 1) ^ (0xB5026F5AA96619E9 if x & 1 else 0)
        self.index = 0

    def __call__(self):
        if self.index == 312:
            self.twist()
        x = self.state[self.index]
        self.index += 1
        x ^= (x >> 29) & 0x5555555555555555
        x ^= (x << 17) & 0x71D67FFFEDA60000
        x ^= (x << 37) & 0xFFF7EEE000000000
        return x ^ (x >> 43)

    def below(self, bound):
        greatest = 2**64 - 1
        while True:
            draw = self()
            if draw < greatest - greatest % bound:
                return draw % bound


def subset(total, wanted, seed):
    rng, numbers = MersenneTwister64(seed), list(range(total))
    for i in range(wanted):
        j = i + rng.below(total - i)
        numbers[i], numbers[j] = numbers[j], numbers[i]
    return sorted(numbers[:wanted])


def bootstrap_case(values, seed, resamples, level):
    rng, data = MersenneTwister64(seed), numpy.array(values)
    draws = [data[[rng.below(len(values)) for _ in values]] for _ in range(resamples)]
    tail = (1 - level) / 2
    bounds = lambda statistic: [float(x) for x in numpy.quantile([statistic(d) for d in draws], [tail, 1 - tail])]
    return {"values": values, "seed": seed, "resamples": resamples, "level": level,
            "mean": bounds(numpy.mean), "deviation": bounds(numpy.std)}


def bootstrap():
    rng = random.Random(17)
    return {
        "cases": [
            bootstrap_case([float(rng.random() < 0.8) for _ in range(100)], 0, 500, 0.95),
            bootstrap_case([rng.gauss(3, 2) for _ in range(37)], 42, 333, 0.9),
            bootstrap_case([0.5], 1, 10, 0.95),
        ],
        "subsets": [[t, w, s, subset(t, w, s)] for t, w, s in [(10, 3, 0), (1000, 20, 42), (7, 7, 1)]],
        "quantiles": [[v, q, float(numpy.quantile(v, q))] for v in ([3.0], [4.0, 1.0, 2.5], [5.0, 1, 2, 9, 7, 7])
                      for q in (0.0, 0.25, 0.5, 0.95, 0.99, 1.0)],
    }


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    for name, make in (("classification", classification), ("entities", entities), ("answers", answers),
                       ("bootstrap", bootstrap)):
        path = OUT / f"{name}.json"
        path.write_text(json.dumps(make(), allow_nan=False, separators=(",", ":")) + "\n")
        print(path, path.stat().st_size)


if __name__ == "__main__":
    main()
