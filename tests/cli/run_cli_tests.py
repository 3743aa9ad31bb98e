#!/usr/bin/env python3
"""Runs a declarative file of command-line tests: run_cli_tests.py BINARY FILE.test

A file holds cases divided by lines of `---`. Lines of a case, in any order:

    name: what is shown
    needs: model sentiment           skip the case, saying so, unless the model is found (or: gguf NAME, a model
                                     of one GGUF file; shared PATH, a file of the shared data sets; program NAME, in
                                     PATH; train, the training program beside the binary; llama or no-llama, a
                                     binary built with or without llama.cpp)
    run: sentiment "I love it"       arguments, split as a shell splits them; {data} is tests/cli/data, {tmp} a fresh
                                     folder of the case, {shared} the shared data sets, {golden} tests/golden, {file:NAME}
                                     tests/cli/data/NAME
    then: ner --model {tmp}/out "x"  another command in the same {tmp}; the lines behind it, up to the next `then:`, are its own
    copy: NAME                       copies tests/cli/data/NAME to {tmp} first
    alone: yes                       runs a copy of the binary with nothing beside it
    via: qemu-x86_64 -cpu Nehalem    runs the binary by means of this command (with `needs: program qemu-x86_64`)
    same: stdout                     standard output is that of the command before
    stdin: text                      repeated for several lines; `stdin-file: NAME` sends a file
    env: NAME=VALUE                  repeated; `env: NAME=` unsets
    exit: 0                          expected exit code (default 0)
    stdout: TEXT                     standard output contains TEXT (repeatable); stdout-not, stderr, stderr-not alike
    stdout-is: TEXT                  whole standard output, without the last newline; \\n and \\t are escapes
    stderr-lines: 1                  standard error has exactly this many lines
    lines: 3                         standard output has exactly this many lines
    json: [0].label == "POSITIVE"    a value of the output read as JSON (or JSON lines: a list, also of one), compared with
                                     == != < > <= >= or `has` (a key or an element) or ~ (approximately, 1e-3)
    json-file: {tmp}/r.json          read that file instead of standard output for the json lines

Exit code 77 when every case was skipped, so that ctest can tell.
"""
import json
import math
import os
import pathlib
import platform
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SHARED = pathlib.Path(os.environ.get("JNLP_SHARED_DATA", HERE.parent.parent.parent / "shared/data"))
REPEATED = {"stdin", "env", "stdout", "stdout-not", "stderr", "stderr-not", "json", "needs"}
SINGLE = {"name", "run", "copy", "alone", "via", "same", "stdin-file", "exit", "stdout-is", "stderr-lines", "lines", "json-file"}
TIMEOUT_S = 600


def parse(path):
    """The cases of a file; each is a list of steps, of which the first has the name and the needs."""
    cases, steps = [], [{}]
    for number, line in enumerate(path.read_text().splitlines() + ["---"], 1):
        case = steps[-1]
        if line.strip() == "---":
            if steps != [{}]:
                if "name" not in steps[0] or "run" not in steps[0]:
                    sys.exit(f"{path}:{number}: a case needs `name:` and `run:`")
                cases.append(steps)
            steps = [{}]
            continue
        if not line.strip() or line.startswith("#"):
            continue
        key, separator, value = line.partition(":")
        value = value[1:] if value.startswith(" ") else value
        if separator and key == "then":
            steps.append({"run": value})
        elif key in ("name", "needs") and len(steps) > 1 or key == "same" and (len(steps) == 1 or value != "stdout"):
            sys.exit(f"{path}:{number}: not understood here: {line}")
        elif separator and key in REPEATED:
            case.setdefault(key, []).append(value)
        elif separator and key in SINGLE and key not in case:
            case[key] = value
        else:
            sys.exit(f"{path}:{number}: not understood: {line}")
    return cases


def model_found(name):
    """The folders where the program itself looks without a network: docs/models.md."""
    data_home = os.environ.get("XDG_DATA_HOME", pathlib.Path.home() / ".local/share")
    folders = (HERE.parent.parent / "models", pathlib.Path(data_home) / "jetson-nlp/models")
    found = [folder / name for folder in map(pathlib.Path, folders) if (folder / name / "config.json").exists()]
    if found and (found[0] / "adapter_config.json").exists():
        base = json.loads((found[0] / "adapter_config.json").read_text())["base_model_name_or_path"]
        return model_found(base.split("/")[-1])
    return bool(found)


def gguf_found(name):
    data_home = os.environ.get("XDG_DATA_HOME", pathlib.Path.home() / ".local/share")
    return any((pathlib.Path(data_home) / "jetson-nlp/models" / name).glob("*.gguf"))


def has_llama(binary):
    """Whether a file that is not there is what is wrong, and not that llama.cpp is missing."""
    process = subprocess.run([str(binary), "chat", "--model", "./none.gguf", "x"], capture_output=True, check=False)
    return b"built without llama.cpp" not in process.stderr


def missing(need, binary):
    kind, _, what = need.partition(" ")
    if kind == "model":
        return None if model_found(what) else f"the model {what} is not set up"
    if kind == "gguf":
        return None if gguf_found(what) else f"the model {what} is not set up"
    if need in ("llama", "no-llama"):
        wanted = need == "llama"
        return None if has_llama(binary) == wanted else f"the binary was built with{'out' * wanted} llama.cpp"
    if kind == "shared":
        return None if (SHARED / what).exists() else f"the shared data set {what} is not here"
    if what == "qemu-x86_64" and platform.machine() != "x86_64":
        return "the binary is not for x86-64"
    if kind == "program" and what.startswith("qemu") and os.environ.get("JNLP_SANITIZE"):
        return "a program built with sanitizers does not run under qemu"
    if kind == "program":
        return None if shutil.which(what) else f"the program {what} is not installed"
    if kind == "train":
        return None if (binary.parent / "jetson-nlp-train").exists() else "jetson-nlp-train is not built"
    sys.exit(f"unknown need: {need}")


def json_value(document, path):
    if path.startswith("[") and not isinstance(document, list):
        document = [document]  # a single line
    for key, index in re.findall(r"\.?([A-Za-z_][\w-]*)|\[(-?\d+)\]", path):
        document = document[key] if key else document[int(index)]
    return document


def compare(value, operator, expected):
    if operator == "~":
        return math.isclose(value, expected, rel_tol=1e-3, abs_tol=1e-3)
    if operator == "has":
        return expected in value
    return {"==": value == expected, "!=": value != expected}.get(operator) if operator in ("==", "!=") else {
        "<": value < expected, ">": value > expected, "<=": value <= expected, ">=": value >= expected}[operator]


def check_json(case, text):
    try:
        document = json.loads(text)
    except ValueError:
        try:
            document = [json.loads(line) for line in text.splitlines()]
        except ValueError as error:
            yield f"output is neither JSON nor JSON lines: {error}"
            return
    for line in case["json"]:
        match = re.fullmatch(r"(\S+) (==|!=|<=|>=|<|>|~|has) (.*)", line)
        if not match:
            yield f"json line not understood: {line}"
            continue
        try:
            value = json_value(document, match[1])
            if not compare(value, match[2], json.loads(match[3])):
                yield f"json {line}: the value is {json.dumps(value)}"
        except (KeyError, IndexError, TypeError) as error:
            yield f"json {line}: {type(error).__name__} {error}"


def check(case, process, expand):
    out = process.stdout.decode(errors="replace")
    err = process.stderr.decode(errors="replace")
    if process.returncode != int(case.get("exit", 0)):
        yield f"exit code {process.returncode}, expected {case.get('exit', 0)}"
    for stream, text in (("stdout", out), ("stderr", err)):
        for wanted in case.get(stream, []):
            if expand(wanted) not in text:
                yield f"{stream} lacks: {expand(wanted)}"
        for unwanted in case.get(stream + "-not", []):
            if expand(unwanted) in text:
                yield f"{stream} has: {expand(unwanted)}"
    if "stdout-is" in case:
        expected = case["stdout-is"].replace("\\n", "\n").replace("\\t", "\t")
        if out.removesuffix("\n") != expected:
            yield f"stdout is not: {expected}"
    for key, text in (("lines", out), ("stderr-lines", err)):
        if key in case and len(text.splitlines()) != int(case[key]):
            yield f"{key}: {len(text.splitlines())}, expected {case[key]}"
    if "json" in case:
        text = pathlib.Path(expand(case["json-file"])).read_text() if "json-file" in case else out
        yield from check_json(case, text)


def run_step(case, binary, temporary):
    def expand(text):
        text = re.sub(r"\{file:([^}]+)\}", lambda m: str(HERE / "data" / m[1]), text)
        return (text.replace("{data}", str(HERE / "data")).replace("{tmp}", temporary)
                .replace("{shared}", str(SHARED)).replace("{golden}", str(HERE.parent / "golden")))

    environment = dict(os.environ, HF_HUB_OFFLINE="1", NO_COLOR="1")
    for setting in case.get("env", []):
        key, _, value = expand(setting).partition("=")
        environment.pop(key, None)
        if value:
            environment[key] = value
    stdin = "".join(expand(line) + "\n" for line in case.get("stdin", [])).encode()
    if "stdin-file" in case:
        stdin = (HERE / "data" / case["stdin-file"]).read_bytes()
    if "copy" in case:
        shutil.copy(HERE / "data" / case["copy"], temporary)
    if "alone" in case:
        binary = shutil.copy(binary, temporary)
    command = [*shlex.split(case.get("via", "")), str(binary), *shlex.split(expand(case["run"]))]
    process = subprocess.run(command, input=stdin, capture_output=True, env=environment, cwd=temporary,
                             timeout=TIMEOUT_S, check=False)
    return list(check(case, process, expand)), process


def run(steps, binary):
    with tempfile.TemporaryDirectory(prefix="jnlp-cli-") as temporary:
        before = None
        for step in steps:
            faults, process = run_step(step, binary, temporary)
            if step.get("same") == "stdout" and before is not None and before.stdout != process.stdout:
                faults.append(f"stdout differs from the command before: {before.stdout[:600]!r}")
            before = process
            if faults:
                break
        return faults, process


def main():
    binary, path = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
    passed = failed = skipped = 0
    for steps in parse(path):
        case = steps[0]
        reasons = [reason for reason in (missing(need, binary) for need in case.get("needs", [])) if reason]
        if reasons:
            skipped += 1
            print(f"SKIP {case['name']}: {'; '.join(reasons)}")
            continue
        faults, process = run(steps, binary)
        if not faults:
            passed += 1
            print(f"ok   {case['name']}")
            continue
        failed += 1
        print(f"FAIL {case['name']}")
        for fault in faults:
            print(f"     {fault}")
        print(f"     stdout: {process.stdout[:600]!r}\n     stderr: {process.stderr[:600]!r}")
    print(f"cases: {passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(1 if failed else 77 if skipped and not passed else 0)


if __name__ == "__main__":
    main()
