"""What tests of `jetson-nlp server` share: the server as a process, and checks that are counted. The program's path is the
first argument of the script that imports this."""
import contextlib
import http.client
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TASKS = ROOT / "tests/golden/tasks"
BINARY = sys.argv[1]
MODELS = ["--sentiment-model", TASKS / "classify_softmax", "--ner-model", TASKS / "ner_wordpiece",
          "--qa-model", TASKS / "qa", "--embedding-model", TASKS / "embed", "--summarization-model", TASKS / "embed",
          "--chat-model", "none"]
failures = []


def check(name, condition, seen=""):
    print(("ok   " if condition else "FAIL ") + name + ("" if condition else f": {seen}"), flush=True)
    if not condition:
        failures.append(name)


class Server:
    """A server process on a free port, its standard error kept."""

    def __init__(self, *arguments, models=None, env=None):
        self.log = tempfile.NamedTemporaryFile("r+", suffix=".log")
        command = [BINARY, "server", "--port", "0", *(MODELS if models is None else models), *arguments]
        self.process = subprocess.Popen([str(part) for part in command], stderr=self.log,
                                        env={**os.environ, **(env or {})})
        self.port = int(self.wait_for(r"listening on \w+://[^ ,]*:(\d+)").group(1))

    def read_log(self):
        return pathlib.Path(self.log.name).read_text()

    def wait_for(self, pattern):
        for _ in range(1200):
            if found := re.search(pattern, self.read_log()):
                return found
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise SystemExit(f"no {pattern!r} in the log:\n{self.read_log()}")

    def ready(self):
        self.wait_for("jetson-nlp: ready")
        return self

    def ask(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        with contextlib.closing(connection):
            connection.request(method, path, body if body is None or isinstance(body, (str, bytes)) else json.dumps(body),
                               headers or {})
            answer = connection.getresponse()
            text = answer.read().decode()
        return answer.status, json.loads(text) if text.startswith(("{", "[")) else text, answer.headers

    def post(self, path, body):
        return self.ask("POST", path, body)[:2]

    def end(self, with_signal=signal.SIGTERM):
        self.process.send_signal(with_signal)
        return self.process.wait(timeout=60)
