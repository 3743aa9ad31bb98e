#!/usr/bin/env python3
"""What those who run the server need: the probe port, keys for /admin, clients that close their half of a connection, sensors
and the list of series. server_ops.py BINARY"""
import concurrent.futures
import http.client
import json
import pathlib
import signal
import socket
import sys
import tempfile

from server_process import Server, check, failures

KEY, ADMIN_KEY, LATER_KEY = "0123456789abcdef-one", "0123456789abcdef-two", "0123456789abcdef-three"
BODY = {"texts": ["I love it"]}
directory = pathlib.Path(tempfile.mkdtemp())


def file_of(name, text):
    path = directory / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def probe(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


def check_probes():
    port = free_port()
    server = Server("--probe-port", port, "--enable-monitoring", "--api-key-file", file_of("probe.keys", KEY)).ready()
    codes = {path: probe(port, path)[0] for path in ("/livez", "/readyz", "/health", "/metrics", "/", "/docs", "/v2", "/sentiment",
                                                    "/admin/models")}
    check("the probe port has four routes, with the keys of the main port",
          codes == {"/livez": 200, "/readyz": 200, "/health": 200, "/metrics": 401, "/": 404, "/docs": 404, "/v2": 404,
                    "/sentiment": 404, "/admin/models": 404}, codes)
    text = "Word is here. " * 30_000
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        asked = pool.submit(lambda: server.ask("POST", "/summarize", {"texts": [text]}, {"x-api-key": KEY})[0])
        while "requests_in_flight 1\n" not in server.ask("GET", "/metrics", headers={"x-api-key": KEY})[1]:
            pass
        server.process.send_signal(signal.SIGTERM)
        server.wait_for("jetson-nlp: ending")
        while True:
            try:
                socket.create_connection(("127.0.0.1", server.port)).close()
            except ConnectionRefusedError:
                break
        seen = [(probe(port, "/readyz"), probe(port, "/livez")[0], asked.done()) for _ in range(3)]
        check("while it ends: not ready but alive, and the main port is shut",
              all(ready[0] == 503 and json.loads(ready[1])["status"] == "draining" and alive == 200
                  for ready, alive, _ in seen), seen)
        check("meanwhile the request still ran", not seen[0][2], "the request was too short for this test")
        check("the request is finished", asked.result() == 200)
    check("exit code 0", server.process.wait(timeout=60) == 0, server.process.returncode)


def check_admin_keys():
    admin_keys = file_of("admin.keys", ADMIN_KEY)
    server = Server("--api-key-file", file_of("all.keys", KEY), "--admin-key-file", admin_keys).ready()

    def codes(key):
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return (server.ask("GET", "/admin/models", headers=headers)[0], server.ask("POST", "/ner", BODY, headers)[0])

    check("no key opens nothing", codes(None) == (401, 401), codes(None))
    check("an ordinary key does not open /admin", codes(KEY) == (403, 200), codes(KEY))
    check("one for /admin opens all", codes(ADMIN_KEY) == (200, 200), codes(ADMIN_KEY))
    admin_keys.write_text("short\n")
    server.process.send_signal(signal.SIGHUP)
    server.wait_for("keeps the old keys for /admin")
    check("a damaged file keeps the old keys", codes(ADMIN_KEY) == (200, 200) and codes(KEY) == (403, 200))
    admin_keys.write_text(LATER_KEY)
    server.process.send_signal(signal.SIGHUP)
    server.wait_for("read keys for /admin anew")
    check("SIGHUP reads them anew", codes(ADMIN_KEY) == (401, 401) and codes(LATER_KEY) == (200, 200), codes(ADMIN_KEY))
    server.end()
    log = server.read_log()
    check("no key is in the log", not any(key in log for key in (KEY, ADMIN_KEY, LATER_KEY)), log)
    server = Server("--admin-key-file", file_of("alone.keys", ADMIN_KEY)).ready()
    check("alone, it leaves the other routes open", codes(None) == (401, 200) and codes(ADMIN_KEY) == (200, 200), codes(None))
    server.end()


def check_half_closed(server):
    """As `printf '...' | nc -N`: several requests at once, then the end of what is sent."""
    requests = b""
    for number in range(4):
        body = json.dumps({"texts": [f"request {number} " * 60] * 40}).encode()
        requests += b"POST /ner HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        connection.sendall(requests + b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n")
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while part := connection.recv(65536):
            answer += part
    check("a client that closes its half has all its answers",
          answer.count(b"HTTP/1.1 200 OK") == 5 and answer.endswith(b"ok\n"), answer[-300:])


HISTOGRAMS = ["tokenize_seconds", "queue_seconds", "infer_seconds", "post_seconds", "batch_sequences", "batch_tokens"]
SERIES = [
    'requests_total{route="/sentiment",code="200"}', 'requests_total{route="/chat",code="503"}', "requests_in_flight",
    'request_seconds_count{route="/sentiment"}', "time_to_first_token_seconds_count", "requests_waiting", "chats_in_flight",
    *(f'{name}_count{{task="{task}"}}' for name in HISTOGRAMS for task in ("sentiment", "ner", "qa", "embedding")),
    *(f'{name}{{task="{task}"}}' for name in ("queue_calls", "queue_tokens", "queue_oldest_seconds", "truncated_inputs_total")
      for task in ("sentiment", "ner", "qa", "embedding")),
    *(f'rejected_total{{task="sentiment",reason="{reason}"}}'
      for reason in ("deadline", "cancelled", "failed", "closing", "queue_full", "no_time")),
    "cache_hits_total", "cache_misses_total", "cache_shared_total", "redis_hits_total", "rate_limited_total", "padding_ratio",
]


def series_of(server):
    text = server.ask("GET", "/metrics")[1]
    values = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            name, value = line.rsplit(" ", 1)
            values[name.removeprefix("jetson_nlp_")] = float(value)
    return values


def check_series(server):
    values = series_of(server)
    check("all series are there from the start", all(name in values for name in SERIES),
          [name for name in SERIES if name not in values])
    check("at zero", all(values[name] == 0 for name in SERIES if not name.startswith("requests_in")),
          {name: values[name] for name in SERIES if values.get(name)})
    check("memory has a value", values["resident_bytes"] > 0)
    check("models are named", values['model_ready{task="chat",model="none"}'] == 0 and
          sum(value for name, value in values.items() if name.startswith("model_ready")) == 5, values)
    devices = [name for name in values if name.startswith(("gpu_", "power_", "energy_", "temperature_"))]
    check("no sensor, no series", not devices, devices)
    check("nor in /health", server.ask("GET", "/health")[1]["device"] == [])
    server.post("/sentiment", {"texts": ["a long text that is cut " * 2000, "a short one"]})
    values = series_of(server)
    check("a text that is cut is counted", values['truncated_inputs_total{task="sentiment"}'] == 1)
    check("a request's parts are timed", values['tokenize_seconds_count{task="sentiment"}'] == 1 and
          values['post_seconds_count{task="sentiment"}'] == 1 and values['tokenize_seconds_sum{task="sentiment"}'] > 0 and
          0 < values['post_seconds_sum{task="sentiment"}'] < 60)


def check_refusals():
    server = Server("--max-queue-ms", "1", "--cache-mb", "0").ready()
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        long_one = pool.submit(server.post, "/ner", {"texts": [f"word {number} " * 300 for number in range(1024)]})
        while series_of(server)['admitted_seconds{task="ner"}'] == 0 and not long_one.done():
            pass
        code = server.post("/ner", {"texts": ["another"]})[0]
        check("the long request still ran", not long_one.done(), "it was too short for this test")
        check("a full queue refuses: 503", code == 503, code)
        check("and counts it", series_of(server)['rejected_total{task="ner",reason="queue_full"}'] == 1)
        check("the long one is answered", long_one.result()[0] == 200)
    server.end()


def check_sensors():
    sys_folder = directory / "sys"
    for name, text in [("devices/gpu.0/load", "437"), ("class/hwmon/hwmon1/name", "ina3221"),
                       ("class/hwmon/hwmon1/in1_label", "VDD_IN"), ("class/hwmon/hwmon1/in1_input", "5000"),
                       ("class/hwmon/hwmon1/curr1_input", "1200"), ("class/thermal/thermal_zone0/type", "cpu-thermal"),
                       ("class/thermal/thermal_zone0/temp", "46500"), ("class/thermal/thermal_zone1/type", "cv0-thermal"),
                       ("class/thermal/thermal_zone1/temp", ""), ("class/powercap/intel-rapl:0/name", "package-0"),
                       ("class/powercap/intel-rapl:0/energy_uj", "5000000")]:
        file_of(f"sys/{name}", text + "\n")
    server = Server("--sysfs", sys_folder).ready()
    values = series_of(server)
    wanted = {'gpu_busy_ratio{gpu="gpu.0"}': 0.437, 'power_watts{rail="VDD_IN",scope="total"}': 6,
              'temperature_celsius{zone="cpu-thermal"}': 46.5, 'energy_joules_total{domain="package-0",scope="total"}': 0}
    check("sensors are series", all(abs(values.get(name, -1) - value) < 1e-9 for name, value in wanted.items()), values)
    check("one that says nothing is none", not any("cv0" in name for name in values))
    device = server.ask("GET", "/health")[1]["device"]
    check("and in /health", len(device) == 4 and {"sensor": "cpu-thermal", "unit": "celsius", "value": 46.5} in device, device)
    server.end()


def main():
    server = Server("--sysfs", directory / "nothing", "--cache-mb", "0").ready()
    check_series(server)
    check_half_closed(server)
    check("exit 0", server.end() == 0)
    check_refusals()
    check_sensors()
    check_admin_keys()
    check_probes()
    print(f"checks failed: {len(failures)}")
    sys.exit(1 if failures else 0)


main()
