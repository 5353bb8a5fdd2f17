# SPDX-License-Identifier: Apache-2.0
"""Vectors for TPM quotes (TPMS_ATTEST) and their signatures: one reason to refuse per vector, laid out with struct. They
are not signed by anyone.

The kind is tpm_quote or tpm_signature; offsets count in the input, in part::tpm_quote or part::input.
"""

import struct

from tdx_vectors import run

SHA1, SHA256, SHA384, SHA512, SM3 = 0x0004, 0x000B, 0x000C, 0x000D, 0x0012
SIZES = {SHA1: 20, SHA256: 32, SHA384: 48, SHA512: 64}


def sized(data, size=None):
    return struct.pack(">H", len(data) if size is None else size) + data


def bank(algorithm=SHA256, select=b"\xff\xff\xff", size=None):
    return struct.pack(">HB", algorithm, len(select) if size is None else size) + select


NAME = struct.pack(">H", SHA256) + run(0x11, 32)
EXTRA = run(0x31, 20)


def quote(magic=0xFF544347, kind=0x8018, signer=sized(NAME), extra=sized(EXTRA), safe=1, banks=(bank(),), count=None,
          digest=sized(run(0x71, 32))):
    clock = struct.pack(">QIIBQ", 0x5152535455565758, 0x595A5B5C, 0x5D5E5F60, safe, 0x6162636465666768)
    return (struct.pack(">IH", magic, kind) + signer + extra + clock +
            struct.pack(">I", len(banks) if count is None else count) + b"".join(banks) + digest)


# Where things stand in quote().
SIGNER = 6
EXTRA_SIZE = SIGNER + 2 + len(NAME)
CLOCK = EXTRA_SIZE + 2 + len(EXTRA)
SAFE = CLOCK + 16
COUNT = CLOCK + 25
BANKS = COUNT + 4
DIGEST = BANKS + 6


def signature(scheme=0x0014, algorithm=SHA256, data=run(3, 256), size=None):
    return struct.pack(">HH", scheme, algorithm) + sized(data, size)


def vectors():
    out = []

    def put(name, data, expect="ok", offset=0):
        kind = "tpm_signature" if name.startswith("signature") else "tpm_quote"
        out.append({"name": name, "kind": kind, "expect": expect, "offset": offset, "hex": data.hex()})

    whole = quote()
    put("one_bank", whole)
    put("no_bank", quote(banks=()))
    put("four_banks", quote(banks=[bank(algorithm) for algorithm in SIZES]))
    put("select_of_4_bytes", quote(banks=[bank(select=b"\xff\0\0\x01")]))
    put("select_of_nothing", quote(banks=[bank(select=bytes(3)), bank(SHA1)]))
    put("no_signer_no_extra_data", quote(signer=sized(b""), extra=sized(b"")))
    put("signer_is_a_handle", quote(signer=sized(bytes.fromhex("81000003"))))
    put("longest_signer_and_extra_data", quote(signer=sized(run(1, 66)), extra=sized(run(2, 66))))
    put("not_safe", quote(safe=0))
    for algorithm, size in SIZES.items():
        put(f"digest_of_{size}_bytes", quote(digest=sized(run(5, size))))

    put("empty", b"", "truncated", 0)
    put("magic_cut", whole[:3], "truncated", 3)
    put("type_cut", whole[:5], "truncated", 5)
    put("magic_last_byte", quote(magic=0xFF544346), "bad_value", 0)
    put("magic_first_byte", quote(magic=0x7F544347), "bad_value", 0)
    put("magic_in_the_other_order", struct.pack("<I", 0xFF544347) + whole[4:], "bad_value", 0)
    for kind in (0x8014, 0x8017, 0x8019, 0x801A, 0x1880, 0, 0xFFFF):
        put(f"type_0x{kind:04x}", quote(kind=kind), "unsupported_format", 4)
    put("signer_of_67_bytes", quote(signer=sized(run(1, 67))), "bad_length", SIGNER)
    put("signer_huge", quote(signer=sized(NAME, 0xFFFF)), "bad_length", SIGNER)
    put("signer_size_cut", whole[:SIGNER + 1], "truncated", SIGNER + 1)
    put("signer_cut", whole[:SIGNER + 35], "truncated", SIGNER + 35)
    put("extra_data_of_67_bytes", quote(extra=sized(run(1, 67))), "bad_length", EXTRA_SIZE)
    put("extra_data_huge", quote(extra=sized(EXTRA, 0xFFFF)), "bad_length", EXTRA_SIZE)
    put("extra_data_cut", whole[:CLOCK - 1], "truncated", CLOCK - 1)
    put("clock_cut", whole[:CLOCK + 7], "truncated", CLOCK + 7)
    put("firmware_version_cut", whole[:COUNT - 1], "truncated", COUNT - 1)
    for safe in (2, 0x80, 0xFF):
        put(f"safe_{safe}", quote(safe=safe), "bad_value", SAFE)
    put("count_cut", whole[:COUNT + 3], "truncated", COUNT + 3)
    put("nine_banks", quote(banks=[bank()] * 9), "bad_value", COUNT)
    put("count_huge", quote(count=0xFFFFFFFF), "bad_value", COUNT)
    put("count_one_more", quote(count=2), "unsupported_algorithm", DIGEST)
    put("count_one_less", quote(count=0), "bad_length", BANKS)  # the bank's hash is no size of a digest
    put("bank_hash_cut", whole[:BANKS + 1], "truncated", BANKS + 1)
    put("bank_sm3", quote(banks=[bank(), bank(SM3)]), "unsupported_algorithm", BANKS + 6)
    put("bank_null", quote(banks=[bank(0x0010)]), "unsupported_algorithm", BANKS)
    put("bank_twice", quote(banks=[bank(), bank(SHA1), bank()]), "duplicate", BANKS + 12)
    put("bank_twice_with_other_pcrs", quote(banks=[bank(select=b"\1\0\0"), bank(select=b"\2\0\0")]), "duplicate", BANKS + 6)
    for size in (0, 1, 2, 5, 255):
        put(f"select_size_{size}", quote(banks=[bank(size=size)]), "bad_length", BANKS + 2)
    put("select_size_cut", whole[:BANKS + 2], "truncated", BANKS + 2)
    put("select_cut", whole[:BANKS + 5], "truncated", BANKS + 5)
    for size in (0, 1, 31, 33, 65, 0xFFFF):
        put(f"digest_size_{size}", quote(digest=sized(run(0x71, 32), size)), "bad_length", DIGEST)
    put("digest_size_cut", whole[:DIGEST + 1], "truncated", DIGEST + 1)
    put("digest_one_byte_short", whole[:-1], "truncated", len(whole) - 1)
    put("digest_without_its_second_half", quote(digest=sized(run(0x71, 32), 64)), "truncated", len(whole))
    put("one_byte_behind", whole + b"\0", "trailing_data", len(whole))
    put("a_second_quote_behind", whole + whole, "trailing_data", len(whole))

    for size in (256, 384, 512):
        put(f"signature_raw_of_{size}_bytes", run(1, size))
        put(f"signature_of_{size}_bytes", signature(data=run(1, size)))
    good = signature()
    put("signature_empty", b"", "truncated", 0)
    put("signature_scheme_cut", good[:1], "truncated", 1)
    put("signature_hash_cut", good[:3], "truncated", 3)
    put("signature_size_cut", good[:5], "truncated", 5)
    put("signature_one_byte_short", good[:-1], "truncated", len(good) - 1)
    put("signature_one_byte_behind", good + b"\0", "trailing_data", len(good))
    put("signature_raw_one_byte_short", run(1, 255), "unsupported_algorithm", 0)
    put("signature_raw_one_byte_long", run(1, 257), "unsupported_algorithm", 0)
    for scheme, name in ((0x0016, "rsapss"), (0x0018, "ecdsa"), (0x0010, "null"), (0x1400, "rsassa_in_the_other_order")):
        put(f"signature_{name}", signature(scheme=scheme), "unsupported_algorithm", 0)
    for algorithm in (SHA1, SHA384, SHA512, SM3):
        put(f"signature_with_hash_0x{algorithm:04x}", signature(algorithm=algorithm), "unsupported_algorithm", 2)
    for size in (0, 128, 255, 257, 0xFFFF):
        put(f"signature_size_{size}", signature(size=size), "bad_length", 4)
    return out


RUNTIME_DATA = """{"keys":[{"kid":"HCLAkPub","key_ops":["sign"],"kty":"RSA","e":"AQAB","n":"%s"}],
"vm-configuration":{"secure-boot":true,"current-time":1.5e9,"none":null,"\\u00e9":-1},"user-data":"%s"}""" % ("_" * 341 + "w", "0a" * 64)


def seeds():
    for vector in vectors():
        yield "tpm_quote", vector["name"], bytes.fromhex(vector["hex"])
    yield "runtime_data", "whole", RUNTIME_DATA.encode()
