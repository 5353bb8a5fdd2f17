# SPDX-License-Identifier: Apache-2.0
"""Keys derived from a hardware secret, by HKDF-SHA-384 written out on Python's hmac (RFC 5869), and records of such keys.

A vector is either a derivation, with what the key is bound to in words, what a fresh report says (the basis), the record that
must come of it and the key; or a refusal: a record, edited, and the failure that a reader must report. Where "strict" is there,
only parse refuses it, and parse_any_binding takes it. The layouts are laid out with struct, apart from the C++ code.
"""

import hashlib
import hmac
import struct


def hkdf(digest, key, salt, info, size):
    pseudorandom = hmac.digest(salt, key, digest)
    out, block = b"", b""
    count = 0
    while len(out) < size:
        count += 1
        block = hmac.digest(pseudorandom, block + info + bytes([count]), digest)
        out += block
    return out[:size]


# Test case 1 of RFC 5869, appendix A, checks the construction; it has no case with SHA-384.
assert hkdf(hashlib.sha256, b"\x0b" * 22, bytes(range(13)), bytes(range(0xF0, 0xFA)), 42).hex() == (
    "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865")


def derive(root, record):
    return hkdf(hashlib.sha384, root, b"unitee derive v1", record, 32)


ROOT = bytes(range(32))
SNP, TDX = 1, 2
# The bits that a TDX module has names for: of ATTRIBUTES 0, 4 to 6, 16, 27 to 31, 62 and 63; of XFAM 0 to 2, 5 to 9, 11, 12, 14, 15, 17, 18.
ATTRIBUTES = sum(1 << bit for bit in (0, 4, 5, 6, 16, *range(27, 32), 62, 63))
XFAM = sum(1 << bit for bit in (0, 1, 2, *range(5, 10), 11, 12, 14, 15, 17, 18))


def snp_request(fields, vmpl, guest_svn, tcb, root_key_select=0, launch_mit_vector=None):
    """MSG_KEY_REQ: root key select and 4 reserved bytes, fields, VMPL, GUEST_SVN, TCB_VERSION; in version 2 the vector, too."""
    out = struct.pack("<IIQII8s", root_key_select, 0, fields, vmpl, guest_svn, tcb)
    return out if launch_mit_vector is None else out + struct.pack("<Q", launch_mit_vector)


def tdx_request(policy, attributes_mask, xfam_mask, cpusvn, tee_tcb_svn, svns=(0, 0, 0), salt=bytes(32), swkeyname=0, keysize=1):
    out = struct.pack("<HBB4xQQQ16s16sHHH32s26x", 0, swkeyname, keysize, policy, attributes_mask, xfam_mask, cpusvn, tee_tcb_svn, *svns,
                      salt)
    assert len(out) == 128
    return out


def snp_floor(tcb=bytes(8), guest_svn=0):
    return tcb + struct.pack("<I", guest_svn)


def tdx_floor(tee_tcb_svn=bytes(16), svns=(0, 0, 0)):
    return tee_tcb_svn + struct.pack("<HHH", *svns)


def record(vendor, request, floor, purpose, context=b""):
    return (bytes([1, vendor]) + struct.pack("<H", len(request)) + request + struct.pack("<H", len(floor)) + floor +
            bytes([len(purpose)]) + purpose + struct.pack("<H", len(context)) + context)


# The words, and the bits that they stand for: GUEST_FIELD_SELECT with TCB_VERSION always, KEYPOLICY.
SNP_WORDS = {"measurement_and_policy": 0b101001, "measurement": 0b101000, "shared": 0b100000, "owner": 0b000110,
             "guest_svn": 0b010000, "chip": 0}
TDX_WORDS = {"measurement_and_policy": 1, "measurement": 1, "shared": 0, "owner": 1 << 2 | 1 << 4, "guest_svn": 0, "chip": 0,
             "configuration": 1 << 3, "rtmr1": 1 << 33, "rtmr2": 1 << 34, "rtmr4": 1 << 36}


def snp_bound(words, basis):
    tcb, vmpl, guest_svn = basis
    fields = 0
    for word in words:
        fields |= SNP_WORDS[word]
    return snp_request(fields, vmpl, guest_svn if "guest_svn" in words else 0, tcb, 1 << 1 if "chip" in words else 0)


def tdx_bound(words, basis):
    cpusvn, tee_tcb_svn, svns = basis
    policy = 0
    for word in words:
        policy |= TDX_WORDS[word]
    masks = (ATTRIBUTES, XFAM) if words[0] == "measurement_and_policy" else (0, 0)
    return tdx_request(policy, *masks, cpusvn, tee_tcb_svn, svns)


TCB, OLD_TCB = bytes.fromhex("04020000000018db"), bytes.fromhex("0300000000001473")
CPUSVN = bytes(range(0xC0, 0xD0))
TEE_TCB_SVN, OLD_TEE_TCB_SVN = bytes.fromhex("0701090000000000000000000000000b"), bytes.fromhex("05010300000000000000000000000000")
PURPOSE = b"a key for a test"
SLOT = b"unitee sealed slot"
LONGEST = bytes(range(0x20, 0x60))
BOUND = ["measurement_and_policy"]


def derivations():
    """(name, words, basis, floor, purpose, context) for both vendors."""
    plain, full = (TCB, 0, 0), (TCB, 3, 0x01020304)
    floor = (OLD_TCB, 0x01020300)
    yield "snp_default", SNP, BOUND, plain, (), PURPOSE, b""
    yield "snp_sealed_slot", SNP, BOUND, plain, (), SLOT, b""
    yield "snp_shortest_purpose", SNP, BOUND, plain, (), b"x", b""
    yield "snp_longest_purpose_and_context", SNP, BOUND, plain, (), LONGEST, bytes(range(256)) * 2
    yield "snp_context", SNP, BOUND, plain, (), PURPOSE, hashlib.sha256(b"a model").digest()
    yield "snp_floor", SNP, BOUND + ["guest_svn"], full, floor, PURPOSE, b""
    yield "snp_everything", SNP, BOUND + ["owner", "guest_svn", "chip"], full, floor, PURPOSE, b"c"
    yield "snp_svn_not_mixed_in", SNP, BOUND, full, (), PURPOSE, b""
    yield "snp_even_under_debug", SNP, ["measurement"], plain, (), PURPOSE, b""
    yield "snp_shared", SNP, ["shared", "owner"], plain, (), PURPOSE, b""
    plain, full = (CPUSVN, TEE_TCB_SVN, (0, 0, 0)), (CPUSVN, TEE_TCB_SVN, (0x0102, 0x0304, 0x0506))
    floor = (OLD_TEE_TCB_SVN, (0x0102, 0x0303, 0x0001))
    yield "tdx_default", TDX, BOUND, plain, (), PURPOSE, b""
    yield "tdx_longest_purpose_and_context", TDX, BOUND, plain, (), LONGEST, bytes(range(256)) * 2
    yield "tdx_floor", TDX, BOUND, full, floor, PURPOSE, b""
    yield "tdx_chip_and_svn_are_always_there", TDX, BOUND + ["chip", "guest_svn"], full, (), PURPOSE, b""
    yield "tdx_everything", TDX, BOUND + ["owner", "configuration", "rtmr1", "rtmr2", "rtmr4"], full, floor, PURPOSE, b"c"
    yield "tdx_even_under_debug", TDX, ["measurement"], plain, (), PURPOSE, b""
    yield "tdx_shared", TDX, ["shared", "owner", "configuration", "rtmr1"], plain, (), PURPOSE, b""


def made():
    for name, vendor, words, basis, floor, purpose, context in derivations():
        if vendor == SNP:
            request, least = snp_bound(words, basis), snp_floor(*floor)
            seen = {"committed_tcb": basis[0].hex(), "vmpl": basis[1], "guest_svn": basis[2]}
        else:
            request, least = tdx_bound(words, basis), tdx_floor(*floor)
            seen = {"cpusvn": basis[0].hex(), "tee_tcb_svn": basis[1].hex(), "svns": list(basis[2])}
        content = record(vendor, request, least, purpose, context)
        yield {"name": name, "vendor": vendor, "to": words, "basis": seen, "floor": least.hex(), "purpose": purpose.decode("ascii"),
               "context": context.hex(), "root": ROOT.hex(), "record": content.hex(), "key": derive(ROOT, content).hex()}


def word(size, value):
    return value.to_bytes(size, "little").hex()


def refusals():
    """(name, base, edits, code, offset, only parse refuses it); an edit is [offset, hex], a size to cut to, or text to add."""
    size, least, purpose, context = 2, 4 + 32, 4 + 32 + 14, 4 + 32 + 14 + 17
    snp, yes = "snp_default", True
    yield "version_0", snp, [[0, "00"]], "unsupported_version", 0
    yield "version_2", snp, [[0, "02"]], "unsupported_version", 0
    yield "vendor_0", snp, [[1, "00"]], "platform_mismatch", 1
    yield "vendor_of_the_other", snp, [[1, "02"]], "platform_mismatch", 1
    for n in (0, 31, 41, 128, 0xFFFF):
        yield f"request_size_{n}", snp, [[size, word(2, n)]], "bad_length", size
    for n in (0, 11, 13, 22):
        yield f"floor_size_{n}", snp, [[least, word(2, n)]], "bad_length", least
    yield "purpose_empty", snp, [[purpose, "00"]], "bad_length", purpose
    yield "purpose_of_65", snp, [[purpose, "41"]], "bad_length", purpose
    yield "purpose_of_255", snp, [[purpose, "ff"]], "bad_length", purpose
    yield "context_of_513", snp, [[context, word(2, 513)]], "bad_length", context
    yield "context_one_short", snp, [[context, word(2, 1)]], "truncated", context + 2
    yield "context_one_long", "snp_context", [[context, word(2, 31)]], "trailing_data", context + 2 + 31
    yield "one_byte_appended", snp, ["00"], "trailing_data", context + 2
    yield "empty", snp, [0], "truncated", 0
    yield "cut_in_the_request", snp, [35], "truncated", 35
    yield "cut_before_the_context", snp, [context], "truncated", context
    yield "root_key_select_bit_3", snp, [[4, "08"]], "reserved_not_zero", 4
    yield "key_sel_3", snp, [[4, "06"]], "bad_value", 4
    yield "key_sel_beside_vmrk", snp, [[4, "03"]], "bad_value", 4
    yield "request_reserved", snp, [[4 + 7, "01"]], "reserved_not_zero", 4 + 7
    yield "field_7", snp, [[4 + 8, "a9"]], "reserved_not_zero", 4 + 8
    yield "launch_mit_vector_without_one", snp, [[4 + 8, "69"]], "bad_length", size
    yield "launch_mit_vector_not_selected", "snp_version_2", [[4 + 8, "29"]], "bad_length", size
    yield "vmpl_4", snp, [[4 + 16, "04"]], "bad_value", 4 + 16
    yield "vmrk", snp, [[4, "01"]], "weak_binding", 4, yes
    yield "without_measurement", snp, [[4 + 8, "21"]], "weak_binding", 4 + 8, yes
    yield "without_policy", snp, [[4 + 8, "28"]], "weak_binding", 4 + 8, yes
    yield "of_the_owner_alone", "snp_shared", [], "weak_binding", 4 + 8, yes

    least, purpose = 4 + 128, 4 + 128 + 24
    context = purpose + 17
    tdx = "tdx_default"
    yield "tdx_vendor_of_the_other", tdx, [[1, "01"]], "platform_mismatch", 1
    for n in (0, 32, 127, 129):
        yield f"tdx_request_size_{n}", tdx, [[size, word(2, n)]], "bad_length", size
    yield "tdx_floor_size_12", tdx, [[least, word(2, 12)]], "bad_length", least
    yield "tdx_purpose_empty", tdx, [[purpose, "00"]], "bad_length", purpose
    yield "tdx_context_of_513", tdx, [[context, word(2, 513)]], "bad_length", context
    yield "tdx_cut_by_one", tdx, [context + 1], "truncated", context + 1
    yield "tdx_one_byte_appended", tdx, ["00"], "trailing_data", context + 2
    yield "tdx_keyname_1", tdx, [[4, "01"]], "bad_value", 4
    yield "tdx_keysize_2", tdx, [[4 + 3, "02"]], "bad_value", 4 + 3
    yield "tdx_keysize_128_bits", tdx, [[4 + 3, "00"]], "unsupported_format", 4 + 3, yes
    yield "tdx_reserved_first", tdx, [[4 + 4, "01"]], "reserved_not_zero", 4 + 4
    yield "tdx_reserved_102", tdx, [[4 + 102, "01"]], "reserved_not_zero", 4 + 102
    yield "tdx_reserved_last", tdx, [[4 + 127, "80"]], "reserved_not_zero", 4 + 127
    for bit in (1, 5, 31, 37, 47, 48, 63):
        yield f"tdx_policy_bit_{bit}", tdx, [[4 + 8, word(8, 1 | 1 << bit)]], "reserved_not_zero", 4 + 8
    yield "tdx_tee_tcb_svn_zero", tdx, [[4 + 48, bytes(16).hex()]], "bad_value", 4 + 48
    yield "tdx_without_anything", tdx, [[4 + 8, word(8, 0)]], "weak_binding", 4 + 8, yes
    yield "tdx_of_rtmrs_alone", tdx, [[4 + 8, word(8, 0x1F << 32)]], "weak_binding", 4 + 8, yes
    yield "tdx_of_the_hosts_words_alone", tdx, [[4 + 8, word(8, 0b11100)]], "weak_binding", 4 + 8, yes
    yield "tdx_attributes_without_debug", tdx, [[4 + 16, "fe"]], "weak_binding", 4 + 16, yes
    yield "tdx_attributes_without_the_last", tdx, [[4 + 23, "7f"]], "weak_binding", 4 + 16, yes
    yield "tdx_even_under_debug_to_a_stranger", "tdx_even_under_debug", [], "weak_binding", 4 + 16, yes


def edit_of(edit, size):
    if isinstance(edit, int):
        return {"op": "truncate", "length": edit}
    if isinstance(edit, str):
        return {"op": "append", "hex": edit}
    assert edit[0] + len(edit[1]) // 2 <= size
    return {"op": "set", "offset": edit[0], "hex": edit[1]}


def vectors():
    sizes = {}
    for vector in made():
        sizes[vector["name"]] = len(vector["record"]) // 2
        yield vector
    # A request of message version 2 can be written down, and words for it do not exist.
    content = record(SNP, snp_request(0b1101001, 1, 0, TCB, launch_mit_vector=0x1122334455667788), snp_floor(), PURPOSE)
    sizes["snp_version_2"] = len(content)
    yield {"name": "snp_version_2", "vendor": SNP, "root": ROOT.hex(), "record": content.hex(), "key": derive(ROOT, content).hex()}
    for name, base, edits, code, offset, *strict in refusals():
        vendor = TDX if base.startswith("tdx") else SNP
        out = {"name": name, "vendor": vendor, "base": base, "edits": [edit_of(e, sizes[base]) for e in edits], "expect": [code, offset]}
        yield out | ({"strict": True} if strict else {})


def seeds():
    for vector in vectors():
        if "record" in vector:
            yield "key_record", vector["name"], bytes.fromhex(vector["record"])
            if vector["vendor"] == TDX:
                yield "tdx_key_request", vector["name"], bytes.fromhex(vector["record"])[4:132]
