#!/usr/bin/env python3
"""Thousands of idle connections to the real server: as many as file descriptors allow, up to 10,000. server_idle.py BINARY"""
import resource
import socket
import sys
import time

from server_process import Server, check, failures

WANTED = 10_000
MOST_BYTES = 16 << 10  # a connection, without what the system itself keeps for it
NO_MODELS = [part for task in ["sentiment", "ner", "qa", "embedding", "summarization", "chat"]
             for part in (f"--{task}-model", "none")]


def allowed():
    """How many connections this process can hold, and the server as well."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return WANTED if hard == resource.RLIM_INFINITY else min(WANTED, hard - 200)


def resident(server):
    return server.ask("GET", "/health")[1]["resident_bytes"]


def open_connections(server):
    for line in server.ask("GET", "/metrics")[1].splitlines():
        if line.startswith("jetson_nlp_connections "):
            return int(line.split()[1])
    return -1


def is_answered(connection):
    connection.sendall(b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n")
    return connection.recv(1000).startswith(b"HTTP/1.1 200")


def connect(server, count):
    return [socket.create_connection(("127.0.0.1", server.port), timeout=60) for _ in range(count)]


def until(condition):
    end = time.monotonic() + 60
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def main():
    count = allowed()
    server = Server(models=NO_MODELS).ready()
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as first:
        check("a request before", is_answered(first))
        before = resident(server)
        idle = connect(server, count)
        check("all are answered", all(is_answered(connection) for connection in idle))
        check(f"{count} idle connections are held", until(lambda: open_connections(server) >= count), open_connections(server))
        check("some of them are answered again", all(is_answered(connection) for connection in idle[::97]))
        check("so are new ones", server.ask("GET", "/livez")[0] == 200)
        each = (resident(server) - before) / count
        print(f"     {each:.0f} bytes of the server's memory for each")
        check(f"each takes less than {MOST_BYTES} bytes", each < MOST_BYTES, each)
    for connection in idle:
        connection.close()
    check("and when they have gone", until(lambda: open_connections(server) == 1))
    check("exit 0", server.end() == 0)

    server = Server("--idle-timeout", "1", models=NO_MODELS).ready()
    idle = connect(server, count)
    check("all are dropped by the idle time-out", all(connection.recv(1) == b"" for connection in idle))
    check("the server is well", until(lambda: open_connections(server) == 1) and server.end() == 0)
    print(f"checks failed: {len(failures)}")
    sys.exit(1 if failures else 0)


main()
