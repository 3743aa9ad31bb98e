"""Makes a tiny random GPT-2 in a folder, and beside it what it says, computed in the plainest way.

Usage: tiny_gpt2.py FOLDER
Ends with exit code 77 when this Python lacks the modules.
"""
import json
import math
import sys

try:
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast
except ImportError:
    sys.exit(77)

FOLDER = sys.argv[1]
END = "<|endoftext|>"
TEXT = "Once upon a time there was a little house by the sea. The quick brown fox, \u00e4rger \u20ac. "
WINDOW = 16


def make_tokenizer():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=400, special_tokens=[END], initial_alphabet=alphabet)
    tokenizer.train_from_iterator([TEXT] * 3, trainer)
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token=END, eos_token=END)
    tokenizer.chat_template = (
        "{% for m in messages %}<{{ m['role'] }}>{{ m['content'] }}\n{% endfor %}"
        "{% if add_generation_prompt %}<assistant>{% endif %}")
    return tokenizer


def make_model(vocabulary):
    torch.manual_seed(2)
    return GPT2LMHeadModel(GPT2Config(
        vocab_size=vocabulary, n_positions=64, n_embd=32, n_layer=2, n_head=2, bos_token_id=0,
        eos_token_id=0, initializer_range=0.4)).eval()


@torch.no_grad()
def log_probabilities(model, ids):
    """Of each token behind the first, each from a forward pass of its own."""
    found = []
    for i in range(1, len(ids)):
        logits = model(torch.tensor([ids[:i]])).logits[0, -1].double()
        found.append(float(logits.log_softmax(-1)[ids[i]]))
    return found


@torch.no_grad()
def continue_greedily(model, ids, count):
    ids = list(ids)
    for _ in range(count):
        ids.append(int(model(torch.tensor([ids])).logits[0, -1].argmax()))
    return ids


def likeliest_continuation(model, tokenizer):
    """A context and the text of its likeliest next token, which is that token in the whole too."""
    for end in range(1, len(TEXT)):
        ids = tokenizer(TEXT[:end])["input_ids"]
        longer = continue_greedily(model, ids, 1)
        text = tokenizer.decode(longer)
        if text.startswith(TEXT[:end]) and tokenizer(text)["input_ids"] == longer:
            return [TEXT[:end], text[end:]]
    raise RuntimeError("no such context: choose another seed")


def expected_perplexity(model, ids, pieces):
    losses, size = [], 0
    for begin in range(0, len(ids) - WINDOW + 1, WINDOW):
        window = ids[begin:begin + WINDOW]
        losses += [-x for x in log_probabilities(model, window)[WINDOW // 2:]]
        size += sum(pieces[begin + WINDOW // 2 + 1:begin + WINDOW])
    mean = sum(losses) / len(losses)
    variance = sum(x * x for x in losses) / len(losses) - mean * mean
    return {"value": math.exp(mean), "tokens": len(losses), "windows": len(ids) // WINDOW,
            "standard_error": math.exp(mean) * math.sqrt(variance / (len(losses) - 1)),
            "bits_per_byte": sum(losses) / math.log(2) / size}


def main():
    tokenizer = make_tokenizer()
    model = make_model(len(tokenizer))
    model.save_pretrained(FOLDER)
    tokenizer.save_pretrained(FOLDER)
    expected = {"text": TEXT * 3, "window": WINDOW}

    prompt = tokenizer("Once upon")["input_ids"]
    whole = continue_greedily(model, prompt, 6)
    expected["prompt_tokens"] = len(prompt)
    expected["continued"] = tokenizer.decode(whole)[len("Once upon"):]

    context = tokenizer("The quick")["input_ids"]
    both = tokenizer("The quick brown \u00e4rger")["input_ids"]
    assert both[:len(context)] == context
    expected["scored"] = log_probabilities(model, both)[len(context) - 1:]
    behind_nothing = [tokenizer.bos_token_id] + tokenizer("time")["input_ids"]
    expected["scored_alone"] = log_probabilities(model, behind_nothing)
    expected["greedy"] = likeliest_continuation(model, tokenizer)

    ids = tokenizer(expected["text"])["input_ids"]
    to_bytes = {chr(code): 1 for code in range(0x400)}  # one character of a token is one byte
    pieces = [sum(to_bytes[c] for c in piece) for piece in tokenizer.convert_ids_to_tokens(ids)]
    expected["perplexity"] = expected_perplexity(model, ids, pieces)
    with open(FOLDER + "/expected.json", "w", encoding="utf-8") as file:
        json.dump(expected, file)


main()
