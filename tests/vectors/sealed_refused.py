# SPDX-License-Identifier: Apache-2.0
"""What the vectors of sealed files that must be refused share."""

import struct

from sealed_forge import HEADER, has_key, patched, vector

LIMIT = 1 << 48


def u32(value):
    return struct.pack("<I", value)


def u64(value):
    return struct.pack("<Q", value)


def refused(name, comment, content, errc, offset=0, part="sealed_header", key=None, minimum=None, slot=None,
            mac=None):
    """`slot` is why the key of the only slot cannot be had, where that is why no slot opens."""
    expect = {"errc": errc, "offset": offset, "part": part} | ({"slot_errc": slot} if slot else {})
    return vector(name, comment, key or has_key(), content, expect, minimum, mac)


def flipped(content, *offsets):
    return patched(content, [(offset, bytes([content[offset] ^ 1])) for offset in offsets])


def twice(offset):
    """The same place in both copies."""
    return offset, offset + HEADER
