"""The server as a process that is measured, and what /proc and /metrics say of it."""
import contextlib
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

TASKS = ["sentiment", "ner", "qa", "embedding", "summarization", "chat"]


def free_port():
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Served:
    """`models`: by task; None is the server's default, and a task that is not named has no model."""

    def __init__(self, binary, models, *arguments):
        self.port = free_port()
        command = [str(binary), "server", "--port", str(self.port), *map(str, arguments)]
        for task in TASKS:
            model = models.get(task, "none")
            command += [] if model is None else [f"--{task}-model", str(model)]
        # Appended to, so that what runs for long can cut it off.
        self.log = tempfile.NamedTemporaryFile("r+", suffix=".log")
        with open(self.log.name, "ab") as log:
            self.started = time.monotonic()
            self.process = subprocess.Popen(command, stderr=log, stdin=subprocess.DEVNULL)
        self.pid = self.process.pid

    def __enter__(self):
        return self.ready()

    def __exit__(self, *_):
        self.end()

    def log_tail(self):
        return pathlib.Path(self.log.name).read_text(errors="replace")[-2000:]

    def cut_log(self):
        os.truncate(self.log.name, 0)

    def ready(self, seconds=300):
        while time.monotonic() - self.started < seconds:
            if self.process.poll() is not None:
                raise SystemExit(f"the server ended with {self.process.returncode}:\n{self.log_tail()}")
            with contextlib.suppress(OSError):
                if self.ask("GET", "/readyz")[0] == 200:
                    return self
            time.sleep(0.05)
        raise SystemExit(f"the server did not become ready:\n{self.log_tail()}")

    def ask(self, method, path, body=None, headers=None, timeout=60):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        with contextlib.closing(connection):
            connection.request(method, path, body if body is None or isinstance(body, (str, bytes)) else json.dumps(body),
                               headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read()

    def metrics(self):
        """Series without their common prefix."""
        text = self.ask("GET", "/metrics")[1].decode()
        return {name.removeprefix("jetson_nlp_"): float(value) for name, value in
                (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))}

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def cpu_by_thread(self):
        """Seconds by thread id; empty where the kernel does not count them so finely."""
        seconds = {}
        for thread in pathlib.Path(f"/proc/{self.pid}/task").iterdir():
            with contextlib.suppress(OSError):  # a thread may have ended
                seconds[thread.name] = int((thread / "schedstat").read_text().split()[0]) / 1e9
        return seconds

    def status(self, field):
        """A number of /proc/PID/status: bytes where it is in kB."""
        for line in pathlib.Path(f"/proc/{self.pid}/status").read_text().splitlines():
            name, _, value = line.partition(":")
            if name == field:
                words = value.split()
                return int(words[0]) * (1024 if words[-1] == "kB" else 1)
        raise KeyError(field)

    def rss(self):
        return self.status("VmRSS")

    def peak_rss(self):
        return self.status("VmHWM")

    def threads(self):
        return self.status("Threads")

    def open_files(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def end(self, with_signal=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(with_signal)
        return self.process.wait(timeout=60)


class Prepared:
    """A model that starts at once: MODEL itself if it is prepared, else its copy made for the time of this object."""

    def __init__(self, binary, model, dtype):
        self.made = None
        self.path = pathlib.Path(model)
        if (self.path / "prepared.safetensors").exists():
            return
        self.made = tempfile.mkdtemp()
        self.path = pathlib.Path(self.made) / "model"
        subprocess.run([str(binary), "prepare", str(model), "--dtype", dtype, "--prepared-only", "-o", str(self.path)],
                       check=True, stdout=subprocess.DEVNULL)

    def __enter__(self):
        return self.path

    def __exit__(self, *_):
        if self.made is not None:
            shutil.rmtree(self.made)
