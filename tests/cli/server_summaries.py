#!/usr/bin/env python3
"""Summaries of the real server: cache, queue, deadlines, clients that go, and other tasks beside them, with the tiny models of
tests/golden: server_summaries.py BINARY"""
import concurrent.futures
import contextlib
import json
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

from server_process import BINARY, MODELS, ROOT, TASKS, Server, check, failures

T5 = ROOT / "tests/golden/summaries/t5"
WRITING = MODELS[:MODELS.index("--summarization-model") + 1] + [T5] + MODELS[MODELS.index("--summarization-model") + 2:]
TEXT = "Ada lives in Paris. The ferry is late. Nobody is angry. It rains on the harbour. The captain reads a book."


def document(sentences, seed=0):
    """Sentences of different lengths."""
    return " ".join(f"Sentence {seed} number {i} says {'word ' * (i % 7)}here." for i in range(sentences))


def metric(server, name, labels='task="summarization"'):
    text = server.ask("GET", "/metrics")[1]
    braces = re.escape("{" + labels + "}") if labels else ""
    found = re.search(rf"^jetson_nlp_{name}{braces} (\S+)$", text, re.M)
    if found is None:
        raise SystemExit(f"no series {name} {labels}")
    return float(found.group(1))


def wait_until(condition):
    for _ in range(1200):
        if condition():
            return True
        time.sleep(0.05)
    return False


def send(server, body):
    """A request whose answer nobody has read yet."""
    connection = socket.create_connection(("127.0.0.1", server.port))
    data = json.dumps(body).encode()
    connection.sendall(b"POST /summarize HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%s" % (len(data), data))
    return connection


def check_metrics(server):
    for name in ["queue_calls", "queue_tokens", "queue_oldest_seconds", "admitted_seconds", "batch_sequences_count",
                 "infer_seconds_count", "queue_seconds_count"]:
        check(f"{name} of summaries is there from the start", metric(server, name) == 0)
    for reason in ["deadline", "cancelled"]:
        check(f"rejects for {reason} too", metric(server, "rejected_total", f'task="summarization",reason="{reason}"') == 0)


def check_cache(server, model):
    command = subprocess.run([BINARY, "summarize", "--model", str(model), "--json", TEXT], capture_output=True, text=True)
    expected = json.loads(command.stdout)
    expected = (expected[0] if isinstance(expected, list) else expected)["summary"]
    first = server.post("/summarize", {"texts": [TEXT]})
    check("a summary is that of the command", first[0] == 200 and first[1]["results"][0]["summary"] == expected,
          (first, expected))
    computed, hits = metric(server, "batch_sequences_count"), metric(server, "cache_hits_total", "")
    check("it went through the queue", computed > 0 and metric(server, "queue_seconds_count") > 0)
    check("what is asked again is the same", server.post("/summarize", {"texts": [TEXT]}) == first)
    check("and comes from the cache", metric(server, "batch_sequences_count") == computed and
          metric(server, "cache_hits_total", "") == hits + 1)
    server.post("/summarize", {"texts": [TEXT], "max_sentences": 1})
    check("other parameters are another result", metric(server, "batch_sequences_count") > computed)


def check_same_in_flight(server):
    body = {"texts": [document(3000, seed=1)]}
    before = metric(server, "batch_sequences_sum")
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: server.post("/summarize", body), range(6)))
    check("identical requests have the same answer", all(a == answers[0] and a[0] == 200 for a in answers), answers[0])
    computed = metric(server, "batch_sequences_sum") - before
    check("and only one was computed", computed == answers[0][1]["results"][0]["document_sentences"], computed)


def check_deadline(server):
    body = {"texts": [document(20_000, seed=2)]}
    begin = time.monotonic()
    status, answer, headers = server.ask("POST", "/summarize", body, {"x-request-timeout-ms": "100"})
    check("past the deadline: 504, or 503 with Retry-After when it was known before",
          status == 504 or status == 503 and "Retry-After" in headers, (status, answer))
    check("nothing of it is left", wait_until(lambda: metric(server, "admitted_seconds") == 0), time.monotonic() - begin)


def check_gone_client(server, seed):
    gone = 'task="summarization",reason="cancelled"'
    before, computed = metric(server, "rejected_total", gone), metric(server, "batch_sequences_count")
    with contextlib.closing(send(server, {"texts": [document(20_000, seed)]})):
        begun = wait_until(lambda: metric(server, "admitted_seconds") > 0 or metric(server, "batch_sequences_count") > computed)
    check("a long summary has begun", begun)
    check("it ends when its client has gone", wait_until(lambda: metric(server, "rejected_total", gone) > before))
    check("and leaves nothing behind", wait_until(lambda: metric(server, "admitted_seconds") == 0))


def check_other_tasks(server):
    ended = metric(server, "requests_total", 'route="/summarize",code="200"')
    with contextlib.closing(send(server, {"texts": [document(20_000, seed=4)]})):
        wait_until(lambda: metric(server, "admitted_seconds") > 0)
        statuses = [server.post("/sentiment", {"texts": [f"I love number {i}"]})[0] for i in range(5)]
        short = server.post("/summarize", {"texts": [TEXT + " A short one goes between."]})[0]
        running = metric(server, "requests_total", 'route="/summarize",code="200"') - ended <= 1
    check("beside a long summary other tasks are answered", statuses == [200] * 5 and running, (statuses, running))
    wait_until(lambda: metric(server, "admitted_seconds") == 0)
    check("and short summaries too", short in (200, 503), short)


def check_many(server):
    with concurrent.futures.ThreadPoolExecutor(48) as pool:
        answers = list(pool.map(lambda i: server.ask("POST", "/summarize", {"texts": [f"Number {i}. {TEXT}"]}), range(48)))
    check("many at once: an answer, or 503 with Retry-After",
          all(status == 200 or status == 503 and "Retry-After" in headers for status, _, headers in answers) and
          any(status == 200 for status, _, _ in answers), [status for status, _, _ in answers])


def check_redis():
    program = shutil.which("redis-server")
    if program is None:
        print("skip Redis: no redis-server")
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        redis = subprocess.Popen([program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder],
                                 stdout=subprocess.DEVNULL)
        try:
            for _ in range(200):
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                    break
                time.sleep(0.05)
            url = ["--redis-url", f"redis://127.0.0.1:{port}"]
            one, two = Server(*url).ready(), Server(*url).ready()
            first = one.post("/summarize", {"texts": [TEXT]})
            found = wait_until(lambda: two.post("/summarize", {"texts": [TEXT]}) == first and
                               metric(two, "redis_hits_total", "") + metric(two, "cache_hits_total", "") > 0)
            check("another server has the summary from Redis", first[0] == 200 and found and
                  metric(two, "redis_hits_total", "") == 1)
            for server in (one, two):
                check("it ends with 0", server.end() == 0)
        finally:
            redis.terminate()
            redis.wait()


def main():
    for name, models, path in [("chosen", MODELS, TASKS / "embed"), ("written", WRITING, T5)]:
        print(f"-- {name} summaries")
        server = Server(models=models).ready()
        check_metrics(server)
        check_cache(server, path)
        if name == "chosen":
            check_same_in_flight(server)
        check_deadline(server)
        check_gone_client(server, seed=3)
        check_other_tasks(server)
        check_many(server)
        check("the server ends with 0", server.end() == 0)
    check_redis()
    if failures:
        sys.exit(f"{len(failures)} checks failed")


if __name__ == "__main__":
    main()
