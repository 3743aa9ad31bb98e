#!/usr/bin/env python3
"""Ends the server with SIGTERM while it is loaded, and counts what became of each request.

    drain.py --dtype int8 DIRECTORY

Clients of two kinds ask without a pause: most keep their connection, some take a new one for each request. One thread writes,
reads and sends the signal, so that it is known of each request whether all of it was handed to the system before. Such a
request must be answered. One that was sent later, on a connection that was still open, may find it closed: such clients ask
elsewhere ("turned away"); so do those who cannot connect any more.

A second part: a request that takes seconds is running, and after the first signal comes a second one: the process ends at once.
"""
import json
import os
import selectors
import signal
import socket
import statistics
import time

from bodies import PATHS, body_of, texts
from report import Report, parser_of, table
from served import Served


class Client:
    """A connection that sends a request as soon as it has the answer to the one before."""

    def __init__(self, port, is_fresh, bodies):
        self.port, self.is_fresh, self.bodies = port, is_fresh, bodies
        self.socket, self.sent_at, self.received = None, None, b""

    def send(self):
        """False when nobody listens any more."""
        try:
            if self.socket is None:
                self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=5)
                self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            body = next(self.bodies)
            head = f"POST {PATHS['sentiment']} HTTP/1.1\r\nHost: h\r\nContent-Length: {len(body)}\r\n"
            self.socket.sendall(f"{head}{'Connection: close' if self.is_fresh else 'X: y'}\r\n\r\n{body}".encode())
        except OSError:
            return False
        self.sent_at, self.received = time.monotonic(), b""
        return True

    def read(self):
        """The status when the answer is whole, 0 when the connection ended before, None before either."""
        try:
            part = self.socket.recv(65536)
        except OSError:
            part = b""
        if not part:
            return 0
        self.received += part
        head, separator, body = self.received.partition(b"\r\n\r\n")
        if not separator:
            return None
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        return int(head.split()[1]) if len(body) >= int(length.split(b":")[1]) else None

    def is_last(self):
        return self.is_fresh or b"\r\nconnection: close" in self.received.lower()

    def close(self):
        if self.socket is not None:
            self.socket.close()
        self.socket = None


def load_until_the_end(served, clients, seconds):
    """Sends the signal after so many seconds."""
    seen = {"answered before": 0, "answered": 0, "lost": 0, "answered later": 0, "turned away": 0, "refused": 0, "not 200": 0}
    selector, start, signalled = selectors.DefaultSelector(), time.monotonic(), None

    def begin(client):
        before = client.socket
        if client.send():
            if before is None:
                selector.register(client.socket, selectors.EVENT_READ, client)
            return
        if signalled is None:
            raise SystemExit("the server refused a request before the signal")
        if before is not None:
            selector.unregister(before)
        client.close()
        seen["refused" if before is None else "turned away"] += 1

    def end(client):
        status = client.read()
        if status is None:
            return
        is_early = signalled is None or client.sent_at < signalled
        if status == 0:
            seen["lost" if is_early else "turned away"] += 1
        else:
            seen["answered before" if signalled is None else "answered" if is_early else "answered later"] += 1
            seen["not 200"] += status != 200
        if status == 0 or client.is_last():
            selector.unregister(client.socket)
            client.close()
        begin(client)

    for client in clients:
        begin(client)
    while selector.get_map():
        if signalled is None and time.monotonic() - start > seconds:
            signalled = time.monotonic()
            os.kill(served.pid, signal.SIGTERM)
        for key, _ in selector.select(timeout=0.02):
            end(key.data)
        if time.monotonic() - start > seconds + 60:
            raise SystemExit("the server did not end")
    return seen, signalled


def one_drain(args, number):
    dtype = ["--dtype", args.dtype] if args.dtype else []
    bodies = (body_of("sentiment", text) for text in texts(int(6000 * args.seconds) + 10_000, number))
    with Served(args.binary, {"sentiment": args.model}, *dtype) as served:
        clients = [Client(served.port, i < args.fresh, bodies) for i in range(args.clients)]
        seen, signalled = load_until_the_end(served, clients, args.seconds)
        code = served.process.wait(timeout=60)
        return {"run": number, **seen, "end ms": 1e3 * (time.monotonic() - signalled), "exit code": code}


def second_signal(args):
    """Milliseconds from the second signal to the end, and how the process ended; the first must leave it running."""
    dtype = ["--dtype", args.dtype] if args.dtype else []
    with Served(args.binary, {"sentiment": args.model}, *dtype) as served:
        body = json.dumps({"texts": texts(1024, 1, words=300)})
        client = socket.create_connection(("127.0.0.1", served.port))
        client.sendall(f"POST /sentiment HTTP/1.1\r\nHost: h\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
        time.sleep(0.3)  # it is being computed then
        served.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        survived = served.process.poll() is None
        start = time.monotonic()
        served.process.send_signal(signal.SIGTERM)
        code = served.process.wait(timeout=60)
        client.close()
        return survived, 1e3 * (time.monotonic() - start), code


def main():
    parser = parser_of(__doc__)
    parser.add_argument("model", help="for sentiment")
    parser.add_argument("--dtype")
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--fresh", type=int, default=8, help="of them so many take a new connection for each request")
    parser.add_argument("--seconds", type=float, default=2, help="of load before the signal")
    parser.add_argument("--repeats", type=int, default=10)
    args = parser.parse_args()
    report = Report("drain", args)
    rows = [one_drain(args, number) for number in range(1, args.repeats + 1)]
    table(rows)
    survived, milliseconds, code = second_signal(args)
    print(f"second signal: {milliseconds:.1f} ms to the end, exit status {code}\n")
    report.figures |= {"runs": rows, "second_signal": {"first_left_it_running": survived, "ms": milliseconds, "status": code}}
    lost = sum(row["lost"] for row in rows)
    report.target("no request that was sent before the signal was lost", lost, lost == 0)
    report.target("all answers were 200", sum(row["not 200"] for row in rows), not any(row["not 200"] for row in rows))
    report.target("exit code 0 each time", max(row["exit code"] for row in rows), not any(row["exit code"] for row in rows))
    report.target("median time to the end under 1000 ms", statistics.median(row["end ms"] for row in rows),
                  statistics.median(row["end ms"] for row in rows) < 1000)
    report.target("the first signal left a running request alone", survived, survived)
    report.target("the second signal ended the process within 500 ms", milliseconds, milliseconds < 500)
    report.end()


if __name__ == "__main__":
    main()
