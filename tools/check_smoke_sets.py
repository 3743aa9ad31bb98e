#!/usr/bin/env python3
"""Checks the labelled sets in data/smoke: counts, balance, labels, offsets, duplicates, encoding.

Usage: tools/check_smoke_sets.py [FOLDER]

Prints one line of counts per set and exits 0, or prints every defect found and exits 1.
Only the standard library is needed.
"""

import argparse
import json
import re
import sys
import unicodedata
from collections import Counter
from pathlib import Path

MIN_SENTIMENT = 240
MIN_NER_SENTENCES_WITH_ENTITIES = 130
MIN_NER_SENTENCES_WITHOUT = 10
MIN_PARAGRAPHS = 16
MIN_QUESTIONS = 75
MAX_ANSWERS = 3
PARAGRAPH_WORDS = (80, 160)
SENTENCE_WORDS = (3, 40)
MIN_DOCUMENTS = 12
MIN_CHAT_QUESTIONS = 60
DOCUMENT_WORDS = (60, 180)
SUMMARY_WORDS = (15, 45)
SUMMARY_SENTENCES = (1, 2)
ENTITY_TYPES = ("PER", "ORG", "LOC", "MISC")

# Two texts with at least this share of common words count as the same text.
NEAR_DUPLICATE = 0.6


class Defects:
    """Collects what is wrong, each with the file and the place in it."""

    def __init__(self):
        self.messages = []

    def add(self, place, message):
        self.messages.append(f"{place}: {message}")


def words_of(text):
    """The words of a text without case, accents' composition and punctuation."""
    return re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold())


def jaccard(left, right):
    union = len(left | right)
    return len(left & right) / union if union else 1.0


def check_duplicates(place, texts, defects):
    """Reports equal and nearly equal texts; texts are (name, text) pairs."""
    bags = [(name, words_of(text)) for name, text in texts]
    seen = {}
    for name, words in bags:
        key = tuple(words)
        if key in seen:
            defects.add(place, f"{name} repeats {seen[key]}")
        seen.setdefault(key, name)
    sets = [(name, tuple(words), frozenset(words)) for name, words in bags]
    for index, (name, words, bag) in enumerate(sets):
        for other_name, other_words, other_bag in sets[:index]:
            share = jaccard(bag, other_bag)
            if share >= NEAR_DUPLICATE and words != other_words:
                defects.add(place, f"{name} is nearly {other_name} (common words {share:.2f})")


def read_text(path, defects):
    """The file as text, or nothing when it is absent or damaged."""
    try:
        data = path.read_bytes()
        text = data.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        defects.add(path.name, str(error))
        return None
    if text.startswith("\ufeff"):
        defects.add(path.name, "starts with a byte order mark")
    if "\r" in text:
        defects.add(path.name, "has a carriage return; lines must end with a line feed alone")
    if not text.endswith("\n"):
        defects.add(path.name, "does not end with a line feed")
    if unicodedata.normalize("NFC", text) != text:
        defects.add(path.name, "is not in Unicode normal form C")
    for number, line in enumerate(text.split("\n"), 1):
        bad = {c for c in line if c != "\t" and unicodedata.category(c) in ("Cc", "Cf", "Co", "Cn")}
        if bad:
            defects.add(f"{path.name}:{number}", f"control characters {sorted(map(ascii, bad))}")
    return text


def check_sentiment(path, defects):
    text = read_text(path, defects)
    if text is None:
        return ""
    lines = text.rstrip("\n").split("\n")
    if lines[0] != "sentence\tlabel":
        defects.add(f"{path.name}:1", "the header must be sentence<TAB>label")
    labels, sentences = Counter(), []
    for number, line in enumerate(lines[1:], 2):
        place = f"{path.name}:{number}"
        fields = line.split("\t")
        if len(fields) != 2 or fields[1] not in ("0", "1"):
            defects.add(place, "needs a sentence, one tab, and 0 or 1")
            continue
        sentence = fields[0]
        if sentence != " ".join(sentence.split()):
            defects.add(place, "has spaces at an end or in a row")
        if sentence.startswith('"'):
            defects.add(place, "starts with a quote, which some TSV readers take for quoting")
        if not SENTENCE_WORDS[0] <= len(sentence.split()) <= SENTENCE_WORDS[1]:
            defects.add(place, f"has {len(sentence.split())} words, not {SENTENCE_WORDS}")
        labels[fields[1]] += 1
        sentences.append((f"line {number}", sentence))
    if len(sentences) < MIN_SENTIMENT:
        defects.add(path.name, f"has {len(sentences)} sentences, fewer than {MIN_SENTIMENT}")
    if labels["0"] != labels["1"]:
        defects.add(path.name, f"is not balanced: {labels['0']} negative, {labels['1']} positive")
    check_duplicates(path.name, sentences, defects)
    return f"{len(sentences)} sentences, {labels['1']} positive, {labels['0']} negative"


def read_conll(name, text, defects):
    """Sentences as lists of (line number, token, tag)."""
    sentences, current = [], []
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        fields = line.split(" ")
        if line == "":
            if current:
                sentences.append(current)
            elif number < len(lines):
                defects.add(f"{name}:{number}", "is an empty line without a sentence before it")
            current = []
        elif len(fields) != 2 or not all(fields):
            defects.add(f"{name}:{number}", "needs a token, one space, and a tag")
        else:
            current.append((number, *fields))
    return sentences


def check_tags(name, sentence, defects):
    """IOB2: every entity starts with B-, and I- only continues an entity of its own type."""
    previous = "O"
    for number, token, tag in sentence:
        prefix, _, kind = tag.partition("-")
        if tag != "O" and (prefix not in ("B", "I") or kind not in ENTITY_TYPES):
            defects.add(f"{name}:{number}", f"has the unknown tag {tag}")
        if prefix == "I" and previous not in (f"B-{kind}", f"I-{kind}"):
            defects.add(f"{name}:{number}", f"{tag} follows {previous}")
        if re.search(r"""\w[,;:!?]$|\w{4,}\.$|\w['’]s$|^[("].|.[)"]$""", token):
            defects.add(f"{name}:{number}", f"punctuation is not split from {token}")
        previous = tag


def check_ner(path, defects):
    text = read_text(path, defects)
    if text is None:
        return ""
    sentences = read_conll(path.name, text, defects)
    kinds, with_entities = Counter(), 0
    for sentence in sentences:
        check_tags(path.name, sentence, defects)
        starts = [tag[2:] for _, _, tag in sentence if tag.startswith("B-")]
        kinds.update(starts)
        with_entities += bool(starts)
    without = len(sentences) - with_entities
    if with_entities < MIN_NER_SENTENCES_WITH_ENTITIES:
        defects.add(path.name, f"has {with_entities} sentences with entities, "
                               f"fewer than {MIN_NER_SENTENCES_WITH_ENTITIES}")
    if without < MIN_NER_SENTENCES_WITHOUT:
        defects.add(path.name, f"has {without} sentences without entities, "
                               f"fewer than {MIN_NER_SENTENCES_WITHOUT}")
    texts = [(f"the sentence at line {s[0][0]}", " ".join(t for _, t, _ in s)) for s in sentences]
    check_duplicates(path.name, texts, defects)
    tokens = sum(map(len, sentences))
    types = ", ".join(f"{kinds[kind]} {kind}" for kind in ENTITY_TYPES)
    return (f"{len(sentences)} sentences ({without} without entities), {tokens} tokens, "
            f"{sum(kinds.values())} entities: {types}")


def check_answers(place, context, answers, defects):
    if not 1 <= len(answers) <= MAX_ANSWERS:
        defects.add(place, f"has {len(answers)} answers, not 1 to {MAX_ANSWERS}")
    spans = [(a["answer_start"], a["text"]) for a in answers]
    if len(set(spans)) != len(spans):
        defects.add(place, "lists an answer twice")
    for start, text in spans:
        end = start + len(text)
        if not text or start < 0 or context[start:end] != text:
            defects.add(place, f"the context has {context[max(start, 0):end]!r} at {start}, not {text!r}")
        elif text != text.strip():
            defects.add(place, f"the answer {text!r} has spaces at an end")
        elif (context[start - 1:start] + text[0]).isalnum() and start > 0 or (
                text[-1] + context[end:end + 1]).isalnum() and end < len(context):
            defects.add(place, f"the answer {text!r} cuts a word of the context")


def check_qa(path, defects):
    text = read_text(path, defects)
    if text is None:
        return ""
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        defects.add(path.name, str(error))
        return ""
    contexts, questions, ids, answer_count, non_ascii = [], [], Counter(), 0, 0
    for article in document["data"]:
        for paragraph in article["paragraphs"]:
            context = paragraph["context"]
            count = len(context.split())
            if not PARAGRAPH_WORDS[0] <= count <= PARAGRAPH_WORDS[1]:
                defects.add(article["title"], f"has {count} words, not {PARAGRAPH_WORDS}")
            contexts.append((article["title"], context))
            non_ascii += not context.isascii()
            for qa in paragraph["qas"]:
                ids[qa["id"]] += 1
                questions.append((qa["id"], qa["question"]))
                answer_count += len(qa["answers"])
                if not qa["question"].endswith("?") or qa["question"] != qa["question"].strip():
                    defects.add(qa["id"], "the question does not end with a question mark")
                check_answers(qa["id"], context, qa["answers"], defects)
    if document.get("version") != "1.1":
        defects.add(path.name, "is not marked as version 1.1")
    for repeated in (i for i, n in ids.items() if n > 1):
        defects.add(path.name, f"the id {repeated} is used more than once")
    if len(contexts) < MIN_PARAGRAPHS or len(questions) < MIN_QUESTIONS:
        defects.add(path.name, f"has {len(contexts)} paragraphs and {len(questions)} questions, "
                               f"fewer than {MIN_PARAGRAPHS} and {MIN_QUESTIONS}")
    check_duplicates(path.name, contexts, defects)
    check_duplicates(path.name, questions, defects)
    return (f"{len(contexts)} paragraphs ({non_ascii} with characters outside ASCII), "
            f"{len(questions)} questions, {answer_count} acceptable answers")


def check_summary(place, document, summary, defects):
    """Length, and that every number and name of the summary is in the document."""
    for what, text, bounds in (("document", document, DOCUMENT_WORDS), ("summary", summary, SUMMARY_WORDS)):
        count = len(text.split())
        if not bounds[0] <= count <= bounds[1]:
            defects.add(place, f"the {what} has {count} words, not {bounds}")
        if text != text.strip():
            defects.add(place, f"the {what} has white space at an end")
    sentences = re.split(r"(?<=[.!?]) ", summary)
    if not SUMMARY_SENTENCES[0] <= len(sentences) <= SUMMARY_SENTENCES[1] or not summary.endswith("."):
        defects.add(place, f"the summary has {len(sentences)} sentences, not {SUMMARY_SENTENCES}")
    known = set(words_of(document))
    for sentence in sentences:
        for position, word in enumerate(re.findall(r"\w+", sentence)):
            told = word.casefold() in known
            if (word[0].isdigit() or position > 0 and word[0].isupper()) and not told:
                defects.add(place, f"the document does not say {word!r}")


def check_summarization(path, defects):
    text = read_text(path, defects)
    if text is None:
        return ""
    rows = []
    for number, line in enumerate(text.rstrip("\n").split("\n"), 1):
        try:
            rows.append(json.loads(line))
        except json.JSONDecodeError as error:
            defects.add(f"{path.name}:{number}", str(error))
            return ""
    for number, row in enumerate(rows, 1):
        if set(row) != {"id", "document", "summary"}:
            defects.add(f"{path.name}:{number}", "needs id, document and summary")
        check_summary(f"{path.name}:{number}", row["document"], row["summary"], defects)
    if len(rows) < MIN_DOCUMENTS:
        defects.add(path.name, f"has {len(rows)} documents, fewer than {MIN_DOCUMENTS}")
    if len({row["id"] for row in rows}) != len(rows):
        defects.add(path.name, "uses an id more than once")
    check_duplicates(path.name, [(row["id"], row["document"]) for row in rows], defects)
    words = [sum(len(row[what].split()) for row in rows) / len(rows) for what in ("document", "summary")]
    return f"{len(rows)} documents, on average {words[0]:.0f} words with summaries of {words[1]:.0f}"


def check_chat(path, defects):
    """That no question repeats, and that repeating the question is no right answer."""
    text = read_text(path, defects)
    if text is None:
        return ""
    rows = []
    for number, line in enumerate(text.rstrip("\n").split("\n"), 1):
        try:
            rows.append(json.loads(line))
        except json.JSONDecodeError as error:
            defects.add(f"{path.name}:{number}", str(error))
            return ""
    for number, row in enumerate(rows, 1):
        place = f"{path.name}:{number}"
        if set(row) != {"id", "category", "question", "answers"}:
            defects.add(place, "needs id, category, question and answers")
        if not 1 <= len(row["answers"]) <= MAX_ANSWERS:
            defects.add(place, f"has {len(row['answers'])} answers, not 1 to {MAX_ANSWERS}")
        asked = f" {' '.join(words_of(row['question']))} "
        for answer in row["answers"]:
            words = " ".join(words_of(answer))
            if not words:
                defects.add(place, "has an answer without a word")
            elif f" {words} " in asked and words not in ("yes", "no"):
                defects.add(place, f"asks with its answer {answer!r}")
    if len(rows) < MIN_CHAT_QUESTIONS:
        defects.add(path.name, f"has {len(rows)} questions, fewer than {MIN_CHAT_QUESTIONS}")
    if len({row["id"] for row in rows}) != len(rows):
        defects.add(path.name, "uses an id more than once")
    for question, count in Counter(tuple(words_of(row["question"])) for row in rows).items():
        if count > 1:
            defects.add(path.name, f"asks {' '.join(question)!r} more than once")
    categories = Counter(row["category"] for row in rows)
    return f"{len(rows)} questions: " + ", ".join(f"{count} {name}" for name, count in categories.items())


def main():
    default = Path(__file__).resolve().parent.parent / "data" / "smoke"
    parser = argparse.ArgumentParser(description="Check the labelled smoke sets.")
    parser.add_argument("folder", nargs="?", type=Path, default=default)
    folder = parser.parse_args().folder
    defects = Defects()
    checks = {"sentiment.tsv": check_sentiment, "ner.conll": check_ner, "qa.json": check_qa,
              "summarization.jsonl": check_summarization, "chat.jsonl": check_chat}
    for name, check in checks.items():
        try:
            print(f"{name}: {check(folder / name, defects)}")
        except (KeyError, TypeError, AttributeError) as error:
            defects.add(name, f"has not the expected structure: {error!r}")
    for message in defects.messages:
        print(message, file=sys.stderr)
    return 1 if defects.messages else 0


if __name__ == "__main__":
    sys.exit(main())
