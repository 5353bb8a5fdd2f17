#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes a small ONNX model with random weights, always the same ones: a convolution and two linear layers, 4 MB.

usage: model.py OUT.onnx
"""
import array
import math
import random
import sys

# The numbers of the fields are those of onnx.proto, which has each message under the name that stands here.


def varint(value):
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def field(number, value):
    """A field of a message: an integer, or the bytes of a string or of another message."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    if isinstance(value, str):
        value = value.encode()
    return varint(number << 3 | 2) + varint(len(value)) + value


def tensor(name, dims, numbers):
    """TensorProto, of 32-bit floats."""
    data = array.array("f", numbers)
    if sys.byteorder == "big":
        data.byteswap()
    return b"".join(field(1, dim) for dim in dims) + field(2, 1) + field(8, name) + field(9, data.tobytes())


def ints(name, *values):
    """AttributeProto, of integers."""
    return field(1, name) + b"".join(field(8, value) for value in values) + field(20, 7)


def one_int(name, value):
    """AttributeProto, of one integer."""
    return field(1, name) + field(3, value) + field(20, 2)


def node(kind, inputs, output, *attributes):
    """NodeProto."""
    names = b"".join(field(1, each) for each in inputs) + field(2, output) + field(3, output)
    return names + field(4, kind) + b"".join(field(5, each) for each in attributes)


def value_info(name, *dims):
    """ValueInfoProto, of a tensor of 32-bit floats."""
    shape = b"".join(field(1, field(1, dim)) for dim in dims)
    return field(1, name) + field(2, field(1, field(1, 1) + field(2, shape)))


def model():
    """ModelProto."""
    rnd = random.Random(7)

    def weights(name, *dims):
        reach = math.sqrt(3 / math.prod(dims[1:]))
        return tensor(name, dims, (rnd.uniform(-reach, reach) for _ in range(math.prod(dims))))

    nodes = [
        node("Conv", ["image", "kernel", "shift"], "seen", ints("kernel_shape", 3, 3), ints("pads", 1, 1, 1, 1)),
        node("Relu", ["seen"], "lit"),
        node("Flatten", ["lit"], "flat", one_int("axis", 1)),
        node("Gemm", ["flat", "first", "first_shift"], "hidden", one_int("transB", 1)),
        node("Relu", ["hidden"], "known"),
        node("Gemm", ["known", "second", "second_shift"], "score", one_int("transB", 1)),
    ]
    initializers = [
        weights("kernel", 16, 3, 3, 3), weights("shift", 16),
        weights("first", 64, 16 * 32 * 32), weights("first_shift", 64),
        weights("second", 10, 64), weights("second_shift", 10),
    ]
    graph = b"".join(field(1, each) for each in nodes) + field(2, "example")
    graph += b"".join(field(5, each) for each in initializers)
    graph += field(11, value_info("image", 1, 3, 32, 32)) + field(12, value_info("score", 1, 10))
    return field(1, 7) + field(7, graph) + field(8, field(1, "") + field(2, 13))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: model.py OUT.onnx")
    with open(sys.argv[1], "wb") as out:
        out.write(model())
