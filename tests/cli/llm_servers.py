#!/usr/bin/env python3
"""`llm` against real servers with the same model as in process: llm_servers.py BINARY.

Starts llama.cpp's own server, where `tools/setup.sh llama-server` built it, and Ollama, where it is in PATH, each on a port
of its own and with a folder of its own. Exit code 77 when neither is here, or the binary has no llama.cpp, or the default
language model is not set up, so that ctest can tell.
"""
import contextlib
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
TIMEOUT_S = 300
PROMPTS = ["The capital of France is", "Water boils when", "def fibonacci(n):"]
MAX_TOKENS = 12


def check(holds, what):
    if not holds:
        sys.exit(f"FAIL: {what}")
    print("ok  ", what)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def running(command, url, **options):
    """The server while it runs, ready."""
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
    try:
        deadline = time.monotonic() + TIMEOUT_S
        while True:
            try:
                with urllib.request.urlopen(url, timeout=5):
                    break
            except OSError:
                if server.poll() is not None or time.monotonic() > deadline:
                    sys.exit(f"FAIL: {command[0]} did not become ready")
                time.sleep(0.1)
        yield
    finally:
        server.terminate()
        server.wait(TIMEOUT_S)


def measure(binary, method, *options):
    """Runs `llm`; returns its exit code and the method's row."""
    with tempfile.TemporaryDirectory() as folder:
        result = pathlib.Path(folder) / "result.json"
        command = [binary, "llm", "--method", method, *options, "--runs", "1", "--max-tokens", str(MAX_TOKENS),
                   "--threads", "1", "--output", result]
        for prompt in PROMPTS:
            command += ["--prompts", prompt]
        run = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
        return run.returncode, json.loads(result.read_text())["methods"][0]


def check_measured(name, code, row, alone):
    check(code == 0 and row["failure"] is None, f"{name} is measured")
    for prompt, ours, theirs in zip(PROMPTS, alone["prompts"], row["prompts"], strict=True):
        check(ours["prompt_tokens"] == theirs["prompt_tokens"], f"as many tokens are read of {prompt!r}")
        check(ours["generated_tokens"] == theirs["generated_tokens"] == MAX_TOKENS, "and as many written")
    check(row["own_decode_tokens_per_second"]["median"] > 0, "the server's own figures are there")
    check(row["peak_resident_bytes"] > 50e6, "and its memory, not ours")


def llama_server(binary, program, alone):
    url = f"http://127.0.0.1:{free_port()}"
    command = [program, "-m", alone["facts"]["file"], "-c", "1024", "-t", "1", "--port", url.rsplit(":", 1)[1]]
    with running(command, f"{url}/health"):
        code, row = measure(binary, "openai", "--url", f"{url}/v1")
    check_measured("llama.cpp's server", code, row, alone)
    # Built from the source that is in the binary too.
    check([p["text"] for p in row["prompts"]] == [p["text"] for p in alone["prompts"]], "and writes the same texts")
    code, row = measure(binary, "openai", "--url", f"{url}/v1")
    check(code == 1 and url in row["failure"], "a server that is gone is a row with its reason, and exit 1")


def ollama(binary, program, alone):
    url = f"http://127.0.0.1:{free_port()}"
    with tempfile.TemporaryDirectory() as folder:
        environment = dict(os.environ, OLLAMA_HOST=url, OLLAMA_MODELS=folder, HOME=folder)
        with running([program, "serve"], f"{url}/api/version", env=environment):
            code, row = measure(binary, "ollama", "--ollama-url", url)
            check_measured("Ollama", code, row, alone)
            check(any((pathlib.Path(folder) / "blobs").iterdir()), "its model was made of our file")
            code, row = measure(binary, "ollama", "--ollama-url", url, "--ollama-model", "not-there")
            check(code == 1 and "not-there" in row["failure"], "a model that it has not is a row with its reason")
    code, row = measure(binary, "ollama", "--ollama-url", url)
    check(code == 1 and url in row["failure"], "Ollama that is gone is a row with its reason")


def main():
    binary = sys.argv[1]
    prefix = subprocess.run([ROOT / "tools/llama/prefix.sh", "llama-server"], capture_output=True, text=True, check=True)
    servers = {llama_server: shutil.which(f"{prefix.stdout.strip()}/bin/llama-server"), ollama: shutil.which("ollama")}
    for server, program in servers.items():
        if program is None:
            print(f"SKIP: {server.__name__} is not here")
    probe = subprocess.run([binary, "chat", "--max-tokens", "0", "x"], capture_output=True, text=True, check=False)
    if "tools/setup.sh" in probe.stderr:
        print("SKIP:", probe.stderr.strip())
        sys.exit(77)
    if not any(servers.values()):
        sys.exit(77)
    _, alone = measure(binary, "llamacpp")
    for server, program in servers.items():
        if program is not None:
            server(binary, program, alone)


if __name__ == "__main__":
    main()
