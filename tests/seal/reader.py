#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A second reader of sealed files, written from include/unitee/seal/FORMAT.md alone. It reads a file as a whole.

usage: reader.py FILE --key HEX|--root HEX|--scalar HEX [-o OUT]

--key is a caller's or a key broker's key, --root what the firmware answers (in VMPL 0), --scalar a private key of P-256
(64 digits) or P-384 (96). Without -o, OUT is not written: every byte is checked all the same.
"""

import argparse
import hashlib
import hmac
import json
import pathlib
import struct
import sys

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from reader_keys import hkdf, with_key, with_root, with_scalar

MAGIC = bytes.fromhex("89756e697465650a")
SIZES = {1: (71, 79), 2: range(65), 3: (177,), 4: (129, 193), 5: range(1, 401), 0x80000001: (71, 79),
         0x80000003: (177,)}


class Refused(Exception):
    """The kind of a failure, the offset and the part, spelled as in failure.hpp and part.hpp."""

    def __init__(self, errc, offset=0, part="sealed_header"):
        super().__init__(errc, offset, part)
        self.errc, self.offset, self.part = errc, offset, part


def require(holds, errc, offset=0, part="sealed_header"):
    if not holds:
        raise Refused(errc, offset, part)


def require_zero(file, begin, end, part="sealed_header"):
    piece = file[begin:end]
    require(not any(piece), "reserved_not_zero", begin + len(piece) - len(piece.lstrip(b"\0")), part)


def opened(key, nonce, additional, ciphertext, tag):
    """The plaintext, or None."""
    try:
        return AESGCM(key).decrypt(nonce, ciphertext + tag, additional)
    except InvalidTag:
        return None


def opened_segment(key, number, stored, tag, public):
    nonce = struct.pack("<Q", number) + bytes(4)
    if public:
        return stored if opened(key, nonce, stored, b"", tag) is not None else None
    return opened(key, nonce, b"", stored, tag)


class Header:
    """Step 1: one copy that passes it; `at` is where it stands."""

    def __init__(self, file, at):
        self.raw = raw = file[at:at + 8192]
        (magic, version, header_size, self.protection, self.segment_size, self.payload_size, self.payload_offset,
         self.form, self.metadata_size, self.file_id) = struct.unpack_from("<8sIIIIQQII32s", raw)
        self.generation, self.state, self.slot_count = struct.unpack_from("<QII", raw, 192)
        require(magic == MAGIC, "unrecognized", at)
        require(version == 1, "unsupported_version", at + 8)
        require(header_size == 8192, "bad_value", at + 12)
        require(self.protection in (1, 2), "bad_value", at + 16)
        require(self.segment_size in [1 << i for i in range(12, 25)], "bad_value", at + 20)
        require(self.payload_size <= 1 << 48, "bad_value", at + 24)
        require(self.form in (0, 1, 2), "bad_value", at + 40)
        require(16 <= self.metadata_size <= 2097152 if self.form else self.metadata_size == 0, "bad_length", at + 44)
        self.segments = -(-self.payload_size // self.segment_size)
        self.tags_offset = 16384 + -(-self.metadata_size // 4096) * 4096
        require(self.payload_offset == self.tags_offset + -(-16 * self.segments // 4096) * 4096, "bad_length", at + 32)
        require_zero(file, at + 80, at + 128)
        require(self.generation != 0, "bad_value", at + 192)
        require(self.state in (1, 2), "bad_value", at + 200)
        require(1 <= self.slot_count <= 15, "bad_value", at + 204)
        require_zero(file, at + 208, at + 480)
        self.slots = []
        for slot in range(512, 512 + 512 * self.slot_count, 512):
            kind, size = struct.unpack_from("<II", raw, slot)
            require(kind != 0, "bad_value", at + slot)
            require(size in SIZES.get(kind, range(401)), "bad_length", at + slot + 4)
            require_zero(file, at + slot + 8 + size, at + slot + 452)
            self.slots.append((kind, raw[slot + 8:slot + 8 + size], raw[slot:slot + 512]))
        require_zero(file, at + 512 + 512 * self.slot_count, at + 8192)
        size = self.payload_offset + self.payload_size
        require(len(file) >= size, "truncated", len(file))
        require(len(file) <= size, "trailing_data", size)

    def data_key(self, key_of):
        """Step 3, for this copy: the data key, or None."""
        for kind, params, slot in self.slots:
            key = key_of(kind, params)
            additional = hashlib.sha384(self.raw[:128]).digest() + slot[:452]
            data_key = key and opened(key, slot[452:464], additional, slot[464:496], slot[496:])
            if data_key:
                return data_key
        return None

    def derived(self, data_key, label):
        return hkdf(data_key, self.file_id, label + hashlib.sha384(self.raw[:128]).digest())

    def mac(self, data_key, state):
        """The header_mac that the copy has with this state."""
        key = self.derived(data_key, b"unitee sealed v1 header")
        covered = self.raw[:200] + struct.pack("<I", state) + self.raw[204:480] + self.raw[512:]
        return hmac.digest(key, covered, "sha256")

    def counts_beside(self, other, data_key):
        mac = self.mac(data_key, self.state)
        return self.raw[:192] == other.raw[:192] and hmac.compare_digest(mac, self.raw[480:512])


def attempt(file, at):
    try:
        return Header(file, at), None
    except Refused as refusal:
        return None, refusal


def copies_of(file):
    """Steps 1 and 2: the copies in the file, None for one that does not pass."""
    if len(file) < 16384:
        require(file and file[:8] == MAGIC[:len(file)], "unrecognized")
        if len(file) >= 8192:
            Header(file, 0)
        raise Refused("truncated", len(file))
    (copy_0, refusal_0), (copy_1, refusal_1) = (attempt(file, at) for at in (0, 8192))
    if not copy_0 and not copy_1:
        raise refusal_0
    if not copy_0 or not copy_1:
        if (copy_0 or copy_1).state != 2:
            raise refusal_0 or refusal_1
    elif copy_0.state == copy_1.state == 1 and copy_0.raw != copy_1.raw:
        raise Refused("not_authentic", 8192 + next(i for i in range(8192) if copy_0.raw[i] != copy_1.raw[i]))
    return copy_0, copy_1


def header_of(file, key_of):
    """Steps 1 to 5: the header and the data key."""
    copy_0, copy_1 = copies_of(file)
    copies = sorted(filter(None, (copy_0, copy_1)), key=lambda copy: -copy.generation)
    found = next(((copy, data_key) for copy in copies if (data_key := copy.data_key(key_of))), None)
    require(found, "no_matching_slot")
    copy, data_key = found
    # Step 4.
    commitment = copy.derived(data_key, b"unitee sealed v1 commitment")
    require(hmac.compare_digest(commitment, copy.raw[128:160]), "not_authentic")
    # Step 5.
    count = [one for one in copies if one.counts_beside(copy, data_key)]
    if len(count) == 2:
        states = copy_0.state, copy_1.state
        if copy_0.generation == copy_1.generation:
            same = all(copy_0.raw[a:b] == copy_1.raw[a:b] for a, b in ((0, 200), (204, 480), (512, 8192)))
            require(states != (2, 2) and same, "not_authentic")
        else:
            require(copy_1.generation == copy_0.generation + 1 and states == (2, 2), "not_authentic")
    else:
        require(len(count) == 1 and count[0].state == 2, "not_authentic")
    header = count[0]
    require(header.data_key(key_of) is not None, "no_matching_slot")
    header.settled = file[:8192] == file[8192:16384]
    return header, data_key


def check_age(header, data_key, minimum_generation, minimum_mac):
    """Step 6."""
    require(header.generation >= minimum_generation, "below_floor", 192)
    if minimum_mac is not None and header.generation == minimum_generation:
        require(hmac.compare_digest(header.mac(data_key, 1), minimum_mac), "below_floor", 480)


def items_of(items, payload_size):
    """What the metadata says: a dict."""
    part, out, at, last = "sealed_metadata", {}, 0, -1
    while at < len(items):
        require(len(items) - at >= 8, "truncated", len(items), part)
        number, size = struct.unpack_from("<II", items, at)
        require(number != last, "duplicate", at, part)
        require(number > last, "bad_value", at, part)
        value = items[at + 8:at + 8 + size]
        require(len(value) == size, "truncated", len(items), part)
        if number == 1:
            require(1 <= size <= 127, "bad_length", at + 4, part)
            for i, byte in enumerate(value):
                require(0x21 <= byte <= 0x7E, "bad_value", at + 8 + i, part)
            out["content_type"] = value.decode("ascii")
        if number == 2:
            out["tensor_index"] = tensor_index_of(value, at + 8, payload_size)
        at, last = at + 8 + size, number
    return out


def tensor_index_of(value, at, payload_size):
    part = "sealed_metadata"
    require(len(value) >= 40, "bad_length", at - 4, part)
    *ranges, alignment, count = struct.unpack_from("<QQQQII", value)
    require(alignment.bit_count() == 1, "bad_value", at + 32, part)
    require(count <= 65536, "bad_value", at + 36, part)
    require(len(value) == 40 + 16 * count, "bad_length", at - 4, part)
    tensors = [struct.unpack_from("<QQ", value, 40 + 16 * i) for i in range(count)]
    places = [(0, ranges[:2]), (16, ranges[2:])] + [(40 + 16 * i, tensor) for i, tensor in enumerate(tensors)]
    for place, (offset, size) in places:
        require(offset + size <= payload_size, "bad_length", at + place, part)
    names = ("index_offset", "index_size", "data_offset", "data_size")
    return dict(zip(names, ranges)) | {"alignment": alignment, "tensors": [list(tensor) for tensor in tensors]}


def unseal(file, key_of, minimum_generation=1, minimum_mac=None):
    """Every step: what the file says of itself, and the plaintext."""
    header, data_key = header_of(file, key_of)
    check_age(header, data_key, minimum_generation, minimum_mac)
    # Step 7.
    key = header.derived(data_key, b"unitee sealed v1 tag table")
    table = file[header.tags_offset:header.payload_offset]
    mac = hmac.digest(key, table, "sha256")
    require(hmac.compare_digest(mac, header.raw[160:192]), "not_authentic", 0, "sealed_tags")
    said = None
    require_zero(file, 16384 + header.metadata_size, header.tags_offset, "sealed_metadata")
    if header.form:
        key, end = header.derived(data_key, b"unitee sealed v1 metadata"), 16384 + header.metadata_size
        items = opened_segment(key, 0, file[16384:end - 16], file[end - 16:end], header.form == 1)
        require(items is not None, "not_authentic", 0, "sealed_metadata")
        said = {"form": header.form} | items_of(items, header.payload_size)
    # Step 8.
    key, pieces = header.derived(data_key, b"unitee sealed v1 segments"), []
    for i in range(header.segments):
        stored = file[header.payload_offset + i * header.segment_size:][:header.segment_size]
        piece = opened_segment(key, i, stored, table[16 * i:16 * i + 16], header.protection == 2)
        require(piece is not None, "not_authentic", i * header.segment_size, "sealed_payload")
        pieces.append(piece)
    return {"data_key": data_key.hex(), "file_id": header.file_id.hex(), "generation": header.generation,
            "slots": header.slot_count, "settled": header.settled, "protection": header.protection,
            "segment_size": header.segment_size, "metadata": said}, b"".join(pieces)


def main():
    options = argparse.ArgumentParser(usage=__doc__.split("usage: ")[1].split("\n")[0])
    options.add_argument("file", type=pathlib.Path)
    options.add_argument("-o", dest="out", type=pathlib.Path)
    one = options.add_mutually_exclusive_group(required=True)
    for name in ("--key", "--root", "--scalar"):
        one.add_argument(name, type=bytes.fromhex)
    given = options.parse_args()
    if given.scalar:
        key_of = with_scalar({32: 1, 48: 2}[len(given.scalar)], int.from_bytes(given.scalar, "big"))
    else:
        key_of = with_key(given.key) if given.key else with_root(given.root)
    try:
        said, plaintext = unseal(given.file.read_bytes(), key_of)
    except Refused as refusal:
        return f"{refusal.errc} at {refusal.offset} of {refusal.part}"
    if given.out:
        given.out.write_bytes(plaintext)
    del said["data_key"]
    print(json.dumps(said | {"plaintext_size": len(plaintext)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
