"""What clients of all kinds do, good and bad: a function each, which returns the status that it saw, 0 where none was wanted."""
import gzip
import http.client
import json
import random
import socket
import threading
import time

from bodies import WORDS
from web_socket import WebSocket

NOBODY_WAITED = 0
BROKEN = -1


class Client:
    """One client with a connection that it keeps, and its own chance."""

    def __init__(self, port, seed):
        self.port, self.draw = port, random.Random(seed)
        self.connection = None

    def words(self, least, most):
        return " ".join(self.draw.choices(WORDS, k=self.draw.randint(least, most)))

    def ask(self, path, body=None, headers=None, method="POST"):
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        data = body if body is None or isinstance(body, (str, bytes)) else json.dumps(body)
        try:
            self.connection.request(method, path, data, headers or {})
            answer = self.connection.getresponse()
            answer.read()
            return answer.status
        except BaseException:
            self.close()
            raise

    def close(self):
        if self.connection is not None:
            self.connection.close()
        self.connection = None

    def raw(self, data):
        """A connection on which this was sent; the caller closes it."""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=120)
        connection.sendall(data.encode())
        return connection

    # --- each task, short and long ---

    def sentiment_short(self):
        return self.ask("/sentiment", {"texts": [self.words(3, 40)]})

    def sentiment_again(self):
        return self.ask("/sentiment", {"texts": [f"a film that was seen {self.draw.randint(1, 20)} times"]})

    def sentiment_long(self):
        return self.ask("/sentiment", {"texts": [self.words(300, 3000)]})

    def sentiment_many(self):
        return self.ask("/sentiment", {"texts": [self.words(1, 60) for _ in range(self.draw.randint(32, 256))],
                                       "batch_size": self.draw.randint(1, 64), "top_k": 0})

    def ner(self):
        return self.ask("/ner", {"texts": [self.words(5, 400) for _ in range(self.draw.randint(1, 4))]})

    def qa_short(self):
        return self.ask("/qa", {"questions": [self.words(2, 5)], "contexts": [self.words(20, 100)]})

    def qa_long(self):
        return self.ask("/qa", {"questions": [self.words(2, 5)], "contexts": [self.words(1000, 4000)], "top_k": 3})

    def embed(self):
        return self.ask("/embed", {"inputs": [self.words(5, 60) for _ in range(self.draw.randint(1, 8))]})

    def embed_openai(self):
        return self.ask("/v1/embeddings", {"input": self.words(5, 60), "encoding_format": "base64"})

    def summarize(self):
        text = ". ".join(self.words(6, 20).capitalize() for _ in range(self.draw.randint(3, 20))) + "."
        return self.ask("/summarize", {"texts": [text], "max_sentences": 2})

    def kserve(self):
        tensor = {"name": "text", "shape": [1], "datatype": "BYTES", "data": [self.words(5, 40)]}
        return self.ask("/v2/models/sentiment/infer", {"inputs": [tensor]})

    def gzip_both_ways(self):
        body = gzip.compress(json.dumps({"texts": [self.words(20, 60) for _ in range(40)]}).encode())
        return self.ask("/sentiment", body, {"Content-Encoding": "gzip", "Accept-Encoding": "gzip"})

    # --- chats ---

    def chat_body(self, tokens, **more):
        return {"messages": [{"role": "user", "content": f"Write about this: {self.words(3, 30)}"}], "max_tokens": tokens,
                "temperature": 1, **more}

    def chat(self):
        return self.ask("/v1/chat/completions", self.chat_body(self.draw.randint(1, 24)))

    def chat_stream(self):
        return self.ask("/v1/chat/completions", self.chat_body(self.draw.randint(1, 24), stream=True))

    def chat_left(self):
        """The client goes in the middle of a stream."""
        body = json.dumps(self.chat_body(400, stream=True))
        connection = self.raw(f"POST /v1/chat/completions HTTP/1.1\r\nHost: h\r\nContent-Length: {len(body)}\r\n\r\n{body}")
        with connection:
            return int(connection.recv(4096).split()[1])

    def chat_socket(self):
        """Two turns, the second cancelled, then a close, or none."""
        chat = WebSocket(self.port, "/chat")
        if chat.status != 101:
            chat.close(politely=False)
            return chat.status
        chat.send(json.dumps({"message": self.words(3, 20), "max_tokens": 12}))
        self.end_of_turn(chat)
        chat.send(json.dumps({"message": self.words(3, 20), "max_tokens": 400}))
        chat.receive()
        if self.draw.random() < 0.5:
            chat.send(json.dumps({"type": "cancel"}))
            self.end_of_turn(chat)
            chat.close()
        else:
            chat.close(politely=False)
        return 200

    @staticmethod
    def end_of_turn(chat):
        while True:
            frame = json.loads(chat.receive())
            if "error" in frame:
                raise ValueError(frame)
            if frame["choices"][0]["finish_reason"]:
                return

    # --- what goes wrong ---

    def no_json(self):
        return self.ask("/sentiment", '{"texts": [' + self.words(1, 100))

    def wrong_type(self):
        return self.ask("/ner", {"texts": ["a", self.draw.random()]})

    def unknown_path(self):
        return self.ask(f"/{self.draw.random()}", {})

    def wrong_method(self):
        return self.ask("/sentiment", method="GET")

    def damaged_gzip(self):
        return self.ask("/sentiment", b"\x1f\x8b" + bytes(self.draw.randrange(256) for _ in range(50)),
                        {"Content-Encoding": "gzip"})

    def no_http(self):
        with self.raw("\x16\x03\x01 what is this\r\n\r\n") as connection:
            return int(connection.recv(4096).split()[1])

    def no_time(self):
        return self.ask("/qa", {"questions": [self.words(2, 5)], "contexts": [self.words(1000, 4000)]},
                        {"x-request-timeout-ms": str(self.draw.randint(1, 20))})

    def left_after_request(self):
        body = json.dumps({"texts": [self.words(5, 400) for _ in range(self.draw.randint(1, 32))]})
        self.raw(f"POST /sentiment HTTP/1.1\r\nHost: h\r\nContent-Length: {len(body)}\r\n\r\n{body}").close()
        return NOBODY_WAITED

    def left_in_body(self):
        self.raw("POST /sentiment HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n{\"texts\":").close()
        return NOBODY_WAITED

    # --- who watches ---

    def metrics(self):
        return self.ask("/metrics", method="GET")

    def health(self):
        return self.ask("/health", method="GET")


# How often, the task whose model it needs, and what may be seen. 503 may always be: too much work waits.
TRAFFIC = {
    "sentiment_short": (20, "sentiment", {200}), "sentiment_again": (10, "sentiment", {200}),
    "sentiment_long": (4, "sentiment", {200}), "sentiment_many": (1, "sentiment", {200}),
    "kserve": (3, "sentiment", {200}), "gzip_both_ways": (1, "sentiment", {200}),
    "ner": (6, "ner", {200}), "qa_short": (6, "qa", {200}), "qa_long": (2, "qa", {200}), "no_time": (2, "qa", {200, 504}),
    "embed": (6, "embedding", {200}), "embed_openai": (4, "embedding", {200}), "summarize": (3, "summarization", {200}),
    "chat": (0.5, "chat", {200}), "chat_stream": (0.5, "chat", {200}), "chat_left": (0.3, "chat", {200}),
    "chat_socket": (0.5, "chat", {200}),
    "no_json": (2, None, {400}), "wrong_type": (2, "ner", {422}), "unknown_path": (2, None, {404}),
    "wrong_method": (1, None, {405}), "damaged_gzip": (1, None, {400}), "no_http": (1, None, {400}),
    "left_after_request": (2, "sentiment", {NOBODY_WAITED}), "left_in_body": (1, None, {NOBODY_WAITED}),
    "metrics": (1, None, {200}), "health": (1, None, {200}),
}


def is_expected(name, status):
    return status == 503 or status in TRAFFIC[name][2]


class Crowd:
    """Clients that do these things at random until end()."""

    def __init__(self, port, tasks, clients, pause_s):
        self.names = [name for name, (_, task, _) in TRAFFIC.items() if task is None or task in tasks]
        self.weights = [TRAFFIC[name][0] for name in self.names]
        self.counts = {name: {} for name in self.names}
        self.seconds = {name: [] for name in self.names}
        self.unexpected = []
        self.lock, self.over, self.pause_s = threading.Lock(), threading.Event(), pause_s
        self.threads = [threading.Thread(target=self.act, args=(Client(port, seed),), daemon=True) for seed in range(clients)]
        for thread in self.threads:
            thread.start()

    def act(self, client):
        while not self.over.wait(self.pause_s):
            name = client.draw.choices(self.names, self.weights)[0]
            start = time.monotonic()
            try:
                status, fault = getattr(client, name)(), ""
            except Exception as error:  # whatever it is, it is counted and shown
                status, fault = BROKEN, repr(error)
            with self.lock:
                count = self.counts[name][status] = self.counts[name].get(status, 0) + 1
                self.seconds[name].append(time.monotonic() - start)
                if not is_expected(name, status) and count <= 10:
                    self.unexpected.append(f"{name}: {status} {fault}, after {self.seconds[name][-1]:.3f} s")
        client.close()

    def total(self):
        with self.lock:
            return sum(sum(statuses.values()) for statuses in self.counts.values())

    def end(self):
        self.over.set()
        for thread in self.threads:
            thread.join(timeout=150)
