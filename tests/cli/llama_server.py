#!/usr/bin/env python3
"""`llm --method openai` against llama.cpp's own server: llama_server.py BINARY.

Both have the same llama.cpp and the same model, so what they write and count must be the same. Exit code 77 when
`tools/setup.sh llama-server` or `llm` did not run, or the binary has no llama.cpp, so that ctest can tell.
"""
import json
import pathlib
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


def skip(why):
    print("SKIP:", why)
    sys.exit(77)


def check(holds, what):
    if not holds:
        sys.exit(f"FAIL: {what}")
    print("ok  ", what)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_ready(server, url):
    deadline = time.monotonic() + TIMEOUT_S
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/health", timeout=5) as reply:
                if reply.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    sys.exit("FAIL: the server did not become ready")


def compare(binary, methods, url, folder):
    """Runs `llm`; returns its exit code and the rows of its result by method."""
    result = folder / "result.json"
    command = [binary, "llm", "--method", methods, "--url", f"{url}/v1", "--runs", "1", "--max-tokens", str(MAX_TOKENS),
               "--threads", "1", "--output", result]
    for prompt in PROMPTS:
        command += ["--prompts", prompt]
    run = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    return run.returncode, {row["method"]: row for row in json.loads(result.read_text())["methods"]}


def main():
    binary = sys.argv[1]
    prefix = subprocess.run([ROOT / "tools/llama/prefix.sh", "llama-server"], capture_output=True, text=True, check=True)
    program = pathlib.Path(prefix.stdout.strip()) / "bin/llama-server"
    if not program.is_file():
        skip("llama-server is not here; tools/setup.sh llama-server builds it")
    probe = subprocess.run([binary, "chat", "--json", "--max-tokens", "0", "x"], capture_output=True, text=True, check=False)
    if "tools/setup.sh" in probe.stderr:
        skip(probe.stderr.strip())
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        _, alone = compare(binary, "llamacpp", "http://127.0.0.1:9", folder)
        model = alone["llamacpp"]["facts"]["file"]
        url = f"http://127.0.0.1:{free_port()}"
        server = subprocess.Popen([program, "-m", model, "-c", "1024", "-t", "1", "--port", url.rsplit(":", 1)[1]],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_until_ready(server, url)
            code, rows = compare(binary, "openai", url, folder)
            check(code == 0 and rows["openai"]["failure"] is None, "the server is measured")
            ours, theirs = alone["llamacpp"]["prompts"], rows["openai"]["prompts"]
            for prompt, mine, other in zip(PROMPTS, ours, theirs, strict=True):
                check(mine["prompt_tokens"] == other["prompt_tokens"], f"as many tokens are read of {prompt!r}")
                check(mine["generated_tokens"] == other["generated_tokens"] == MAX_TOKENS, "and as many written")
                check(mine["text"] == other["text"], f"the same text: {other['text']!r}")
            check(rows["openai"]["own_decode_tokens_per_second"]["median"] > 0, "the server's own figures are there")
            check(rows["openai"]["peak_resident_bytes"] > 50e6, "and its memory, not ours")
        finally:
            server.terminate()
            server.wait(TIMEOUT_S)
        code, rows = compare(binary, "openai", url, folder)
        check(code == 1 and url in rows["openai"]["failure"], "a server that is gone is a row with its reason, and exit 1")


if __name__ == "__main__":
    main()
