#!/usr/bin/env python3
"""Requests a second, latencies and cost of the server, loaded by wrk: one text of twenty words a request, no text twice.

    throughput.py --dtype int8 sentiment=DIRECTORY
    throughput.py --min-rate 400 --max-p95-ms 50 embedding=all-MiniLM-L6-v2
    throughput.py --dtype int8 --against ort=http://127.0.0.1:8099/sentiment sentiment=DIRECTORY

--against names another server, which is running, and measures both in turns, round by round, with the same texts; the ratios
are ours to theirs, medians of the rounds' ratios. TASK is sentiment (POST /sentiment) or embedding (POST /embed). wrk waits for each answer (closed loop) and has a thread on the
same processors. Figures are medians of the rounds. The targets are held against concurrency 8.
"""
import statistics
import subprocess

from bodies import PATHS, BodyFile
from report import ROOT, Report, numbers, parser_of, table
from served import Served


def wrk(url, concurrency, seconds, bodies):
    script = ROOT / "bench/serving/bodies.lua"
    command = ["wrk", "-t1", f"-c{concurrency}", f"-d{seconds}s", "--timeout", "60s", "-s", str(script), url, "--", str(bodies)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    result = next(line for line in output.splitlines() if line.startswith("RESULT "))
    return [float(word) for word in result.split()[1:]]


def url_of(served, task):
    return f"http://127.0.0.1:{served.port}{PATHS[task]}"


def measure_other(url, concurrency, args, bodies):
    requests, seconds, p50, p95, p99, errors = wrk(url, concurrency, args.seconds, bodies)
    return {"requests/s": requests / seconds, "p50 ms": p50, "p95 ms": p95, "p99 ms": p99, "errors": errors}


def compare(name, clients, ours, theirs):
    """Medians of theirs, and of the ratios round by round."""
    ratio = lambda figure: statistics.median(o[figure] / t[figure] for o, t in zip(ours, theirs))
    row = {figure: statistics.median(r[figure] for r in theirs) for figure in theirs[0]}
    row["errors"] = int(sum(r["errors"] for r in theirs))
    return {"server": name, "clients": clients, **row, "ours: x requests/s": ratio("requests/s"), "x p95": ratio("p95 ms")}


def measure(served, task, concurrency, args, bodies):
    before, cpu = served.metrics(), served.cpu_seconds()
    requests, seconds, p50, p95, p99, errors = wrk(url_of(served, task), concurrency, args.seconds, bodies)
    cpu, after = served.cpu_seconds() - cpu, served.metrics()
    texts = after[f'batch_sequences_sum{{task="{task}"}}'] - before[f'batch_sequences_sum{{task="{task}"}}']
    batches = after[f'batch_sequences_count{{task="{task}"}}'] - before[f'batch_sequences_count{{task="{task}"}}']
    tokens = after[f'batch_tokens_sum{{task="{task}"}}'] - before[f'batch_tokens_sum{{task="{task}"}}']
    return {"requests/s": requests / seconds, "p50 ms": p50, "p95 ms": p95, "p99 ms": p99,
            "CPU ms/request": 1e3 * cpu / max(requests, 1), "texts/batch": texts / max(batches, 1),
            "tokens/text": tokens / max(texts, 1), "RSS MB": served.rss() / 1e6, "errors": errors,
            "hits": after["cache_hits_total"] - before["cache_hits_total"]}


def run(spec, args, report):
    task, _, model = spec.partition("=")
    server_options = ["--dtype", args.dtype] if args.dtype else []
    server_options += ["--threads", args.threads] if args.threads else []
    rows, others, seed = [], [], 0
    with Served(args.binary, {task: model}, *server_options) as served:
        wrk(url_of(served, task), 8, 1, BodyFile(task, 10_000, -1))  # threads and memory are there then
        for concurrency in args.concurrency:
            rounds, theirs = [], {name: [] for name, _ in args.against}
            for _ in range(args.rounds):
                seed += 1
                bodies = BodyFile(task, args.most_rate * args.seconds, seed)
                rounds.append(measure(served, task, concurrency, args, bodies))
                for name, url in args.against:
                    theirs[name].append(measure_other(url, concurrency, args, bodies))
            others += [compare(name, concurrency, rounds, runs) for name, runs in theirs.items()]
            row = {name: statistics.median(r[name] for r in rounds) for name in rounds[0]}
            row["errors"], row["hits"] = (int(sum(r[name] for r in rounds)) for name in ("errors", "hits"))
            rows.append({"model": task, "clients": concurrency, **row})
            report.figures.setdefault("rounds", []).append({"model": spec, "clients": concurrency, "rounds": rounds})
        peak = served.peak_rss() / 1e6
    print(f"{spec}: peak memory {peak:.0f} MB")
    table(rows)
    if others:
        table(others)
        report.figures.setdefault("others", []).extend(others)
    report.figures.setdefault("rows", []).extend(rows)
    report.target(f"{spec}: no errors", sum(row["errors"] for row in rows), not any(row["errors"] for row in rows))
    report.target(f"{spec}: no answers from the cache", sum(row["hits"] for row in rows), not any(row["hits"] for row in rows))
    for row in rows:
        if row["clients"] != 8:
            continue
        if args.min_rate:
            report.target(f"{spec}: over {args.min_rate:g} requests/s", row["requests/s"], row["requests/s"] > args.min_rate)
        if args.max_p95_ms:
            report.target(f"{spec}: p95 under {args.max_p95_ms:g} ms", row["p95 ms"], row["p95 ms"] < args.max_p95_ms)


def main():
    parser = parser_of(__doc__)
    parser.add_argument("models", nargs="+", metavar="TASK=MODEL")
    parser.add_argument("--dtype")
    parser.add_argument("--threads", help="of the server")
    parser.add_argument("--concurrency", type=numbers, metavar="N,N", default=[1, 8, 32])
    parser.add_argument("--seconds", type=int, default=10, help="of a round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--against", action="append", default=[], type=lambda text: tuple(text.split("=", 1)),
                        metavar="NAME=URL", help="another server of the same task; may be repeated")
    parser.add_argument("--most-rate", type=int, default=5000, help="so many texts are made for a second")
    parser.add_argument("--min-rate", type=float, help="target at 8 clients")
    parser.add_argument("--max-p95-ms", type=float, help="target at 8 clients")
    args = parser.parse_args()
    report = Report("throughput", args)
    for spec in args.models:
        run(spec, args, report)
    report.end()


if __name__ == "__main__":
    main()
