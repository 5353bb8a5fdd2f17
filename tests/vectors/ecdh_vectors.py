# SPDX-License-Identifier: Apache-2.0
"""ECDH on P-256 and P-384, and the keys of slots for public keys, by the group law written out on Python's integers.

A vector has a kind: `agree` (a private key, a point, and the x-coordinate of the product), `off_curve` (a point that must be
refused), `key_form` (a private key in another form of PKCS #8), `bad_key` (one that must be refused), `slot` (a private key, the
parameters of a slot, and the slot's key), `bad_params` (parameters that are refused: errc, offset).
"""

import hashlib

from forge import as_pem, bits, integer, octets, oid, sequence, tlv
from kdf_vectors import hkdf


class Curve:
    """y^2 = x^3 - 3x + b over the integers modulo p, with a generator of prime order n (NIST SP 800-186, 3.2.1)."""

    def __init__(self, name, number, dotted, p, b, n, x, y):
        self.name, self.number, self.dotted, self.p, self.b, self.n, self.g = name, number, dotted, p, b, n, (x, y)
        self.size = p.bit_length() // 8
        self.tag = name.lower().replace("-", "")

    def has(self, point):
        x, y = point
        return (y * y - x * x * x + 3 * x - self.b) % self.p == 0

    def add(self, one, two):
        if one is None or two is None:
            return one or two
        (x1, y1), (x2, y2), p = one, two, self.p
        if x1 == x2 and (y1 + y2) % p == 0:
            return None
        slope = (3 * x1 * x1 - 3) * pow(2 * y1, -1, p) if one == two else (y2 - y1) * pow(x2 - x1, -1, p)
        x = (slope * slope - x1 - x2) % p
        return x, (slope * (x1 - x) - y1) % p

    def times(self, k, point):
        """k * point, k at least 1; None for the point at infinity."""
        out = None
        for bit in bin(k)[2:]:
            out = self.add(out, out)
            if bit == "1":
                out = self.add(out, point)
        return out

    def lift(self, x):
        """The point with this x and an even y; None when there is none. p is 3 modulo 4."""
        square = (x * x * x - 3 * x + self.b) % self.p
        y = pow(square, (self.p + 1) // 4, self.p)
        if y * y % self.p != square:
            return None
        return x, y if y % 2 == 0 else self.p - y

    def negative(self, point):
        return point[0], self.p - point[1]

    def number_bytes(self, value):
        return value.to_bytes(self.size, "big")

    def point_bytes(self, point):
        return self.number_bytes(point[0]) + self.number_bytes(point[1])

    def drawn(self, label):
        """A private key that is always the same."""
        return int.from_bytes(hashlib.sha512(f"{self.name} {label}".encode()).digest(), "big") % (self.n - 1) + 1


P256 = Curve(
    "P-256", 1, "1.2.840.10045.3.1.7", 2**256 - 2**224 + 2**192 + 2**96 - 1,
    0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B,
    0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5)
P384 = Curve(
    "P-384", 2, "1.3.132.0.34", 2**384 - 2**128 - 2**96 + 2**32 - 1,
    0xB3312FA7E23EE7E4988E056BE3F82D19181D9C6EFE8141120314088F5013875AC656398D8A2ED19D2A85C8EDD3EC2AEF,
    0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
    0xAA87CA22BE8B05378EB1C71EF320AD746E1D3B628BA79B9859F741E082542A385502F25DBF55296C3A545E3872760AB7,
    0x3617DE4A96262C6F5D9E98BF9292DC29F8F41DBD289A147CE9DA3113B5F0B8C00A60B1CE1D7E819D7A431D7C90EA0E5F)
CURVES = (P256, P384)
for each in CURVES:
    assert each.has(each.g) and each.times(each.n, each.g) is None

# RFC 5903, 8.1 and 8.2: both private keys, both public keys, and what is agreed on.
RFC_5903 = [
    (P256, 0xC88F01F510D9AC3F70A292DAA2316DE544E9AAB8AFE84049C62A9C57862D1433,
     0xC6EF9C5D78AE012A011164ACB397CE2088685D8F06BF9BE0B283AB46476BEE53,
     "dad0b65394221cf9b051e1feca5787d098dfe637fc90b9ef945d0c37725811805271a0461cdb8252d61f1c456fa3e59ab1f45b33accf5f58389e0577b8990bb3",
     "d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf6356fbf3ca366cc23e8157854c13c58d6aac23f046ada30f8353e74f33039872ab",
     "d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de"),
    (P384, 0x099F3C7034D4A2C699884D73A375A67F7624EF7C6B3C0F160647B67414DCE655E35B538041E649EE3FAEF896783AB194,
     0x41CB0779B4BDB85D47846725FBEC3C9430FAB46CC8DC5060855CC9BDA0AA2942E0308312916B8ED2960E4BD55A7448FC,
     "667842d7d180ac2cde6f74f37551f55755c7645c20ef73e31634fe72b4c55ee6de3ac808acb4bdb4c88732aee95f41aa"
     "9482ed1fc0eeb9cafc4984625ccfc23f65032149e0e144ada024181535a0f38eeb9fcff3c2c947dae69b4c634573a81c",
     "e558dbef53eecde3d3fccfc1aea08a89a987475d12fd950d83cfa41732bc509d0d1ac43a0336def96fda41d0774a3571"
     "dcfbec7aacf3196472169e838430367f66eebe3c6e70c416dd5f0c68759dd1fff83fa40142209dff5eaad96db9e6386c",
     "11187331c279962d93d604243fd592cb9d0a926f422e47187521287e7156c5c4d603135569b9e9d09cf5d4a270f59746"),
]


def pkcs8(curve, private, point=None):
    """PrivateKeyInfo around ECPrivateKey (RFC 5915), with the public key's octets or without."""
    inside = [integer(1), octets(curve.number_bytes(private))]
    if point is not None:
        inside.append(tlv(0xA1, bits(point)))
    algorithm = sequence(oid("1.2.840.10045.2.1"), oid(curve.dotted))
    return as_pem("PRIVATE KEY", sequence(integer(0), algorithm, octets(sequence(*inside))))


def uncompressed(curve, point):
    return b"\x04" + curve.point_bytes(point)


def own(curve, private):
    point = curve.times(private, curve.g)
    return {"curve": curve.name, "pem": pkcs8(curve, private, uncompressed(curve, point)), "point": curve.point_bytes(point).hex()}


def agree(name, curve, private, other):
    assert curve.has(other)
    shared = curve.times(private, other)
    return {"name": name, "kind": "agree", **own(curve, private), "other": curve.point_bytes(other).hex(),
            "agreed": curve.number_bytes(shared[0]).hex()}


def agreements(curve):
    one = curve.drawn("one")
    for i in range(4):
        yield agree(f"agree_{curve.tag}_{i}", curve, curve.drawn(f"own {i}"), curve.times(curve.drawn(f"other {i}"), curve.g))
    yield agree(f"agree_{curve.tag}_with_generator", curve, one, curve.g)
    yield agree(f"agree_{curve.tag}_smallest_key", curve, 1, curve.times(one, curve.g))
    yield agree(f"agree_{curve.tag}_greatest_key", curve, curve.n - 1, curve.times(one, curve.g))
    yield agree(f"agree_{curve.tag}_with_itself", curve, one, curve.times(one, curve.g))
    # Secrets with zeros in front, as far as they go: a point with a small x, divided by the key.
    xs = [x for x in (0, 1, 2, 3, 5, 6, 0x1234, 2**200, 2 ** (8 * curve.size - 16) + 1) if curve.lift(x)]
    assert xs[0] == 0 and len(xs) > 3
    for x in xs:
        target = curve.lift(x)
        other = curve.times(pow(one, -1, curve.n), target)
        vector = agree(f"agree_{curve.tag}_on_x_{x:x}", curve, one, other)
        assert int(vector["agreed"], 16) == x
        yield vector
        yield agree(f"agree_{curve.tag}_with_x_{x:x}", curve, one, target)


def off_curve(curve):
    p, (x, y) = curve.p, curve.times(curve.drawn("one"), curve.g)
    greatest = 2 ** (8 * curve.size) - 1
    small = next(x for x in range(1, 100) if curve.lift(x))
    none = next(x for x in range(1, 100) if not curve.lift(x))
    other_b = (none, 1)  # on y^2 = x^3 - 3x + b' for another b', where orders may be small
    points = {"all_zero": (0, 0), "all_ones": (greatest, greatest), "x_zero": (0, y), "y_zero": (x, 0), "swapped": (y, x),
              "next_y": (x, y + 1), "x_is_p": (p, curve.lift(0)[1]), "small_x_plus_p": (p + small, curve.lift(small)[1]),
              "y_is_p": (x, p), "on_another_curve": other_b, "next_negative_y": (x, (p - y + 1) % p)}
    for name, point in points.items():
        assert not curve.has(point) or max(point) >= p, name
        yield {"name": f"off_curve_{curve.tag}_{name}", "kind": "off_curve", "curve": curve.name, "other": curve.point_bytes(point).hex()}


def key_forms(curve):
    private = curve.drawn("form")
    point = curve.times(private, curve.g)
    right, wrong = uncompressed(curve, point), uncompressed(curve, curve.times(private + 1, curve.g))
    compressed = bytes([2 + point[1] % 2]) + curve.number_bytes(point[0])
    for name, form in (("without_point", None), ("compressed_point", compressed), ("uncompressed_point", right)):
        yield {"name": f"key_form_{curve.tag}_{name}", "kind": "key_form", "curve": curve.name, "pem": pkcs8(curve, private, form),
               "point": curve.point_bytes(point).hex()}
    zeros, ones = curve.number_bytes(0), b"\xff" * curve.size
    for name, number, form, errc in (
            ("anothers_point", private, wrong, "bad_value"),
            ("negative_point", private, uncompressed(curve, curve.negative(point)), "bad_value"),
            ("number_zero", 0, right, "bad_value"),
            ("number_is_order", curve.n, right, "bad_value"),
            ("number_above_order", curve.n + private % 2**64, right, "bad_value"),
            ("point_off_curve", private, right[:-1] + bytes([right[-1] ^ 1]), "bad_encoding"),
            ("point_of_zeros", private, b"\x04" + zeros + zeros, "bad_encoding"),
            ("point_of_ones", private, b"\x04" + ones + ones, "bad_encoding")):
        yield {"name": f"bad_key_{curve.tag}_{name}", "kind": "bad_key", "curve": curve.name, "errc": errc,
               "pem": pkcs8(curve, number, form)}
    # secp256k1 and secp521r1: other curves, the first of P-256's size.
    for dotted, size in (("1.3.132.0.10", 32), ("1.3.132.0.35", 66)):
        inside = sequence(integer(1), octets(b"\x01" * size))
        der = sequence(integer(0), sequence(oid("1.2.840.10045.2.1"), oid(dotted)), octets(inside))
        yield {"name": f"bad_key_{curve.tag}_on_{dotted.replace('.', '_')}", "kind": "bad_key", "curve": curve.name,
               "errc": "unsupported_algorithm", "pem": as_pem("PRIVATE KEY", der)}


def params(curve, ephemeral, recipient):
    return bytes([curve.number]) + curve.point_bytes(ephemeral) + curve.point_bytes(recipient)


def slot(name, curve, private, ephemeral):
    """A slot for the private key, with this ephemeral point."""
    encoded = params(curve, ephemeral, curve.times(private, curve.g))
    assert len(encoded) == (129 if curve is P256 else 193)
    agreed = curve.number_bytes(curve.times(private, ephemeral)[0])
    key = hkdf(hashlib.sha384, agreed, b"unitee sealed to public key v1", encoded, 32)
    return {"name": name, "kind": "slot", **own(curve, private), "params": encoded.hex(), "key": key.hex()}


def slots(curve):
    private = curve.drawn("recipient")
    ephemeral = curve.times(curve.drawn("ephemeral"), curve.g)
    yield slot(f"slot_{curve.tag}", curve, private, ephemeral)
    yield slot(f"slot_{curve.tag}_negative_ephemeral", curve, private, curve.negative(ephemeral))
    yield slot(f"slot_{curve.tag}_negative_recipient", curve, curve.n - private, ephemeral)
    yield slot(f"slot_{curve.tag}_agreed_on_zero", curve, private, curve.times(pow(private, -1, curve.n), curve.lift(0)))
    yield slot(f"slot_{curve.tag}_ephemeral_is_recipient", curve, private, curve.times(private, curve.g))


def refusals():
    def refused(name, encoded, errc, offset):
        return {"name": f"bad_params_{name}", "kind": "bad_params", "params": encoded.hex(), "errc": errc, "offset": offset}

    whole = {curve: params(curve, curve.g, curve.g) for curve in CURVES}
    yield refused("empty", b"", "truncated", 0)
    for curve, encoded in whole.items():
        yield refused(f"{curve.tag}_curve_alone", encoded[:1], "truncated", 1)
        yield refused(f"{curve.tag}_one_byte_short", encoded[:-1], "truncated", len(encoded) - 1)
        yield refused(f"{curve.tag}_one_byte_long", encoded + b"\0", "trailing_data", len(encoded))
    yield refused("p256_as_p384", b"\x02" + whole[P256][1:], "truncated", 129)
    yield refused("p384_as_p256", b"\x01" + whole[P384][1:], "trailing_data", 129)
    for number in (0, 3, 4, 255):
        yield refused(f"curve_{number}", bytes([number]) + whole[P256][1:], "unsupported_algorithm", 0)


def vectors():
    for curve, one, two, point_one, point_two, agreed in RFC_5903:
        for name, private, public, peer_key in (("initiator", one, point_one, two), ("responder", two, point_two, one)):
            vector = agree(f"agree_{curve.tag}_rfc5903_{name}", curve, private, curve.times(peer_key, curve.g))
            assert vector["point"] == public and vector["agreed"] == agreed
            yield vector
    for curve in CURVES:
        yield from agreements(curve)
        yield from off_curve(curve)
        yield from key_forms(curve)
        yield from slots(curve)
    yield from refusals()
