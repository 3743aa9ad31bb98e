#!/usr/bin/env python3
"""Which series the real server's /metrics has, from the start and later. server_series.py BINARY"""
import concurrent.futures
import sys

from server_process import Server, check, failures

HISTOGRAMS = ["tokenize_seconds", "queue_seconds", "infer_seconds", "post_seconds", "batch_sequences", "batch_tokens"]
SERIES = [
    'requests_total{route="/sentiment",code="200"}', 'requests_total{route="/chat",code="503"}', "requests_in_flight",
    'request_seconds_count{route="/sentiment"}', "time_to_first_token_seconds_count", "requests_waiting", "chats_in_flight",
    *(f'{name}_count{{task="{task}"}}' for name in HISTOGRAMS for task in ("sentiment", "ner", "qa", "embedding")),
    *(f'{name}{{task="{task}"}}' for name in ("queue_calls", "queue_tokens", "queue_oldest_seconds", "truncated_inputs_total")
      for task in ("sentiment", "ner", "qa", "embedding")),
    *(f'rejected_total{{task="sentiment",reason="{reason}"}}'
      for reason in ("deadline", "cancelled", "failed", "closing", "queue_full", "no_time")),
    "cache_hits_total", "cache_misses_total", "cache_shared_total", "redis_hits_total", "rate_limited_total", "padding_ratio",
]


def series_of(server):
    text = server.ask("GET", "/metrics")[1]
    values = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            name, value = line.rsplit(" ", 1)
            values[name.removeprefix("jetson_nlp_")] = float(value)
    return values


def check_series(server):
    values = series_of(server)
    check("all series are there from the start", all(name in values for name in SERIES),
          [name for name in SERIES if name not in values])
    check("at zero", all(values[name] == 0 for name in SERIES if not name.startswith("requests_in")),
          {name: values[name] for name in SERIES if values.get(name)})
    check("memory has a value", values["resident_bytes"] > 0)
    check("models are named", values['model_ready{task="chat",model="none"}'] == 0 and
          sum(value for name, value in values.items() if name.startswith("model_ready")) == 5, values)
    devices = [name for name in values if name.startswith(("gpu_", "power_", "energy_", "temperature_"))]
    check("no sensor, no series", not devices, devices)
    check("nor in /health", server.ask("GET", "/health")[1]["device"] == [])
    server.post("/sentiment", {"texts": ["a long text that is cut " * 2000, "a short one"]})
    values = series_of(server)
    check("a text that is cut is counted", values['truncated_inputs_total{task="sentiment"}'] == 1)
    check("a request's parts are timed", values['tokenize_seconds_count{task="sentiment"}'] == 1 and
          values['post_seconds_count{task="sentiment"}'] == 1 and values['tokenize_seconds_sum{task="sentiment"}'] > 0 and
          0 < values['post_seconds_sum{task="sentiment"}'] < 60)


def check_refusals():
    server = Server("--max-queue-ms", "1", "--cache-mb", "0").ready()
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        long_one = pool.submit(server.post, "/ner", {"texts": [f"word {number} " * 300 for number in range(1024)]})
        while series_of(server)['admitted_seconds{task="ner"}'] == 0 and not long_one.done():
            pass
        code = server.post("/ner", {"texts": ["another"]})[0]
        check("the long request still ran", not long_one.done(), "it was too short for this test")
        check("a full queue refuses: 503", code == 503, code)
        check("and counts it", series_of(server)['rejected_total{task="ner",reason="queue_full"}'] == 1)
        check("the long one is answered", long_one.result()[0] == 200)
    server.end()


def main():
    server = Server("--sysfs", "/nothing/here", "--cache-mb", "0").ready()
    check_series(server)
    check("exit 0", server.end() == 0)
    check_refusals()
    print(f"checks failed: {len(failures)}")
    sys.exit(1 if failures else 0)


main()
