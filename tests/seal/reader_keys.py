# SPDX-License-Identifier: Apache-2.0
"""The keys of slots, for reader.py. Each with_... gives a function of a slot's kind and params to the slot's key, or to
None where the slot is to be passed over.
"""

import struct

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CURVES = {1: (ec.SECP256R1(), 32), 2: (ec.SECP384R1(), 48)}
VENDORS = {1: 1, 3: 2, 0x80000001: 1, 0x80000003: 2}


def hkdf(key, salt, info):
    return HKDF(algorithm=hashes.SHA384(), length=32, salt=salt, info=info).derive(key)


def with_key(key, kinds=(2, 5)):
    return lambda kind, params: key if kind in kinds else None


def with_root(root, kinds=tuple(VENDORS), vmpl=0, floor=bytes(22)):
    """`floor` is the caller's: the least versions, laid out as in a record."""
    def key_of(kind, params):
        if kind in kinds and is_record_to_ask_for(VENDORS[kind], params, vmpl, floor):
            return hkdf(root, b"unitee derive v1", params)
        return None
    return key_of


def with_scalar(curve, scalar):
    parameters, size = CURVES[curve]
    private = ec.derive_private_key(scalar, parameters)
    mine = private.public_key().public_numbers()

    def key_of(kind, params):
        if kind != 4 or params[0] != curve or len(params) != 1 + 4 * size:
            return None
        x, y, its_x, its_y = (int.from_bytes(params[1 + i * size:][:size], "big") for i in range(4))
        if (its_x, its_y) != (mine.x, mine.y):
            return None
        try:
            ephemeral = ec.EllipticCurvePublicNumbers(x, y, parameters).public_key()
        except ValueError:  # not on the curve
            return None
        return hkdf(private.exchange(ec.ECDH(), ephemeral), b"unitee sealed to public key v1", params)
    return key_of


def is_record_to_ask_for(vendor, record, vmpl, floor):
    request_size = struct.unpack_from("<H", record, 2)[0]
    floor_size = 12 if vendor == 1 else 22
    request, least = record[4:4 + request_size], record[6 + request_size:][:floor_size]
    expected = bytes([1, vendor]) + struct.pack("<H", request_size) + request + struct.pack("<H", floor_size) + least
    if record != expected + b"\x12unitee sealed slot" + bytes(2):
        return False
    if vendor == 1:
        root_key, fields, its_vmpl, guest_svn, tcb = struct.unpack_from("<I4xQII8s", request)
        bound = fields & 0b101001 == 0b101001 and not root_key & 1 and its_vmpl == vmpl
        if not bound or len(request) != (40 if fields >> 6 & 1 else 32):
            return False
        versions = [*tcb, guest_svn if fields >> 4 & 1 else 0]
        floors = [struct.unpack("<8BI", f[:12]) for f in (least, floor)]
    else:
        key_size, policy, attributes, xfam = struct.unpack_from("<3xB4xQQQ", request)
        attributes_needed, xfam_needed = 0xC0000000F8010071, 0x6DBE7
        if key_size != 1 or not policy & 1 or attributes_needed & ~attributes or xfam_needed & ~xfam:
            return False
        versions = struct.unpack_from("<16B3H", request, 48)
        floors = [struct.unpack("<16B3H", f) for f in (least, floor)]
    return all(version >= needed for f in floors for version, needed in zip(versions, f))
