# SPDX-License-Identifier: Apache-2.0
"""A writer of sealed files (include/unitee/seal/FORMAT.md), written from that page alone, which can also write what the
page forbids. AES-256-GCM is written out here, slow and simple, because the standard library has none; it protects
nothing.
"""

import functools
import hashlib
import hmac
import struct

import crypto_vectors
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


@functools.lru_cache(maxsize=None)
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


@functools.lru_cache(maxsize=None)
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
INVARIANT, HEADER, SLOT, TABLE = 128, 8192, 512, 16384
ENCRYPTED, PUBLIC = 1, 2  # protection; of metadata it is the other way round
CALLER, BROKER, POINT, SNP, TDX, SNP_SIMULATED, TDX_SIMULATED = 2, 5, 4, 1, 3, 0x80000001, 0x80000003
CURVES = {1: crypto_vectors.P256, 2: crypto_vectors.P384}


def rounded_up(size):
    return -(-size // 4096) * 4096


def patched(content, patches):
    """content with other bytes in it: [(offset, bytes)]."""
    out = bytearray(content)
    for offset, piece in patches:
        assert offset + len(piece) <= len(out)
        out[offset:offset + len(piece)] = piece
    return bytes(out)


def sealed_segment(key, number, piece, protection):
    """What stands in the file, and the tag."""
    nonce = struct.pack("<Q4x", number)
    if protection == PUBLIC:
        return piece, gcm(key, nonce, piece, b"")[1]
    return gcm(key, nonce, b"", piece)


class File:
    """One payload under one data key: a sealed file but for its slots. `patches` go to the invariant part, and all that
    depends on it is then made with them."""

    def __init__(self, plain, segment_size=4096, protection=ENCRYPTED, form=0, items=b"", data_key=None, file_id=None,
                 patches=()):
        self.plain, self.segment_size, self.protection, self.data_key = plain, segment_size, protection, data_key
        pieces = [plain[i:i + segment_size] for i in range(0, len(plain), segment_size)]
        metadata_size = len(items) + 16 if form else 0
        self.tags_offset = TABLE + rounded_up(metadata_size)
        self.payload_offset = self.tags_offset + rounded_up(16 * len(pieces))
        self.invariant = patched(struct.pack(
            "<8sIIIIQQII32s48x", MAGIC, 1, HEADER, protection, segment_size, len(plain), self.payload_offset, form,
            metadata_size, file_id), patches)
        sealed = [sealed_segment(self.derived("segments"), i, piece, protection) for i, piece in enumerate(pieces)]
        self.payload = b"".join(piece for piece, _ in sealed)
        self.tags = b"".join(tag for _, tag in sealed)
        self.metadata = b""
        if form:
            as_payload = {1: PUBLIC, 2: ENCRYPTED}[form]
            self.metadata = b"".join(sealed_segment(self.derived("metadata"), 0, items, as_payload))

    def derived(self, label):
        return kdf_vectors.hkdf(hashlib.sha384, self.data_key, self.invariant[48:80],
                                b"unitee sealed v1 " + label.encode() + hashlib.sha384(self.invariant).digest(), 32)

    def slot(self, kind, params, key, data_key=None, patches=()):
        """`patches` go to the part that the tag covers. The nonce is another one for every slot."""
        covered = patched(struct.pack("<II400s44x", kind, len(params), params), patches)
        nonce = hashlib.sha256(b"nonce" + key + covered).digest()[:12]
        wrapped, tag = gcm(key, nonce, hashlib.sha384(self.invariant).digest() + covered, data_key or self.data_key)
        return covered + nonce + wrapped + tag

    def table(self):
        return self.tags.ljust(rounded_up(len(self.tags)), b"\0")

    def header(self, slots, generation=1, state=1, patches=()):
        """One copy of the header. `patches` go to what is behind the invariant part and covered by the MAC."""
        mac = hmac.digest(self.derived("tag table"), self.table(), "sha256")
        out = self.invariant + self.derived("commitment") + mac
        out += struct.pack("<QII", generation, state, len(slots)).ljust(SLOT - len(out), b"\0") + b"".join(slots)
        out = patched(out.ljust(HEADER, b"\0"), patches)
        assert out[:INVARIANT] == self.invariant
        return patched(out, [(480, hmac.digest(self.derived("header"), out[:480] + out[512:], "sha256"))])

    def content(self, copy_0, copy_1=None):
        """The file, of one header twice or of two."""
        metadata = self.metadata.ljust(self.tags_offset - TABLE, b"\0")
        return copy_0 + (copy_1 or copy_0) + metadata + self.table() + self.payload


# Slots' keys and parameters.

def derived_key(root, record):
    return kdf_vectors.derive(root, record)


def times(curve, k, point):
    total = None
    while k:
        if k & 1:
            total = curve.add(total, point)
        point = curve.add(point, point)
        k >>= 1
    return total


def agreed(number, ephemeral, recipient_scalar, recipient=None, ephemeral_point=None, named=None):
    """The params of a slot for a public key, and the slot's key. The points are those of the scalars, and the curve is
    named by its own number, unless given."""
    curve = CURVES[number]
    point = ephemeral_point or curve.times(ephemeral)
    recipient = recipient or curve.times(recipient_scalar)
    params = bytes([number if named is None else named]) + curve.bytes(*point) + curve.bytes(*recipient)
    x = curve.bytes(times(curve, recipient_scalar, point)[0])
    return params, kdf_vectors.hkdf(hashlib.sha384, x, b"unitee sealed to public key v1", params, 32)


# Metadata.

def item(number, value, size=None):
    return struct.pack("<II", number, len(value) if size is None else size) + value


def tensor_index(index=(0, 0), data=(0, 0), alignment=32, tensors=(), count=None):
    out = struct.pack("<QQQQII", *index, *data, alignment, len(tensors) if count is None else count)
    return out + b"".join(struct.pack("<QQ", *tensor) for tensor in tensors)


# What the vectors share.

def run(first, size):
    return bytes((first + i) % 256 for i in range(size))


def plaintext(size):
    return bytes((31 * n + n // 256) % 256 for n in range(size))


DATA_KEY, FILE_ID, KEY, ROOT = run(0x10, 32), run(0x40, 32), run(0x90, 32), run(0xB0, 32)
OTHER_DATA_KEY, OTHER_ID, OTHER_KEY = run(0xC0, 32), run(0x41, 32), run(0x91, 32)
EPHEMERAL, RECIPIENT, STRANGER = (int.from_bytes(run(first, 32), "big") for first in (0x21, 0x43, 0x65))
SLOT_PURPOSE = b"unitee sealed slot"
SNP_TCB, SNP_FIELDS = bytes.fromhex("04030000000017db"), 0b101001


def sealed(size=100, **more):
    return File(plaintext(size), **{"data_key": DATA_KEY, "file_id": FILE_ID} | more)


def caller(file, key=KEY, params=b"model-key-7", **more):
    return file.slot(CALLER, params, key, **more)


def snp_record(fields=SNP_FIELDS, vmpl=0, guest_svn=0, tcb=SNP_TCB, floor=(), **more):
    request = kdf_vectors.snp_request(fields, vmpl, guest_svn, tcb, **more)
    return kdf_vectors.record(kdf_vectors.SNP, request, kdf_vectors.snp_floor(*floor), SLOT_PURPOSE)


def tdx_record(policy=1, attributes=kdf_vectors.ATTRIBUTES, xfam=kdf_vectors.XFAM, svns=(0, 0, 0), floor=(), **more):
    request = kdf_vectors.tdx_request(policy, attributes, xfam, kdf_vectors.CPUSVN, kdf_vectors.TEE_TCB_SVN, svns,
                                      **more)
    return kdf_vectors.record(kdf_vectors.TDX, request, kdf_vectors.tdx_floor(*floor), SLOT_PURPOSE)


def derived_slot(file, kind, record):
    return file.slot(kind, record, derived_key(ROOT, record))


def has_key(key=KEY, kind=CALLER):
    return {"kind": kind, "key": key.hex()}


def has_root(kind, **more):
    return {"kind": kind, "root": ROOT.hex()} | ({"vmpl": 0} if kind in (SNP, SNP_SIMULATED) else {}) | more


def has_scalar(number, scalar=RECIPIENT):
    return {"kind": POINT, "curve": number, "scalar": CURVES[number].bytes(scalar).hex()}


def sparse(content):
    """[offset, hexadecimal digits] of what is not zero; shorter runs of zeros than 16 stay inside."""
    runs, at = [], 0
    while at < len(content):
        if not content[at]:
            at += len(content) - at - len(content[at:].lstrip(b"\0"))
            continue
        end = content.find(bytes(16), at)
        end = len(content) if end < 0 else end
        piece = content[at:end].rstrip(b"\0")
        runs.append([at, piece.hex()])
        at = end
    return runs


def vector(name, comment, key, content, expect, minimum=None, mac=None):
    demanded = {} if minimum is None else {"minimum_generation": minimum}
    demanded |= {} if mac is None else {"minimum_mac": mac.hex()}
    return {"name": name, "comment": comment, "key": key} | demanded | {
        "expect": expect, "size": len(content), "file": sparse(content)}
