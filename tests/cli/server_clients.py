#!/usr/bin/env python3
"""Asks the real server as other programs' clients do: huggingface_hub's InferenceClient, tritonclient's HTTP client, and plain
requests in the shapes of text-embeddings-inference: server_clients.py BINARY. Clients come from `tools/setup.sh test`."""
import concurrent.futures
import json
import os
import pathlib
import shutil
import struct
import sys
import tempfile

CLIENTS = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "jetson-nlp/test-clients"
sys.path.insert(0, str(CLIENTS))
os.environ["HF_HUB_OFFLINE"] = "0"  # as a variable of the user's would make the client refuse our address
try:
    import numpy
    import tritonclient.http as triton
    from huggingface_hub import InferenceClient
    from huggingface_hub.errors import HfHubHTTPError
    from tritonclient.utils import InferenceServerException
except ImportError as missing:
    print(f"skip: {missing}; tools/setup.sh test installs the clients")
    sys.exit(77)

from server_process import TASKS, Server, check, failures

TEXTS = ["I love this product!", "This is terrible", "😀 Ada lives in Paris."]
LONG = "word " * 2000


def raises(kind, action):
    try:
        action()
    except kind as error:
        return error
    return None


def check_predict(server):
    status, answer, headers = server.ask("POST", "/predict", {"inputs": TEXTS[0]})
    ours = server.post("/sentiment", {"texts": TEXTS[0], "top_k": 0})[1]["results"][0]
    check("predict gives what /sentiment gives, all labels, best first", status == 200 and
          answer == [{"score": one["score"], "label": one["label"]} for one in ours["labels"]], (answer, ours))
    check("headers say what it took", headers["x-compute-type"] == "cpu" and
          int(headers["x-compute-characters"]) == len(TEXTS[0]) and int(headers["x-compute-tokens"]) == ours["tokens"] and
          all(headers[name].isdigit() for name in ("x-compute-time", "x-total-time", "x-tokenization-time", "x-queue-time",
                                                   "x-inference-time")), headers)
    _, again, cached = server.ask("POST", "/predict", {"inputs": TEXTS[0]})
    check("from the cache: the same, without times of computing", again == answer and
          cached["x-compute-tokens"] == headers["x-compute-tokens"] and cached["x-inference-time"] is None, cached)
    status, many = server.post("/predict", {"inputs": [[TEXTS[0]], [TEXTS[1]], [TEXTS[0], TEXTS[1]]]})
    pair = server.post("/predict", {"inputs": TEXTS[:2]})[1]
    check("many inputs give a list for each, two strings are a pair",
          status == 200 and many[0] == answer and many[2] == pair and many[0] != many[2], (many, pair))
    raw = server.post("/predict", {"inputs": TEXTS[0], "raw_scores": True})[1]
    check("raw scores are no probabilities", abs(sum(one["score"] for one in answer) - 1) < 1e-5 and
          abs(sum(one["score"] for one in raw) - 1) > 1e-3 and [r["label"] for r in raw] == [a["label"] for a in answer], raw)
    check("long texts are cut", server.post("/predict", {"inputs": LONG})[0] == 200)
    other = server.post("/predict", {"inputs": "now " + LONG + " then", "truncation_direction": "left"})[1]
    check("at the end that is asked for", other != server.post("/predict", {"inputs": "now " + LONG + " then"})[1], other)


def check_embed(server):
    status, answer = server.post("/embed", {"inputs": TEXTS})
    vectors = numpy.array(answer)
    check("embed gives a vector of length 1 for each", status == 200 and len(vectors) == 3 and
          numpy.allclose(numpy.linalg.norm(vectors, axis=1), 1, atol=1e-5), vectors.shape)
    check("alone it is the same, in a list", server.post("/embed", {"inputs": TEXTS[1]})[1] == [answer[1]])
    cut = numpy.array(server.post("/embed", {"inputs": TEXTS, "dimensions": 4})[1])
    check("dimensions keep the first ones", cut.shape == (3, 4) and
          numpy.allclose(cut, vectors[:, :4] / numpy.linalg.norm(vectors[:, :4], axis=1, keepdims=True), atol=1e-5), cut)
    status, answer = server.post("/similarity", {"inputs": {"source_sentence": TEXTS[0], "sentences": TEXTS}})
    check("similarity is the cosine", status == 200 and numpy.allclose(answer, vectors @ vectors[0], atol=1e-5), answer)


def check_tokenize(server):
    text = TEXTS[2]
    status, answer = server.post("/tokenize", {"inputs": [text, "a"]})
    tokens = answer[0] if status == 200 else []
    check("tokens have places in code points", status == 200 and len(answer) == 2 and
          all(text[t["start"]:t["stop"]] == t["text"] for t in tokens if not t["special"]) and
          any(t["start"] == text.index("Ada") for t in tokens), tokens)
    check("special tokens have none", tokens[0] == {"id": tokens[0]["id"], "text": "[CLS]", "special": True, "start": None,
                                                    "stop": None}, tokens)
    plain = server.post("/tokenize", {"inputs": text, "add_special_tokens": False})[1]
    check("without special tokens", plain == [[t for t in tokens if not t["special"]]], plain)
    status, info, _ = server.ask("GET", "/info")
    check("info tells of the model for embeddings", status == 200 and info["model_id"] == str(TASKS / "embed") and
          info["model_dtype"] == "float32" and "embedding" in info["model_type"] and info["max_input_length"] > 0 and
          info["max_client_batch_size"] == 1024 and info["max_concurrent_requests"] > 0 and info["auto_truncate"], info)


def check_tei_faults(server):
    for name, path, body, status, kind in [
            ("no JSON", "/predict", "{", 400, "Validation"), ("no inputs", "/embed", {}, 422, "Validation"),
            ("three strings", "/predict", {"inputs": ["a", "b", "c"]}, 422, "Validation"),
            ("nothing", "/embed", {"inputs": []}, 400, "Empty"), ("an empty text", "/predict", {"inputs": ""}, 400, "Empty"),
            ("too many texts", "/embed", {"inputs": ["a"] * 1025}, 422, "Validation"),
            ("too long", "/predict", {"inputs": LONG, "truncate": False}, 422, "Validation"),
            ("too long", "/embed", {"inputs": LONG, "truncate": False}, 422, "Validation"),
            ("a wrong type", "/embed", {"inputs": "a", "normalize": 1}, 422, "Validation"),
            ("too many dimensions", "/embed", {"inputs": "a", "dimensions": 100_000}, 422, "Validation"),
            ("a prompt", "/tokenize", {"inputs": "a", "prompt_name": "query"}, 422, "Validation"),
            ("a classifier of several labels", "/rerank", {"query": "a", "texts": ["b"]}, 424, "Backend")]:
        seen, answer = server.post(path, body)
        check(f"{path}, {name}: {status} {kind}", seen == status and answer.keys() == {"error", "error_type"} and
              answer["error_type"] == kind, (seen, answer))
    deep = "[" * 1_000_000 + "]" * 1_000_000
    for path in ("/predict", "/embed", "/similarity", "/pipeline/question-answering", "/v2/models/ner/infer"):
        status, answer = server.post(path, f'{{"inputs": {deep}}}')
        check(f"{path}, a million lists in one another: 400", status == 400 and "nests" in json.dumps(answer), (status, answer))
    status, answer, _ = server.ask("GET", "/predict")
    check("a wrong method has the same shape", status == 405 and "error_type" in answer, answer)


def one_label_model(directory):
    """A model for pairs with one label: the tiny classifier with the first row of its head."""
    target = pathlib.Path(directory) / "reranker"
    shutil.copytree(TASKS / "classify_softmax", target)
    path = target / "model.safetensors"
    data = path.read_bytes()
    (size,) = struct.unpack("<Q", data[:8])
    header, values = json.loads(data[8:8 + size]), data[8 + size:]
    labels = len(json.loads((target / "config.json").read_text())["id2label"])
    out = b""
    for name, tensor in header.items():
        if name == "__metadata__":
            continue
        begin, end = tensor["data_offsets"]
        if name in ("classifier.weight", "classifier.bias"):
            tensor["shape"][0], end = 1, begin + (end - begin) // labels
        tensor["data_offsets"] = [len(out), len(out) + end - begin]
        out += values[begin:end]
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + out)
    config = json.loads((target / "config.json").read_text())
    config.update(id2label={"0": "LABEL_0"}, label2id={"LABEL_0": 0})
    (target / "config.json").write_text(json.dumps(config))
    return target


def check_rerank():
    with tempfile.TemporaryDirectory() as directory:
        none = [part for task in ("ner", "qa", "summarization", "chat", "embedding") for part in (f"--{task}-model", "none")]
        server = Server(models=["--sentiment-model", one_label_model(directory), *none]).ready()
        status, ranks, headers = server.ask("POST", "/rerank", {"query": TEXTS[0], "texts": TEXTS, "return_text": True})
        scores = [rank["score"] for rank in ranks] if status == 200 else ranks
        check("rerank sorts texts", status == 200 and scores == sorted(scores, reverse=True) and
              sorted(rank["index"] for rank in ranks) == [0, 1, 2] and
              all(rank["text"] == TEXTS[rank["index"]] for rank in ranks) and "x-inference-time" in headers, ranks)
        pairs = server.post("/predict", {"inputs": [[TEXTS[0], text] for text in TEXTS]})[1]
        check("by the scores of pairs", all(pairs[r["index"]] == [{"score": r["score"], "label": "LABEL_0"}] for r in ranks),
              (pairs, ranks))
        raw = server.post("/rerank", {"query": TEXTS[0], "texts": TEXTS, "raw_scores": True})[1]
        check("scores are sigmoids of raw ones", numpy.allclose(
            [1 / (1 + numpy.exp(-r["score"])) for r in raw], scores, atol=1e-5) and "text" not in raw[0], raw)
        check("nothing to sort: 400", server.post("/rerank", {"query": "a", "texts": []})[0] == 400)
        info = server.ask("GET", "/info")[1]
        check("info calls it a reranker", "reranker" in info["model_type"], info)
        status, answer = server.post("/embed", {"inputs": "a"})
        check("no model for embeddings: 424", status == 424 and answer["error_type"] == "Backend", answer)
        server.end()


def check_hub_client(server):
    base = f"http://127.0.0.1:{server.port}"
    client = InferenceClient()
    labels = client.text_classification(TEXTS[0], model=f"{base}/pipeline/text-classification")
    ours = server.post("/sentiment", {"texts": TEXTS[0], "top_k": 0})[1]["results"][0]["labels"]
    check("text_classification", [(one.label, one.score) for one in labels] == [(o["label"], o["score"]) for o in ours], labels)
    best = client.text_classification(TEXTS[0], top_k=1, function_to_apply="none",
                                      model=f"{base}/pipeline/text-classification")
    check("with options", len(best) == 1 and best[0].label == ours[0]["label"] and best[0].score != ours[0]["score"], best)
    text = "😀 Ada lives in Paris."
    url = f"{base}/pipeline/token-classification"
    entities = client.token_classification(text, model=url)
    ours = server.post("/ner", {"texts": text})[1]["results"][0]["entities"]
    check("token_classification", entities and [(e.entity_group, e.start, e.end, e.word) for e in entities] ==
          [(o["label"], o["start"], o["end"], o["text"]) for o in ours], (entities, ours))
    tokens = client.token_classification(text, aggregation_strategy="none", ignore_labels=["nothing"], model=url)
    check("token by token", len(tokens) > len(entities) and all(t.entity for t in tokens), tokens)
    question, context = "Who lives in Paris?", "😀 Ada lives in Paris and works in London."
    url = f"{base}/pipeline/question-answering"
    answer = client.question_answering(question, context, model=url)
    ours = server.post("/qa", {"questions": question, "contexts": context})[1]["results"][0]
    check("question_answering", (answer.answer, answer.score, answer.start, answer.end) ==
          (ours["answer"], ours["score"], ours["start"], ours["end"]), (answer, ours))
    answers = client.question_answering(question, context, top_k=3, max_answer_len=2, model=url)
    check("with several answers", 1 < len(answers) <= 3 and all(context[a.start:a.end] == a.answer for a in answers), answers)
    vectors = client.feature_extraction(TEXTS[0], normalize=True, truncate=True, truncation_direction="Left",
                                        model=f"{base}/embed")
    check("feature_extraction", vectors.shape[0] == 1 and
          numpy.allclose(vectors, server.post("/embed", {"inputs": TEXTS[0]})[1], atol=1e-6), vectors)
    near = client.sentence_similarity(TEXTS[0], other_sentences=TEXTS, model=f"{base}/similarity")
    check("sentence_similarity", len(near) == 3 and abs(near[0] - 1) < 1e-5, near)
    error = raises(HfHubHTTPError, lambda: client.text_classification(
        TEXTS[0], function_to_apply="tanh", model=f"{base}/pipeline/text-classification"))
    check("its error tells what is wrong", error is not None and "tanh" in str(error), error)


def text_input(name, texts, binary=True, shape=None):
    values = numpy.array([text.encode() for text in texts], dtype=numpy.object_).reshape(shape or [len(texts)])
    tensor = triton.InferInput(name, list(values.shape), "BYTES")
    return tensor.set_data_from_numpy(values, binary_data=binary)


def decoded(values):
    return [value.decode() if isinstance(value, bytes) else value for value in values.flatten()]


def check_triton_models(client):
    check("server and models are ready", client.is_server_live() and client.is_server_ready() and
          all(client.is_model_ready(name) for name in ("sentiment", "ner", "qa", "embedding")))
    check("version 1 too, others and unknown models are not", client.is_model_ready("qa", "1") and
          not client.is_model_ready("qa", "2") and not client.is_model_ready("poetry"))
    check("server's metadata", client.get_server_metadata()["extensions"] == ["binary_tensor_data"])
    model = client.get_model_metadata("qa")
    check("a model's metadata", model["versions"] == ["1"] and [i["name"] for i in model["inputs"]] == ["question", "context"] and
          [o["datatype"] for o in model["outputs"]] == ["BYTES", "FP32", "INT64", "INT64"], model)


def check_triton(server):
    client = triton.InferenceServerClient(f"127.0.0.1:{server.port}")
    check_triton_models(client)
    ours = server.post("/sentiment", {"texts": TEXTS})[1]["results"]
    for name, binary in [("binary", True), ("JSON", False)]:
        outputs = [triton.InferRequestedOutput(output, binary_data=binary) for output in ("score", "label")]
        result = client.infer("sentiment", [text_input("text", TEXTS, binary)], outputs=outputs, request_id="7")
        check(f"sentiment in {name}", decoded(result.as_numpy("label")) == [o["label"] for o in ours] and
              numpy.array_equal(result.as_numpy("score"), numpy.array([o["score"] for o in ours], numpy.float32)) and
              result.get_response()["id"] == "7", result.get_response())
    result = client.infer("sentiment", [text_input("text", TEXTS, shape=[3, 1])], model_version="1")
    check("outputs have the shape of the input, all come when none is named",
          result.as_numpy("label").shape == (3, 1) and result.as_numpy("score").shape == (3, 1), result.get_response())
    check("in another shape it is no result of the cache's",
          client.infer("sentiment", [text_input("text", TEXTS)]).as_numpy("label").shape == (3,))
    result = client.infer("ner", [text_input("text", TEXTS)])
    ours = server.post("/ner", {"texts": TEXTS})[1]["results"]
    check("ner", [json.loads(text) for text in decoded(result.as_numpy("entities"))] == [o["entities"] for o in ours],
          result.as_numpy("entities"))
    questions, contexts = ["Who lives in Paris?"], ["😀 Ada lives in Paris and works in London."]
    result = client.infer("qa", [text_input("question", questions), text_input("context", contexts, binary=False)])
    ours = server.post("/qa", {"questions": questions, "contexts": contexts})[1]["results"][0]
    check("qa", decoded(result.as_numpy("answer")) == [ours["answer"]] and result.as_numpy("start")[0] == ours["start"] and
          result.as_numpy("end")[0] == ours["end"], result.get_response())
    result = client.infer("embedding", [text_input("text", TEXTS)])
    check("embedding", numpy.allclose(result.as_numpy("embedding"), server.post("/embed", {"inputs": TEXTS})[1], atol=1e-5))
    compressed = client.infer("embedding", [text_input("text", TEXTS)], request_compression_algorithm="gzip",
                              response_compression_algorithm="gzip")
    check("compressed", numpy.array_equal(compressed.as_numpy("embedding"), result.as_numpy("embedding")))
    for name, action, status, part in [
            ("an unknown model", lambda: client.infer("poetry", [text_input("text", TEXTS)]), "404", "poetry"),
            ("another version", lambda: client.infer("ner", [text_input("text", TEXTS)], model_version="2"), "404", "version"),
            ("another input", lambda: client.infer("ner", [text_input("words", TEXTS)]), "400", "'text' is missing"),
            ("another output", lambda: client.infer("ner", [text_input("text", TEXTS)],
                                                    outputs=[triton.InferRequestedOutput("words")]), "400", "words"),
            ("lengths that do not fit", lambda: client.infer("qa", [text_input("question", TEXTS),
                                                                    text_input("context", TEXTS[:1])]), "400", "context"),
            ("what the task refuses", lambda: client.infer("qa", [text_input("question", [""]),
                                                                  text_input("context", ["a"])]), "422", "question")]:
        error = raises(InferenceServerException, action)
        check(f"{name}: {status}", error is not None and error.status() == status and part in error.message(), error)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        bodies = [{"inputs": [{"name": "text", "shape": [1], "datatype": "BYTES", "data": [f"text {i % 5}"]}]}
                  for i in range(40)]
        answers = list(pool.map(lambda body: server.post("/v2/models/sentiment/infer", body), bodies))
    check("many at once", all(status == 200 and answer == answers[i % 5][1] for i, (status, answer) in enumerate(answers)),
          answers)
    client.close()


def check_documents(server):
    status, api, _ = server.ask("GET", "/openapi.json")
    check("openapi.json", status == 200 and api["openapi"] == "3.1.0" and "/predict" in api["paths"])
    status, page, headers = server.ask("GET", "/docs")
    check("docs is a page", status == 200 and headers["Content-Type"].startswith("text/html") and "openapi.json" in page)
    metrics = server.ask("GET", "/metrics")[1]
    check("routes are counted by their pattern",
          'jetson_nlp_requests_total{route="/v2/models/{name}/infer",code="200"}' in metrics and
          'jetson_nlp_requests_total{route="/rerank",code="424"} 1' in metrics, metrics[:2000])


def check_keys():
    with tempfile.NamedTemporaryFile("w", suffix=".keys") as keys:
        keys.write("0123456789abcdef-one\n")
        keys.flush()
        server = Server("--api-key-file", keys.name).ready()
    status, answer = server.post("/predict", {"inputs": "a"})
    check("without a key: 401 in the route's shape", status == 401 and "error_type" in answer, answer)
    client = InferenceClient(token="0123456789abcdef-one")
    vectors = client.feature_extraction("a", model=f"http://127.0.0.1:{server.port}/embed")
    check("the hub's client sends its token as the key", vectors.shape[0] == 1)
    check("documents and KServe's probes need none",
          all(server.ask("GET", path)[0] == 200 for path in ("/openapi.json", "/docs", "/v2/health/live", "/v2/health/ready")))
    server.end()


def main():
    server = Server().ready()
    check_predict(server)
    check_embed(server)
    check_tokenize(server)
    check_tei_faults(server)
    check_hub_client(server)
    check_triton(server)
    check_documents(server)
    check("SIGTERM: exit 0", server.end() == 0)
    check_rerank()
    check_keys()
    print(f"checks failed: {len(failures)}")
    sys.exit(1 if failures else 0)


main()
