#!/usr/bin/env python3
"""Writes tests/golden/summaries/: tiny random T5 and BART checkpoints with tokenizers, and the text that transformers'
generate makes of some documents, as its summarization pipeline does: the task's own parameters and prefix from config.json
(T5), or those of generation_config.json (BART).

Each case is a model directory; expected.json in it is a list of "document", "source" (token ids), "ids" (of the target,
without the start token) and "summary". A document is kept only if F64 gives the same tokens as F32. Weights are stored as
BF16, which keeps them small.

Needs: torch 2.15.0, transformers 5.24.0, tokenizers 0.23.3, safetensors 0.8.0.
Run: python tools/golden/summaries.py
"""
import importlib.util
import json
import shutil
import sys
from pathlib import Path

HERE = Path(sys.path.pop(0))  # this folder: its tokenizers.py is not the library
import torch  # noqa: E402
import transformers as tf  # noqa: E402
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors  # noqa: E402

OUT = Path(__file__).resolve().parents[2] / "tests/golden/summaries"
DOCUMENTS = [
    "The ferry is late. It has two engines. One of them broke on Monday, and the captain waits for a part from Oslo.",
    "Nobody is angry.",
    "A: When do we leave?\nB: At nine, if the car starts.\nA: It never starts :(",
    "Zoë said: “It's 3.5 °C — and snowing!”  The others laughed, then went home.",
    "The council closed the bridge. " * 12 + "It stays open to walkers.",
]
WORDS = ("the a is it of to and in on for from was at one two said late has broke waits part car bridge council snow home "
         "captain engines angry others open closed stays leave start never s").split()


def randomize():
    spec = importlib.util.spec_from_file_location("seq2seq", HERE / "seq2seq.py")
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, "")  # which the module takes away
    spec.loader.exec_module(module)
    return module.randomize


def t5_tokenizer():
    pieces = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("summarize", -4.0)]
    pieces += [("▁" + word, -5.0 - i / 50) for i, word in enumerate(WORDS)]
    pieces += [(c, -9.0 - i / 50) for i, c in enumerate("▁etaoinshrdlcumwfgypbvkjxqz.,:?!'0123456789TABNCIMOW")]
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=2))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", pair="$A </s> $B </s>",
                                                             special_tokens=[("</s>", 1)])
    return tf.PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="<pad>", eos_token="</s>", unk_token="<unk>",
                                      model_max_length=512, clean_up_tokenization_spaces=False)


def bart_tokenizer():
    vocab = {token: i for i, token in enumerate(["<s>", "<pad>", "</s>", "<unk>"])}
    for c in sorted(pre_tokenizers.ByteLevel.alphabet()):
        vocab[c] = len(vocab)
    merges = [("Ġ", "t"), ("h", "e"), ("Ġt", "he"), ("i", "n"), ("Ġ", "a"), ("s", "Ġ"), ("o", "n")]
    for left, right in merges:
        vocab[left + right] = len(vocab)
    tokenizer = Tokenizer(models.BPE(vocab, merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), add_prefix_space=False)
    return tf.PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<s>", pad_token="<pad>", eos_token="</s>",
                                      unk_token="<unk>", model_max_length=1024, clean_up_tokenization_spaces=False)


def save_case(name, model, tokenizer, config_fields, generation_fields):
    directory = OUT / name
    model.to(torch.bfloat16).save_pretrained(directory)
    tokenizer.save_pretrained(directory)
    for file, fields in (("config.json", config_fields), ("generation_config.json", generation_fields)):
        path = directory / file
        path.write_text(json.dumps(dict(json.loads(path.read_text()), **fields), indent=1, sort_keys=True) + "\n")
    loaded = type(model).from_pretrained(directory, dtype=torch.float32).eval()
    precise = type(model).from_pretrained(directory, dtype=torch.float64).eval()
    params = dict(config_fields.get("task_specific_params", {}).get("summarization", {}))
    prefix = params.pop("prefix", "")
    expected = []
    for document in DOCUMENTS:
        source = tokenizer(prefix + document, return_tensors="pt")
        arguments = dict(input_ids=source.input_ids, attention_mask=source.attention_mask, **params)
        with torch.no_grad():
            ids, exact = (m.generate(**arguments)[0].tolist() for m in (loaded, precise))
        if ids != exact:
            print(f"{name}: dropped {document[:40]!r}")
            continue
        expected.append(dict(document=document, source=source.input_ids[0].tolist(), ids=ids[1:],
                             summary=tokenizer.decode(ids, skip_special_tokens=True)))
        print(f"{name}: {expected[-1]['summary']!r}")
    (directory / "expected.json").write_text(json.dumps(expected, ensure_ascii=False, indent=1) + "\n")


def main():
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    tf.logging.set_verbosity_error()
    torch.set_num_threads(1)
    fill = randomize()
    tokenizer = t5_tokenizer()
    model = tf.T5ForConditionalGeneration(tf.T5Config(vocab_size=len(tokenizer), d_model=32, d_kv=8, d_ff=40, num_layers=2,
                                                      num_heads=4, decoder_start_token_id=0))
    params = dict(prefix="summarize: ", early_stopping=True, length_penalty=2.0, max_length=30, min_length=8,
                  no_repeat_ngram_size=3, num_beams=4)
    save_case("t5", fill(model, 1, dict(embedding=1.0, layers=2.0)), tokenizer,
              dict(task_specific_params=dict(summarization=params, translation_en_to_de=dict(max_length=5))), {})
    tokenizer = bart_tokenizer()
    config = tf.BartConfig(vocab_size=len(tokenizer), d_model=32, encoder_layers=2, decoder_layers=1,
                           encoder_attention_heads=4, decoder_attention_heads=2, encoder_ffn_dim=40, decoder_ffn_dim=36,
                           max_position_embeddings=512)
    save_case("bart", fill(tf.BartForConditionalGeneration(config), 4, dict(embedding=0.6, layers=2.0)), tokenizer, {},
              dict(num_beams=4, length_penalty=2.0, max_length=40, min_length=12, no_repeat_ngram_size=3,
                   early_stopping=True, forced_bos_token_id=0))
    print(sum(f.stat().st_size for f in OUT.rglob("*") if f.is_file()), "bytes in all")


if __name__ == "__main__":
    main()
