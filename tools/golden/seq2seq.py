#!/usr/bin/env python3
"""Writes tests/golden/seq2seq/: tiny random checkpoints with encoder and decoder, and what transformers' generate makes
of some sources under many options.

Each case is a model directory; expected.json in it holds "sources" (token ids) and "runs": options by transformers' names
and for each source the sequences, best first: "ids" without the start token and "score" (sequences_scores; for greedy
search the sum of the log-probabilities over length ** length_penalty). Every source is run alone, in F32; a run is kept
only if F64 gives the same tokens, so that no result hangs on a rounding, and a padded batch of all sources must too.
Weights are stored as BF16, which keeps them small.

Needs: torch 2.15.0, transformers 5.24.0, safetensors 0.8.0.
Run: python tools/golden/seq2seq.py
"""
import copy
import json
import shutil
import sys
from pathlib import Path

sys.path.pop(0)  # this folder: its tokenizers.py is not the library
import torch  # noqa: E402
import transformers as tf  # noqa: E402
from safetensors.torch import save_file  # noqa: E402

OUT = Path(__file__).resolve().parents[2] / "tests/golden/seq2seq"
VOCAB = 61
# What is tried on every model; the rest of OPTIONS on one of each family.
BASIC = [
    {},
    dict(max_new_tokens=12),
    dict(num_beams=4, max_new_tokens=15),
    dict(num_beams=4, max_new_tokens=15, early_stopping=True, length_penalty=2.0, no_repeat_ngram_size=3,
         min_length=6, num_return_sequences=4),
    dict(num_beams=3, max_length=14, early_stopping="never", length_penalty=0.6, num_return_sequences=2),
]
OPTIONS = BASIC + [
    dict(num_beams=1, max_new_tokens=1),
    dict(num_beams=4, max_new_tokens=1),
    dict(max_new_tokens=30, no_repeat_ngram_size=1),
    dict(max_new_tokens=30, no_repeat_ngram_size=2),
    dict(max_new_tokens=20, repetition_penalty=1.7),
    dict(max_new_tokens=20, repetition_penalty=0.8),
    dict(max_new_tokens=20, min_new_tokens=15),
    dict(max_new_tokens=20, min_length=12),
    dict(max_length=9, forced_bos_token_id=7),
    dict(max_length=9, forced_eos_token_id=1),
    dict(max_length=12, eos_token_id=[1, 5, 9, 14]),
    dict(max_length=12, decoder_start_token_id=3),
    dict(max_length=12, suppress_tokens=[4, 8, 15, 16, 23, 42], begin_suppress_tokens=[1, 10]),
    dict(max_length=12, bad_words_ids=[[11], [12, 13], [1], [30, 31, 32]]),
    dict(num_beams=2, max_length=10, length_penalty=0.0),
    dict(num_beams=2, max_length=10, length_penalty=-1.0, num_return_sequences=2),
    dict(num_beams=5, max_length=16, length_penalty=2.0, num_return_sequences=5),
    dict(num_beams=5, max_length=16, length_penalty=2.0, early_stopping=True, num_return_sequences=5),
    dict(num_beams=5, max_length=16, length_penalty=2.0, early_stopping="never", num_return_sequences=5),
    dict(num_beams=5, max_length=16, length_penalty=0.3, early_stopping="never", num_return_sequences=5),
    dict(num_beams=4, max_new_tokens=25, no_repeat_ngram_size=2),
    dict(num_beams=4, max_new_tokens=20, repetition_penalty=1.5),
    dict(num_beams=4, max_new_tokens=16, min_new_tokens=10, early_stopping=True),
    dict(num_beams=4, max_length=10, forced_bos_token_id=7, num_return_sequences=3),
    dict(num_beams=4, max_length=8, forced_eos_token_id=1, num_return_sequences=4),
    dict(num_beams=4, max_length=8, forced_bos_token_id=9, forced_eos_token_id=1, early_stopping=True),
    dict(num_beams=3, max_length=12, eos_token_id=[1, 5, 9, 14], num_return_sequences=3),
    dict(num_beams=3, max_length=12, bad_words_ids=[[11], [12, 13], [1], [30, 31, 32]], suppress_tokens=[4, 8]),
    dict(num_beams=3, max_length=12, renormalize_logits=True, repetition_penalty=1.3, min_length=7),
]


def randomize(model, seed, spread):
    """Weights so large that what comes next depends on all that came before."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if not parameter.requires_grad:  # sinusoidal positions
                continue
            noise = torch.randn(parameter.shape, generator=generator)
            if "norm" in name.lower():
                parameter.copy_((1.0 if name.endswith("weight") else 0.0) + 0.2 * noise)
            elif parameter.dim() == 1:
                parameter.copy_(0.2 * noise)
            elif "relative" in name:
                parameter.copy_(noise)
            elif "shared" in name or "embed" in name or "lm_head" in name:
                parameter.copy_(spread["embedding"] * noise)
            else:
                parameter.copy_(spread["layers"] * noise * parameter.shape[-1] ** -0.5)
        for name, buffer in model.named_buffers():
            if name == "final_logits_bias":
                buffer.copy_(0.5 * torch.randn(buffer.shape, generator=generator))
    return model.eval()


def make_sources(seed, lengths):
    generator = torch.Generator().manual_seed(seed)
    return [torch.randint(3, VOCAB, (n,), generator=generator).tolist() for n in lengths]


def sequence_of(ids, end, length):
    """Without the start token and the padding behind the end."""
    ids = ids[1:length]
    for i, token in enumerate(ids):
        if token in end:
            return ids[:i + 1]
    return ids


def generate(model, ids, mask, options):
    config = model.generation_config
    eos = options.get("eos_token_id", config.eos_token_id)
    end = eos if isinstance(eos, list) else [eos]
    beams = options.get("num_beams", config.num_beams) or 1
    with torch.no_grad():
        out = model.generate(input_ids=ids, attention_mask=mask, return_dict_in_generate=True, output_scores=True,
                             **options)
    count = options.get("num_return_sequences", 1)
    rows = []
    for i, sequence in enumerate(out.sequences.tolist()):
        kept = sequence_of(sequence, end, len(sequence))
        if beams > 1:
            score = out.sequences_scores[i].item()
        else:
            scores = model.compute_transition_scores(out.sequences[i:i + 1], [s[i:i + 1] for s in out.scores],
                                                     normalize_logits=True)[0]
            penalty = options.get("length_penalty", config.length_penalty)
            score = scores[:len(kept)].sum().item() / len(kept) ** (1.0 if penalty is None else penalty)
        rows.append(dict(ids=kept, score=score))
    return [rows[i:i + count] for i in range(0, len(rows), count)]


def run_all(model, precise, sources, options):
    alone = [generate(model, torch.tensor([s]), torch.ones(1, len(s), dtype=torch.long), options)[0] for s in sources]
    exact = [generate(precise, torch.tensor([s]), torch.ones(1, len(s), dtype=torch.long), options)[0]
             for s in sources]
    longest = max(map(len, sources))
    ids = torch.tensor([s + [model.config.pad_token_id] * (longest - len(s)) for s in sources])
    mask = torch.tensor([[1] * len(s) + [0] * (longest - len(s)) for s in sources])
    together = generate(model, ids, mask, options)

    def tokens(results):
        return [[one["ids"] for one in per_source] for per_source in results]

    robust = [tokens([a]) == tokens([b]) == tokens([c]) for a, b, c in zip(alone, exact, together)]
    return alone, robust


def save_case(name, model, sources, options, edit=None):
    directory = OUT / name
    state = {k: v.to(torch.bfloat16) for k, v in model.state_dict().items()}
    model.to(torch.bfloat16).save_pretrained(directory)
    if edit:
        edit(directory, state)
    loaded = type(model).from_pretrained(directory, dtype=torch.float32).eval()
    precise = copy.deepcopy(loaded).double()
    runs, dropped, distinct, ended, total = [], 0, set(), 0, 0
    for chosen in options:
        results, robust = run_all(loaded, precise, sources, chosen)
        kept = [i for i, good in enumerate(robust) if good]
        dropped += len(robust) - len(kept)
        runs.append(dict(options=chosen, sources=kept, results=[
            [dict(ids=one["ids"], score=round(one["score"], 5)) for one in results[i]] for i in kept]))
        for i in kept:
            for one in results[i]:
                distinct.add(tuple(one["ids"]))
                total += 1
                ended += one["ids"][-1] in (chosen.get("eos_token_id") or [loaded.generation_config.eos_token_id])
    (directory / "expected.json").write_text(json.dumps(dict(sources=sources, runs=runs)) + "\n")
    tokens = {t for ids in distinct for t in ids}
    repeats = sum(a == b for ids in distinct for a, b in zip(ids, ids[1:])) / sum(map(len, distinct))
    print(f"{name}: {total} sequences, {len(distinct)} distinct, {len(tokens)} tokens, {ended} ended, "
          f"repeats {repeats:.2f}, dropped {dropped}, {sum(f.stat().st_size for f in directory.iterdir())} bytes")


T5 = dict(vocab_size=VOCAB, d_model=32, d_kv=8, d_ff=40, num_layers=2, num_heads=4, decoder_start_token_id=0)


def untie(directory, state):
    """As T5 1.1 and Flan are published: an LM head of its own, and no word about scaling."""
    save_file({k: v.contiguous() for k, v in state.items() if "embed_tokens" not in k},
              directory / "model.safetensors", metadata={"format": "pt"})
    config = json.loads((directory / "config.json").read_text())
    config["tie_word_embeddings"] = False
    config.pop("scale_decoder_outputs", None)
    (directory / "config.json").write_text(json.dumps(config, indent=1, sort_keys=True) + "\n")


def t5():
    spread = dict(embedding=1.0, layers=2.0)
    tied = tf.T5ForConditionalGeneration(tf.T5Config(**T5))
    # Lengths beyond 128 reach the last bucket of relative positions.
    save_case("t5_v1_0", randomize(tied, 1, spread), make_sources(7, [1, 2, 5, 9, 33, 150]), OPTIONS)
    config = tf.T5Config(**dict(T5, num_decoder_layers=1, d_kv=12, relative_attention_num_buckets=8,
                                relative_attention_max_distance=20), feed_forward_proj="gated-gelu",
                         tie_word_embeddings=False)
    untied = tf.T5ForConditionalGeneration(config)
    untied.lm_head.weight = torch.nn.Parameter(torch.empty_like(untied.lm_head.weight))
    save_case("t5_v1_1", randomize(untied, 2, dict(spread, embedding=0.5)), make_sources(8, [1, 3, 8, 20, 70]),
              OPTIONS, untie)


BART = dict(vocab_size=VOCAB, d_model=32, encoder_layers=2, decoder_layers=2, encoder_attention_heads=4,
            decoder_attention_heads=2, encoder_ffn_dim=40, decoder_ffn_dim=36, max_position_embeddings=40)


def moved(options, eos):
    """The same options where the end has another id."""
    text = json.dumps(options).replace('"eos_token_id": [1,', f'"eos_token_id": [{eos},')
    text = text.replace('"forced_eos_token_id": 1', f'"forced_eos_token_id": {eos}')
    return json.loads(text.replace("[[11], [12, 13], [1],", f"[[11], [12, 13], [{eos}],"))


def generation_fields(**fields):
    def edit(directory, state):
        path = directory / "generation_config.json"
        path.write_text(json.dumps(dict(json.loads(path.read_text()), **fields), indent=1, sort_keys=True) + "\n")
    return edit


def bart():
    spread = dict(embedding=0.6, layers=2.0)
    plain = tf.BartForConditionalGeneration(tf.BartConfig(**BART))
    save_case("bart", randomize(plain, 3, spread), make_sources(9, [1, 2, 5, 17, 40]), moved(OPTIONS, 2))
    # As distilbart-cnn is set up, with scaled embeddings and layers of unequal number besides.
    config = tf.BartConfig(**dict(BART, decoder_layers=1, scale_embedding=True, activation_function="relu"))
    save_case("bart_cnn", randomize(tf.BartForConditionalGeneration(config), 4, dict(spread, embedding=0.2)),
              make_sources(10, [1, 4, 12, 33]), moved(BASIC, 2),
              generation_fields(num_beams=4, length_penalty=2.0, max_length=22, min_length=8, no_repeat_ngram_size=3,
                                early_stopping=True, forced_bos_token_id=0))


def marian():
    special = dict(pad_token_id=60, decoder_start_token_id=60, eos_token_id=0, forced_eos_token_id=0)
    config = tf.MarianConfig(**BART, **special, scale_embedding=True, activation_function="swish")
    model = randomize(tf.MarianMTModel(config), 5, dict(embedding=0.15, layers=2.0))
    sources = make_sources(11, [1, 3, 7, 16, 40])
    sources = [[t for t in s if t != 60] + [0] for s in sources]
    sources[-1] = sources[-1][-40:]
    save_case("marian", model, sources, moved(BASIC, 0),
              generation_fields(bad_words_ids=[[60]], num_beams=4, max_length=20, renormalize_logits=True))


def pegasus():
    config = tf.PegasusConfig(**BART, scale_embedding=True, activation_function="relu", decoder_start_token_id=0)
    model = randomize(tf.PegasusForConditionalGeneration(config), 6, dict(embedding=0.2, layers=2.0))
    save_case("pegasus", model, make_sources(12, [1, 3, 7, 16, 40]), BASIC,
              generation_fields(num_beams=8, length_penalty=0.8, max_length=24))


def main():
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    tf.logging.set_verbosity_error()
    torch.set_num_threads(1)
    t5()
    bart()
    marian()
    pegasus()
    print(sum(f.stat().st_size for f in OUT.rglob("*") if f.is_file()), "bytes in all")


if __name__ == "__main__":
    main()
