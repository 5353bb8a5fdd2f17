# SPDX-License-Identifier: Apache-2.0
"""Vectors of the sealed file (include/unitee/seal/FORMAT.md), written from that page alone.

A vector is either a whole file with everything that went into it, or a refusal: a base with edits and the one failure
that a reader must report. The plaintext of every file is plaintext(size). AES-256-GCM is written out here, slow and simple,
because the standard library has none; it protects nothing.
"""

import hashlib
import hmac
import struct

import kdf_vectors


# AES-256 (FIPS 197) and GCM (NIST SP 800-38D).

def times_x(a):
    return (a << 1) ^ (0x11B if a & 0x80 else 0)


def make_sbox():
    log, power = [0] * 256, [0] * 255
    a = 1
    for i in range(255):
        power[i], log[a] = a, i
        a ^= times_x(a)  # times 3, which generates the field
    box = []
    for value in range(256):
        b = power[-log[value] % 255] if value else 0
        box.append(b ^ 0x63)
        for _ in range(4):
            b = (b << 1 | b >> 7) & 0xFF
            box[value] ^= b
    return box


SBOX = make_sbox()
DOUBLE = [times_x(a) for a in range(256)]


def expand(key):
    words = [list(key[i:i + 4]) for i in range(0, 32, 4)]
    rcon = 1
    for i in range(8, 60):
        word = words[-1]
        if i % 8 == 0:
            word = [SBOX[b] for b in word[1:] + word[:1]]
            word[0] ^= rcon
            rcon = times_x(rcon)
        elif i % 8 == 4:
            word = [SBOX[b] for b in word]
        words.append([a ^ b for a, b in zip(words[-8], word)])
    return [sum(words[i:i + 4], []) for i in range(0, 60, 4)]


def aes(round_keys, block):
    state = [a ^ b for a, b in zip(block, round_keys[0])]
    for number, key in enumerate(round_keys[1:], 1):
        state = [SBOX[state[(i + 4 * (i % 4)) % 16]] for i in range(16)]  # SubBytes and ShiftRows
        if number != 14:
            mixed = []
            for c in range(0, 16, 4):
                column = state[c:c + 4]
                for r in range(4):
                    a, b, d, e = (column[(r + k) % 4] for k in range(4))
                    mixed.append(DOUBLE[a] ^ DOUBLE[b] ^ b ^ d ^ e)
            state = mixed
        state = [a ^ b for a, b in zip(state, key)]
    return bytes(state)


def ghash(h, data):
    multiples = [h]  # h times x^i: in GCM the first bit is the lowest power
    for _ in range(127):
        v = multiples[-1]
        multiples.append(v >> 1 ^ (0xE1 << 120 if v & 1 else 0))
    y = 0
    for i in range(0, len(data), 16):
        x = y ^ int.from_bytes(data[i:i + 16], "big")
        y = 0
        while x:
            top = x.bit_length() - 1
            y ^= multiples[127 - top]
            x ^= 1 << top
    return y


def gcm(key, nonce, aad, plaintext):
    """The ciphertext and the tag."""
    keys = expand(key)
    stream = b"".join(aes(keys, nonce + struct.pack(">I", i + 1)) for i in range((len(plaintext) + 15) // 16 + 1))
    ciphertext = bytes(a ^ b for a, b in zip(plaintext, stream[16:]))
    padded = b"".join(part + bytes(-len(part) % 16) for part in (aad, ciphertext))
    lengths = struct.pack(">QQ", 8 * len(aad), 8 * len(ciphertext))
    digest = ghash(int.from_bytes(aes(keys, bytes(16)), "big"), padded + lengths)
    return ciphertext, (digest ^ int.from_bytes(stream[:16], "big")).to_bytes(16, "big")


# The format.

MAGIC = bytes.fromhex("89756e697465650a")
SEGMENT = 4096


def mac(key, data):
    return hmac.new(key, data, hashlib.sha256).digest()


def derive(data_key, salt, label):
    """HKDF-SHA-256 (RFC 5869) for one block of output."""
    return mac(mac(salt, data_key), b"unitee sealed v1 " + label + b"\x01")


def plaintext(size):
    return bytes((31 * n + n // 256) % 256 for n in range(size))


def run(first, size):
    return bytes((first + i) % 256 for i in range(size))


def slot(kind, params, nonce, slot_key, salt, data_key):
    authenticated = struct.pack("<II", kind, len(params)) + params.ljust(400, b"\0") + bytes(44)
    wrapped, tag = gcm(slot_key, nonce, MAGIC + struct.pack("<II", 1, 8192) + salt + authenticated, data_key)
    return authenticated + nonce + wrapped + tag


def seal_segments(data_key, salt, plain, segment_size):
    key = derive(data_key, salt, b"payload")
    pieces = [plain[i:i + segment_size] for i in range(0, len(plain), segment_size)]
    sealed = [gcm(key, struct.pack("<Q4x", i), b"", piece) for i, piece in enumerate(pieces)]
    return [c for c, _ in sealed], [t for _, t in sealed]


def assemble(data_key, salt, slots, ciphertexts, tags, segment_size, commitment=None):
    table = b"".join(tags)
    table += bytes(-len(table) % 4096)
    payload = b"".join(ciphertexts)
    header = MAGIC + struct.pack("<IIQIIQQ", 1, 8192, 1, segment_size, len(slots), len(payload), 16384 + len(table))
    header += salt + (commitment or derive(data_key, salt, b"commitment"))
    header += mac(derive(data_key, salt, b"tags"), table)
    header += b"".join(slots).ljust(15 * 512, b"\0") + bytes(336)
    header += mac(derive(data_key, salt, b"header"), header)
    return header + bytes(8192) + table + payload


# The files.

DATA_KEY, SALT, NONCE, SLOT_KEY = run(0x10, 32), run(0x40, 32), run(0x70, 12), run(0x90, 32)
OTHER_KEY = run(0xC0, 32)
SNP_RECORD = kdf_vectors.record(kdf_vectors.SNP, kdf_vectors.snp_request(0b101001, 0, 0, bytes.fromhex("04030000000017db")),
                                kdf_vectors.snp_floor(bytes.fromhex("0300000000001600")), b"unitee sealed slot")


def changes(base, content):
    """The edits that turn base into content, which is as long: sealed files are mostly zeros, or mostly alike."""
    edits, i = [], 0
    while i < len(content):
        end = i
        while end < len(content) and content[end:end + 16] != base[end:end + 16]:
            end += 16
        if end > i:
            edits.append({"op": "set", "offset": i, "hex": content[i:end].hex()})
        i = max(end, i + 16)
    return edits


def file(name, size, segment_size=SEGMENT, kind=2, params=b"", slots=None, content=None, slot_key=SLOT_KEY):
    """A file that opens. Without `slots` it has one, and a writer that is given the same must reproduce the file."""
    made = slots or [slot(kind, params, NONCE, slot_key, SALT, DATA_KEY)]
    if content is None:
        sealed = seal_segments(DATA_KEY, SALT, plaintext(size), segment_size)
        content = assemble(DATA_KEY, SALT, made, *sealed, segment_size)
    out = {"name": name, "slot_key": slot_key.hex(), "plaintext_size": size, "segment_size": segment_size}
    if slots is None:
        out |= {"data_key": DATA_KEY.hex(), "file_salt": SALT.hex(), "slot_nonce": NONCE.hex(), "slot_kind": kind,
                "params": params.hex()}
    return out | {"content": content}


def files():
    yield file("empty", 0)
    yield file("one_byte", 1)
    yield file("segment_less_one", SEGMENT - 1)
    yield file("segment", SEGMENT, params=b"k")
    yield file("segment_and_one", SEGMENT + 1, params=run(0xA0, 64))
    yield file("three_segments", 2 * SEGMENT + 5, params=b"model-key-7")
    # The firmware answers with kdf_vectors.ROOT, the bytes 0 to 31.
    yield file("snp_derived_key", 100, kind=1, params=SNP_RECORD, slot_key=kdf_vectors.derive(kdf_vectors.ROOT, SNP_RECORD))
    yield file("default_segment_size", 1000, segment_size=262144)
    good = slot(2, b"right", NONCE, SLOT_KEY, SALT, DATA_KEY)
    wrong = slot(2, b"wrong", run(1, 12), OTHER_KEY, SALT, DATA_KEY)
    later = slot(9, run(0, 400), run(2, 12), SLOT_KEY, SALT, OTHER_KEY)
    yield file("third_slot_of_three", 100, slots=[wrong, later, good])
    yield file("fifteen_slots", 100, slots=[wrong] * 14 + [good])


def u32(value):
    return struct.pack("<I", value).hex()


def u64(value):
    return struct.pack("<Q", value).hex()


def refusals(base):
    """(name, edits, expected failure) for the content of three_segments; an edit is [offset, hex]."""
    def flipped(at):
        return bytes([base[at] ^ 1]).hex()

    header, tags, payload = "sealed_header", "sealed_tags", "sealed_payload"
    yield "magic_wrong", [[0, "88"]], ["unrecognized", 0, header]
    yield "magic_with_carriage_return", [[7, "0d"]], ["unrecognized", 0, header]
    yield "version_0", [[8, u32(0)]], ["unsupported_version", 8, header]
    yield "version_2", [[8, u32(2)]], ["unsupported_version", 8, header]
    yield "header_size_4096", [[12, u32(4096)]], ["bad_value", 12, header]
    yield "generation_0", [[16, u64(0)]], ["bad_value", 16, header]
    for size in (0, 2048, 4097, 12288, 33554432):
        yield f"segment_size_{size}", [[24, u32(size)]], ["bad_value", 24, header]
    yield "segment_size_of_another_table", [[24, u32(16)]], ["bad_value", 24, header]
    yield "payload_size_above_the_limit", [[32, u64(2**48 + 1)]], ["bad_value", 32, header]
    yield "payload_size_of_a_larger_table", [[32, u64(257 * SEGMENT)]], ["bad_length", 40, header]
    yield "slot_count_0", [[28, u32(0)]], ["bad_value", 28, header]
    yield "slot_count_16", [[28, u32(16)]], ["bad_value", 28, header]
    yield "slot_count_2_of_1", [[28, u32(2)]], ["bad_value", 656, header]
    yield "payload_offset_8192", [[40, u64(8192)]], ["bad_length", 40, header]
    yield "slot_kind_0", [[144, u32(0)]], ["bad_value", 144, header]
    yield "slot_kind_1_with_params_of_11", [[144, u32(1)]], ["bad_length", 148, header]
    yield "slot_kind_1_with_params_of_70", [[144, u32(1)], [148, u32(70)]], ["bad_length", 148, header]
    yield "slot_kind_1_with_params_of_78", [[144, u32(1)], [148, u32(78)]], ["bad_length", 148, header]
    yield "slot_params_65", [[148, u32(65)]], ["bad_length", 148, header]
    yield "slot_params_401_of_a_later_kind", [[144, u32(3)], [148, u32(401)]], ["bad_length", 148, header]
    yield "slot_params_one_short", [[148, u32(10)]], ["reserved_not_zero", 162, header]
    yield "slot_params_padding_not_zero", [[144 + 407, "01"]], ["reserved_not_zero", 144 + 407, header]
    yield "slot_reserved_first", [[144 + 408, "01"]], ["reserved_not_zero", 144 + 408, header]
    yield "slot_reserved_last", [[144 + 451, "80"]], ["reserved_not_zero", 144 + 451, header]
    yield "unused_slot_first", [[656, "01"]], ["reserved_not_zero", 656, header]
    yield "unused_slot_last", [[7823, "01"]], ["reserved_not_zero", 7823, header]
    yield "header_reserved_first", [[7824, "01"]], ["reserved_not_zero", 7824, header]
    yield "header_reserved_last", [[8159, "01"]], ["reserved_not_zero", 8159, header]
    yield "second_header_not_zero", [[8193, "01"]], ["reserved_not_zero", 8193, header]
    yield "second_header_last", [[16383, "01"]], ["reserved_not_zero", 16383, header]
    yield "second_header_in_use", [[8192, base[:8192].hex()]], ["unsupported_format", 8192, header]
    yield "slot_of_a_later_kind_only", [[144, u32(3)]], ["no_matching_slot", 0, header]
    yield "slot_params_changed", [[152, flipped(152)]], ["no_matching_slot", 0, header]
    yield "slot_nonce_changed", [[144 + 452, flipped(144 + 452)]], ["no_matching_slot", 0, header]
    yield "slot_wrapped_key_changed", [[144 + 464, flipped(144 + 464)]], ["no_matching_slot", 0, header]
    yield "slot_tag_changed", [[144 + 511, flipped(144 + 511)]], ["no_matching_slot", 0, header]
    yield "file_salt_changed", [[48, flipped(48)]], ["no_matching_slot", 0, header]
    yield "commitment_changed", [[80, flipped(80)]], ["not_authentic", 0, header]
    yield "tag_table_mac_changed", [[112, flipped(112)]], ["not_authentic", 0, header]
    yield "generation_2", [[16, u64(2)]], ["not_authentic", 0, header]
    yield "header_mac_changed", [[8191, flipped(8191)]], ["not_authentic", 0, header]
    yield "first_tag_changed", [[16384, flipped(16384)]], ["not_authentic", 0, tags]
    yield "tag_padding_changed", [[20479, "01"]], ["not_authentic", 0, tags]
    yield "tags_swapped", [[16384, (base[16400:16416] + base[16384:16400]).hex()]], ["not_authentic", 0, tags]
    yield "first_segment_changed", [[20480, flipped(20480)]], ["not_authentic", 0, payload]
    yield "last_byte_changed", [[len(base) - 1, flipped(len(base) - 1)]], ["not_authentic", 2 * SEGMENT, payload]
    first, second = base[20480:20480 + SEGMENT], base[20480 + SEGMENT:20480 + 2 * SEGMENT]
    yield "segments_swapped", [[20480, (second + first).hex()]], ["not_authentic", 0, payload]
    yield "segment_repeated", [[20480 + SEGMENT, first.hex()]], ["not_authentic", SEGMENT, payload]

    # By somebody who has the data key, or a part of the keys: what the format says is refused all the same.
    slots = [slot(2, b"model-key-7", NONCE, SLOT_KEY, SALT, DATA_KEY)]
    ciphertexts, its_tags = seal_segments(DATA_KEY, SALT, plaintext(2 * SEGMENT + 5), SEGMENT)
    swap = [1, 0, 2]
    swapped = assemble(DATA_KEY, SALT, slots, [ciphertexts[i] for i in swap], [its_tags[i] for i in swap], SEGMENT)
    yield "segments_and_tags_swapped_under_valid_macs", changes(base, swapped), ["not_authentic", 0, payload]
    uncommitted = assemble(DATA_KEY, SALT, slots, ciphertexts, its_tags, SEGMENT, commitment=run(0x33, 32))
    yield "commitment_to_another_key_under_valid_macs", changes(base, uncommitted), ["not_authentic", 0, header]
    two_keys = [slot(2, b"model-key-7", NONCE, SLOT_KEY, SALT, OTHER_KEY)]
    rewrapped = assemble(DATA_KEY, SALT, two_keys, ciphertexts, its_tags, SEGMENT)
    yield "slot_with_another_data_key", changes(base, rewrapped), ["not_authentic", 0, header]

    # From another file whose slot has the same key.
    salt = run(0x41, 32)
    other_slots = [slot(2, b"model-key-7", NONCE, SLOT_KEY, salt, OTHER_KEY)]
    other_sealed = seal_segments(OTHER_KEY, salt, plaintext(2 * SEGMENT + 5), SEGMENT)
    other = assemble(OTHER_KEY, salt, other_slots, *other_sealed, SEGMENT)
    its_header = [[0, other[:656].hex()], [8160, other[8160:8192].hex()]]
    its_table = [[16384, other[16384:16432].hex()]]
    yield "header_of_another_file", its_header, ["not_authentic", 0, tags]
    yield "slot_of_another_file", [[144, other[144:656].hex()]], ["no_matching_slot", 0, header]
    yield "header_and_tags_of_another_file", its_header + its_table, ["not_authentic", 0, payload]
    yield "payload_of_another_file", [[20480, other[20480:].hex()]], ["not_authentic", 0, payload]


def vectors():
    whole = {made["name"]: made for made in files()}
    base = whole["three_segments"]["content"]
    for made in whole.values():
        content = made.pop("content")
        yield made | {"file_size": len(content), "edits": changes(bytes(len(content)), content)}

    def refused(name, edits, expected, slot_key=SLOT_KEY):
        return {"name": name, "base": "three_segments", "slot_key": slot_key.hex(), "edits": edits, "expect": expected}

    for name, edits, expected in refusals(base):
        if not isinstance(edits[0], dict):
            edits = [{"op": "set", "offset": offset, "hex": digits} for offset, digits in edits]
        yield refused(name, edits, expected)
    yield refused("wrong_key", [], ["no_matching_slot", 0, "sealed_header"], OTHER_KEY)
    for size, name in [(0, "no_bytes"), (7, "cut_in_the_magic"), (8191, "cut_in_the_header"),
                       (8192, "cut_after_the_header"), (16384, "cut_before_the_tags"),
                       (len(base) - 5, "last_segment_missing"), (len(base) - 1, "cut_by_one")]:
        yield refused(name, [{"op": "truncate", "length": size}], ["truncated", size, "sealed_header"])
    yield refused("one_byte_appended", [{"op": "append", "hex": "00"}], ["trailing_data", len(base), "sealed_header"])


def seeds():
    for made in files():
        yield "sealed_file", made["name"], made["content"]
        yield "sealed_header", made["name"], made["content"][:8192]
