#!/usr/bin/env python3
"""Writes tests/golden/tasks: tiny random models and what transformers' pipelines make of fixed texts with them.

Needs  torch==2.15.0 transformers==4.57.6 tokenizers==0.22.2 numpy==2.4.6
(4.57 is the last line of transformers that has the question-answering pipeline; the other pipelines are the same in 5.x).
Run    python tools/golden/tasks.py

The models are random, so their answers mean nothing; that they must be equal does. Offsets are code points.
Two runs on one machine write the same bytes.
Left out of the expected answers of question-answering: spans of probability 0, which that pipeline adds when a context
has fewer spans than it looks for.
"""
import collections
import json
import pathlib
import shutil

import numpy as np
import torch
import transformers
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

OUT = pathlib.Path(__file__).resolve().parents[2] / "tests/golden/tasks"
SIZES = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
TAGS = ["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC", "B-MISC", "I-MISC"]

TEXTS = [
    "The harbour office in Lisbon opened again after the storm.",
    "Maria Silva and John O'Neil work for Blue Harbour Ltd. in Porto.",
    "I loved the slow, patient way this film tells its story!",
    "never again",
    "",
    " ",
    "Dr. Müller flew from Zürich to São Paulo; the café was closed.",
    "北京 is far from 東京, said Ann.",
    "Cafe\u0301 with a combining accent, and nai\u0308ve too.",
    "emoji 😀 in the middle 👩‍👩‍👧 of a line",
    "tabs\tand\nnew lines\r\nand   many   spaces",
    "unbelievably-hyphenated words/with/slashes and e-mail@addresses.example",
    "ALL CAPITALS AND İSTANBUL",
    "numbers 12345 and 3.14159, years 1999-2024",
]
LONG = (
    "The town of Aldbrook lies where two rivers meet. In 1742 Thomas Weller built the first bridge there, and his "
    "daughter Anne Weller paid for the second. The market moved to the north bank after the great flood. Since then "
    "the old square has belonged to the school, the library and a small museum of clocks. Müller & Sons made most "
    "of the clocks; the oldest one came from Zürich. Every spring the children of Aldbrook sail paper boats under "
    "both bridges, and the boat that reaches the mill first wins a loaf of bread. In 1998 the winner was Priya Nair, "
    "whose boat was made from a page of the town's newspaper. The newspaper printed the story the next morning. "
)
CONTEXTS = [
    ("Who built the first bridge?", LONG),
    ("Where did the oldest clock come from?", LONG),
    ("What did Priya Nair use?", "In 1998 the winner was Priya Nair, whose boat was made from a page of the newspaper."),
    ("Who?", "Ann."),
    ("Which city has a café?", "Dr. Müller flew from Zürich to São Paulo; the café was closed. 東京 is far."),
    ("What wins the loaf of bread?", LONG + LONG),
]


def corpus():
    return TEXTS + [LONG] + [question for question, _ in CONTEXTS]


def word_pieces(words, size):
    """The vocabulary of `words` for WordPiece: each character, then the substrings that spare most tokens. The trainer of
    tokenizers numbers pieces in the order of a hash table, another one in each run; here ties go by the alphabet."""
    letters, gains = set(), collections.Counter()
    for word in words:
        letters |= {word[0]} | {f"##{letter}" for letter in word[1:]}
        for begin in range(len(word)):
            for end in range(begin + 2, len(word) + 1):
                gains[word[begin:end] if begin == 0 else f"##{word[begin:end]}"] += end - begin - 1
    pieces = sorted(letters)
    return pieces + sorted(gains, key=lambda piece: (-gains[piece], piece))[:size - len(pieces)]


def word_piece():
    tokenizer = Tokenizer(models.WordPiece())
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    # No emoji and no capital letters in the vocabulary, so that [UNK] occurs.
    texts = [tokenizer.normalizer.normalize_str(text.replace("😀", "").replace("👩", "")) for text in corpus()]
    words = [word for text in texts for word, _ in tokenizer.pre_tokenizer.pre_tokenize_str(text)]
    vocabulary = special + word_pieces(words, 360 - len(special))
    tokenizer.model = models.WordPiece({piece: i for i, piece in enumerate(vocabulary)}, unk_token="[UNK]",
                                       max_input_chars_per_word=100)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    tokenizer.decoder = decoders.WordPiece(prefix="##")
    return tokenizer, dict(zip(("pad_token", "unk_token", "cls_token", "sep_token", "mask_token"), special))


def byte_bpe():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    tokenizer.train_from_iterator(corpus(), trainers.BpeTrainer(
        vocab_size=420, special_tokens=special, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False))
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), trim_offsets=True,
                                                            add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    names = ("cls_token", "pad_token", "sep_token", "unk_token", "mask_token")
    return tokenizer, dict(zip(names, special), bos_token="<s>", eos_token="</s>")


def fast_tokenizer(parts, limit, names):
    tokenizer, special = parts
    return transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=limit,
                                                model_input_names=names, **special)


def make(cls, config, seed, spread):
    """A model whose random weights are large enough for sharp, different scores."""
    torch.manual_seed(seed)
    config.initializer_range = spread
    model = cls(config).eval()
    with torch.no_grad():
        for name, value in model.named_parameters():
            if name.endswith("bias") and "LayerNorm" not in name:
                value.normal_(0, spread / 2)
            if name in ("classifier.weight", "qa_outputs.weight"):
                value.mul_(2)
            if name == "classifier.bias" and len(value) == len(TAGS):
                value[0] += 1  # real taggers answer O most of the time
    return model


def save(name, model, tokenizer):
    folder = OUT / name
    model.save_pretrained(folder, safe_serialization=True)
    tokenizer.save_pretrained(folder)
    (folder / "special_tokens_map.json").unlink()
    return folder


def write(name, value):
    (OUT / f"{name}.json").write_text("[\n" + ",\n".join(json.dumps(v, ensure_ascii=False) for v in value) + "\n]\n")


def bert_config(tokenizer, **more):
    return transformers.BertConfig(vocab_size=len(tokenizer), max_position_embeddings=96, **SIZES, **more)


def labels(names):
    return {"id2label": dict(enumerate(names)), "label2id": {name: i for i, name in enumerate(names)}}


BERT_INPUTS = ["input_ids", "token_type_ids", "attention_mask"]
PLAIN_INPUTS = ["input_ids", "attention_mask"]


def classification():
    tokenizer = fast_tokenizer(word_piece(), 48, BERT_INPUTS)
    softmax = make(transformers.BertForSequenceClassification,
                   bert_config(tokenizer, **labels(["negative", "neutral", "positive"])), 1, 0.4)
    save("classify_softmax", softmax, tokenizer)
    plain = fast_tokenizer(word_piece(), 48, PLAIN_INPUTS)
    sigmoid = make(transformers.DistilBertForSequenceClassification, transformers.DistilBertConfig(
        vocab_size=len(plain), max_position_embeddings=96, dim=16, n_layers=2, n_heads=2, hidden_dim=32,
        problem_type="multi_label_classification", **labels(["toxic", "rude", "threat", "kind"])), 2, 0.4)
    save("classify_sigmoid", sigmoid, plain)
    cases = []
    for name, model, tok in (("classify_softmax", softmax, tokenizer), ("classify_sigmoid", sigmoid, plain)):
        pipe = transformers.pipeline("text-classification", model=model, tokenizer=tok, device="cpu")
        for top_k in (1, 2, None):
            for function in (None, "softmax", "sigmoid", "none"):
                if function is not None and top_k is not None:
                    continue
                options = {"top_k": top_k} | ({"function_to_apply": function} if function else {})
                texts = TEXTS + [LONG]
                cases.append({"model": name, "top_k": top_k or 0, "function": function, "texts": texts,
                              "expected": [pipe(text, truncation=True, **options) for text in texts]})
        pairs = [{"text": TEXTS[0], "text_pair": TEXTS[1]}, {"text": "never", "text_pair": LONG}]
        cases.append({"model": name, "top_k": 0, "function": None, "pairs": pairs,
                      "expected": [pipe(pair, truncation=True, top_k=None) for pair in pairs]})
    write("classify", cases)


def plain_entity(entity):
    """[label, score, start, end] and, without aggregation, the index."""
    kept = [entity.get("entity", entity.get("entity_group")), round(float(entity["score"]), 7), entity["start"],
            entity["end"]]
    return kept + ([int(entity["index"])] if "index" in entity else [])


def token_classification():
    word = fast_tokenizer(word_piece(), 48, BERT_INPUTS)
    bert = make(transformers.BertForTokenClassification, bert_config(word, **labels(TAGS)), 3, 0.5)
    save("ner_wordpiece", bert, word)
    bpe = fast_tokenizer(byte_bpe(), 64, PLAIN_INPUTS)
    roberta = make(transformers.RobertaForTokenClassification, transformers.RobertaConfig(
        vocab_size=len(bpe), max_position_embeddings=98, type_vocab_size=1, pad_token_id=1, bos_token_id=0,
        eos_token_id=2, **SIZES, **labels(TAGS)), 4, 0.5)
    save("ner_bpe", roberta, bpe)
    cases, words = [], []
    for name, model, tok in (("ner_wordpiece", bert, word), ("ner_bpe", roberta, bpe)):
        pipe = transformers.pipeline("token-classification", model=model, tokenizer=tok, device="cpu")
        for strategy in ("none", "simple", "first", "average", "max"):
            for ignore in (["O"], []):
                if not ignore and strategy not in ("none", "first"):
                    continue
                cases.append({"model": name, "aggregation": strategy, "ignore": ignore, "stride": None, "texts": TEXTS,
                              "expected": [[plain_entity(e) for e in pipe(text, aggregation_strategy=strategy,
                                                                          ignore_labels=ignore)] for text in TEXTS]})
            if strategy != "none":
                for stride in (0, 7, 30):
                    result = pipe(LONG, aggregation_strategy=strategy, stride=stride)
                    cases.append({"model": name, "aggregation": strategy, "ignore": ["O"], "stride": stride,
                                  "texts": [LONG], "expected": [[plain_entity(e) for e in result]]})
        sentences = [text.split() for text in TEXTS if text.split()] + [["a", "\u200b", "b\u00adc", "\x07", "d"]]
        expected = []
        for sentence in sentences:
            encoding = tok(" ".join(sentence), return_tensors="pt", return_offsets_mapping=True)
            offsets = encoding.pop("offset_mapping")[0].tolist()
            with torch.no_grad():
                best = model(**encoding).logits[0].argmax(-1).tolist()
            tags, start = [], 0
            for item in sentence:
                inside = [b for (s, e), b in zip(offsets, best) if s < e and s < start + len(item) and e > start]
                tags.append(TAGS[inside[0]] if inside else "O")
                start += len(item) + 1
            expected.append(tags)
        words.append({"model": name, "sentences": sentences, "expected": expected})
    write("ner", cases)
    write("ner_words", words)


def question_answering():
    word = fast_tokenizer(word_piece(), 96, BERT_INPUTS)
    model = make(transformers.BertForQuestionAnswering, bert_config(word), 5, 0.7)
    save("qa", model, word)
    pipe = transformers.pipeline("question-answering", model=model, tokenizer=word, device="cpu")
    cases = []
    settings = [
        {"top_k": 1}, {"top_k": 3}, {"top_k": 3, "handle_impossible_answer": True},
        {"top_k": 4, "align_to_words": False}, {"top_k": 2, "max_answer_len": 3},
        {"top_k": 3, "max_seq_len": 48, "doc_stride": 8}, {"top_k": 3, "max_seq_len": 64, "doc_stride": 31},
        {"top_k": 2, "max_seq_len": 40, "doc_stride": 0, "handle_impossible_answer": True},
    ]
    for options in settings:
        for question, context in CONTEXTS:
            found = pipe(question=question, context=context, **options)
            found = found if isinstance(found, list) else [found]
            kept = [a for a in found if a["score"] > 0 and (a["start"] < a["end"] or options.get("handle_impossible_answer"))]
            cases.append({"question": question, "context": context, "options": options,
                          "expected": [{k: a[k] for k in ("score", "start", "end", "answer")} for a in kept]})
    write("qa", cases)
    write("qa_joint", [joint_answer(model, word, *CONTEXTS[i], length, stride)
                       for i in (0, 1, 5) for length, stride in ((48, 8), (64, 31), (40, 0), (96, 24))])


def joint_answer(model, tokenizer, question, context, length, stride):
    """The best span over all windows by the sum of its logits, as run_squad ranks them: a span starts in the window
    where its first token has most context. Its score: both softmaxes taken over all windows together."""
    encoded = tokenizer(question, context, truncation="only_second", max_length=length, stride=stride,
                        return_overflowing_tokens=True, return_offsets_mapping=True)
    windows, start_logits, end_logits = [], [], []
    for w, ids in enumerate(encoded["input_ids"]):
        with torch.no_grad():
            out = model(input_ids=torch.tensor([ids]), token_type_ids=torch.tensor([encoded["token_type_ids"][w]]))
        inside = [i for i, sequence in enumerate(encoded.sequence_ids(w)) if sequence == 1]
        start, end = out.start_logits[0].double().numpy(), out.end_logits[0].double().numpy()
        windows.append((inside, start, end, encoded["offset_mapping"][w]))
        start_logits += [start[i] for i in [0] + inside]
        end_logits += [end[i] for i in [0] + inside]
    starts_at, first = [], 0
    for inside, *_ in windows:
        starts_at.append(first)
        first += len(inside) - stride

    def room(w, place):
        inside = windows[w][0]
        left = 10**6 if w == 0 else place
        right = 10**6 if w == len(windows) - 1 else len(inside) - 1 - place
        return min(left, right)

    best = None
    for w, (inside, start, end, offsets) in enumerate(windows):
        for k, s in enumerate(inside):
            others = [(v, starts_at[w] + k - starts_at[v]) for v in range(len(windows))]
            rooms = {v: room(v, at) for v, at in others if 0 <= at < len(windows[v][0])}
            if any(r > rooms[w] or (r == rooms[w] and v < w) for v, r in rooms.items()):
                continue
            for e in inside[k:k + 15]:
                if best is None or start[s] + end[e] > best[0]:
                    best = (start[s] + end[e], offsets[s][0], offsets[e][1])
    normal = np.logaddexp.reduce(start_logits) + np.logaddexp.reduce(end_logits)
    return {"question": question, "context": context, "max_seq_len": length, "doc_stride": stride,
            "windows": len(windows), "score": float(np.exp(best[0] - normal)), "start": best[1], "end": best[2]}


def embeddings():
    word = fast_tokenizer(word_piece(), 96, BERT_INPUTS)
    model = make(transformers.BertModel, bert_config(word), 6, 0.4)
    folder = save("embed", model, word)
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling/config.json").write_text(json.dumps({
        "word_embedding_dimension": 16, "pooling_mode_cls_token": False, "pooling_mode_mean_tokens": True,
        "pooling_mode_max_tokens": False, "pooling_mode_mean_sqrt_len_tokens": False}))
    (folder / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": 40, "do_lower_case": False}))
    modules = [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")]
    (folder / "modules.json").write_text(json.dumps([
        {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for i, (path, kind) in enumerate(modules)]))
    expected = []
    for text in TEXTS + [LONG]:
        encoding = word(text, return_tensors="pt", truncation=True, max_length=40)
        with torch.no_grad():
            mean = model(**encoding).last_hidden_state[0].mean(0)
        vector = torch.nn.functional.normalize(mean, dim=0)
        expected.append({"text": text, "tokens": encoding["input_ids"].shape[1],
                         "truncated": len(word(text)["input_ids"]) > 40, "values": [round(v, 7) for v in vector.tolist()]})
    write("embed", expected)


def main():
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    transformers.logging.set_verbosity_error()
    np.seterr(all="ignore")
    torch.set_num_threads(1)  # sums in one order
    classification()
    token_classification()
    question_answering()
    embeddings()
    print(sum(f.stat().st_size for f in OUT.rglob("*") if f.is_file()), "bytes")


if __name__ == "__main__":
    main()
