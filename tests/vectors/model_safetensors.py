# SPDX-License-Identifier: Apache-2.0
"""The vectors of safetensors: those that are accepted, and those to be refused. In a header, @ marks the offset."""

from model_forge import MAX64, run, u64


def safetensors(header, data=b"", length=None):
    return u64(len(header) if length is None else length) + header + data


def member(dtype, shape, begin, end):
    return '{"dtype":"%s","shape":%s,"data_offsets":[%d,%d]}' % (dtype, shape, begin, end)


DTYPES = {"BOOL": 1, "U8": 1, "I8": 1, "F8_E5M2": 1, "F8_E4M3": 1, "F8_E8M0": 1, "I16": 2, "U16": 2, "F16": 2,
          "BF16": 2,
          "I32": 4, "U32": 4, "F32": 4, "F64": 8, "I64": 8, "U64": 8, "C64": 8}


def vectors():
    out = []

    def good(name, header, extents=(), **more):
        header = header.encode()
        data = 8 + len(header)
        size = max((end for _, end in extents), default=0)
        out.append({"name": f"safetensors_{name}", "kind": "safetensors",
                    "hex": safetensors(header, run(0x80, size)).hex(),
                    "expect": "ok", "index_size": data, "data_offset": data, "data_size": size, "alignment": 1,
                    "tensors": [[data + begin, end - begin] for begin, end in extents], **more})

    def bad(name, expect, header, size=0, length=None, where=None):
        """@ in the header stands where the failure is, and is not in the file."""
        header = header.encode() if isinstance(header, str) else header
        mark = header.find(b"@")
        header = header.replace(b"@", b"")
        whole = safetensors(header, run(0x80, size), length)
        where = where if where is not None else len(whole) if mark < 0 else 8 + mark
        out.append({"name": f"safetensors_{name}", "kind": "safetensors", "hex": whole.hex(), "expect": expect,
                    "offset": where})

    one = member("U8", "[4]", 0, 4)
    three = ('{"__metadata__":{"format":"pt","note":"\\u00e4\\"{[,:"},"a.weight":%s,"b":%s,"c":%s}'
             % (member("F32", "[2,3]", 0, 24), member("BF16", "[5]", 24, 34), member("I64", "[]", 34, 42)))
    good("whole", three + " " * (-len(three) % 8), [(0, 24), (24, 34), (34, 42)])
    good("empty", "{}")
    good("metadata_only", '{"__metadata__":{}}')
    good("metadata_last", '{"a":%s,"__metadata__":{"a":"b"}}' % one, [(0, 4)])
    good("metadata_escaped", '{"\\u005f_metadata__":{"a":"b"}}')
    good("white_space", '{ "a" :\t{ "dtype" : "U8" ,\r\n"shape":[ 2 , 2 ], "data_offsets" : [ 0 , 4 ] } }\n ', [(0, 4)])
    good("members_in_another_order", '{"a":{"data_offsets":[0,4],"shape":[1,4],"dtype":"U8"}}', [(0, 4)])
    good("tensors_in_another_order", '{"c":%s,"a":%s,"b":%s}' % (member("U8", "[3]", 6, 9), member("U8", "[2]", 0, 2),
                                                                member("U16", "[2]", 2, 6)), [(0, 2), (2, 6), (6, 9)])
    good("no_elements", '{"a":%s,"b":%s,"c":%s}' % (one, member("F32", "[0,18446744073709551615]", 4, 4),
                                                    member("F32", "[7,0]", 0, 0)), [(0, 0), (0, 4), (4, 4)])
    good("scalar", '{"a":%s}' % member("F64", "[]", 0, 8), [(0, 8)])
    good("names", '{"":%s,"\\u0041":%s,"\U0001F600":%s,"\\\\\\"":%s,"B":%s}'
         % tuple(member("U8", "[1]", i, i + 1) for i in range(5)), [(i, i + 1) for i in range(5)])
    ends = [0]
    for size in DTYPES.values():
        ends.append(ends[-1] + 3 * size)
    good("every_dtype", "{%s}" % ",".join('"%s":%s' % (name, member(name, "[3]", ends[i], ends[i + 1]))
                                          for i, name in enumerate(DTYPES)), list(zip(ends, ends[1:])))
    good("long_name", '{"%s":%s}' % ("n" * 300, one), [(0, 4)])

    for length in (0, 1, 100_000_001, 1 << 63, MAX64):
        bad(f"header_length_{length}", "bad_length", "{}", length=length, where=0)
    for length in (3, 100_000_000):
        bad(f"header_length_{length}", "truncated", "{}", length=length)
    for name, header in (("white_space", " {}"), ("array", "[]"), ("text", '"{}"'),
                         ("byte_order_mark", b"\xEF\xBB\xBF{}"), ("zero", b"\0\0")):
        bad(f"begins_with_{name}", "unrecognized", header, where=8)

    for name, header in {
        "cut": '{"a":{@', "cut_in_a_name": '{"a@', "comma": '{"__metadata__":{},@}', "twice": "{}@{}",
        "zero_behind": b"{}@\0",
        "zero_inside": b'{"@\0":1}', "bare_name": "{@a:1}", "not_utf_8": b'{"@\xFF":1}', "comment": "{@/**/}",
        "leading_zero": '{"a":{"shape":[0@1]}}', "lone_surrogate": '{"\\ud800@":1}', "control_character": b'{"@\n":1}',
        "nan": '{"a":{"shape":[@NaN]}}',
    }.items():
        bad(f"json_{name}", "bad_encoding", header)

    def values(place, good_kind):
        for name, value in {"null": "null", "boolean": "true", "negative": "-1", "float": "1.0",
                            "beyond_64_bits": "18446744073709551616",
                            "exponent": "1e2", "count": "4", "text": '"U8"', "array": "[]", "object": "{}"}.items():
            if name not in good_kind:
                yield f"{place}_is_{name}", "@" + value

    for name, value in values("tensor", ("object",)):
        bad(name, "bad_value", '{"a":%s}' % value, 4)
    for name, value in values("metadata", ("object",)):
        bad(name, "bad_value", '{"__metadata__": %s}' % value)
    for name, value in values("metadata_value", ("text",)):
        bad(name, "bad_value", '{"__metadata__":{"a":"b","c":%s}}' % value)
    for name, value in values("dtype", ("text",)):
        bad(name, "bad_value", '{"a":{"dtype":%s,"shape":[4],"data_offsets":[0,4]}}' % value, 4)
    for name, value in values("shape", ("array",)):
        bad(name, "bad_value", '{"a":{"dtype":"U8","shape":%s,"data_offsets":[0,4]}}' % value, 4)
    for name, value in values("dimension", ("count",)):
        bad(name, "bad_value", '{"a":{"dtype":"U8","shape":[1, %s],"data_offsets":[0,4]}}' % value, 4)
    for name, value in values("data_offsets", ("array",)):
        bad(name, "bad_value", '{"a":{"dtype":"U8","shape":[4],"data_offsets":%s}}' % value, 4)
    for name, value in values("offset", ("count",)):
        bad(name, "bad_value", '{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,%s]}}' % value, 4)
    bad("data_offsets_is_array_of_none", "bad_value", '{"a":{"dtype":"U8","shape":[4],"data_offsets":@[]}}', 4)
    bad("data_offsets_is_array_of_one", "bad_value", '{"a":{"dtype":"U8","shape":[4],"data_offsets":@[4]}}', 4)
    bad("data_offsets_is_array_of_three", "bad_value", '{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4,@4]}}', 4)

    for absent in ("dtype", "shape", "data_offsets"):
        members = {"dtype": '"U8"', "shape": "[4]", "data_offsets": "[0,4]"}
        del members[absent]
        bad(f"without_{absent}", "missing", '{"a": @{%s}}' % ",".join('"%s":%s' % each for each in members.items()), 4)
    bad("without_members", "missing", '{"a":@{}}')
    bad("with_another_member", "unsupported_format",
        '{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4],@"strides":[1]}}', 4)
    for dtype in ("F4", "F6_E2M3", "F6_E3M2", "I4", "f32", "F32 ", "", "F128", "torch.float32"):
        bad(f"dtype_{dtype}", "unsupported_format", '{"a":{"dtype": @"%s","shape":[4],"data_offsets":[0,4]}}' % dtype,
            4)

    bad("name_twice", "duplicate",
        '{"a":%s,"b":%s,@"a":%s}' % (one, member("U8", "[1]", 4, 5), member("U8", "[1]", 5, 6)), 6)
    bad("name_twice_escaped", "duplicate", '{"ab":%s,@"\\u0061b":%s}' % (one, member("U8", "[1]", 4, 5)), 5)
    bad("metadata_twice", "duplicate", '{"__metadata__":{"a":"b"},@"__metadata__":{"a":"b"}}')
    bad("metadata_name_twice", "duplicate", '{"__metadata__":{"a":"b","c":"d",@"a":"b"}}')
    bad("dtype_twice", "duplicate", '{"a":{"dtype":"U8",@"dtype":"U8","shape":[4],"data_offsets":[0,4]}}', 4)
    bad("shape_twice", "duplicate", '{"a":{"dtype":"U8","shape":[4],@"shape":[4],"data_offsets":[0,4]}}', 4)
    bad("data_offsets_twice", "duplicate",
        '{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4],@"data_offsets":[0,4]}}', 4)

    bad("dimensions_overflow", "bad_length",
        '{"a":{"dtype":"U8","shape":[4294967296,@4294967296],"data_offsets":[0,0]}}')
    bad("dimensions_overflow_before_zero", "bad_length",
        '{"a":{"dtype":"U8","shape":[4294967296,@4294967296,0],"data_offsets":[0,0]}}')
    bad("bytes_overflow", "bad_length", '{"a":{"dtype":"F64","shape":[2305843009213693952],"data_offsets":@[0,0]}}')
    bad("size_one_less", "bad_length", '{"a":{"dtype":"U8","shape":[4],"data_offsets":@[0,3]}}', 3)
    bad("size_one_more", "bad_length", '{"a":{"dtype":"U8","shape":[4],"data_offsets":@[0,5]}}', 5)
    bad("size_of_another_dtype", "bad_length", '{"a":{"data_offsets":@[0,4],"dtype":"F16","shape":[4]}}', 4)
    bad("offsets_in_another_order", "bad_length", '{"a":{"dtype":"U8","shape":[4],"data_offsets":@[4,0]}}', 4)

    each = '"%s":{"dtype":"U8","shape":[4],"data_offsets":%%s[%%d,%%d]}'
    two = "{%s,%s}" % (each % "a", each % "b")
    bad("hole", "bad_value", two % ("", 0, 4, "@", 5, 9), 9)
    bad("hole_before_all", "bad_value", two % ("@", 1, 5, "", 5, 9), 9)
    bad("hole_in_another_order", "bad_value", two % ("@", 5, 9, "", 0, 4), 9)
    bad("overlap", "bad_value", two % ("", 0, 4, "@", 3, 7), 7)
    bad("overlap_whole", "bad_value", two % ("", 0, 4, "@", 0, 4), 4)
    bad("tensor_cut", "truncated", two % ("", 0, 4, "", 4, 8), 7)
    bad("tensor_beyond_64_bits", "bad_value",
        '{"a":{"dtype":"U8","shape":[4],"data_offsets":@[18446744073709551611,18446744073709551615]}}', 4)
    bad("tensor_huge", "truncated",
        '{"a":{"dtype":"U8","shape":[18446744073709551615],"data_offsets":[0,18446744073709551615]}}', 4)
    whole = two % ("", 0, 4, "", 4, 8)
    bad("one_byte_behind", "trailing_data", whole, 9, where=8 + len(whole) + 8)
    bad("one_byte_behind_nothing", "trailing_data", "{}@", 1)
    return out
