#!/usr/bin/env python3
"""Half an hour of everything: all tasks, short and long, batches, streams, sockets, bad requests and clients that go away.

    soak.py --dtype int8 sentiment=DIRECTORY
    soak.py --minutes 1 sentiment=DIRECTORY chat=none

Without other models ner and qa are tiny ones of tests/golden, embedding and summarization the server's default, chat the
server's default if it is set up. Memory, threads and open files are read every five seconds. Memory is judged by the line
through the second half of the samples: what it gains from the half's first to its last sample. The cache is small, so that it
is full long before.
"""
import json
import statistics
import time

from report import ROOT, Report, parser_of, table
from served import Served
from soak_traffic import TRAFFIC, Crowd, is_expected

TINY = ROOT / "tests/golden/tasks"
SAMPLE_SECONDS = 5


def sample(served, start):
    return {"seconds": time.monotonic() - start, "rss": served.rss(), "threads": served.threads(),
            "open_files": served.open_files()}


def gain(samples, name):
    """By the straight line of least squares, from the first to the last of these samples."""
    line = statistics.linear_regression([s["seconds"] for s in samples], [s[name] for s in samples])
    return line.slope * (samples[-1]["seconds"] - samples[0]["seconds"])


def watch(served, crowd, minutes):
    """Samples until the time is over."""
    start, samples, last_said = time.monotonic(), [], 0.0
    while (elapsed := time.monotonic() - start) < 60 * minutes:
        if served.process.poll() is not None:
            raise SystemExit(f"the server ended with {served.process.returncode}:\n{served.log_tail()}")
        samples.append(sample(served, start))
        if elapsed - last_said >= 60 or len(samples) == 1:
            last_said = elapsed
            print(f"{elapsed / 60:5.1f} min: {crowd.total()} actions, {samples[-1]['rss'] / 1e6:.1f} MB, "
                  f"{samples[-1]['threads']} threads, {samples[-1]['open_files']} files", flush=True)
            served.cut_log()
        time.sleep(SAMPLE_SECONDS)
    return samples


def ready_tasks(served):
    models = json.loads(served.ask("GET", "/health")[1])["models"]
    return {task for task, model in models.items() if model["state"] == "ready"}


def files_when_quiet(served, seconds=10):
    """Once the clients have gone; the server may take a moment to see it."""
    end, least = time.monotonic() + seconds, served.open_files()
    while time.monotonic() < end:
        time.sleep(0.5)
        least = min(least, served.open_files())
    return least


def show(crowd):
    table([{"action": name, "count": sum(statuses.values()),
            "expected": sum(count for status, count in statuses.items() if status in TRAFFIC[name][2]),
            "503": statuses.get(503, 0),
            "other": sum(count for status, count in statuses.items() if not is_expected(name, status)),
            "p50 s": statistics.median(crowd.seconds[name] or [0]), "max": max(crowd.seconds[name] or [0])}
           for name, statuses in crowd.counts.items()])
    for line in crowd.unexpected[:40]:
        print(f"  {line}")


def main():
    parser = parser_of(__doc__)
    parser.add_argument("models", nargs="*", metavar="TASK=MODEL")
    parser.add_argument("--dtype")
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--pause-ms", type=float, default=2, help="of each client between two actions")
    parser.add_argument("--cache-mb", type=int, default=1)
    args = parser.parse_args()
    report = Report("soak", args)
    models = {"sentiment": TINY / "classify_softmax", "ner": TINY / "ner_wordpiece", "qa": TINY / "qa",
              "embedding": None, "summarization": None, "chat": None}
    models |= dict(spec.split("=", 1) for spec in args.models)
    dtype = ["--dtype", args.dtype] if args.dtype else []
    with Served(args.binary, models, "--cache-mb", args.cache_mb, *dtype) as served:
        tasks = ready_tasks(served)
        print("models: " + ", ".join(sorted(tasks)), flush=True)
        files = served.open_files()
        crowd = Crowd(served.port, tasks, args.clients, args.pause_ms / 1e3)
        samples = watch(served, crowd, args.minutes)
        crowd.end()
        files_after = files_when_quiet(served)
        peak = served.peak_rss()
        code = served.end()

    show(crowd)
    half = samples[len(samples) // 2:]
    grown, more_threads = gain(half, "rss"), gain(half, "threads")
    print(f"memory: {samples[0]['rss'] / 1e6:.1f} MB at the start, {half[0]['rss'] / 1e6:.1f} at half time, "
          f"{samples[-1]['rss'] / 1e6:.1f} at the end, peak {peak / 1e6:.1f}; "
          f"open files: {files} before, {files_after} after\n")
    others = sum(count for name, statuses in crowd.counts.items() for status, count in statuses.items()
                 if not is_expected(name, status))
    report.figures |= {"tasks": sorted(tasks), "counts": crowd.counts, "unexpected": crowd.unexpected, "samples": samples,
                       "open_files_before": files, "open_files_after": files_after, "peak_rss": peak}
    bound = max(5e6, 0.02 * half[0]["rss"])
    report.target("nothing unexpected was answered", others, others == 0)
    report.target(f"memory gained less than {bound / 1e6:.1f} MB in the second half", grown / 1e6, grown < bound)
    report.target("threads gained less than 2 in the second half", more_threads, more_threads < 2)
    report.target("no file stayed open (2 allowed)", files_after - files, files_after - files <= 2)
    report.target("exit code 0", code, code == 0)
    report.end()


if __name__ == "__main__":
    main()
