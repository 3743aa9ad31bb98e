#!/usr/bin/env python3
"""Uses the server's web page as people do, by clicks and by keys, in a real Chromium:
  server_page.py BINARY [FOLDER for screenshots]
Chromium, Playwright and axe-core come from `tools/setup.sh test`. The chat is the server's own where it has one, else one of
ours in the browser that speaks the same protocol."""
import atexit
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.parse
import urllib.request

CLIENTS = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "jetson-nlp/test-clients"
sys.path.insert(0, str(CLIENTS))
try:
    from playwright.sync_api import sync_playwright
except ImportError as missing:
    print(f"skip: {missing}; tools/setup.sh test installs it")
    sys.exit(77)
CHROMIUM = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)
if CHROMIUM is None:
    print("skip: no Chromium; tools/setup.sh test installs it")
    sys.exit(77)

from server_process import MODELS, ROOT, Server, check, failures

SCREENSHOTS = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else tempfile.mkdtemp())
DATA = pathlib.Path(os.environ.get("XDG_DATA_HOME", pathlib.Path.home() / ".local/share")) / "jetson-nlp/models"
KEY = "0123456789abcdef-page"
TASKS = ["sentiment", "ner", "qa", "summarization", "chat", "dashboard"]
READY = "#health[data-state=healthy]"


def start(*arguments, **options):
    """A server that ends with this script, whatever happens."""
    server = Server(*arguments, **options)
    atexit.register(server.process.kill)
    return server.ready()


def until(page, condition, argument=None):
    """Playwright's own wait_for_function needs eval, which the page's policy forbids."""
    for _ in range(1200):
        if page.evaluate(condition, argument):
            return
        page.wait_for_timeout(50)
    raise SystemExit(f"it never came true: {condition}")


class Visit:
    """A browser's window on the page. Everything that goes wrong in it is kept."""

    def __init__(self, browser, server, expected_error=None, routes=None, **context):
        self.origin = f"http://127.0.0.1:{server.port}"
        self.context = browser.new_context(**context)
        self.page = self.context.new_page()
        self.page.set_default_timeout(60_000)
        self.errors, self.urls = [], []
        self.page.on("console", lambda message: message.type in ("error", "warning") and
                     not (expected_error and expected_error in message.text) and self.errors.append(message.text))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda request: self.urls.append(request.url))
        self.page.on("websocket", lambda socket: self.urls.append(socket.url))
        for url, handler in (routes or {}).items():
            self.page.route(url, handler)
        self.page.goto(self.origin + "/")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.context.close()

    def show(self, task):
        self.page.click(f"#tab-{task}")

    def ask(self, task, **fields):
        """Fills a form, sends it by a click and returns the line of the result."""
        self.show(task)
        for name, value in fields.items():
            self.page.fill(f"#{task} [name={name}]", value)
        self.page.click(f"#{task} [type=submit]")
        return self.result(task)

    def result(self, task):
        self.page.wait_for_selector(f"#{task} [data-output]:not([aria-busy]) .facts, #{task} .status.error")
        return self.page.inner_text(f"#{task} .status")

    def marks(self, task):
        """The marked texts, without the labels behind them."""
        return self.page.eval_on_selector_all(f"#{task} mark", "all => all.map(mark => mark.firstChild.textContent)")

    def focused(self):
        return self.page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()")

    def check_quiet(self, name):
        hosts = {urllib.parse.urlsplit(url).netloc for url in self.urls}
        check(f"{name}: no error in the console", self.errors == [], self.errors)
        check(f"{name}: no request to another host", hosts == {urllib.parse.urlsplit(self.origin).netloc}, hosts)


def axe():
    """The accessibility checker's source, or None."""
    folder = subprocess.run([ROOT / "tools/npm/package.sh", "path", "axe-core"], capture_output=True, text=True).stdout.strip()
    file = pathlib.Path(folder) / "axe.min.js"
    return file.read_text() if file.is_file() else None


def check_delivery(server):
    def get(path, **headers):
        request = urllib.request.Request(f"http://127.0.0.1:{server.port}{path}", headers=headers)
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, answer.headers
        except urllib.error.HTTPError as error:
            return error.code, error.headers
    status, headers = get("/")
    check("the page has a policy without inline scripts",
          status == 200 and "script-src 'self';" in headers["content-security-policy"], headers)
    again = get("/", **{"If-None-Match": headers["etag"]})
    check("what a browser has is not sent again", again[0] == 304 and "content-length" not in again[1], again)
    check("files come in gzip", get("/page/app.js", **{"Accept-Encoding": "gzip"})[1]["content-encoding"] == "gzip")
    check("no file but the page's", get("/page/../etc/passwd")[0] in (400, 404) and get("/page/")[0] == 404)


def check_tasks_by_clicks(visit, server):
    page = visit.page
    text = "😀 Ada Lovelace lives in Paris, not in London."
    words = visit.ask("sentiment", text=text)
    expected = server.post("/sentiment", {"texts": [text], "top_k": 0})[1]["results"][0]
    shown = page.locator("#sentiment .bars .name").all_inner_texts()
    check("sentiment: the label, and a bar for each", words.startswith(f"{expected['label']}, ") and
          shown == [label["label"] for label in expected["labels"]], (words, shown, expected))
    width = page.evaluate("document.querySelector('#sentiment .fill').getBoundingClientRect().width / "
                          "document.querySelector('#sentiment .bar').getBoundingClientRect().width")
    check("sentiment: a bar is as long as its score", abs(width - expected["labels"][0]["score"]) < 0.02, width)

    visit.ask("ner", text=text)
    expected = server.post("/ner", {"texts": [text]})[1]["results"][0]["entities"]
    check("ner: entities are marked at their code points",
          visit.marks("ner") == [text[entity["start"]:entity["end"]] for entity in expected], (visit.marks("ner"), expected))
    check("ner: with a legend and a table", len(expected) > 0 and
          page.locator("#ner tbody tr").count() == len(expected) and page.locator("#ner .legend li").count() > 0)

    question, context = "Where does Ada live?", "😀🎭 Ada lives in Paris and works in London."
    words = visit.ask("qa", question=question, context=context)
    expected = server.post("/qa", {"questions": [question], "contexts": [context]})[1]["results"][0]
    check("qa: the answer, marked in its text", words == expected["answer"] and visit.marks("qa") == [expected["answer"]],
          (words, visit.marks("qa"), expected))

    text = "One 😀 is here. Two is there. Three has gone. Four will come."
    words = visit.ask("summarization", text=text, sentences="2")
    expected = server.post("/summarize", {"texts": [text], "max_sentences": 2})[1]["results"][0]
    check("summary: its sentences are marked and counted", words.startswith("2 of 4 sentences") and
          visit.marks("summarization") == [sentence["text"] for sentence in expected["sentences"]], (words, expected))
    before = page.input_value("#summarization-text")
    page.click("#summarization [data-example]")
    check("an example fills the form", page.input_value("#summarization-text") != before)


def check_tasks_by_keys(browser, server):
    with Visit(browser, server) as visit:
        page = visit.page
        page.wait_for_selector(READY)
        page.keyboard.press("Tab")
        check("the first stop leads past the head", visit.focused() == "Skip to the content", visit.focused())
        while visit.focused() != "tab-sentiment":
            page.keyboard.press("Tab")
        for task in ["sentiment", "ner", "qa", "summarization"]:
            check(f"keys: {task} is shown", page.is_visible(f"#{task}") and visit.focused() == f"tab-{task}", visit.focused())
            page.keyboard.press("Tab")
            page.keyboard.press("Tab") if task == "qa" else None
            page.keyboard.press("Control+A")
            page.keyboard.type("Ada lives in Paris. Bob lives in London.")
            page.keyboard.press("Control+Enter")
            words = visit.result(task)
            check(f"keys: {task} answers", words != "" and page.locator(f"#{task} .error").count() == 0, words)
            while visit.focused() != f"tab-{task}":
                page.keyboard.press("Shift+Tab")
            page.keyboard.press("ArrowRight")
        page.keyboard.press("End")
        check("End goes to the last tab", visit.focused() == "tab-dashboard", visit.focused())
        page.keyboard.press("ArrowRight")
        check("and the arrow around to the first", visit.focused() == "tab-sentiment" and page.is_visible("#sentiment"))
        check("an address names its tab", page.url.endswith("#sentiment"), page.url)
        visit.check_quiet("keys")


def has_real_chat(server):
    """Whether the server has the route and a model for it."""
    ready = server.ask("GET", "/health")[1]["models"].get("chat", {}).get("state") == "ready"
    return ready and server.ask("GET", "/chat")[0] != 404


class OurChat:
    """The server's end of /chat, in the browser: the test says when a piece comes."""

    def __init__(self):
        self.received = []
        self.socket = None

    def open(self, socket):
        self.socket = socket
        socket.on_message(self.on_message)

    def on_message(self, text):
        message = json.loads(text)
        self.received.append(message)
        if message.get("type") == "cancel":
            self.send({}, "cancelled")
        elif "type" not in message:
            self.send({"role": "assistant", "content": ""})

    def send(self, delta, reason=None):
        frame = {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}
        if reason:
            frame["usage"] = {"prompt_tokens": 9, "completion_tokens": 7, "total_tokens": 16}
        self.socket.send(json.dumps(frame))


def claim_chat(route):
    answer = route.fetch()
    health = answer.json()
    health["models"]["chat"] = {"model": "ours", "state": "ready"}
    route.fulfill(response=answer, json=health)


def bubble(page, text):
    until(page, "text => [...document.querySelectorAll('.bubble.assistant .body')].at(-1)?.textContent.includes(text)", text)


def check_our_chat(browser, server):
    with Visit(browser, server, routes={"**/health": claim_chat}) as visit:
        page, chat = visit.page, OurChat()
        page.route_web_socket("**/chat", chat.open)
        page.wait_for_selector(READY)
        visit.show("chat")
        page.fill("#chat-text", "Hi <b>there</b>")
        page.keyboard.press("Enter")
        page.wait_for_selector(".bubble.assistant[aria-busy]")
        chat.send({"content": "Hello "})
        bubble(page, "Hello ")
        check("chat: text is shown while more is written",
              page.is_enabled("#chat-stop") and page.is_disabled("#chat-form [type=submit]"))
        chat.send({"content": "<i>you</i>"})
        chat.send({}, "stop")
        page.wait_for_selector(".bubble.assistant:not([aria-busy]) .facts")
        check("chat: markup is text", page.locator(".bubble b, .bubble i").count() == 0)
        check("chat: the tokens are counted", "7 tokens" in page.inner_text(".bubble.assistant .facts"))
        check("chat: the first message is a turn", chat.received[-1]["message"] == "Hi <b>there</b>" and
              chat.received[-1]["max_tokens"] == 256, chat.received)

        page.fill("#chat-text", "A long story")
        page.click("#chat-form [type=submit]")
        page.wait_for_selector(".bubble.assistant[aria-busy]")
        chat.send({"content": "Once upon"})
        bubble(page, "Once upon")
        page.click("#chat-stop")
        page.wait_for_selector(".bubble.assistant:not([aria-busy]) >> text=stopped")
        check("chat: Stop cancels", chat.received[-1] == {"type": "cancel"}, chat.received)

        page.fill("#chat-text", "Once more")
        page.keyboard.press("Enter")
        page.wait_for_selector(".bubble.assistant[aria-busy]")
        chat.socket.close()
        page.wait_for_selector("#chat-status.error")
        check("chat: a lost connection is told", "lost" in page.inner_text("#chat-status"))
        page.fill("#chat-text", "Are you back?")
        page.keyboard.press("Enter")
        page.wait_for_selector(".bubble.assistant[aria-busy]")
        turns = [turn["content"] for turn in chat.received[-1].get("messages", [])]
        check("chat: a new connection is told the conversation",
              turns == ["Hi <b>there</b>", "Hello <i>you</i>", "A long story", "Once upon", "Are you back?"], chat.received)
        chat.socket.send(json.dumps({"error": {"message": "too long", "type": "invalid_request_error", "code": "context"}}))
        page.wait_for_selector("#chat-status.error >> text=too long")
        check("chat: a refusal is told", page.is_enabled("#chat-form [type=submit]"))
        screenshot(page, "chat-of-the-test")
        page.click("#chat-new")
        page.wait_for_selector(".bubble", state="detached")
        check("chat: a new conversation begins empty", chat.received[-1] == {"type": "reset"}, chat.received)
        visit.check_quiet("chat")


def check_real_chat(visit):
    page = visit.page
    visit.show("chat")
    page.click("#chat summary")
    page.fill("#chat-max", "2000")
    page.fill("#chat-text", "Tell me a very long story about a river.")
    page.keyboard.press("Enter")
    until(page, "document.querySelector('.bubble.assistant[aria-busy] .body')?.textContent.length > 20")
    check("chat: text is shown while more is written", page.is_enabled("#chat-stop"))
    page.click("#chat-stop")
    page.wait_for_selector(".bubble.assistant:not([aria-busy]) >> text=stopped")
    page.fill("#chat-max", "12")
    page.fill("#chat-text", "And what is the capital of France?")
    page.click("#chat-form [type=submit]")
    until(page, "document.querySelectorAll('.bubble.assistant:not([aria-busy])').length === 2")
    check("chat: after Stop another turn is answered", page.locator(".bubble.assistant .body").last.inner_text() != "" and
          re.search(r"\d+ tokens?", page.locator(".bubble.assistant .facts").last.inner_text()),
          page.inner_text("#chat-log"))
    screenshot(page, "chat")
    page.click("#chat-new")
    check("chat: a new conversation begins empty", page.locator(".bubble").count() == 0)


METRICS = """async () => {
  const { Snapshot, figures, quantile, parse } = await import("/page/metrics.js");
  const at = (time, count) => new Snapshot(`# HELP x y
jetson_nlp_requests_total{route="/ner",code="200"} ${count}
jetson_nlp_requests_total{route="/ner",code="503"} ${count / 10}
jetson_nlp_requests_total{route="/metrics",code="200"} 99${count}
jetson_nlp_request_seconds_bucket{route="/ner",le="0.001"} ${count / 2}
jetson_nlp_request_seconds_bucket{route="/ner",le="0.002"} ${count}
jetson_nlp_request_seconds_bucket{route="/ner",le="+Inf"} ${count}
jetson_nlp_late_seconds_bucket{le="1"} 5
jetson_nlp_late_seconds_bucket{le="+Inf"} 9
jetson_nlp_batch_sequences_sum{task="ner"} ${4 * count}
jetson_nlp_batch_sequences_count{task="ner"} ${count}
jetson_nlp_cache_hits_total ${3 * count}
jetson_nlp_cache_misses_total ${count}
jetson_nlp_cpu_seconds_total ${time / 2}
`, time);
  const [before, now] = [at(10, 100), at(12, 300)];
  return {
    ...figures(before, before, now),
    over: quantile(0.99, new Snapshot("", 0), at(1, 10), "late_seconds", () => true),
    labels: parse('a{b="x\\\\"y\\\\\\\\",c="}"} 1e-3 5').get("a")[0],
    nothing: figures(now, now, at(13, 300)).p95,
  };
}"""


def check_figures(visit):
    seen = visit.page.evaluate(METRICS)
    wanted = {"requests": 110, "errors": 10, "p50": 1, "batch": 4, "hits": 75, "cpu": 0.5, "over": 1,
              "nothing": None, "watts": None, "gpu": None, "labels": {"labels": {"b": "x\"y\\", "c": "}"}, "value": 0.001}}
    check("figures from two readings of the metrics",
          all(seen[name] == value for name, value in wanted.items()) and
          abs(seen["p95"] - 1.9) < 1e-9, (seen, wanted))


class Load:
    """Requests from three clients until the end of the with."""

    def __init__(self, server):
        self.server = server
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self.run, args=(i,)) for i in range(3)]

    def run(self, client):
        number = 0
        while not self.over.is_set():
            number += 1
            # Each is asked twice, so that the cache has something to find.
            self.server.post("/sentiment", {"texts": [f"text {number // 2} of {client}", f"{number // 2} {client}"]})
            self.over.wait(0.01)

    def __enter__(self):
        for thread in self.threads:
            thread.start()

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join()


def number(page, title):
    """The large figure of a card, or None while there is none."""
    text = page.inner_text(f".card[aria-label='{title}'] .number").replace(",", "")
    return None if text == "–" else float(text)


def check_dashboard(visit, server):
    page = visit.page
    check_figures(visit)
    visit.show("dashboard")
    until(page, "document.querySelector('.card .number').textContent === '0'")
    check("dashboard: at rest nothing is asked", number(page, "Requests") == 0)
    with Load(server):
        until(page, "document.querySelector('.card .number').textContent !== '0'")
        until(page, "document.querySelector(\".card[aria-label='Texts in a batch'] .number\").textContent !== '–'")
        page.wait_for_timeout(6000)  # for a picture with some lines in it
        seen = {title: number(page, title) for title in
                ["Requests", "Latency", "Texts in a batch", "Found in the cache", "Processor", "Memory", "Connections"]}
        check("dashboard: figures move under load", all(value is not None and value > 0 for value in seen.values()), seen)
        if page.evaluate("typeof uPlot") == "function":
            drawn = page.eval_on_selector_all(".card:not([hidden]) canvas", """all => all.map(canvas => {
                const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
                return pixels.filter((value, at) => at % 4 === 3 && value > 0).length; })""")
            check("dashboard: a chart in each card", len(drawn) == page.locator(".card:not([hidden])").count() and
                  min(drawn) > 100, drawn)
        else:
            print("skip the charts: this program was built without uPlot")
        check("dashboard: cards of figures that the server has not are hidden", page.is_hidden(".card[aria-label=GPU]"))
        label = page.get_attribute(".card[aria-label=Latency] .chart", "aria-label") or "Now: p95"
        check("dashboard: a chart says its figures", "Now: " in label and "p95" in label, label)
        screenshot(page, "dashboard")
        if not page.is_visible("#figures"):
            page.click("#dashboard summary")
        page.wait_for_selector("#figures tbody tr:nth-child(2)")
        check("dashboard: all figures as a table", page.locator("#figures thead th").count() > 10)
    page.click("#pause")
    page.wait_for_timeout(1500)
    times = page.inner_text("#figures tbody")
    page.wait_for_timeout(2500)
    check("dashboard: Pause stops it", page.inner_text("#figures tbody") == times)
    page.click("#pause")
    until(page, "times => document.querySelector('#figures tbody').innerText !== times", times)


def check_trouble(browser, server):
    busy = {"error": {"code": "overloaded", "message": "too much work waits"}}
    routes = {"**/ner": lambda route: route.fulfill(status=503, json=busy, headers={"retry-after": "2"}),
              "**/summarize": lambda route: route.abort()}
    with Visit(browser, server, expected_error="Failed to load resource", routes=routes) as visit:
        visit.page.wait_for_selector(READY)
        words = visit.ask("ner", text="Ada")
        check("a busy server is told in words", "busy" in words and "too much work waits" in words and "2 s" in words, words)
        check("as is one that cannot be reached", "cannot be reached" in visit.ask("summarization"))
        words = visit.ask("qa", question=" ")
        check("and what the server refuses", "refused (422)" in words, words)


def check_missing_parts(browser):
    models = [*MODELS[:2], *sum(([f"--{task}-model", "none"] for task in
                                 ["ner", "qa", "embedding", "summarization", "chat"]), [])]
    server = start("--enable-monitoring", models=models)
    no_charts = {"**/uPlot.js": lambda route: route.fulfill(body="/* none */", content_type="text/javascript")}
    with Visit(browser, server, routes=no_charts) as visit:
        visit.page.wait_for_selector(READY)
        for task in ["ner", "qa", "summarization", "chat"]:
            visit.show(task)
            check(f"{task} without a model says so", "No model" in visit.page.inner_text(f"#{task} [data-notice]") and
                  visit.page.is_disabled(f"#{task} [type=submit]"))
        check("the others work", visit.ask("sentiment") != "")
        visit.show("dashboard")
        visit.page.wait_for_selector("#figures tbody tr")
        check("without uPlot the figures stand in a table", "without its charts" in
              visit.page.inner_text("#dashboard [data-notice]") and visit.page.locator("canvas").count() == 0)
        visit.check_quiet("without models and charts")
    server.end()


def check_keys(browser, chat_model):
    with tempfile.NamedTemporaryFile("w", suffix=".keys") as keys:
        keys.write(KEY)
        keys.flush()
        server = start("--enable-monitoring", "--api-key-file", keys.name, models=[*MODELS[:-1], chat_model])
    with Visit(browser, server, expected_error="401") as visit:
        page = visit.page
        page.wait_for_selector(READY)
        words = visit.ask("sentiment")
        check("a key is asked for", "API key" in words and page.is_visible("#key") and visit.focused() == "key", words)
        for key in ["wrong-wrong-wrong-wrong", KEY]:
            page.fill("#key", key)
            page.keyboard.press("Enter")
            words = visit.ask("sentiment")
            check("a wrong key is told" if key != KEY else "the key opens", ("does not know" in words) == (key != KEY), words)
        visit.show("dashboard")
        until(page, "document.querySelector('.card .number').textContent !== '–'")
        stored = page.evaluate("[JSON.stringify(sessionStorage), JSON.stringify(localStorage), document.cookie]")
        check("it is kept in the tab alone", KEY in stored[0] and KEY not in stored[1] + stored[2], stored)
        if has_real_chat(server):
            visit.show("chat")
            page.click("#chat details summary")
            page.fill("#chat-max", "4")
            page.fill("#chat-text", "Hi")
            page.keyboard.press("Enter")
            page.wait_for_selector(".bubble.assistant:not([aria-busy]) .facts")
            check("the chat opens with it too", page.locator("#chat-status.error").count() == 0, page.inner_text("#chat-status"))
        else:
            print("skip the key of the chat: the server has none here")
        check("and stands in no address", not any("0123456789abcdef" in url for url in visit.urls))
        visit.check_quiet("keys of the API")
    server.end()
    check("nor in the log", "0123456789abcdef" not in server.read_log())


def screenshot(page, name):
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)


def check_looks(browser, server, name, checker, **context):
    """Each tab in one theme and width: it fits, and the checker finds no fault."""
    with Visit(browser, server, **context) as visit:
        page = visit.page
        page.wait_for_selector(READY)
        for task in TASKS:
            if task in ("chat", "dashboard"):
                visit.show(task)
            else:
                visit.ask(task)
            if task == "dashboard":
                until(page, "document.querySelector('.card .number').textContent !== '–'")
            page.mouse.move(0, 0)
            page.wait_for_timeout(300)  # the colours of buttons change slowly
            screenshot(page, f"{name}-{task}")
            over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            check(f"{name}: {task} fits", over <= 0, over)
            if checker:
                page.evaluate(checker)
                faults = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', "
                                       "'wcag22aa', 'best-practice']})")["violations"]
                check(f"{name}: {task} is accessible", faults == [],
                      [(fault["id"], [node["html"] + node.get("failureSummary", "") for node in fault["nodes"]])
                       for fault in faults])
        visit.check_quiet(name)


def check_theme_button(browser, server):
    ground = "getComputedStyle(document.body).backgroundColor"
    with Visit(browser, server, color_scheme="light") as visit:
        page = visit.page
        light = page.evaluate(ground)
        page.click("#theme")
        page.click("#theme")
        dark = page.evaluate(ground)
        page.reload()
        check("the theme can be chosen and is kept", light != dark and page.evaluate(ground) == dark and
              page.inner_text("#theme") == "Theme: dark", (light, dark))


def main():
    plain = start()
    check("without --enable-monitoring there is no page", plain.ask("GET", "/")[0] == 404)
    plain.end()
    # The default models make better pictures; the tiny ones of the tests do where they are missing.
    full = (DATA / "all-MiniLM-L6-v2").is_dir()
    has_chat = (DATA / "SmolLM2-135M-Instruct").is_dir()
    chat_model = "SmolLM2-135M-Instruct" if has_chat else "none"
    server = start("--enable-monitoring", models=["--chat-model", chat_model] if full else [*MODELS[:-1], chat_model])
    checker = axe()
    if checker is None:
        print("skip accessibility: no axe-core; tools/setup.sh test fetches it")
    check_delivery(server)
    with sync_playwright() as playwright:
        # Chromium's sandbox needs what containers and root often lack; the page is our own.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        with Visit(browser, server) as visit:
            visit.page.wait_for_selector(READY)
            check_tasks_by_clicks(visit, server)
            check_dashboard(visit, server)
            if has_real_chat(server):
                check_real_chat(visit)
            else:
                print("skip the server's own chat: it has none here")
            visit.check_quiet("clicks")
        check_tasks_by_keys(browser, server)
        check_our_chat(browser, server)
        check_trouble(browser, server)
        check_theme_button(browser, server)
        wide, phone = {"width": 1200, "height": 850}, {"width": 360, "height": 740}
        check_looks(browser, server, "light", checker, viewport=wide, color_scheme="light")
        check_looks(browser, server, "dark", checker, viewport=wide, color_scheme="dark")
        check_looks(browser, server, "phone", checker, viewport=phone, device_scale_factor=2, reduced_motion="reduce",
                    color_scheme="light")
        check("SIGTERM: exit 0", server.end() == 0)
        check_missing_parts(browser)
        check_keys(browser, chat_model)
        browser.close()
    print(f"screenshots: {SCREENSHOTS}")
    print(f"checks failed: {len(failures)}")
    sys.exit(1 if failures else 0)


main()
