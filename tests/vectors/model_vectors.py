# SPDX-License-Identifier: Apache-2.0
"""Vectors for model files: {name, kind, hex, expect, offset}, and where the tensors stand for those that are accepted.
model_forge.py lays them out."""

import model_gguf
import model_safetensors
from model_forge import u64


def other_vectors():
    """What is neither: kind none."""
    for name, content in {"nothing": b"", "short": b"GGU", "text": b"PK\3\4 and more", "json": b'{"a":1}',
                          "zeros": bytes(64),
                          "length_without_a_brace": u64(2) + b"[]", "header_cut": u64(3) + b"{}",
                          "length_1": u64(1) + b"{",
                          "header_too_long": u64(100_000_001) + b"{}"}.items():
        yield {"name": f"other_{name}", "kind": "none", "hex": content.hex()}


def vectors():
    yield from model_gguf.vectors()
    yield from model_safetensors.vectors()
    yield from other_vectors()


def seeds():
    for vector in vectors():
        for target in ("gguf", "safetensors"):
            if vector["kind"] in (target, "none"):
                yield target, vector["name"], bytes.fromhex(vector["hex"])
