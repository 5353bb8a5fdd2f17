#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes a GGUF model of the architecture llama with random weights, the same ones each time.

usage: model.py [--layers N] [--width N] OUT

The tokenizer knows 256 bytes and three special tokens. Matrices are F16, norms F32.
"""
import argparse
import array
import os
import random
import struct

ALIGNMENT = 32
UINT32, FLOAT32, STRING, ARRAY, INT32 = 4, 6, 8, 9, 5  # enum gguf_type
F32, F16 = 0, 1  # enum ggml_type
NORMAL, UNKNOWN, CONTROL, BYTE = 1, 2, 3, 6  # enum llama_token_type


def string(text):
    return struct.pack("<Q", len(text.encode())) + text.encode()


def value(kind, of):
    return string(of) if kind == STRING else struct.pack({UINT32: "<I", INT32: "<i", FLOAT32: "<f"}[kind], of)


def key(name, kind, of):
    if isinstance(of, list):
        head = struct.pack("<IIQ", ARRAY, kind, len(of))
        return string(name) + head + b"".join(value(kind, each) for each in of)
    return string(name) + struct.pack("<I", kind) + value(kind, of)


def metadata(layers, width, inner):
    tokens = ["<unk>", "<s>", "</s>"] + [f"<0x{byte:02X}>" for byte in range(256)]
    return [
        key("general.architecture", STRING, "llama"),
        key("llama.block_count", UINT32, layers),
        key("llama.context_length", UINT32, 256),
        key("llama.embedding_length", UINT32, width),
        key("llama.feed_forward_length", UINT32, inner),
        key("llama.attention.head_count", UINT32, 4),
        key("llama.attention.head_count_kv", UINT32, 2),
        key("llama.attention.layer_norm_rms_epsilon", FLOAT32, 1e-5),
        key("tokenizer.ggml.model", STRING, "llama"),
        key("tokenizer.ggml.tokens", STRING, tokens),
        key("tokenizer.ggml.scores", FLOAT32, [0.0] * len(tokens)),
        key("tokenizer.ggml.token_type", INT32, [UNKNOWN, CONTROL, CONTROL] + [BYTE] * 256),
        key("tokenizer.ggml.bos_token_id", UINT32, 1),
        key("tokenizer.ggml.eos_token_id", UINT32, 2),
    ], len(tokens)


def tensors(layers, width, inner, vocabulary):
    """The names and dimensions, the fastest one first."""
    yield "token_embd.weight", (width, vocabulary)
    for i in range(layers):
        yield f"blk.{i}.attn_norm.weight", (width,)
        yield f"blk.{i}.attn_q.weight", (width, width)
        yield f"blk.{i}.attn_k.weight", (width, width // 2)
        yield f"blk.{i}.attn_v.weight", (width, width // 2)
        yield f"blk.{i}.attn_output.weight", (width, width)
        yield f"blk.{i}.ffn_norm.weight", (width,)
        yield f"blk.{i}.ffn_gate.weight", (width, inner)
        yield f"blk.{i}.ffn_up.weight", (width, inner)
        yield f"blk.{i}.ffn_down.weight", (inner, width)
    yield "output_norm.weight", (width,)  # and no output.weight: the embeddings serve both ends


def weights(chance, dimensions):
    if len(dimensions) == 1:
        return array.array("f", [chance.uniform(0.5, 1.5) for _ in range(dimensions[0])]).tobytes()
    # Random halves of either sign from 1/64 to 1/32: the upper byte's exponent is fixed.
    out = bytearray(chance.randbytes(2 * dimensions[0] * dimensions[1]))
    out[1::2] = out[1::2].translate(bytes(byte & 0x83 | 9 << 2 for byte in range(256)))
    return bytes(out)


def padding(size):
    return b"\0" * (-size % ALIGNMENT)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--layers", type=int, default=2)
    arguments.add_argument("--width", type=int, default=256)
    arguments.add_argument("out")
    given = arguments.parse_args()
    inner = 3 * given.width
    keys, vocabulary = metadata(given.layers, given.width, inner)
    shapes = list(tensors(given.layers, given.width, inner, vocabulary))

    index = b"GGUF" + struct.pack("<IQQ", 3, len(shapes), len(keys)) + b"".join(keys)
    offset = 0
    for name, dimensions in shapes:
        kind, size = (F32, 4) if len(dimensions) == 1 else (F16, 2)
        index += string(name) + struct.pack(f"<I{len(dimensions)}Q", len(dimensions), *dimensions)
        index += struct.pack("<IQ", kind, offset)
        for dimension in dimensions:
            size *= dimension
        offset += size + len(padding(size))
    chance = random.Random(7)
    with open(given.out + ".part", "wb") as out:
        out.write(index + padding(len(index)))
        for _, dimensions in shapes:
            data = weights(chance, dimensions)
            out.write(data + padding(len(data)))
    os.replace(given.out + ".part", given.out)


if __name__ == "__main__":
    main()
