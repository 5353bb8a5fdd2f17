# SPDX-License-Identifier: Apache-2.0
"""Vectors for SEV-SNP ID blocks and ID authentication structures: one reason to refuse per vector, laid out with struct."""

import struct

from tdx_vectors import add, apply, cut, run, u8, u32


def id_block():
    out = run(0x11, 48) + run(0x12, 16) + run(0x13, 16) + struct.pack("<IIQ", 1, 0x01020304, 0x3001F)
    assert len(out) == 96
    return out


def signature(first):
    return run(first, 48) + bytes(24) + run(first + 1, 48) + bytes(24) + bytes(368)


def key(first):
    out = struct.pack("<I", 2) + run(first, 48) + bytes(24) + run(first + 1, 48) + bytes(24) + bytes(880)
    assert len(out) == 1028
    return out


def id_auth(author=True):
    out = struct.pack("<II56x", 1, 1 if author else 0) + signature(0x21) + key(0x31) + bytes(60)
    out += (signature(0x41) + key(0x51) if author else bytes(512 + 1028)) + bytes(892)
    assert len(out) == 4096
    return out


BASES = {"id_block": id_block(), "id_auth": id_auth(), "id_auth_without_author": id_auth(False)}


def compact():
    out = []

    def put(name, expect, offset, **input):
        out.append({"name": name, "kind": "snp_id_block", "expect": expect, "offset": offset, "part": "input", **input})

    def edit(name, base, expect, offset, *edits):
        put(name, expect, offset, base=base, edits=list(edits))

    for name, data in BASES.items():
        put(name, "ok", 0, hex=data.hex())
    edit("id_block_version_0", "id_block", "unsupported_version", 80, u32(80, 0))
    edit("id_block_version_2", "id_block", "unsupported_version", 80, u32(80, 2))
    edit("id_block_one_byte_short", "id_block", "truncated", 95, cut(95))
    edit("id_block_one_byte_long", "id_block", "trailing_data", 96, add(b"\0"))
    edit("id_auth_one_byte_short", "id_auth", "truncated", 4095, cut(4095))
    edit("id_auth_one_byte_long", "id_auth", "trailing_data", 4096, add(b"\0"))
    for value in (0, 2, 0x0100):
        edit(f"id_auth_id_key_algo_{value}", "id_auth", "unsupported_algorithm", 0, u32(0, value))
    for value in (0, 1, 3, 0x0200):
        edit(f"id_auth_id_key_curve_{value}", "id_auth", "unsupported_algorithm", 0x240, u32(0x240, value))
        edit(f"id_auth_author_curve_{value}", "id_auth", "unsupported_algorithm", 0x880, u32(0x880, value))
    edit("id_auth_auth_key_algo_2", "id_auth", "unsupported_algorithm", 4, u32(4, 2))
    for first, last in ((0x008, 0x03F), (0x0D0, 0x23F), (0x2D4, 0x643), (0x644, 0x67F), (0x710, 0x87F), (0x914, 0xC83), (0xC84, 0xFFF)):
        for offset in (first, last):
            edit(f"id_auth_reserved_{offset:#05x}", "id_auth", "reserved_not_zero", offset, u8(offset, 1))
    for number in (0x040, 0x088, 0x244, 0x28C, 0x680, 0x6C8, 0x884, 0x8CC):
        for offset in (number + 48, number + 71):
            edit(f"id_auth_more_than_384_bits_{offset:#05x}", "id_auth", "reserved_not_zero", offset, u8(offset, 1))
    for offset in (0x680, 0x6F7, 0x880, 0x884, 0x8FB):
        edit(f"id_auth_no_author_but_{offset:#05x}", "id_auth_without_author", "reserved_not_zero", offset, u8(offset, 1))
    return out


def vectors():
    for vector in compact():
        data = bytes.fromhex(vector["hex"]) if "hex" in vector else apply(BASES[vector["base"]], vector["edits"])
        yield {**{k: v for k, v in vector.items() if k not in ("base", "edits")}, "hex": data.hex()}
