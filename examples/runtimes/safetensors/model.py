#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes one layer as a safetensors file: weight, [rows, 1024], and bias, [rows], random but always the same.

usage: model.py MIB FILE
"""

import array
import json
import random
import struct
import sys

COLUMNS = 1024

rows = int(sys.argv[1]) << 8
weight, end = 4 * rows * COLUMNS, 4 * rows * (COLUMNS + 1)
index = {
    "weight": {"dtype": "F32", "shape": [rows, COLUMNS], "data_offsets": [0, weight]},
    "bias": {"dtype": "F32", "shape": [rows], "data_offsets": [weight, end]},
}
header = json.dumps(index).encode()
header += b" " * (-len(header) % 8)  # so that the floats are aligned
drawn = random.Random(1)
row = array.array("f", (drawn.uniform(-1, 1) for _ in range(COLUMNS)))
with open(sys.argv[2], "wb") as file:
    file.write(struct.pack("<Q", len(header)) + header)
    for _ in range(rows):
        row = row[1:] + array.array("f", [drawn.uniform(-1, 1)])  # no two rows are the same
        row.tofile(file)
    array.array("f", (drawn.uniform(-1, 1) for _ in range(rows))).tofile(file)
