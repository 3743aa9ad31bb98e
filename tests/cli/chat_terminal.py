#!/usr/bin/env python3
"""A conversation on a terminal: chat_terminal.py BINARY. Ctrl-C ends the answer and not the program.

Exit code 77 when the binary has no llama.cpp or the default model is not set up, so that ctest can tell.
"""
import os
import pty
import select
import subprocess
import sys
import time

TIMEOUT_S = 300


class Terminal:
    def __init__(self, command):
        self.end, inner = pty.openpty()
        self.process = subprocess.Popen(command, stdin=inner, stdout=inner, stderr=inner, start_new_session=True,
                                        preexec_fn=lambda: os.close(os.open(os.ttyname(inner), os.O_RDWR)))
        os.close(inner)
        self.shown = ""

    def say(self, text):
        os.write(self.end, text.encode())

    def wait_for(self, text, after=0):
        """Reads until `text` appears behind position `after`; returns the position behind it."""
        deadline = time.monotonic() + TIMEOUT_S
        while text not in self.shown[after:]:
            if time.monotonic() > deadline or not select.select([self.end], [], [], TIMEOUT_S)[0]:
                sys.exit(f"FAIL: no {text!r} in {self.shown[after:]!r}")
            try:
                self.shown += os.read(self.end, 4096).decode(errors="replace")
            except OSError:
                sys.exit(f"FAIL: it ended before {text!r}: {self.shown!r}")
        return self.shown.index(text, after) + len(text)


def main():
    binary = sys.argv[1]
    probe = subprocess.run([binary, "chat", "--max-tokens", "0", "x"], capture_output=True, check=False)
    if b"tools/setup.sh" in probe.stderr:
        print("SKIP:", probe.stderr.decode().strip())
        sys.exit(77)
    # A grammar without an end: the answer would go on until the context is full.
    grammar = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data", "endless.gbnf")
    terminal = Terminal([binary, "chat", "--threads", "1", "--max-tokens", "100000", "--grammar-file", grammar])
    place = terminal.wait_for("> ")
    terminal.say("Go on.\n")
    place = terminal.wait_for("ab ab ab", place)
    terminal.say("\x03")
    place = terminal.wait_for("[stopped]", place)
    place = terminal.wait_for("> ", place)
    terminal.say("\x03")  # with no answer running
    terminal.say("/stats\n")
    place = terminal.wait_for("tokens/s", place)
    terminal.say("Once more.\n")
    place = terminal.wait_for("ab ab ab", place)
    terminal.say("\x03")
    place = terminal.wait_for("[stopped]", place)
    terminal.say("/exit\n")
    code = terminal.process.wait(timeout=TIMEOUT_S)
    if code != 0:
        sys.exit(f"FAIL: exit code {code}: {terminal.shown!r}")
    print("ok")


if __name__ == "__main__":
    main()
