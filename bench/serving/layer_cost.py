#!/usr/bin/env python3
"""CPU time that a request costs beside the model: HTTP, JSON, tokenizer, cache, queue.

    layer_cost.py --dtype int8 DIRECTORY

The server runs its model on one thread (--threads 1), which is the one with the most CPU time, and each text is new. Ways:

A  other threads: CPU of all threads but the model's. Contains HTTP, JSON, tokenizer, cache, their wake-ups, the access log and
   the cutting of results out of the batch's. Not in it: packing batches and telling callers, which the model's thread does.
B  A, and what the model's thread used beyond the time that its batches took by the clock (infer_seconds of /metrics): packing,
   waking up, telling. Where others take its processor the clock runs on, so that this part is too small; "clock" shows by how
   much: the share of the batches' time by the clock that the model's thread was really computing. Near 1, B is sound.
C  only hits: all requests have one text. HTTP, JSON, the key and the look into the cache; no tokenizer, no queue.
D  a model of next to no work, whole process, each text new: everything but the model, and the small model on top.

B is what the layer costs beside this model, which drives everything else out of the caches, and whose slowness has the threads
sleep and wake for each request; D is what it costs by itself. The target is held against D with 8 clients and more: a client
alone has three threads wake up for each request, which in a virtual machine costs more than all the rest.
"""
import pathlib
import statistics

from bodies import MOST_RATE, BodyFile
from report import ROOT, Report, load, numbers, parser_of, table
from served import Served

TINY = ROOT / "tests/golden/tasks/classify_softmax"
MICROSECONDS = 1e6
MOST_TINY_RATE = 80_000  # so many texts are made for a second of the model of next to no work


class Difference:
    """What a run cost the server."""

    def __init__(self, served):
        self.served = served
        self.infer = self.infer_seconds()
        self.threads = served.cpu_by_thread()

    def infer_seconds(self):
        return self.served.metrics()['infer_seconds_sum{task="sentiment"}']

    def end(self):
        threads = self.served.cpu_by_thread()
        used = {thread: seconds - self.threads.get(thread, 0) for thread, seconds in threads.items()}
        model = max(threads, key=threads.get)
        infer = self.infer_seconds() - self.infer
        return {"all": sum(used.values()), "model": used[model], "others": sum(used.values()) - used[model], "infer": infer}


def run_once(served, args, clients, bodies):
    difference = Difference(served)
    result = load(args.client, served.port, "/sentiment", bodies=bodies, connections=clients, seconds=args.seconds)
    cost = difference.end()
    if result["by_status"].keys() != {"200"} or result["broken"]:
        raise SystemExit(f"not all were answered: {result['by_status']}, {result['broken']} broken")
    if bodies.count > 1 and result["sent"] > bodies.count:
        raise SystemExit(f"{result['sent']} requests had only {bodies.count} texts; shorten --seconds")
    return result["sent"], cost


def new_texts(served, args, clients):
    rounds = []
    for _ in range(args.rounds):
        args.seed += 1
        sent, cost = run_once(served, args, clients, BodyFile("sentiment", MOST_RATE * args.seconds, args.seed))
        rounds.append({"requests/s": sent / args.seconds,
                       "all": cost["all"] / sent * MICROSECONDS,
                       "A others": cost["others"] / sent * MICROSECONDS,
                       "B layer": (cost["others"] + max(0.0, cost["model"] - cost["infer"])) / sent * MICROSECONDS,
                       "model thread": cost["model"] / sent * MICROSECONDS,
                       "batches' clock": cost["infer"] / sent * MICROSECONDS,
                       "clock": min(1.0, cost["model"] / cost["infer"]) if cost["infer"] else None})
    return medians(rounds)


def whole_process(served, args, clients, texts):
    rounds = []
    for _ in range(args.rounds):
        args.seed += 1
        sent, cost = run_once(served, args, clients, BodyFile("sentiment", texts, args.seed))
        rounds.append({"requests/s": sent / args.seconds, "all": cost["all"] / sent * MICROSECONDS})
    return medians(rounds)


def medians(rounds):
    return {name: statistics.median(r[name] for r in rounds) for name in rounds[0]}


def main():
    parser = parser_of(__doc__)
    parser.add_argument("model", help="for sentiment")
    parser.add_argument("--dtype")
    parser.add_argument("--tiny", type=pathlib.Path, default=TINY, help="model of next to no work")
    parser.add_argument("--clients", type=numbers, metavar="N,N", default=[1, 8, 32])
    parser.add_argument("--seconds", type=int, default=5, help="of a round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--target", type=float, default=60, help="microseconds")
    args = parser.parse_args()
    args.seed = 0
    report = Report("layer_cost", args)
    dtype = ["--dtype", args.dtype] if args.dtype else []

    rows, hits, small = [], [], []
    with Served(args.binary, {"sentiment": args.model}, "--threads", 1, *dtype) as served:
        load(args.client, served.port, "/sentiment", bodies=BodyFile("sentiment", 1000, -1), connections=32, requests=500)
        for clients in args.clients:
            rows.append({"clients": clients, **new_texts(served, args, clients)})
        for clients in args.clients:
            hits.append({"clients": clients, **whole_process(served, args, clients, 1)})
    with Served(args.binary, {"sentiment": args.tiny}, "--threads", 1) as served:
        for clients in args.clients:
            small.append({"clients": clients, **whole_process(served, args, clients, MOST_TINY_RATE * args.seconds)})

    print("Microseconds of CPU a request; each text new:")
    table(rows)
    print("C: only hits:")
    table(hits)
    print("D: a model of next to no work:")
    table(small)
    report.figures |= {"new_texts": rows, "only_hits": hits, "tiny_model": small}
    for row in small:
        if row["clients"] >= 8:
            report.target(f"{row['clients']} clients: at most {args.target:g} microseconds (D)", row["all"],
                          row["all"] <= args.target)
    report.end()


if __name__ == "__main__":
    main()
