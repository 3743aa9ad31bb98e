#!/usr/bin/env python3
"""Writes tests/golden/formats/: small safetensors files, sound and hostile, with the verdict of the reference
implementation and, for sound ones, the values that it reads.

Needs: safetensors 0.8.0, torch 2.15.0, numpy 2.4.6.  Run: python tools/golden/formats.py
"""
import json
import struct
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file

OUT = Path(__file__).resolve().parents[2] / "tests/golden/formats"


def raw(header, data=b"", length=None):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + data


def entry(dtype="F32", shape=(2,), offsets=(0, 8)):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": list(offsets)}


def hostile():
    good = json.dumps({"a": entry()}).encode()
    big = 2**62
    yield "empty_file", b""
    yield "seven_bytes", b"\x01" * 7
    yield "only_length", struct.pack("<Q", 0)
    yield "no_tensors", raw({})
    yield "no_tensors_but_data", raw({}, b"1234")
    yield "padded_header", raw(good + b"   ", b"\0" * 8)
    yield "length_beyond_file", raw(good, b"\0" * 8, 1000)
    yield "length_huge", raw(good, b"\0" * 8, 2**63)
    yield "length_over_100_mb", raw(good, b"\0" * 8, 100_000_001)
    yield "not_json", raw(b"{nonsense", b"\0" * 8)
    yield "leading_space", raw(b" " + good, b"\0" * 8)
    yield "byte_order_mark", raw(b"\xef\xbb\xbf" + good, b"\0" * 8)
    yield "trailing_nul", raw(good + b"\0\0", b"\0" * 8)
    yield "trailing_text", raw(good + b"x", b"\0" * 8)
    yield "array_header", raw(b"[1, 2]")
    yield "invalid_utf8", raw(good.replace(b'"a"', b'"\xff"'), b"\0" * 8)
    yield "deep_nesting", raw(b'{"a":' + b"[" * 5000 + b"]" * 5000 + b"}", b"\0" * 8)
    yield "deep_objects", raw(b'{"a":' * 5000 + b"1" + b"}" * 5000, b"\0" * 8)
    yield "entry_is_number", raw({"a": 1}, b"\0" * 8)
    yield "missing_dtype", raw({"a": {"shape": [2], "data_offsets": [0, 8]}}, b"\0" * 8)
    yield "missing_shape", raw({"a": {"dtype": "F32", "data_offsets": [0, 8]}}, b"\0" * 8)
    yield "missing_offsets", raw({"a": {"dtype": "F32", "shape": [2]}}, b"\0" * 8)
    yield "unknown_dtype", raw({"a": entry("F33")}, b"\0" * 8)
    yield "extra_field", raw({"a": {**entry(), "note": "kept by nobody"}}, b"\0" * 8)
    yield "three_offsets", raw({"a": entry(offsets=(0, 8, 8))}, b"\0" * 8)
    yield "negative_shape", raw({"a": entry(shape=(-2,))}, b"\0" * 8)
    yield "fraction_shape", raw({"a": entry(shape=(2.0,))}, b"\0" * 8)
    yield "string_shape", raw({"a": entry(shape=("2",))}, b"\0" * 8)
    yield "negative_offset", raw({"a": entry(offsets=(-8, 0))}, b"\0" * 8)
    yield "offsets_reversed", raw({"a": entry(offsets=(8, 0))}, b"\0" * 8)
    yield "offset_beyond_file", raw({"a": entry(offsets=(0, 8))}, b"\0" * 4)
    yield "offset_above_64_bits", raw(b'{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,36893488147419103232]}}',
                                      b"\0" * 8)
    yield "size_not_shape", raw({"a": entry(shape=(3,))}, b"\0" * 8)
    yield "shape_overflow", raw({"a": entry(shape=(big, 4, 2), offsets=(0, 8))}, b"\0" * 8)
    yield "shape_overflow_to_zero", raw({"a": entry(shape=(big, 4), offsets=(0, 0))})
    yield "hole_at_start", raw({"a": entry(offsets=(4, 12))}, b"\0" * 12)
    yield "hole_between", raw({"a": entry(), "b": entry(offsets=(12, 20))}, b"\0" * 20)
    yield "hole_at_end", raw({"a": entry()}, b"\0" * 12)
    yield "overlap", raw({"a": entry(), "b": entry(offsets=(4, 12))}, b"\0" * 12)
    yield "same_range", raw({"a": entry(), "b": entry()}, b"\0" * 8)
    yield "order_reversed", raw({"b": entry(offsets=(8, 16)), "a": entry()}, b"\0" * 16)
    yield "zero_elements", raw({"a": entry(shape=(0, 5), offsets=(0, 0)), "b": entry()}, b"\0" * 8)
    yield "scalar", raw({"a": entry(shape=(), offsets=(0, 4))}, b"\0" * 4)
    yield "unaligned", raw({"a": entry("U8", (1,), (0, 1)), "b": entry(offsets=(1, 9))}, b"\0" * 9)
    yield "half_byte", raw({"a": entry("F4", (3,), (0, 2))}, b"\0" * 2)
    yield "metadata", raw({"__metadata__": {"format": "pt"}, "a": entry()}, b"\0" * 8)
    yield "metadata_number", raw({"__metadata__": {"format": 1}, "a": entry()}, b"\0" * 8)
    yield "metadata_array", raw({"__metadata__": [], "a": entry()}, b"\0" * 8)
    name = json.dumps(entry()).encode()
    yield "duplicate_name", raw(b'{"a":' + name + b',"a":' + name + b"}", b"\0" * 8)
    yield "duplicate_field", raw(b'{"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}', b"\0" * 8)


def accepted(path):
    try:
        with safe_open(path, "pt") as file:
            for key in file.keys():
                file.get_slice(key).get_shape()
        return True
    except Exception:
        return False


def write_values():
    numbers = [0.0, -0.0, 1.0, -1.5, 0.1, 3.0e-5, 6.0e-8, 448.0, -57344.0, float("inf"), float("nan")]
    tensors, expected = {}, {}
    for name in ("float64", "float32", "float16", "bfloat16", "float8_e5m2", "float8_e4m3fn"):
        tensors[name] = torch.tensor(numbers).to(getattr(torch, name))
    for name in ("int8", "int16", "int32", "int64"):
        tensors[name] = torch.tensor([0, 1, -1, 127, -128]).to(getattr(torch, name))
    for name in ("uint8", "uint16", "uint32", "uint64"):
        tensors[name] = torch.tensor([0, 1, 200, 255]).to(getattr(torch, name))
    tensors["bool"] = torch.tensor([True, False, True])
    tensors["all_halves"] = torch.arange(0, 65536, 37, dtype=torch.int32).to(torch.uint16).view(torch.float16)
    tensors["all_e5m2"] = torch.arange(256, dtype=torch.uint8).view(torch.float8_e5m2)
    tensors["all_e4m3"] = torch.arange(256, dtype=torch.uint8).view(torch.float8_e4m3fn)
    for name, tensor in tensors.items():
        expected[name] = [str(v) for v in tensor.to(torch.float32).reshape(-1).tolist()]
    save_file(tensors, OUT / "values.safetensors", metadata={"made_by": "tools/golden/formats.py"})
    (OUT / "values.json").write_text(json.dumps(expected) + "\n")


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    for old in OUT.iterdir():
        old.unlink()
    verdicts = {}
    for name, content in hostile():
        path = OUT / f"{name}.safetensors"
        path.write_bytes(content)
        verdicts[name] = accepted(path)
    (OUT / "verdicts.json").write_text(json.dumps(verdicts, indent=1) + "\n")
    write_values()
    print(json.dumps(verdicts, indent=1))


if __name__ == "__main__":
    main()
