#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Vectors for quotes and TD reports: one reason to refuse per vector, and the vector is named after it.

compact() is what tdx.json holds: {name, kind, expect, offset, part} with the input as hex, or as edits of the base of that
name; vectors() has every input whole, as hex. "trailing" is there when a quote is parsed with less tolerance for trailing
bytes than the default. As a script, this writes tdx.json, and with --seeds DIR the seeds for the fuzzers, too. The inputs
are laid out with struct, apart from the C++ code, and not signed by anyone.
"""
import argparse
import pathlib
import struct
import sys

VENDOR = bytes.fromhex("939a7233f79c4ca9940a0db3957f0607")


def run(first, size):
    """size bytes that count up from first."""
    return bytes((first + i) & 0xFF for i in range(size))


def enclave_report(k):
    out = struct.pack("<16sI12s16sQQ", run(k, 16), 0x4D495343 + k, run(k + 3, 12), run(k + 6, 16), 0x15, 0xE7 + k)
    out += run(k + 9, 32) + run(k + 12, 32) + run(k + 15, 32) + run(k + 18, 32) + run(k + 21, 64)
    out += struct.pack("<HHH42s16s64s", 0x1001 + k, 0x2002 + k, 0x3003 + k, run(k + 24, 42), run(k + 27, 16), run(k + 30, 64))
    assert len(out) == 384
    return out


def td_report_body(body_type):
    out = run(0x40, 16) + run(0x41, 48) + run(0x42, 48)
    out += struct.pack("<QQQ", 0x0807060504030201, 0x8000000050000001, 0x602E7)
    out += b"".join(run(k, 48) for k in range(0x43, 0x4B)) + run(0x4B, 64)
    assert len(out) == 584
    if body_type >= 3:
        out += run(0x4C, 16) + run(0x4D, 48)
        assert len(out) == 648
    if body_type == 4:
        out += b"\x4E" + run(0x4F, 32) + run(0x50, 48) + run(0x51, 48) + struct.pack("<Q", 0x5958575655545352)
        out += run(0x53, 16) + run(0x54, 16) + run(0x55, 12) + run(0x56, 48) + struct.pack("<Q", 0x5E5D5C5B5A595857)
        assert len(out) == 885
    return out


def quote(version, tee_type, body_type, authentication=run(0xD0, 32), certification_type=5, certification=run(0xE0, 40)):
    body = enclave_report(0x50) if body_type == 1 else td_report_body(body_type)
    out = struct.pack("<HHIHH16s20s", version, 2, tee_type, 0x0A0B, 0x0C0D, VENDOR, run(0x30, 20))
    if version == 5:
        out += struct.pack("<HI", body_type, len(body))
    parts = enclave_report(0x90) + run(0xC0, 64) + struct.pack("<H", len(authentication)) + authentication
    parts += struct.pack("<HI", certification_type, len(certification)) + certification
    envelope = b"" if version == 3 else struct.pack("<HI", 6, len(parts))
    data = run(0xA0, 64) + run(0xB0, 64) + envelope + parts
    return out + body + struct.pack("<I", len(data)) + data


def td_report(version):
    out = struct.pack("<BBB13x", 0x81, 0, version) + run(0x10, 16) + run(0x11, 48) + run(0x12, 48)
    out += run(0x13, 64) + bytes(32) + run(0x14, 32)
    out += struct.pack("<Q", 0x301FF) + run(0x15, 16) + run(0x16, 48) + run(0x17, 48)
    out += struct.pack("<Q", 0x1817161514131211) + run(0x18, 16) + run(0x19, 95) + bytes(17)
    out += struct.pack("<QQ", 0x10000000, 0x61AE7) + b"".join(run(k, 48) for k in range(0x1A, 0x23))
    if version < 3:
        out += run(0x23, 64)
    else:
        out += run(0x24, 32) + run(0x25, 24) + b"\x26" + run(0x27, 3) + struct.pack("<I", 0x2B2A2928)
    assert len(out) == 1024
    return out


BASES = {
    "quote_v3": quote(3, 0, 1),
    "quote_v4": quote(4, 0x81, 2),
    "quote_v4_enclave": quote(4, 0, 1),
    "quote_v5_enclave": quote(5, 0, 1),
    "quote_v5_td_1_0": quote(5, 0x81, 2),
    "quote_v5_td_1_5": quote(5, 0x81, 3),
    "quote_v5_td_1_5_extended": quote(5, 0x81, 4),
    "td_report_version_0": td_report(0),
    "td_report_version_1": td_report(1),
    "td_report_version_2": td_report(2),
    "td_report_version_3": td_report(3),
}


def u16(offset, value):
    return {"op": "set", "offset": offset, "hex": struct.pack("<H", value).hex()}


def u32(offset, value):
    return {"op": "set", "offset": offset, "hex": struct.pack("<I", value).hex()}


def u8(offset, value):
    return {"op": "set", "offset": offset, "hex": "%02x" % value}


def cut(length):
    return {"op": "truncate", "length": length}


def add(data):
    return {"op": "append", "hex": data.hex()}


def apply(data, edits):
    out = bytearray(data)
    for edit in edits:
        if edit["op"] == "set":
            new = bytes.fromhex(edit["hex"])
            assert edit["offset"] + len(new) <= len(out) and out[edit["offset"] : edit["offset"] + len(new)] != new
            out[edit["offset"] : edit["offset"] + len(new)] = new
        elif edit["op"] == "truncate":
            assert edit["length"] < len(out)
            del out[edit["length"] :]
        else:
            out += bytes.fromhex(edit["hex"])
    return bytes(out)


def compact():
    out = {}

    def put(name, kind, expect, offset, **input):
        assert name not in out, name
        part = "quote" if kind == "tdx_quote" else "td_report"
        out[name] = {"name": name, "kind": kind, "expect": expect, "offset": offset, "part": part, **input}

    def kind_of(name):
        return "tdx_quote" if name.startswith("quote") else "td_report"

    for name, data in BASES.items():
        put(name, kind_of(name), "ok", 0, hex=data.hex())

    def edit(name, base, expect, offset, *edits, **more):
        put(name, kind_of(name), expect, offset, base=base, edits=list(edits), **more)

    def ok(name, base, *edits, **more):
        edit(name, base, "ok", 0, *edits, **more)

    v3, v4, v5 = len(BASES["quote_v3"]), len(BASES["quote_v4"]), len(BASES["quote_v5_td_1_5"])
    extended = len(BASES["quote_v5_td_1_5_extended"])

    # Header.
    edit("quote_empty", "quote_v4", "truncated", 0, cut(0))
    edit("quote_header_one_byte_short", "quote_v4", "truncated", 47, cut(47))
    edit("quote_version_0", "quote_v4", "unsupported_version", 0, u16(0, 0))
    edit("quote_version_2", "quote_v4", "unsupported_version", 0, u16(0, 2))
    edit("quote_version_6", "quote_v4", "unsupported_version", 0, u16(0, 6))
    edit("quote_version_big_endian", "quote_v4", "unsupported_version", 0, u16(0, 0x0400))
    edit("quote_v4_key_type_p384", "quote_v4", "unsupported_algorithm", 2, u16(2, 3))
    edit("quote_v4_key_type_0", "quote_v4", "unsupported_algorithm", 2, u16(2, 0))
    edit("quote_v4_tee_type_unknown", "quote_v4", "bad_value", 4, u32(4, 0x82))
    edit("quote_v4_tee_type_high_byte", "quote_v4", "bad_value", 4, u32(4, 0x01000081))
    edit("quote_v3_tee_type_tdx", "quote_v3", "bad_value", 4, u32(4, 0x81))
    edit("quote_v4_vendor_id_first_byte", "quote_v4", "bad_value", 12, u8(12, 0x92))
    edit("quote_v4_vendor_id_last_byte", "quote_v4", "bad_value", 12, u8(27, 0x08))
    ok("quote_v4_reserved_svns_are_ignored", "quote_v4", u32(8, 0xFFFFFFFF))

    # Body.
    edit("quote_v3_body_one_byte_short", "quote_v3", "truncated", 431, cut(431))
    edit("quote_v4_body_one_byte_short", "quote_v4", "truncated", 631, cut(631))
    edit("quote_v5_descriptor_one_byte_short", "quote_v5_td_1_5", "truncated", 53, cut(53))
    edit("quote_v5_body_one_byte_short", "quote_v5_td_1_5", "truncated", 701, cut(701))
    edit("quote_v5_body_type_0", "quote_v5_td_1_5", "bad_value", 48, u16(48, 0))
    edit("quote_v5_body_type_5", "quote_v5_td_1_5", "bad_value", 48, u16(48, 5))
    edit("quote_v5_enclave_body_with_tee_type_tdx", "quote_v5_enclave", "bad_value", 48, u32(4, 0x81))
    edit("quote_v5_td_body_with_tee_type_sgx", "quote_v5_td_1_5", "bad_value", 48, u32(4, 0))
    edit("quote_v5_type_2_with_size_of_type_3", "quote_v5_td_1_5", "bad_length", 50, u16(48, 2))
    edit("quote_v5_type_3_with_size_of_type_2", "quote_v5_td_1_0", "bad_length", 50, u16(48, 3))
    edit("quote_v5_type_3_with_size_of_type_4", "quote_v5_td_1_5_extended", "bad_length", 50, u16(48, 3))
    edit("quote_v5_type_4_with_size_of_type_3", "quote_v5_td_1_5", "bad_length", 50, u16(48, 4))
    edit("quote_v5_extended_body_with_tee_type_sgx", "quote_v5_td_1_5_extended", "bad_value", 48, u32(4, 0))
    edit("quote_v5_extended_body_size_one_less", "quote_v5_td_1_5_extended", "bad_length", 50, u32(50, 884))
    edit("quote_v5_extended_body_size_one_more", "quote_v5_td_1_5_extended", "bad_length", 50, u32(50, 886))
    edit("quote_v5_extended_body_ends_like_1_5", "quote_v5_td_1_5_extended", "truncated", 702, cut(702))
    edit("quote_v5_extended_body_one_byte_short", "quote_v5_td_1_5_extended", "truncated", 938, cut(938))
    edit("quote_v5_body_size_one_more", "quote_v5_td_1_5", "bad_length", 50, u32(50, 649))
    edit("quote_v5_body_size_huge", "quote_v5_td_1_5", "bad_length", 50, u32(50, 0xFFFFFFFF))

    # Signature data. In version 4: length at 632, outer type at 764, outer size at 766, size of the authentication data
    # at 1218, inner type at 1252, inner size at 1254.
    edit("quote_v4_no_signature_data_length", "quote_v4", "truncated", 632, cut(632))
    edit("quote_v4_signature_data_length_cut", "quote_v4", "truncated", 635, cut(635))
    edit("quote_v4_no_signature_data", "quote_v4", "truncated", 636, cut(636))
    edit("quote_v3_one_byte_short", "quote_v3", "truncated", v3 - 1, cut(v3 - 1))
    edit("quote_v4_one_byte_short", "quote_v4", "truncated", v4 - 1, cut(v4 - 1))
    edit("quote_v5_one_byte_short", "quote_v5_td_1_5", "truncated", v5 - 1, cut(v5 - 1))
    edit("quote_v5_extended_one_byte_short", "quote_v5_td_1_5_extended", "truncated", extended - 1, cut(extended - 1))
    edit("quote_v5_extended_outer_type_5", "quote_v5_td_1_5_extended", "bad_value", 1071, u16(1071, 5))
    edit("quote_v4_signature_data_length_huge", "quote_v4", "truncated", v4, u32(632, 0xFFFFFFFF))
    edit("quote_v4_signature_data_length_0", "quote_v4", "bad_length", 632, u32(632, 0))
    edit("quote_v4_signature_data_without_outer_size", "quote_v4", "bad_length", 632, u32(632, 133))
    edit("quote_v3_signature_data_without_parts", "quote_v3", "bad_length", 432, u32(432, 128 + 455))
    edit("quote_v4_outer_type_5", "quote_v4", "bad_value", 764, u16(764, 5))
    edit("quote_v5_outer_type_7", "quote_v5_td_1_5", "bad_value", 834, u16(834, 7))
    edit("quote_v4_outer_size_0", "quote_v4", "bad_length", 766, u32(766, 0))
    edit("quote_v4_outer_size_one_below_fixed_parts", "quote_v4", "bad_length", 766, u32(766, 455))
    edit("quote_v4_outer_size_one_more_than_signature_data", "quote_v4", "bad_length", 766, u32(766, 529))
    edit("quote_v4_outer_size_huge", "quote_v4", "bad_length", 766, u32(766, 0xFFFFFFFF))
    edit("quote_v4_outer_size_one_less_than_parts", "quote_v4", "bad_length", 1254, u32(766, 527))
    edit("quote_v4_auth_data_size_beyond_parts", "quote_v4", "bad_length", 1218, u16(1218, 73))
    edit("quote_v4_auth_data_size_max", "quote_v4", "bad_length", 1218, u16(1218, 0xFFFF))
    edit("quote_v3_auth_data_size_beyond_parts", "quote_v3", "bad_length", 1012, u16(1012, 73))
    edit("quote_v4_inner_type_0", "quote_v4", "unsupported_format", 1252, u16(1252, 0))
    edit("quote_v4_inner_type_6_nested_again", "quote_v4", "unsupported_format", 1252, u16(1252, 6))
    edit("quote_v4_inner_type_7", "quote_v4", "unsupported_format", 1252, u16(1252, 7))
    edit("quote_v3_type_6", "quote_v3", "unsupported_format", 1046, u16(1046, 6))
    edit("quote_v4_inner_size_one_more", "quote_v4", "bad_length", 1254, u32(1254, 41))
    edit("quote_v4_inner_size_one_less", "quote_v4", "bad_length", 1254, u32(1254, 39))
    edit("quote_v4_inner_size_huge", "quote_v4", "bad_length", 1254, u32(1254, 0xFFFFFFFF))
    edit("quote_v3_size_one_less_than_signature_data", "quote_v3", "bad_length", 1048, u32(1048, 39))
    # One byte of the authentication data is missing: the inner type is then read one byte late, as 0x0000.
    edit("quote_v4_auth_data_one_byte_short", "quote_v4", "unsupported_format", 1252,
         cut(1251), add(BASES["quote_v4"][1252:] + b"\x00"))
    for kind in (1, 2, 3, 4):
        ok("quote_v4_inner_type_%d" % kind, "quote_v4", u16(1252, kind))
    data = quote(4, 0x81, 2, authentication=b"")
    ok("quote_v4_auth_data_empty", "quote_v4", cut(632), add(data[632:]))
    data = quote(4, 0x81, 2, certification=b"")
    ok("quote_v4_certification_data_empty", "quote_v4", cut(632), add(data[632:]))

    # What no length accounts for. The length of the signature data is 662.
    ok("quote_v4_trailing_zeros", "quote_v4", add(bytes(70)))
    ok("quote_v4_trailing_garbage", "quote_v4", add(b"\xde\xad"))
    ok("quote_v4_trailing_zeros_zero_only", "quote_v4", add(bytes(70)), trailing="zero_only")
    edit("quote_v4_trailing_garbage_zero_only", "quote_v4", "trailing_data", v4 + 20,
         add(bytes(20) + b"\x01"), trailing="zero_only")
    edit("quote_v4_trailing_zeros_none", "quote_v4", "trailing_data", v4, add(bytes(70)), trailing="none")
    ok("quote_v4_trailing_none", "quote_v4", trailing="none")
    edit("quote_v3_signature_data_length_counts_a_zero", "quote_v3", "bad_length", 1048, u32(432, v3 - 435), add(bytes(1)))
    edit("quote_v4_signature_data_length_counts_a_zero", "quote_v4", "bad_length", 632, u32(632, 663), add(bytes(1)))
    edit("quote_v4_signature_data_length_counts_garbage", "quote_v4", "bad_length", 632, u32(632, 664), add(b"\xde\xad"))
    edit("quote_v4_signature_data_length_counts_some_zeros", "quote_v4", "bad_length", 632, u32(632, 666), add(bytes(70)))
    edit("quote_v5_signature_data_length_counts_a_zero", "quote_v5_td_1_5", "bad_length", 702, u32(702, v5 - 705), add(bytes(1)))
    edit("quote_v5_extended_signature_data_length_counts_a_zero", "quote_v5_td_1_5_extended", "bad_length", 939,
         u32(939, extended - 942), add(bytes(1)))

    # TD report.
    edit("td_report_empty", "td_report_version_1", "truncated", 0, cut(0))
    edit("td_report_one_byte_short", "td_report_version_1", "truncated", 1023, cut(1023))
    edit("td_report_one_byte_long", "td_report_version_1", "trailing_data", 1024, add(b"\x00"))
    edit("td_report_type_sgx", "td_report_version_1", "bad_value", 0, u8(0, 0))
    edit("td_report_type_unknown", "td_report_version_1", "bad_value", 0, u8(0, 0x82))
    edit("td_report_subtype_1", "td_report_version_1", "unsupported_version", 1, u8(1, 1))
    edit("td_report_version_4", "td_report_version_1", "unsupported_version", 2, u8(2, 4))
    edit("td_report_version_255", "td_report_version_1", "unsupported_version", 2, u8(2, 255))
    for at in (3, 4, 15, 192, 223, 495, 511):
        edit("td_report_reserved_%d_not_zero" % at, "td_report_version_1", "reserved_not_zero", at, u8(at, 1))
    ok("td_report_reserved_400_may_be_anything", "td_report_version_1", u8(400, 0xFF))
    ok("td_report_reserved_960_may_be_anything", "td_report_version_1", u8(960, 0xFF))

    return list(out.values())


def vectors():
    for vector in compact():
        data = bytes.fromhex(vector["hex"]) if "hex" in vector else apply(BASES[vector["base"]], vector["edits"])
        yield {**{k: v for k, v in vector.items() if k not in ("base", "edits")}, "hex": data.hex()}


def quote_service_messages():
    """Responses of a quote service, by name."""
    def response(quote, key_id=b"", minor=1, error=0):
        size = 24 + len(key_id) + len(quote)
        return struct.pack("<HHIIIII", 1, minor, 1, size, error, len(key_id), len(quote)) + key_id + quote

    return {
        "quote": response(BASES["quote_v4"]),
        "quote_of_a_key": response(b"quote", bytes(range(16)), minor=0),
        "empty": response(b""),
        "error": response(b"", error=0x12001),
        "request": struct.pack("<HHIIIII", 1, 1, 0, 24 + 1024, 0, 1024, 0) + bytes(1024),
    }


def seeds():
    """(fuzz target, file name, bytes) for every vector, and for messages of a quote service."""
    for name, data in quote_service_messages().items():
        yield "tdx_quote_service_message", name, data
    targets = {"tdx_quote": "tdx_quote", "td_report": "tdx_td_report"}
    for vector in vectors():
        yield targets[vector["kind"]], vector["name"], bytes.fromhex(vector["hex"])


def main():
    parser = argparse.ArgumentParser(description="write tdx.json beside this file")
    parser.add_argument("--seeds", type=pathlib.Path, metavar="DIR", help="also write DIR/<fuzz target>/<vector>")
    args = parser.parse_args()
    pathlib.Path(__file__).with_name("tdx.json").write_text(as_text(sys.modules[__name__]), encoding="utf-8")
    for target, name, data in seeds() if args.seeds else ():
        (args.seeds / target).mkdir(parents=True, exist_ok=True)
        (args.seeds / target / name).write_bytes(data)


if __name__ == "__main__":
    from generate import as_text

    main()
