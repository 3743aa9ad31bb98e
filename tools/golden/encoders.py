#!/usr/bin/env python3
"""Writes tests/golden/encoders/: tiny random checkpoints of each architecture and head, with the outputs that
transformers (PEFT, sentence-transformers) computes for sequences of many lengths.

Each case is a model directory; expected.safetensors in it holds "ids", "types", "lengths" (one behind the other) and
"output" (rows as jnlp::Backend gives them, computed in F32). Most weights are stored as BF16, which keeps them small.

Needs: torch 2.15.0, transformers 5.24.0, peft 0.21.2, sentence-transformers 6.2.0, safetensors 0.8.0.
Run: python tools/golden/encoders.py
"""
import json
import shutil
from pathlib import Path

import torch
import transformers as tf
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file, save_file
from sentence_transformers import SentenceTransformer

OUT = Path(__file__).resolve().parents[2] / "tests/golden/encoders"
LENGTHS = [1, 2, 3, 7, 17, 40]
VOCAB = 51
COMMON = dict(vocab_size=VOCAB, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=40,
              max_position_embeddings=40)
AFTER_PADDING = dict(COMMON, max_position_embeddings=42, pad_token_id=1, bos_token_id=0, eos_token_id=2)


def randomize(model, seed):
    """Weights wide enough that every part matters, norms and biases away from 1 and 0."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            center = 1.0 if "norm" in name.lower() and name.endswith("weight") else 0.0
            parameter.copy_(center + 0.2 * noise)
    return model.eval()


def make_batch(seed, types, lengths, vocab=VOCAB):
    generator = torch.Generator().manual_seed(seed)
    ids = [torch.randint(3, vocab, (n,), generator=generator) for n in lengths]
    kinds = [torch.randint(0, 2, (n,), generator=generator) if types else torch.zeros(n, dtype=torch.long)
             for n in lengths]
    return ids, kinds


def rows_of(model, ids, kinds, types):
    inputs = dict(input_ids=ids[None])
    if types:
        inputs["token_type_ids"] = kinds[None]
    with torch.no_grad():
        out = model(**inputs)
    if "start_logits" in out:
        return torch.stack([out.start_logits[0], out.end_logits[0]], dim=1)
    if "sentence_embedding" in out:
        return out["sentence_embedding"]
    if "last_hidden_state" in out:
        return out.last_hidden_state[0].mean(0, keepdim=True)
    return out.logits[0][:, None] if model.__class__.__name__ == "ElectraForPreTraining" else out.logits.reshape(
        -1, out.logits.shape[-1])


def save_expected(directory, model, ids, kinds, types):
    rows = [rows_of(model, i, k, types) for i, k in zip(ids, kinds)]
    save_file({"ids": torch.cat(ids).to(torch.int32), "types": torch.cat(kinds).to(torch.int32),
               "lengths": torch.tensor([len(i) for i in ids], dtype=torch.int32),
               "output": torch.cat(rows).contiguous()}, directory / "expected.safetensors")


def save_case(name, model, types, lengths=LENGTHS, ids=None, seed=7, dtype=torch.bfloat16):
    directory = OUT / name
    model.to(dtype).save_pretrained(directory)
    model.float()
    (directory / "generation_config.json").unlink(missing_ok=True)
    made, kinds = make_batch(seed, types, lengths)
    save_expected(directory, model, ids or made, kinds, types)
    print(name, sum(f.stat().st_size for f in directory.iterdir()))


def heads(family, config, names, types, **lengths):
    for number, head in enumerate(names):
        config_class = getattr(tf, f"{family}Config")
        if number == 1:  # what is behind the encoder does not need a deep one
            config = dict(config, **{"n_layers" if "n_layers" in config else "num_hidden_layers": 1})
            config.update(num_hidden_groups=1, inner_group_num=1) if "num_hidden_groups" in config else None
        extra = dict(num_labels=3) if "Classification" in head else {}
        torch.manual_seed(number)
        model = randomize(getattr(tf, f"{family}{head}")(config_class(**config, **extra)), 100 + number)
        name = f"{family.lower()}_{head.removeprefix('For').lower()}"
        dtype = torch.float32 if name == "bert_model" else torch.bfloat16
        save_case(name, model, types, dtype=dtype, **lengths)


ALL = ["Model", "ForSequenceClassification", "ForTokenClassification", "ForQuestionAnswering", "ForMaskedLM"]


def architectures():
    heads("Bert", COMMON, ALL, True)
    distil = dict(vocab_size=VOCAB, dim=32, n_layers=2, n_heads=4, hidden_dim=40, max_position_embeddings=40)
    heads("DistilBert", distil, ALL[1:], False)
    heads("Roberta", dict(AFTER_PADDING, type_vocab_size=1, layer_norm_eps=1e-5), ALL[1:], False)
    heads("XLMRoberta", dict(AFTER_PADDING, type_vocab_size=1), ALL[1:2], False)
    heads("Camembert", dict(AFTER_PADDING, type_vocab_size=1), ALL[2:3], False)
    # Lengths beyond 128 reach the last bucket of relative positions.
    heads("MPNet", dict(AFTER_PADDING, max_position_embeddings=170, num_attention_heads=2), ALL[1:2], False,
          lengths=[1, 2, 9, 33, 150])
    heads("MPNet", dict(AFTER_PADDING, num_hidden_layers=1), ["ForQuestionAnswering", "ForMaskedLM"], False)
    electra = dict(COMMON, embedding_size=24)
    heads("Electra", electra, ALL[1:] + ["ForPreTraining"], True)
    albert = dict(COMMON, embedding_size=24, num_hidden_layers=4, num_hidden_groups=2, inner_group_num=2)
    heads("Albert", albert, ALL, True)


def variants():
    """What the plain cases do not reach: other activations, sizes that fill no vector, old files, F16 and BF16."""
    odd = dict(vocab_size=31, hidden_size=33, num_hidden_layers=2, num_attention_heads=3, intermediate_size=37,
               max_position_embeddings=23, type_vocab_size=3)
    for activation in ("gelu_new", "relu", "silu"):
        config = tf.BertConfig(**dict(odd, hidden_act=activation), num_labels=5)
        model = randomize(tf.BertForTokenClassification(config), 11)
        ids, _ = make_batch(3, True, [1, 5, 16, 23], vocab=31)
        save_case(f"bert_odd_{activation}", model, True, lengths=[1, 5, 16, 23], ids=ids)
    one = dict(COMMON, num_hidden_layers=1)
    for name in ("float16", "float32"):
        model = randomize(tf.BertForSequenceClassification(tf.BertConfig(**one, num_labels=1)), 12)
        save_case(f"bert_{name}", model, True, dtype=getattr(torch, name))
    # RoBERTa: padding tokens inside a sequence take no position.
    model = randomize(tf.RobertaForTokenClassification(tf.RobertaConfig(**AFTER_PADDING, type_vocab_size=1)), 13)
    ids = [torch.tensor([0, 5, 1, 6, 2]), torch.tensor([1]), torch.tensor([1, 9, 1, 1, 8])]
    save_case("roberta_padding_inside", model, False, lengths=[5, 1, 5], ids=ids)
    untied = tf.BertConfig(**one, tie_word_embeddings=False)
    save_case("bert_maskedlm_untied", randomize(tf.BertForMaskedLM(untied), 14), True)
    rename_old(OUT / "bert_float16", OUT / "bert_gamma_beta")
    shard(OUT / "bert_float16", OUT / "bert_sharded")


def rename_old(source, target):
    """As files of 2018 have it: gamma and beta."""
    shutil.copytree(source, target)
    tensors = load_file(target / "model.safetensors")
    old = {k.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta"): v
           for k, v in tensors.items()}
    save_file(old, target / "model.safetensors")


def shard(source, target):
    shutil.copytree(source, target)
    tensors = load_file(target / "model.safetensors")
    (target / "model.safetensors").unlink()
    names = [f"model-{i}-of-00002.safetensors" for i in ("00001", "00002")]
    weight_map = {key: names[number % 2] for number, key in enumerate(tensors)}
    for name in names:
        save_file({k: v for k, v in tensors.items() if weight_map[k] == name}, target / name)
    (target / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": weight_map}))


def adapters():
    """LoRA on a bare encoder's file, whose tensors have no prefix."""
    base = OUT / "bert_model"
    for name, kind, options in (
            ("bert_lora_sequence", "SequenceClassification",
             dict(r=4, lora_alpha=6, target_modules=["query", "value"], modules_to_save=["classifier", "pooler"])),
            ("bert_rslora_token", "TokenClassification",
             dict(r=3, lora_alpha=5, use_rslora=True, target_modules="all-linear", modules_to_save=["classifier"]))):
        labels = {0: "no", 1: "perhaps", 2: "yes"}
        model = getattr(tf, f"BertFor{kind}").from_pretrained(base, id2label=labels)
        config = LoraConfig(task_type="SEQ_CLS" if "Sequence" in kind else "TOKEN_CLS", **options)
        adapted = get_peft_model(model, config)
        generator = torch.Generator().manual_seed(21)
        with torch.no_grad():
            for parameter in adapted.parameters():
                if parameter.requires_grad:
                    parameter.copy_(0.2 * torch.randn(parameter.shape, generator=generator))
        adapted.eval()
        directory = OUT / name
        adapted.save_pretrained(directory)
        (directory / "README.md").unlink()
        settings = json.loads((directory / "adapter_config.json").read_text())
        settings["base_model_name_or_path"] = "../bert_model"
        (directory / "adapter_config.json").write_text(json.dumps(settings, indent=1, sort_keys=True) + "\n")
        model.config.architectures = [f"BertFor{kind}"]
        model.config.save_pretrained(directory)
        ids, kinds = make_batch(5, True, LENGTHS)
        save_expected(directory, adapted, ids, kinds, True)


def sentence_models():
    """Pooling modes joined in one vector, a dense layer and normalization."""
    cases = {
        "sentence_cls": [pooling("cls")],
        "sentence_mean_normalize": [pooling("mean"), ("Normalize", {})],
        "sentence_all_modes": [pooling("cls", "max", "mean", "mean_sqrt_len_tokens", "weightedmean", "lasttoken")],
        "sentence_dense": [pooling("mean"), ("Dense", dict(in_features=32, out_features=20, bias=True)),
                           ("Normalize", {})],
    }
    transformer = OUT / "transformer"
    save_case(transformer.name, randomize(tf.BertModel(tf.BertConfig(**dict(COMMON, num_hidden_layers=1))), 15), True)
    for name, modules in cases.items():
        write_sentence_model(transformer, OUT / name, modules)
    shutil.rmtree(transformer)


def pooling(*modes):
    flags = {"cls": "cls_token", "max": "max_tokens", "mean": "mean_tokens"}
    known = ["cls", "max", "mean", "mean_sqrt_len_tokens", "weightedmean", "lasttoken"]
    names = {m: "pooling_mode_" + flags.get(m, {"weightedmean": "weightedmean_tokens"}.get(m, m)) for m in known}
    return "Pooling", {"word_embedding_dimension": 32, **{names[m]: m in modes for m in known}}


def write_sentence_model(transformer, directory, modules):
    shutil.copytree(transformer, directory)
    (directory / "expected.safetensors").unlink()
    listed = [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"}]
    for number, (kind, config) in enumerate(modules, 1):
        path = f"{number}_{kind}"
        (directory / path).mkdir()
        listed.append({"idx": number, "name": str(number), "path": path,
                       "type": f"sentence_transformers.models.{kind}"})
        if kind == "Normalize":
            (directory / path / ".keep").touch()
            continue
        if kind == "Dense":
            config = dict(config, activation_function="torch.nn.modules.activation.Tanh")
            generator = torch.Generator().manual_seed(31)
            shape = (config["out_features"], config["in_features"])
            save_file({"linear.weight": (0.2 * torch.randn(shape, generator=generator)).to(torch.bfloat16),
                       "linear.bias": (0.2 * torch.randn(shape[0], generator=generator)).to(torch.bfloat16)},
                      directory / path / "model.safetensors")
        (directory / path / "config.json").write_text(json.dumps(config) + "\n")
    (directory / "modules.json").write_text(json.dumps(listed, indent=1) + "\n")
    # A tokenizer is needed to load it there, though only ids are given.
    (directory / "vocab.txt").write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] +
                                                   [f"t{i}" for i in range(VOCAB - 5)]))
    (directory / "tokenizer_config.json").write_text('{"tokenizer_class": "BertTokenizer"}')
    model = SentenceTransformer(str(directory), device="cpu").float()
    ids, kinds = make_batch(6, True, LENGTHS)
    rows = []
    for i, k in zip(ids, kinds):
        features = {"input_ids": i[None], "token_type_ids": k[None], "attention_mask": torch.ones_like(i)[None]}
        with torch.no_grad():
            rows.append(model(features)["sentence_embedding"])
    save_file({"ids": torch.cat(ids).to(torch.int32), "types": torch.cat(kinds).to(torch.int32),
               "lengths": torch.tensor([len(i) for i in ids], dtype=torch.int32),
               "output": torch.cat(rows).contiguous()}, directory / "expected.safetensors")
    (directory / "vocab.txt").unlink()
    (directory / "tokenizer_config.json").unlink()


def main():
    transformers_version = tf.__version__
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    architectures()
    variants()
    adapters()
    sentence_models()
    print("transformers", transformers_version,
          sum(f.stat().st_size for f in OUT.rglob("*") if f.is_file()), "bytes in all")


if __name__ == "__main__":
    main()
