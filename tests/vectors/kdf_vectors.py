# SPDX-License-Identifier: Apache-2.0
"""Keys derived from a root secret, by HKDF-SHA-256 written out on Python's hmac (RFC 5869).

Its own check is test case 1 of RFC 5869, appendix A.
"""

import hashlib
import hmac


def hkdf_sha256(key, salt, info, size):
    pseudorandom = hmac.digest(salt, key, hashlib.sha256)
    out, block = b"", b""
    while len(out) < size:
        block = hmac.digest(pseudorandom, block + info + bytes([len(out) // 32 + 1]), hashlib.sha256)
        out += block
    return out[:size]


assert hkdf_sha256(b"\x0b" * 22, bytes(range(13)), bytes(range(0xF0, 0xFA)), 42).hex() == (
    "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865")


def request(fields, vmpl, guest_svn, tcb):
    """MSG_KEY_REQ: root key select and 4 reserved bytes, fields, VMPL, GUEST_SVN, TCB_VERSION."""
    return bytes(8) + fields.to_bytes(8, "little") + vmpl.to_bytes(4, "little") + guest_svn.to_bytes(4, "little") + tcb


# Measurement, policy and TCB, as bound_to_measurement asks for; and every field at once.
MEASURED = {"fields": 0b101001, "vmpl": 0, "guest_svn": 0, "tcb": bytes.fromhex("04020000000018db")}
EVERYTHING = {"fields": 0b111111, "vmpl": 3, "guest_svn": 0x01020304, "tcb": bytes.fromhex("0101010400000051")}


def vectors():
    root = bytes(range(32))
    for name, fields, purpose in (("measured", MEASURED, b"unitee sealed slot"), ("everything", EVERYTHING, b"unitee sealed slot"),
                                  ("other_purpose", MEASURED, b"unitee sealed slot 2"), ("shortest_purpose", MEASURED, b"x"),
                                  ("longest_purpose", MEASURED, bytes(range(0x20, 0x60)))):
        message = request(**fields)
        info = bytes([1]) + len(message).to_bytes(2, "little") + message + bytes([len(purpose)]) + purpose
        yield {"name": name, "root": root.hex(), "fields": fields["fields"], "vmpl": fields["vmpl"], "guest_svn": fields["guest_svn"],
               "tcb": fields["tcb"].hex(), "request": message.hex(), "purpose": purpose.decode("ascii"),
               "key": hkdf_sha256(root, b"unitee derive v1", info, 32).hex()}
