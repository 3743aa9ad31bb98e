#!/usr/bin/env python3
"""Runs the real server with the tiny models of tests/golden and asks it as its clients do: server.py BINARY"""
import concurrent.futures
import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

from server_process import BINARY, TASKS, Server, check, failures


def command_json(task, model, *arguments):
    output = subprocess.run([BINARY, task, "--model", str(model), "--json", *arguments], capture_output=True, text=True,
                            check=True)
    return json.loads(output.stdout)


def check_tasks(server):
    text = "I love this product!"
    status, answer = server.post("/sentiment", {"texts": [text, "This is terrible"], "batch_size": 2})
    check("sentiment answers each text", status == 200 and len(answer["results"]) == 2, answer)
    alone = command_json("sentiment", TASKS / "classify_softmax", text)
    check("sentiment says what the command says",
          all(answer["results"][0][key] == alone[key] for key in ("label", "score", "tokens")), (answer, alone))
    status, answer = server.post("/sentiment", {"texts": text, "top_k": 0})
    check("top_k 0 gives all labels", status == 200 and len(answer["results"][0]["labels"]) > 1, answer)

    text = "😀 Ada lives in Paris."
    status, answer = server.post("/ner", {"texts": [text]})
    check("ner gives entities with offsets of code points",
          status == 200 and all(text[e["start"]:e["end"]] == e["text"] for e in answer["results"][0]["entities"]), answer)
    question, context = "Who lives in Paris?", "😀 Ada lives in Paris and works in London."
    status, answer = server.post("/qa", {"questions": [question, question], "contexts": [context]})
    result = answer["results"][0] if status == 200 else {}
    check("one context serves all questions",
          status == 200 and len(answer["results"]) == 2 and context[result["start"]:result["end"]] == result["answer"],
          answer)
    status, answer = server.post("/summarize", {"texts": ["One is here. Two is there. Three is gone."], "max_sentences": 1})
    check("summarize answers", status == 200 and answer["results"][0]["summary"], answer)


def check_faults(server):
    for name, path, body, status, part in [
            ("no JSON", "/sentiment", "{\"texts\": [", 400, "line 1, column"),
            ("damaged UTF-8", "/sentiment", b"{\"texts\": [\"\xff\"]}", 400, "JSON"),
            ("a list", "/sentiment", "[]", 400, "object"),
            ("a missing field", "/sentiment", {}, 422, "\"texts\" is missing"),
            ("a wrong type", "/ner", {"texts": ["a", 7]}, 422, "\"texts[1]\""),
            ("nothing to do", "/ner", {"texts": []}, 422, "empty"),
            ("a number out of range", "/sentiment", {"texts": ["a"], "top_k": -1}, 422, "\"top_k\""),
            ("lengths that do not fit", "/qa", {"questions": ["a", "b", "c"], "contexts": ["a", "b"]}, 422, "contexts"),
            ("an empty question", "/qa", {"questions": [""], "contexts": ["a"]}, 422, "question"),
            ("an unknown path", "/nothing", {}, 404, "nothing")]:
        seen, answer = server.post(path, body)
        check(f"{name}: {status}", seen == status and part in json.dumps(answer, ensure_ascii=False).replace("\\\"", "\""),
              (seen, answer))
    status, _, headers = server.ask("GET", "/sentiment")
    check("a wrong method: 405 with Allow", status == 405 and "POST" in headers["Allow"], (status, headers))
    status, answer, _ = server.ask("POST", "/sentiment", {"texts": ["a"]}, {"x-request-timeout-ms": "soon"})
    check("a bad deadline: 400", status == 400, (status, answer))


def check_many(server):
    texts = [f"text number {i} " * (i % 30 + 1) for i in range(64)]
    expected = [server.post("/sentiment", {"texts": [text], "top_k": 0})[1]["results"] for text in texts]
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        # The batch size is another key of the cache's for nobody: ask in pairs to be computed anew.
        answers = list(pool.map(lambda i: server.post("/sentiment", {"texts": [texts[i], texts[-1 - i]], "top_k": 0})[1],
                                range(64)))
    check("answers of 16 clients have the bits of texts alone",
          all(a["results"] == [expected[i][0], expected[-1 - i][0]] for i, a in enumerate(answers)))


def check_curl(server):
    if shutil.which("curl") is None:
        print("skip the tutorial's curl lines: no curl")
        return
    url = f"http://localhost:{server.port}"
    sentiment = f"""curl -sS -X POST "{url}/sentiment" \
     -H "Content-Type: application/json" \
     -d '{{"texts": ["I love this product!", "This is terrible"], "batch_size": 2}}'"""
    qa = f"""curl -sS -X POST "{url}/qa" \
     -H "Content-Type: application/json" \
     -d '{{"questions": ["What is AI?"], "contexts": ["Artificial Intelligence is the simulation of human intelligence."]}}'"""
    for name, command, key in [("health", f"curl -sS {url}/health", "status"), ("sentiment", sentiment, "results"),
                               ("qa", qa, "results")]:
        output = subprocess.run(command, shell=True, capture_output=True, text=True)
        check(f"the tutorial's curl line for {name}", output.returncode == 0 and key in json.loads(output.stdout), output)


def check_health(server):
    status, answer, _ = server.ask("GET", "/health")
    check("health names the models", status == 200 and answer["status"] == "healthy" and
          answer["models"]["sentiment"]["state"] == "ready" and answer["resident_bytes"] > 0, answer)
    check("livez", server.ask("GET", "/livez")[0] == 200)
    check("readyz", server.ask("GET", "/readyz")[0] == 200)
    _, _, headers = server.ask("GET", "/health", headers={"x-request-id": "abc-123"})
    check("x-request-id comes back", headers["x-request-id"] == "abc-123", headers)


def check_metrics(server):
    status, text, headers = server.ask("GET", "/metrics")
    check("metrics are Prometheus' text", status == 200 and headers["Content-Type"].startswith("text/plain; version=0.0.4"))
    values = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    series = {name: float(value) for name, value in values.items()}
    check("answers are counted by route and status",
          series['jetson_nlp_requests_total{route="/sentiment",code="200"}'] >= 64 and
          series['jetson_nlp_requests_total{route="/sentiment",code="422"}'] == 2 and
          series['jetson_nlp_requests_total{route="other",code="404"}'] == 1, text[:3000])
    check("what never happened is 0", series['jetson_nlp_requests_total{route="/qa",code="503"}'] == 0)
    check("batches are counted", series['jetson_nlp_batch_sequences_count{task="sentiment"}'] > 0 and
          series['jetson_nlp_batch_sequences_sum{task="sentiment"}'] >= 128, text)
    name = 'jetson_nlp_request_seconds_bucket{route="/sentiment",le='
    buckets = [value for key, value in series.items() if key.startswith(name)]
    check("buckets add up", buckets == sorted(buckets) and
          buckets[-1] == series['jetson_nlp_request_seconds_count{route="/sentiment"}'], buckets)
    hits = series["jetson_nlp_cache_hits_total"]
    body = {"texts": ["asked twice"]}
    first, second = server.post("/sentiment", body), server.post("/sentiment", body)
    text = server.ask("GET", "/metrics")[1]
    check("what is asked twice comes from the cache", first == second and
          float(re.search(r"^jetson_nlp_cache_hits_total (\S+)", text, re.M).group(1)) == hits + 1, text)


def check_end(server):
    # A request in flight is finished: its body's second half comes after the signal.
    body = json.dumps({"texts": ["I love it"]}).encode()
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(b"POST /sentiment HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body[:5]))
        time.sleep(0.2)
        server.process.send_signal(signal.SIGTERM)
        server.wait_for("jetson-nlp: ending")
        connection.sendall(body[5:])
        answer = connection.recv(65536)
    check("a request in flight is answered", answer.startswith(b"HTTP/1.1 200"), answer)
    check("SIGTERM: exit 0", server.process.wait(timeout=60) == 0, server.process.returncode)


def check_keys():
    with tempfile.NamedTemporaryFile("w", suffix=".keys") as keys:
        keys.write("# ours\n0123456789abcdef-one\n0123456789abcdef-two\n")
        keys.flush()
        server = Server("--api-key-file", keys.name, "--log-format", "json").ready()
    body = {"texts": ["I love it"]}
    check("without a key: 401", server.ask("POST", "/sentiment", body)[0] == 401)
    for name, headers, status in [("a wrong key", {"Authorization": "Bearer 0123456789abcdef-three"}, 401),
                                  ("part of a key", {"Authorization": "Bearer 0123456789abcdef"}, 401),
                                  ("a key", {"Authorization": "Bearer 0123456789abcdef-two"}, 200),
                                  ("x-api-key", {"x-api-key": "0123456789abcdef-one"}, 200)]:
        seen = server.ask("POST", "/sentiment", body, headers)[0]
        check(f"{name}: {status}", seen == status, seen)
    check("health needs none", server.ask("GET", "/health")[0] == 200)
    server.end()
    log = server.read_log()
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    check("the log has a line of JSON per answer", [line["status"] for line in lines] == [401, 401, 401, 200, 200, 200],
          log)
    check("keys and texts stay out of the log", "0123456789abcdef" not in log and "love" not in log, log)


def check_open_address():
    server = Server("--host", "0.0.0.0").ready()
    key = server.wait_for(r"need this key: (\w{32})").group(1)
    body = {"texts": ["I love it"]}
    check("open to others, a key is made", server.ask("POST", "/sentiment", body)[0] == 401)
    status = server.ask("POST", "/sentiment", body, {"Authorization": f"Bearer {key}"})[0]
    check("and it opens", status == 200, status)
    check("SIGINT: exit 0", server.end(signal.SIGINT) == 0, server.process.returncode)


def check_models():
    server = Server(models=["--model", f"sentiment={TASKS / 'classify_softmax'}", "--model", "ner=none", "--chat-model",
                            "none", "--qa-model", "none", "--embedding-model", "none", "--summarization-model", "none"],
                    env={"JETSON_NLP_SERVER_LOG_FORMAT": "json"}).ready()
    check("--model TASK=NAME", server.post("/sentiment", {"texts": ["a"]})[0] == 200)
    check("a task without a model: 501", server.post("/ner", {"texts": ["a"]})[0] == 501)
    server.end()
    check("options come from the environment too", "{\"time\"" in server.read_log(), server.read_log())
    failed = subprocess.run([BINARY, "server", "--port", "0", "--sentiment-model", "/nothing/here"], capture_output=True,
                            text=True, timeout=60)
    check("a model that is not there ends the server: exit 1",
          failed.returncode == 1 and "/nothing/here" in failed.stderr.splitlines()[-1], failed)
    wrong = subprocess.run([BINARY, "server", "--model", "poetry=x"], capture_output=True, text=True, timeout=60)
    check("an unknown task: exit 2", wrong.returncode == 2 and "poetry" in wrong.stderr, wrong)


def main():
    server = Server().ready()
    check_health(server)
    check_tasks(server)
    check_faults(server)
    check_many(server)
    check_curl(server)
    check_metrics(server)
    check_end(server)
    check_keys()
    check_open_address()
    check_models()
    print(f"checks failed: {len(failures)}")
    sys.exit(1 if failures else 0)


main()
