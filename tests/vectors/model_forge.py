# SPDX-License-Identifier: Apache-2.0
"""GGUF files laid out with struct, apart from the C++ code. Where a part of a file stands is noted while it is written,
so that a refusal's offset is that of the part that is wrong."""

import struct

U8, I8, U16, I16, U32, I32, F32, BOOL, STRING, ARRAY, U64, I64, F64 = range(13)
MAX64 = (1 << 64) - 1

# Type number: elements of a block, and its bytes as the sum of its fields (scales, minimums, high bits, quants).
GGML = {
    0: (1, 4), 1: (1, 2), 2: (32, 2 + 16), 3: (32, 2 + 2 + 16), 6: (32, 2 + 4 + 16), 7: (32, 2 + 2 + 4 + 16),
    8: (32, 2 + 32),
    9: (32, 2 + 2 + 32), 10: (256, 16 + 64 + 2 + 2), 11: (256, 32 + 64 + 12 + 2), 12: (256, 2 + 2 + 12 + 128),
    13: (256, 2 + 2 + 12 + 32 + 128), 14: (256, 128 + 64 + 16 + 2), 15: (256, 4 + 256 + 16 * 2), 16: (256, 2 + 32 * 2),
    17: (256, 2 + 32 * 2 + 8), 18: (256, 2 + 3 * 32), 19: (256, 2 + 32 + 8 * 2), 20: (32, 2 + 16),
    21: (256, 2 + 64 + 8 + 32 + 4), 22: (256, 2 + 64 + 16), 23: (256, 2 + 2 + 4 + 128), 24: (1, 1), 25: (1, 2),
    26: (1, 4),
    27: (1, 8), 28: (1, 8), 29: (256, 32 + 16 + 8), 30: (1, 2), 34: (256, 2 + 4 + 48), 35: (256, 2 + 64),
    39: (32, 1 + 16),
}


def u32(value):
    return struct.pack("<I", value)


def u64(value):
    return struct.pack("<Q", value)


def text(value, length=None):
    return u64(len(value) if length is None else length) + value


def array(kind, count, content):
    return u32(kind) + u64(count) + content


def run(first, size):
    return bytes((first + i) & 0xFF for i in range(size))


def up(offset, alignment):
    return -(-offset // alignment) * alignment


def entry(key, kind, value, length=None):
    """A metadata entry, and where its type and its value stand in it."""
    head = text(key, length)
    return {"bytes": head + u32(kind) + value, "type": len(head), "value": len(head) + 4}


def tensor(name, dims, kind, offset=None, length=None, rank=None):
    return {"name": name, "dims": dims, "kind": kind, "offset": offset, "length": length, "rank": rank}


ARCHITECTURE = entry(b"general.architecture", STRING, text(b"llama"))
VALUES = [
    ARCHITECTURE,
    entry(b"general.quantized", BOOL, b"\1"),
    entry(b"a.u8", U8, b"\xFF"), entry(b"a.i8", I8, b"\xFF"), entry(b"a.u16", U16, b"\1\2"),
    entry(b"a.i16", I16, b"\1\2"),
    entry(b"a.u32", U32, u32(7)), entry(b"a.i32", I32, u32(7)), entry(b"a.f32", F32, struct.pack("<f", 1e-5)),
    entry(b"a.u64", U64, u64(9)), entry(b"a.i64", I64, u64(MAX64)), entry(b"a.f64", F64, struct.pack("<d", 1.5)),
    entry(b"", STRING, text(b"")), entry(b"general.alignmenT", STRING, text(b"as long as the key that matters")),
    entry(b"t.tokens", ARRAY, array(STRING, 4, text(b"<s>") + text(b"") + text(b"\xC4\xA0the") + text(b"x" * 40))),
    entry(b"t.scores", ARRAY, array(F32, 3, run(1, 12))), entry(b"t.types", ARRAY, array(I32, 2, run(2, 8))),
    entry(b"t.flags", ARRAY, array(BOOL, 3, b"\0\1\0")), entry(b"t.none", ARRAY, array(STRING, 0, b"")),
    entry(b"t.bytes", ARRAY, array(U8, 5, run(3, 5))), entry(b"t.wide", ARRAY, array(F64, 2, run(4, 16))),
]
TENSORS = [tensor(b"token_embd.weight", [32, 3], 2), tensor(b"blk.0.attn_norm.weight", [5], 0),
           tensor(b"blk.0.ffn_up.weight", [2, 3, 2, 2], 1), tensor(b"output.weight", [256, 2], 14)]


def alignment(value, kind=U32, content=None):
    return entry(b"general.alignment", kind, u32(value) if content is None else content)


def gguf(values=(ARCHITECTURE,), tensors=TENSORS, align=32, magic=b"GGUF", version=3, value_count=None,
         tensor_count=None,
         data=None, behind=b""):
    """The file, where its parts stand, and where a reader finds its tensors."""
    at = {"entry": [], "type": [], "value": [], "name": [], "shape": [], "dim": [], "kind": [], "offset": []}
    out = magic + u32(version) + u64(len(tensors) if tensor_count is None else tensor_count)
    out += u64(len(values) if value_count is None else value_count)
    for value in values:
        at["entry"].append(len(out))
        at["type"].append(len(out) + value["type"])
        at["value"].append(len(out) + value["value"])
        out += value["bytes"]
    end, extents = 0, []
    for each in tensors:
        at["name"].append(len(out))
        out += text(each["name"], each["length"])
        at["shape"].append(len(out))
        out += u32(len(each["dims"]) if each["rank"] is None else each["rank"])
        at["dim"].append([len(out) + 8 * i for i in range(len(each["dims"]))])
        out += b"".join(u64(dim) for dim in each["dims"])
        at["kind"].append(len(out))
        out += u32(each["kind"])
        at["offset"].append(len(out))
        elements, size = GGML.get(each["kind"], (1, 1))
        for dim in each["dims"]:
            size *= dim
        begin = up(end, align)
        out += u64(begin if each["offset"] is None else each["offset"])
        extents.append((begin, size // elements))
        end = begin + size // elements
    index_size = len(out)
    begin = up(index_size, align) if end else min(up(index_size, align), index_size + len(behind))
    content = run(0x80, end) if data is None and end < 1 << 20 else data or b""
    out += (bytes(begin - index_size) + content if end else b"") + behind
    found = {"index_size": index_size, "data_offset": begin, "data_size": end, "alignment": align,
             "tensors": [[begin + offset, size] for offset, size in extents]}
    return out, at, found
