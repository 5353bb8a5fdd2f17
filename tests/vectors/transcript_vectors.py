# SPDX-License-Identifier: Apache-2.0
"""Report data made of named parts: SHA-512 over an encoding that is written out here on bytes alone."""

import hashlib

NONCE, KEY, MODEL = "nonce", "public key", "model digest"

# A P-256 SubjectPublicKeyInfo in form: its 26 fixed bytes, the mark of an uncompressed point, and 64 bytes of no point.
SPKI = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200") + b"\x04" + bytes(range(64))
DIGEST = hashlib.sha384(b"model").digest()


def part(name, data):
    return len(name).to_bytes(1, "little") + name + len(data).to_bytes(8, "little") + data


def encode(label, parts):
    written = b"unitee report data v1\0" + part(b"label", label)
    for name, data in parts:
        written += part(name, data)
    return written + b"\xff" + (1 + len(parts)).to_bytes(8, "little")


# Written out by hand once: a label of one byte and nothing else.
assert encode(b"x", []) == (b"unitee report data v1\x00" b"\x05label\x01\x00\x00\x00\x00\x00\x00\x00x"
                            b"\xff\x01\x00\x00\x00\x00\x00\x00\x00")

TRANSCRIPTS = [
    ("label_alone", "x", []),
    ("longest_label", "l" * 64, []),
    ("nonce", "unitee test v1", [(NONCE, bytes(range(32)))]),
    ("everything", "unitee test v1", [(NONCE, bytes(range(32))), (KEY, SPKI), (MODEL, DIGEST)]),
    ("another_order", "unitee test v1", [(MODEL, DIGEST), (KEY, SPKI), (NONCE, bytes(range(32)))]),
    ("another_label", "unitee test v2", [(NONCE, bytes(range(32))), (KEY, SPKI), (MODEL, DIGEST)]),
    ("named_parts", "unitee test v1", [(NONCE, b"\0"), ("region", b"eu"), ("tenant", b""), ("region", b"eu")]),
    ("shortest_and_longest_name", "unitee test v1", [("n", b"1"), ("N" * 64, b"2")]),
    ("large_part", "unitee test v1", [("configuration", bytes(i % 251 for i in range(70000)))]),
    ("looks_like_parts", "unitee test v1", [("data", part(b"nonce", bytes(range(32))) + b"\xff" + (3).to_bytes(8, "little"))]),
]


def vectors():
    for name, label, parts in TRANSCRIPTS:
        written = encode(label.encode("ascii"), [(each.encode("ascii"), data) for each, data in parts])
        shown = [[each, data.hex()] if len(data) <= 1000 else [each, len(data)] for each, data in parts]
        yield {"name": name, "label": label, "parts": shown, "size": len(written),
               "report_data": hashlib.sha512(written).hexdigest()}
