#!/usr/bin/env python3
"""Runs the real server with the tiny models of tests/golden through its life: configuration, keys and certificates that are
read anew, models that come and go, limits, and ends. server_lifecycle.py BINARY"""
import concurrent.futures
import contextlib
import http.client
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

from server_process import BINARY, MODELS, TASKS, Server, check, failures

KEY, OTHER_KEY = "0123456789abcdef-one", "0123456789abcdef-two"
BODY = {"texts": ["I love it"]}
NO_MODELS = [part for task in ["sentiment", "ner", "qa", "embedding", "summarization", "chat"]
             for part in (f"--{task}-model", "none")]
directory = pathlib.Path(tempfile.mkdtemp())


def with_key(key=KEY):
    return {"Authorization": f"Bearer {key}"}


def file_of(name, text):
    path = directory / name
    path.write_text(text)
    return path


def run(*arguments, port=0, env=None):
    """The command when it is expected to end by itself: exit code and its last line."""
    done = subprocess.run([str(part) for part in (BINARY, "server", "--port", port, *arguments)], capture_output=True,
                          text=True, timeout=60, env={**os.environ, **(env or {})})
    return done.returncode, done.stderr.strip().splitlines()[-1]


def check_config():
    config = file_of("server.toml", f"""# what we serve
[server]
sentiment-model = "{TASKS / 'classify_softmax'}"
model = ["ner={TASKS / 'ner_wordpiece'}", "qa=none"]
embedding-model = none
summarization-model = none
chat-model = none
log-format = "json"
api-key-file = "{file_of('config.keys', KEY)}"
insecure = true
""")
    server = Server("--config", config, models=[]).ready()
    check("models come from the configuration", server.ask("POST", "/ner", BODY, with_key())[0] == 200)
    check("so do keys", server.ask("POST", "/sentiment", BODY)[0] == 401)
    server.end()
    check("and the log's format", '{"time"' in server.read_log(), server.read_log())

    server = Server("--config", config, "--model", f"sentiment={TASKS / 'classify_sigmoid'}", models=[],
                    env={"JETSON_NLP_SERVER_LOG_FORMAT": "text", "JETSON_NLP_SERVER_NER_MODEL": "none"}).ready()
    model = server.ask("POST", "/sentiment", BODY, with_key())[1]["model"]
    check("the command line goes before the file, also by another option", model.endswith("classify_sigmoid"), model)
    check("the environment goes before the file", server.ask("POST", "/ner", BODY, with_key())[0] == 501)
    server.end()
    check("for each option", '{"time"' not in server.read_log(), server.read_log())

    code, line = run(*NO_MODELS, env={"JETSON_NLP_SERVER_CONFIG": str(file_of("unknown.ini", "prot = 8000\n"))})
    check("an unknown key: exit 2 with key and file", code == 2 and "prot" in line and "unknown.ini" in line, (code, line))
    for name, text, part in [("a value out of range", "max-batch-size = 0\n", "max-batch-size"),
                             ("a value of the wrong type", "max-batch-size = many\n", "many"),
                             ("a key that stands there twice", "port = 1\nhost = a\nport = 2\n", "'port'"),
                             ("two values for one", "host = a\nhost = b\n", "host"),
                             ("an unknown section", "[client]\nport = 1\n", "client.port"),
                             ("a configuration in a configuration", "config = other.ini\n", "config"),
                             ("a wrong task", "model = poetry=x\n", "poetry")]:
        code, line = run(*NO_MODELS, "--config", file_of("bad.ini", text))
        check(f"{name}: exit 2", code == 2 and part in line and "bad.ini" in line, (code, line))
    for option in ("--rate-limit", "--max-wait-ms"):
        code, line = run(*NO_MODELS, option, "nan")
        check(f"{option} nan: exit 2", code == 2 and "nan" in line, (code, line))
    code, line = run(*NO_MODELS, "--config", directory / "nothing.ini")
    check("a configuration that is not there: exit 2", code == 2 and "nothing.ini" in line, (code, line))


def check_reloaded_keys():
    keys = file_of("reload.keys", KEY + "\n")
    server = Server("--api-key-file", keys).ready()
    stop, codes = threading.Event(), []

    def ask_all_the_time():
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        with contextlib.closing(connection):
            while not stop.is_set():
                connection.request("POST", "/sentiment", json.dumps(BODY), with_key())
                answer = connection.getresponse()
                answer.read()
                codes.append(answer.status)

    asker = threading.Thread(target=ask_all_the_time)
    asker.start()
    keys.write_text(f"{KEY}\n{OTHER_KEY}\n")
    server.process.send_signal(signal.SIGHUP)
    server.wait_for("read API keys anew")
    check("SIGHUP: a new key opens", server.ask("POST", "/sentiment", BODY, with_key(OTHER_KEY))[0] == 200)
    for number, damaged in enumerate(["", "# nothing\n", "short\n", "two words that are long enough\n"]):
        keys.write_text(damaged)
        server.process.send_signal(signal.SIGHUP)
        while len(re.findall("keeps the old API keys", server.read_log())) <= number and server.process.poll() is None:
            time.sleep(0.05)
        check(f"a damaged key file ({damaged!r}) keeps the old keys",
              server.ask("POST", "/sentiment", BODY, with_key())[0] == 200 and
              server.ask("POST", "/sentiment", BODY)[0] == 401)
    stop.set()
    asker.join()
    check("nobody lost a request meanwhile", len(codes) > 0 and set(codes) == {200}, codes[-5:])
    keys.write_text(OTHER_KEY)
    server.process.send_signal(signal.SIGHUP)
    server.wait_for(r"(?s)read API keys anew.*read API keys anew")
    check("a key that is gone no longer opens", server.ask("POST", "/sentiment", BODY, with_key())[0] == 401)
    server.end()
    check("keys stay out of the log", KEY not in server.read_log(), server.read_log())


def certificate(name):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}", "-days", "2",
                    "-keyout", directory / "tls.key", "-out", directory / "tls.crt"], check=True, capture_output=True)


def served_certificate(server):
    return ssl.get_server_certificate(("127.0.0.1", server.port))


def check_reloaded_certificate():
    if shutil.which("openssl") is None:
        print("skip certificates: no openssl")
        return
    certificate("first")
    server = Server("--tls-cert", directory / "tls.crt", "--tls-key", directory / "tls.key", models=NO_MODELS).ready()
    first = served_certificate(server)
    certificate("second")
    server.process.send_signal(signal.SIGHUP)
    server.wait_for("read TLS certificate anew")
    second = served_certificate(server)
    check("SIGHUP: the new certificate is shown", first != second)
    (directory / "tls.crt").write_text("damaged")
    server.process.send_signal(signal.SIGHUP)
    server.wait_for("keeps the old TLS certificate.*tls.crt")
    check("a damaged one keeps the old one and the server", served_certificate(server) == second)
    check("which still ends well", server.end() == 0)


def check_rate_limit():
    server = Server("--rate-limit", "0.5").ready()
    check("the first request of an address", server.ask("POST", "/sentiment", BODY)[0] == 200)
    status, answer, headers = server.ask("POST", "/sentiment", BODY)
    check("one too many: 429 with Retry-After",
          status == 429 and 1 <= int(headers["Retry-After"]) <= 2 and "0.5 requests" in json.dumps(answer), (status, answer))
    check("health is free", server.ask("GET", "/health")[0] == 200)
    metrics = server.ask("GET", "/metrics")[1]
    check("what was refused is counted", "jetson_nlp_rate_limited_total 1\n" in metrics and
          'requests_total{route="/sentiment",code="429"} 1\n' in metrics, metrics[-2000:])
    server.end()
    server = Server("--rate-limit", "0.1", "--api-key-file", file_of("rate.keys", f"{KEY}\n{OTHER_KEY}\n")).ready()
    codes = [server.ask("POST", "/sentiment", BODY, with_key(key))[0] for key in (KEY, KEY, OTHER_KEY, OTHER_KEY)]
    check("each key has its own rate", codes == [200, 429, 200, 429], codes)
    server.end()


def change(server, task, model, key=KEY):
    return server.ask("POST", "/admin/models", {"task": task, "model": str(model)}, with_key(key))[:2]


def check_admin():
    server = Server().ready()
    status, answer, _ = server.ask("GET", "/admin/models")
    check("without keys /admin is shut: 403", status == 403 and "--api-key-file" in json.dumps(answer), (status, answer))
    check("whatever one sends", change(server, "sentiment", "none")[0] == 403 and
          server.ask("GET", "/%61dmin/models")[0] == 403)
    server.end()

    # The same weights under two names and with other labels: their answers must not meet in the cache.
    renamed = directory / "renamed"
    shutil.copytree(TASKS / "classify_softmax", renamed)
    config = json.loads((renamed / "config.json").read_text())
    config["id2label"] = {number: label.upper() + "!" for number, label in config["id2label"].items()}
    config.pop("label2id", None)
    (renamed / "config.json").write_text(json.dumps(config))
    damaged = directory / "damaged"
    shutil.copytree(TASKS / "classify_softmax", damaged)
    (damaged / "model.safetensors").write_bytes(b"no model")

    server = Server("--api-key-file", file_of("admin.keys", KEY)).ready()
    check("without a key: 401", server.ask("GET", "/admin/models")[0] == 401)
    status, answer, _ = server.ask("GET", "/admin/models", headers=with_key())
    states = {model["task"]: model["state"] for model in answer["models"]}
    check("GET lists all tasks", status == 200 and states["sentiment"] == "ready" and states["chat"] == "missing" and
          answer["memory"]["resident_bytes"] > 0, answer)
    before = server.ask("POST", "/sentiment", BODY, with_key())[1]
    status, answer = change(server, "sentiment", renamed)
    check("a model is swapped", status == 200 and answer["state"] == "ready" and answer["model"] == str(renamed), answer)
    after = server.ask("POST", "/sentiment", BODY, with_key())[1]
    check("answers are the new model's", after["model"] == str(renamed) and after["results"][0]["label"].endswith("!") and
          after["results"][0]["score"] == before["results"][0]["score"], (before, after))
    for name, model, part in [("is damaged", damaged, "model.safetensors"), ("is not there", "/nothing/here", "/nothing/here"),
                              ("is for another task", TASKS / "ner_wordpiece", "")]:
        status, answer = change(server, "sentiment", model)
        check(f"one that {name}: 422, and the old one stays",
              status == 422 and part in json.dumps(answer) and
              server.ask("POST", "/sentiment", BODY, with_key())[1] == after, (status, answer))
    listed = server.ask("GET", "/admin/models", headers=with_key())[1]["models"][0]
    check("what failed is listed", listed["state"] == "ready" and listed["last_failure"], listed)
    check("an unknown task: 422", change(server, "poetry", "x")[0] == 422)
    check("no model: 422", server.ask("POST", "/admin/models", {"task": "ner"}, with_key())[0] == 422)
    for model in ("", "sentiment\0x", "x" * 5000):
        check("a name that is none: 422", change(server, "ner", model)[0] == 422)
    status, answer = change(server, "ner", "none")
    check("a model is unloaded", status == 200 and answer["state"] == "missing", answer)
    check("its task: 501", server.ask("POST", "/ner", BODY, with_key())[0] == 501)
    check("the server stays ready", server.ask("GET", "/readyz")[0] == 200)
    check("and it comes back", change(server, "ner", TASKS / "ner_wordpiece")[0] == 200 and
          server.ask("POST", "/ner", BODY, with_key())[0] == 200)
    check_swaps_under_load(server, renamed)
    check("SIGTERM after all that: exit 0", server.end() == 0)


def check_swaps_under_load(server, renamed):
    stop, lost, served = threading.Event(), [], set()

    def ask_all_the_time(client):
        number = 0
        while not stop.is_set():
            number += 1
            status, answer, _ = server.ask("POST", "/sentiment", {"texts": [f"client {client} says {number}"]}, with_key())
            is_new = status == 200 and answer["results"][0]["label"].endswith("!")
            if status != 200 or is_new != (answer["model"] == str(renamed)):
                lost.append((status, answer))
            else:
                served.add(answer["model"])

    def swap_often(_):
        return [change(server, "sentiment", model)[0] for _ in range(10) for model in (TASKS / "classify_softmax", renamed)]

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        askers = [pool.submit(ask_all_the_time, client) for client in range(4)]
        codes = [code for swaps in pool.map(swap_often, range(2)) for code in swaps]
        stop.set()
        for asker in askers:
            asker.result()
    check("models are swapped under load, one at a time", codes.count(200) >= 10 and set(codes) <= {200, 409}, codes)
    check("no request is lost or answered by halves", not lost and len(served) == 2, (lost[:3], served))


def check_memory_budget():
    code, line = run("--memory-budget", "1", *NO_MODELS[2:], "--sentiment-model", TASKS / "classify_softmax")
    check("a model that does not fit: exit 1 with numbers",
          code == 1 and re.search(r"needs about \d+\.\d MB", line) and "of the budget of 1.0 MB" in line and "are left" in line, line)
    server = Server("--memory-budget", "100000", "--api-key-file", file_of("budget.keys", KEY), "--dtype", "int8").ready()
    answer = server.ask("GET", "/admin/models", headers=with_key())[1]
    check("what fits is served", answer["memory"]["budget_bytes"] == 100_000_000_000 and
          server.ask("POST", "/sentiment", BODY, with_key())[0] == 200, answer)
    server.end()
    server = Server("--memory-budget", "1", "--api-key-file", file_of("budget.keys", KEY), models=NO_MODELS).ready()
    status, answer = change(server, "sentiment", TASKS / "classify_softmax")
    check("nor is it loaded later: 422 with numbers", status == 422 and "estimated" in json.dumps(answer) and
          server.ask("GET", "/readyz")[0] == 200, (status, answer))
    server.end()


def check_ends():
    server = Server("--drain-timeout", "1").ready()
    text = "Word is here. " * 700_000
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        asked = pool.submit(lambda: server.ask("POST", "/summarize", {"texts": [text]}))
        while "requests_in_flight 1\n" not in server.ask("GET", "/metrics")[1]:
            pass
        start = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        code = server.process.wait(timeout=120)
        check("a request that takes too long does not keep the server from ending: exit 0 in time",
              code == 0 and time.monotonic() - start < 20, (code, time.monotonic() - start))
        with contextlib.suppress(Exception):
            asked.result()
    server = Server(models=MODELS)  # models may still be loading
    check("SIGTERM while models are loaded: exit 0", server.end() == 0)
    server = Server().ready()
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(b"POST /sentiment HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{")
        while server.ask("GET", "/metrics")[1].find("jetson_nlp_connections 2\n") < 0:
            pass
        server.process.send_signal(signal.SIGTERM)
        server.wait_for("jetson-nlp: ending")
        deadline = time.monotonic() + 30
        while server.process.poll() is None and time.monotonic() < deadline:
            server.process.send_signal(signal.SIGTERM)
            time.sleep(0.05)
    check("a second SIGTERM ends it at once", server.process.wait(timeout=60) == -signal.SIGTERM, server.process.returncode)
    server = Server(models=NO_MODELS).ready()
    code, line = run(*NO_MODELS, port=server.port)
    check("a port that is taken: exit 1", code == 1 and "another program listens there" in line, (code, line))
    server.end()


def check_blocked_log():
    reading, writing = os.pipe()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen([str(part) for part in (BINARY, "server", "--port", port, *NO_MODELS)], stderr=writing)
    os.close(writing)
    log = b""
    while b"jetson-nlp: ready" not in log:
        log += os.read(reading, 4096)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    with contextlib.closing(connection):
        for _ in range(2000):  # far more lines than a pipe holds
            connection.request("GET", "/livez")
            answer = connection.getresponse()
            answer.read()
    check("a log that nobody reads does not stop the server", answer.status == 200)
    process.send_signal(signal.SIGTERM)
    check("nor its end", process.wait(timeout=60) == 0, process.returncode)
    os.close(reading)


def check_few_files():
    """With file descriptors for a few connections only, those beyond are told so at once."""
    log = tempfile.NamedTemporaryFile("r+", suffix=".log")
    process = subprocess.Popen([str(part) for part in (BINARY, "server", "--port", "0", *NO_MODELS)], stderr=log,
                               preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40)))
    while not (found := re.search(r"listening on \w+://[^ ,]*:(\d+)", pathlib.Path(log.name).read_text())):
        time.sleep(0.05)
    port = int(found.group(1))
    with contextlib.ExitStack() as idle:
        for _ in range(60):
            idle.enter_context(socket.create_connection(("127.0.0.1", port)))
        with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
            answer = connection.recv(100)
    check("out of file descriptors: 503", answer.startswith(b"HTTP/1.1 503"), answer)
    deadline = time.monotonic() + 30
    answer = b""
    while not answer.startswith(b"HTTP/1.1 200") and time.monotonic() < deadline:
        with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
            connection.sendall(b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n")
            with contextlib.suppress(ConnectionError):
                answer = connection.recv(100)
    check("and well again when they have gone", answer.startswith(b"HTTP/1.1 200"), answer)
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=60)


def check_hostile_requests():
    server = Server("--cache-mb", "0").ready()
    nested = "[" * 100_000
    for name, body, status in [("an open nest of 100,000 lists", nested, 400), ("a closed one", nested + "]" * 100_000, 400),
                               ("one in a field", '{"texts":' + nested + "]" * 100_000 + "}", 400),
                               ("one in a field that nobody asks for", '{"texts":"a","x":' + nested + "]" * 100_000 + "}", 400),
                               ("a lone surrogate", '{"texts": ["\\ud800"]}', 400), ("NUL in a text", '{"texts": ["a\\u0000b"]}', 200),
                               ("a number beyond all", '{"texts": ["a"], "top_k": 1e999}', 400),
                               ("batch_size 0", '{"texts": ["a"], "batch_size": 0}', 422),
                               ("an empty text", '{"texts": [""]}', 200), ("a key twice", '{"texts": [], "texts": ["a"]}', 200)]:
        seen, answer = server.post("/sentiment", body)
        check(f"{name}: {status}", seen == status, (seen, str(answer)[:300]))
    for value, status in [("0", 200), ("-0", 200), ("00", 200), ("none", 200), ("-1", 400), ("nan", 400), ("1e3", 400),
                          ("99999999999999999999", 400), ("86400001", 400)]:
        seen = server.ask("POST", "/sentiment", BODY, {"x-request-timeout-ms": value})[0]
        check(f"a deadline of {value}: {status}", seen == status, seen)

    # Those who wait for an identical request are served although those who asked first have gone.
    body = json.dumps({"texts": [f"leader {i} " * 40 for i in range(256)]}).encode()
    head = b"POST /ner HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(body)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        with contextlib.ExitStack() as leaders:
            for _ in range(3):
                leaders.enter_context(socket.create_connection(("127.0.0.1", server.port))).sendall(head + body)
            followers = [pool.submit(server.ask, "POST", "/ner", body) for _ in range(5)]
        codes = [follower.result()[0] for follower in followers]
    check("followers outlive their leaders", codes == [200] * 5, codes)
    check("the server still ends well", server.end() == 0, server.read_log()[-1000:])


def main():
    check_config()
    check_reloaded_keys()
    check_reloaded_certificate()
    check_rate_limit()
    check_admin()
    check_memory_budget()
    check_ends()
    check_blocked_log()
    check_few_files()
    check_hostile_requests()
    shutil.rmtree(directory)
    print(f"checks failed: {len(failures)}")
    sys.exit(1 if failures else 0)


main()
