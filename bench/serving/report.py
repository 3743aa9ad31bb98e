"""What the scripts have in common: options, a table that people read, JSON, and targets that decide the exit code."""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = ROOT / "build/release"


def parser_of(description):
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=pathlib.Path, default=BUILD / "jetson-nlp")
    parser.add_argument("--client", type=pathlib.Path, default=BUILD / "bench/load_client")
    parser.add_argument("--json", type=pathlib.Path, help="write the figures to this file")
    return parser


def numbers(text):
    """Of an option: "8,32"."""
    return [int(number) for number in text.split(",")]


def load(client, port, path, **options):
    """A run of load_client: rate=10 is --rate 10, fresh=True is --fresh."""
    done = start_load(client, port, path, **options)
    return end_load(done)


def start_load(client, port, path, **options):
    command = [str(client), "--port", str(port), "--path", path]
    for name, value in options.items():
        command += [f"--{name.replace('_', '-')}"] + ([] if value is True else [str(value)])
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def end_load(process):
    output = process.communicate()[0]
    if process.returncode != 0:
        raise SystemExit("load_client failed")
    return json.loads(output)


def cpu_name():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return "unknown"


def table(rows):
    """Rows are dictionaries with the same keys."""
    cells = [list(rows[0])] + [[text_of(value) for value in row.values()] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells)]
    for row in cells:
        print("  ".join(f"{cell:<{width}}" if i == 0 else f"{cell:>{width}}"
                        for i, (cell, width) in enumerate(zip(row, widths))), flush=True)
    print(flush=True)


def text_of(value):
    if not isinstance(value, float):
        return "-" if value is None else str(value)
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.3g}"


class Report:
    def __init__(self, name, args):
        self.path = args.json
        version = subprocess.run([str(args.binary), "--version"], capture_output=True, text=True).stdout.strip()
        self.figures = {"name": name, "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "version": version,
                        "cpu": cpu_name(), "cpus": os.cpu_count(), "arguments": sys.argv[1:], "targets": []}

    def target(self, what, seen, holds):
        """`seen` is the figure that is held against it."""
        self.figures["targets"].append({"target": what, "seen": seen, "holds": bool(holds)})

    def end(self):
        for target in self.figures["targets"]:
            print(f"{'ok    ' if target['holds'] else 'MISSED'} {target['target']}: {text_of(target['seen'])}", flush=True)
        if self.path:
            self.path.write_text(json.dumps(self.figures, indent=1) + "\n")
        sys.exit(0 if all(target["holds"] for target in self.figures["targets"]) else 1)
