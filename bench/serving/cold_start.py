#!/usr/bin/env python3
"""From the start of the process to the first 200 of POST /sentiment, with a prepared model, and memory beside the model's size.

    cold_start.py --dtype int8 DIRECTORY

A model that is not prepared is prepared first (`jetson-nlp prepare`), into a folder that is gone afterwards. The port is asked
again and again, a millisecond apart, from before it is open. The model's file is in the system's memory: start what was just
used; the first start of all is not counted.
"""
import contextlib
import http.client
import statistics
import time

from bodies import BodyFile, body_of
from report import Report, load, parser_of, table
from served import Prepared, Served

BODY = body_of("sentiment", "a warm and funny film that i would like to see again with all of my friends very soon indeed")


def first_answer(served, seconds=60):
    while time.monotonic() - served.started < seconds:
        if served.process.poll() is not None:
            raise SystemExit(f"the server ended:\n{served.log_tail()}")
        with contextlib.suppress(OSError, http.client.HTTPException):
            if served.ask("POST", "/sentiment", BODY)[0] == 200:
                return 1e3 * (time.monotonic() - served.started)
        time.sleep(0.001)
    raise SystemExit(f"no answer:\n{served.log_tail()}")


def start_once(args, model, requests=0):
    served = Served(args.binary, {"sentiment": model})
    try:
        row = {"first 200 ms": first_answer(served), "RSS MB": served.rss() / 1e6}
        if requests:
            load(args.client, served.port, "/sentiment", bodies=BodyFile("sentiment", requests, 1), connections=8,
                 requests=requests, seconds=600)
            row |= {f"RSS after {requests}": served.rss() / 1e6, "peak": served.peak_rss() / 1e6}
        return row
    finally:
        served.end()


def main():
    parser = parser_of(__doc__)
    parser.add_argument("model", help="for sentiment")
    parser.add_argument("--dtype", default="int8", help="to prepare it for")
    parser.add_argument("--starts", type=int, default=15)
    parser.add_argument("--requests", type=int, default=1000, help="before memory is looked at again")
    parser.add_argument("--target-ms", type=float, default=150)
    parser.add_argument("--target-mb", type=float, default=60, help="of memory beside the prepared files")
    args = parser.parse_args()
    report = Report("cold_start", args)
    with Prepared(args.binary, args.model, args.dtype) as model:
        size = (model / "prepared.safetensors").stat().st_size / 1e6
        start_once(args, model)
        times = [start_once(args, model)["first 200 ms"] for _ in range(args.starts)]
        memory = start_once(args, model, args.requests)
    print(f"{args.starts} starts; prepared.safetensors has {size:.1f} MB")
    after = f"RSS after {args.requests}"
    table([{"first 200": "ms", "median": statistics.median(times), "least": min(times), "most": max(times)}])
    table([{"memory": "MB", "after the first 200": memory["RSS MB"], after: memory[after], "peak": memory["peak"],
            "beside the file": memory[after] - size}])
    report.figures |= {"first_200_ms": times, "memory": memory, "artifact_mb": size}
    report.target(f"median start to the first 200 at most {args.target_ms:g} ms", statistics.median(times),
                  statistics.median(times) <= args.target_ms)
    report.target(f"memory after {args.requests} requests at most the model's file and {args.target_mb:g} MB",
                  memory[after] - size, memory[after] <= size + args.target_mb)
    report.end()


if __name__ == "__main__":
    main()
