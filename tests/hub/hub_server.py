"""A Hugging Face hub in one file, for tests: the answers of the real one and every way to fail.

Usage: hub_server.py FOLDER [CERTIFICATE]

Serves each model that has a scenario FOLDER/<org>--<name>.json and writes every request as a line
of FOLDER/requests.jsonl. Prints the ports of its three servers as one line of JSON: "hub", "storage"
(where large files are redirected to) and "proxy" (a forward proxy that knows hub.invalid and
storage.invalid). With a CERTIFICATE, a PEM file that also holds its key, hub and storage speak TLS.
Ends when its standard input is closed. Standard library only.

A scenario:
  files      {path: {"text": str} | {"random": size, "seed": int}, each with "lfs": bool}
  revisions  {name: commit}; "main" is there without saying
  faults     [{"at": "info"|"tree"|"file"|"storage", "path": file, "times": n, "do": ..., ...}]
  token, gated, moved_to, page_size, no_tree, raw_info, raw_tree: see the code
"""

import hashlib
import http.client
import json
import os
import random
import ssl
import sys
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ROOT = sys.argv[1]
CERTIFICATE = sys.argv[2] if len(sys.argv) > 2 else ""
SCHEME = "https" if CERTIFICATE else "http"
PORTS = {}
LOCK = threading.Lock()
FAULT_USES = {}


def content_of(spec):
    if "text" in spec:
        return spec["text"].encode()
    return random.Random(spec.get("seed", 1)).randbytes(spec["random"])


def git_blob_id(data):
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


def etag_of(spec, data):
    return hashlib.sha256(data).hexdigest() if spec.get("lfs") else git_blob_id(data)


class Scenario:
    def __init__(self, model):
        with open(os.path.join(ROOT, model.replace("/", "--") + ".json"), encoding="utf-8") as file:
            self.data = json.load(file)
        self.model = model
        self.commit = hashlib.sha1(json.dumps(self.data["files"]).encode()).hexdigest()

    def commit_of(self, revision):
        if revision in ("main", self.commit):
            return self.commit
        revisions = self.data.get("revisions", {})
        commit = revisions.get(revision)
        return commit or (revision if revision in revisions.values() else None)

    def fault(self, at, path=""):
        """The first fault for this place whose turn it is."""
        for fault in self.data.get("faults", []):
            if fault["at"] != at or fault.get("path", path) != path:
                continue
            key = json.dumps(fault)
            with LOCK:
                if FAULT_USES.get(key, 0) >= fault.get("times", 10**9):
                    continue
                FAULT_USES[key] = FAULT_USES.get(key, 0) + 1
            return fault
        return {}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def note(self, kind, **more):
        line = {
            "server": self.server.role, "kind": kind, "method": self.command, "path": self.path,
            "range": self.headers.get("Range", ""), "token": self.headers.get("Authorization", ""),
            "host": self.headers.get("Host", ""), **more,
        }
        with LOCK, open(os.path.join(ROOT, "requests.jsonl"), "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def answer(self, status, headers, body=b""):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if not any(name.lower() == "content-length" for name in headers):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def answer_json(self, value, headers=None):
        body = json.dumps(value).encode()
        self.answer(200, {"Content-Type": "application/json", **(headers or {})}, body)

    def refuse(self, status, code="", message=""):
        headers = {"X-Error-Code": code} if code else {}
        if message:
            headers["X-Error-Message"] = message
        self.answer(status, headers, message.encode())

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        try:
            self.handle_path(urllib.parse.urlsplit(self.path))
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def play(self, fault):
        """Faults that need no content. True when the request is done."""
        action = fault.get("do")
        if action == "status":
            self.answer(fault["status"], fault.get("headers", {}), fault.get("body", "").encode())
        elif action == "html":
            self.answer(200, {"Content-Type": "text/html"}, b"<html>Please log in</html>")
        elif action == "redirect":
            to = fault["to"].replace("{self}", self.path)
            for role, port in PORTS.items():
                to = to.replace("{%s}" % role, "%s://127.0.0.1:%d" % (SCHEME, port))
            self.answer(302, {"Location": to})
        elif action == "hang":
            time.sleep(fault.get("seconds", 30))
            self.close_connection = True
        elif action == "close":
            self.close_connection = True
        else:
            return False
        return True

    def send_file(self, data, headers, fault):
        """The content, with Range, and with what the fault does to it."""
        action = fault.get("do")
        asked = self.headers.get("Range", "")
        if asked and action != "ignore_range":
            start = int(asked[len("bytes="):].split("-")[0])
            if start >= len(data):
                return self.answer(416, {"Content-Range": "bytes */%d" % len(data)})
            if action == "wrong_range":
                start += 1
            status = 206
            headers["Content-Range"] = "bytes %d-%d/%d" % (start, len(data) - 1, len(data))
            data = data[start:]
        else:
            status = 200
        if action == "flip":
            data = data[:-1] + bytes([data[-1] ^ 1])
        elif action == "resize":
            data = (data + b"x" * fault["size"])[: fault["size"]]
        if fault.get("no_length"):  # the end of the body is the end of the connection
            headers["Connection"] = "close"
        else:
            headers["Content-Length"] = str(len(data))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "HEAD":
            return None
        if "after" in fault:
            self.wfile.write(data[: fault["after"]])
            self.wfile.flush()
            if action == "stall":
                time.sleep(fault.get("seconds", 30))
            self.close_connection = True
            return None
        if action in ("drip", "slow"):
            step = fault.get("step", 1)
            for begin in range(0, len(data), step):
                self.wfile.write(data[begin:begin + step])
                self.wfile.flush()
                time.sleep(fault.get("pause", 0.1))
            return None
        self.wfile.write(data)
        return None


class HubHandler(Handler):
    def handle_path(self, url):
        parts = [urllib.parse.unquote(part) for part in url.path.strip("/").split("/")]
        is_api = parts[:2] == ["api", "models"]
        if is_api:
            parts = parts[2:]
        verbs = ("revision", "tree", "resolve")
        at = next((i for i, part in enumerate(parts) if part in verbs), len(parts))
        model, verb, rest = "/".join(parts[:at]), (parts[at:] or [""])[0], parts[at + 1:]
        kind = {"resolve": "file", "tree": "tree"}.get(verb, "info")
        self.note(kind, model=model, file="/".join(rest[1:]) if kind == "file" else "")
        try:
            scenario = Scenario(model)
        except OSError:
            return self.refuse(404 if self.headers.get("Authorization") else 401, "RepoNotFound",
                               "Repository not found")
        if scenario.data.get("moved_to"):
            moved = self.path.replace("/" + model, "/" + scenario.data["moved_to"], 1)
            return self.answer(307, {"Location": moved})
        wanted = scenario.data.get("token")
        if wanted and self.headers.get("Authorization") != "Bearer " + wanted:
            if scenario.data.get("gated"):
                return self.refuse(403 if self.headers.get("Authorization") else 401, "GatedRepo",
                                   "Access to model is restricted")
            return self.refuse(401, "", "Invalid credentials in Authorization header")
        if verb == "":
            return self.answer_json({"id": model, "sha": scenario.commit})
        commit = scenario.commit_of(rest[0])
        if commit is None:
            return self.refuse(404, scenario.data.get("missing_code", "RevisionNotFound"))
        return getattr(self, "answer_" + kind)(scenario, commit, rest, url)

    def answer_info(self, scenario, commit, _rest, _url):
        if self.play(scenario.fault("info")):
            return None
        names = [{"rfilename": path} for path in scenario.data["files"]]
        info = {"id": scenario.model, "sha": commit, "siblings": names, "private": False}
        return self.answer_json(scenario.data.get("raw_info", info))

    def answer_tree(self, scenario, commit, _rest, url):
        if self.play(scenario.fault("tree")):
            return None
        if scenario.data.get("no_tree"):
            return self.refuse(404)
        entries = [{"type": "directory", "path": "1_Pooling", "oid": "0" * 40, "size": 0}]
        for path, spec in scenario.data["files"].items():
            data = content_of(spec)
            entry = {"type": "file", "path": path, "size": len(data)}
            if spec.get("lfs"):
                pointer = b"version https://git-lfs.github.com/spec/v1\n"
                entry["oid"] = git_blob_id(pointer)
                entry["lfs"] = {"oid": etag_of(spec, data), "size": len(data), "pointerSize": 134}
            else:
                entry["oid"] = etag_of(spec, data)
            entries.append(entry)
        entries = scenario.data.get("raw_tree", entries)
        if not isinstance(entries, list):
            return self.answer_json(entries)
        size = scenario.data.get("page_size", 1000)
        begin = int(urllib.parse.parse_qs(url.query).get("cursor", ["0"])[0])
        headers = {}
        if begin + size < len(entries):
            headers["Link"] = '<%s://%s%s?recursive=true&cursor=%d>; rel="next"' % (
                SCHEME, self.headers["Host"], url.path, begin + size)
        return self.answer_json(entries[begin:begin + size], headers)

    def answer_file(self, scenario, commit, rest, _url):
        path = "/".join(rest[1:])
        spec = scenario.data["files"].get(path)
        headers = {"X-Repo-Commit": commit}
        if spec is None:
            return self.refuse(404, "EntryNotFound")
        fault = scenario.fault("file", path)
        if self.play(fault):
            return None
        data = content_of(spec)
        if not spec.get("lfs"):
            headers["ETag"] = '"%s"' % etag_of(spec, data)
            return self.send_file(data, headers, fault)
        headers["X-Linked-Etag"] = '"%s"' % etag_of(spec, data)
        headers["X-Linked-Size"] = str(len(data))
        host = "storage.invalid" if ".invalid" in self.headers["Host"] else (
            "127.0.0.1:%d" % PORTS["storage"])
        headers["Location"] = "%s://%s/%s/%s?signature=1" % (
            SCHEME, host, scenario.model.replace("/", "--"), urllib.parse.quote(path))
        return self.answer(302, headers)


class StorageHandler(Handler):
    def handle_path(self, url):
        model, path = urllib.parse.unquote(url.path).lstrip("/").split("/", 1)
        self.note("storage", model=model, file=path)
        if self.headers.get("Authorization"):  # as object stores do with signed addresses
            return self.refuse(400, "", "Only one auth mechanism allowed")
        try:
            scenario = Scenario(model)
        except OSError:
            return self.refuse(404)
        fault = scenario.fault("storage", path)
        if self.play(fault):
            return None
        data = content_of(scenario.data["files"][path])
        headers = {"ETag": '"%s"' % hashlib.md5(data).hexdigest(), "Accept-Ranges": "bytes"}
        return self.send_file(data, headers, fault)


class ProxyHandler(Handler):
    def handle_path(self, url):
        self.note("proxy")
        known = {"hub.invalid": PORTS["hub"], "storage.invalid": PORTS["storage"]}
        port = known.get(url.hostname, url.port)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        headers = {k: v for k, v in self.headers.items() if not k.lower().startswith("proxy-")}
        connection.request(self.command, url._replace(scheme="", netloc="").geturl(),
                           headers=headers)
        response = connection.getresponse()
        body = response.read()
        drop = ("date", "server", "connection")
        headers = {k: v for k, v in response.getheaders() if k.lower() not in drop}
        self.answer(response.status, headers, body)


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, role, handler):
        super().__init__(("127.0.0.1", 0), handler)
        self.role = role
        if CERTIFICATE and role != "proxy":
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(CERTIFICATE)
            # The handshake is for the thread of the connection, not for the one that accepts.
            self.socket = context.wrap_socket(self.socket, server_side=True,
                                              do_handshake_on_connect=False)
        PORTS[role] = self.server_address[1]
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def handle_error(self, request, client_address):
        # Clients may hang up, and must when they do not trust the certificate.
        if not isinstance(sys.exc_info()[1], (ConnectionError, ssl.SSLError)):
            super().handle_error(request, client_address)


Server("hub", HubHandler)
Server("storage", StorageHandler)
Server("proxy", ProxyHandler)
print(json.dumps(PORTS), flush=True)
sys.stdin.read()
