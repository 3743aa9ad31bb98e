#!/usr/bin/env python3
"""A run of jetson-nlp-train that is killed (SIGKILL, then SIGINT) and resumed has the bits of one that was not.

    kill_and_resume.py PROGRAM
"""
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

TESTS = pathlib.Path(__file__).resolve().parent.parent
TIMEOUT_S = 120


def command(program, output):
    return [program, "--task", "sentiment", "--base", TESTS / "golden/tasks/classify_softmax", "--data",
            TESTS / "cli/data/train_sentiment.tsv", "--output", output, "--max-length", "32", "--stride", "8",
            "--batch-size", "4", "--lora-rank", "4", "--max-steps", "900", "--checkpoint-every", "3", "--resume"]


def stop_after_a_checkpoint(program, output, with_signal):
    """Starts the run and sends the signal once its checkpoint is newer than before. Returns the exit code."""
    checkpoint = pathlib.Path(f"{output}.checkpoint")
    before = checkpoint.stat().st_mtime_ns if checkpoint.exists() else 0
    process = subprocess.Popen(command(program, output), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + TIMEOUT_S
    while not checkpoint.exists() or checkpoint.stat().st_mtime_ns == before:
        assert process.poll() is None, "the run ended before its first checkpoint"
        assert time.monotonic() < deadline, "no checkpoint was written"
        time.sleep(0.01)
    process.send_signal(with_signal)
    return process.wait(TIMEOUT_S)


def main():
    program = sys.argv[1]
    with tempfile.TemporaryDirectory() as temporary:
        whole, resumed = pathlib.Path(temporary, "whole"), pathlib.Path(temporary, "resumed")
        subprocess.run(command(program, whole), check=True, capture_output=True, timeout=TIMEOUT_S)
        killed = stop_after_a_checkpoint(program, resumed, signal.SIGKILL)
        assert killed == -signal.SIGKILL, killed
        assert not resumed.exists(), "a killed run left an output"
        interrupted = stop_after_a_checkpoint(program, resumed, signal.SIGINT)
        assert interrupted == 1, interrupted
        subprocess.run(command(program, resumed), check=True, capture_output=True, timeout=TIMEOUT_S)
        name = "adapter_model.safetensors"
        assert (whole / name).read_bytes() == (resumed / name).read_bytes(), "other bits than without the stops"
        assert not pathlib.Path(f"{resumed}.checkpoint").exists(), "the checkpoint outlived the run"
    print("the same bits after SIGKILL, SIGINT and two resumes")


if __name__ == "__main__":
    main()
