# SPDX-License-Identifier: Apache-2.0
"""The vectors of GGUF: those that are accepted, and those to be refused."""

from model_forge import (ARCHITECTURE, ARRAY, BOOL, F64, GGML, I32, MAX64, STRING, TENSORS, U32, U64, U8, VALUES,
                         alignment, array, entry, gguf, run, tensor, text, u32, u64)


def vectors():
    out = []

    def good(name, **parts):
        whole, _, found = gguf(**parts)
        out.append({"name": f"gguf_{name}", "kind": "gguf", "hex": whole.hex(), "expect": "ok", **found})

    def bad(name, expect, where, **parts):
        """where is a part and its number, an offset, or None for the end of the file."""
        whole, at, _ = gguf(**parts)
        if where is None:
            where = len(whole)
        elif not isinstance(where, int):
            for step in where:
                at = at[step]
            where = at
        out.append({"name": f"gguf_{name}", "kind": "gguf", "hex": whole.hex(), "expect": expect, "offset": where})

    good("whole", values=VALUES)
    good("version_2", values=VALUES, version=2)
    good("every_type", tensors=[tensor(b"t%d" % kind, [GGML[kind][0], 2], kind) for kind in GGML])
    good("padded_at_the_end", behind=bytes(-gguf()[2]["data_size"] % 32))
    good("more_behind", behind=run(1, 100))
    good("nothing", values=[], tensors=[])
    good("no_tensors", tensors=[])
    good("no_tensors_and_a_byte_behind", tensors=[], behind=b"\0")
    good("no_tensors_and_a_hundred_bytes_behind", tensors=[], behind=bytes(100))
    good("no_values", values=[])
    good("no_elements", tensors=[tensor(b"none", [0, 7], 0)])
    good("no_elements_between_others", tensors=[TENSORS[1], tensor(b"none", [32, 0], 8), TENSORS[0]])
    good("scalar", tensors=[tensor(b"scalar", [], 0)])
    good("name_of_64_bytes", tensors=[tensor(b"n" * 64, [4], 24)])
    good("name_empty", tensors=[tensor(b"", [4], 24)])
    good("two_of_one_name", tensors=[tensor(b"a", [4], 24)] * 2)  # for the payload's reader
    for align in (1, 2, 8, 64, 4096):
        good(f"alignment_{align}", values=[ARCHITECTURE, alignment(align)], align=align)

    for magic in (b"GGML", b"ggjt", b"FUGG", b"\0\0\0\0"):
        bad(f"magic_{magic.hex()}", "unrecognized", 0, magic=magic)
    for version in (0, 1, 4, 0x00010003, 0xFFFFFFFF):
        bad(f"version_{version}", "unsupported_version", 4, version=version)
    for version in (1, 2, 3):
        bad(f"big_endian_version_{version}", "unsupported_format", 4, version=version << 24)
    for count in ((1 << 20) + 1, 1 << 63, MAX64):
        bad(f"tensor_count_{count}", "bad_length", 8, tensor_count=count)
    bad("tensor_count_one_more", "truncated", None, tensors=TENSORS[:1], tensor_count=2, data=b"")
    bad("tensor_count_at_the_limit", "truncated", None, tensors=[], tensor_count=1 << 20)
    bad("value_count_one_more", "truncated", None, tensors=[], value_count=2)
    bad("value_count_huge", "truncated", None, tensors=[], value_count=MAX64)

    def wrong_value(name, expect, where, kind, content):
        place = where if where is None else ("value", 1) if where == 0 else where
        bad(name, expect, place, values=[ARCHITECTURE, entry(b"k", kind, content)], tensors=[])

    bad("key_length_65536", "bad_length", ("entry", 1), values=[ARCHITECTURE, entry(b"k", U8, b"\1", length=65536)])
    bad("key_length_huge", "bad_length", ("entry", 1), values=[ARCHITECTURE, entry(b"k", U8, b"\1", length=MAX64)])
    bad("key_length_beyond_the_end", "truncated", None, tensors=[], values=[entry(b"k", U8, b"\1", length=65535)])
    for kind in (13, 0x80000000, 0xFFFFFFFF):
        wrong_value(f"value_type_{kind}", "bad_value", ("type", 1), kind, b"\1")
        wrong_value(f"array_type_{kind}", "bad_value", 0, ARRAY, array(kind, 1, b"\1"))
    wrong_value("array_of_arrays", "unsupported_format", 0, ARRAY, array(ARRAY, 1, array(U8, 1, b"\1")))
    wrong_value("array_of_no_arrays", "unsupported_format", 0, ARRAY, array(ARRAY, 0, b""))
    for value in (2, 0xFF):
        wrong_value(f"boolean_{value}", "bad_value", ("value", 1), BOOL, bytes([value]))
    for place in range(3):
        content = bytes(place) + b"\2" + bytes(2 - place)
        values = [entry(b"k", ARRAY, array(BOOL, 3, content))]
        bad(f"boolean_{place}_of_an_array", "bad_value", gguf(values)[1]["value"][0] + 12 + place, values=values)
    for kind, each in ((U8, 1), (BOOL, 1), (U32, 4), (F64, 8), (STRING, 8)):
        wrong_value(f"array_of_{kind}_one_element_short", "truncated", None, ARRAY, array(kind, 3, bytes(2 * each)))
        wrong_value(f"array_of_{kind}_huge", "truncated", None, ARRAY, array(kind, MAX64, bytes(4 * each)))
        if each > 1:
            wrong_value(f"array_of_{kind}_that_wraps", "truncated", None, ARRAY,
                        array(kind, (1 << 64) // each + 1, bytes(2 * each)))
    wrong_value("string_one_byte_short", "truncated", None, STRING, text(b"abc", 4))
    wrong_value("string_huge", "truncated", None, STRING, text(b"abc", MAX64))
    wrong_value("string_of_an_array_huge", "truncated", None, ARRAY,
                array(STRING, 2, text(b"a") + text(b"b", MAX64 - 7)))

    for kind, content in ((I32, u32(32)), (U64, u64(32)), (U8, b"\x20"), (STRING, text(b"32")),
                          (ARRAY, array(U32, 1, u32(32)))):
        bad(f"alignment_of_type_{kind}", "bad_value", ("type", 1), values=[ARCHITECTURE, alignment(32, kind, content)])
    for value in (0, 3, 48, 0xFFFFFFFF):
        bad(f"alignment_{value}", "bad_value", ("value", 1), values=[ARCHITECTURE, alignment(value)])
    bad("alignment_twice", "duplicate", ("entry", 2), values=[alignment(32), ARCHITECTURE, alignment(32)])
    bad("alignment_beyond_the_end", "truncated", None, values=[alignment(1 << 31)], tensors=TENSORS[:1])
    bad("alignment_not_that_of_the_offsets", "bad_value", ("offset", 2), values=[alignment(64)])

    def wrong_tensor(name, expect, where, *args, **parts):
        place = where if where is None else (where[0], 1, *where[1:])
        bad(f"tensor_{name}", expect, place, tensors=[tensor(b"first", [4], 24), tensor(b"second", *args, **parts)],
            data=run(1, 64))

    wrong_tensor("name_of_65_bytes", "bad_length", ("name",), [4], 24, length=65)
    wrong_tensor("name_huge", "bad_length", ("name",), [4], 24, length=MAX64)
    for rank in (5, 0xFFFFFFFF):
        wrong_tensor(f"rank_{rank}", "bad_value", ("shape",), [1, 1, 1, 1, 1], 24, rank=rank)
    wrong_tensor("dim_of_63_bits", "bad_length", ("dim", 0), [1 << 63, 0], 24)
    wrong_tensor("dim_huge", "bad_length", ("dim", 0), [MAX64], 24)
    wrong_tensor("dim_huge_behind_zero", "bad_length", ("dim", 1), [0, 1 << 63], 24)
    wrong_tensor("dims_overflow", "bad_length", ("dim", 1), [1 << 32, 1 << 31], 24)
    wrong_tensor("dims_wrap_to_four", "bad_length", ("dim", 2), [2, (1 << 62) - 1, (1 << 62) + 1], 24)
    wrong_tensor("dims_overflow_at_the_last", "bad_length", ("dim", 3), [1 << 20, 1 << 20, 1 << 20, 1 << 3], 24)
    wrong_tensor("bytes_overflow", "truncated", None, [1 << 61], 28)
    wrong_tensor("longer_than_the_file", "truncated", None, [33], 24)
    for kind in (4, 5, 31, 32, 33, 36, 37, 38, 40, 0x100, 0xFFFFFFFF):
        wrong_tensor(f"type_{kind}", "unsupported_format", ("kind",), [32], kind)
    for kind, (elements, _) in GGML.items():
        if elements > 1:
            wrong_tensor(f"of_type_{kind}_with_part_of_a_block", "bad_value", ("dim", 0), [elements - 1, elements],
                         kind)
    wrong_tensor("scalar_of_a_block_type", "bad_value", ("kind",), [], 8)
    for name, offset in (("unaligned", 4), ("overlapping", 0), ("hole", 64), ("before_all", MAX64 - 31),
                         ("huge", 1 << 63)):
        wrong_tensor(f"offset_{name}", "bad_value", ("offset",), [4], 24, offset=offset)
    bad("tensors_in_another_order", "bad_value", ("offset", 0),
        tensors=[tensor(b"b", [4], 24, 32), tensor(b"a", [4], 24, 0)])
    return out
