#!/usr/bin/env python3
"""Speed of generation by our engine and by CTranslate2, in turns on the same random weights in T5-small's shape.

    cmake --preset release -DJNLP_BENCH=ON && cmake --build build/release --target seq2seq_worker
    python bench/compare_seq2seq_speed.py --worker build/release/bench/seq2seq_worker --models DIRECTORY

Makes the models in DIRECTORY unless they are there. Each engine is a process of its own; from source ids in memory to
target ids in memory; exactly --new-tokens are written, so that both do the same work. A round measures both, one after
the other; printed is the median of each and of the rounds' ratios (CTranslate2's time by ours: above 1 we are faster),
and for how many sources both wrote the same tokens.
Needs: pip install ctranslate2==4.8.5 torch==2.15.0 transformers==5.24.0
"""
import argparse
import json
import os
import pathlib
import random
import statistics
import subprocess
import sys
import time

VOCAB = 32128
CT2_TYPES = {"fp32": "float32", "int8": "int8_float32"}


def token(i):
    return ["<pad>", "</s>", "<unk>"][i] if i < 3 else f"t{i}"


class Vocabulary:
    """What the converter asks of a tokenizer; ids are all that is compared."""
    pad_token, eos_token, unk_token = "<pad>", "</s>", "<unk>"

    def get_vocab(self):
        return {token(i): i for i in range(VOCAB)}

    def convert_ids_to_tokens(self, i):
        return token(i)


def make_models(folder):
    plain, converted = folder / "t5-small-shape", folder / "t5-small-shape-ct2"
    if not (plain / "model.safetensors").exists():
        import torch
        import transformers

        torch.manual_seed(1)
        model = transformers.T5ForConditionalGeneration(transformers.T5Config(decoder_start_token_id=0))
        with torch.no_grad():  # large enough that tokens depend on what came before
            for name, parameter in model.named_parameters():
                if parameter.dim() == 2 and "shared" not in name and "relative" not in name:
                    parameter.copy_(2.0 * torch.randn_like(parameter) * parameter.shape[1] ** -0.5)
        model.save_pretrained(plain)
    if not (converted / "model.bin").exists():
        from ctranslate2.converters import TransformersConverter

        class Converter(TransformersConverter):
            def load_tokenizer(self, *args, **kwargs):
                return Vocabulary()

        Converter(str(plain)).convert(str(converted), force=True)
    return plain, converted


def serve_peer(folder, threads, dtype):
    """CTranslate2 behind the protocol of seq2seq_worker."""
    import ctranslate2

    translator = ctranslate2.Translator(folder, device="cpu", compute_type=CT2_TYPES[dtype], inter_threads=1,
                                        intra_threads=threads)
    print(json.dumps(dict(ready=f"ctranslate2 {ctranslate2.__version__}")), flush=True)
    for line in sys.stdin:
        work = json.loads(line)
        sources = [[token(i) for i in ids] for ids in work["sources"]]

        def run():
            return translator.translate_batch(sources, beam_size=work["num_beams"], max_input_length=0,
                                              max_decoding_length=work["new_tokens"],
                                              min_decoding_length=work["new_tokens"])
        out = run()
        times, begin = [], time.perf_counter()
        while not times or time.perf_counter() - begin < work["seconds"]:
            start = time.perf_counter()
            out = run()
            times.append(time.perf_counter() - start)
        names = {token(i): i for i in range(VOCAB)}
        print(json.dumps(dict(t=times, ids=[[names[t] for t in o.hypotheses[0]] for o in out])), flush=True)


class Engine:
    def __init__(self, command, threads):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        env=dict(os.environ, OMP_NUM_THREADS=str(threads)))
        self.name = json.loads(self.process.stdout.readline())["ready"]

    def ask(self, work):
        self.process.stdin.write(json.dumps(work) + "\n")
        self.process.stdin.flush()
        reply = json.loads(self.process.stdout.readline())
        if "err" in reply:
            raise SystemExit(f"{self.name}: {reply['err']}")
        return reply

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def compare(ours, peer, work, rounds):
    times, ratios = ([], []), []
    for number in range(rounds):
        pair = [None, None]
        for side in (0, 1) if number % 2 == 0 else (1, 0):
            pair[side] = (ours, peer)[side].ask(work)
            times[side].append(statistics.median(pair[side]["t"]))
        ratios.append(times[1][-1] / times[0][-1])
    same = sum(a[:work["new_tokens"]] == b[:work["new_tokens"]] for a, b in zip(pair[0]["ids"], pair[1]["ids"]))
    return statistics.median(times[0]), statistics.median(times[1]), ratios, same


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worker", help="our seq2seq_worker")
    parser.add_argument("--models", type=pathlib.Path, help="directory for the models")
    parser.add_argument("--dtype", choices=sorted(CT2_TYPES), default="fp32")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--beams", type=int, nargs="+", default=[1, 4])
    parser.add_argument("--batch", type=int, nargs="+", default=[1], help="sources at once")
    parser.add_argument("--source-tokens", type=int, default=128)
    parser.add_argument("--new-tokens", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0, help="for each measurement of a round")
    parser.add_argument("--peer", nargs=3, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.peer:
        return serve_peer(args.peer[0], int(args.peer[1]), args.peer[2])
    plain, converted = make_models(args.models)
    rng = random.Random(3)
    for threads in args.threads:
        ours = Engine([args.worker, "--model", str(plain), "--threads", str(threads), "--dtype", args.dtype], threads)
        peer = Engine([sys.executable, __file__, "--peer", str(converted), str(threads), args.dtype], threads)
        for batch in args.batch:
            sources = [[rng.randrange(3, 32000) for _ in range(args.source_tokens - 1)] + [1] for _ in range(batch)]
            for beams in args.beams:
                work = dict(sources=sources, num_beams=beams, new_tokens=args.new_tokens, seconds=args.seconds)
                mine, other, ratios, same = compare(ours, peer, work, args.rounds)
                print(f"{args.dtype}, {threads} thread(s), {batch} source(s), beam {beams}: ratio "
                      f"{statistics.median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f}); {ours.name} "
                      f"{mine * 1e3:.0f} ms, {peer.name} {other * 1e3:.0f} ms; same tokens {same} of {batch}",
                      flush=True)
        ours.close()
        peer.close()


if __name__ == "__main__":
    main()
