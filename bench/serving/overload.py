#!/usr/bin/env python3
"""What the server does with three times as many requests as it can answer.

    overload.py --dtype int8 DIRECTORY

1. Capacity: closed loops of several sizes without deadlines, best of them, before and after each overload; the mean of the two
   counts.
2. Overload: requests at times fixed before (Poisson), --factor times as many, each with a deadline; latencies count from the
   time at which a request was to be sent. Meanwhile probes ask /livez and /readyz ten times a second, each by a new connection,
   from processes of their own. --rounds of it, each with its capacity: a virtual machine's speed differs from minute to minute.
Goodput is the mean of the rounds; all else must hold in each.

The client is one thread and shares the processors with the server, in both parts. lag_ms of the JSON says how far it was behind
its own times; where that is much, the run says little.

"good" is a 200 within its deadline; "refused" 429 and 503; "missed" what was neither refused nor answered in time: a 200 that
came late, a 504, a connection that broke. The cache is small so that it is full before the overload begins, and memory stands.
"""
import threading
import time

from bodies import MOST_RATE, BodyFile
from report import Report, end_load, load, numbers, parser_of, start_load, table
from served import Served

PROBES = ("/livez", "/readyz")
WARM_SECONDS = 5  # of overload before memory is looked at: connections and threads are there then


class MemoryWatch:
    """Resident bytes twice a second."""

    def __init__(self, served):
        self.samples, self.over = [], threading.Event()
        self.thread = threading.Thread(target=self.watch, args=(served, time.monotonic()), daemon=True)
        self.thread.start()

    def watch(self, served, start):
        while not self.over.wait(0.5):
            self.samples.append((time.monotonic() - start, served.rss()))

    def end(self):
        self.over.set()
        self.thread.join()
        return self.samples


def capacity(served, args, seed):
    rows = []
    for clients in args.clients:
        seed += 1
        result = load(args.client, served.port, "/sentiment", connections=clients, seconds=args.capacity_seconds,
                      bodies=BodyFile("sentiment", MOST_RATE * args.capacity_seconds, seed))
        rows.append({"clients": clients, "requests/s": result["good_per_second"], "p50 ms": result["latency_ms"]["p50"],
                     "p99 ms": result["latency_ms"]["p99"], "not 200": result["sent"] - result["good"]})
    table(rows)
    return rows


def overload(served, args, rate, seed):
    bodies = BodyFile("sentiment", int(rate * args.seconds * 1.1) + 1000, seed)
    memory = MemoryWatch(served)
    probes = {path: start_load(args.client, served.port, path, connections=16, fresh=True, rate=10, even=True,
                               seconds=args.seconds) for path in PROBES}
    before = served.metrics()
    cpu = served.cpu_seconds()
    result = load(args.client, served.port, "/sentiment", bodies=bodies, connections=args.connections, rate=rate,
                  seconds=args.seconds, deadline_ms=args.deadline_ms, **({"even": True} if args.even else {}))
    result["server_cpu_seconds"] = served.cpu_seconds() - cpu
    after = served.metrics()
    result["left_the_queue_at_deadline"] = sum(after[f'rejected_total{{task="sentiment",reason="{reason}"}}'] -
                                               before[f'rejected_total{{task="sentiment",reason="{reason}"}}']
                                               for reason in ("deadline", "cancelled"))
    result["probes"] = {path: end_load(probe) for path, probe in probes.items()}
    result["memory"] = memory.end()
    return result


def show(result, best):
    statuses = result["by_status"]
    refused = statuses.get("429", 0) + statuses.get("503", 0)
    missed = result["sent"] - result["good"] - refused
    print("answers: " + ", ".join(f"{count} x {status}" for status, count in statuses.items()) +
          f"; {result['broken']} broken, {result['unanswered']} without an answer")
    table([{"sent/s": result["sent_per_second"], "good/s": result["good_per_second"],
            "of capacity": result["good_per_second"] / best, "refused": refused, "late 200": result["late_200"],
            "missed": missed, "p50 ms": result["latency_ms"]["p50"], "p99 ms": result["latency_ms"]["p99"],
            "refusal p50 ms": (result["refusal_ms"] or {}).get("p50"), "p99": (result["refusal_ms"] or {}).get("p99"),
            "client lag p99 ms": result["lag_ms"]["p99"], "max": result["lag_ms"]["max"]}])
    table([{"probe": path, "asked": probe["sent"], "200": probe["by_status"].get("200", 0),
            **{f"{name} ms": probe["latency_ms"][name] for name in ("p50", "p95", "p99", "max")}}
           for path, probe in result["probes"].items()])
    return refused, missed


def steady_memory(result, args):
    memory = [rss for seconds, rss in result["memory"] if seconds >= min(WARM_SECONDS, args.seconds / 2)]
    table([{"RSS MB": "", "start": result["memory"][0][1] / 1e6, f"after {WARM_SECONDS} s": memory[0] / 1e6,
            "most": max(rss for _, rss in result["memory"]) / 1e6, "end": memory[-1] / 1e6}])
    return memory


def judge(report, rounds):
    """`rounds`: what a round's table and the client say."""
    worst = lambda of, choose=max: choose(of(one) for one in rounds)
    lag = worst(lambda one: one["overload"]["lag_ms"]["p99"])
    report.target("the client kept its times: p99 at most 5 ms behind", lag, lag <= 5)
    share = sum(one["overload"]["good_per_second"] / one["capacity"] for one in rounds) / len(rounds)
    report.target("goodput at least 0.9 of the capacity", share, share >= 0.9)
    in_time = worst(lambda one: one["overload"]["good"] / max(one["overload"]["good"] + one["missed"], 1), min)
    report.target("at least 0.99 of what was not refused was answered within its deadline", in_time, in_time >= 0.99)
    silent = worst(lambda one: one["overload"]["refused_without_retry_after"])
    report.target("each refusal said when to come back", silent, not silent)
    for path in PROBES:
        well = worst(lambda one: one["overload"]["probes"][path]["by_status"].get("200", 0) /
                     one["overload"]["probes"][path]["sent"], min)
        report.target(f"{path} always 200", well, well == 1)
        p99 = worst(lambda one: one["overload"]["probes"][path]["latency_ms"]["p99"])
        report.target(f"{path} p99 under 10 ms", p99, p99 < 10)
    memory = [rss for one in rounds for rss in one["memory"]]
    grown = memory[-1] - memory[0]
    report.target("memory grew by less than 5 MB", grown / 1e6, grown < 5e6)


def main():
    parser = parser_of(__doc__)
    parser.add_argument("model", help="for sentiment")
    parser.add_argument("--dtype")
    parser.add_argument("--factor", type=float, default=3, help="times the capacity")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--seconds", type=int, default=60, help="of a round's overload")
    parser.add_argument("--deadline-ms", type=int, default=250)
    parser.add_argument("--connections", type=int, default=2000, help="of the client, at most")
    parser.add_argument("--even", action="store_true", help="equal distances between requests")
    parser.add_argument("--clients", type=numbers, metavar="N,N", default=[8, 32, 64], help="of the closed loops")
    parser.add_argument("--capacity-seconds", type=int, default=10)
    parser.add_argument("--cache-mb", type=int, default=1)
    args = parser.parse_args()
    report = Report("overload", args)
    dtype = ["--dtype", args.dtype] if args.dtype else []
    rounds = []
    with Served(args.binary, {"sentiment": args.model}, "--cache-mb", args.cache_mb, *dtype) as served:
        best = lambda rows: max(row["requests/s"] for row in rows)
        before = capacity(served, args, 1000)
        for number in range(args.rounds):
            result = overload(served, args, args.factor * best(before), number)
            after = capacity(served, args, 2000 + 1000 * number)
            mean = (best(before) + best(after)) / 2
            print(f"capacity: {best(before):.1f} requests/s before, {best(after):.1f} after")
            refused, missed = show(result, mean)
            rounds.append({"capacity_before": before, "capacity_after": after, "capacity": mean, "refused": refused,
                           "missed": missed, "memory": steady_memory(result, args), "overload": result})
            before = after
    report.figures |= {"rounds": rounds}
    judge(report, rounds)
    report.end()


if __name__ == "__main__":
    main()
