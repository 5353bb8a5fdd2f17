# SPDX-License-Identifier: Apache-2.0
"""Vectors for the SGX extension of PCK certificates: one reason to refuse per vector, and the vector is named after it.

The inputs are made of DER by hand, apart from the C++ code. Offsets are found by looking for the bytes that are wrong.
"""

OID = bytes.fromhex("2a864886f84d010d01")


def der(tag, content):
    size = len(content)
    length = bytes([size]) if size < 0x80 else bytes([0x81, size]) if size < 0x100 else bytes([0x82, size >> 8, size & 0xFF])
    return bytes([tag]) + length + content


def sequence(*parts):
    return der(0x30, b"".join(parts))


def pair(arcs, value):
    return sequence(der(0x06, OID + bytes(arcs)), value)


def integer(value, tag=0x02):
    size = value.bit_length() // 8 + 1
    return der(tag, value.to_bytes(size, "big"))


def octets(first, size):
    return der(0x04, bytes((first + i) & 0xFF for i in range(size)))


def boolean(value):
    return der(0x01, b"\xff" if value else b"\x00")


# Component 5 is 255 and component 6 is 128: both have a leading zero byte.
COMPONENTS = [11, 12, 13, 14, 255, 128, 127, 0, 1, 2, 3, 4, 5, 6, 7, 8]


def tcb_pairs(components=COMPONENTS, pcesvn=0x1234):
    pairs = [pair([2, i + 1], integer(svn)) for i, svn in enumerate(components)]
    return pairs + [pair([2, 17], integer(pcesvn)), pair([2, 18], octets(0x20, 16))]


def members(configuration=(True, False, True)):
    out = {
        "ppid": pair([1], octets(0x10, 16)),
        "tcb": pair([2], sequence(*tcb_pairs())),
        "pceid": pair([3], octets(0x30, 2)),
        "fmspc": pair([4], octets(0x40, 6)),
        "sgx_type": pair([5], integer(1, 0x0A)),
    }
    if configuration is not None:
        out["platform_instance_id"] = pair([6], octets(0x50, 16))
        out["configuration"] = pair([7], sequence(*(pair([7, i + 1], boolean(on)) for i, on in enumerate(configuration))))
    return out


def extension(parts):
    return sequence(*parts.values())


def compact():
    out = []

    def put(name, data, expect="ok", at=None, skip=0):
        """`at` is the bytes that the refusal points to, the last time that they are there, plus `skip`; or an offset."""
        offset = 0 if at is None else at if isinstance(at, int) else data.rindex(at) + skip
        out.append({"name": name, "kind": "tdx_pck_extension", "expect": expect, "offset": offset, "part": "input", "hex": data.hex()})

    def changed(name, value):
        return extension({**members(), name: value})

    def without(name):
        parts = members()
        del parts[name]
        return extension(parts)

    whole = extension(members())
    put("platform_ca", whole)
    put("processor_ca", extension(members(None)))
    put("in_reverse_order", sequence(*reversed(members().values())))
    put("tcb_in_reverse_order", changed("tcb", pair([2], sequence(*reversed(tcb_pairs())))))
    put("all_flags_set", extension(members((True, True, True))))
    put("all_flags_clear", extension(members((False, False, False))))
    put("components_all_255", changed("tcb", pair([2], sequence(*tcb_pairs([255] * 16, 0xFFFF)))))
    for kind in (0, 2):
        put(f"sgx_type_{kind}", changed("sgx_type", pair([5], integer(kind, 0x0A))))

    put("empty", b"", "truncated", 0)
    put("one_byte", whole[:1], "truncated", 1)
    put("no_length_digits", whole[:2], "truncated", 2)
    put("one_byte_short", whole[:-1], "bad_length", 1)
    put("one_byte_long", whole + b"\0", "trailing_data", len(whole))
    put("another_tag", b"\x31" + whole[1:], "bad_encoding", 0)
    put("indefinite_length", b"\x30\x80" + whole[4:] + b"\0\0", "bad_encoding", 1)
    put("length_with_three_digits", b"\x30\x83\x00" + whole[2:], "bad_encoding", 1)
    short = der(0x06, OID + bytes([1]))
    assert len(short) == 12
    body = short[:1] + b"\x81" + short[1:] + octets(0x10, 16)
    put("length_not_the_shortest", sequence(sequence(body)), "bad_encoding", 5)
    put("length_two_digits_not_the_shortest", b"\x30\x82\x00\x80" + bytes(128), "bad_encoding", 1)
    put("empty_sequence", sequence(), "missing", 0)
    for name in ("ppid", "tcb", "pceid", "fmspc", "sgx_type"):
        put(f"without_{name}", without(name), "missing", 0)
    put("without_platform_instance_id", without("platform_instance_id"))
    put("without_configuration", without("configuration"))
    twice = {**members(), "again": members()["fmspc"]}
    put("fmspc_twice", extension(twice), "duplicate", members()["fmspc"], 2)

    other = sequence(der(0x06, bytes.fromhex("2a864886f84d010d0201")), octets(0, 1))
    put("another_identifier", changed("fmspc", other), "unsupported_format", other, 2)
    for arc in (0, 8):
        unknown = pair([arc], octets(0x40, 6))
        put(f"arc_{arc}", changed("fmspc", unknown), "unsupported_format", unknown, 2)
    long_arc = pair([4, 1], octets(0x40, 6))
    put("identifier_too_long", changed("fmspc", long_arc), "unsupported_format", long_arc, 2)
    no_oid = sequence(octets(0x40, 6))
    put("pair_without_identifier", changed("fmspc", no_oid), "bad_encoding", no_oid, 2)
    no_value = pair([4], b"")
    put("pair_without_value", changed("fmspc", no_value), "truncated", no_value, len(no_value))
    more = sequence(der(0x06, OID + bytes([4])), octets(0x40, 6), b"\x05\x00")
    put("pair_with_more", changed("fmspc", more), "trailing_data", more, len(more) - 2)

    for name, arc, first, size in (("ppid", 1, 0x10, 16), ("pceid", 3, 0x30, 2), ("fmspc", 4, 0x40, 6), ("platform_instance_id", 6, 0x50, 16)):
        for wrong in (size - 1, size + 1):
            value = octets(first, wrong)
            put(f"{name}_of_{wrong}_bytes", changed(name, pair([arc], value)), "bad_length", value)
        value = der(0x0C, bytes(size))
        put(f"{name}_is_text", changed(name, pair([arc], value)), "bad_encoding", value)

    for name, value, expect in (
        ("three", b"\x0a\x01\x03", "bad_value"), ("negative", b"\x0a\x01\xff", "bad_value"),
        ("padded", b"\x0a\x02\x00\x01", "bad_encoding"), ("empty", b"\x0a\x00", "bad_encoding"), ("an_integer", b"\x02\x01\x01", "bad_encoding"),
    ):
        put(f"sgx_type_is_{name}", changed("sgx_type", pair([5], value)), expect, pair([5], value), 2 + 12)

    def tcb_with(at, value, arc):
        pairs = tcb_pairs()
        pairs[at] = pair([2, arc], value)
        return changed("tcb", pair([2], sequence(*pairs))), pairs[at]

    for name, at, value, expect in (
        ("component_256", 0, integer(256), "bad_value"), ("component_negative", 3, b"\x02\x01\x80", "bad_value"),
        ("component_padded", 15, b"\x02\x02\x00\x7f", "bad_encoding"), ("pcesvn_65536", 16, integer(65536), "bad_value"),
        ("pcesvn_of_four_bytes", 16, b"\x02\x04\x01\x02\x03\x04", "bad_value"), ("pcesvn_empty", 16, b"\x02\x00", "bad_encoding"),
        ("cpusvn_of_15_bytes", 17, octets(0x20, 15), "bad_length"),
    ):
        data, wrong = tcb_with(at, value, at + 1)
        put(name, data, expect, wrong, 2 + 13)
    data, wrong = tcb_with(17, octets(0x20, 16), 19)
    put("tcb_arc_19", data, "unsupported_format", wrong, 2)
    data, wrong = tcb_with(1, integer(3), 1)
    put("component_1_twice", data, "duplicate", wrong, 2)
    foreign = pair([3, 2], integer(3))
    data = changed("tcb", pair([2], sequence(foreign, *tcb_pairs()[1:])))
    put("component_of_another_parent", data, "unsupported_format", foreign, 2)
    for left_out in (0, 15, 16, 17):
        pairs = tcb_pairs()
        del pairs[left_out]
        inner = sequence(*pairs)
        put(f"tcb_without_{left_out + 1}", changed("tcb", pair([2], inner)), "missing", inner)

    for name, value, expect in (("one", b"\x01\x01\x01", "bad_encoding"), ("empty", b"\x01\x00", "bad_encoding"),
                                ("two_bytes", b"\x01\x02\xff\xff", "bad_encoding"), ("an_integer", b"\x02\x01\x01", "bad_encoding")):
        wrong = pair([7, 2], value)
        inner = sequence(pair([7, 1], boolean(True)), wrong, pair([7, 3], boolean(True)))
        put(f"flag_is_{name}", changed("configuration", pair([7], inner)), expect, wrong, 2 + 13)
    inner = sequence(pair([7, 1], boolean(True)), pair([7, 2], boolean(True)))
    put("configuration_without_smt", changed("configuration", pair([7], inner)), "missing", inner)
    wrong = pair([7, 4], boolean(True))
    inner = sequence(pair([7, 1], boolean(True)), pair([7, 2], boolean(True)), pair([7, 3], boolean(True)), wrong)
    put("configuration_arc_4", changed("configuration", pair([7], inner)), "unsupported_format", wrong, 2)
    return out


vectors = compact
