#!/usr/bin/env python3
"""Asks the real server with the `openai` package and a WebSocket client, and the default chat model:
server_openai.py BINARY"""
import asyncio
import json
import math
import os
import pathlib
import subprocess
import sys
import threading
import urllib.request

from server_process import BINARY, MODELS, TASKS, Server, check, failures

# Where tools/setup.sh test puts them; what is installed otherwise does as well.
CLIENTS = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "jetson-nlp/test-clients"
sys.path.insert(1, str(CLIENTS))  # before what else is installed, with which their own needs may differ
try:
    import openai
    import websockets.asyncio.client
    import websockets.exceptions
except ImportError as missing:
    print(f"skip: {missing}; 'tools/setup.sh test' installs the clients")
    sys.exit(77)

CHAT = "SmolLM2-135M-Instruct"
EMBED = str(TASKS / "embed")
# Counting leaves the model no doubt: how many texts are computed together changes the rounding, which decides between
# tokens that are nearly equally likely.
COUNTING = "Count from one to ten in words."
LONG = "Write a very long story about a ship. Never stop."


def client_of(server, **options):
    return openai.OpenAI(base_url=f"http://127.0.0.1:{server.port}/v1", api_key="none", max_retries=0, timeout=120, **options)


def user(text):
    return [{"role": "user", "content": text}]


def command_answer(text, *arguments):
    output = subprocess.run([BINARY, "chat", "--json", *arguments, text], capture_output=True, text=True)
    if output.returncode != 0:
        print(f"skip: the chat model is not set up: {output.stderr.strip()}")
        sys.exit(77)
    return json.loads(output.stdout)


def series(server):
    text = server.ask("GET", "/metrics")[1]
    return {name: float(value) for name, value in
            (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))}


def wait_until(condition):
    """Of what happens soon after a client has gone; the bound is for a server that never does it."""
    event = threading.Event()
    for _ in range(600):
        if condition():
            return True
        event.wait(0.1)
    return False


def check_fault(name, kind, ask, param=None, code=None, part=""):
    try:
        check(name, False, ask())
    except kind as error:
        check(name, error.param == param and (code is None or error.code == code) and part in str(error) and
              isinstance(error.body, dict) and {"message", "type", "param", "code"} <= set(error.body),
              (error, getattr(error, "body", None)))
    except Exception as error:  # of another kind
        check(name, False, repr(error))


def check_chat(client, expected):
    answer = client.chat.completions.create(model=CHAT, messages=user(COUNTING), temperature=0, max_tokens=40)
    choice = answer.choices[0]
    check("chat answers what the command answers", choice.message.content == expected["answer"],
          (choice.message.content, expected))
    check("role, reason and usage", choice.message.role == "assistant" and answer.object == "chat.completion" and
          choice.finish_reason == "length" and answer.usage.completion_tokens == 40 and
          answer.usage.prompt_tokens == expected["prompt_tokens"] and
          answer.usage.total_tokens == answer.usage.prompt_tokens + 40, answer)
    answer = client.chat.completions.create(model=CHAT, messages=user(COUNTING), max_completion_tokens=40, stop=["5.", "\n7"])
    before = min((expected["answer"] + stop).index(stop) for stop in ("5.", "\n7"))
    check("the text has what is to stop it", 0 < before < len(expected["answer"]), expected)
    check("a stop text ends it and is not part of it",
          answer.choices[0].message.content == expected["answer"][:before] and
          answer.choices[0].finish_reason == "stop", answer)
    parts = [{"type": "text", "text": COUNTING[:5]}, {"type": "text", "text": COUNTING[5:]}]
    answer = client.chat.completions.create(model=CHAT, messages=user(parts), max_tokens=40)
    check("parts of a text are one text", answer.choices[0].message.content == expected["answer"], answer)
    drawn = [client.chat.completions.create(model=CHAT, messages=user(LONG), max_tokens=20, temperature=1, seed=seed)
             .choices[0].message.content for seed in (5, 5, 6)]
    check("the same seed draws the same text", drawn[0] == drawn[1] != drawn[2], drawn)


def check_stream(client, expected):
    chunks = list(client.chat.completions.create(model=CHAT, messages=user(COUNTING), max_tokens=40, stream=True,
                                                 stream_options={"include_usage": True}))
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    check("a stream's pieces join to the answer", text == expected["answer"], text)
    check("it begins with the role", chunks[0].choices[0].delta.role == "assistant" and
          all(chunk.object == "chat.completion.chunk" and chunk.id == chunks[0].id for chunk in chunks), chunks[0])
    check("it comes in pieces", len(chunks) > 20, len(chunks))
    check("then the reason, then the usage", chunks[-2].choices[0].finish_reason == "length" and
          chunks[-1].choices == [] and chunks[-1].usage.completion_tokens == 40 and chunks[-2].usage is None, chunks[-2:])
    chunks = list(client.chat.completions.create(model=CHAT, messages=user(COUNTING), max_tokens=3, stream=True))
    check("usage comes when it is asked for", all(chunk.usage is None for chunk in chunks))


def check_events(server):
    body = json.dumps({"messages": user("Hi"), "max_tokens": 3, "stream": True}).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{server.port}/v1/chat/completions", body)
    with urllib.request.urlopen(request, timeout=60) as answer:
        text = answer.read().decode()
        check("events are an event stream", answer.headers["Content-Type"] == "text/event-stream")
    events = text.split("\n\n")
    check("each is one line of data, the last one [DONE]", events[-1] == "" and events[-2] == "data: [DONE]" and
          all(event.startswith("data: {") and "\n" not in event for event in events[:-2]), text)


def check_format(client):
    schema = {"type": "object", "properties": {"name": {"type": "string", "maxLength": 12}, "age": {"type": "integer"}},
              "required": ["name", "age"], "additionalProperties": False}
    question = user("Give the name and age of a person as JSON.")
    answer = client.chat.completions.create(
        model=CHAT, messages=question, max_tokens=120,
        response_format={"type": "json_schema", "json_schema": {"name": "person", "schema": schema, "strict": True}})
    value = json.loads(answer.choices[0].message.content)
    check("json_schema", list(value) == ["name", "age"] and isinstance(value["age"], int), answer)
    answer = client.chat.completions.create(model=CHAT, messages=question, max_tokens=300,
                                            response_format={"type": "json_object"})
    text = answer.choices[0].message.content
    check("json_object begins one", text.lstrip().startswith("{"), text)
    if answer.choices[0].finish_reason == "stop":
        check("and is one", isinstance(json.loads(text), dict), text)


def check_completions(client):
    prompt = "one, two, three, four, one, two, three, four, one, two,"
    answer = client.completions.create(model=CHAT, prompt=prompt, max_tokens=8, temperature=0)
    text = answer.choices[0].text
    check("completions go on from the prompt", text.startswith(" three, four, one") and answer.object == "text_completion" and
          answer.choices[0].finish_reason == "length" and answer.usage.completion_tokens == 8, answer)
    chunks = list(client.completions.create(model=CHAT, prompt=[prompt], max_tokens=8, stream=True,
                                            stream_options={"include_usage": True}))
    check("a stream of a completion", "".join(c.choices[0].text for c in chunks if c.choices) == text and
          chunks[-1].usage.completion_tokens == 8 and chunks[-2].choices[0].finish_reason == "length", chunks)
    check("16 tokens unless more are asked for",
          client.completions.create(model=CHAT, prompt=prompt).usage.completion_tokens == 16)
    for name, arguments, param in [("several prompts", {"prompt": ["a", "b"]}, "prompt"), ("tokens", {"prompt": [1, 2]}, "prompt"),
                                   ("echo", {"prompt": "a", "echo": True}, "echo"),
                                   ("log-probabilities", {"prompt": "a", "logprobs": 3}, "logprobs")]:
        check_fault(f"{name} are refused", openai.BadRequestError,
                    lambda: client.completions.create(model=CHAT, **arguments), param)


def check_embeddings(server, client):
    texts = ["I love this product!", "😀 Ada lives in Paris."]
    command = [json.loads(subprocess.run([BINARY, "embed", "--model", EMBED, "--json", text], capture_output=True, text=True,
                                         check=True).stdout) for text in texts]
    expected = [next(value for value in result.values() if isinstance(value, list)) for result in command]
    floats = client.embeddings.create(model=EMBED, input=texts, encoding_format="float")
    # Without a format the package asks for base64 and decodes it.
    decoded = client.embeddings.create(model=EMBED, input=texts)
    check("embeddings are the command's", [data.embedding for data in floats.data] == expected, floats)
    check("base64 holds the same numbers", all(
        math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-12) for left, right in zip(floats.data, decoded.data)
        for a, b in zip(left.embedding, right.embedding, strict=True)), decoded)
    check("index and usage", [data.index for data in decoded.data] == [0, 1] and decoded.model == EMBED and
          decoded.usage.prompt_tokens == decoded.usage.total_tokens == sum(result["tokens"] for result in command), decoded.usage)
    one = client.embeddings.create(model=EMBED, input=texts[0], encoding_format="float", dimensions=len(expected[0]))
    check("one text alone", one.data[0].embedding == expected[0], one)
    for name, arguments, param, code in [
            ("tokens", {"input": [1, 2]}, "input[0]", "unsupported_value"),
            ("an empty text", {"input": ["a", ""]}, "input[1]", "invalid_value"),
            ("other dimensions", {"input": "a", "dimensions": 3}, "dimensions", "unsupported_value"),
            ("a text that would be cut", {"input": "word " * 2000}, "input", "context_length_exceeded")]:
        check_fault(f"{name}: 400", openai.BadRequestError, lambda: client.embeddings.create(model=EMBED, **arguments), param, code)
    check_fault("an unknown embedding model: 404", openai.NotFoundError, lambda: client.embeddings.create(model="ada", input="a"),
                "model", "model_not_found")


def check_models(client):
    models = {model.id: model for model in client.models.list()}
    check("models are listed", set(models) == {CHAT, EMBED} and models[CHAT].owned_by == "jetson-nlp", models)
    check("one model", client.models.retrieve(CHAT) == models[CHAT])
    check("one whose name has slashes", client.models.retrieve(EMBED) == models[EMBED])
    check_fault("an unknown model: 404", openai.NotFoundError, lambda: client.models.retrieve("gpt-4"), "model",
                "model_not_found")


def check_faults(server, client):
    def ask(**arguments):
        return lambda: client.chat.completions.create(**{"model": CHAT, "messages": user("Hi"), **arguments})
    for name, ask_it, param, code in [
            ("no messages", ask(messages=[]), "messages", "invalid_value"),
            ("an unknown role", ask(messages=[{"role": "king", "content": "a"}]), "messages[0].role", "unsupported_value"),
            ("a picture", ask(messages=user([{"type": "image_url", "image_url": {"url": "a"}}])), "messages[0].content[0].type",
             "unsupported_value"),
            ("a temperature out of range", ask(temperature=3), "temperature", "invalid_value"),
            ("a wrong type", ask(max_tokens="many"), "max_tokens", "invalid_type"),
            ("two answers", ask(n=2), "n", "unsupported_parameter"),
            ("a penalty", ask(presence_penalty=0.5), "presence_penalty", "unsupported_parameter"),
            ("tools", ask(tools=[{"type": "function", "function": {"name": "a"}}]), "tools", "unsupported_parameter"),
            ("a schema that is none", ask(response_format={"type": "json_schema", "json_schema": {
                "name": "a", "schema": {"type": "poem"}}}), "response_format.json_schema.schema", "invalid_value"),
            ("a prompt longer than the context", ask(messages=user("word " * 20000)), "messages", "context_length_exceeded"),
            ("the same for a stream", ask(messages=user("word " * 20000), stream=True), "messages", "context_length_exceeded")]:
        check_fault(f"{name}: 400", openai.BadRequestError, ask_it, param, code)
    check_fault("another model: 404", openai.NotFoundError, ask(model="gpt-4"), "model", "model_not_found", CHAT)
    check_fault("an unknown path: 404", openai.NotFoundError, lambda: client.post("/nothing", cast_to=object))
    for name, method, path, body, status, part in [
            ("no JSON", "POST", "/v1/chat/completions", "{\"messages\": [", 400, "line 1, column"),
            ("nested too deeply", "POST", "/v1/chat/completions", "[" * 100000, 400, "nested"),
            ("a wrong method", "GET", "/v1/chat/completions", None, 405, "")]:
        seen, answer, _ = server.ask(method, path, body)
        check(f"{name}: {status} in OpenAI's form", seen == status and set(answer["error"]) ==
              {"message", "type", "param", "code"} and part in answer["error"]["message"], (seen, answer))
    seen, answer, _ = server.ask("POST", "/v1/chat/completions", {"messages": user(LONG)}, {"x-request-timeout-ms": "300"})
    check("a deadline ends an answer: 504", seen == 504 and answer["error"]["code"] == "deadline", (seen, answer))
    check("and its writing", wait_until(lambda: series(server)["jetson_nlp_chats_in_flight"] == 0))


def check_cancel(server, client):
    stream = client.chat.completions.create(model=CHAT, messages=user(LONG), temperature=1, seed=1, stream=True)
    next(stream)
    next(stream)
    check("an answer is in flight", series(server)["jetson_nlp_chats_in_flight"] == 1)
    before = series(server)['jetson_nlp_chats_total{reason="cancelled"}']
    stream.close()
    check("closing a stream ends its writing", wait_until(
        lambda: series(server)["jetson_nlp_chats_in_flight"] == 0) and
        series(server)['jetson_nlp_chats_total{reason="cancelled"}'] == before + 1)


async def check_together(server, expected):
    """Several chats and, meanwhile, the encoders; on each answer's way the others are there."""
    client = openai.AsyncOpenAI(base_url=f"http://127.0.0.1:{server.port}/v1", api_key="none", max_retries=0, timeout=300)
    answers = [client.chat.completions.create(model=CHAT, messages=user(COUNTING), max_tokens=40) for _ in range(6)]
    running = [asyncio.ensure_future(answer) for answer in answers]
    done = 0
    while not all(task.done() for task in running):
        status, _ = await asyncio.to_thread(server.post, "/sentiment", {"texts": [f"chat and sentiment {done}"]})
        done += status == 200
    texts = [task.result().choices[0].message.content for task in running]
    check("chats together say what each says alone", texts == [expected["answer"]] * 6, texts)
    check("encoders answered meanwhile", done > 0, done)


def open_socket(server, **options):
    return websockets.asyncio.client.connect(f"ws://127.0.0.1:{server.port}/chat", **options)


async def receive(socket):
    return json.loads(await asyncio.wait_for(socket.recv(), 120))


async def read_answer(socket):
    """The text and the last frame."""
    text, frame = "", await receive(socket)
    if frame.get("object") != "chat.completion.chunk" or frame["choices"][0]["delta"] != {"role": "assistant", "content": ""}:
        check("a turn begins with the role", False, frame)
        return text, frame
    while True:
        frame = await receive(socket)
        if "error" in frame or frame["choices"][0]["finish_reason"] is not None:
            return text, frame
        text += frame["choices"][0]["delta"]["content"]


async def say(socket, message, **options):
    await socket.send(json.dumps({"message": message, **options}))
    return await read_answer(socket)


async def check_turns(server, client, expected):
    async with open_socket(server) as socket:
        text, last = await say(socket, COUNTING, max_tokens=40, temperature=0)
        check("a turn over WebSocket is the same answer", text == expected["answer"] and
              last["choices"][0]["finish_reason"] == "length" and last["choices"][0]["delta"] == {} and
              last["usage"]["completion_tokens"] == 40, (text, last))
        second, last = await say(socket, "Again, please.", max_tokens=12)
        messages = [*user(COUNTING), {"role": "assistant", "content": text}, *user("Again, please.")]
        whole = await asyncio.to_thread(client.chat.completions.create, model=CHAT, messages=messages, max_tokens=12)
        check("the second turn knows the first", last["usage"]["prompt_tokens"] == whole.usage.prompt_tokens, (last, whole))
        await socket.send(json.dumps({"type": "reset"}))
        text, last = await say(socket, COUNTING, max_tokens=40)
        check("a reset forgets", text == expected["answer"] and last["usage"]["prompt_tokens"] == expected["prompt_tokens"],
              (text, last))
        await socket.send(json.dumps({"messages": messages, "max_tokens": 12}))
        text, last = await read_answer(socket)
        check("messages replace the conversation", last["usage"]["prompt_tokens"] == whole.usage.prompt_tokens, last)
        await socket.send(json.dumps({"type": "reset"}))
        await socket.send(COUNTING)
        text, last = await read_answer(socket)
        check("plain text is a message", text.startswith(expected["answer"]) and
              last["usage"]["prompt_tokens"] == expected["prompt_tokens"], (text, last))


async def check_cancelled_turn(server):
    async with open_socket(server) as socket:
        await socket.send(json.dumps({"message": LONG, "max_tokens": 1500, "temperature": 1, "seed": 1}))
        check("the opening frame", (await receive(socket))["choices"][0]["delta"]["role"] == "assistant")
        first = (await receive(socket))["choices"][0]["delta"]["content"]
        await socket.send(json.dumps({"message": "And?"}))
        frames = [await receive(socket)]
        while "error" not in frames[-1]:
            frames.append(await receive(socket))
        check("a message meanwhile: busy", frames[-1]["error"]["code"] == "busy", frames[-1])
        await socket.send(json.dumps({"type": "cancel"}))
        while frames[-1].get("error") or frames[-1]["choices"][0]["finish_reason"] is None:
            frames.append(await receive(socket))
        check("cancel ends the answer", frames[-1]["choices"][0]["finish_reason"] == "cancelled" and
              frames[-1]["usage"]["completion_tokens"] < 1500 and first, frames[-1])
        text, last = await say(socket, "Hi", max_tokens=4)
        check("the socket goes on", "error" not in last and last["usage"]["prompt_tokens"] > 30, last)
        await socket.send(json.dumps({"type": "cancel"}))
        text, last = await say(socket, "Hi", max_tokens=4)
        check("a cancel of nothing is nothing", last["choices"][0]["finish_reason"] in ("length", "stop"), last)
        await socket.send(json.dumps({"message": LONG, "max_tokens": 1500}))
        await receive(socket)
        await socket.send(json.dumps({"type": "reset"}))
        last = await receive(socket)
        while last["choices"][0]["finish_reason"] is None:
            last = await receive(socket)
        check("a reset ends the answer too", last["choices"][0]["finish_reason"] == "cancelled", last)
        text, last = await say(socket, "Hi", system="You are short.", max_tokens=4)
        check("and what it said is forgotten, so that a system message may come", "error" not in last and
              last["usage"]["prompt_tokens"] < 40, last)


async def check_bad_frames(server):
    async with open_socket(server) as socket:
        for name, frame, param, code in [
                ("nothing to do", "{}", "message", "missing_required_parameter"),
                ("an unknown type", "{\"type\": \"dance\"}", "type", "invalid_value"),
                ("a wrong type", "{\"message\": 1}", "message", "invalid_type"),
                ("an option out of range", "{\"message\": \"a\", \"temperature\": 9}", "temperature", "invalid_value"),
                ("a binary frame", b"\x00\x01", None, "invalid_type"),
                ("a message longer than the context", json.dumps({"message": "word " * 20000}), "message",
                 "context_length_exceeded")]:
            await socket.send(frame)
            error = (await receive(socket)).get("error", {})
            check(f"{name} is told", error.get("param") == param and error.get("code") == code and
                  error.get("type") == "invalid_request_error" and error.get("message"), error)
        text, last = await say(socket, "Hi", max_tokens=3)
        check("the socket stays open", "error" not in last, last)
        await socket.send(json.dumps({"message": "Hi", "system": "Be short."}))
        check("a system message in the middle is told", (await receive(socket))["error"]["param"] == "system")
    try:
        async with open_socket(server) as socket:
            await socket.send("x" * (2 << 20))
            await asyncio.wait_for(socket.recv(), 60)
            check("a frame that is too large closes the socket", False)
    except websockets.exceptions.ConnectionClosed as closed:
        check("a frame that is too large closes the socket", closed.rcvd is not None and closed.rcvd.code == 1009, closed)


async def check_sockets(server, expected):
    async def one(number):
        async with open_socket(server) as socket:
            first, _ = await say(socket, COUNTING, max_tokens=40)
            await socket.send(json.dumps({"type": "reset"}))
            second, _ = await say(socket, f"Say {number}.", max_tokens=8)
            return first
    running = [asyncio.ensure_future(one(number)) for number in range(8)]
    answered = 0
    while not all(task.done() for task in running):
        status, answer = await asyncio.to_thread(server.post, "/sentiment", {"texts": [f"sockets and sentiment {answered}"]})
        answered += status == 200
    check("eight sockets have their answers", [task.result() for task in running] == [expected["answer"]] * 8,
          [task.result() for task in running])
    check("and sentiment is answered meanwhile", answered > 0, answered)
    async with open_socket(server) as socket:
        await socket.send(json.dumps({"message": LONG, "max_tokens": 1500}))
        await receive(socket)
        check("a socket's answer is in flight", series(server)["jetson_nlp_chats_in_flight"] == 1)
    check("closing the socket ends it", await asyncio.to_thread(
        wait_until, lambda: series(server)["jetson_nlp_chats_in_flight"] == 0))


def check_metrics(before, after):
    check("all series of chats are there at 0 from the start", all(before[name] == 0 for name in (
        "jetson_nlp_time_to_first_token_seconds_count", "jetson_nlp_generated_tokens_total", "jetson_nlp_chats_in_flight",
        'jetson_nlp_chats_total{reason="cancelled"}', 'jetson_nlp_chats_total{reason="end_of_text"}',
        'jetson_nlp_requests_total{route="/v1/chat/completions",code="200"}')), before)
    check("chats are counted", after["jetson_nlp_time_to_first_token_seconds_count"] > 20 and
          after["jetson_nlp_generated_tokens_total"] > 500 and after["jetson_nlp_prompt_tokens_total"] > 500 and
          after['jetson_nlp_requests_total{route="/v1/chat/completions",code="200"}'] > 5, after)


def check_keys_and_no_model():
    server = Server("--host", "0.0.0.0").ready()
    key = server.wait_for(r"need this key: (\w{32})").group(1)
    check_fault("without a key: 401", openai.AuthenticationError, lambda: client_of(server).models.list(), None,
                "invalid_api_key")
    client = openai.OpenAI(base_url=f"http://127.0.0.1:{server.port}/v1", api_key=key, max_retries=0)
    check("with the key", [model.id for model in client.models.list()] == [EMBED])
    check_fault("without a chat model: 404", openai.NotFoundError,
                lambda: client.chat.completions.create(model=CHAT, messages=user("Hi")), "model", "model_not_found")

    async def refused():
        try:
            async with open_socket(server, additional_headers={"Authorization": f"Bearer {key}"}):
                return None
        except websockets.exceptions.InvalidStatus as error:
            return error.response.status_code
    check("the WebSocket is refused: 501", asyncio.run(refused()) == 501)
    server.end()


def check_end(server, client):
    """SIGTERM while an answer is written: it is finished first."""
    stream = client.chat.completions.create(model=CHAT, messages=user(COUNTING), max_tokens=60, stream=True)
    next(stream)
    server.process.terminate()
    server.wait_for("jetson-nlp: ending")
    chunks = list(stream)
    check("an answer in flight is finished", chunks[-1].choices[0].finish_reason in ("length", "stop"), chunks[-1:])
    check("and the server ends: exit 0", server.process.wait(timeout=60) == 0, server.process.returncode)


def check_all(server, expected):
    client = client_of(server)
    before = series(server)
    check_chat(client, expected)
    check_stream(client, expected)
    check_events(server)
    check_format(client)
    check_cancel(server, client)
    check_faults(server, client)
    asyncio.run(check_together(server, expected))
    asyncio.run(check_turns(server, client, expected))
    asyncio.run(check_cancelled_turn(server))
    asyncio.run(check_bad_frames(server))
    asyncio.run(check_sockets(server, expected))
    check_completions(client)
    check_embeddings(server, client)
    check_models(client)
    check_metrics(before, series(server))
    check_end(server, client)


def main():
    expected = command_answer(COUNTING, "--max-tokens", "40")
    models = [CHAT if before == "--chat-model" else value for before, value in zip([None, *MODELS], MODELS)]
    server = Server(models=models).ready()
    try:
        check_all(server, expected)
    finally:
        server.process.kill()
    check_keys_and_no_model()
    print(f"checks failed: {len(failures)}")
    sys.exit(1 if failures else 0)


main()
