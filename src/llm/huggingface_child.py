"""Runs a language model in Transformers for jetson-nlp, which starts it and speaks with it.

One JSON object per line: commands on standard input, answers on what was standard output (whatever
else is printed goes to standard error). Ends when its standard input is closed, in the middle of a
command too. An answer with "event" is news of a command that goes on; one with "error" ends it.
"""

import gc
import importlib
import importlib.util
import inspect
import json
import math
import os
import queue
import sys
import threading
import time

ANSWERS = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)
COMMANDS = queue.Queue()
for variable, setting in (("HF_HUB_DISABLE_PROGRESS_BARS", "1"), ("TRANSFORMERS_VERBOSITY", "error"),
                          ("TOKENIZERS_PARALLELISM", "false"), ("TQDM_DISABLE", "1")):
    os.environ.setdefault(variable, setting)
WHITE_SPACE = " \t\n\v\f\r"


class Refusal(Exception):
    """What the caller asked for cannot be done; `kind` is the code of the Error it becomes."""

    def __init__(self, kind, message):
        super().__init__(message)
        self.kind = kind


def answer(value):
    ANSWERS.write(json.dumps(value, allow_nan=False) + "\n")
    ANSWERS.flush()


def read_commands():
    for line in sys.stdin.buffer:
        COMMANDS.put(json.loads(line))
    os._exit(0)  # the caller is gone; nobody waits for what is being computed


def version_of(module):
    return tuple(int(part) for part in module.__version__.split("+")[0].split(".")[:2])


def source_of(model):
    """The arguments of from_pretrained for a directory, a name or a GGUF file."""
    if not model.endswith(".gguf"):
        return (model,), {}
    folder, name = os.path.split(os.path.abspath(model))
    return (folder,), {"gguf_file": name}


class Model:
    """A causal language model with its tokenizer."""

    def __init__(self, torch, transformers, name, device):
        self.torch = torch
        self.device = device
        dtype = "dtype" if version_of(transformers) >= (4, 56) else "torch_dtype"
        where, how = source_of(name)
        self.tokenizer = transformers.AutoTokenizer.from_pretrained(*where, **how)
        self.model = transformers.AutoModelForCausalLM.from_pretrained(
            *where, **how, **{dtype: torch.float32}).to(device).eval()
        own = self.model.generation_config
        self.end_ids = own.eos_token_id
        pad = own.pad_token_id
        if pad is None:
            pad = self.end_ids[0] if isinstance(self.end_ids, list) else self.end_ids
        # Only what ends a text is the model's own: the rest could make it choose another token than
        # the likeliest one.
        self.model.generation_config = transformers.GenerationConfig(
            bos_token_id=own.bos_token_id, eos_token_id=self.end_ids, pad_token_id=pad)
        self.criterion = transformers.StoppingCriteria
        probe = self.tokenizer("a")["input_ids"]
        tokenizer = self.tokenizer
        self.adds_first = tokenizer.bos_token_id is not None and probe[0] == tokenizer.bos_token_id
        self.adds_last = (len(probe) > 1 and tokenizer.eos_token_id is not None
                          and probe[-1] == tokenizer.eos_token_id)
        wanted = inspect.signature(self.model.forward).parameters
        names = ("logits_to_keep", "num_logits_to_keep")
        self.keep_logits = next((name for name in names if name in wanted), None)

    def context_size(self):
        config = self.model.config
        config = config.get_text_config() if hasattr(config, "get_text_config") else config
        for name in ("max_position_embeddings", "n_positions", "n_ctx", "max_seq_len"):
            if isinstance(getattr(config, name, None), int):
                return getattr(config, name)
        return 2048

    def facts(self):
        parameters = sum(p.numel() for p in self.model.parameters())
        return {"architecture": type(self.model).__name__, "parameters": parameters,
                "dtype": str(self.model.dtype).replace("torch.", ""), "device": self.device,
                "context_size": self.context_size()}

    def ids_of(self, text, names_are_text=False):
        """The tokens of a text as the model is used to them, but no end of the text behind them."""
        more = {"split_special_tokens": True} if names_are_text else {}
        ids = self.tokenizer(text, **more)["input_ids"]
        return ids[:-1] if self.adds_last else ids

    def logits(self, ids, count):
        """Those behind the last `count` of the ids, in double precision."""
        keep = {self.keep_logits: count} if self.keep_logits else {}
        inputs = self.torch.tensor([ids], device=self.device)
        return self.model(input_ids=inputs, use_cache=False, **keep).logits[0, -count:].double()

    def prompt_ids(self, command):
        if not command["chat"]:
            return self.ids_of(command["prompt"])
        if not self.tokenizer.chat_template:
            raise Refusal("unsupported", "the model has no chat template")
        messages = [{"role": "user", "content": command["prompt"]}]
        prompt = self.tokenizer.apply_chat_template(messages, add_generation_prompt=True,
                                                    tokenize=False)
        return self.tokenizer(prompt, add_special_tokens=False)["input_ids"]

    def text_behind(self, prompt, ids):
        """What the ids behind a prompt add to its text."""
        def decode(tokens):
            return self.tokenizer.decode(tokens, skip_special_tokens=True,
                                         clean_up_tokenization_spaces=False)
        before, whole = decode(prompt), decode(prompt + ids)
        # A tokenizer may drop a blank at the beginning of a text, which is none here.
        return whole[len(before):] if whole.startswith(before) else decode(ids)

    def generate(self, command):
        prompt = self.prompt_ids(command)
        if not prompt:
            raise Refusal("invalid_input", "the prompt has no tokens")
        room = self.context_size() - len(prompt)
        if room < 1:
            raise Refusal("invalid_input", "the prompt has %d tokens, the model's context %d"
                          % (len(prompt), self.context_size()))
        stops = command["stop"]
        outer = self

        class Clock:
            """Called with the prompt, then with each token as soon as it is known."""
            times = []
            tokens = []

            def put(self, value):
                if value.numel() > 1 or value.dim() > 1:
                    return  # the prompt
                self.times.append(time.perf_counter())
                self.tokens.append(int(value))
                if len(self.times) == 1:
                    answer({"event": "token"})

            def end(self):
                pass

        class Stop(self.criterion):
            def __call__(self, input_ids, scores, **_):
                written = outer.text_behind(prompt, input_ids[0, len(prompt):].tolist())
                hit = any(stop in written for stop in stops)
                return outer.torch.full((input_ids.shape[0],), hit, dtype=outer.torch.bool,
                                        device=input_ids.device)

        clock = Clock()
        inputs = self.torch.tensor([prompt], device=self.device)
        begin = time.perf_counter()
        output = self.model.generate(
            inputs, attention_mask=self.torch.ones_like(inputs), do_sample=False, num_beams=1,
            max_new_tokens=min(command["max_tokens"], room), streamer=clock,
            stopping_criteria=[Stop()] if stops else None)
        ids = output[0, len(prompt):].tolist()
        text = self.text_behind(prompt, ids)
        cuts = [text.index(stop) for stop in stops if stop in text]
        result = {"text": text[:min(cuts)] if cuts else text, "prompt_tokens": len(prompt),
                  "generated_tokens": len(ids)}
        if clock.tokens == ids:  # each was seen
            result["prefill_seconds"] = clock.times[0] - begin
            result["decode_seconds"] = clock.times[-1] - clock.times[0]
        return result

    def pair_ids(self, context, continuation):
        """The tokens of both texts, and how many of them are the context's."""
        ids = self.ids_of(context + continuation)
        count = len(self.ids_of(context.rstrip(WHITE_SPACE)))
        if count == 0:
            first = self.tokenizer.bos_token_id
            if first is None:
                first = self.tokenizer.eos_token_id
            if first is None:
                raise Refusal("invalid_input", "the model cannot score a text behind an empty "
                              "context: it has no token for the beginning of a text")
            ids, count = [first] + ids, 1
        if len(ids) <= count:
            raise Refusal("invalid_input", "the continuation adds no token to its context")
        if len(ids) - 1 > self.context_size():
            raise Refusal("invalid_input", "context and continuation have %d tokens, the model's "
                          "context %d" % (len(ids), self.context_size()))
        return ids, count

    def score(self, command):
        ids, count = self.pair_ids(command["context"], command["continuation"])
        logits = self.logits(ids[:-1], len(ids) - count)
        targets = self.torch.tensor(ids[count:], device=self.device)
        chosen = logits.log_softmax(-1).gather(1, targets[:, None])[:, 0]
        return {"log_probabilities": [x if math.isfinite(x) else None for x in chosen.tolist()],
                "greedy": bool((logits.argmax(-1) == targets).all())}

    def checked_window(self, asked):
        context = self.context_size()
        if asked == 0:
            return min(512, context)
        if 4 <= asked <= context:
            return asked
        raise Refusal("invalid_input", "a window of %d tokens was asked for; it must be from 4 to "
                      "the context's %d" % (asked, context))

    def ends_in_text(self, text):
        """Where each token of the text ends in it, in characters; none from a slow tokenizer."""
        if not self.tokenizer.is_fast:
            return None
        encoding = self.tokenizer(text, split_special_tokens=True, return_offsets_mapping=True)
        return [end for _, end in encoding["offset_mapping"]]

    def perplexity(self, command):
        text = command["text"]
        window = self.checked_window(command["window"])
        ids = self.ids_of(text, names_are_text=True)
        ends = self.ends_in_text(text)
        windows = len(ids) // window
        if windows == 0:
            raise Refusal("invalid_input", "the text has %d tokens; a perplexity needs a window of "
                          "%d" % (len(ids), window))
        half = window // 2
        loss = squares = 0.0
        count = size = 0
        for i in range(windows):
            part = ids[i * window:(i + 1) * window]
            if self.adds_first:
                part[0] = self.tokenizer.bos_token_id
            logits = self.logits(part[:-1], window - 1 - half)
            targets = self.torch.tensor(part[half + 1:], device=self.device)
            chosen = logits.log_softmax(-1).gather(1, targets[:, None])[:, 0]
            loss -= float(chosen.sum())
            squares += float((chosen * chosen).sum())
            count += len(targets)
            if ends:
                scored = text[ends[i * window + half]:ends[(i + 1) * window - 1]]
                size += len(scored.encode())
            answer({"event": "window", "done": i + 1, "all": windows})
        mean = loss / count
        value = math.exp(mean)
        spread = math.sqrt(max(squares / count - mean * mean, 0) / (count - 1)) if count > 1 else 0
        return {"value": value, "standard_error": value * spread, "tokens": count,
                "windows": windows, "bits_per_byte": loss / math.log(2) / size if size else 0.0}


def import_all(model):
    names = ["torch", "transformers"]
    if model.endswith(".gguf"):
        names += ["gguf", "accelerate"]  # with which Transformers reads such a file
    missing = [name for name in names if importlib.util.find_spec(name) is None]
    if missing:
        raise Refusal("not_found", "%s has no %s: %s -m pip install %s" % (
            sys.executable, " and no ".join(missing), sys.executable, " ".join(missing)))
    return [importlib.import_module(name) for name in names[:2]]


def run(torch, transformers, command, model):
    if command["do"] == "prepare":  # Transformers imports what a model needs when it is asked for it
        begin = time.perf_counter()
        where, how = source_of(command["model"])
        for name in ("AutoTokenizer", "PreTrainedTokenizerFast", "GenerationConfig"):
            getattr(transformers, name)
        config = transformers.AutoConfig.from_pretrained(*where, **how)
        if type(config) not in transformers.MODEL_FOR_CAUSAL_LM_MAPPING:
            raise Refusal("unsupported", "%s is no causal language model that Transformers knows"
                          % command["model"])
        transformers.MODEL_FOR_CAUSAL_LM_MAPPING[type(config)]
        return None, {"seconds": time.perf_counter() - begin}
    if command["do"] == "load":
        begin = time.perf_counter()
        device = command["device"]
        if device == "auto":
            device = "cuda" if torch.cuda.is_available() else "cpu"
        loaded = Model(torch, transformers, command["model"], device)
        return loaded, {"seconds": time.perf_counter() - begin, "facts": loaded.facts()}
    if command["do"] == "unload":
        return None, {}
    if command["do"] == "device_memory":
        return model, {"bytes": torch.cuda.max_memory_allocated()}
    work = {"generate": Model.generate, "score": Model.score, "perplexity": Model.perplexity}
    with torch.inference_mode():
        return model, work[command["do"]](model, command)


def refuse(error):
    kind, message = "internal", "%s: %s" % (type(error).__name__, error)
    if isinstance(error, Refusal):
        kind, message = error.kind, str(error)
    elif isinstance(error, (OSError, ValueError, KeyError)):  # of from_pretrained, for a bad model
        kind = "invalid_input"
    answer({"error": kind, "message": message})


def main():
    threading.Thread(target=read_commands, daemon=True).start()
    first = COMMANDS.get()
    begin = time.perf_counter()
    try:
        torch, transformers = import_all(first["model"])
    except Exception as error:  # also of a library that an installed module lacks
        return refuse(error)
    if first["threads"] > 0:
        torch.set_num_threads(first["threads"])
    if first["device"] == "cuda" and not torch.cuda.is_available():
        return refuse(Refusal("unsupported", "this torch finds no CUDA device"))
    answer({"python": sys.version.split()[0], "torch": torch.__version__,
            "transformers": transformers.__version__, "threads": torch.get_num_threads(),
            "import_seconds": time.perf_counter() - begin})
    model = None
    while True:
        command = COMMANDS.get()
        if command["do"] == "unload":
            model = None
            gc.collect()
        try:
            model, result = run(torch, transformers, command, model)
            answer(result)
        except Exception as error:
            refuse(error)


main()
