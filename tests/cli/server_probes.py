#!/usr/bin/env python3
"""Runs the real server with the tiny models of tests/golden: the port of probes, which answers until the end, keys that only
/admin takes, sensors, and clients that close their half. server_probes.py BINARY"""
import contextlib
import http.client
import json
import pathlib
import signal
import socket
import sys
import tempfile
import time

from server_process import Server, check, failures

KEY, OTHER_KEY, ADMIN_KEY = "0123456789abcdef-one", "0123456789abcdef-two", "0123456789abcdef-admin"
BODY = {"texts": ["I love it"]}
NO_MODELS = [part for task in ["sentiment", "ner", "qa", "embedding", "summarization", "chat"]
             for part in (f"--{task}-model", "none")]
directory = pathlib.Path(tempfile.mkdtemp())


def file_of(name, text):
    path = directory / name
    path.write_text(text)
    return path


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def ask(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    with contextlib.closing(connection):
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def is_refused(port):
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except ConnectionRefusedError:
        return True
    return False


def check_probe_port():
    probe_port = free_port()
    server = Server("--probe-port", probe_port, "--drain-timeout", "60").ready()
    for path in ("/livez", "/readyz", "/health", "/metrics"):
        check(f"the probe port has {path}", ask(probe_port, path)[0] == 200)
    for path in ("/docs", "/admin/models", "/v1/models", "/sentiment"):
        check(f"the probe port has no {path}", ask(probe_port, path)[0] == 404, ask(probe_port, path))
    body = json.dumps(BODY).encode()
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as slow:
        slow.sendall(b"POST /sentiment HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(body) + body[:5])
        while "jetson_nlp_connections 2\n" not in server.ask("GET", "/metrics")[1]:
            time.sleep(0.01)
        server.process.send_signal(signal.SIGTERM)
        server.wait_for("jetson-nlp: ending")
        while not is_refused(server.port):
            time.sleep(0.01)
        status, text = ask(probe_port, "/readyz")
        check("while requests are finished the probe port says 503 and why", status == 503 and "draining" in text,
              (status, text))
        check("and that the process lives", ask(probe_port, "/livez")[0] == 200)
        slow.sendall(body[5:])
        answer = http.client.HTTPResponse(slow)
        answer.begin()
        check("the request that was open is answered", answer.status == 200 and b"results" in answer.read(), answer.status)
    check("then the process ends: exit 0", server.process.wait(timeout=60) == 0, server.process.returncode)
    check("with the probe port", is_refused(probe_port))


def check_admin_keys():
    admin_keys = file_of("admin.keys", ADMIN_KEY)
    server = Server("--api-key-file", file_of("api.keys", KEY), "--admin-key-file", admin_keys).ready()

    def admin(key):
        return server.ask("GET", "/admin/models", None, {"Authorization": f"Bearer {key}"})[0]

    def sentiment(key):
        return server.ask("POST", "/sentiment", BODY, {"x-api-key": key})[0]

    check("an ordinary key does not open /admin: 403", admin(KEY) == 403, admin(KEY))
    check("no key neither: 401", server.ask("GET", "/admin/models")[0] == 401)
    check("an unknown key neither: 401", admin("0123456789abcdef-none") == 401)
    check("a key for /admin opens it", admin(ADMIN_KEY) == 200, admin(ADMIN_KEY))
    check("and all else", sentiment(ADMIN_KEY) == 200)
    check("as ordinary keys do", sentiment(KEY) == 200)
    admin_keys.write_text(OTHER_KEY)
    server.process.send_signal(signal.SIGHUP)
    server.wait_for("read keys for /admin anew")
    check("SIGHUP: the new key opens /admin", admin(OTHER_KEY) == 200)
    check("the old one opens nothing any more", admin(ADMIN_KEY) == 401 and sentiment(ADMIN_KEY) == 401)
    check("the server ends well", server.end() == 0)
    log = server.read_log()
    check("keys stay out of the log", not any(key in log for key in (KEY, OTHER_KEY, ADMIN_KEY)), log)


def check_sensors():
    sysfs = directory / "sys"
    gpu = sysfs / "devices/platform/17000000.gpu"
    gpu.mkdir(parents=True)
    (gpu / "load").write_text("425\n")
    zone = sysfs / "class/thermal/thermal_zone0"
    zone.mkdir(parents=True)
    (zone / "type").write_text("cpu-thermal\n")
    (zone / "temp").write_text("48500\n")
    server = Server("--sysfs", sysfs, models=NO_MODELS).ready()
    metrics = server.ask("GET", "/metrics")[1]
    check("the GPU's load is a series", 'jetson_nlp_gpu_busy_ratio{gpu="17000000.gpu"} 0.425\n' in metrics or
          "jetson_nlp_gpu_busy_ratio" in metrics and " 0.425\n" in metrics, metrics[-1500:])
    check("temperatures too", 'jetson_nlp_temperature_celsius{zone="cpu-thermal"} 48.5\n' in metrics, metrics[-1500:])
    check("what has no sensor has no series", "jetson_nlp_power_watts{" not in metrics, metrics[-1500:])
    check("health has the readings", "cpu-thermal" in json.dumps(server.ask("GET", "/health")[1]))
    server.end()
    server = Server("--sysfs", directory / "nothing", models=NO_MODELS).ready()
    check("a device without sensors is served as well", "temperature_celsius{" not in server.ask("GET", "/metrics")[1])
    server.end()


def check_half_closed():
    server = Server().ready()
    body = json.dumps(BODY)
    request = f"POST /sentiment HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as client:
        client.sendall(request.encode() * 3)
        client.shutdown(socket.SHUT_WR)
        received = b""
        while part := client.recv(65536):
            received += part
    check("a client that closes its half gets all its answers", received.count(b"HTTP/1.1 200") == 3, received)
    metrics = server.ask("GET", "/metrics")[1]
    check("and is not counted as gone", 'requests_total{route="/sentiment",code="200"} 3\n' in metrics)
    server.end()


def main():
    check_probe_port()
    check_admin_keys()
    check_sensors()
    check_half_closed()
    print(f"checks failed: {len(failures)}")
    sys.exit(1 if failures else 0)


main()
