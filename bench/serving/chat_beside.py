#!/usr/bin/env python3
"""How long a chat takes beside other work: alone, beside a loaded encoder of the same server, beside foreign processes.

    chat_beside.py --dtype int8 DIRECTORY

Each part asks --chats times for 24 tokens, one after the other, after as many chats that are not counted. The encoder is loaded
by eight clients in closed loops until the chats have ended; the foreign processes are twice as many as processors and only
count. A language model's threads wait for each other at every operation, so without care one that has no processor holds all
up.
"""
import contextlib
import itertools
import json
import multiprocessing
import os
import statistics
import threading
import time

from bodies import MOST_RATE, BodyFile, texts
from report import Report, load, parser_of, table
from served import Served

TOKENS = 24
LOAD_SECONDS = 3


def chat(served, text):
    start = time.monotonic()
    body = {"messages": [{"role": "user", "content": f"Write about this: {text}"}], "max_tokens": TOKENS, "temperature": 0}
    status, answer = served.ask("POST", "/v1/chat/completions", body, timeout=600)
    if status != 200:
        raise SystemExit(f"a chat was answered with {status}: {answer[:200]}")
    return time.monotonic() - start, json.loads(answer)["usage"]["completion_tokens"]


def chats(served, args, seed):
    """Seconds a token of each."""
    asked = [chat(served, text) for text in texts(2 * args.chats, seed)]
    return [seconds / tokens for seconds, tokens in asked[args.chats:]]


def count_for_ever():
    while True:
        pass


@contextlib.contextmanager
def foreign_processes(count):
    processes = [multiprocessing.Process(target=count_for_ever, daemon=True) for _ in range(count)]
    for process in processes:
        process.start()
    yield
    for process in processes:
        process.kill()
        process.join()


class EncoderLoad:
    """Eight clients in closed loops, in short runs one after the other until end()."""

    def __init__(self, served, args):
        self.rates, self.over = [], threading.Event()
        self.thread = threading.Thread(target=self.run, args=(served, args))
        self.thread.start()
        while not self.rates:  # the first run warms up
            time.sleep(0.1)
        self.rates.clear()

    def run(self, served, args):
        for seed in itertools.count(1000):
            result = load(args.client, served.port, "/sentiment", connections=8, seconds=LOAD_SECONDS,
                          bodies=BodyFile("sentiment", MOST_RATE * LOAD_SECONDS, seed))
            self.rates.append(result["good_per_second"])
            if self.over.is_set():
                return

    def end(self):
        """Requests/s of all whole runs since the first."""
        self.over.set()
        self.thread.join()
        return statistics.mean(self.rates[:-1] or self.rates)


def main():
    parser = parser_of(__doc__)
    parser.add_argument("model", help="for sentiment")
    parser.add_argument("--dtype")
    parser.add_argument("--chat-model", help="without it the server's default")
    parser.add_argument("--chats", type=int, default=15)
    args = parser.parse_args()
    report = Report("chat_beside", args)
    dtype = ["--dtype", args.dtype] if args.dtype else []
    with Served(args.binary, {"sentiment": args.model, "chat": args.chat_model}, "--cache-mb", 1, *dtype) as served:
        load_alone = EncoderLoad(served, args)
        time.sleep(2 * LOAD_SECONDS)
        encoder_alone = load_alone.end()
        seconds = {"alone": chats(served, args, 2)}
        load_beside = EncoderLoad(served, args)
        seconds["beside the encoder"] = chats(served, args, 3)
        encoder_beside = load_beside.end()
        with foreign_processes(2 * os.cpu_count()):
            seconds["beside foreign processes"] = chats(served, args, 4)
    alone = statistics.median(seconds["alone"])
    table([{"chats": name, "tokens/s": 1 / statistics.median(all_), "ms a token": 1e3 * statistics.median(all_),
            "most": 1e3 * max(all_), "times alone": statistics.median(all_) / alone} for name, all_ in seconds.items()])
    print(f"the encoder's requests/s: {encoder_alone:.1f} without chats, {encoder_beside:.1f} with them\n")
    report.figures |= {"seconds_a_token": seconds, "encoder_alone": encoder_alone, "encoder_beside": encoder_beside}
    for name in list(seconds)[1:]:
        times = statistics.median(seconds[name]) / alone
        report.target(f"a chat {name} takes at most 6 times as long as alone", times, times <= 6)
    report.end()


if __name__ == "__main__":
    main()
