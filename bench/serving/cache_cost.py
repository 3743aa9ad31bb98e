#!/usr/bin/env python3
"""What the cache costs where nothing is ever found in it: one server with it and one without, in turns, each text new.

    cache_cost.py --dtype int8 DIRECTORY
    cache_cost.py --dtype int8 --cache-mb 1 DIRECTORY      full after some seconds: each new result drives another out

Both servers live all the time and are loaded one after the other, ABBA, in many short runs. Of each pair of neighbours the
ratio with / without is taken; printed are the medians of the ratios with a 95 % interval (bootstrap over the pairs). CPU of
the process a request is the quieter measure: it does not count what others take of the processors.
"""
import random
import statistics

from bodies import MOST_RATE, BodyFile
from report import Report, load, parser_of, table
from served import Served


def measure(served, args, seed):
    bodies = BodyFile("sentiment", args.most_rate * args.seconds, seed)
    cpu = sum(served.cpu_by_thread().values())
    result = load(args.client, served.port, "/sentiment", bodies=bodies, connections=args.clients, seconds=args.seconds)
    cpu = sum(served.cpu_by_thread().values()) - cpu
    if result["by_status"].keys() != {"200"} or result["broken"] or result["sent"] > bodies.count:
        raise SystemExit(f"not as it should be: {result}")
    return {"requests/s": result["sent"] / result["seconds"], "CPU us/request": 1e6 * cpu / result["sent"]}


def interval(ratios, draws=10_000):
    draw = random.Random(1)
    found = sorted(statistics.median(draw.choices(ratios, k=len(ratios))) for _ in range(draws))
    return found[int(0.025 * draws)], found[int(0.975 * draws)]


def main():
    parser = parser_of(__doc__)
    parser.add_argument("model", help="for sentiment")
    parser.add_argument("--dtype")
    parser.add_argument("--cache-mb", type=int, default=64)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seconds", type=int, default=3, help="of a run")
    parser.add_argument("--pairs", type=int, default=16)
    parser.add_argument("--most-rate", type=int, default=MOST_RATE, help="so many texts are made for a second")
    args = parser.parse_args()
    report = Report("cache_cost", args)
    dtype = ["--dtype", args.dtype] if args.dtype else []
    models = {"sentiment": args.model}

    pairs, seed = [], 0
    with Served(args.binary, models, "--cache-mb", args.cache_mb, *dtype) as cached, \
            Served(args.binary, models, "--cache-mb", 0, *dtype) as plain:
        sides = {"with": cached, "without": plain}
        for served in sides.values():
            measure(served, args, -1)
        for number in range(args.pairs):
            pair = {}
            for side in ["with", "without"] if number % 2 == 0 else ["without", "with"]:
                seed += 1
                pair[side] = measure(sides[side], args, seed)
            pairs.append(pair)
        hits = cached.metrics()["cache_hits_total"]
        evictions = cached.metrics()["cache_evictions_total"]

    rows = []
    for name in pairs[0]["with"]:
        ratios = [pair["with"][name] / pair["without"][name] for pair in pairs]
        low, high = interval(ratios)
        rows.append({"figure": name, "with": statistics.median(pair["with"][name] for pair in pairs),
                     "without": statistics.median(pair["without"][name] for pair in pairs),
                     "ratio": f"{statistics.median(ratios):.4f}", "95 % from": f"{low:.4f}", "to": f"{high:.4f}"})
        report.figures[name] = {"ratios": ratios, "median": statistics.median(ratios), "interval": [low, high]}
    print(f"{args.pairs} pairs; {hits:.0f} hits, {evictions:.0f} results driven out")
    table(rows)
    report.figures |= {"pairs": pairs, "hits": hits, "evictions": evictions}
    rate, cost = (report.figures[name] for name in pairs[0]["with"])
    report.target("nothing was found in the cache", hits, hits == 0)
    report.target("median of requests/s at least 0.97 of those without", rate["median"], rate["median"] >= 0.97)
    report.target("CPU a request at most 1.03 of that without, upper end of the interval", cost["interval"][1],
                  cost["interval"][1] <= 1.03)
    report.end()


if __name__ == "__main__":
    main()
